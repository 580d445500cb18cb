//===- pigeon-run.cpp - Runs, checks and times a model --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArgumentSource.h"
#include "Check.h"
#include "CompiledRun.h"
#include "Devices.h"
#include "GraphArguments.h"
#include "Model.h"
#include "ReferenceDevice.h"
#include "Report.h"
#include "Tune.h"

#include "pigeon/Pipelines/Compile.h"
#include "pigeon/Pipelines/Decisions.h"
#include "pigeon/Pipelines/GraphStats.h"
#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Runtime/Package.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;
namespace cl = llvm::cl;

namespace {

cl::OptionCategory category("pigeon-run options");
cl::opt<std::string> modelFile(cl::Positional, cl::Required,
                               cl::desc("MODEL.mlir|PACKAGE"),
                               cl::cat(category));
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
cl::opt<int> repeats("repeats",
                     cl::desc("Runs that --time takes the median of (default: "
                              "20 on a GPU, 1 on the emulated device)"),
                     cl::init(0), cl::cat(category));
cl::opt<bool> memoryOption("memory",
                           cl::desc("Say how much device memory it needs"),
                           cl::cat(category));
cl::opt<std::string> lowering(
    "lowering",
    cl::desc("Options of the way down, e.g. \"block-m=32 precision=ieee\"; "
             "precision says how products of f32 are computed: tf32x3 (the "
             "default), tf32 or ieee"),
    cl::cat(category));
cl::opt<std::string> tuningFile("tuning-file",
                                cl::desc("Schedules that were found by --tune"),
                                cl::value_desc("FILE"), cl::cat(category));
cl::opt<unsigned>
    tuneOption("tune",
               cl::desc("Time this many schedules of each kernel, and keep the "
                        "best in the tuning file"),
               cl::value_desc("K"), cl::init(0), cl::cat(category));
cl::opt<bool> explain("explain",
                      cl::desc("Print what the compiler decided, and why"),
                      cl::cat(category));
cl::opt<std::uint64_t> emulatorSeed(
    "emulator-seed",
    cl::desc("Order of threads and blocks on the emulated device (default: 0, "
             "ascending)"),
    cl::init(0), cl::cat(category));
cl::opt<bool> json("json", cl::desc("Print the report as JSON"),
                   cl::cat(category));
cl::opt<unsigned> threads("interpreter-threads",
                          cl::desc("Threads of the interpreter (default: all)"),
                          cl::init(0), cl::cat(category));

LogicalResult fail(const Error &error) {
  llvm::errs() << "pigeon-run: error: " << error.message() << "\n";
  return failure();
}

/// Reads or makes the value of every argument.
FailureOr<std::vector<HostTensor>>
makeArguments(const std::vector<reference::ValueInfo> &infos, Report &report) {
  report.arguments = infos;
  auto sources = assignSources(
      report.arguments,
      std::vector<std::string>(argumentOptions.begin(), argumentOptions.end()),
      seed);
  if (!sources)
    return fail(sources.error());
  report.sources = sources.take();
  std::vector<HostTensor> values;
  for (unsigned i = 0; i < report.arguments.size(); ++i) {
    auto value = makeArgument(report.arguments[i], report.sources[i]);
    if (!value)
      return fail(value.error());
    values.push_back(value.take());
  }
  return values;
}

LogicalResult bindArguments(reference::Interpreter &interpreter,
                            const std::vector<HostTensor> &values) {
  for (unsigned i = 0; i < values.size(); ++i)
    if (failed(interpreter.setArgument(i, values[i])))
      return failure();
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

/// `arithmetic` is that of the products that made the results.
LogicalResult checkReport(reference::Interpreter &interpreter, Report &report,
                          Arithmetic arithmetic) {
  if (sampleOption != 0)
    return fail(Error("--check needs whole results, and --rows asks for some"));
  CheckOptions options;
  options.arithmetic = arithmetic;
  options.seed = seed;
  options.rows = checkRows;
  // The interpreter agrees with itself; what can differ is the evaluation of a
  // sample of rows.
  if (options.rows == 0 && device == DeviceKind::Reference)
    options.rows = 256;
  auto checks =
      checkResults(interpreter, report.results, report.values, options);
  if (failed(checks))
    return failure();
  report.checks = std::move(*checks);
  return success();
}

/// What the user gave: a model, a package, or a package with its model.
struct Source {
  std::optional<Model> model;
  std::optional<runtime::Package> package;

  const std::vector<runtime::GraphSpec> &graphs() const {
    return package ? package->program.graphs : model->graphs;
  }
};

FailureOr<Source> loadSource(MLIRContext &context) {
  Source source;
  if (!runtime::isPackage(modelFile)) {
    FailureOr<Model> model = loadModel(context, modelFile, entryName);
    if (failed(model))
      return failure();
    source.model = std::move(*model);
    return source;
  }
  auto package = runtime::readPackage(modelFile);
  if (!package)
    return fail(package.error());
  source.package = package.take();
  // Running a package takes its program and kernels only.
  bool needsModel = check || device == DeviceKind::Reference;
  if (source.package->model.empty() || !needsModel)
    return source;
  FailureOr<Model> model =
      parseModel(context, source.package->model, source.package->modelName, "");
  if (failed(model))
    return failure();
  source.model = std::move(*model);
  return source;
}

/// The model's module with the numbers of rows of the graphs.
OwningOpRef<ModuleOp> cloneModule(const Model &model,
                                  const LoadedGraphs &graphs) {
  OwningOpRef<ModuleOp> module = model.module.get().clone();
  for (const auto &[name, loaded] : graphs)
    setGraphStats(*module, name, *loaded.graph);
  return module;
}

/// Tunes the model, adds what was found to `table`, and writes the file.
LogicalResult tuneModel(ModuleOp module, const CompileOptions &options,
                        LoweringOptions &lowering, const OpenDevice &open,
                        Report &report, TuningTable &table) {
  int count = repeats > 0 ? repeats : open.device->isHardware() ? 20 : 1;
  auto time =
      [&](const runtime::Package &package) -> Result<runtime::TimingReport> {
    auto run = CompiledRun::create(*open.device, package, report.graphs);
    if (!run)
      return run.error();
    auto values = makeArguments(run->arguments(), report);
    if (failed(values))
      return Error("the arguments cannot be made");
    if (auto outputs = run->run(*values); !outputs)
      return outputs.error();
    return run->time(count);
  };
  auto tuned = tuneSchedules(module, options, lowering, lowering.tuningDevice,
                             tuneOption, time);
  if (failed(tuned))
    return failure();
  for (const TunedKernel &kernel : *tuned) {
    llvm::errs() << describeTuned(kernel) << "\n";
    table.set(kernel.key, kernel.best);
  }
  if (Status status = table.write(tuningFile); !status)
    return fail(status.error());
  return success();
}

/// What the tuning file has; with --tune there may be none yet.
FailureOr<TuningTable> readTuningFile() {
  if (tuneOption > 0 && !llvm::sys::fs::exists(tuningFile))
    return TuningTable();
  auto table = TuningTable::read(tuningFile);
  if (!table)
    return fail(table.error());
  return table.take();
}

/// The package that was given, or the model's, compiled for the device and for
/// the graphs.
FailureOr<runtime::Package> getPackage(const Source &source,
                                       const OpenDevice &open, Report &report) {
  if (source.package)
    return *source.package;
  LoweringOptions options;
  if (failed(options.parseFromString(lowering)))
    return fail(Error("--lowering does not understand '" + lowering + "'"));
  CompileOptions compile = {
      open.target, func::FuncOp(source.model->entry).getSymName().str(),
      /*ptx=*/open.isGPU, /*deviceIR=*/!open.isGPU};
  OwningOpRef<ModuleOp> module = cloneModule(*source.model, report.graphs);
  if (!tuningFile.empty()) {
    auto info = open.device->info();
    if (!info)
      return fail(info.error());
    auto table = readTuningFile();
    options.tuningDevice = info->name;
    if (failed(table) ||
        (tuneOption > 0 &&
         failed(tuneModel(*module, compile, options, open, report, *table))))
      return failure();
    options.tuning = std::make_shared<const TuningTable>(std::move(*table));
  }
  return compileModel(*module, compile, options);
}

/// Runs the compiled model and fills in what it gives; returns the arguments.
FailureOr<std::vector<HostTensor>> runCompiled(const OpenDevice &open,
                                               const runtime::Package &package,
                                               Report &report) {
  auto run = CompiledRun::create(*open.device, package, report.graphs);
  if (!run)
    return fail(run.error());
  if (memoryOption)
    report.memory = run->memory();
  auto values = makeArguments(run->arguments(), report);
  if (failed(values))
    return failure();
  auto outputs = run->run(*values);
  if (!outputs)
    return fail(outputs.error());
  report.results = run->results();
  report.values = outputs.take();
  if (timeOption) {
    int count = repeats > 0 ? repeats : open.device->isHardware() ? 20 : 1;
    auto timing = run->time(count);
    if (!timing)
      return fail(timing.error());
    report.timing = timing.take();
  }
  return values;
}

LogicalResult runOnDevice(const Source &source, Report &report) {
  if (source.package && !tuningFile.empty())
    return fail(Error("a package has its schedules; tune the model"));
  if (sampleOption != 0)
    return fail(Error("--rows is for the reference device"));
  if (check && !source.model)
    return fail(Error("--check needs the model, which the package '" +
                      modelFile + "' does not hold"));
  auto open = openDevice(device, emulatorSeed);
  if (!open)
    return fail(open.error());
  report.device = open->description;
  auto package = getPackage(source, *open, report);
  if (failed(package))
    return failure();
  auto values = runCompiled(*open, *package, report);
  if (failed(values) || !check)
    return success(succeeded(values));
  auto interpreter = createInterpreter(*source.model, report.graphs, threads);
  if (failed(interpreter) || failed(bindArguments(**interpreter, *values)))
    return failure();
  return checkReport(**interpreter, report, package->arithmetic);
}

LogicalResult runOnInterpreter(const Source &source, Report &report) {
  if (!tuningFile.empty())
    return fail(Error("the reference device has no schedules to tune"));
  if (!source.model)
    return fail(
        Error("the reference device runs the model, which the package '" +
              modelFile + "' does not hold"));
  auto interpreter = createInterpreter(*source.model, report.graphs, threads);
  if (failed(interpreter))
    return failure();
  report.device = "reference interpreter (float64)";
  auto values = makeArguments((*interpreter)->arguments(), report);
  if (failed(values) || failed(bindArguments(**interpreter, *values)) ||
      failed(runReference(**interpreter, report)))
    return failure();
  return check ? checkReport(**interpreter, report, Arithmetic::IEEE32)
               : success();
}

LogicalResult checkOptions() {
  for (std::int64_t rows : {checkRows.getValue(), sampleOption.getValue()})
    if (rows < 0)
      return fail(
          Error("expected a number of rows, found " + std::to_string(rows)));
  if (tuneOption > 0 && tuningFile.empty())
    return fail(Error("--tune needs a file for what it finds, --tuning-file"));
  if (repeats < 0)
    return fail(Error("expected a number of repeats, found " +
                      std::to_string(repeats)));
  return success();
}

LogicalResult runModel(MLIRContext &context) {
  if (failed(checkOptions()))
    return failure();
  FailureOr<Source> source = loadSource(context);
  if (failed(source))
    return failure();
  auto graphs =
      loadGraphs(source->graphs(), std::vector<std::string>(graphFiles.begin(),
                                                            graphFiles.end()));
  if (!graphs)
    return fail(graphs.error());

  Report report;
  report.model = modelFile;
  report.graphs = graphs.take();
  if (failed(device == DeviceKind::Reference ? runOnInterpreter(*source, report)
                                             : runOnDevice(*source, report)))
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
  if (explain)
    printDecisions(context, llvm::errs());
  return succeeded(runModel(context)) ? 0 : 1;
}
