//===- SizeExpression.cpp - Sizes as expressions over symbols -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Program.h"

#include <algorithm>
#include <limits>

namespace pigeon::runtime {

using Op = SizeExpression::Op;

static Error overflow(const char *operation, std::int64_t lhs,
                      std::int64_t rhs) {
  return Error("size " + std::to_string(lhs) + " " + operation + " " +
               std::to_string(rhs) + " does not fit 64 bits");
}

/// Quotient and remainder of a division rounded towards minus infinity, as in
/// MLIR's affine expressions; the remainder has the sign of the divisor.
static Result<std::pair<std::int64_t, std::int64_t>>
floorDivide(std::int64_t lhs, std::int64_t rhs) {
  if (rhs == 0)
    return Error("size " + std::to_string(lhs) + " is divided by zero");
  if (rhs == -1 && lhs == std::numeric_limits<std::int64_t>::min())
    return overflow("/", lhs, rhs);
  std::int64_t quotient = lhs / rhs, remainder = lhs % rhs;
  if (remainder != 0 && (remainder < 0) != (rhs < 0)) {
    --quotient;
    remainder += rhs;
  }
  return std::pair(quotient, remainder);
}

static Result<std::int64_t> apply(Op op, std::int64_t lhs, std::int64_t rhs) {
  std::int64_t value = 0;
  switch (op) {
  case Op::Add:
    if (__builtin_add_overflow(lhs, rhs, &value))
      return overflow("+", lhs, rhs);
    return value;
  case Op::Mul:
    if (__builtin_mul_overflow(lhs, rhs, &value))
      return overflow("*", lhs, rhs);
    return value;
  case Op::Max:
    return std::max(lhs, rhs);
  case Op::Min:
    return std::min(lhs, rhs);
  default:
    break;
  }
  auto divided = floorDivide(lhs, rhs);
  if (!divided)
    return divided.error();
  auto [quotient, remainder] = *divided;
  if (op == Op::Mod)
    return remainder;
  // A quotient with a remainder is never the greatest integer.
  return quotient + (op == Op::CeilDiv && remainder != 0);
}

Result<std::int64_t>
SizeExpression::evaluate(const std::vector<std::int64_t> &symbols) const {
  std::vector<std::int64_t> stack;
  for (const Term &term : terms) {
    if (term.op == Op::Constant) {
      stack.push_back(term.value);
      continue;
    }
    if (term.op == Op::Symbol) {
      if (term.value < 0 ||
          term.value >= static_cast<std::int64_t>(symbols.size()))
        return Error("size expression names symbol " +
                     std::to_string(term.value) + " of " +
                     std::to_string(symbols.size()));
      stack.push_back(symbols[term.value]);
      continue;
    }
    if (stack.size() < 2)
      return Error("size expression has an operation without two operands");
    std::int64_t rhs = stack.back();
    stack.pop_back();
    Result<std::int64_t> value = apply(term.op, stack.back(), rhs);
    if (!value)
      return value;
    stack.back() = *value;
  }
  if (stack.size() != 1)
    return Error("size expression leaves " + std::to_string(stack.size()) +
                 " values, expected 1");
  return stack.back();
}

} // namespace pigeon::runtime
