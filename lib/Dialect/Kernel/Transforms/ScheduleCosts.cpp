//===- ScheduleCosts.cpp - What a template costs with its schedule --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On top of what the cost model knows, schedules differ in two ways: how often
// tiles side by side read the same rows, and how long a block waits. A block
// walks rounds one after the other, each as long as a load from memory takes;
// blocks that do not fit on the device at once wait for those that do.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/RowEstimates.h"
#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

/// Of an H100: threads that are resident at once, half of what would fit
/// without registers; and how long a round of dependent loads takes.
static constexpr double kResidentThreads = 132 * 1024.0;
static constexpr double kRoundSeconds = 0.7e-6;

double pigeon::kernel::estimateRows(Operation *op, RowsAttr rows) {
  auto program = op->getParentOfType<ProgramOp>();
  GraphOp graph = program.lookupGraph(rows.getGraph());
  if (!graph)
    return RowEstimates({}, 0, 0, {}).rows(rows.getDomain());
  return RowEstimates(graph.getStatsAttr(), graph.getRelations(),
                      graph.getNodeTypes(), graph.getClassesAttr())
      .rows(rows.getDomain());
}

static double rowBytes(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  double bytes = type.getElementTypeBitWidth() / 8.0;
  for (int64_t extent : type.getShape())
    bytes *= ShapedType::isDynamic(extent) ? 1 : static_cast<double>(extent);
  return bytes;
}

/// Reads of each of the buffers by `reads` rows. Where an access leads is not
/// known here; a table of a tenth as many rows stands for it.
static void addReads(KernelCost &cost, ValueRange buffers, ArrayAttr roles,
                     double reads) {
  for (auto [buffer, role] : llvm::zip(buffers, roles)) {
    StringRef name = cast<StringAttr>(role).getValue();
    if (name == "self")
      cost.read(reads, rowBytes(buffer));
    else if (name != "none")
      cost.gather(reads, reads / 10, rowBytes(buffer));
  }
}

/// The longer of what the kernel moves and computes, and of what its blocks
/// wait.
static Cost withWaiting(const KernelCost &kernel, const DeviceModel &device,
                        double blocks, double threads, double rounds) {
  Cost cost = kernel.total();
  double waves = std::max(1.0, blocks * threads / kResidentThreads);
  cost.seconds = std::max(cost.seconds, device.launchSeconds +
                                            waves * rounds * kRoundSeconds);
  return cost;
}

static Arithmetic arithmeticOf(GemmOp op) {
  Type type = cast<MemRefType>(op.getRhs().getType()).getElementType();
  if (type.isF16() || type.isBF16())
    return Arithmetic::F16;
  switch (op.getPrecision()) {
  case Precision::TF32x3:
    return Arithmetic::ThreeTF32;
  case Precision::TF32:
    return Arithmetic::TF32;
  case Precision::IEEE:
    return Arithmetic::IEEE32;
  }
  return Arithmetic::IEEE32;
}

/// How many weights there are.
static double countKeys(GemmOp op, double rows) {
  if (op.getKey() == "none")
    return 1;
  auto image = RowsAttr::get(op.getContext(), op.getRows().getGraph(),
                             StringAttr::get(op.getContext(), "relation"));
  return std::min(rows, estimateRows(op, image));
}

static Cost costOf(GemmOp op, const DeviceModel &device) {
  GemmScheduleAttr schedule = op.getScheduleAttr();
  double rows = estimateRows(op, op.getRows());
  double in = static_cast<double>(op.getK());
  double out = static_cast<double>(op.getN() * op.getBatch());
  double columnTiles = std::ceil(static_cast<double>(op.getN()) /
                                 static_cast<double>(schedule.getBlockN()));
  double elementBytes =
      cast<MemRefType>(op.getRhs().getType()).getElementTypeBitWidth() / 8.0;
  SegmentScheduleAttr walk = op.getSegmentScheduleAttr();
  KernelCost cost(device);
  double rounds = std::ceil(in / static_cast<double>(schedule.getBlockK()));
  auto walked = [&](SegmentAttr segment, ValueRange buffers, ArrayAttr roles,
                    double times) {
    double entries = estimateRows(op, segment.getEntries());
    addReads(cost, buffers, roles, entries * times);
    rounds += std::ceil(entries / rows /
                        (walk ? static_cast<double>(walk.getUnroll()) : 1.0));
  };
  if (SegmentAttr segment = op.getLhsSegmentAttr())
    walked(segment, op.getLhs(), op.getLhsRoles(), columnTiles);
  else
    addReads(cost, op.getLhs(), op.getLhsRoles(), rows * columnTiles);
  if (SegmentAttr segment = op.getTermSegmentAttr())
    walked(segment, op.getTerms(), op.getTermRoles(), 1);
  addReads(cost, op.getAddends(), op.getAddendRoles(), rows);
  cost.write(rows, rowBytes(op.getOut()));
  double blockM = static_cast<double>(schedule.getBlockM());
  double keys = countKeys(op, rows);
  cost.multiply(rows, keys, in, out, elementBytes, arithmeticOf(op), blockM);
  double blocks = (rows / blockM + keys / 2) * columnTiles *
                  static_cast<double>(op.getBatch());
  return withWaiting(cost, device, blocks,
                     static_cast<double>(schedule.getThreads()), rounds);
}

static Cost costOf(TraverseOp op, const DeviceModel &device) {
  TraverseScheduleAttr schedule = op.getScheduleAttr();
  double rows = estimateRows(op, op.getRows());
  double entries =
      op.getEntriesAttr() ? estimateRows(op, op.getEntriesAttr()) : 0;
  KernelCost cost(device);
  addReads(cost, op.getEntryInputs(), op.getEntryRoles(), entries);
  addReads(cost, op.getRowInputs(), op.getRowRoles(), rows);
  for (Value out : op.getOuts())
    cost.write(rows, rowBytes(out));
  double columnTiles = std::ceil(static_cast<double>(op.getWidth()) /
                                 static_cast<double>(schedule.getBlockN()));
  double blocks =
      std::ceil(rows / static_cast<double>(schedule.getRows())) * columnTiles;
  double rounds =
      1 + std::ceil(entries / rows / static_cast<double>(schedule.getUnroll()));
  return withWaiting(cost, device, blocks,
                     static_cast<double>(schedule.getThreads()), rounds);
}

Cost pigeon::kernel::estimateCost(Operation *op, const DeviceModel &device) {
  if (auto gemm = dyn_cast<GemmOp>(op))
    return costOf(gemm, device);
  return costOf(cast<TraverseOp>(op), device);
}

//===----------------------------------------------------------------------===//
// Names in a tuning table
//===----------------------------------------------------------------------===//

std::string pigeon::kernel::describeSize(Operation *op) {
  std::map<std::string, double> rows;
  for (NamedAttribute attribute : op->getAttrs())
    attribute.getValue().walk([&](RowsAttr domain) {
      rows[domain.getDomain().str()] = estimateRows(op, domain);
    });
  std::string text;
  for (const auto &[domain, count] : rows)
    text += (text.empty() ? "" : ", ") + domain + " 2^" +
            std::to_string(llvm::Log2_64_Ceil(
                std::max<uint64_t>(static_cast<uint64_t>(count), 1)));
  return text;
}
