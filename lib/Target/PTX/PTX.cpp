//===- PTX.cpp - Kernels as LLVM IR and PTX text -------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/PTX/PTX.h"

#include "LaunchWaits.h"
#include "Parts.h"

#include "pigeon/Dialect/Tile/IR/TileDialect.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace pigeon;

extern "C" {
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

static constexpr Architecture kArchitectures[] = {
    {"sm_80", "+ptx70", 163 * 1024, false},
    {"sm_86", "+ptx71", 99 * 1024, false},
    {"sm_89", "+ptx78", 99 * 1024, false},
    {"sm_90a", "+ptx80", 227 * 1024, true},
};

ArrayRef<Architecture> pigeon::architectures() { return kArchitectures; }

const Architecture *pigeon::findArchitecture(StringRef chip) {
  const Architecture *found = llvm::find_if(
      kArchitectures, [&](const Architecture &a) { return a.chip == chip; });
  return found == std::end(kArchitectures) ? nullptr : found;
}

void pigeon::registerPTXTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

namespace {

/// Reports what LLVM has to say at an MLIR operation.
struct DiagnosticForwarder : llvm::DiagnosticHandler {
  explicit DiagnosticForwarder(Operation *op) : op(op) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() != llvm::DS_Error)
      return true;
    std::string message;
    llvm::raw_string_ostream os(message);
    llvm::DiagnosticPrinterRawOStream printer(os);
    info.print(printer);
    op->emitError("LLVM: ") << message;
    failed = true;
    return true;
  }

  Operation *op;
  bool failed = false;
};

/// One translation unit: the LLVM module and the machine it is for.
struct Unit {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
};
} // namespace

/// LLVM's target, which is registered by whoever comes first.
static const llvm::Target *findTarget(const llvm::Triple &triple,
                                      std::string &error) {
  static const bool registered = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  return registered ? llvm::TargetRegistry::lookupTarget(triple, error)
                    : nullptr;
}

static std::unique_ptr<llvm::TargetMachine>
createMachine(gpu::GPUModuleOp kernels, const PTXOptions &options) {
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target = findTarget(triple, error);
  if (!target) {
    kernels.emitError("LLVM has no NVPTX back end: ") << error;
    return nullptr;
  }
  std::string features = findArchitecture(options.chip)->ptxFeature.str();
  if (!options.features.empty())
    features += "," + options.features;
  // FMAs are written where they are meant; nothing else is contracted.
  llvm::TargetOptions targetOptions;
  targetOptions.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  auto level = static_cast<llvm::CodeGenOptLevel>(
      std::min<unsigned>(options.optLevel, 3));
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, options.chip, features, targetOptions,
                                  std::nullopt, std::nullopt, level));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     unsigned level) {
  if (level == 0)
    return;
  llvm::PipelineTuningOptions tuning;
  // Tiles are unrolled and vectorized by their layouts; loops stay loops.
  tuning.LoopUnrolling = false;
  tuning.LoopInterleaving = false;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  llvm::OptimizationLevel optimization =
      level == 1   ? llvm::OptimizationLevel::O1
      : level == 2 ? llvm::OptimizationLevel::O2
                   : llvm::OptimizationLevel::O3;
  builder.buildPerModuleDefaultPipeline(optimization).run(module, modules);
}

/// The architecture must be known, and have the shared memory that kernels say
/// their launch must give them.
static LogicalResult checkKernels(gpu::GPUModuleOp kernels, StringRef chip) {
  const Architecture *architecture = findArchitecture(chip);
  if (!architecture) {
    InFlightDiagnostic diagnostic = kernels.emitError("expected one of ");
    llvm::interleaveComma(kArchitectures, diagnostic,
                          [&](const Architecture &a) { diagnostic << a.chip; });
    return diagnostic << " as the architecture, but found '" << chip << "'";
  }
  for (auto kernel : kernels.getOps<LLVM::LLVMFuncOp>()) {
    auto bytes =
        kernel->getAttrOfType<IntegerAttr>(tile::TileDialect::kDynamicShared);
    if (bytes && bytes.getInt() > architecture->sharedBytes)
      return kernel.emitError("kernel '")
             << kernel.getName() << "' needs " << bytes.getInt()
             << " bytes of shared memory, but " << chip << " has "
             << architecture->sharedBytes;
  }
  return success();
}

