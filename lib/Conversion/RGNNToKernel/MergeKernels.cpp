//===- MergeKernels.cpp - Kernels that become one -------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Merges come last, on whole kernels: traversals over one set of entries
// (MergeTraversals.cpp), products of one set of rows (MergeProducts.cpp). They
// are tried in program order, and the first group that takes a kernel gets it.
//
//===----------------------------------------------------------------------===//

#include "Formation.h"
#include "KernelGroups.h"
#include "MergeRule.h"
#include "PlanReads.h"

using namespace mlir;
using namespace pigeon;

/// Joins the first group that has room for the plan and does not lead to it.
void Formation::joinFirst(unsigned index, const MergeRule &rule,
                          KernelGroups &groups) const {
  std::string why;
  for (unsigned other = 0; other < index; ++other) {
    ArrayRef<unsigned> members = groups.membersOf(other);
    if (members.front() != other || !rule.canJoin(members))
      continue;
    SmallVector<unsigned> together(members);
    together.push_back(index);
    if (std::string reason = rule.whyNot ? rule.whyNot(together) : "";
        !reason.empty()) {
      why = reason;
      continue;
    }
    if (groups.leadsTo(other, producersOf(*this, rule.needs(members)))) {
      why = "what it reads depends on " + rule.other;
      continue;
    }
    FusionCosts costs = rule.costs(together);
    if (!costs.saves()) {
      why = "with " + rule.other + " it would take " + costs.describe();
      continue;
    }
    groups.join(index, other);
    return remarkTaken(plans[index].anchor, "shares " + rule.kernel + " of " +
                                                rule.other + ": " +
                                                costs.describe());
  }
  if (!why.empty())
    remarkDeclined(plans[index].anchor, "stays a kernel of its own: " + why);
}

/// Puts the plans of a group beside each other. A value that only its own group
/// reads stays in registers.
void Formation::reorder(const KernelGroups &groups, ArrayRef<PlanReads> reads) {
  llvm::DenseSet<Value> readInside, readElsewhere;
  for (unsigned index = 0; index < plans.size(); ++index)
    for (Read read :
         llvm::concat<const Read>(reads[index].entries, reads[index].rows)) {
      bool isOwn = isOwnRow(*this, read, groups.membersOf(index));
      (isOwn ? readInside : readElsewhere).insert(read.value);
    }
  SmallVector<KernelPlan> ordered;
  llvm::DenseMap<Value, unsigned> places;
  for (const KernelGroups::Kernels &members : groups.inOrder())
    for (unsigned index : members) {
      KernelPlan plan = plans[index];
      plan.isMerged = index != members.front();
      plan.isStored = plan.outputIndex >= 0 ||
                      readElsewhere.contains(plan.result) ||
                      !readInside.contains(plan.result);
      if (plan.isStored && producerOf(plan.result) == index)
        places[plan.result] = ordered.size();
      ordered.push_back(plan);
    }
  plans = std::move(ordered);
  producers = std::move(places);
}

void Formation::mergeKernels() {
  std::vector<PlanReads> reads = findReads(*this);
  KernelGroups groups = groupsOf(*this, reads);
  for (unsigned index = 0; index < plans.size(); ++index)
    if (options.traversals &&
        isa_and_nonnull<rgnn::AggregateOp>(plans[index].anchor))
      mergeTraversal(index, reads, groups);
    else if (options.products &&
             isa_and_nonnull<rgnn::LinearOp>(plans[index].anchor))
      mergeProduct(index, reads, groups);
  reorder(groups, reads);
}
