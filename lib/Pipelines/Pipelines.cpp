//===- Pipelines.cpp - From a model down, level by level ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/Pipelines.h"

#include "pigeon/Conversion/KernelToTile/KernelToTile.h"
#include "pigeon/Conversion/LowPToKernel/LowPToKernel.h"
#include "pigeon/Conversion/RGNNToKernel/RGNNToKernel.h"
#include "pigeon/Conversion/TileToNVVM/TileToNVVM.h"
#include "pigeon/Dialect/Kernel/Transforms/Passes.h"
#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"
#include "pigeon/Dialect/RGNN/Transforms/Passes.h"
#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace pigeon;

void pigeon::buildToRGNNPipeline(OpPassManager &manager,
                                 const LoweringOptions &options) {
  const RewriteChoices &rewrites = options.rewrites;
  manager.addPass(rgnn::createRGNNVerifyDomainsPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // A sum finds its product where compaction has moved it, and compares with
  // what the product costs there.
  manager.addPass(rgnn::createRGNNCompactMaterializationPass(
      {rewrites.compactMaterialization}));
  manager.addPass(
      rgnn::createRGNNAggregateFirstPass({rewrites.aggregateFirst}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void pigeon::buildToKernelPipeline(OpPassManager &manager,
                                   const LoweringOptions &options) {
  const FusionChoices &fusions = options.fusions;
  const ScheduleChoices &schedules = options.schedules;
  const SegmentChoices &segments = options.segments;
  manager.addPass(createLowPToKernelPass());
  manager.addPass(createRGNNToKernelPass(
      {fusions.gather, fusions.epilogue, fusions.body, fusions.rows,
       fusions.terms, fusions.traversals, fusions.products, fusions.owners}));
  OpPassManager &programs = manager.nest<kernel::ProgramOp>();
  programs.addPass(
      kernel::createKernelSetPrecisionPass({options.numerics.precision}));
  programs.addPass(kernel::createKernelSelectSchedulesPass(
      {schedules.blockM, schedules.blockN, schedules.blockK,
       schedules.accumulators, schedules.rows, schedules.unroll,
       schedules.chunk, segments.chunk, segments.unroll, segments.termChunk}));
  const StageChoices &staging = options.staging;
  programs.addPass(kernel::createKernelStageProductsPass(
      {staging.stages, staging.aPath, staging.items}));
  if (options.tuning)
    programs.addPass(kernel::createKernelApplyTuningPass(options.tuning,
                                                         options.tuningDevice));
}

void pigeon::buildToTilePipeline(OpPassManager &manager,
                                 const LoweringOptions &) {
  manager.addPass(createKernelToTilePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void pigeon::buildTileToNVVMPipeline(OpPassManager &manager) {
  OpPassManager &kernels = manager.nest<gpu::GPUModuleOp>();
  kernels.addPass(tile::createTileInferLayoutsPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(tile::createTilePipelineLoopsPass());
  kernels.addPass(tile::createTileChooseSharedLayoutsPass());
  kernels.addPass(createTileToThreadsPass());
  kernels.addPass(createTileExpandMathPass());
  kernels.addPass(createTileThreadsToNVVMPass());
  kernels.addPass(createCSEPass());
}

void pigeon::buildToNVVMPipeline(OpPassManager &manager,
                                 const LoweringOptions &) {
  buildTileToNVVMPipeline(manager);
}

void pigeon::buildModelPipeline(OpPassManager &manager, Level level,
                                const LoweringOptions &options) {
  using Stage = void (*)(OpPassManager &, const LoweringOptions &);
  constexpr std::pair<Level, Stage> stages[] = {
      {Level::RGNN, buildToRGNNPipeline},
      {Level::Kernel, buildToKernelPipeline},
      {Level::Tile, buildToTilePipeline},
      {Level::NVVM, buildToNVVMPipeline}};
  for (auto [reached, build] : stages)
    if (reached <= level)
      build(manager, options);
}

/// Registers the way to one level under its name.
template <Level level>
static void registerPipelineTo(StringRef name, StringRef description) {
  PassPipelineRegistration<LoweringOptions>(
      name, description,
      [](OpPassManager &manager, const LoweringOptions &options) {
        buildModelPipeline(manager, level, options);
      });
}

void pigeon::registerPipelines() {
  registerPipelineTo<Level::RGNN>("pigeon-to-rgnn",
                                  "Check and rewrite a model");
  registerPipelineTo<Level::Kernel>("pigeon-to-kernel",
                                    "Take a model to scheduled kernels");
  registerPipelineTo<Level::Tile>("pigeon-to-tile",
                                  "Take a model to tile functions");
  registerPipelineTo<Level::NVVM>("pigeon-to-nvvm",
                                  "Take a model to nvvm and llvm");
  PassPipelineRegistration<>("tile-to-nvvm",
                             "Take tile functions to nvvm and llvm",
                             buildTileToNVVMPipeline);
}
