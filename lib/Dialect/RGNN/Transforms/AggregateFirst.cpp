//===- AggregateFirst.cpp - Sum rows, then multiply them ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product and a sum trade places on the rows that share a key and a target:
//
//   before   aggregate(scale(linear(x, W, rel), a), dst)           on edge
//   after    aggregate(linear(aggregate(scale(x, a), dst_pair),    on edge
//                             W, rel), node)                       on dst_pair
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/Transforms/Passes.h"

#include "RowCosts.h"
#include "RowFunctions.h"

#include "pigeon/Dialect/RGNN/IR/Domains.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Remarks.h"

namespace pigeon::rgnn {
#define GEN_PASS_DEF_RGNNAGGREGATEFIRSTPASS
#include "pigeon/Dialect/RGNN/Transforms/Passes.h.inc"
} // namespace pigeon::rgnn

using namespace mlir;
using namespace pigeon;
using namespace pigeon::rgnn;

static const remark::RemarkOpts remarkOptions =
    remark::RemarkOpts::name("aggregate-first").category("rgnn");

namespace {
/// A factor of fewer dimensions that rows are multiplied with or divided by on
/// their way from the product to the aggregate.
struct Factor {
  Value value;
  bool divides;
  /// The role that reads it from the aggregate's rows.
  StringRef role;
  Location loc;
};

/// aggregate(f1 * ... gather(linear(x, W, key), path)), up to reshapes.
struct Chain {
  AggregateOp aggregate;
  LinearOp linear;
  SmallVector<Factor> factors;
  /// From the aggregate's rows to the product's, and to its weights.
  StringRef path, key;
  /// Nobody else reads the product.
  bool isOnlyReader = true;

  OnAttr getDomain() const {
    return rgnn::getDomain(AggregateOp(aggregate).getInput().getType());
  }
};

/// Where the sum is taken, and what is left to do after it.
struct Plan {
  Step step;
  StringRef key, rest;
  double rows;
  Cost before, after;
};
} // namespace

//===----------------------------------------------------------------------===//
// The shape
//===----------------------------------------------------------------------===//

/// True if the first dimensions of `type` are those of `factor`.
static bool startsWith(RankedTensorType type, RankedTensorType factor) {
  ArrayRef<int64_t> shape = getTrailingShape(type);
  ArrayRef<int64_t> first = getTrailingShape(factor);
  return shape.size() >= first.size() &&
         shape.take_front(first.size()) == first;
}

/// x where `value` is x repeated over last dimensions.
static Value stripBroadcast(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast ? broadcast.getInput() : Value();
}

/// The rows under one factor: scale, or a product with or a division by what
/// is repeated over last dimensions.
static Value stripFactor(Value value, StringRef path,
                         SmallVectorImpl<Factor> &factors) {
  Operation *op = value.getDefiningOp();
  auto strip = [&](Value rows, Value factor, bool divides) {
    factors.push_back({factor, divides, path, op->getLoc()});
    return rows;
  };
  if (auto scale = dyn_cast<ScaleOp>(op))
    return strip(scale.getInput(), scale.getFactor(), false);
  if (auto mul = dyn_cast<arith::MulFOp>(op)) {
    if (Value factor = stripBroadcast(mul.getRhs()))
      return strip(mul.getLhs(), factor, false);
    if (Value factor = stripBroadcast(mul.getLhs()))
      return strip(mul.getRhs(), factor, false);
  }
  if (auto div = dyn_cast<arith::DivFOp>(op))
    if (Value factor = stripBroadcast(div.getRhs()))
      return strip(div.getLhs(), factor, true);
  return {};
}

/// The product that row-wise work reads, through nothing but gathers: what a
/// user may wonder about where a chain breaks.
static bool readsProduct(Value value) {
  for (Leaf leaf : getLeaves(value))
    if (leaf.value.getDefiningOp<LinearOp>())
      return true;
  return false;
}

/// Follows the aggregate's input up to a product. Nothing, and perhaps a
/// remark, if there is something else on the way.
static std::optional<Chain> findChain(AggregateOp aggregate) {
  Chain chain;
  chain.aggregate = aggregate;
  chain.path = "self";
  OnAttr domain = getDomain(aggregate.getInput().getType());
  Value value = aggregate.getInput();
  while (true) {
    chain.isOnlyReader &= value.hasOneUse();
    Operation *op = value.getDefiningOp();
    if (!op || !getDomain(value.getType()))
      return std::nullopt;
    if (auto linear = dyn_cast<LinearOp>(op)) {
      auto key = composeRoles(domain.getDomain(), chain.path, linear.getKey());
      if (!key)
        return std::nullopt;
      chain.linear = linear;
      chain.key = *key;
      return chain;
    }
    if (auto gather = dyn_cast<GatherOp>(op)) {
      auto path =
          composeRoles(domain.getDomain(), chain.path, gather.getRole());
      if (!path)
        return std::nullopt;
      chain.path = *path;
      value = gather.getInput();
    } else if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      value = reshape.getInput();
    } else if (Value rows = stripFactor(value, chain.path, chain.factors)) {
      value = rows;
    } else {
      if (isRowFunction(op) && readsProduct(value))
        remark::missed(aggregate.getLoc(), remarkOptions)
            << "stays after the product: '" +
                   op->getName().getStringRef().str() +
                   "' stands between them and is not linear, or not one "
                   "factor for each row";
      return std::nullopt;
    }
  }
}

