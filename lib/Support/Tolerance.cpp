//===- Tolerance.cpp - When is a result right? ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Tolerance.h"

#include "pigeon/Support/HalfFloat.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace pigeon {

static constexpr double factorPerStage = 4;

double unitOf(Arithmetic arithmetic) {
  switch (arithmetic) {
  case Arithmetic::F64:
    return 0x1p-51;
  case Arithmetic::IEEE32:
    return 0x1p-22;
  case Arithmetic::ThreeTF32:
    return 0x1p-21;
  case Arithmetic::TF32:
  case Arithmetic::F16:
    return 0x1p-11;
  case Arithmetic::BF16:
    return 0x1p-9;
  }
  return 0;
}

Arithmetic arithmeticOf(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return Arithmetic::IEEE32;
  case ElementType::F16:
    return Arithmetic::F16;
  case ElementType::BF16:
    return Arithmetic::BF16;
  default:
    return Arithmetic::F64;
  }
}

Arithmetic coarser(Arithmetic a, Arithmetic b) {
  return unitOf(a) < unitOf(b) ? b : a;
}

namespace {
/// The bits of the significand with the hidden one, and the exponent of the
/// least normal value.
struct Format {
  int precision, leastExponent;
};
} // namespace

static Format formatOf(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return {53, -1022};
  case ElementType::F16:
    return {11, -14};
  case ElementType::BF16:
    return {8, -126};
  default:
    return {24, -126};
  }
}

double ulp(ElementType type, double value) {
  if (!isFloat(type))
    return 0;
  if (!std::isfinite(value))
    return std::numeric_limits<double>::infinity();
  Format format = formatOf(type);
  int exponent = value == 0 ? format.leastExponent
                            : std::max(std::ilogb(value), format.leastExponent);
  return std::ldexp(1.0, exponent - format.precision + 1);
}

double roundTo(ElementType type, double value) {
  switch (type) {
  case ElementType::F32:
    return static_cast<float>(value);
  case ElementType::F16:
    return halfToFloat(doubleToHalf(value));
  case ElementType::BF16:
    return bfloatToFloat(doubleToBfloat(value));
  default:
    return value;
  }
}

double Tolerance::bound(double expected, double magnitude) const {
  return factorPerStage * stages * unitOf(arithmetic) * magnitude +
         ulp(output, expected);
}

/// The error in units of the bound; up to 1 is right.
static double ratioOf(double actual, double expected, double bound,
                      ElementType output) {
  if (std::isnan(actual) || std::isnan(expected))
    return std::numeric_limits<double>::infinity();
  if (actual == expected)
    return 0;
  // Rounded once, the true value may overflow; the result then does so too.
  if (std::isinf(actual))
    return actual == roundTo(output, expected)
               ? 0
               : std::numeric_limits<double>::infinity();
  // An infinite or undefined bound would let everything pass.
  if (!std::isfinite(bound))
    return std::numeric_limits<double>::infinity();
  double distance = std::abs(actual - expected);
  return bound > 0 ? distance / bound : std::numeric_limits<double>::infinity();
}

/// For each element the largest magnitude of its row.
static std::vector<double> rowMaxima(const std::vector<double> &magnitude,
                                     std::int64_t rowLength) {
  std::vector<double> maxima(magnitude.size());
  std::size_t length = static_cast<std::size_t>(rowLength);
  for (std::size_t begin = 0; begin < maxima.size(); begin += length) {
    std::size_t end = std::min(begin + length, maxima.size());
    double largest = 0;
    for (std::size_t i = begin; i < end; ++i)
      // A NaN stays one: it compares false with everything.
      if (!std::isnan(largest) && !(magnitude[i] <= largest))
        largest = magnitude[i];
    std::fill(maxima.begin() + static_cast<std::ptrdiff_t>(begin),
              maxima.begin() + static_cast<std::ptrdiff_t>(end), largest);
  }
  return maxima;
}

Result<Comparison> compare(const std::vector<double> &actual,
                           const std::vector<double> &expected,
                           const std::vector<double> &magnitude,
                           const Tolerance &tolerance) {
  if (actual.size() != expected.size() || actual.size() != magnitude.size())
    return Error("expected as many values as results and magnitudes, found " +
                 std::to_string(actual.size()) + ", " +
                 std::to_string(expected.size()) + " and " +
                 std::to_string(magnitude.size()));
  std::vector<double> maxima;
  if (tolerance.rowLength > 0)
    maxima = rowMaxima(magnitude, tolerance.rowLength);
  const std::vector<double> &magnitudes = maxima.empty() ? magnitude : maxima;
  Comparison result;
  result.count = static_cast<std::int64_t>(actual.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    double bound = tolerance.bound(expected[i], magnitudes[i]);
    double ratio = ratioOf(actual[i], expected[i], bound, tolerance.output);
    result.numWrong += ratio > 1;
    result.numOverflowed += std::isinf(actual[i]) && std::isfinite(expected[i]);
    if (result.index >= 0 && ratio <= result.ratio)
      continue;
    result.index = static_cast<std::int64_t>(i);
    result.actual = actual[i];
    result.expected = expected[i];
    result.bound = bound;
    result.ratio = ratio;
  }
  return result;
}

std::string describeWorst(const Comparison &comparison,
                          const std::vector<std::int64_t> &shape) {
  if (comparison.index < 0)
    return "there are no elements";
  std::vector<std::int64_t> position(shape.size());
  std::int64_t rest = comparison.index;
  for (std::size_t i = shape.size(); i-- > 0;) {
    std::int64_t extent = std::max<std::int64_t>(shape[i], 1);
    position[i] = rest % extent;
    rest /= extent;
  }
  char text[160];
  std::snprintf(text, sizeof text,
                ": %.9g is %.3g times its bound %.3g away from %.9g",
                comparison.actual, comparison.ratio, comparison.bound,
                comparison.expected);
  return "element " + describe(position) + text;
}

} // namespace pigeon
