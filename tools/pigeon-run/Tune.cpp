//===- Tune.cpp - The option --tune ---------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tune.h"

#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;

namespace {
struct Kernel {
  TunedKernel found;
  std::vector<kernel::ScheduleCandidate> candidates;
};

/// One schedule for each kernel, by its place among the candidates.
using Choice = std::vector<size_t>;

class Tuner {
public:
  Tuner(ModuleOp model, const CompileOptions &options,
        LoweringOptions &lowering, const std::string &device,
        const TimePackage &timePackage)
      : model(model), options(options), lowering(lowering), device(device),
        timePackage(timePackage) {}

  LogicalResult findKernels(size_t numSchedules);
  LogicalResult timeAll();
  std::vector<TunedKernel> results();

private:
  OwningOpRef<ModuleOp> lowerTo(Level level);
  FailureOr<std::vector<double>> time(const Choice &choice);
  FailureOr<std::vector<double>> timeQuietly(const Choice &choice);
  void record(size_t index, size_t candidate, double milliseconds);
  void timeOneByOne(size_t round);

  ModuleOp model;
  const CompileOptions &options;
  LoweringOptions &lowering;
  const std::string &device;
  const TimePackage &timePackage;
  std::vector<Kernel> kernels;
};
} // namespace

OwningOpRef<ModuleOp> Tuner::lowerTo(Level level) {
  OwningOpRef<ModuleOp> module = model.clone();
  if (failed(selectEntry(*module, options.entry)) ||
      failed(lowerModel(*module, level, lowering)))
    return nullptr;
  return module;
}

LogicalResult Tuner::findKernels(size_t numSchedules) {
  lowering.tuning = nullptr;
  OwningOpRef<ModuleOp> module = lowerTo(Level::Kernel);
  if (!module)
    return failure();
  for (auto program : module->getOps<kernel::ProgramOp>())
    for (Operation *op : kernel::getTemplates(program)) {
      Kernel kernel;
      kernel.found.label =
          op->getAttrOfType<StringAttr>("label").getValue().str();
      kernel.found.key = {device, kernel::describeKernel(op),
                          kernel::describeSize(op)};
      kernel.candidates =
          kernel::enumerateSchedules(op, numSchedules, makeH100());
      kernels.push_back(std::move(kernel));
    }
  return success();
}

/// The place of a launch's kernel in its program, which is in its name:
/// "rgcn_2_gemm_rows" belongs to the third one.
static std::optional<size_t> indexOf(llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef> match;
  size_t index;
  if (!llvm::Regex("^.*_([0-9]+)_(gemm|traverse)").match(name, &match) ||
      match[1].getAsInteger(10, index))
    return std::nullopt;
  return index;
}

FailureOr<std::vector<double>> Tuner::time(const Choice &choice) {
  auto table = std::make_shared<TuningTable>();
  for (size_t i = 0; i < kernels.size(); ++i)
    table->set(kernels[i].found.key,
               {kernels[i].candidates[choice[i]].attributes, 0, 0});
  lowering.tuning = table;
  lowering.tuningDevice = device;
  OwningOpRef<ModuleOp> module = model.clone();
  FailureOr<runtime::Package> package =
      compileModel(*module, options, lowering);
  lowering.tuning = nullptr;
  if (failed(package))
    return failure();
  auto report = timePackage(*package);
  if (!report)
    return emitError(model.getLoc(), report.error().message());
  std::vector<double> milliseconds(kernels.size(), 0);
  for (const runtime::LaunchTiming &launch : report->launches)
    if (auto index = indexOf(launch.kernel); index && *index < kernels.size())
      milliseconds[*index] += launch.milliseconds;
  return milliseconds;
}

FailureOr<std::vector<double>> Tuner::timeQuietly(const Choice &choice) {
  ScopedDiagnosticHandler silence(model.getContext(),
                                  [](Diagnostic &) { return success(); });
  return time(choice);
}

void Tuner::record(size_t index, size_t candidate, double milliseconds) {
  TunedKernel &found = kernels[index].found;
  ++found.numTimed;
  if (candidate == 0)
    found.best.defaultMilliseconds = milliseconds;
  if (candidate == 0 || milliseconds < found.best.milliseconds) {
    found.best.milliseconds = milliseconds;
    found.best.attributes = kernels[index].candidates[candidate].attributes;
  }
}

void Tuner::timeOneByOne(size_t round) {
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (round >= kernels[i].candidates.size())
      continue;
    Choice choice(kernels.size(), 0);
    choice[i] = round;
    auto milliseconds = timeQuietly(choice);
    if (succeeded(milliseconds))
      record(i, round, (*milliseconds)[i]);
    else
      ++kernels[i].found.numFailed;
  }
}

LogicalResult Tuner::timeAll() {
  size_t rounds = 0;
  for (const Kernel &kernel : kernels)
    rounds = std::max(rounds, kernel.candidates.size());
  for (size_t round = 0; round < rounds; ++round) {
    Choice choice;
    for (const Kernel &kernel : kernels)
      choice.push_back(round < kernel.candidates.size() ? round : 0);
    auto milliseconds = round == 0 ? time(choice) : timeQuietly(choice);
    if (failed(milliseconds) && round == 0)
      return failure();
    if (failed(milliseconds)) {
      timeOneByOne(round);
      continue;
    }
    for (size_t i = 0; i < kernels.size(); ++i)
      if (choice[i] == round)
        record(i, round, (*milliseconds)[i]);
  }
  return success();
}

std::vector<TunedKernel> Tuner::results() {
  std::vector<TunedKernel> found;
  for (const Kernel &kernel : kernels)
    found.push_back(kernel.found);
  return found;
}

FailureOr<std::vector<TunedKernel>>
pigeon::run::tuneSchedules(ModuleOp model, const CompileOptions &options,
                           LoweringOptions &lowering, const std::string &device,
                           size_t numSchedules,
                           const TimePackage &timePackage) {
  Tuner tuner(model, options, lowering, device, timePackage);
  if (failed(tuner.findKernels(numSchedules)) || failed(tuner.timeAll()))
    return failure();
  return tuner.results();
}

std::string pigeon::run::describeTuned(const TunedKernel &kernel) {
  std::string text =
      llvm::formatv("{0}: {1:f4} -> {2:f4} ms, {3} schedules timed",
                    kernel.label, kernel.best.defaultMilliseconds,
                    kernel.best.milliseconds, kernel.numTimed);
  if (kernel.numFailed > 0)
    text += ", " + std::to_string(kernel.numFailed) + " failed";
  for (const auto &[name, schedule] : kernel.best.attributes)
    text += ", " + schedule;
  return text;
}
