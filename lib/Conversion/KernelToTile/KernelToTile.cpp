//===- KernelToTile.cpp - From kernel templates to tile programs ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/KernelToTile/KernelToTile.h"

#include "Templates.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

namespace pigeon {
#define GEN_PASS_DEF_KERNELTOTILEPASS
#include "pigeon/Conversion/KernelToTile/Passes.h.inc"
} // namespace pigeon

using namespace mlir;
using namespace pigeon;

/// The template's data is all computed in f32: what the tile functions are
/// written for yet.
static LogicalResult checkElementTypes(Operation *op) {
  auto gemm = dyn_cast<kernel::GemmOp>(op);
  for (Value operand : op->getOperands()) {
    if (gemm && gemm.getPacked() && operand == gemm.getRhs())
      continue;
    auto type = cast<MemRefType>(operand.getType());
    if (!kernel::getComputeType(type.getElementType()).isF32())
      return op->emitOpError("reads or writes ")
             << type << "; only f32, f16 and bf16 data can be compiled yet";
  }
  return success();
}

static gpu::GPUModuleOp getOrCreateKernels(ModuleOp module) {
  if (auto kernels = module.lookupSymbol<gpu::GPUModuleOp>("kernels"))
    return kernels;
  // A model may have that name.
  std::string name = "kernels";
  while (module.lookupSymbol(name))
    name += "_";
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  return gpu::GPUModuleOp::create(builder, module.getLoc(), name);
}

/// The program's name as PTX spells names, and as no kernel begins yet.
static std::string getKernelPrefix(kernel::ProgramOp program,
                                   gpu::GPUModuleOp kernels) {
  std::string prefix = program.getSymName().str();
  for (char &c : prefix)
    if (!llvm::isAlnum(c))
      c = '_';
  if (prefix.empty() || !llvm::isAlpha(prefix.front()))
    prefix.insert(0, "k");
  auto isTaken = [&](SymbolOpInterface kernel) {
    return kernel.getName().starts_with(prefix + "_");
  };
  while (llvm::any_of(kernels.getOps<SymbolOpInterface>(), isTaken))
    prefix += "x";
  return prefix;
}

/// Lowers the templates of one program, numbered in order.
static LogicalResult lowerProgram(kernel::ProgramOp program,
                                  gpu::GPUModuleOp kernels) {
  SmallVector<Operation *> templates;
  for (Operation &op : program.getBody().getOps())
    if (isa<kernel::GemmOp, kernel::TraverseOp>(op))
      templates.push_back(&op);
  std::string programPrefix = getKernelPrefix(program, kernels);
  for (auto [index, op] : llvm::enumerate(templates)) {
    if (failed(checkElementTypes(op)))
      return failure();
    std::string prefix = programPrefix + "_" + std::to_string(index);
    LogicalResult result =
        isa<kernel::GemmOp>(op)
            ? lowerGemm(cast<kernel::GemmOp>(op), kernels, prefix + "_gemm")
            : lowerTraverse(cast<kernel::TraverseOp>(op), kernels,
                            prefix + "_traverse");
    if (failed(result))
      return failure();
  }
  return success();
}

namespace {
struct KernelToTilePass : pigeon::impl::KernelToTilePassBase<KernelToTilePass> {
  using KernelToTilePassBase::KernelToTilePassBase;

  void runOnOperation() override {
    SmallVector<kernel::ProgramOp> programs(
        getOperation().getOps<kernel::ProgramOp>());
    if (programs.empty())
      return;
    gpu::GPUModuleOp kernels = getOrCreateKernels(getOperation());
    for (kernel::ProgramOp program : programs)
      if (failed(lowerProgram(program, kernels)))
        return signalPassFailure();
  }
};
} // namespace
