//===- FusionCosts.cpp - What a fusion costs and saves --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FusionCosts.h"
#include "Expression.h"

#include "pigeon/Analysis/DomainRows.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

std::string FusionCosts::describe() const {
  return fused.describe() + " instead of " + separate.describe();
}

static double rowBytes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return static_cast<double>(rgnn::getRowSize(type)) *
         type.getElementTypeBitWidth() / 8;
}

static double rowsOf(Value value) {
  return estimateRows(value.getParentRegion()->getParentOp(),
                      rgnn::getDomain(value.getType()));
}

/// Reads of the values, for each of `count` rows.
static void addReads(KernelCost &cost, ArrayRef<Read> reads, double count) {
  for (Read read : reads)
    if (read.role == "self")
      cost.read(count, rowBytes(read.value));
    else if (read.role != "none")
      cost.gather(count, rowsOf(read.value), rowBytes(read.value));
}

/// The entries of an aggregate, read `times` times.
static void addEntries(KernelCost &cost, const Formation &formation,
                       unsigned index, rgnn::AggregateOp op, double times) {
  Value input = op.getInput();
  Expression message(formation, index, input, rgnn::getDomain(input.getType()));
  addReads(cost, message.getLeaves(), rowsOf(input) * times);
}

/// How blocks work, as kernel-select-schedules has them by default; which
/// schedule a kernel gets is decided when it is there.
static constexpr double kThreads = 128, kTraversedRows = 8, kTileRows = 64,
                        kTraversalChunk = 128, kTraversalUnroll = 4;

static double elementBytes(Value value) {
  return getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth() / 8.0;
}

/// The arithmetic of a product of so many rows, and its weights.
static void multiply(KernelCost &cost, rgnn::LinearOp op, double rows,
                     double tileRows) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  double bytes = elementBytes(op.getResult());
  cost.multiply(rows, rowsOf(op.getWeight()),
                static_cast<double>(op.getInputWidth()),
                static_cast<double>(rgnn::getRowSize(type)), bytes,
                bytes == 2 ? Arithmetic::F16 : Arithmetic::ThreeTF32, tileRows);
}

/// What a product does besides reading its rows.
static void addProduct(KernelCost &cost, rgnn::LinearOp op, double tileRows) {
  double rows = rowsOf(op.getResult());
  cost.write(rows, rowBytes(op.getResult()));
  multiply(cost, op, rows, tileRows);
}

/// What a traversal waits for.
static void waitForTraversal(KernelCost &cost, rgnn::AggregateOp op) {
  EntryCounts counts = estimateEntries(op);
  Walk walk = estimateWalk(counts, kTraversalChunk, kTraversalUnroll);
  double registers = registersFor(elementBytes(op.getResult())).traversal;
  cost.wait(counts.rows / kTraversedRows, kThreads, registers,
            kRoundsOfTraversal + walk.average,
            kRoundsOfTraversal + walk.longest)
      .reducePieces(walk, registers);
}

/// The rows of a product that are aggregated on the way in, if they are.
static Walk walkOfRows(rgnn::AggregateOp rows) {
  if (!rows)
    return {};
  EntryCounts counts = estimateEntries(rows);
  return estimateWalk(counts, chooseProductChunk(counts, kProductChunk), 1);
}

/// What is added to a product, aggregated on the way in.
static Walk walkOfTerms(rgnn::AggregateOp terms) {
  return estimateWalk(estimateEntries(terms), kProductChunk, 1);
}

/// What a product waits for that walks entries, if there are any.
static void waitForProduct(KernelCost &cost, rgnn::LinearOp op,
                           const Walk &walk = {}, double tiles = 1) {
  bool walks = walk.longest > 0;
  KernelRegisters registers = registersFor(elementBytes(op.getWeight()));
  double rounds = kRoundsBeforeEntries + kRoundsOfResult +
                  roundsOfProduct(elementBytes(op.getWeight()));
  double blocks = rowsOf(op.getResult()) / (walks ? kWalkedRows : kTileRows) +
                  rowsOf(op.getWeight()) / 2;
  cost.wait(blocks * tiles, kThreads,
            walks ? registers.walking : registers.product,
            rounds + walk.average, rounds + walk.longest)
      .reducePieces(walk, registers.walking);
}

