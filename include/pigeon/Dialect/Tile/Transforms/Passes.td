//===- Passes.td - Passes of the tile dialect ------------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_TD
#define PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def TileInferLayoutsPass
    : Pass<"tile-infer-layouts", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Give every register tile a layout";
  let description = [{
    Some ops care how a tile is held, and decide it: the accumulator of a
    `tile.dot` is cut into micro-tiles, loads and stores of matrices want
    neighbouring threads at neighbouring addresses. Other tiles follow: values
    that elementwise ops or loops tie together are held alike, indices and masks
    stand along the rows that they serve, reductions leave what they leave.

    Where an op needs a tile in another layout, what is cheap to compute
    (iota, splat, constants, `arith` on them) is computed again in the layout
    needed, and anything else goes through a `tile.convert_layout`. Layouts
    that are already there are kept. Each decision is a remark.

    Two rows of four, 32 threads: each row is a vector of four in one thread.

    ```mlir
    gpu.module @kernels {
      tile.func @copy(%x: !tile.ref<2x4xf32, global>, %y: !tile.ref<2x4xf32, global>)
          attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %t = tile.load %x[%c0, %c0]
          : !tile.ref<2x4xf32, global>, i32, i32 -> tensor<2x4xf32>
        tile.store %t, %y[%c0, %c0]
          : tensor<2x4xf32>, !tile.ref<2x4xf32, global>, i32, i32
        tile.return
      }
    }
    ```
  }];
  let dependentDialects = ["::pigeon::layout::LayoutDialect",
                           "::pigeon::tile::TileDialect"];
}

#endif // PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_TD
