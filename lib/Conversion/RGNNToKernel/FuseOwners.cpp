//===- FuseOwners.cpp - Products whose rows are summed at once ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product whose rows only a sum reads need not store them: a block that owns
// rows of the sum walks the keys of their rows and adds up in registers
// (destination-stationary). The rows are neither written nor read; in return
// each block reads the weight of each of its keys, and multiplies gaps where an
// owner has no row of a key that another of its block has.
//
//===----------------------------------------------------------------------===//

#include "Expression.h"
#include "Formation.h"
#include "FusionCosts.h"

using namespace mlir;
using namespace pigeon;
using rgnn::OnAttr;

/// One product for each row, without heads or batches.
static bool isPlain(rgnn::LinearOp op) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  return !op.getNumHeads() && rgnn::getTrailingShape(type).size() == 1;
}

/// The kernel of a product that stores its rows for the sum alone.
std::optional<unsigned>
Formation::findSummedProduct(rgnn::AggregateOp sum) const {
  Value value = sum.getInput();
  while (auto reshape = value.getDefiningOp<rgnn::ReshapeOp>()) {
    if (!value.hasOneUse())
      return std::nullopt;
    value = reshape.getInput();
  }
  std::optional<unsigned> producer = producerOf(value);
  if (!producer || !value.hasOneUse())
    return std::nullopt;
  const KernelPlan &plan = plans[*producer];
  auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor);
  bool isAlone = linear && linear.getResult() == value &&
                 plan.outputIndex < 0 && !plan.terms && !plan.summed;
  return isAlone && isPlain(linear) ? producer : std::nullopt;
}

/// Whether the owners' own product is one that their blocks can compute: rows
/// as they are, times one matrix of the other product's type.
bool Formation::canMultiplyOwn(unsigned index, rgnn::LinearOp own,
                               rgnn::LinearOp product) const {
  OnAttr domain = rgnn::getDomain(own.getInput().getType());
  Expression row(*this, index, own.getInput(), domain);
  auto hasWidth = [&](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return rgnn::getRowSize(type) == own.getInputWidth();
  };
  return isPlain(own) && own.getKey() == "none" && row.isAccess() &&
         hasWidth(row.getLeaves().front().value) &&
         getElementTypeOrSelf(own.getWeight()) ==
             getElementTypeOrSelf(product.getWeight());
}

bool Formation::fuseOwner(unsigned index) {
  const KernelPlan &plan = plans[index];
  rgnn::AggregateOp sum = plan.getSum();
  if (!sum || plan.summed || sum.getKind() != rgnn::AggregateKind::Sum)
    return false;
  std::optional<unsigned> producer = findSummedProduct(sum);
  if (!producer)
    return false;
  auto product = cast<rgnn::LinearOp>(plans[*producer].anchor);
  auto own = dyn_cast<rgnn::LinearOp>(plan.anchor);
  if (own && (plan.rows || !canMultiplyOwn(index, own, product))) {
    remarkDeclined(product, "stores its rows for their sum: the product that "
                            "the sum is added to is none of the owners' rows "
                            "as they are with one matrix");
    return false;
  }
  if (options.owners == RewriteMode::Auto && sharesRows(plans[*producer])) {
    remarkDeclined(product, "stores its rows for their sum: it aggregates "
                            "them together with another product");
    return false;
  }
  // Much is at stake where one block has far more relations than the model
  // thinks, so a gain that it may have imagined is not enough.
  FusionCosts costs = costOfOwners(*this, *producer, index);
  if (options.owners == RewriteMode::Auto &&
      !isWorthwhile(costs.separate, costs.fused)) {
    remarkDeclined(product, "stores its rows for their sum; in blocks that own "
                            "sums it would take " +
                                costs.describe());
    return false;
  }
  plans[index].summed = product;
  plans[index].summedRows = plans[*producer].rows;
  removePlan(*producer);
  remarkTaken(product, "is computed in blocks that own sums of its rows: " +
                           costs.describe());
  return true;
}

void Formation::fuseOwners() {
  if (options.owners == RewriteMode::Off)
    return;
  for (unsigned index = 0; index < plans.size();)
    index += fuseOwner(index) ? 0 : 1;
}