/// Factors must multiply whole rows of the product's input as they do rows of
/// its result: they have no dimension that is contracted or made by it.
static bool areFactorsOfInput(const Chain &chain) {
  LinearOp linear = chain.linear;
  RankedTensorType input = linear.getInput().getType();
  RankedTensorType result = linear.getResult().getType();
  return llvm::all_of(chain.factors, [&](const Factor &factor) {
    auto type = cast<RankedTensorType>(factor.value.getType());
    return startsWith(input, type) && startsWith(result, type) &&
           getTrailingShape(type).size() < getTrailingShape(input).size();
  });
}

//===----------------------------------------------------------------------===//
// The decision
//===----------------------------------------------------------------------===//

static Cost aggregateCost(const RowCosts &costs, Value value, double rowBytes,
                          OnAttr target) {
  KernelCost cost = costs.kernel();
  costs.addReads(cost, value);
  cost.write(costs.rows(target), rowBytes);
  return cost.total();
}

static Cost costBefore(const Chain &chain, const RowCosts &costs) {
  AggregateOp aggregate = chain.aggregate;
  Cost cost = aggregateCost(costs, aggregate.getInput(),
                            RowCosts::rowBytes(aggregate.getResult()),
                            getDomain(aggregate.getResult().getType()));
  if (chain.isOnlyReader)
    cost += costs.product(chain.linear);
  return cost;
}

/// The sum on the step's rows and the product there. A product of one tile of
/// columns sums rows on their way in, so that the sums are never stored.
static Cost sumAndProduct(const Chain &chain, const Step &step,
                          const RowCosts &costs) {
  constexpr int64_t tileColumns = 64;
  LinearOp linear = chain.linear;
  double reads = costs.rows(step.from), rows = costs.rows(step.to);
  KernelCost cost = costs.kernel();
  costs.addReads(cost, linear.getInput(), chain.path, reads);
  for (const Factor &factor : chain.factors)
    costs.addReads(cost, factor.value, factor.role, reads);
  if (getRowSize(linear.getResult().getType()) <= tileColumns) {
    costs.addProduct(cost, linear, rows);
    return cost.total();
  }
  KernelCost product = costs.kernel();
  double inBytes = RowCosts::rowBytes(linear.getInput());
  costs.addProduct(product.read(rows, inBytes), linear, rows);
  return cost.write(rows, inBytes).total() + product.total();
}

/// The same and the rest of the way.
static Cost costAfter(const Chain &chain, const Step &step, StringRef rest,
                      const RowCosts &costs) {
  Cost cost = sumAndProduct(chain, step, costs);
  if (rest == "self")
    return cost;
  LinearOp linear = chain.linear;
  AggregateOp aggregate = chain.aggregate;
  double rows = costs.rows(step.to);
  double outBytes = RowCosts::rowBytes(linear.getResult());
  KernelCost last = costs.kernel();
  last.gather(rows, rows, outBytes)
      .write(costs.rows(getDomain(aggregate.getResult().getType())), outBytes);
  return cost + last.total();
}

/// Every step whose rows have one key and one target each.
static SmallVector<Plan> findPlans(const Chain &chain, const RowCosts &costs) {
  AggregateOp aggregate = chain.aggregate;
  SmallVector<Plan> plans;
  Cost before = costBefore(chain, costs);
  for (Step &step : getSteps(aggregate, chain.getDomain())) {
    auto key = step.divide(chain.key), rest = step.divide(aggregate.getRole());
    // A mean of means is no mean.
    if (!key || !rest ||
        (aggregate.getKind() == AggregateKind::Mean && *rest != "self"))
      continue;
    double rows = costs.rows(step.to);
    Cost after = costAfter(chain, step, *rest, costs);
    plans.push_back({std::move(step), *key, *rest, rows, before, after});
  }
  return plans;
}

/// Why there is no plan.
static std::string explain(const Chain &chain) {
  AggregateOp aggregate = chain.aggregate;
  std::string role = aggregate.getRole().str();
  if (aggregate.getKind() == AggregateKind::Mean)
    return "a mean along '" + role + "' takes rows of different keys '" +
           chain.key.str() + "' together";
  return "no smaller domain tells apart the keys '" + chain.key.str() +
         "' and the rows that '" + role + "' leads to";
}

//===----------------------------------------------------------------------===//
// The rewrite
//===----------------------------------------------------------------------===//

/// `value` gathered by `role` to the rows of `domain`.
static Value gatherTo(OpBuilder &builder, Location loc, Value value,
                      StringRef role, OnAttr domain) {
  auto type = withDomain(cast<RankedTensorType>(value.getType()), domain);
  if (role == "self")
    return value;
  return GatherOp::create(builder, loc, type, value, role);
}

