//===- pigeon-compile.cpp - Models to PTX, cubins and packages ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../pigeon-run/GraphArguments.h"

#include "pigeon/Pipelines/Compile.h"
#include "pigeon/Pipelines/Decisions.h"
#include "pigeon/Pipelines/GraphStats.h"
#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Support/FileIO.h"
#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Ptxas.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

#include <chrono>
#include <cstdlib>

using namespace mlir;
using namespace pigeon;
namespace cl = llvm::cl;

namespace {

enum class Emit { Auto, RGNN, Kernel, Tile, NVVM, LLVM, PTX, Cubin, Package };

cl::OptionCategory category("pigeon-compile options");
cl::opt<std::string> inputFile(cl::Positional, cl::Required,
                               cl::desc("MODEL.mlir (- for standard input)"),
                               cl::cat(category));
cl::opt<std::string> outputFile("o",
                                cl::desc("Output file (- for standard output)"),
                                cl::value_desc("OUT"), cl::init("-"),
                                cl::cat(category));
cl::opt<std::string> target("target",
                            cl::desc("Architecture, e.g. sm_80, sm_90a"),
                            cl::init("sm_90a"), cl::cat(category));
cl::opt<std::string>
    entry("entry", cl::desc("Function to compile (default: the only one)"),
          cl::cat(category));
cl::opt<Emit> emit(
    "emit", cl::desc("What to write (default: by the ending of OUT, else ptx)"),
    cl::init(Emit::Auto),
    cl::values(clEnumValN(Emit::RGNN, "rgnn", "the checked model"),
               clEnumValN(Emit::Kernel, "kernel", "kernels and host program"),
               clEnumValN(Emit::Tile, "tile", "thread block programs"),
               clEnumValN(Emit::NVVM, "nvvm", "thread programs in MLIR"),
               clEnumValN(Emit::LLVM, "llvm", "LLVM IR"),
               clEnumValN(Emit::PTX, "ptx", "PTX text"),
               clEnumValN(Emit::Cubin, "cubin", "machine code, by ptxas"),
               clEnumValN(Emit::Package, "package",
                          "what pigeon-run takes: program and kernels")),
    cl::cat(category));
cl::opt<std::string> lowering(
    "lowering",
    cl::desc("Options of the way down, e.g. \"block-m=32 precision=ieee\"; "
             "precision says how products of f32 are computed: tf32x3 (the "
             "default), tf32 or ieee"),
    cl::cat(category));
cl::list<std::string> graphFiles(
    "graph",
    cl::desc("A graph whose numbers of rows decide: .npz, or a file of "
             "triples (default: the model's `stats`)"),
    cl::value_desc("[NAME=]FILE"), cl::cat(category));
cl::opt<std::string>
    tuningFile("tuning-file",
               cl::desc("Schedules that were found by `pigeon-run --tune`"),
               cl::value_desc("FILE"), cl::cat(category));
cl::opt<std::string> tuningDevice(
    "tuning-device",
    cl::desc("The device in the tuning file (default: the only one)"),
    cl::value_desc("NAME"), cl::cat(category));
cl::opt<bool> explain("explain", cl::desc("Print what was decided, and why"),
                      cl::cat(category));
cl::opt<std::string> ptxasPath("ptxas",
                               cl::desc("The ptxas to use (default: found)"),
                               cl::value_desc("PATH"), cl::cat(category));
cl::opt<bool>
    report("report",
           cl::desc("Print registers, spills, shared memory and occupancy"),
           cl::cat(category));
cl::opt<bool> timing("timing", cl::desc("Print how long each step took"),
                     cl::cat(category));

/// Prints the steps' milliseconds to standard error.
class Stopwatch {
public:
  void lap(llvm::StringRef what) {
    auto now = std::chrono::steady_clock::now();
    if (timing)
      llvm::errs() << llvm::format(
          "%8.1f ms  %s\n",
          std::chrono::duration<double, std::milli>(now - last).count(),
          what.str().c_str());
    last = now;
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};

int fail(const llvm::Twine &message) {
  llvm::errs() << "pigeon-compile: error: " << message << "\n";
  return 1;
}

/// What OUT's ending asks for.
Emit chosenOutput() {
  if (emit != Emit::Auto)
    return emit;
  return llvm::StringSwitch<Emit>(llvm::sys::path::extension(outputFile))
      .Case(".cubin", Emit::Cubin)
      .Case(".pgn", Emit::Package)
      .Case(".ll", Emit::LLVM)
      .Default(Emit::PTX);
}

int writeOutput(llvm::StringRef contents) {
  if (outputFile == "-") {
    llvm::outs() << contents;
    llvm::outs().flush();
    std::error_code error = llvm::outs().error();
    llvm::outs().clear_error();
    return error ? fail("cannot write to standard output: " + error.message())
                 : 0;
  }
  if (Status status = writeFileAtomically(outputFile, contents.str()); !status)
    return fail(status.error().message());
  return 0;
}

std::string printed(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text + "\n";
}

/// One line per kernel, in the order of the program's launches.
int printReport(const AssembledKernels &assembled,
                const runtime::Program &program) {
  llvm::errs() << llvm::format("%-32s %7s %9s %7s %7s %9s  %s\n", "kernel",
                               "threads", "registers", "spills", "shared",
                               "occupancy", "limited by");
  for (const runtime::LaunchSpec &launch : program.launches) {
    auto kernel = llvm::find_if(assembled.kernels, [&](const auto &resources) {
      return resources.name == launch.kernel;
    });
    if (kernel == assembled.kernels.end())
      return fail("ptxas does not report kernel '" + launch.kernel + "'");
    Result<Occupancy> result =
        occupancy(*kernel, launch.block[0], target, launch.dynamicSharedBytes);
    if (!result)
      return fail(result.error().message());
    llvm::errs() << llvm::format(
        "%-32s %7u %9u %7lu %7lu %8.0f%%  %s\n", kernel->name.c_str(),
        launch.block[0], kernel->registers,
        kernel->spillStoreBytes + kernel->spillLoadBytes,
        kernel->sharedBytes + launch.dynamicSharedBytes, result->fraction * 100,
        result->limit.c_str());
  }
  return 0;
}

/// The machine code of the package's PTX, by the ptxas that was named or found.
Result<AssembledKernels> assemblePTX(const std::string &ptx) {
  std::string tool = ptxasPath;
  const char *cudaHome = std::getenv("CUDA_HOME");
  if (tool.empty())
    tool = findPtxas(cudaHome ? cudaHome : "");
  if (tool.empty())
    return Error(
        "no ptxas was found; install the CUDA Toolkit, or name one with "
        "--ptxas or CUDA_HOME");
  return assemble(tool, ptx, target);
}

int emitDeviceCode(ModuleOp module, const LoweringOptions &options, Emit output,
                   Stopwatch &watch) {
  CompileOptions what = {target, entry};
  what.ptx = output != Emit::LLVM;
  what.deviceIR = output == Emit::Package;
  FailureOr<runtime::Package> package = compileModel(module, what, options);
  if (failed(package))
    return 1;
  watch.lap("model to PTX");
  if (output == Emit::LLVM) {
    PTXOptions ptxOptions;
    ptxOptions.chip = target;
    FailureOr<std::string> text = emitLLVMIR(getKernels(module), ptxOptions);
    return failed(text) ? 1 : writeOutput(*text);
  }
  if (output == Emit::Cubin || report) {
    Result<AssembledKernels> assembled = assemblePTX(package->code.ptx);
    if (!assembled)
      return fail(assembled.error().message());
    watch.lap("PTX to cubin");
    if (report && printReport(*assembled, package->program) != 0)
      return 1;
    if (output == Emit::Cubin)
      return writeOutput(assembled->cubin);
    package->code.cubin = std::move(assembled->cubin);
  }
  if (output == Emit::PTX)
    return writeOutput(package->code.ptx);
  if (Status status = runtime::writePackage(outputFile, *package); !status)
    return fail(status.error().message());
  return 0;
}

/// What no model is needed to refuse; empty if all is well.
std::string checkOptions(Emit output) {
  if (!findArchitecture(target)) {
    std::string names;
    for (const Architecture &architecture : architectures())
      names += (names.empty() ? "" : ", ") + architecture.chip.str();
    return "--target must be one of " + names + ", found '" + target + "'";
  }
  if (report && (output <= Emit::NVVM || output == Emit::LLVM))
    return "--report is about machine code; emit ptx, cubin or package with it";
  if (output == Emit::Package && outputFile == "-")
    return "a package is a file; name it with -o";
  return "";
}

/// Gives the model's graphs the numbers of rows that the files have.
int readStats(ModuleOp module) {
  if (graphFiles.empty())
    return 0;
  auto graphs = run::loadGraphs(
      reference::graphSpecs(module),
      std::vector<std::string>(graphFiles.begin(), graphFiles.end()));
  if (!graphs)
    return fail(graphs.error().message());
  for (const auto &[name, loaded] : *graphs)
    setGraphStats(module, name, *loaded.graph);
  return 0;
}

int readTuning(LoweringOptions &options) {
  if (tuningFile.empty())
    return tuningDevice.empty()
               ? 0
               : fail("--tuning-device needs a file, --tuning-file");
  auto table = TuningTable::read(tuningFile);
  if (!table)
    return fail(table.error().message());
  options.tuning = std::make_shared<const TuningTable>(table.take());
  options.tuningDevice = tuningDevice;
  return 0;
}

int compile(MLIRContext &context) {
  LoweringOptions options;
  std::string message;
  llvm::raw_string_ostream problems(message);
  if (failed(options.parseFromString(lowering, problems)))
    return fail("--lowering does not understand '" + lowering +
                "': " + llvm::StringRef(message).trim());
  if (int code = readTuning(options))
    return code;
  Emit output = chosenOutput();
  if (message = checkOptions(output); !message.empty())
    return fail(message);
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      openInputFile(inputFile, &message);
  if (!buffer)
    return fail(message);
  Stopwatch watch;
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(*sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;
  watch.lap("parse");
  if (int code = readStats(*module))
    return code;
  if (output > Emit::NVVM)
    return emitDeviceCode(*module, options, output, watch);
  Level level = static_cast<Level>(static_cast<int>(output) -
                                   static_cast<int>(Emit::RGNN));
  if (failed(selectEntry(*module, entry)) ||
      failed(lowerModel(*module, level, options)))
    return 1;
  watch.lap("model to level");
  return writeOutput(printed(*module));
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Pigeon's compiler\n");
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  if (explain)
    printDecisions(context, llvm::errs());
  return compile(context);
}
