//===- RGNNToKernel.cpp - From data on domains to kernels -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/RGNNToKernel/RGNNToKernel.h"

#include "EmitProgram.h"
#include "Formation.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace pigeon {
#define GEN_PASS_DEF_RGNNTOKERNELPASS
#include "pigeon/Conversion/RGNNToKernel/Passes.h.inc"
} // namespace pigeon

using namespace mlir;
using namespace pigeon;

namespace {
struct RGNNToKernelPass : pigeon::impl::RGNNToKernelPassBase<RGNNToKernelPass> {
  using RGNNToKernelPassBase::RGNNToKernelPassBase;

  LogicalResult convert(func::FuncOp func) {
    if (func.isExternal())
      return func.emitOpError("has no body to form kernels from");
    Formation formation(func, {fuseGather, fuseEpilogue, fuseBody, fuseRows,
                               fuseTerms, fuseTraversals, fuseProducts,
                               destinationStationary});
    if (failed(formation.run()) || failed(emitProgram(func, formation)))
      return failure();
    func.erase();
    return success();
  }

  void runOnOperation() override {
    for (auto func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(convert(func)))
        return signalPassFailure();
    for (auto graph :
         llvm::make_early_inc_range(getOperation().getOps<rgnn::GraphOp>()))
      graph.erase();
  }
};
} // namespace
