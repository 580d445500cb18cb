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
    `tile.dot` is cut into the results of matrix instructions, or into
    micro-tiles where no instruction divides it, loads and stores of matrices
    want neighbouring threads at neighbouring addresses. Other tiles follow: values
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

def TilePipelineLoopsPass
    : Pass<"tile-pipeline-loops", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Load the tiles of later rounds while this one is computed";
  let description = [{
    An `scf.for` that is marked with `tile.stages = n` and loads tiles, meets at
    a barrier, stores them to shared arrays, meets again and computes, becomes a
    loop over rings of n slots: while round i is computed, the tiles of rounds
    i + 1 to i + n - 1 are on their way.

    - A tile that is stored as it was loaded is copied (`tile.copy_async`).
    - A tile that is computed from what was loaded, or whose load is marked with
      `tile.through_registers`, is loaded one round ahead into registers, and
      computed and stored in its round.
    - A tile that depends on the rounds before stays where it is.

    Loads that other loads take positions, masks or slices from come one round
    before those, and the loads that lead to them a round before that. A row
    index is then there when the row is asked for. Other loads of whole numbers
    that are different in each round, such as the bounds of a loop inside, come
    one round ahead too.

    One barrier a round is left of two. Loads run ahead only from arrays that
    the loop does not write (`tile.readonly`, `tile.unwritten`, or no store to
    global memory in it). A loop of another shape stays as it is; a remark says
    why. Results are the same to the last bit, whatever n is.

    Run `tile-infer-layouts` before: copies are made as the loads were held.

    ```mlir
    gpu.module @kernels {
      tile.func @sum(%x: !tile.ref<?x4x64xf32, global> {tile.readonly},
                     %y: !tile.ref<4x64xf32, global>, %n: i32)
          attributes {threads = 64 : i32} {
        %c0 = arith.constant 0 : i32
        %c1 = arith.constant 1 : i32
        %zero = arith.constant dense<0.0> : tensor<4x64xf32>
        %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
        %sum = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %zero) -> (tensor<4x64xf32>) : i32 {
          %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
          %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32>
          tile.barrier
          tile.store %t, %s[%c0, %c0] : tensor<4x64xf32>, !tile.ref<4x64xf32, shared>, i32, i32
          tile.barrier
          %u = tile.load %s[%c0, %c0] : !tile.ref<4x64xf32, shared>, i32, i32 -> tensor<4x64xf32>
          %next = arith.addf %acc, %u : tensor<4x64xf32>
          scf.yield %next : tensor<4x64xf32>
        } {tile.stages = 3 : i32}
        tile.store %sum, %y[%c0, %c0] : tensor<4x64xf32>, !tile.ref<4x64xf32, global>, i32, i32
        tile.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect",
                           "::pigeon::tile::TileDialect"];
}

def TileChooseSharedLayoutsPass
    : Pass<"tile-choose-shared-layouts", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Lay shared arrays out so that lanes do not meet in a bank";
  let description = [{
    For each array of two or more dimensions the wavefronts of all its accesses
    are predicted, row-major, with rows that are 4 to 32 bytes longer, and with
    a swizzle; the layout that takes the fewest is chosen, of equals the one
    with the fewest instructions, then row-major before a pitch before a
    swizzle. A pitch that would take a block beyond 48 KiB is not considered.
    A remark gives the prediction before and after. Arrays that have a layout
    keep it.

    Run `tile-infer-layouts` before, and `tile-pipeline-loops`, which makes
    rings and copies.

    Each lane reads a row of 32 floats, four at a time. Row-major, all lanes
    meet in four banks: 8 accesses of 32 wavefronts. With a pitch of 36 floats
    eight rows lie in eight groups of four banks, and each access takes the 4
    wavefronts that 512 bytes need.

    ```mlir
    #rows = #layout.layout<[32, 32], [[local 32:1], [thread 32:1]]>
    #columns = #layout.layout<[32, 32], [[thread 32:1], [local 32:1]]>
    gpu.module @kernels {
      tile.func @transpose(%x: !tile.ref<32x32xf32, global>) attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %s = tile.alloc_shared : !tile.ref<32x32xf32, shared>
        %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #rows>
        tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #rows>, !tile.ref<32x32xf32, shared>, i32, i32
        tile.barrier
        %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared>, i32, i32 -> tensor<32x32xf32, #columns>
        tile.return
      }
    }
    ```
  }];
  let dependentDialects = ["::pigeon::layout::LayoutDialect",
                           "::pigeon::tile::TileDialect"];
}

#endif // PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_TD
