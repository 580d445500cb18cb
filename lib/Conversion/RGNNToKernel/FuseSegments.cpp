//===- FuseSegments.cpp - Aggregates on the way into products -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An aggregate that only a product reads, or several that one kernel can have
// (MergeProducts.cpp), needs no kernel and no memory: the product aggregates
// its own rows. Blocks side by side each aggregate the rows that they share: a
// product wider than one tile, or with several heads for one row. For the
// former the cost model decides, the latter stay two kernels.
//
// What is only added to a product is aggregated by the block that has the
// columns in question, so nothing is done twice.
//
//===----------------------------------------------------------------------===//

#include "Expression.h"
#include "Formation.h"
#include "FusionCosts.h"
#include "PlanReads.h"

using namespace mlir;
using namespace pigeon;

/// Columns of the widest tile that a schedule gives to a product of aggregated
/// rows.
static constexpr int64_t kWidestTile = 128;

/// Forgets a plan whose result is stored no more.
void Formation::removePlan(unsigned index) {
  producers.erase(plans[index].result);
  plans.erase(plans.begin() + index);
  for (auto &[value, place] : producers)
    if (place > index)
      --place;
}

/// The products that read what the plan stores, if nothing else does and one
/// kernel can have all of them.
SmallVector<rgnn::LinearOp> Formation::readingProducts(unsigned index) const {
  const KernelPlan &plan = plans[index];
  SmallVector<rgnn::LinearOp> products;
  if (plan.outputIndex >= 0 || plan.result != plan.anchor->getResult(0))
    return products;
  for (Operation *user : plan.result.getUsers()) {
    auto linear = dyn_cast<rgnn::LinearOp>(user);
    if (!linear || linear.getWeight() == plan.result)
      return {};
    products.push_back(linear);
  }
  llvm::sort(products, [](rgnn::LinearOp a, rgnn::LinearOp b) {
    return a->isBeforeInBlock(b);
  });
  if (products.size() <= 1)
    return products;
  if (!options.products || !canShareRows(products))
    return {};
  if (needEachOther(products)) {
    remarkDeclined(plan.anchor, "stays a kernel of its own: of the products "
                                "that read it one depends on another");
    return {};
  }
  return products;
}

bool Formation::needEachOther(ArrayRef<rgnn::LinearOp> products) const {
  std::vector<PlanReads> reads = findReads(*this);
  KernelGroups groups = groupsOf(*this, reads);
  SmallVector<unsigned> kernels;
  for (auto [index, plan] : llvm::enumerate(plans))
    if (auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor);
        linear && llvm::is_contained(products, linear))
      kernels.push_back(index);
  for (unsigned later : kernels)
    for (unsigned earlier : kernels)
      if (earlier < later &&
          groups.leadsTo(earlier, inputsOf(*this, reads[later])))
        return true;
  return false;
}

bool Formation::sharesRows(const KernelPlan &plan) const {
  return plan.rows && llvm::any_of(plans, [&](const KernelPlan &other) {
           return &other != &plan && other.rows == plan.rows;
         });
}

/// True if the kernel stores what its anchor computes, for one reader.
static bool hasOneReader(const KernelPlan &plan) {
  return plan.outputIndex < 0 && plan.anchor &&
         plan.result == plan.anchor->getResult(0) && plan.result.hasOneUse();
}

/// Whether a product can have what it aggregates in its region, and floats in
/// its accumulators.
static bool hasInputs(const Formation &formation, unsigned index,
                      rgnn::AggregateOp op) {
  Expression message(formation, index, op.getInput(),
                     rgnn::getDomain(op.getInput().getType()));
  return !message.getLeaves().empty() &&
         isa<FloatType>(getElementTypeOrSelf(op.getType()));
}

bool Formation::fuseRows(unsigned index) {
  auto aggregate = dyn_cast_or_null<rgnn::AggregateOp>(plans[index].anchor);
  if (!aggregate || !hasInputs(*this, index, aggregate))
    return false;
  SmallVector<rgnn::LinearOp> products = readingProducts(index);
  if (products.empty())
    return false;
  auto type = cast<RankedTensorType>(aggregate.getType());
  if (products.front().getNumHeads() ||
      rgnn::getTrailingShape(type).size() != 1) {
    remarkDeclined(aggregate, "stays a kernel of its own: the product has "
                              "heads, whose blocks would each aggregate");
    return false;
  }
  FusionCosts costs =
      costOfFusedRows(*this, index, aggregate, products, kWidestTile);
  if (options.rows == RewriteMode::Auto && !costs.saves()) {
    remarkDeclined(aggregate, "stays a kernel of its own; on the way into the "
                              "product it would take " +
                                  costs.describe());
    return false;
  }
  for (KernelPlan &plan : plans)
    if (auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor);
        linear && llvm::is_contained(products, linear))
      plan.rows = aggregate;
  removePlan(index);
  remarkTaken(aggregate,
              "is computed on the way into the product: " + costs.describe());
  return true;
}

