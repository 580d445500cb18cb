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
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::affine::AffineDialect",
    "::mlir::gpu::GPUDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::pigeon::tile::TileDialect"];
}

#endif // PIGEON_CONVERSION_KERNELTOTILE_PASSES_TD