/// Kernels that were checked become optimized LLVM IR.
static LogicalResult translate(gpu::GPUModuleOp kernels,
                               const PTXOptions &options, Unit &unit) {
  unit.machine = createMachine(kernels, options);
  if (!unit.machine)
    return failure();
  unit.module =
      translateModuleToLLVMIR(kernels, unit.context, kernels.getName());
  if (!unit.module)
    return kernels.emitError("expected kernels of llvm and nvvm operations");
  unit.module->setTargetTriple(unit.machine->getTargetTriple());
  unit.module->setDataLayout(unit.machine->createDataLayout());
  if (findArchitecture(options.chip)->overlapsLaunches)
    addLaunchWaits(*unit.module);
  optimize(*unit.module, *unit.machine, options.optLevel);
  return success();
}

FailureOr<std::string> pigeon::emitLLVMIR(gpu::GPUModuleOp kernels,
                                          const PTXOptions &options) {
  Unit unit;
  if (failed(checkKernels(kernels, options.chip)) ||
      failed(translate(kernels, options, unit)))
    return failure();
  std::string text;
  llvm::raw_string_ostream os(text);
  unit.module->print(os, nullptr);
  return text;
}

/// One module as text.
static FailureOr<std::string> emitModule(gpu::GPUModuleOp kernels,
                                         const PTXOptions &options) {
  Unit unit;
  auto handler = std::make_unique<DiagnosticForwarder>(kernels);
  DiagnosticForwarder *diagnostics = handler.get();
  unit.context.setDiagnosticHandler(std::move(handler));
  if (failed(translate(kernels, options, unit)))
    return failure();
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream os(text);
  llvm::legacy::PassManager passes;
  if (unit.machine->addPassesToEmitFile(passes, os, nullptr,
                                        llvm::CodeGenFileType::AssemblyFile))
    return kernels.emitError("LLVM's NVPTX back end cannot emit text");
  passes.run(*unit.module);
  if (diagnostics->failed)
    return failure();
  return std::string(text);
}

FailureOr<std::string> pigeon::emitPTX(gpu::GPUModuleOp kernels,
                                       const PTXOptions &options) {
  if (failed(checkKernels(kernels, options.chip)))
    return failure();
  std::vector<KernelPart> parts = divideKernels(kernels);
  if (parts.empty()) {
    FailureOr<std::string> text = emitModule(kernels, options);
    return succeeded(text) ? joinTexts(*text) : text;
  }
  // What takes longest comes first, so that the cores end together.
  auto order = llvm::to_vector(llvm::seq<size_t>(0, parts.size()));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(parts[b].operations, a) <
           std::pair(parts[a].operations, b);
  });
  std::vector<std::string> texts(parts.size());
  auto emitPart = [&](size_t i) -> LogicalResult {
    FailureOr<std::string> text = emitModule(*parts[i].module, options);
    if (succeeded(text))
      texts[i] = std::move(*text);
    return text;
  };
  if (failed(failableParallelForEach(kernels.getContext(), order, emitPart)))
    return failure();
  return joinTexts(texts);
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

static FailureOr<gpu::GPUModuleOp> onlyKernels(ModuleOp module) {
  auto all = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  if (all.size() != 1)
    return module.emitError("expected one gpu.module, but found ")
           << all.size();
  return all.front();
}

static PTXOptions optionsFor(StringRef chip) {
  PTXOptions options;
  options.chip = chip.str();
  return options;
}

FailureOr<std::string> pigeon::emitLLVMIR(ModuleOp module, StringRef chip) {
  FailureOr<gpu::GPUModuleOp> kernels = onlyKernels(module);
  if (failed(kernels))
    return failure();
  return emitLLVMIR(*kernels, optionsFor(chip));
}

FailureOr<std::string> pigeon::emitPTX(ModuleOp module, StringRef chip) {
  FailureOr<gpu::GPUModuleOp> kernels = onlyKernels(module);
  if (failed(kernels))
    return failure();
  return emitPTX(*kernels, optionsFor(chip));
}
