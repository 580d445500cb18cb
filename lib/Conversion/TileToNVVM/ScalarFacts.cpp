//===- ScalarFacts.cpp - What is known of a uniform integer --------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarFacts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;
using namespace pigeon::tile;

/// Results above this are not i32 values that anything indexes with.
static constexpr int64_t kLargest = (int64_t(1) << 31) - 1;

static std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)) &&
      constant.getBitWidth() <= 64)
    return constant.getSExtValue();
  return std::nullopt;
}

static ScalarFacts constantFacts(int64_t value) {
  ScalarFacts facts;
  facts.divisor = value < 0 ? -value : value;
  if (value >= 0)
    facts.max = value;
  return facts;
}

/// The variable of a loop is lower + n * step, below upper.
static ScalarFacts loopFacts(scf::ForOp loop) {
  ScalarFacts lower = ScalarFacts::of(loop.getLowerBound());
  ScalarFacts step = ScalarFacts::of(loop.getStep());
  ScalarFacts facts;
  facts.divisor = std::gcd(lower.divisor, step.divisor);
  auto from = constantOf(loop.getLowerBound());
  auto to = constantOf(loop.getUpperBound());
  auto by = constantOf(loop.getStep());
  if (from && to && by && *from >= 0 && *by > 0)
    facts.max = *to > *from ? *from + (*to - 1 - *from) / *by * *by : *from;
  return facts;
}

static ScalarFacts sumFacts(const ScalarFacts &a, const ScalarFacts &b) {
  ScalarFacts facts;
  facts.divisor = std::gcd(a.divisor, b.divisor);
  if (a.max && b.max && *a.max + *b.max <= kLargest)
    facts.max = *a.max + *b.max;
  return facts;
}

static ScalarFacts productFacts(const ScalarFacts &a, const ScalarFacts &b) {
  ScalarFacts facts;
  if (a.divisor == 0 || b.divisor == 0)
    return constantFacts(0);
  // Powers of two survive wrapping around; other factors do not.
  if (a.divisor <= kLargest && b.divisor <= kLargest)
    facts.divisor = a.divisor * b.divisor;
  facts.divisor &= -facts.divisor;
  if (a.max && b.max && *a.max <= kLargest && *b.max <= kLargest &&
      *a.max * *b.max <= kLargest)
    facts.max = *a.max * *b.max;
  return facts;
}

/// Unsigned, so the result is below the divisor whatever the dividend is.
static ScalarFacts remainderFacts(Value divisor) {
  ScalarFacts facts;
  if (auto by = constantOf(divisor); by && *by > 0)
    facts.max = *by - 1;
  return facts;
}

ScalarFacts ScalarFacts::of(Value value) {
  if (auto constant = constantOf(value))
    return constantFacts(*constant);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (loop && loop.getInductionVar() == argument)
      return loopFacts(loop);
    return {};
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::AddIOp>(op))
    return sumFacts(of(op->getOperand(0)), of(op->getOperand(1)));
  if (isa<arith::MulIOp>(op))
    return productFacts(of(op->getOperand(0)), of(op->getOperand(1)));
  if (isa<arith::RemUIOp>(op))
    return remainderFacts(op->getOperand(1));
  if (isa<arith::IndexCastOp>(op))
    return of(op->getOperand(0));
  if (isa<arith::SubIOp>(op)) {
    ScalarFacts facts = sumFacts(of(op->getOperand(0)), of(op->getOperand(1)));
    facts.max = std::nullopt;
    return facts;
  }
  return {};
}
