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
  auto productOf = [&](rgnn::LinearOp op, rgnn::AggregateOp rows) {
    reads.entries.push_back({stripReshapes(op.getWeight()), "none"});
    if (rows)
      entriesOf(rows);
    else
      append(reads.entries, formation, index, op.getInput());
  };
  if (auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor)) {
    registers.push_back(linear.getResult());
    productOf(linear, plan.rows);
  }
  if (rgnn::AggregateOp sum = plan.getSum()) {
    registers.push_back(sum.getResult());
    plan.summed ? productOf(plan.summed, plan.summedRows) : entriesOf(sum);
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

KernelGroups::Kernels pigeon::inputsOf(const Formation &formation,
                                       const PlanReads &reads) {
  KernelGroups::Kernels inputs = producersOf(formation, reads.entries);
  inputs.append(producersOf(formation, reads.rows));
  return inputs;
}

KernelGroups pigeon::groupsOf(const Formation &formation,
                              ArrayRef<PlanReads> reads) {
  std::vector<KernelGroups::Kernels> inputs;
  for (const PlanReads &read : reads)
    inputs.push_back(inputsOf(formation, read));
  return KernelGroups(std::move(inputs));
}

bool pigeon::isOwnRow(const Formation &formation, Read read,
                      ArrayRef<unsigned> plans) {
  std::optional<unsigned> producer = formation.producerOf(read.value);
  return read.role == "self" && producer &&
         llvm::is_contained(plans, *producer);
}