FusionCosts pigeon::costOfFusedRows(const Formation &formation, unsigned index,
                                    rgnn::AggregateOp aggregate,
                                    ArrayRef<rgnn::LinearOp> products,
                                    int64_t tileColumns) {
  rgnn::LinearOp linear = products.front();
  int64_t columns = rgnn::getRowSize(cast<RankedTensorType>(linear.getType()));
  double tiles = static_cast<double>(llvm::divideCeil(columns, tileColumns));
  double rows = rowsOf(aggregate.getResult());
  double bytes = rowBytes(aggregate.getResult());
  KernelCost sum(makeH100()), product(makeH100()), both(makeH100());
  addEntries(sum, formation, index, aggregate, 1);
  sum.write(rows, bytes);
  waitForTraversal(sum, aggregate);
  product.read(rows * tiles, bytes);
  for (rgnn::LinearOp each : products) {
    addProduct(product, each, kTileRows);
    addProduct(both, each, kWalkedRows);
  }
  waitForProduct(product, linear, {}, tiles);
  addEntries(both, formation, index, aggregate, tiles);
  waitForProduct(both, linear, walkOfRows(aggregate), tiles);
  return {sum.total() + product.total(), both.total()};
}

FusionCosts pigeon::costOfFusedTerms(const Formation &formation, unsigned index,
                                     rgnn::AggregateOp aggregate,
                                     rgnn::LinearOp linear) {
  double rows = rowsOf(aggregate.getResult());
  double bytes = rowBytes(aggregate.getResult());
  KernelCost sum(makeH100()), product(makeH100()), both(makeH100());
  addEntries(sum, formation, index, aggregate, 1);
  sum.write(rows, bytes);
  waitForTraversal(sum, aggregate);
  product.read(rows, rowBytes(linear.getInput()) + bytes);
  addProduct(product, linear, kTileRows);
  waitForProduct(product, linear);
  addEntries(both, formation, index, aggregate, 1);
  both.read(rows, rowBytes(linear.getInput()));
  addProduct(both, linear, kWalkedRows);
  waitForProduct(both, linear, walkOfTerms(aggregate));
  return {sum.total() + product.total(), both.total()};
}

/// The reads of several plans, each once, without what plans of the same kernel
/// computed.
static SmallVector<Read> joinReads(const Formation &formation,
                                   ArrayRef<unsigned> plans,
                                   ArrayRef<PlanReads> reads,
                                   SmallVector<Read> PlanReads::*which) {
  SmallVector<Read> joined;
  llvm::DenseSet<std::pair<Value, StringRef>> seen;
  for (unsigned plan : plans)
    for (Read read : reads[plan].*which) {
      std::optional<unsigned> producer = formation.producerOf(read.value);
      bool isOwn = producer && llvm::is_contained(plans, *producer);
      if (!isOwn && seen.insert({read.value, read.role}).second)
        joined.push_back(read);
    }
  return joined;
}

/// Each plan as a kernel of its own, and all as one.
static FusionCosts costOfMerged(ArrayRef<unsigned> plans,
                                function_ref<Cost(ArrayRef<unsigned>)> costOf) {
  FusionCosts costs;
  for (unsigned plan : plans)
    costs.separate += costOf(plan);
  costs.fused = costOf(plans);
  return costs;
}

/// One traversal of several plans: its indices, what it reads, what it writes.
static Cost costOfTraversal(const Formation &formation,
                            ArrayRef<unsigned> plans,
                            ArrayRef<PlanReads> reads) {
  const KernelPlan &first = formation.getPlans()[plans.front()];
  double rows = rowsOf(first.result);
  auto sum = cast<rgnn::AggregateOp>(first.anchor);
  double entries = rowsOf(sum.getInput());
  constexpr double rangeBytes = 8, indexBytes = 4;
  KernelCost cost(makeH100());
  cost.read(rows, rangeBytes).read(entries, indexBytes);
  addReads(cost, joinReads(formation, plans, reads, &PlanReads::entries),
           entries);
  addReads(cost, joinReads(formation, plans, reads, &PlanReads::rows), rows);
  for (unsigned plan : plans)
    cost.write(rows, rowBytes(formation.getPlans()[plan].result));
  waitForTraversal(cost, sum);
  return cost.total();
}