static Value applyFactor(OpBuilder &builder, Value rows, const Factor &factor,
                         OnAttr domain) {
  Value value =
      gatherTo(builder, factor.loc, factor.value, factor.role, domain);
  if (!factor.divides)
    return ScaleOp::create(builder, factor.loc, rows.getType(), rows, value);
  auto divisor =
      BroadcastOp::create(builder, factor.loc, rows.getType(), value);
  return arith::DivFOp::create(builder, factor.loc, rows, divisor);
}

/// Writes the sum, the product and the rest in front of the aggregate, and
/// returns the new sum.
static AggregateOp rewrite(const Chain &chain, const Plan &plan) {
  AggregateOp aggregate = chain.aggregate;
  LinearOp linear = chain.linear;
  OpBuilder builder(aggregate);
  OnAttr domain = chain.getDomain();
  Value rows =
      gatherTo(builder, linear.getLoc(), linear.getInput(), chain.path, domain);
  for (const Factor &factor : llvm::reverse(chain.factors))
    rows = applyFactor(builder, rows, factor, domain);
  // What lives on the target has as many rows as its type says there.
  RankedTensorType targetType = aggregate.getResult().getType();
  auto onStep = [&](RankedTensorType type) {
    return plan.rest == "self"
               ? withTrailingShape(targetType, getTrailingShape(type))
               : withDomain(type, plan.step.to);
  };
  RankedTensorType productType = linear.getResult().getType();
  auto sum = AggregateOp::create(builder, aggregate.getLoc(),
                                 onStep(cast<RankedTensorType>(rows.getType())),
                                 aggregate.getKind(), rows, plan.step.role);
  Value result = LinearOp::create(builder, linear.getLoc(), onStep(productType),
                                  sum, linear.getWeight(), plan.key);
  if (plan.rest != "self")
    result = AggregateOp::create(
        builder, aggregate.getLoc(),
        withTrailingShape(targetType, getTrailingShape(productType)),
        AggregateKind::Sum, result, plan.rest);
  if (result.getType() != targetType)
    result = ReshapeOp::create(builder, aggregate.getLoc(), targetType, result);
  aggregate.getResult().replaceAllUsesWith(result);
  eraseDead(aggregate);
  return sum;
}

namespace {
struct AggregateFirst
    : pigeon::rgnn::impl::RGNNAggregateFirstPassBase<AggregateFirst> {
  using RGNNAggregateFirstPassBase::RGNNAggregateFirstPassBase;

  static void decline(AggregateOp op, const std::string &why) {
    remark::missed(op.getLoc(), remarkOptions)
        << "stays after the product: " + why;
  }

  /// The plan to follow, else nothing and a remark.
  std::optional<Plan> choose(const Chain &chain, const RowCosts &costs) {
    AggregateOp op = chain.aggregate;
    if (op.getKind() != AggregateKind::Sum &&
        op.getKind() != AggregateKind::Mean)
      return decline(op, "a " + stringifyAggregateKind(op.getKind()).str() +
                             " does not commute with it"),
             std::nullopt;
    if (!areFactorsOfInput(chain))
      return decline(op, "a factor between them has dimensions that the "
                         "product makes"),
             std::nullopt;
    if (mode == RewriteMode::Auto && op.getKind() == AggregateKind::Sum &&
        getElementTypeOrSelf(op.getType()).isF16())
      return decline(op, "sums of f16 rows may overflow where those of "
                         "products do not"),
             std::nullopt;
    SmallVector<Plan> plans = findPlans(chain, costs);
    if (plans.empty())
      return decline(op, explain(chain)), std::nullopt;
    Plan *best = llvm::min_element(plans, [&](const Plan &a, const Plan &b) {
      return a.after.seconds < b.after.seconds;
    });
    if (mode == RewriteMode::On || isWorthwhile(best->before, best->after))
      return *best;
    return decline(op, best->before.describe() + "; on " +
                           describeRows(best->step.to, best->rows) +
                           " before it: " + best->after.describe() +
                           (chain.isOnlyReader
                                ? ""
                                : ", besides the product for its other "
                                  "readers")),
           std::nullopt;
  }

  /// Moves the aggregate in front of its product, and on in front of what it
  /// meets there.
  void visit(AggregateOp aggregate, const RowCosts &costs) {
    while (aggregate) {
      std::optional<Chain> chain = findChain(aggregate);
      std::optional<Plan> plan = chain ? choose(*chain, costs) : std::nullopt;
      if (!plan)
        return;
      remark::passed(aggregate.getLoc(), remarkOptions)
          << "goes before the product, which moves to " +
                 describeRows(plan->step.to, plan->rows) + ": " +
                 plan->after.describe() + " instead of " +
                 plan->before.describe();
      aggregate = rewrite(*chain, *plan);
    }
  }

  void runOnOperation() override {
    if (mode == RewriteMode::Off)
      return markAllAnalysesPreserved();
    RowCosts costs(getOperation());
    getOperation()->walk([&](Block *block) {
      for (Operation &op : llvm::make_early_inc_range(*block))
        if (auto aggregate = dyn_cast<AggregateOp>(op))
          if (!op.use_empty())
            visit(aggregate, costs);
    });
  }
};
} // namespace
