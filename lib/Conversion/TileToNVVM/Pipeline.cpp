//===- Pipeline.cpp - From tiles to nvvm and llvm -------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/TileToNVVM/TileToNVVM.h"
#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void pigeon::buildTileToNVVMPipeline(OpPassManager &manager) {
  OpPassManager &module = manager.nest<gpu::GPUModuleOp>();
  module.addPass(tile::createTileInferLayoutsPass());
  module.addPass(createCSEPass());
  module.addPass(createTileToThreadsPass());
  module.addPass(createTileExpandMathPass());
  module.addPass(createTileThreadsToNVVMPass());
  module.addPass(createCSEPass());
}

void pigeon::registerTileToNVVMPipeline() {
  PassPipelineRegistration<>("tile-to-nvvm",
                             "Take tile functions to nvvm and llvm",
                             buildTileToNVVMPipeline);
}