FusionCosts pigeon::costOfMergedTraversals(const Formation &formation,
                                           ArrayRef<unsigned> plans,
                                           ArrayRef<PlanReads> reads) {
  return costOfMerged(plans, [&](ArrayRef<unsigned> kernel) {
    return costOfTraversal(formation, kernel, reads);
  });
}

/// What a product waits for whose blocks own sums of its rows.
static void waitForOwners(KernelCost &cost, const OwnerItems &items,
                          rgnn::LinearOp op, const Walk &walk) {
  KernelRegisters registers = registersFor(elementBytes(op.getWeight()));
  OwnerRounds rounds = estimateOwnerRounds(
      items, walk,
      kRoundsBeforeEntries + roundsOfProduct(elementBytes(op.getWeight())));
  cost.wait(items.blocks, kThreads, registers.owning,
            kRoundsOfResult + rounds.average, kRoundsOfResult + rounds.longest)
      .reducePieces(walk, registers.walking);
}

FusionCosts pigeon::costOfOwners(const Formation &formation, unsigned product,
                                 unsigned index) {
  const KernelPlan &first = formation.getPlans()[product];
  const KernelPlan &second = formation.getPlans()[index];
  auto linear = cast<rgnn::LinearOp>(first.anchor);
  rgnn::AggregateOp sum = second.getSum();
  auto own = dyn_cast<rgnn::LinearOp>(second.anchor);
  double rows = rowsOf(linear.getResult()), owners = rowsOf(sum.getResult());
  double keys = rowsOf(linear.getWeight());
  double bytes = rowBytes(linear.getResult());
  KernelCost messages(makeH100()), sums(makeH100()), both(makeH100());
  for (KernelCost *cost : {&messages, &both})
    if (first.rows) {
      addEntries(*cost, formation, product, first.rows, 1);
    } else {
      Expression lhs(formation, product, linear.getInput(),
                     rgnn::getDomain(linear.getInput().getType()));
      addReads(*cost, lhs.getLeaves(), rows);
    }
  addProduct(messages, linear, first.rows ? kWalkedRows : kTileRows);
  waitForProduct(messages, linear, walkOfRows(first.rows));
  sums.gather(rows, rows, bytes);
  for (KernelCost *cost : {&sums, &both})
    if (own) {
      cost->read(owners, rowBytes(own.getInput()));
      addProduct(*cost, own, kWalkedRows);
    } else {
      cost->write(owners, rowBytes(sum.getResult()));
    }
  if (own)
    waitForProduct(sums, own, walkOfTerms(sum));
  else
    waitForTraversal(sums, sum);
  OwnerItems items =
      estimateOwnerItems(estimateEntries(sum), keys, kWalkedRows);
  double places = items.total() * kWalkedRows;
  both.read(places, kOwnerPlaceBytes);
  multiply(both, linear, places, kWalkedRows);
  waitForOwners(both, items, linear, walkOfRows(first.rows));
  return {messages.total() + sums.total(), both.total()};
}

/// One kernel of several products: what it reads, and each product.
static Cost costOfProducts(const Formation &formation, ArrayRef<unsigned> plans,
                           ArrayRef<PlanReads> reads) {
  const KernelPlan &first = formation.getPlans()[plans.front()];
  auto linear = cast<rgnn::LinearOp>(first.anchor);
  double rows = rowsOf(linear.getResult());
  double entries = 0;
  if (rgnn::AggregateOp aggregate = first.rows)
    entries = rowsOf(aggregate.getInput());
  KernelCost cost(makeH100());
  addReads(cost, joinReads(formation, plans, reads, &PlanReads::entries),
           entries > 0 ? entries : rows);
  addReads(cost, joinReads(formation, plans, reads, &PlanReads::rows), rows);
  for (unsigned plan : plans)
    addProduct(cost, cast<rgnn::LinearOp>(formation.getPlans()[plan].anchor),
               first.rows ? kWalkedRows : kTileRows);
  waitForProduct(cost, linear, walkOfRows(first.rows));
  return cost.total();
}

FusionCosts pigeon::costOfMergedProducts(const Formation &formation,
                                         ArrayRef<unsigned> plans,
                                         ArrayRef<PlanReads> reads) {
  return costOfMerged(plans, [&](ArrayRef<unsigned> kernel) {
    return costOfProducts(formation, kernel, reads);
  });
}
