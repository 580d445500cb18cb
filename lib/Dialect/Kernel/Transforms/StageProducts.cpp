//===- StageProducts.cpp - How tiles of products travel -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/ScopedPrinter.h"

namespace pigeon::kernel {
#define GEN_PASS_DEF_KERNELSTAGEPRODUCTSPASS
#include "pigeon/Dialect/Kernel/Transforms/Passes.h.inc"
} // namespace pigeon::kernel

using namespace mlir;
using namespace pigeon::kernel;

/// What a block has without asking for more, and what a ring should take of it.
static constexpr int64_t kSharedBytes = 48 * 1024, kRingBytes = 32 * 1024;

static int64_t stageBytes(GemmOp op, GemmScheduleAttr schedule) {
  auto type = cast<MemRefType>(op.getRhs().getType());
  int64_t columns = op.getTileColumns(schedule.getBlockN());
  return (schedule.getBlockM() + columns) * schedule.getBlockK() *
         type.getElementTypeBitWidth() / 8;
}

namespace {
struct StageProducts
    : pigeon::kernel::impl::KernelStageProductsPassBase<StageProducts> {
  using KernelStageProductsPassBase::KernelStageProductsPassBase;

  /// Three stages of short rounds, where there are rounds to overlap: few
  /// registers hold addresses, and several blocks share a multiprocessor. Rows
  /// that are made of entries are walked once a round, so rounds stay long; and
  /// where an item is one round, what it walks is known from the round before.
  GemmScheduleAttr shorten(GemmOp op, GemmScheduleAttr schedule) {
    bool isOneRound = op.getK() <= static_cast<int64_t>(schedule.getBlockK());
    if (op.getLhsSegment() || (op.getTermSegment() && isOneRound))
      return 2 * stageBytes(op, schedule) <= kSharedBytes
                 ? schedule.withPipeline(2, schedule.getAPath(), 1)
                 : schedule;
    constexpr int64_t wanted = 3;
    while (wanted * stageBytes(op, schedule) > kRingBytes &&
           schedule.getBlockK() > schedule.getStepK())
      schedule = schedule.withBlockK(schedule.getBlockK() / 2);
    return schedule.withPipeline(wanted, schedule.getAPath(), 1);
  }

  GemmScheduleAttr choose(GemmOp op, GemmScheduleAttr schedule) {
    // Each item of an owner is a round by itself; blocks hide each other's
    // waiting. In two stages the next item's first rows are asked for.
    if (op.hasOwners())
      return schedule.withPipeline(op.getLhsSegment() && stages > 1 ? 2 : 1,
                                   static_cast<OperandPath>(aPath), 1);
    int64_t count = stages;
    int64_t taken = op.getNumProducts() > 1 ? 1 : int64_t(items);
    if (count == 0 && (op.getK() > schedule.getBlockK() || taken > 1)) {
      schedule = shorten(op, schedule);
      count = schedule.getStages();
    }
    return GemmScheduleAttr::getChecked(
        [&] { return op.emitOpError("cannot be scheduled: "); }, &getContext(),
        schedule.getBlockM(), schedule.getBlockN(), schedule.getBlockK(),
        schedule.getStepK(), schedule.getThreads(), std::max<int64_t>(count, 1),
        static_cast<OperandPath>(aPath), taken);
  }

  LogicalResult stage(GemmOp op) {
    GemmScheduleAttr schedule = op.getScheduleAttr();
    if (!schedule || schedule.getStages() > 1)
      return success();
    GemmScheduleAttr chosen = choose(op, schedule);
    if (!chosen)
      return failure();
    if (chosen.getItems() < items || chosen.getStages() < stages)
      remark::missed(op.getLoc(),
                     remark::RemarkOpts::name("stages").category("kernel"))
          << op.getLabel().str() +
                 (op.hasOwners()
                      ? ": one item of a block at a time, in two stages "
                        "at most; its rows are summed into others"
                      : ": one item to a block; it has several "
                        "products of the same rows");
    if (chosen == schedule)
      return success();
    op.setScheduleAttr(chosen);
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("stages").category("kernel"))
        << op.getLabel().str() + ": " + llvm::to_string(Attribute(chosen));
    return success();
  }

  void runOnOperation() override {
    for (auto gemm : getOperation().getBody().getOps<GemmOp>())
      if (failed(stage(gemm)))
        return signalPassFailure();
  }
};
} // namespace
