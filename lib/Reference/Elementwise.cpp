//===- Elementwise.cpp - Scalar functions with magnitudes -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace pigeon::reference;

namespace {

constexpr double ln2 = 0.69314718055994530942;
constexpr double twoOverSqrtPi = 1.12837916709551257390;

/// f(x) with the derivative at x: |f'| m(x) + |f|. Where the operand has no
/// magnitude, an unbounded derivative multiplies no error.
Number withDerivative(const Number &x, double f, double derivative) {
  double moved = x.magnitude == 0 ? 0 : std::fabs(derivative) * x.magnitude;
  return {f, moved + std::fabs(f)};
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Number add(const Number *x) {
  return {x[0].value + x[1].value, x[0].magnitude + x[1].magnitude};
}
Number subtract(const Number *x) {
  return {x[0].value - x[1].value, x[0].magnitude + x[1].magnitude};
}
Number multiply(const Number *x) {
  return {x[0].value * x[1].value, x[0].magnitude * x[1].magnitude};
}
Number divide(const Number *x) {
  double a = x[0].value, b = x[1].value;
  return {a / b, x[0].magnitude / std::fabs(b) +
                     std::fabs(a) * x[1].magnitude / (b * b)};
}
Number multiplyAdd(const Number *x) {
  return {x[0].value * x[1].value + x[2].value,
          x[0].magnitude * x[1].magnitude + x[2].magnitude};
}
Number negate(const Number *x) { return {-x[0].value, x[0].magnitude}; }
Number absolute(const Number *x) {
  return {std::fabs(x[0].value), x[0].magnitude};
}
/// Formats only store; the argument was rounded to its own at the start.
Number convert(const Number *x) { return x[0]; }

double largerMagnitude(const Number *x) {
  return std::max(x[0].magnitude, x[1].magnitude);
}
bool anyNaN(const Number *x) {
  return std::isnan(x[0].value) || std::isnan(x[1].value);
}
Number maximum(const Number *x) {
  double value =
      anyNaN(x) ? x[0].value + x[1].value : std::max(x[0].value, x[1].value);
  return {value, largerMagnitude(x)};
}
Number minimum(const Number *x) {
  double value =
      anyNaN(x) ? x[0].value + x[1].value : std::min(x[0].value, x[1].value);
  return {value, largerMagnitude(x)};
}
Number maximumNumber(const Number *x) {
  return {std::fmax(x[0].value, x[1].value), largerMagnitude(x)};
}
Number minimumNumber(const Number *x) {
  return {std::fmin(x[0].value, x[1].value), largerMagnitude(x)};
}

//===----------------------------------------------------------------------===//
// Comparison and choice
//===----------------------------------------------------------------------===//

bool holds(arith::CmpFPredicate predicate, double a, double b) {
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case arith::CmpFPredicate::AlwaysFalse:
    return false;
  case arith::CmpFPredicate::OEQ:
    return a == b;
  case arith::CmpFPredicate::OGT:
    return a > b;
  case arith::CmpFPredicate::OGE:
    return a >= b;
  case arith::CmpFPredicate::OLT:
    return a < b;
  case arith::CmpFPredicate::OLE:
    return a <= b;
  case arith::CmpFPredicate::ONE:
    return !unordered && a != b;
  case arith::CmpFPredicate::ORD:
    return !unordered;
  case arith::CmpFPredicate::UEQ:
    return unordered || a == b;
  case arith::CmpFPredicate::UGT:
    return !(a <= b);
  case arith::CmpFPredicate::UGE:
    return !(a < b);
  case arith::CmpFPredicate::ULT:
    return !(a >= b);
  case arith::CmpFPredicate::ULE:
    return !(a > b);
  case arith::CmpFPredicate::UNE:
    return a != b;
  case arith::CmpFPredicate::UNO:
    return unordered;
  case arith::CmpFPredicate::AlwaysTrue:
    return true;
  }
  return false;
}

template <unsigned predicate> Number compare(const Number *x) {
  double result = holds(static_cast<arith::CmpFPredicate>(predicate),
                        x[0].value, x[1].value);
  return {result, result};
}

template <std::size_t... predicates>
auto compareFunction(unsigned predicate, std::index_sequence<predicates...>) {
  using Function = Number (*)(const Number *);
  static constexpr Function functions[] = {compare<predicates>...};
  return predicate < sizeof...(predicates) ? functions[predicate] : nullptr;
}

Number choose(const Number *x) {
  return {x[0].value != 0 ? x[1].value : x[2].value,
          std::max(x[1].magnitude, x[2].magnitude)};
}

//===----------------------------------------------------------------------===//
// Functions of one operand, and powers
//===----------------------------------------------------------------------===//

Number exponential(const Number *x) {
  double f = std::exp(x[0].value);
  return withDerivative(x[0], f, f);
}
Number exponential2(const Number *x) {
  double f = std::exp2(x[0].value);
  return withDerivative(x[0], f, ln2 * f);
}
Number exponentialMinus1(const Number *x) {
  return withDerivative(x[0], std::expm1(x[0].value), std::exp(x[0].value));
}
Number logarithm(const Number *x) {
  return withDerivative(x[0], std::log(x[0].value), 1 / x[0].value);
}
Number logarithm2(const Number *x) {
  return withDerivative(x[0], std::log2(x[0].value), 1 / (ln2 * x[0].value));
}
Number logarithm10(const Number *x) {
  return withDerivative(x[0], std::log10(x[0].value),
                        1 / (std::log(10.0) * x[0].value));
}
Number logarithm1Plus(const Number *x) {
  return withDerivative(x[0], std::log1p(x[0].value), 1 / (1 + x[0].value));
}
Number squareRoot(const Number *x) {
  double f = std::sqrt(x[0].value);
  double m = x[0].magnitude;
  double bound = 0x1p11 * std::sqrt(m);
  return {f, (f > 0 ? std::min(m / (2 * f), bound) : bound) + f};
}
Number reciprocalSquareRoot(const Number *x) {
  double f = 1 / std::sqrt(x[0].value);
  return withDerivative(x[0], f, f / (2 * x[0].value));
}
Number hyperbolicTangent(const Number *x) {
  double f = std::tanh(x[0].value);
  return withDerivative(x[0], f, 1 - f * f);
}
Number errorFunction(const Number *x) {
  double value = x[0].value;
  return withDerivative(x[0], std::erf(value),
                        twoOverSqrtPi * std::exp(-value * value));
}
Number sine(const Number *x) {
  return withDerivative(x[0], std::sin(x[0].value), std::cos(x[0].value));
}
Number cosine(const Number *x) {
  return withDerivative(x[0], std::cos(x[0].value), std::sin(x[0].value));
}
Number power(const Number *x) {
  double a = x[0].value, b = x[1].value;
  double f = std::pow(a, b);
  double result = std::fabs(f);
  if (b != 0 && x[0].magnitude != 0)
    result += std::fabs(b * std::pow(a, b - 1)) * x[0].magnitude;
  if (f != 0 && x[1].magnitude != 0)
    result += std::fabs(f * std::log(std::fabs(a))) * x[1].magnitude;
  return {f, result};
}

struct Entry {
  const char *name;
  Elementwise function;
};

constexpr Entry entries[] = {
    {"arith.addf", {add, 0.25}},
    {"arith.subf", {subtract, 0.25}},
    {"arith.mulf", {multiply, 0.25, true}},
    {"arith.divf", {divide, 0.25}},
    {"arith.negf", {negate, 0}},
    {"arith.maximumf", {maximum, 0}},
    {"arith.minimumf", {minimum, 0}},
    {"arith.maxnumf", {maximumNumber, 0}},
    {"arith.minnumf", {minimumNumber, 0}},
    {"arith.select", {choose, 0}},
    {"arith.truncf", {convert, 0.25}},
    {"arith.extf", {convert, 0}},
    {"math.absf", {absolute, 0}},
    {"math.fma", {multiplyAdd, 0.25, true}},
    {"math.exp", {exponential, 1}},
    {"math.exp2", {exponential2, 1}},
    {"math.expm1", {exponentialMinus1, 1}},
    {"math.log", {logarithm, 1}},
    {"math.log2", {logarithm2, 1}},
    {"math.log10", {logarithm10, 1}},
    {"math.log1p", {logarithm1Plus, 1}},
    {"math.sqrt", {squareRoot, 1}},
    {"math.rsqrt", {reciprocalSquareRoot, 1}},
    {"math.tanh", {hyperbolicTangent, 1}},
    {"math.erf", {errorFunction, 1}},
    {"math.sin", {sine, 1}},
    {"math.cos", {cosine, 1}},
    {"math.powf", {power, 1}},
};

} // namespace

Elementwise pigeon::reference::elementwiseFunction(Operation *op) {
  if (auto cmp = dyn_cast<arith::CmpFOp>(op))
    return {compareFunction(static_cast<unsigned>(cmp.getPredicate()),
                            std::make_index_sequence<16>()),
            0};
  llvm::StringRef name = op->getName().getStringRef();
  for (const Entry &entry : entries)
    if (name == entry.name)
      return entry.function;
  return {nullptr, 0};
}
