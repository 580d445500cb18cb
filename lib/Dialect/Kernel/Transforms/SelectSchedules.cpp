//===- SelectSchedules.cpp - A schedule that fits each template -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Passes.h"
#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/ScopedPrinter.h"

#include <limits>

namespace pigeon::kernel {
#define GEN_PASS_DEF_KERNELSELECTSCHEDULESPASS
#include "pigeon/Dialect/Kernel/Transforms/Passes.h.inc"
} // namespace pigeon::kernel

using namespace mlir;
using namespace pigeon::kernel;

/// The smallest power of two that covers `extent`, at most `limit`.
static int64_t coveringTile(int64_t extent, int64_t limit) {
  return std::min<int64_t>(llvm::PowerOf2Ceil(extent), limit);
}

/// The largest power of two that divides `extent`, at most `limit`.
static int64_t dividingTile(int64_t extent, int64_t limit) {
  return std::min<int64_t>(extent & -extent, limit);
}

static constexpr int64_t kWarpSize = 32;

/// Threads so that each has about `perThread` elements, in whole warps.
static int64_t threadsFor(int64_t elements, int64_t perThread) {
  return std::clamp<int64_t>(elements / perThread, kWarpSize, 256);
}

/// Elements of the narrowest of the values in one access of 16 bytes.
static int64_t elementsPerAccess(ValueRange values) {
  constexpr int64_t bits = 128;
  int64_t elements = 0;
  for (Value value : values)
    elements = std::max<int64_t>(
        elements,
        bits / cast<MemRefType>(value.getType()).getElementTypeBitWidth());
  return elements;
}

/// What matrix instructions (mma.sync) divide: 16 rows, 8 columns, and 32 bytes
/// of the contracted dimension.
static constexpr int64_t kMatrixRows = 16, kMatrixColumns = 8,
                         kMatrixBits = 256;

static bool usesMatrixInstructions(GemmOp op) {
  auto type = cast<MemRefType>(op.getRhs().getType());
  return !type.getElementType().isF32() || op.getPrecision() != Precision::IEEE;
}

static int64_t matrixDepth(GemmOp op) {
  auto type = cast<MemRefType>(op.getRhs().getType());
  return kMatrixBits / type.getElementTypeBitWidth();
}

namespace {
struct SelectSchedules
    : pigeon::kernel::impl::KernelSelectSchedulesPassBase<SelectSchedules> {
  using KernelSelectSchedulesPassBase::KernelSelectSchedulesPassBase;

  /// Blocks side by side would aggregate the same rows.
  int64_t widestTile(GemmOp op) {
    return op.getLhsSegment() ? 2 * blockN : int64_t(blockN);
  }

  /// Rounds are one tile of packed words deep, and 16 columns go to a warp;
  /// rows go to the 8 columns of the instruction, for the weight is its left
  /// operand.
  GemmScheduleAttr chooseForPacked(GemmOp op) {
    pigeon::layout::Packing packing = op.getPacked()->getPacking();
    int64_t count = op.getRows().getCount().value_or(blockM);
    int64_t k = packing.tileColumns();
    // Groups that share a round have sums of their own, in registers.
    int64_t most =
        op.getPacked()->getGroup() < k ? blockM / 2 : int64_t(blockM);
    int64_t m = std::max(coveringTile(count, most), kMatrixColumns);
    int64_t n = coveringTile(std::max(op.getN(), packing.tileRows()), 64);
    return GemmScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        m, n, k, k, n / packing.tileRows() * kWarpSize,
        /*stages=*/int64_t(1), OperandPath::Async, /*items=*/int64_t(1));
  }

  /// Products that walk have more and smaller blocks: waiting is most of what
  /// they do. What is no tile at all stays, for the error to name it.
  int64_t walkedRows() {
    bool canHalve = blockM >= 2 * kMatrixRows && llvm::isPowerOf2_64(blockM);
    return canHalve ? blockM / 2 : int64_t(blockM);
  }

