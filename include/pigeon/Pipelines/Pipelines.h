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
//   rgnn    the model, checked, canonical and rewritten
//   kernel  which kernels, which buffers, which schedule
//   tile    what one thread block does
//   nvvm    what one thread does: input of both targets
//
// What lies below (llvm, ptx, cubin) is text, made by Target/PTX.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_PIPELINES_H
#define PIGEON_PIPELINES_PIPELINES_H

#include "pigeon/Analysis/RewriteMode.h"
#include "pigeon/Analysis/TuningTable.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

#include <memory>

namespace pigeon {

enum class Level { RGNN, Kernel, Tile, NVVM };

template <typename T>
using LoweringOption = mlir::detail::PassOptions::Option<T>;

/// Which rewrites of the model are done.
struct RewriteChoices {
  explicit RewriteChoices(mlir::detail::PassOptions &parent) : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<RewriteMode> compactMaterialization{
      parent, "compact-materialization", llvm::cl::init(RewriteMode::Auto),
      llvm::cl::desc("values on the smallest domain that their inputs allow"),
      getRewriteModes()};
  LoweringOption<RewriteMode> aggregateFirst{
      parent, "aggregate-first", llvm::cl::init(RewriteMode::Auto),
      llvm::cl::desc("sums of rows before their products"), getRewriteModes()};
};

/// Which values are stored between kernels.
struct FusionChoices {
  explicit FusionChoices(mlir::detail::PassOptions &parent) : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<bool> gather{parent, "fuse-gather", llvm::cl::init(true),
                              llvm::cl::desc("read gathered rows in place")};
  LoweringOption<bool> epilogue{
      parent, "fuse-epilogue", llvm::cl::init(true),
      llvm::cl::desc("row-wise work in the kernel of its producer")};
  LoweringOption<bool> body{
      parent, "fuse-body", llvm::cl::init(true),
      llvm::cl::desc("row-wise work in the kernels of its consumers")};
  LoweringOption<RewriteMode> rows{
      parent, "fuse-rows", llvm::cl::init(RewriteMode::Auto),
      llvm::cl::desc("aggregate the rows of a product on the way in"),
      getRewriteModes()};
  LoweringOption<RewriteMode> terms{
      parent, "fuse-terms", llvm::cl::init(RewriteMode::Auto),
      llvm::cl::desc("aggregate what is added to a product on the way in"),
      getRewriteModes()};
  LoweringOption<bool> traversals{
      parent, "fuse-traversals", llvm::cl::init(true),
      llvm::cl::desc("reduce in one sweep what has the same entries and rows")};
  LoweringOption<bool> products{
      parent, "fuse-products", llvm::cl::init(true),
      llvm::cl::desc(
          "multiply the same rows by several weights in one kernel")};
  LoweringOption<RewriteMode> owners{
      parent, "destination-stationary", llvm::cl::init(RewriteMode::Auto),
      llvm::cl::desc("products and the sum of their rows in blocks that own "
                     "sums"),
      getRewriteModes()};
};

/// How thread blocks work.
struct ScheduleChoices {
  explicit ScheduleChoices(mlir::detail::PassOptions &parent)
      : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<int64_t> blockM{
      parent, "block-m", llvm::cl::init(64),
      llvm::cl::desc(
          "rows of a product's tile; half as many where it aggregates")};
  LoweringOption<int64_t> blockN{
      parent, "block-n", llvm::cl::init(64),
      llvm::cl::desc("largest number of columns of a tile; twice as many where "
                     "a product aggregates its rows")};
  LoweringOption<int64_t> blockK{
      parent, "block-k", llvm::cl::init(64),
      llvm::cl::desc("largest part of the contracted dimension in a tile")};
  LoweringOption<int64_t> accumulators{
      parent, "accumulators", llvm::cl::init(32),
      llvm::cl::desc("accumulators of a product in each thread; half as many "
                     "where it aggregates")};
  LoweringOption<int64_t> rows{
      parent, "rows", llvm::cl::init(8),
      llvm::cl::desc("least number of rows of a traversal's tile")};
  LoweringOption<int64_t> unroll{
      parent, "unroll", llvm::cl::init(4),
      llvm::cl::desc("entries of a row in one round of a traversal")};
  LoweringOption<int64_t> chunk{
      parent, "chunk", llvm::cl::init(128),
      llvm::cl::desc("entries of a row that one thread block walks")};
};

/// How products aggregate on the way in.
struct SegmentChoices {
  explicit SegmentChoices(mlir::detail::PassOptions &parent) : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<int64_t> chunk{
      parent, "segment-chunk", llvm::cl::init(16),
      llvm::cl::desc("entries of a row that a product walks to multiply them; "
                     "up to four times as many where rows have more")};
  LoweringOption<int64_t> unroll{
      parent, "segment-unroll", llvm::cl::init(1),
      llvm::cl::desc("entries of a row in one round of a product's walk")};
  LoweringOption<int64_t> termChunk{
      parent, "term-chunk", llvm::cl::init(16),
      llvm::cl::desc("entries of a row that a product walks for its sum")};
};

/// How the tiles of products reach shared memory.
struct StageChoices {
  explicit StageChoices(mlir::detail::PassOptions &parent) : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<int64_t> stages{
      parent, "stages", llvm::cl::init(0),
      llvm::cl::desc("rounds whose tiles are on their way or in use; 0 lets "
                     "the compiler choose")};
  LoweringOption<kernel::OperandPath> aPath{
      parent, "a-path", llvm::cl::init(kernel::OperandPath::Async),
      llvm::cl::desc("how tiles of the lhs reach shared memory"),
      llvm::cl::values(
          clEnumValN(kernel::OperandPath::Async, "async",
                     "by asynchronous copies where nothing is computed on the "
                     "way"),
          clEnumValN(kernel::OperandPath::Registers, "register",
                     "through registers"))};
  LoweringOption<int64_t> items{
      parent, "items", llvm::cl::init(1),
      llvm::cl::desc("tiles of rows that one block takes in turn")};
};

/// What results may be.
struct NumericChoices {
  explicit NumericChoices(mlir::detail::PassOptions &parent) : parent(parent) {}
  mlir::detail::PassOptions &parent;

  LoweringOption<kernel::Precision> precision{
      parent, "precision", llvm::cl::init(kernel::Precision::TF32x3),
      llvm::cl::desc("how products of f32 data are computed"),
      llvm::cl::values(
          clEnumValN(kernel::Precision::TF32x3, "tf32x3",
                     "three TF32 products on matrix instructions"),
          clEnumValN(kernel::Precision::TF32, "tf32", "one TF32 product"),
          clEnumValN(kernel::Precision::IEEE, "ieee",
                     "IEEE fused multiply-adds"))};
};

/// What a user may choose about the way down, in groups of one question each.
/// All names are of one list: "fuse-body=false block-m=32".
struct LoweringOptions : mlir::PassPipelineOptions<LoweringOptions> {
  RewriteChoices rewrites{*this};
  FusionChoices fusions{*this};
  ScheduleChoices schedules{*this};
  SegmentChoices segments{*this};
  StageChoices staging{*this};
  NumericChoices numerics{*this};

  /// Schedules that were found by timing, and the device that they are for; by
  /// default there are none. (No words of the list: tools read the file.)
  std::shared_ptr<const TuningTable> tuning;
  std::string tuningDevice;
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