bool Formation::canBeTerms(rgnn::AggregateOp aggregate,
                           unsigned linearPlan) const {
  const KernelPlan &plan = plans[linearPlan];
  auto type = cast<RankedTensorType>(plan.anchor->getResult(0).getType());
  return !plan.terms && hasInputs(*this, linearPlan, aggregate) &&
         rgnn::getDomain(type) == rgnn::getDomain(aggregate.getType()) &&
         rgnn::getRowSize(type) ==
             rgnn::getRowSize(cast<RankedTensorType>(aggregate.getType()));
}

template <typename AnchorOp>
std::optional<unsigned> Formation::findEpilogueOperand(unsigned index) const {
  const KernelPlan &plan = plans[index];
  Expression epilogue(*this, index, plan.result,
                      rgnn::getDomain(plan.result.getType()),
                      plan.anchor->getResult(0));
  for (Read leaf : epilogue.getLeaves()) {
    std::optional<unsigned> producer = producerOf(leaf.value);
    if (leaf.role == "self" && producer &&
        isa_and_nonnull<AnchorOp>(plans[*producer].anchor) &&
        hasOneReader(plans[*producer]))
      return producer;
  }
  return std::nullopt;
}

/// Whether the sum with a product is to compute the aggregate itself, which is
/// told.
bool Formation::decideTerms(unsigned index, rgnn::AggregateOp aggregate,
                            rgnn::LinearOp linear) const {
  const auto *plan = llvm::find_if(plans, [&](const KernelPlan &each) {
    return each.anchor == linear.getOperation();
  });
  if (sharesRows(*plan)) {
    remarkDeclined(aggregate,
                   "stays a kernel of its own: the product that it is added to "
                   "aggregates its rows together with another");
    return false;
  }
  // Blocks that own sums own them with what is added to them.
  bool isAsked = options.terms == RewriteMode::On ||
                 (options.owners == RewriteMode::On &&
                  findSummedProduct(aggregate).has_value());
  FusionCosts costs = costOfFusedTerms(*this, index, aggregate, linear);
  if (!isAsked && !costs.saves()) {
    remarkDeclined(aggregate,
                   "stays a kernel of its own; on the way into the sum with a "
                   "product it would take " +
                       costs.describe());
    return false;
  }
  remarkTaken(aggregate,
              "is computed on the way into the sum with a product: " +
                  costs.describe());
  return true;
}

/// Of an aggregate and a product that are added in the epilogue of the later
/// one, whichever that is.
bool Formation::fuseTerms(unsigned index) {
  KernelPlan &plan = plans[index];
  if (isa_and_nonnull<rgnn::LinearOp>(plan.anchor)) {
    auto first = findEpilogueOperand<rgnn::AggregateOp>(index);
    if (!first)
      return false;
    auto aggregate = cast<rgnn::AggregateOp>(plans[*first].anchor);
    if (!canBeTerms(aggregate, index) ||
        !decideTerms(index, aggregate, cast<rgnn::LinearOp>(plan.anchor)))
      return false;
    plan.terms = aggregate;
    removePlan(*first);
    return true;
  }
  auto aggregate = dyn_cast_or_null<rgnn::AggregateOp>(plan.anchor);
  if (!aggregate)
    return false;
  auto first = findEpilogueOperand<rgnn::LinearOp>(index);
  if (!first || !canBeTerms(aggregate, *first) ||
      !decideTerms(index, aggregate,
                   cast<rgnn::LinearOp>(plans[*first].anchor)))
    return false;
  plan.anchor = plans[*first].anchor;
  plan.rows = plans[*first].rows;
  plan.terms = aggregate;
  removePlan(*first);
  return true;
}

void Formation::fuseSegments() {
  bool hasRows = options.rows != RewriteMode::Off,
       hasTerms = options.terms != RewriteMode::Off;
  for (unsigned index = 0; hasRows && index < plans.size();)
    index += fuseRows(index) ? 0 : 1;
  for (unsigned index = 0; hasTerms && index < plans.size();)
    index += fuseTerms(index) ? 0 : 1;
}
