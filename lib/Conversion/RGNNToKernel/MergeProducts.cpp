//===- MergeProducts.cpp - Several products of one set of rows ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products of the same rows with weights of the same key are one kernel
// (queries, keys and values; messages and their scores): the rows are read, and
// perhaps aggregated, once, and there is one launch. A block has the columns of
// all of them in its accumulators.
//
//===----------------------------------------------------------------------===//

#include "Formation.h"
#include "FusionCosts.h"
#include "KernelGroups.h"
#include "MergeRule.h"
#include "PlanReads.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

/// Columns that one product of several may have, and all of them together: more
/// do not fit the shared memory of a block. Each warp has a part of the
/// narrowest product, so with many more columns than that has a thread would
/// have too many accumulators.
static constexpr int64_t kMostColumns = 64, kMostTogether = 192,
                         kMostByNarrowest = 16;

/// Columns of one product, of a head or of a part of a batch; 0 if it cannot be
/// one of several. Tiles of heads must not reach into the next one.
static int64_t columnsOf(rgnn::LinearOp op) {
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  auto input = cast<RankedTensorType>(op.getInput().getType());
  int64_t columns = weight.getShape().back();
  bool hasParts = op.getNumHeads() || rgnn::getTrailingShape(input).size() > 1;
  bool isTile = columns >= 8 && llvm::isPowerOf2_64(columns);
  return columns > kMostColumns || (hasParts && !isTile) ? 0 : columns;
}

static int64_t tileOf(rgnn::LinearOp op) {
  return std::max<int64_t>(llvm::PowerOf2Ceil(columnsOf(op)), 8);
}

/// The columns of all tiles.
static int64_t columnsTogether(ArrayRef<rgnn::LinearOp> products) {
  int64_t columns = 0;
  for (rgnn::LinearOp op : products)
    columns += tileOf(op);
  return columns;
}

/// The most columns that fit a block beside the narrowest of the products.
static int64_t mostColumns(ArrayRef<rgnn::LinearOp> products) {
  int64_t narrowest = kMostColumns;
  for (rgnn::LinearOp op : products)
    narrowest = std::min(narrowest, tileOf(op));
  return std::min(kMostTogether, kMostByNarrowest * narrowest);
}

/// True if the weights differ in nothing but their columns, and have few.
static bool haveLikeWeights(rgnn::LinearOp first, rgnn::LinearOp second) {
  auto weightOf = [](rgnn::LinearOp op) {
    return cast<RankedTensorType>(op.getWeight().getType());
  };
  return first.getKey() == second.getKey() && columnsOf(first) > 0 &&
         columnsOf(second) > 0 &&
         weightOf(first).getElementType() ==
             weightOf(second).getElementType() &&
         weightOf(first).getShape().drop_back() ==
             weightOf(second).getShape().drop_back();
}

bool pigeon::canShareRows(ArrayRef<rgnn::LinearOp> products) {
  return llvm::all_of(products,
                      [&](rgnn::LinearOp op) {
                        return haveLikeWeights(products.front(), op);
                      }) &&
         columnsTogether(products) <= mostColumns(products);
}

/// True if both plans multiply the same rows by weights of one kind.
static bool multiplySameRows(const KernelPlan &a, const KernelPlan &b) {
  auto first = dyn_cast_or_null<rgnn::LinearOp>(a.anchor);
  auto second = dyn_cast_or_null<rgnn::LinearOp>(b.anchor);
  return first && second && !a.terms && !b.terms && !a.summed && !b.summed &&
         a.rows == b.rows && first.getInput() == second.getInput() &&
         haveLikeWeights(first, second);
}

/// Why the products have too many columns for a block, or nothing.
static std::string whyTooWide(ArrayRef<rgnn::LinearOp> products) {
  int64_t columns = columnsTogether(products), most = mostColumns(products);
  if (columns <= most)
    return "";
  return "with other products of the same rows there would be " +
         std::to_string(columns) + " columns, more than the " +
         std::to_string(most) + " that fit a block";
}

void Formation::mergeProduct(unsigned index, ArrayRef<PlanReads> reads,
                             KernelGroups &groups) const {
  MergeRule rule;
  rule.kernel = "the kernel";
  rule.other = "another product of the same rows";
  rule.canJoin = [&](ArrayRef<unsigned> members) {
    return multiplySameRows(plans[members.front()], plans[index]);
  };
  rule.whyNot = [&](ArrayRef<unsigned> together) {
    return whyTooWide(llvm::map_to_vector(together, [&](unsigned plan) {
      return cast<rgnn::LinearOp>(plans[plan].anchor);
    }));
  };
  rule.needs = [&](ArrayRef<unsigned>) {
    SmallVector<Read> all = reads[index].entries;
    llvm::append_range(all, reads[index].rows);
    return all;
  };
  rule.costs = [&](ArrayRef<unsigned> together) {
    return costOfMergedProducts(*this, together, reads);
  };
  joinFirst(index, rule, groups);
}
