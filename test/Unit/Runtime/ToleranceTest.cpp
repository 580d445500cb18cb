//===- ToleranceTest.cpp - What passes and what does not ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Tolerance.h"

#include "pigeon/Support/HalfFloat.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace pigeon;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

bool passes(double actual, double expected, double magnitude,
            const Tolerance &tolerance = {}) {
  auto result = compare({actual}, {expected}, {magnitude}, tolerance);
  return result && result->passed();
}

TEST(ToleranceTest, UlpIsTheDistanceToTheNextValue) {
  for (float value : {1.0f, 1.5f, 3.14159f, 1e-30f, 1e30f, 0x1p-126f, 0x1p-130f,
                      0x1.fffffep10f}) {
    double next = std::nextafter(value, std::numeric_limits<float>::max());
    EXPECT_EQ(ulp(ElementType::F32, value), next - value) << value;
    EXPECT_EQ(ulp(ElementType::F32, -value), next - value) << value;
  }
  for (unsigned bits = 0; bits < 0x7BFF; bits += 7) {
    double value = halfToFloat(static_cast<std::uint16_t>(bits));
    double next = halfToFloat(static_cast<std::uint16_t>(bits + 1));
    EXPECT_EQ(ulp(ElementType::F16, value), next - value) << bits;
  }
  for (unsigned bits = 0; bits < 0x7F7F; bits += 7) {
    double value = bfloatToFloat(static_cast<std::uint16_t>(bits));
    double next = bfloatToFloat(static_cast<std::uint16_t>(bits + 1));
    EXPECT_EQ(ulp(ElementType::BF16, value), next - value) << bits;
  }
  EXPECT_EQ(ulp(ElementType::F64, 1.0), 0x1p-52);
  EXPECT_EQ(ulp(ElementType::I32, 7.0), 0);
}

TEST(ToleranceTest, ExampleOfTheHeader) {
  Tolerance tolerance;
  EXPECT_DOUBLE_EQ(tolerance.bound(0.5, 10), 4 * 0x1p-22 * 10 + 0x1p-24);
  double bound = tolerance.bound(0.5, 10);
  EXPECT_TRUE(passes(0.5 + bound, 0.5, 10));
  EXPECT_FALSE(passes(0.5 + 1.001 * bound, 0.5, 10));
  EXPECT_FALSE(passes(0.5 - 1.001 * bound, 0.5, 10));
}

TEST(ToleranceTest, StagesAndArithmetic) {
  Tolerance tolerance;
  tolerance.output = ElementType::BF16;
  tolerance.arithmetic = Arithmetic::BF16;
  tolerance.stages = 2;
  EXPECT_DOUBLE_EQ(tolerance.bound(1, 3), 8 * 0x1p-9 * 3 + 0x1p-7);
  EXPECT_EQ(unitOf(Arithmetic::IEEE32), 0x1p-22);
  EXPECT_EQ(unitOf(Arithmetic::ThreeTF32), 0x1p-21);
  EXPECT_EQ(unitOf(Arithmetic::TF32), 0x1p-11);
  EXPECT_EQ(unitOf(Arithmetic::F16), 0x1p-11);
}

TEST(ToleranceTest, TheCoarserArithmeticHasTheLargerUnit) {
  EXPECT_EQ(arithmeticOf(ElementType::F32), Arithmetic::IEEE32);
  EXPECT_EQ(arithmeticOf(ElementType::F16), Arithmetic::F16);
  EXPECT_EQ(arithmeticOf(ElementType::BF16), Arithmetic::BF16);
  EXPECT_EQ(arithmeticOf(ElementType::Bool), Arithmetic::F64);
  EXPECT_EQ(coarser(Arithmetic::IEEE32, Arithmetic::F16), Arithmetic::F16);
  EXPECT_EQ(coarser(Arithmetic::BF16, Arithmetic::F16), Arithmetic::BF16);
  EXPECT_EQ(coarser(Arithmetic::ThreeTF32, Arithmetic::F64),
            Arithmetic::ThreeTF32);
}

