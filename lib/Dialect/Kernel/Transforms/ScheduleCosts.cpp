//===- ScheduleCosts.cpp - What a template costs with its schedule --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule says how often tiles side by side read the same rows, how many
// blocks there are, and how many rounds each of them waits for.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/RowEstimates.h"
#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

static RowEstimates getRowEstimates(Operation *op, StringRef name) {
  auto program = op->getParentOfType<ProgramOp>();
  GraphOp graph = program.lookupGraph(name);
  if (!graph)
    return RowEstimates({}, 0, 0, {});
  return RowEstimates(graph.getStatsAttr(), graph.getRelations(),
                      graph.getNodeTypes(), graph.getClassesAttr());
}

double pigeon::kernel::estimateRows(Operation *op, RowsAttr rows) {
  return getRowEstimates(op, rows.getGraph()).rows(rows.getDomain());
}

/// The entries of `rows` by a role of theirs.
static EntryCounts estimateEntries(Operation *op, RowsAttr rows,
                                   RowsAttr entries, StringRef role) {
  return getRowEstimates(op, entries.getGraph())
      .entries(entries.getDomain(), role, estimateRows(op, rows));
}

static double rowBytes(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  double bytes = type.getElementTypeBitWidth() / 8.0;
  for (int64_t extent : type.getShape())
    bytes *= ShapedType::isDynamic(extent) ? 1 : static_cast<double>(extent);
  return bytes;
}

/// The rows of a buffer, by the domain that sizes it.
static double tableRows(Operation *op, Value buffer) {
  while (Operation *view = buffer.getDefiningOp()) {
    if (auto made = dyn_cast<BufferOp>(view)) {
      auto size = made.getSizes().empty()
                      ? SizeOp()
                      : made.getSizes()[0].getDefiningOp<SizeOp>();
      return size ? estimateRows(op, size.getRows()) : 1;
    }
    if (view->getNumOperands() == 0)
      break;
    buffer = view->getOperand(0);
  }
  return 1;
}

/// Reads of each of the buffers by `reads` rows.
static void addReads(KernelCost &cost, Operation *op, ValueRange buffers,
                     ArrayAttr roles, double reads) {
  for (auto [buffer, role] : llvm::zip(buffers, roles)) {
    StringRef name = cast<StringAttr>(role).getValue();
    if (name == kSelfRole)
      cost.read(reads, rowBytes(buffer));
    else if (name != kNoneRole)
      cost.gather(reads, tableRows(op, buffer), rowBytes(buffer));
  }
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

static KernelRegisters registersOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return registersFor(type.getElementTypeBitWidth() / 8.0);
}

/// The entries of a segment, read by each of `times` tiles side by side; they
/// are walked after what is walked already.
static void addSegment(KernelCost &cost, Walk &walk, GemmOp op,
                       SegmentAttr segment, ValueRange buffers, ArrayAttr roles,
                       double times) {
  SegmentScheduleAttr schedule = op.getSegmentScheduleAttr();
  EntryCounts counts = estimateEntries(op, op.getRows(), segment.getEntries(),
                                       segment.getRole().getValue());
  addReads(cost, op, buffers, roles, counts.entries * times);
  auto unroll = static_cast<double>(schedule ? schedule.getUnroll() : 1);
  double chunk =
      schedule ? static_cast<double>(schedule.getChunk()) : counts.entries;
  Walk walked = estimateWalk(counts, chunk, unroll);
  cost.reducePieces(walked, registersOf(op.getRhs()).walking);
  walk.average += walked.average;
  walk.longest += walked.longest;
}

/// The product of the owners' own rows.
static void addOwn(KernelCost &cost, GemmOp op, double owners, double tiles) {
  if (op.getOwn().empty())
    return;
  auto type = cast<MemRefType>(op.getRhs().getType());
  addReads(cost, op, op.getOwn(), op.getOwnRoles(), owners * tiles);
  cost.multiply(owners, 1, static_cast<double>(op.getOwnK()),
                static_cast<double>(op.getN()),
                type.getElementTypeBitWidth() / 8.0, arithmeticOf(op),
                static_cast<double>(op.getSchedule()->getBlockM()));
}

