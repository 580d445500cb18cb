//===- RegisterPasses.cpp - Pigeon's passes and pipelines -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/KernelToTile/KernelToTile.h"
#include "pigeon/Conversion/LowPToKernel/LowPToKernel.h"
#include "pigeon/Conversion/RGNNToKernel/RGNNToKernel.h"
#include "pigeon/Conversion/TileToNVVM/TileToNVVM.h"
#include "pigeon/Dialect/Kernel/Transforms/Passes.h"
#include "pigeon/Dialect/RGNN/Transforms/Passes.h"
#include "pigeon/Dialect/Tile/Transforms/Passes.h"
#include "pigeon/Pipelines/Pipelines.h"
#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Target/Emulated/Passes.h"
#include "pigeon/Target/PTX/Passes.h"

#include "mlir/Transforms/Passes.h"

void pigeon::registerAllPasses() {
  mlir::registerTransformsPasses();
  rgnn::registerPigeonRGNNPasses();
  kernel::registerPigeonKernelPasses();
  registerPigeonLowPToKernelPasses();
  registerPigeonRGNNToKernelPasses();
  registerPigeonKernelToTilePasses();
  tile::registerPigeonTileTransformsPasses();
  registerPigeonTileToNVVMPasses();
  registerPipelines();
  emulated::registerPigeonEmulatedPasses();
  registerPigeonTargetPTXPasses();
}
