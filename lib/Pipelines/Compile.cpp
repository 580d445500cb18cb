//===- Compile.cpp - A model as text, as device code, as a package --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/Compile.h"

#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/Program/ProgramTranslation.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/OwningOpRef.h"

#include <limits>

using namespace mlir;
using namespace pigeon;

/// Calls are found here, while the function that they call still exists.
static LogicalResult checkCalls(func::FuncOp entry) {
  WalkResult result = entry.walk([](func::CallOp call) {
    call.emitOpError("calls '")
        << call.getCallee() << "'; calls cannot be compiled yet, write the "
        << "function where it is called";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult pigeon::selectEntry(ModuleOp module, StringRef entry) {
  SmallVector<func::FuncOp> others;
  func::FuncOp selected;
  for (auto func : module.getOps<func::FuncOp>()) {
    bool matches =
        entry.empty() ? !func.isExternal() : func.getSymName() == entry;
    if (matches && selected)
      return func.emitError("expected one function, found '")
             << selected.getSymName() << "' and '" << func.getSymName()
             << "'; name the one to compile";
    if (matches)
      selected = func;
    else
      others.push_back(func);
  }
  if (!selected) {
    InFlightDiagnostic error = module.emitError("expected a function ");
    if (entry.empty())
      return error << "with a body, found none";
    return error << "'" << entry << "', found none";
  }
  if (failed(checkCalls(selected)))
    return failure();
  for (func::FuncOp func : others)
    func.erase();
  return success();
}

LogicalResult pigeon::lowerModel(ModuleOp module, Level level,
                                 const LoweringOptions &options) {
  PassManager manager(module.getContext());
  buildModelPipeline(manager, level, options);
  return manager.run(module);
}

std::string pigeon::serializeModule(ModuleOp module) {
  constexpr int64_t everything = std::numeric_limits<int64_t>::max();
  OpPrintingFlags flags;
  flags.printGenericOpForm();
  flags.enableDebugInfo(false);
  flags.elideLargeElementsAttrs(everything);
  flags.elideLargeResourceString(everything);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, flags);
  stream << '\n';
  return text;
}

/// The kernels of a module at the nvvm level as a module of their own: what the
/// emulated device runs.
static std::string serializeKernels(ModuleOp module) {
  OwningOpRef<ModuleOp> kernels = ModuleOp::create(module.getLoc());
  OpBuilder builder = OpBuilder::atBlockBegin(kernels->getBody());
  for (auto gpuModule : module.getOps<gpu::GPUModuleOp>())
    builder.clone(*gpuModule);
  return serializeModule(*kernels);
}

gpu::GPUModuleOp pigeon::getKernels(ModuleOp module) {
  auto kernels = module.getOps<gpu::GPUModuleOp>();
  return kernels.empty() ? gpu::GPUModuleOp() : *kernels.begin();
}

/// By what results of these kernels are compared.
static Arithmetic productsOf(kernel::Precision precision) {
  switch (precision) {
  case kernel::Precision::IEEE:
    return Arithmetic::IEEE32;
  case kernel::Precision::TF32:
    return Arithmetic::TF32;
  case kernel::Precision::TF32x3:
    return Arithmetic::ThreeTF32;
  }
  llvm_unreachable("unknown precision");
}

FailureOr<runtime::Package>
pigeon::compileModel(ModuleOp module, const CompileOptions &options,
                     const LoweringOptions &lowering) {
  runtime::Package package;
  if (failed(selectEntry(module, options.entry)))
    return failure();
  package.model = serializeModule(module);
  if (failed(lowerModel(module, Level::NVVM, lowering)))
    return failure();
  auto programs = module.getOps<kernel::ProgramOp>();
  FailureOr<runtime::Program> program = translateProgram(*programs.begin());
  if (failed(program))
    return failure();
  package.program = std::move(*program);
  package.arithmetic = productsOf(lowering.numerics.precision);
  package.code.architecture = options.target;
  if (options.ptx) {
    PTXOptions ptxOptions;
    ptxOptions.chip = options.target;
    FailureOr<std::string> ptx = emitPTX(getKernels(module), ptxOptions);
    if (failed(ptx))
      return failure();
    package.code.ptx = std::move(*ptx);
    package.code.waitsForLaunches =
        findArchitecture(options.target)->overlapsLaunches;
  }
  if (options.deviceIR) {
    package.code.deviceIR = serializeKernels(module);
    package.code.deviceIRName = "kernels.mlir"; // as in the package
  }
  return package;
}
