//===- PlanReads.cpp - What a kernel reads --------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanReads.h"

using namespace mlir;
using namespace pigeon;

static void append(SmallVectorImpl<Read> &reads, const Formation &formation,
                   unsigned index, Value root, ValueRange inRegisters = {}) {
  Expression expression(formation, index, root, rgnn::getDomain(root.getType()),
                        inRegisters);
  llvm::append_range(reads, expression.getLeaves());
}

static PlanReads readsOf(const Formation &formation, unsigned index) {
  KernelPlan plan = formation.getPlans()[index];
  PlanReads reads;
  SmallVector<Value> registers;
  auto entriesOf = [&](rgnn::AggregateOp op) {
    append(reads.entries, formation, index, op.getInput());
  };
  if (auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor)) {
    registers.push_back(linear.getResult());
    reads.entries.push_back({stripReshapes(linear.getWeight()), "none"});
    if (plan.rows)
      entriesOf(plan.rows);
    else
      append(reads.entries, formation, index, linear.getInput());
  }
  if (auto aggregate = dyn_cast_or_null<rgnn::AggregateOp>(plan.anchor)) {
    registers.push_back(aggregate.getResult());
    entriesOf(aggregate);
  }
  if (plan.terms) {
    registers.push_back(plan.terms.getResult());
    entriesOf(plan.terms);
  }
  append(reads.rows, formation, index, plan.result, registers);
  return reads;
}

std::vector<PlanReads> pigeon::findReads(const Formation &formation) {
  std::vector<PlanReads> reads;
  for (unsigned index = 0; index < formation.getPlans().size(); ++index)
    reads.push_back(readsOf(formation, index));
  return reads;
}

KernelGroups::Kernels pigeon::producersOf(const Formation &formation,
                                          ArrayRef<Read> reads) {
  KernelGroups::Kernels producers;
  for (Read read : reads)
    if (std::optional<unsigned> producer = formation.producerOf(read.value))
      producers.push_back(*producer);
  return producers;
}
