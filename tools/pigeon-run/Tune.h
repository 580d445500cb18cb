//===- Tune.h - The option --tune -------------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Times the cheapest schedules of every kernel, by the cost model, on a device.
// All kernels change their schedule at once, from one round to the next, and
// each is timed alone; so K schedules take K compilations, however many kernels
// there are. If a round cannot be compiled or run, its schedules are tried one
// by one, and those that fail are dropped.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_TUNE_H
#define PIGEON_TOOLS_PIGEON_RUN_TUNE_H

#include "pigeon/Analysis/TuningTable.h"
#include "pigeon/Pipelines/Compile.h"
#include "pigeon/Runtime/Executor.h"

#include <functional>

namespace pigeon::run {

/// What was found for one kernel.
struct TunedKernel {
  std::string label;
  TuningKey key;
  TunedSchedule best;
  /// Schedules that were timed, and those that could not be.
  size_t numTimed = 0, numFailed = 0;
};

/// Runs a package and says how long each launch took.
using TimePackage =
    std::function<Result<runtime::TimingReport>(const runtime::Package &)>;

/// Tunes the kernels that `model` becomes under `options` and `lowering`, with
/// at most `numSchedules` schedules for each. Fails if the model cannot be
/// compiled or run as it is. `lowering.tuning` is not kept.
mlir::FailureOr<std::vector<TunedKernel>>
tuneSchedules(mlir::ModuleOp model, const CompileOptions &options,
              LoweringOptions &lowering, const std::string &device,
              size_t numSchedules, const TimePackage &timePackage);

/// "linear on kg.dst_pair: 0.051 -> 0.043 ms, #kernel.gemm_schedule<...>".
std::string describeTuned(const TunedKernel &kernel);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_TUNE_H
