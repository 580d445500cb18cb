//===- CompileKernels.cpp - From device IR to code in this process --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompileKernels.h"
#include "Emulation.h"
#include "Machine/EntryPoints.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace pigeon::emulated {

struct CompiledKernels::Impl {
  ModuleCode code;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

CompiledKernels::CompiledKernels(std::unique_ptr<Impl> impl)
    : impl(std::move(impl)) {}
CompiledKernels::~CompiledKernels() = default;
const ModuleCode &CompiledKernels::code() const { return impl->code; }

static Error toError(llvm::Error error) {
  return Error("cannot compile for the emulated device: " +
               llvm::toString(std::move(error)));
}

/// The first error that MLIR reports while one of these exists, with its place.
class FirstError {
public:
  explicit FirstError(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Error ||
              !text.empty())
            return success();
          llvm::raw_string_ostream stream(text);
          if (auto place =
                  diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
            stream << place.getFilename().getValue() << ":" << place.getLine()
                   << ":" << place.getColumn() << ": ";
          stream << diagnostic;
          return success();
        }) {}

  Error within(const char *what) const {
    return Error(text.empty() ? "unknown error" : text).within(what);
  }

private:
  std::string text;
  ScopedDiagnosticHandler handler;
};

/// Translates a module of plain llvm functions.
static std::unique_ptr<llvm::Module> translate(ModuleOp module,
                                               llvm::LLVMContext &context,
                                               llvm::TargetMachine &machine) {
  auto result = translateModuleToLLVMIR(module, context, "emulated kernels");
  if (!result)
    return nullptr;
  result->setDataLayout(machine.createDataLayout());
  result->setTargetTriple(machine.getTargetTriple());
  return result;
}

/// Nearly all the time of a run is the machine's, and code that is optimized
/// takes ten times as long to make: half a second for a layer, which most tests
/// never run for. Only the check of loads is inlined.
static void inlineChecks(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
      .run(module, modules);
}

/// Gives the module's code the machine's entry points and the mathematical
/// functions of this process.
static llvm::Error addSymbols(llvm::orc::LLJIT &jit) {
  llvm::orc::SymbolMap symbols;
  std::size_t count = 0;
  const EntryPoint *entries = entryPoints(count);
  for (const EntryPoint &entry : llvm::ArrayRef(entries, count))
    symbols[jit.mangleAndIntern(entry.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(entry.address),
        llvm::JITSymbolFlags::Exported};
  llvm::orc::JITDylib &library = jit.getMainJITDylib();
  if (llvm::Error error =
          library.define(llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit.getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return llvm::Error::success();
}

static llvm::Error findAddresses(llvm::orc::LLJIT &jit, ModuleCode &code) {
  for (KernelCode &kernel : code.kernels) {
    auto address = jit.lookup(entryName(kernel.name));
    if (!address)
      return address.takeError();
    kernel.entry = address->toPtr<KernelEntry>();
  }
  for (StaticArray &array : code.staticArrays) {
    auto address = jit.lookup(variableName(array.name));
    if (!address)
      return address.takeError();
    array.address = address->getValue();
  }
  return llvm::Error::success();
}

/// For this machine, without its conversions to bf16: they make zeros of
/// subnormal numbers, and a GPU does not.
static llvm::Expected<llvm::orc::JITTargetMachineBuilder> detectMachine() {
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
  if (builder->getTargetTriple().isX86())
    for (const char *feature : {"avx512bf16", "avxneconvert"})
      builder->getFeatures().AddFeature(feature, /*Enable=*/false);
  return builder;
}

static llvm::Error link(ModuleOp module, ModuleCode &code,
                        std::unique_ptr<llvm::orc::LLJIT> &jit) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto builder = detectMachine();
  if (!builder)
    return builder.takeError();
  auto machine = builder->createTargetMachine();
  if (!machine)
    return machine.takeError();
  auto context = std::make_unique<llvm::LLVMContext>();
  auto translated = translate(module, *context, **machine);
  if (!translated)
    return llvm::createStringError("translation to LLVM IR failed");
  inlineChecks(*translated, **machine);
  auto made = llvm::orc::LLJITBuilder()
                  .setJITTargetMachineBuilder(std::move(*builder))
                  .create();
  if (!made)
    return made.takeError();
  jit = std::move(*made);
  if (llvm::Error error = addSymbols(*jit))
    return error;
  if (llvm::Error error = jit->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(translated), std::move(context))))
    return error;
  return findAddresses(*jit, code);
}

Result<std::unique_ptr<CompiledKernels>>
CompiledKernels::compile(const std::string &deviceIR, const std::string &name) {
  DialectRegistry registry;
  registerDeviceDialects(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  FirstError firstError(&context);
  OwningOpRef<ModuleOp> module = readDeviceIR(deviceIR, name, context);
  if (!module)
    return firstError.within("cannot read the device IR");
  auto impl = std::make_unique<Impl>();
  if (failed(convertToEmulated(*module, impl->code)))
    return firstError.within("cannot emulate the kernels");
  if (llvm::Error error = link(*module, impl->code, impl->jit))
    return toError(std::move(error));
  return std::unique_ptr<CompiledKernels>(new CompiledKernels(std::move(impl)));
}

} // namespace pigeon::emulated
