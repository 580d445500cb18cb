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
#include "PlanReads.h"

using namespace mlir;
using namespace pigeon;

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
