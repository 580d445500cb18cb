//===- Passes.td - From kernel templates to tile programs --*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_KERNELTOTILE_PASSES_TD
#define PIGEON_CONVERSION_KERNELTOTILE_PASSES_TD

include "mlir/Pass/PassBase.td"

def KernelToTilePass : Pass<"kernel-to-tile", "::mlir::ModuleOp"> {
  let summary = "Turn kernel templates into tile functions and their launches";
  let description = [{
    Every `kernel.gemm` and `kernel.traverse` becomes one or two `tile.func`s in
    the module's `gpu.module @kernels`, and as many `kernel.launch` ops in its
    place. Templates must have a schedule (`kernel-select-schedules`).

    A product walks the contracted dimension through two tiles in shared memory.
    A traversal keeps its accumulators in registers; rows that were cut into
    pieces leave partial results in a workspace, and a second kernel combines
    them in order.

    ```mlir
    gpu.module @kernels {
      tile.func @double(%n: i32, %x: !tile.ref<?x4xf32, global> {tile.readonly},
                        %y: !tile.ref<?x4xf32, global>)
          attributes {threads = 32 : i32} {
        %c8 = arith.constant 8 : i32
        %c0 = arith.constant 0 : i32
        %block = tile.block_id x : i32
        %first = arith.muli %block, %c8 : i32
        %iota = tile.iota : tensor<8xi32>
        %start = tile.splat %first : i32 -> tensor<8xi32>
        %rows = arith.addi %start, %iota : tensor<8xi32>
        %end = tile.splat %n : i32 -> tensor<8xi32>
        %valid = arith.cmpi slt, %rows, %end : tensor<8xi32>
        %a = tile.load %x[%rows, %c0] mask(%valid)
          : !tile.ref<?x4xf32, global>, tensor<8xi32>, i32 -> tensor<8x4xf32>
        %b = arith.addf %a, %a : tensor<8x4xf32>
        tile.store %b, %y[%rows, %c0] mask(%valid)
          : tensor<8x4xf32>, !tile.ref<?x4xf32, global>, tensor<8xi32>, i32
        tile.return
      }
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::affine::AffineDialect",
    "::mlir::gpu::GPUDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::pigeon::tile::TileDialect"];
}

#endif // PIGEON_CONVERSION_KERNELTOTILE_PASSES_TD