  /// Several products have the whole of their columns in a block, in tiles side
  /// by side; rounds are so deep that these fit.
  GemmScheduleAttr chooseForSeveral(GemmOp op, int64_t m, int64_t k,
                                    int64_t step) {
    constexpr int64_t sharedBytes = 48 * 1024;
    auto type = cast<MemRefType>(op.getRhs().getType());
    int64_t n = coveringTile(std::max(op.getN(), kMatrixColumns),
                             std::numeric_limits<int64_t>::max());
    int64_t columns = op.getTileColumns(n), narrowest = n;
    for (unsigned i = 1, e = op.getNumProducts(); i != e; ++i)
      narrowest = std::min(narrowest, op.getTileColumnsOf(i, n));
    while ((m + columns) * k * type.getElementTypeBitWidth() / 8 >
               sharedBytes &&
           k > step)
      k /= 2;
    // More threads than these have too few registers each.
    constexpr int64_t mostThreads = 512;
    while (m * columns > mostThreads * accumulators && m > kMatrixRows)
      m /= 2;
    // Each warp has an instruction's result of the narrowest.
    int64_t wanted = llvm::PowerOf2Ceil(m * columns / accumulators);
    int64_t most =
        std::clamp<int64_t>(m * narrowest / 4, kWarpSize, mostThreads);
    int64_t threads = std::clamp<int64_t>(wanted, kWarpSize, most);
    return GemmScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        m, n, k, step, threads, /*stages=*/int64_t(1), OperandPath::Async,
        /*items=*/int64_t(1));
  }

  /// Batches lie side by side, so their tiles must not reach into the next one.
  GemmScheduleAttr chooseFor(GemmOp op) {
    if (op.getPacked())
      return chooseForPacked(op);
    int64_t m = op.hasSegments() ? walkedRows() : int64_t(blockM);
    int64_t leastN = 1, leastK = 1, step = 8;
    if (usesMatrixInstructions(op)) {
      leastN = kMatrixColumns;
      leastK = matrixDepth(op);
      step = 2 * leastK;
    }
    int64_t n = op.getBatch() > 1
                    ? dividingTile(op.getN(), blockN)
                    : coveringTile(std::max(op.getN(), leastN), widestTile(op));
    // Twice as wide a tile leaves room for half the depth.
    int64_t depth = n > blockN ? blockK / 2 : int64_t(blockK);
    int64_t k = coveringTile(std::max(op.getK(), leastK), depth);
    if (op.getNumProducts() > 1)
      return chooseForSeveral(op, m, k, std::min(k, step));
    // The walk wants registers too, and more threads to wait for memory.
    int64_t perThread = op.hasSegments()
                            ? std::max<int64_t>(accumulators / 2, 1)
                            : int64_t(accumulators);
    return GemmScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        m, n, k, std::min(k, step), threadsOf(m, n, k, perThread),
        /*stages=*/int64_t(1), OperandPath::Async, /*items=*/int64_t(1));
  }

  /// A product of few columns still has a left tile to load, which asks for
  /// threads too; each has an accumulator.
  static int64_t threadsOf(int64_t m, int64_t n, int64_t k, int64_t perThread) {
    return std::min(threadsFor(m * std::max(n, k), perThread),
                    std::max(m * n, kWarpSize));
  }

  TraverseScheduleAttr chooseFor(TraverseOp op) {
    int64_t n = coveringTile(op.getWidth(), blockN);
    // Each thread has what one access moves: rows of two bytes an element ask
    // for half as many threads as rows of four. Narrow rows come in such a
    // number that a warp has that much for all of its threads.
    int64_t perThread = elementsPerAccess(
        op.getEntryInputs().empty() ? op.getOuts() : op.getEntryInputs());
    int64_t m = std::max<int64_t>(rows, kWarpSize * std::min(perThread, n) / n);
    return TraverseScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        m, n, threadsFor(m * n, perThread), static_cast<int64_t>(unroll),
        static_cast<int64_t>(chunk));
  }

  template <typename OpTy> LogicalResult schedule(OpTy op) {
    if (op.getSchedule())
      return success();
    auto chosen = chooseFor(op);
    if (!chosen)
      return failure();
    op.setScheduleAttr(chosen);
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("schedule").category("kernel"))
        << op.getLabel().str() + ": " + llvm::to_string(Attribute(chosen)) +
               ", " + estimateCost(op, pigeon::makeH100()).describe();
    return success();
  }

  int64_t chunkOfRows(GemmOp op) {
    pigeon::EntryCounts counts = {
        estimateRows(op, op.getRows()),
        estimateRows(op, op.getLhsSegmentAttr().getEntries())};
    return static_cast<int64_t>(
        chooseProductChunk(counts, static_cast<double>(segmentChunk)));
  }

  LogicalResult scheduleSegments(GemmOp op) {
    if (!op.hasSegments() || op.getSegmentSchedule())
      return success();
    auto chosen = SegmentScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        op.getLhsSegment() ? chunkOfRows(op) : int64_t(termChunk),
        static_cast<int64_t>(segmentUnroll));
    if (!chosen)
      return failure();
    op.setSegmentScheduleAttr(chosen);
    return success();
  }

  void runOnOperation() override {
    for (Operation &op : getOperation().getBody().getOps()) {
      auto gemm = dyn_cast<GemmOp>(op);
      auto traverse = dyn_cast<TraverseOp>(op);
      if ((gemm &&
           (failed(scheduleSegments(gemm)) || failed(schedule(gemm)))) ||
          (traverse && failed(schedule(traverse))))
        return signalPassFailure();
    }
  }
};
} // namespace
