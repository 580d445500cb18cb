//===- TileToThreads.cpp - Tile functions to kernels ----------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FunctionLowering.h"

#include "pigeon/Conversion/TileToNVVM/TileToNVVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace pigeon;

namespace pigeon {
#define GEN_PASS_DEF_TILETOTHREADSPASS
#include "pigeon/Conversion/TileToNVVM/Passes.h.inc"
} // namespace pigeon

/// The kernel for a tile function: same name and place, no body yet.
static LLVM::LLVMFuncOp declareKernel(tile::FuncOp source) {
  OpBuilder builder(source);
  auto kernel =
      LLVM::LLVMFuncOp::create(builder, source.getLoc(), source.getName(),
                               tile::FunctionLowering::kernelType(source));
  kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                  builder.getDenseI32ArrayAttr(
                      {static_cast<int32_t>(source.getThreads())}));
  if (std::optional<uint32_t> blocks = source.getMinBlocks())
    kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    builder.getI32IntegerAttr(*blocks));
  for (unsigned i = 0; i < source.getNumArguments(); ++i) {
    if (!isa<tile::RefType>(source.getArgumentTypes()[i]))
      continue;
    kernel.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(),
                      builder.getI64IntegerAttr(tile::kMaxAlignment));
    if (!source.getArgAttr(i, tile::TileDialect::kReadonly))
      continue;
    // Both together let the back end use the read-only cache.
    kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      builder.getUnitAttr());
    kernel.setArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName(),
                      builder.getUnitAttr());
  }
  return kernel;
}

namespace {
struct TileToThreadsPass
    : pigeon::impl::TileToThreadsPassBase<TileToThreadsPass> {
  void runOnOperation() override {
    for (tile::FuncOp source :
         llvm::make_early_inc_range(getOperation().getOps<tile::FuncOp>())) {
      LLVM::LLVMFuncOp kernel = declareKernel(source);
      if (failed(tile::FunctionLowering(source, kernel).run()))
        return signalPassFailure();
      source.erase();
    }
  }
};
} // namespace