static Cost costOf(GemmOp op, const DeviceModel &device) {
  GemmScheduleAttr schedule = op.getScheduleAttr();
  double rows = estimateRows(op, op.getRows());
  double in = static_cast<double>(op.getK());
  double columnTiles = std::ceil(static_cast<double>(op.getN()) /
                                 static_cast<double>(schedule.getBlockN()));
  double elementBytes =
      cast<MemRefType>(op.getRhs().getType()).getElementTypeBitWidth() / 8.0;
  KernelCost cost(device);
  Walk walk;
  if (SegmentAttr segment = op.getLhsSegmentAttr())
    addSegment(cost, walk, op, segment, op.getLhs(), op.getLhsRoles(),
               columnTiles);
  else
    addReads(cost, op, op.getLhs(), op.getLhsRoles(), rows * columnTiles);
  if (SegmentAttr segment = op.getTermSegmentAttr())
    addSegment(cost, walk, op, segment, op.getTerms(), op.getTermRoles(), 1);
  double outRows = estimateRows(op, op.getOutRows());
  addReads(cost, op, op.getAddends(), op.getAddendRoles(), outRows);
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i)
    cost.write(outRows, rowBytes(op.getOutOf(i)));
  double blockM = static_cast<double>(schedule.getBlockM());
  double keys = countKeys(op, rows);
  double blocks = (rows / blockM + keys / 2) * columnTiles *
                  static_cast<double>(op.getBatch());
  // Rounds on their way are waited for together. Of an item after a block's
  // first all is known but what is done with the sum.
  double rounds = roundsOfProduct(elementBytes) *
                  std::ceil(in / static_cast<double>(schedule.getBlockK()) /
                            static_cast<double>(schedule.getStages()));
  auto items = static_cast<double>(schedule.getItems());
  auto roundsOfItems = [&](double walked) {
    return kRoundsBeforeEntries + items * (kRoundsOfResult + rounds + walked);
  };
  KernelRegisters kinds = registersOf(op.getRhs());
  double average = roundsOfItems(walk.average),
         longest = roundsOfItems(walk.longest),
         registers = op.hasSegments() ? kinds.walking : kinds.product;
  if (op.hasOwners()) {
    OwnerItems owned = estimateOwnerItems(
        estimateEntries(op, *op.getOwners(), op.getRows(), *op.getOwnerRole()),
        keys, blockM);
    cost.read(owned.total() * blockM, kOwnerPlaceBytes);
    addOwn(cost, op, outRows, columnTiles);
    rows = owned.total() * blockM;
    blocks = owned.blocks * columnTiles;
    // Each item has all rounds but that of the result.
    OwnerRounds all =
        estimateOwnerRounds(owned, walk, kRoundsBeforeEntries + rounds);
    longest = kRoundsOfResult + all.longest;
    average = kRoundsOfResult + all.average;
    registers = kinds.owning;
  }
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i) {
    double out = static_cast<double>(op.getColumnsOf(i) * op.getBatch());
    cost.multiply(rows, keys, in, out, elementBytes, arithmeticOf(op), blockM);
  }
  return cost
      .wait(blocks / items, static_cast<double>(schedule.getThreads()),
            registers, average, longest)
      .total();
}

static Cost costOf(TraverseOp op, const DeviceModel &device) {
  TraverseScheduleAttr schedule = op.getScheduleAttr();
  double rows = estimateRows(op, op.getRows());
  EntryCounts counts = {rows};
  if (RowsAttr entries = op.getEntriesAttr())
    counts = estimateEntries(op, op.getRows(), entries, *op.getRole());
  KernelCost cost(device);
  addReads(cost, op, op.getEntryInputs(), op.getEntryRoles(), counts.entries);
  addReads(cost, op, op.getRowInputs(), op.getRowRoles(), rows);
  for (Value out : op.getOuts())
    cost.write(rows, rowBytes(out));
  double columnTiles = std::ceil(static_cast<double>(op.getWidth()) /
                                 static_cast<double>(schedule.getBlockN()));
  double blocks =
      std::ceil(rows / static_cast<double>(schedule.getRows())) * columnTiles;
  Walk walk = estimateWalk(counts, static_cast<double>(schedule.getChunk()),
                           static_cast<double>(schedule.getUnroll()));
  double registers = registersOf(op.getOuts().front()).traversal;
  return cost
      .wait(blocks, static_cast<double>(schedule.getThreads()), registers,
            kRoundsOfTraversal + walk.average,
            kRoundsOfTraversal + walk.longest)
      .reducePieces(walk, registers)
      .total();
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
