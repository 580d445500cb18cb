//===- MergeTraversals.cpp - Several reductions in one sweep --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reductions over the same entries of the same rows are one traversal: indices
// and what they both read is read once, and there is one launch. The epilogue
// of one may read the result of another for its own row, as in
//
//   %m = aggregate max %x, dst    kernel 0
//   %n = aggregate min %x, dst    kernel 0
//   %d = subf %m, %n              kernel 0, epilogue; %m and %n are not stored
//
// Nothing else may lead from one to the other: a message that needs a result
// needs a sweep of its own.
//
//===----------------------------------------------------------------------===//

#include "Formation.h"
#include "FusionCosts.h"
#include "KernelGroups.h"
#include "MergeRule.h"
#include "PlanReads.h"

using namespace mlir;
using namespace pigeon;

/// Reductions of one sweep. Each has accumulators and loads in flight, and all
/// of them are in registers.
static constexpr size_t kMostReductions = 4;

/// True if both are traversals over the same entries, for outputs of one width.
static bool canShareSweep(const KernelPlan &a, const KernelPlan &b) {
  auto first = dyn_cast_or_null<rgnn::AggregateOp>(a.anchor);
  auto second = dyn_cast_or_null<rgnn::AggregateOp>(b.anchor);
  auto width = [](Value value) {
    return rgnn::getRowSize(cast<RankedTensorType>(value.getType()));
  };
  return first && second && !a.summed && !b.summed &&
         first.getRole() == second.getRole() &&
         rgnn::getDomain(first.getInput().getType()) ==
             rgnn::getDomain(second.getInput().getType()) &&
         width(a.result) == width(b.result);
}

void Formation::mergeTraversal(unsigned index, ArrayRef<PlanReads> reads,
                               KernelGroups &groups) const {
  MergeRule rule;
  rule.kernel = "the traversal";
  rule.other = "another reduction over the same entries";
  rule.canJoin = [&](ArrayRef<unsigned> members) {
    return members.size() < kMostReductions &&
           canShareSweep(plans[members.front()], plans[index]);
  };
  rule.needs = [&](ArrayRef<unsigned> members) {
    SmallVector<Read> outer = reads[index].entries;
    llvm::copy_if(reads[index].rows, std::back_inserter(outer),
                  [&](Read read) { return !isOwnRow(*this, read, members); });
    return outer;
  };
  rule.costs = [&](ArrayRef<unsigned> together) {
    return costOfMergedTraversals(*this, together, reads);
  };
  joinFirst(index, rule, groups);
}
