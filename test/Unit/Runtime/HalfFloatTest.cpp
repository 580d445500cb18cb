//===- HalfFloatTest.cpp - Every 16-bit float, and ties between them ------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/HalfFloat.h"

#include "pigeon/Support/HostTensor.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace pigeon;

namespace {

/// A 16-bit format by its definition.
struct Format {
  int exponentBits, fractionBits;

  double valueOf(std::uint16_t bits) const {
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    int fraction = bits & ((1 << fractionBits) - 1);
    double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == (1 << exponentBits) - 1)
      return fraction ? std::nan("") : sign * INFINITY;
    if (exponent == 0)
      return sign * std::ldexp(fraction, 1 - bias - fractionBits);
    return sign * std::ldexp((1 << fractionBits) + fraction,
                             exponent - bias - fractionBits);
  }
};

constexpr Format half = {5, 10}, bfloat = {8, 7};

template <typename ToFloat, typename FromFloat>
void checkRoundTrip(Format format, ToFloat toFloat, FromFloat fromFloat) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    std::uint16_t code = static_cast<std::uint16_t>(bits);
    double expected = format.valueOf(code);
    float value = toFloat(code);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(value)) << bits;
      ASSERT_TRUE(std::isnan(toFloat(fromFloat(value)))) << bits;
      continue;
    }
    ASSERT_EQ(value, expected) << bits;
    ASSERT_EQ(std::signbit(value), std::signbit(expected)) << bits;
    ASSERT_EQ(fromFloat(value), code) << bits;
  }
}

/// Between each two neighbours: the middle goes to the even one, what is a
/// little off the middle to the nearer one. The neighbour of the largest finite
/// value is the power of two that the format does not have.
template <typename FromDouble>
void checkTies(Format format, FromDouble fromDouble) {
  unsigned infinity = ((1u << format.exponentBits) - 1) << format.fractionBits;
  for (unsigned bits = 0; bits < infinity; ++bits) {
    double low = format.valueOf(static_cast<std::uint16_t>(bits));
    double high = bits + 1 == infinity
                      ? 2 * format.valueOf(static_cast<std::uint16_t>(
                                infinity - (1u << format.fractionBits)))
                      : format.valueOf(static_cast<std::uint16_t>(bits + 1));
    double middle = (low + high) / 2, little = (high - low) / 1e9;
    ASSERT_EQ(fromDouble(middle), bits + (bits & 1)) << bits;
    ASSERT_EQ(fromDouble(middle - little), bits) << bits;
    ASSERT_EQ(fromDouble(middle + little), bits + 1) << bits;
    ASSERT_EQ(fromDouble(-middle - little), 0x8000 + bits + 1) << bits;
  }
}

TEST(HalfFloatTest, RoundTripOfEveryCode) {
  checkRoundTrip(half, halfToFloat, floatToHalf);
  checkRoundTrip(bfloat, bfloatToFloat, floatToBfloat);
}

TEST(HalfFloatTest, NearestAndTiesToEven) {
  checkTies(half, doubleToHalf);
  checkTies(bfloat, doubleToBfloat);
}

/// The middles of neighbours are floats, so the float conversions can be
/// checked at them too.
TEST(HalfFloatTest, TiesOfFloats) {
  EXPECT_EQ(floatToHalf(1.0f + 0x1p-11f), 0x3C00);
  EXPECT_EQ(floatToHalf(1.0f + 0x3p-11f), 0x3C02);
  EXPECT_EQ(floatToHalf(0x1p-25f), 0);
  EXPECT_EQ(floatToHalf(std::nextafter(0x1p-25f, 1.0f)), 1);
  EXPECT_EQ(floatToHalf(0x3p-25f), 2);
  EXPECT_EQ(floatToHalf(65519.0f), 0x7BFF);
  EXPECT_EQ(floatToHalf(65520.0f), 0x7C00);
  EXPECT_EQ(floatToHalf(1e30f), 0x7C00);
  EXPECT_EQ(floatToBfloat(1.0f + 0x1p-8f), 0x3F80);
  EXPECT_EQ(floatToBfloat(1.0f + 0x3p-8f), 0x3F82);
  EXPECT_EQ(floatToBfloat(std::numeric_limits<float>::max()), 0x7F80);
  EXPECT_EQ(floatToBfloat(-std::numeric_limits<float>::infinity()), 0xFF80);
}