TEST(ToleranceTest, OverflowIsRightButCounted) {
  Tolerance half;
  half.output = ElementType::F16;
  half.arithmetic = Arithmetic::F16;
  auto result = compare({inf, -inf, inf, 65504}, {1e6, -70000, inf, 65503},
                        {1, 1, 1, 1}, half);
  EXPECT_EQ(result->numWrong, 0);
  EXPECT_EQ(result->numOverflowed, 2) << "what is infinite anyway does not";
  EXPECT_EQ(compare({inf}, {65504}, {1}, half)->numWrong, 1);
}

TEST(ToleranceTest, SpecialValues) {
  EXPECT_FALSE(passes(nan, nan, 1));
  EXPECT_FALSE(passes(nan, 1, 1));
  EXPECT_FALSE(passes(1, nan, 1));
  EXPECT_FALSE(passes(1, 1.5, nan));
  EXPECT_FALSE(passes(1, 1.5, inf));
  EXPECT_TRUE(passes(inf, inf, inf));
  EXPECT_TRUE(passes(-inf, -inf, inf));
  EXPECT_FALSE(passes(inf, -inf, inf));
  EXPECT_FALSE(passes(inf, 1, 1));
  EXPECT_FALSE(passes(1e38, inf, inf));
  EXPECT_TRUE(passes(0.0, -0.0, 0));
  EXPECT_TRUE(passes(inf, 1e39, 1e39)) << "overflows f32";
  EXPECT_FALSE(passes(-inf, 1e39, 1e39));
  EXPECT_FALSE(passes(inf, 1e38, 1e38));
}

TEST(ToleranceTest, FindsTheWorstElement) {
  auto result =
      compare({1, 2.5, 3, 5, 5}, {1, 2, 3, 4, 4}, {1, 1, 1, 1, 1}, {});
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->passed());
  EXPECT_EQ(result->count, 5);
  EXPECT_EQ(result->numWrong, 3);
  EXPECT_EQ(result->index, 3) << "the first of the worst two";
  EXPECT_EQ(result->actual, 5);
  EXPECT_EQ(result->expected, 4);
  EXPECT_DOUBLE_EQ(result->bound, Tolerance().bound(4, 1));
  EXPECT_DOUBLE_EQ(result->ratio, 1 / result->bound);
  result = compare({7, nan}, {1, 2}, {1, 1}, {});
  EXPECT_EQ(result->index, 1) << "a NaN is worse than any number";
  result = compare({1, 2}, {1, 2}, {1, 1}, {});
  EXPECT_TRUE(result->passed());
  EXPECT_EQ(result->index, 0);
  EXPECT_FALSE(compare({1}, {1, 2}, {1, 2}, {}));
}

TEST(ToleranceTest, RowsShareTheirLargestMagnitude) {
  std::vector<double> expected = {1, 1, 1, 1}, magnitude = {1, 1000, 1, 1};
  std::vector<double> actual = {1.0001, 1, 1.0001, 1};
  EXPECT_EQ(compare(actual, expected, magnitude, {})->numWrong, 2);
  Tolerance perRow;
  perRow.rowLength = 2;
  auto result = compare(actual, expected, magnitude, perRow);
  EXPECT_EQ(result->numWrong, 1);
  EXPECT_EQ(result->index, 2);
  magnitude = {nan, 1000, 1, 1};
  EXPECT_EQ(compare(actual, expected, magnitude, perRow)->numWrong, 2)
      << "a NaN is no magnitude, wherever it stands in the row";
}

TEST(ToleranceTest, DescribesTheWorst) {
  Comparison worst;
  worst.index = 17;
  worst.actual = 0.5;
  worst.expected = 0.75;
  worst.bound = 0.125;
  worst.ratio = 2;
  EXPECT_EQ(describeWorst(worst, {3, 7}),
            "element [2, 3]: 0.5 is 2 times its bound 0.125 away from 0.75");
  EXPECT_EQ(describeWorst(Comparison(), {0, 7}), "there are no elements");
}

} // namespace
