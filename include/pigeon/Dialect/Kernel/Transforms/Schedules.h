//===- Schedules.h - Which schedules a kernel could have --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Candidates are the neighbours of the schedule that a template has: each of
// its numbers as it is, halved or doubled, in every combination that the
// attribute and the template accept. Numbers that results depend on (chunks)
// stay. What a schedule's fields are is read from its text, so a new one is
// tried without a line here.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_TRANSFORMS_SCHEDULES_H
#define PIGEON_DIALECT_KERNEL_TRANSFORMS_SCHEDULES_H

#include "pigeon/Analysis/CostModel.h"
#include "pigeon/Analysis/TuningTable.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Pass/Pass.h"

#include <memory>

namespace pigeon::kernel {

/// The kernels of a program, in order: the operations that have schedules.
llvm::SmallVector<mlir::Operation *> getTemplates(ProgramOp program);

/// What identifies a kernel in a tuning table: all of its types and attributes
/// but label, schedule and the graph's name, and the operations of its regions.
std::string describeKernel(mlir::Operation *op);
/// The rows of the domains that it names, as powers of two, by the program's
/// `stats`: "dst_pair 2^18, edge 2^20".
std::string describeSize(mlir::Operation *op);

/// The schedule attributes that it has, by name.
std::map<std::string, std::string> getScheduleText(mlir::Operation *op);
/// Gives it a schedule from a table; an error, at the operation, if the text is
/// no schedule or none that this template can have.
llvm::LogicalResult setSchedule(mlir::Operation *op,
                                const TunedSchedule &schedule);

struct ScheduleCandidate {
  std::map<std::string, std::string> attributes;
  Cost cost;
};

/// The schedule that `op` has, then at most `count` - 1 others, the cheapest
/// first. The operation is unchanged when this returns.
std::vector<ScheduleCandidate> enumerateSchedules(mlir::Operation *op,
                                                  size_t count,
                                                  const DeviceModel &device);

/// The rows of a domain in the program of `op`, as far as it is known.
double estimateRows(mlir::Operation *op, RowsAttr rows);

/// What a template costs with the schedule that it has.
Cost estimateCost(mlir::Operation *op, const DeviceModel &device);

/// Gives each template that the table knows the schedule that stands there.
/// Fails on one that does not fit its template.
llvm::LogicalResult applyTuning(ProgramOp program, const TuningTable &table,
                                const std::string &device);

/// kernel-apply-tuning with a table in memory. Without a device it is that of
/// the table, which must have no other.
std::unique_ptr<mlir::Pass>
createKernelApplyTuningPass(std::shared_ptr<const TuningTable> table,
                            std::string device);

} // namespace pigeon::kernel

#endif // PIGEON_DIALECT_KERNEL_TRANSFORMS_SCHEDULES_H
