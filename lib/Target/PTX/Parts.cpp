//===- Parts.cpp - Kernels that are compiled side by side -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace pigeon;

namespace {
/// Who names a variable.
using Owners = llvm::MapVector<StringAttr, LLVM::LLVMFuncOp>;
} // namespace

/// Enters the variables that a kernel names; fails if it names another's, or a
/// function, or is no kernel.
static LogicalResult addVariables(LLVM::LLVMFuncOp kernel, Owners &owners) {
  if (!kernel->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName()) &&
      !kernel->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
    return failure();
  std::optional<SymbolTable::UseRange> uses =
      SymbolTable::getSymbolUses(kernel);
  if (kernel.isExternal() || !uses)
    return failure();
  for (const SymbolTable::SymbolUse &use : *uses) {
    StringAttr name = use.getSymbolRef().getRootReference();
    auto owner = owners.find(name);
    if (owner == owners.end() || (owner->second && owner->second != kernel))
      return failure();
    owner->second = kernel;
  }
  return success();
}

/// Who names each variable of the module; none if kernels are not independent.
static std::optional<Owners> findOwners(gpu::GPUModuleOp kernels) {
  Owners owners;
  for (auto variable : kernels.getOps<LLVM::GlobalOp>())
    owners.insert({variable.getSymNameAttr(), {}});
  size_t functions = 0;
  for (auto function : kernels.getOps<LLVM::LLVMFuncOp>()) {
    if (failed(addVariables(function, owners)))
      return std::nullopt;
    ++functions;
  }
  // Nobody's variables belong into the text too, and so does what is neither.
  bool owned = llvm::all_of(owners, [](auto &entry) { return entry.second; });
  bool nothingElse =
      kernels.getBody()->getOperations().size() == functions + owners.size();
  if (functions < 2 || !owned || !nothingElse)
    return std::nullopt;
  return owners;
}

/// A copy of the kernel and its variables in a module of their own.
static KernelPart copyKernel(LLVM::LLVMFuncOp kernel, const Owners &owners) {
  auto whole = cast<gpu::GPUModuleOp>(kernel->getParentOp());
  KernelPart part;
  part.module = cast<gpu::GPUModuleOp>(whole->cloneWithoutRegions());
  OpBuilder builder(kernel.getContext());
  builder.createBlock(&part.module->getBodyRegion());
  for (auto variable : whole.getOps<LLVM::GlobalOp>())
    if (owners.lookup(variable.getSymNameAttr()) == kernel)
      builder.clone(*variable);
  builder.clone(*kernel);
  kernel.walk([&](Operation *) { ++part.operations; });
  return part;
}

std::vector<KernelPart> pigeon::divideKernels(gpu::GPUModuleOp kernels) {
  std::optional<Owners> owners = findOwners(kernels);
  std::vector<KernelPart> parts;
  if (owners)
    for (auto kernel : kernels.getOps<LLVM::LLVMFuncOp>())
      parts.push_back(copyKernel(kernel, *owners));
  return parts;
}

std::string pigeon::joinTexts(ArrayRef<std::string> texts) {
  constexpr StringRef endOfHeader = ".address_size 64\n";
  std::string joined = texts.front();
  // As for LLVM, loops stay loops. ptxas heeds this at the head of a file, but
  // not at every loop.
  size_t header = StringRef(joined).find(endOfHeader);
  if (header != StringRef::npos)
    joined.insert(header + endOfHeader.size(), ".pragma \"nounroll\";\n");
  for (StringRef text : texts.drop_front())
    joined += text.split(endOfHeader).second;
  return joined;
}
