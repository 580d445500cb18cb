//===- ApplyTuning.cpp - Schedules from a tuning table --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Passes.h"
#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ScopedPrinter.h"

namespace pigeon::kernel {
#define GEN_PASS_DEF_KERNELAPPLYTUNINGPASS
#include "pigeon/Dialect/Kernel/Transforms/Passes.h.inc"
} // namespace pigeon::kernel

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

/// The text of an attribute, without the names that the program gives graphs.
static std::string withoutGraphs(Operation *op, std::string text) {
  auto program = op->getParentOfType<ProgramOp>();
  for (auto graph : program.getBody().getOps<GraphOp>()) {
    std::string name = "<" + graph.getName().str() + ".";
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at)
      text.replace(at, name.size(), "<");
  }
  return text;
}

std::string pigeon::kernel::describeKernel(Operation *op) {
  std::string text = op->getName().stripDialect().str() + "(" +
                     llvm::join(llvm::map_range(op->getOperandTypes(),
                                                [](Type type) {
                                                  return llvm::to_string(type);
                                                }),
                                ", ") +
                     ")";
  std::map<std::string, std::string> schedule = getScheduleText(op);
  for (NamedAttribute attribute : op->getAttrs())
    if (StringRef name = attribute.getName();
        name != "label" && !schedule.count(name.str()))
      text += " " + name.str() + "=" + llvm::to_string(attribute.getValue());
  for (Region &region : op->getRegions()) {
    text += " {";
    region.walk([&](Operation *inner) {
      text += (text.back() == '{' ? "" : " ") +
              inner->getName().getStringRef().str();
    });
    text += "}";
  }
  return withoutGraphs(op, std::move(text));
}

LogicalResult pigeon::kernel::applyTuning(ProgramOp program,
                                          const TuningTable &table,
                                          const std::string &device) {
  for (Operation *op : getTemplates(program)) {
    const TunedSchedule *schedule =
        table.find({device, describeKernel(op), describeSize(op)});
    if (!schedule)
      continue;
    if (failed(setSchedule(op, *schedule)))
      return failure();
    std::string text;
    for (const auto &[name, value] : schedule->attributes)
      text += " " + value;
    remark::passed(op->getLoc(),
                   remark::RemarkOpts::name("tuning").category("kernel"))
        << "found by timing:" + text;
  }
  return success();
}

/// The one device of a table whose user names none.
static Result<std::string> chooseDevice(const TuningTable &table,
                                        const std::string &device) {
  std::vector<std::string> devices = table.devices();
  if (!device.empty() || devices.size() <= 1)
    return !device.empty()   ? device
           : devices.empty() ? std::string()
                             : devices.front();
  return Error("the tuning file has schedules for several devices, name one "
               "of: " +
               llvm::join(devices, ", "));
}

namespace {
struct ApplyTuning
    : pigeon::kernel::impl::KernelApplyTuningPassBase<ApplyTuning> {
  using KernelApplyTuningPassBase::KernelApplyTuningPassBase;
  ApplyTuning(std::shared_ptr<const TuningTable> table, std::string device)
      : given(std::move(table)) {
    this->device = std::move(device);
  }

  LogicalResult fail(const Error &error) {
    return getOperation().emitError("cannot be tuned: ") << error.message();
  }

  LogicalResult apply() {
    std::shared_ptr<const TuningTable> table = given;
    if (!table) {
      Result<TuningTable> read = TuningTable::read(file);
      if (!read)
        return fail(read.error());
      table = std::make_shared<const TuningTable>(read.take());
    }
    Result<std::string> name = chooseDevice(*table, device);
    if (!name)
      return fail(name.error());
    return applyTuning(getOperation(), *table, *name);
  }

  void runOnOperation() override {
    if (failed(apply()))
      signalPassFailure();
  }

  /// The table in memory, if it is not to be read from a file.
  std::shared_ptr<const TuningTable> given;
};
} // namespace

std::unique_ptr<Pass> pigeon::kernel::createKernelApplyTuningPass(
    std::shared_ptr<const TuningTable> table, std::string device) {
  return std::make_unique<ApplyTuning>(std::move(table), std::move(device));
}
