//===- CompactMaterialization.cpp - The smallest domain for each value ----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/Transforms/Passes.h"

#include "RowCosts.h"
#include "RowFunctions.h"

#include "mlir/IR/Remarks.h"

namespace pigeon::rgnn {
#define GEN_PASS_DEF_RGNNCOMPACTMATERIALIZATIONPASS
#include "pigeon/Dialect/RGNN/Transforms/Passes.h.inc"
} // namespace pigeon::rgnn

using namespace mlir;
using namespace pigeon;
using namespace pigeon::rgnn;

static const remark::RemarkOpts remarkOptions =
    remark::RemarkOpts::name("compact-materialization").category("rgnn");

namespace {
/// A domain that an operation could be computed on, and what that saves.
struct Candidate {
  Step step;
  double fromRows, rows;
  Cost before, after;
};
} // namespace

/// The operation where it stands and on the other side of `step`, each with the
/// reads of its result.
static std::pair<Cost, Cost> compareCosts(Operation *op, const Step &step,
                                          const RowCosts &costs) {
  Value result = op->getResult(0);
  unsigned numReaders = llvm::range_size(result.getUsers());
  Cost gathered =
      costs.gatheringReaders(result, numReaders, costs.rows(step.to));
  if (auto linear = dyn_cast<LinearOp>(op))
    return {costs.product(linear) + costs.readers(result, numReaders),
            costs.product(linear, &step) + gathered};
  // Other work is done again by each reader, or once by a kernel of its own.
  KernelCost read = costs.kernel(), store = costs.kernel();
  costs.addReads(read, result);
  costs.addReads(store, result, &step);
  store.write(costs.rows(step.to), RowCosts::rowBytes(result));
  Cost repeated;
  for (unsigned i = 0; i < numReaders; ++i)
    repeated += read.partial();
  return {repeated, store.total() + gathered};
}

static SmallVector<Candidate> findCandidates(Operation *op,
                                             const RowCosts &costs) {
  SmallVector<Candidate> candidates;
  for (Step &step : getSteps(op, getDomain(op->getResult(0).getType()))) {
    if (!RowMover(step).canMove(op))
      continue;
    auto [before, after] = compareCosts(op, step, costs);
    double from = costs.rows(step.from), to = costs.rows(step.to);
    candidates.push_back({std::move(step), from, to, before, after});
  }
  return candidates;
}

/// Row-wise work on one leaf is done again wherever it is read, on any domain:
/// moving it costs nothing and lets its readers move.
static bool isFree(Operation *op) {
  return (isRowWise(op) || isa<ReshapeOp, BroadcastOp>(op)) &&
         getLeaves(op->getResult(0)).size() == 1;
}

namespace {
struct CompactMaterialization
    : pigeon::rgnn::impl::RGNNCompactMaterializationPassBase<
          CompactMaterialization> {
  using RGNNCompactMaterializationPassBase::RGNNCompactMaterializationPassBase;

  /// The best candidate if it is to be taken, else nothing and a remark.
  std::optional<Candidate> choose(Operation *op, const RowCosts &costs) {
    SmallVector<Candidate> candidates = findCandidates(op, costs);
    if (candidates.empty())
      return std::nullopt;
    bool byRows = mode == RewriteMode::On || isFree(op);
    Candidate *best = llvm::min_element(
        candidates, [&](const Candidate &a, const Candidate &b) {
          return byRows ? a.rows < b.rows : a.after.seconds < b.after.seconds;
        });
    if (byRows || isWorthwhile(best->before, best->after))
      return *best;
    remark::missed(op->getLoc(), remarkOptions)
        << "stays on " + describeRows(best->step.from, best->fromRows) + ": " +
               best->before.describe() + "; on " +
               describeRows(best->step.to, best->rows) + ": " +
               best->after.describe();
    return std::nullopt;
  }

  void tell(Operation *op, const Candidate &candidate) {
    std::string text =
        "moves from " + describeRows(candidate.step.from, candidate.fromRows) +
        " to " + describeRows(candidate.step.to, candidate.rows) + ": ";
    text += isFree(op) ? "its readers repeat it on either"
                       : candidate.after.describe() + " instead of " +
                             candidate.before.describe();
    remark::passed(op->getLoc(), remarkOptions) << text;
  }

  void compact(Operation *op, const RowCosts &costs) {
    std::optional<Candidate> candidate = choose(op, costs);
    if (!candidate)
      return;
    tell(op, *candidate);
    RowMover mover(candidate->step);
    [[maybe_unused]] bool canMove = mover.canMove(op);
    assert(canMove && "a candidate can be moved");
    Value result = op->getResult(0);
    Value moved = mover.move(op);
    OpBuilder builder(op);
    auto gather = GatherOp::create(builder, op->getLoc(), result.getType(),
                                   moved, candidate->step.role);
    result.replaceAllUsesWith(gather);
    eraseDead(op);
  }

  void runOnOperation() override {
    if (mode == RewriteMode::Off)
      return markAllAnalysesPreserved();
    RowCosts costs(getOperation());
    getOperation()->walk([&](Block *block) {
      for (Operation &op : llvm::make_early_inc_range(*block))
        if (isRowFunction(&op) && !op.use_empty() &&
            getDomain(op.getResult(0).getType()) &&
            !getLeaves(op.getResult(0)).empty())
          compact(&op, costs);
    });
  }
};
} // namespace