/// Rounding a double twice may differ from rounding it once; ours must not.
TEST(HalfFloatTest, DoublesAreRoundedOnce) {
  double justAboveTie = 1.0 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(floatToHalf(static_cast<float>(justAboveTie)), 0x3C00);
  EXPECT_EQ(doubleToHalf(justAboveTie), 0x3C01);
  double justBelowTie = 1.0 + 0x3p-11 - 0x1p-40;
  EXPECT_EQ(doubleToHalf(justBelowTie), 0x3C01);
  EXPECT_EQ(doubleToHalf(-justBelowTie), 0xBC01);
  EXPECT_EQ(doubleToBfloat(1.0 + 0x1p-8 + 0x1p-40), 0x3F81);
}

TEST(HostTensorTest, CreatesZeros) {
  auto tensor = HostTensor::create(ElementType::F32, {3, 4});
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->data.size(), 48u);
  EXPECT_EQ(tensor->numElements(), 12);
  EXPECT_EQ(tensor->at(11), 0);
  EXPECT_EQ(describe(*tensor), "f32[3, 4]");
  auto scalar = HostTensor::create(ElementType::I64, {});
  ASSERT_TRUE(scalar);
  EXPECT_EQ(scalar->numElements(), 1);
  auto empty = HostTensor::create(ElementType::F64, {0, 1000});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->numElements(), 0);
}

TEST(HostTensorTest, RefusesAbsurdShapes) {
  auto error = [](std::vector<std::int64_t> shape) {
    return HostTensor::create(ElementType::F32, shape).error().message();
  };
  EXPECT_EQ(error({2, -1}), "shape [2, -1] has a negative dimension");
  EXPECT_THAT(error({std::int64_t(1) << 40, std::int64_t(1) << 40}),
              testing::HasSubstr("more bytes than 63 bits"));
  // NumPy refuses this one too, though it has no elements.
  EXPECT_THAT(error({0, std::int64_t(1) << 62}),
              testing::HasSubstr("more bytes than 63 bits"));
  EXPECT_THAT(error({std::int64_t(1) << 61}),
              testing::HasSubstr("more bytes than 63 bits"));
}

TEST(HostTensorTest, RoundsValuesToEachType) {
  std::vector<double> values = {0, 1.5, -1.5, 300.7, -1e30, 1e30, std::nan("")};
  std::map<ElementType, std::vector<double>> expected = {
      {ElementType::I8, {0, 1, -1, 127, -128, 127, 0}},
      {ElementType::U8, {0, 1, 0, 255, 0, 255, 0}},
      {ElementType::I16, {0, 1, -1, 300, -32768, 32767, 0}},
      {ElementType::U16, {0, 1, 0, 300, 0, 65535, 0}},
      {ElementType::I32, {0, 1, -1, 300, -0x1p31, 0x1p31 - 1, 0}},
      {ElementType::U32, {0, 1, 0, 300, 0, 0x1p32 - 1, 0}},
      {ElementType::I64, {0, 1, -1, 300, -0x1p63, 0x1p63, 0}},
      {ElementType::U64, {0, 1, 0, 300, 0, 0x1p64, 0}},
      {ElementType::Bool, {0, 1, 1, 1, 1, 1, 1}}};
  for (const auto &[type, rounded] : expected) {
    auto tensor = HostTensor::fromDoubles(type, {7}, values);
    ASSERT_TRUE(tensor);
    EXPECT_EQ(tensor->toDoubles(), rounded) << name(type);
    EXPECT_EQ(parseElementType(name(type)), type);
  }
  auto f16 = HostTensor::fromDoubles(ElementType::F16, {2}, {0.1, 1e9});
  ASSERT_TRUE(f16);
  EXPECT_EQ(f16->at(0), 0.0999755859375);
  EXPECT_TRUE(std::isinf(f16->at(1)));
  EXPECT_FALSE(HostTensor::fromDoubles(ElementType::F32, {3}, {1, 2}));
  EXPECT_FALSE(parseElementType("f12"));
}

} // namespace
