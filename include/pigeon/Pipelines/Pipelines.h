//===- Pipelines.h - From a model down, level by level ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One list of stages serves the tools, the C++ API and `--emit`: each level is
// reached from the one before it by one function.
//
//   rgnn    the model, checked and canonical
//   kernel  which kernels, which buffers, which schedule
//   tile    what one thread block does
//   nvvm    what one thread does: input of both targets
//
// What lies below (llvm, ptx, cubin) is text, made by Target/PTX.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_PIPELINES_H
#define PIGEON_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace pigeon {

enum class Level { RGNN, Kernel, Tile, NVVM };

/// What a user may choose about the way down.
struct LoweringOptions : mlir::PassPipelineOptions<LoweringOptions> {
  Option<bool> fuseGather{*this, "fuse-gather", llvm::cl::init(true),
                          llvm::cl::desc("read gathered rows in place")};
  Option<bool> fuseEpilogue{
      *this, "fuse-epilogue", llvm::cl::init(true),
      llvm::cl::desc("row-wise work in the kernel of its producer")};
  Option<bool> fuseBody{
      *this, "fuse-body", llvm::cl::init(true),
      llvm::cl::desc("row-wise work in the kernels of its consumers")};
  Option<int64_t> blockM{*this, "block-m", llvm::cl::init(64),
                         llvm::cl::desc("rows of a product's tile")};
  Option<int64_t> blockN{*this, "block-n", llvm::cl::init(64),
                         llvm::cl::desc("largest number of columns of a tile")};
  Option<int64_t> blockK{
      *this, "block-k", llvm::cl::init(64),
      llvm::cl::desc("largest part of the contracted dimension in a tile")};
  Option<int64_t> accumulators{
      *this, "accumulators", llvm::cl::init(32),
      llvm::cl::desc("accumulators of a product in each thread")};
  Option<int64_t> rows{*this, "rows", llvm::cl::init(8),
                       llvm::cl::desc("rows of a traversal's tile")};
  Option<int64_t> unroll{
      *this, "unroll", llvm::cl::init(4),
      llvm::cl::desc("entries of a row in one round of a traversal")};
  Option<int64_t> chunk{
      *this, "chunk", llvm::cl::init(128),
      llvm::cl::desc("entries of a row that one thread block walks")};
};

/// Each takes a module to its level from the level before.
void buildToRGNNPipeline(mlir::OpPassManager &manager,
                         const LoweringOptions &options);
void buildToKernelPipeline(mlir::OpPassManager &manager,
                           const LoweringOptions &options);
void buildToTilePipeline(mlir::OpPassManager &manager,
                         const LoweringOptions &options);
void buildToNVVMPipeline(mlir::OpPassManager &manager,
                         const LoweringOptions &options);

/// Takes the tile functions in the gpu.modules of a module all the way to
/// `llvm` and `nvvm`: layouts, threads, mathematical functions, llvm.
void buildTileToNVVMPipeline(mlir::OpPassManager &manager);

/// All stages from a model up to and including `level`.
void buildModelPipeline(mlir::OpPassManager &manager, Level level,
                        const LoweringOptions &options);

/// pigeon-to-rgnn, pigeon-to-kernel, pigeon-to-tile, pigeon-to-nvvm: from a
/// model to that level; tile-to-nvvm: from tile functions.
void registerPipelines();

} // namespace pigeon

#endif // PIGEON_PIPELINES_PIPELINES_H
