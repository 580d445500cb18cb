//===- NVVMToPTX.cpp - GPU modules become PTX text ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/FileIO.h"
#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace pigeon {
#define GEN_PASS_DEF_NVVMTOPTXPASS
#include "pigeon/Target/PTX/Passes.h.inc"
} // namespace pigeon

/// The kernels by name, with their types: what launches can be checked against.
static gpu::KernelTableAttr describeKernels(gpu::GPUModuleOp kernels) {
  SmallVector<gpu::KernelMetadataAttr> table;
  for (auto function : kernels.getOps<LLVM::LLVMFuncOp>())
    if (function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName()) ||
        function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
      table.push_back(gpu::KernelMetadataAttr::get(function));
  return gpu::KernelTableAttr::get(kernels.getContext(), table);
}

static void replaceByText(gpu::GPUModuleOp kernels, StringRef chip,
                          StringRef text) {
  OpBuilder builder(kernels);
  auto target = NVVM::NVVMTargetAttr::get(kernels.getContext(), /*optLevel=*/3,
                                          "nvptx64-nvidia-cuda", chip);
  auto object = gpu::ObjectAttr::get(
      target, gpu::CompilationTarget::Assembly, builder.getStringAttr(text),
      /*properties=*/nullptr, describeKernels(kernels));
  gpu::BinaryOp::create(builder, kernels.getLoc(), kernels.getName(),
                        /*offloadingHandler=*/nullptr,
                        ArrayRef<Attribute>(object));
  kernels.erase();
}

/// Writes one text; `-` is standard output.
static LogicalResult writeText(gpu::GPUModuleOp kernels,
                               const std::string &text,
                               const std::string &path) {
  if (path == "-") {
    llvm::outs() << text;
    llvm::outs().flush();
    return success();
  }
  if (pigeon::Status status = pigeon::writeFileAtomically(path, text); !status)
    return kernels.emitError(status.error().message());
  return success();
}

namespace {
struct NVVMToPTX : pigeon::impl::NVVMToPTXPassBase<NVVMToPTX> {
  using NVVMToPTXPassBase::NVVMToPTXPassBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    NVVMToPTXPassBase::getDependentDialects(registry);
    pigeon::registerPTXTranslations(registry);
  }

  void runOnOperation() override {
    auto modules = llvm::to_vector(getOperation().getOps<gpu::GPUModuleOp>());
    if (!output.empty() && modules.size() != 1) {
      getOperation().emitError("expected one gpu.module to write to '")
          << output << "', but found " << modules.size();
      return signalPassFailure();
    }
    for (gpu::GPUModuleOp kernels : modules)
      if (failed(compile(kernels)))
        return signalPassFailure();
  }

private:
  LogicalResult compile(gpu::GPUModuleOp kernels) {
    pigeon::PTXOptions options;
    options.chip = chip;
    FailureOr<std::string> text = pigeon::emitPTX(kernels, options);
    if (failed(text))
      return failure();
    if (!output.empty() && failed(writeText(kernels, *text, output)))
      return failure();
    replaceByText(kernels, chip, *text);
    return success();
  }
};
} // namespace
