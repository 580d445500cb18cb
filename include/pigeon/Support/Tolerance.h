//===- Tolerance.h - When is a result right? --------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one tolerance of the project, for each element y of a result whose true
// value, in float64, is x:
//
//   |y - x| <= c * u * m + ulp(x)
//
// m is the *magnitude* of x, the sum of the absolute values of what was added
// up to it; the interpreter computes it beside x. u is the unit of the
// arithmetic, c allows 4 for each stored stage between inputs and result, and
// ulp(x) is the spacing of the output type at x, for the last rounding.
//
// Example: x = 0.5, m = 10, f32 in one stage of IEEE arithmetic:
// 4 * 2^-22 * 10 + 2^-24 = 9.6e-6.
//
// Where errors spread over a row (attention: every weight has the same
// denominator), m is the largest magnitude of the row: `rowLength`.
//
// A NaN is never right. Infinities of one sign are equal, and an infinity is
// right where the true value overflows the output type.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_TOLERANCE_H
#define PIGEON_SUPPORT_TOLERANCE_H

#include "pigeon/Support/HostTensor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pigeon {

/// How products are computed; sums are f32, or f64 for F64.
enum class Arithmetic { F64, IEEE32, ThreeTF32, TF32, F16, BF16 };

/// u: 2^-51, 2^-22, 2^-21, 2^-11, 2^-11, 2^-9.
double unitOf(Arithmetic arithmetic);

/// The arithmetic of results that are rounded to `type`: F64, IEEE32, F16, BF16.
/// Integers are as exact as F64.
Arithmetic arithmeticOf(ElementType type);

/// The one of the larger unit.
Arithmetic coarser(Arithmetic a, Arithmetic b);

/// The distance from |value|, rounded down to `type`, to the next greater value
/// of the type; 0 for integers.
double ulp(ElementType type, double value);

/// The value of `type` nearest to `value` (integers: `value` itself).
double roundTo(ElementType type, double value);

struct Tolerance {
  ElementType output = ElementType::F32;
  Arithmetic arithmetic = Arithmetic::IEEE32;
  /// Stored results between the inputs and the output, itself counted.
  int stages = 1;
  /// Entries of one row, whose largest magnitude counts; 0: each element alone.
  std::int64_t rowLength = 0;

  /// c * u * magnitude + ulp(expected).
  double bound(double expected, double magnitude) const;
};

/// How two arrays compare. The worst element has the largest error in units of
/// its bound, the first of them if there are several.
struct Comparison {
  std::int64_t count = 0, numWrong = 0;
  /// Elements that are infinite because the true value is beyond the output
  /// type. They are right, but no user expects them.
  std::int64_t numOverflowed = 0;
  /// Of the worst element; -1: the arrays are empty.
  std::int64_t index = -1;
  double actual = 0, expected = 0, bound = 0;
  /// |actual - expected| / bound; infinite for a NaN.
  double ratio = 0;

  bool passed() const { return numWrong == 0; }
};

/// Compares element by element; an error if the lengths differ.
Result<Comparison> compare(const std::vector<double> &actual,
                           const std::vector<double> &expected,
                           const std::vector<double> &magnitude,
                           const Tolerance &tolerance);

/// "element [3, 17]: 0.5 is 1.2 times its bound 9.6e-06 away from 0.6" for the
/// worst element of an array of this shape.
std::string describeWorst(const Comparison &comparison,
                          const std::vector<std::int64_t> &shape);

} // namespace pigeon

#endif // PIGEON_SUPPORT_TOLERANCE_H
