//===- pigeon-run.cpp - Runs, checks and times a model --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArgumentSource.h"
#include "Check.h"
#include "GraphArguments.h"
#include "Model.h"
#include "ReferenceDevice.h"
#include "Report.h"

#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Runtime/Package.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;
namespace cl = llvm::cl;

namespace {

enum class DeviceKind { Auto, GPU, Emulated, Reference };

cl::OptionCategory category("pigeon-run options");
cl::opt<std::string> modelFile(cl::Positional, cl::Required,
                               cl::desc("MODEL.mlir"), cl::cat(category));
cl::list<std::string>
    graphFiles("graph",
               cl::desc("A graph of the model: .npz, or a file of triples"),
               cl::value_desc("[NAME=]FILE"), cl::cat(category));
cl::list<std::string>
    argumentOptions("arg", cl::desc("An argument's values (default: random)"),
                    cl::value_desc("NAME=FILE.npy|random[:SEED]|ones|zeros"),
                    cl::cat(category));
cl::opt<std::uint64_t> seed("seed",
                            cl::desc("Seed of what is random (default: 0)"),
                            cl::init(0), cl::cat(category));
cl::opt<DeviceKind>
    device("device", cl::desc("Where to run"), cl::init(DeviceKind::Auto),
           cl::values(clEnumValN(DeviceKind::Auto, "auto",
                                 "the GPU, else the emulated device"),
                      clEnumValN(DeviceKind::GPU, "gpu", "an NVIDIA GPU"),
                      clEnumValN(DeviceKind::Emulated, "emulated",
                                 "the emulated device"),
                      clEnumValN(DeviceKind::Reference, "reference",
                                 "the float64 interpreter")),
           cl::cat(category));
cl::opt<std::string>
    entryName("entry",
              cl::desc("The function to run (default: the only public one)"),
              cl::value_desc("NAME"), cl::cat(category));
cl::opt<std::string> outputFile("out",
                                cl::desc("Write the results, one array each"),
                                cl::value_desc("OUT.npz"), cl::cat(category));
cl::opt<bool> check("check",
                    cl::desc("Compare the results with the interpreter"),
                    cl::cat(category));
cl::opt<std::int64_t> checkRows(
    "check-rows",
    cl::desc("Compare this many random rows of each result (default: all if "
             "that takes seconds, else 256)"),
    cl::init(0), cl::cat(category));
cl::opt<std::int64_t> sampleOption(
    "rows",
    cl::desc("On the reference device, compute only this many random rows of "
             "each result"),
    cl::init(0), cl::cat(category));
cl::opt<bool> timeOption("time", cl::desc("Say how long it took"),
                         cl::cat(category));
cl::opt<bool> json("json", cl::desc("Print the report as JSON"),
                   cl::cat(category));
cl::opt<unsigned> threads("interpreter-threads",
                          cl::desc("Threads of the interpreter (default: all)"),
                          cl::init(0), cl::cat(category));

LogicalResult fail(const Error &error) {
  llvm::errs() << "pigeon-run: error: " << error.message() << "\n";
  return failure();
}

/// Reads or makes every argument and hands it to the interpreter.
LogicalResult bindArguments(reference::Interpreter &interpreter,
                            Report &report) {
  report.arguments = interpreter.arguments();
  auto sources = assignSources(
      report.arguments,
      std::vector<std::string>(argumentOptions.begin(), argumentOptions.end()),
      seed);
  if (!sources)
    return fail(sources.error());
  report.sources = sources.take();
  for (unsigned i = 0; i < report.arguments.size(); ++i) {
    auto value = makeArgument(report.arguments[i], report.sources[i]);
    if (!value)
      return fail(value.error());
    if (failed(interpreter.setArgument(i, *value)))
      return failure();
  }
  return success();
}

/// The interpreter's results stay in float64.
LogicalResult runReference(reference::Interpreter &interpreter,
                           Report &report) {
  auto start = std::chrono::steady_clock::now();
  auto results = runOnReference(interpreter, sampleOption, seed);
  if (failed(results))
    return failure();
  if (timeOption)
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
  for (reference::Data &data : *results) {
    std::vector<std::int64_t> shape = data.info.shape;
    if (!data.rows.empty() && !data.info.domain.empty())
      shape.front() = static_cast<std::int64_t>(data.rows.size());
    auto tensor = HostTensor::fromDoubles(ElementType::F64, shape, data.value);
    if (!tensor)
      return fail(tensor.error());
    report.results.push_back(data.info);
    report.values.push_back(tensor.take());
    report.resultRows.push_back(std::move(data.rows));
  }
  return success();
}

LogicalResult checkReport(reference::Interpreter &interpreter, Report &report) {
  if (sampleOption != 0)
    return fail(Error("--check needs whole results, and --rows asks for some"));
  CheckOptions options;
  options.seed = seed;
  options.rows = checkRows;
  // The interpreter agrees with itself; what can differ is the evaluation of a
  // sample of rows.
  if (options.rows == 0 && device == DeviceKind::Reference)
    options.rows = 256;
  auto checks = checkResults(interpreter, report.values, options);
  if (failed(checks))
    return failure();
  report.checks = std::move(*checks);
  return success();
}

LogicalResult runModel(MLIRContext &context) {
  for (std::int64_t rows : {checkRows.getValue(), sampleOption.getValue()})
    if (rows < 0)
      return fail(
          Error("expected a number of rows, found " + std::to_string(rows)));
  if (device == DeviceKind::GPU || device == DeviceKind::Emulated)
    return fail(Error(std::string("the device '") +
                      (device == DeviceKind::GPU ? "gpu" : "emulated") +
                      "' is not built yet; use --device=reference"));
  if (runtime::isPackage(modelFile))
    return fail(Error("'" + modelFile +
                      "' is a package, which runs on a gpu or the emulated "
                      "device, and these are not built yet"));
  FailureOr<Model> model = loadModel(context, modelFile, entryName);
  if (failed(model))
    return failure();
  auto graphs =
      loadGraphs(model->graphs, std::vector<std::string>(graphFiles.begin(),
                                                         graphFiles.end()));
  if (!graphs)
    return fail(graphs.error());
  auto interpreter = createInterpreter(*model, *graphs, threads);
  if (failed(interpreter))
    return failure();

  Report report;
  report.model = modelFile;
  report.device = "reference interpreter (float64)";
  report.graphs = graphs.take();
  if (failed(bindArguments(**interpreter, report)) ||
      failed(runReference(**interpreter, report)))
    return failure();
  if (check && failed(checkReport(**interpreter, report)))
    return failure();
  if (!outputFile.empty())
    if (Status status = writeResults(report, outputFile); !status)
      return fail(status.error());
  if (json)
    printJSON(report, llvm::outs());
  else
    printText(report, llvm::outs());
  return success(report.passed());
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Runs a model on graphs, checks and times it\n");
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler(sources, &context);
  return succeeded(runModel(context)) ? 0 : 1;
}
