//===- NumberFormatTest.cpp - Every code of every number format -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decoding is compared with tables and with sums of bits; encoding with a
// search among all codes, which knows no exponents.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/NumberFormat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

using namespace pigeon;
using ::testing::ElementsAre;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

std::vector<NumberFormat> integers() {
  std::vector<NumberFormat> formats;
  for (unsigned n = 1; n <= 8; ++n) {
    formats.push_back(NumberFormat::integer(n));
    formats.push_back(NumberFormat::unsignedInteger(n));
  }
  formats.push_back(NumberFormat::ternary());
  return formats;
}

std::vector<NumberFormat> floats() {
  std::vector<NumberFormat> formats;
  for (unsigned bits = 3; bits <= 8; ++bits)
    for (unsigned e = 1; e < bits; ++e)
      formats.push_back(NumberFormat::floating(e, bits - 1 - e));
  return formats;
}

/// Codes by their numbers; of codes for zero the one without a sign.
std::map<double, unsigned> finiteCodes(const NumberFormat &format) {
  std::map<double, unsigned> codes;
  for (unsigned code = 0; code < format.numCodes(); ++code)
    if (std::isfinite(format.decode(code)))
      codes.emplace(format.decode(code), code);
  return codes;
}

std::vector<double> decodeAll(const NumberFormat &format) {
  std::vector<double> values;
  for (unsigned code = 0; code < format.numCodes(); ++code)
    values.push_back(format.decode(code));
  return values;
}

TEST(NumberFormat, SmallTables) {
  EXPECT_THAT(decodeAll(NumberFormat::integer(1)), ElementsAre(0, -1));
  EXPECT_THAT(decodeAll(NumberFormat::integer(3)),
              ElementsAre(0, 1, 2, 3, -4, -3, -2, -1));
  EXPECT_THAT(decodeAll(NumberFormat::unsignedInteger(2)),
              ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(decodeAll(NumberFormat::ternary()), ElementsAre(-1, 0, 1));
  // The MX format of 4 bits.
  EXPECT_THAT(decodeAll(NumberFormat::floating(2, 1)),
              ElementsAre(0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3,
                          -4, -6));
  EXPECT_THAT(decodeAll(NumberFormat::floating(2, 0)),
              ElementsAre(0, 1, 2, 4, 0, -1, -2, -4));
  // With one exponent bit the numbers are equally far apart.
  EXPECT_THAT(decodeAll(NumberFormat::floating(1, 1)),
              ElementsAre(0, 1, 2, 3, 0, -1, -2, -3));
}

TEST(NumberFormat, LargestNumbersOfTheFormatsOfHardware) {
  EXPECT_EQ(NumberFormat::floating(2, 3).largest(), 7.5);
  EXPECT_EQ(NumberFormat::floating(3, 2).largest(), 28);
  EXPECT_EQ(NumberFormat::floating(4, 3).largest(), 448);
  EXPECT_EQ(NumberFormat::floating(5, 2).largest(), 57344);
  EXPECT_EQ(NumberFormat::floating(4, 3).decode(1), 0x1p-9);
  EXPECT_EQ(NumberFormat::floating(5, 2).decode(1), 0x1p-16);
}

TEST(NumberFormat, OnlyTwoFormatsHaveNaN) {
  for (const NumberFormat &format : floats()) {
    int nans = 0, infinities = 0;
    for (double value : decodeAll(format)) {
      nans += std::isnan(value);
      infinities += std::isinf(value);
    }
    bool isE4M3 = format == NumberFormat::floating(4, 3);
    bool isE5M2 = format == NumberFormat::floating(5, 2);
    EXPECT_EQ(nans, isE4M3 ? 2 : isE5M2 ? 6 : 0) << format.name();
    EXPECT_EQ(infinities, isE5M2 ? 2 : 0) << format.name();
  }
  EXPECT_TRUE(std::isnan(NumberFormat::floating(4, 3).decode(0x7F)));
  EXPECT_EQ(NumberFormat::floating(5, 2).decode(0xFC), -inf);
}

/// A float is the sum of what its bits are worth.
TEST(NumberFormat, FloatsAreSumsOfBits) {
  for (const NumberFormat &format : floats())
    for (unsigned code = 0; code < format.numCodes(); ++code) {
      if (!std::isfinite(format.decode(code)))
        continue;
      unsigned field = 0;
      for (unsigned i = 0; i < format.exponent; ++i)
        field += (code >> (format.mantissa + i) & 1) << i;
      double unit = 1, sum = field > 0 ? 1 : 0;
      for (unsigned i = format.mantissa; i-- > 0;)
        sum += (unit /= 2) * (code >> i & 1);
      int power = static_cast<int>(field > 0 ? field : 1);
      for (int p = (1 << (format.exponent - 1)) - 1; p > 0; --p)
        sum /= 2;
      for (; power > 0; --power)
        sum *= 2;
      bool isNegative = code >> (format.bits - 1) & 1;
      ASSERT_EQ(format.decode(code), isNegative ? -sum : sum)
          << format.name() << " " << code;
      ASSERT_EQ(std::signbit(format.decode(code)), isNegative);
    }
}

std::vector<NumberFormat> all() {
  auto formats = integers();
  for (const NumberFormat &format : floats())
    formats.push_back(format);
  return formats;
}

TEST(NumberFormat, EveryCodeComesBack) {
  for (const NumberFormat &format : all())
    for (unsigned code = 0; code < format.numCodes(); ++code) {
      double value = format.decode(code);
      if (std::isfinite(value)) {
        ASSERT_EQ(format.encode(value), code) << format.name();
      } else if (std::isnan(value)) {
        ASSERT_TRUE(std::isnan(format.decode(format.encode(value))));
      }
    }
}

/// The code in whose reach `value` is: numbers between two neighbours go to the
/// nearer one, the middle to the one whose code is even.
unsigned nearest(const std::map<double, unsigned> &codes, double value) {
  auto above = codes.lower_bound(value);
  if (above == codes.end())
    return codes.rbegin()->second;
  if (above == codes.begin() || above->first == value)
    return above->second;
  auto below = std::prev(above);
  double down = value - below->first, up = above->first - value;
  if (down != up)
    return down < up ? below->second : above->second;
  return below->second % 2 == 0 ? below->second : above->second;
}

TEST(NumberFormat, RoundsToTheNearestAndSaturates) {
  for (const NumberFormat &format : all()) {
    if (format.kind == NumberFormat::Kind::Ternary)
      continue; // below: its codes count from -1
    auto codes = finiteCodes(format);
    std::vector<double> probes = {inf, -inf, 1e300, -1e300};
    for (auto it = codes.begin(); std::next(it) != codes.end(); ++it) {
      double a = it->first, b = std::next(it)->first;
      double middle = a + (b - a) / 2;
      for (double probe :
           {middle, std::nextafter(middle, a), std::nextafter(middle, b),
            a + (b - a) * 0.3, std::nextafter(a, b), std::nextafter(b, a)})
        probes.push_back(probe);
    }
    double most = codes.rbegin()->first, least = codes.begin()->first;
    for (double factor : {1.001, 1.25, 2.0})
      probes.insert(probes.end(), {most * factor, least * factor});
    for (double probe : probes) {
      unsigned expected = nearest(codes, probe);
      // A negative number that rounds to zero keeps its sign.
      bool toZero = format.kind == NumberFormat::Kind::Float &&
                    format.decode(expected) == 0 && std::signbit(probe);
      ASSERT_EQ(format.encode(probe),
                toZero ? 1u << (format.bits - 1) : expected)
          << format.name() << " of " << probe;
    }
  }
}

TEST(NumberFormat, TernaryRounds) {
  NumberFormat format = NumberFormat::ternary();
  EXPECT_EQ(format.encode(-7), 0u);
  EXPECT_EQ(format.encode(-0.51), 0u);
  EXPECT_EQ(format.encode(-0.5), 1u);
  EXPECT_EQ(format.encode(0.5), 1u);
  EXPECT_EQ(format.encode(0.51), 2u);
  EXPECT_EQ(format.encode(inf), 2u);
}

TEST(NumberFormat, InfinityIsNeverNegative) {
  for (const NumberFormat &format : all()) {
    // The largest number of int<1> is 0.
    EXPECT_EQ(format.decode(format.encode(inf)), format.largest())
        << format.name();
    EXPECT_GE(format.decode(format.encode(inf)), 0) << format.name();
    EXPECT_LE(format.decode(format.encode(-inf)), 0) << format.name();
  }
}

TEST(NumberFormat, ZerosKeepTheirSigns) {
  for (const NumberFormat &format : floats()) {
    EXPECT_EQ(format.encode(0.0), 0u) << format.name();
    EXPECT_EQ(format.encode(-0.0), 1u << (format.bits - 1)) << format.name();
    EXPECT_EQ(format.encode(-1e-300), 1u << (format.bits - 1));
  }
  EXPECT_EQ(NumberFormat::integer(4).encode(-0.0), 0u);
}

TEST(NumberFormat, NaN) {
  EXPECT_EQ(NumberFormat::integer(4).encode(nan), 0u);
  EXPECT_EQ(NumberFormat::floating(3, 2).encode(nan), 0u);
  EXPECT_EQ(NumberFormat::floating(4, 3).encode(nan), 0x7Fu);
  EXPECT_EQ(NumberFormat::floating(5, 2).encode(nan), 0x7Fu);
  EXPECT_EQ(NumberFormat::e8m0().encode(nan), 255u);
  EXPECT_EQ(NumberFormat::ternary().encode(nan), 1u);
}

TEST(NumberFormat, PowersOfTwo) {
  NumberFormat format = NumberFormat::e8m0();
  for (unsigned code = 0; code < 255; ++code) {
    double value = format.decode(code);
    EXPECT_EQ(std::log2(value), static_cast<int>(code) - 127);
    EXPECT_EQ(format.encode(value), code);
    EXPECT_EQ(format.encode(value * 1.49), code);
    EXPECT_EQ(format.encode(value * 1.5), code < 254 ? code + code % 2 : 254u);
    EXPECT_EQ(format.encode(value * 1.51), std::min(code + 1, 254u));
  }
  EXPECT_TRUE(std::isnan(format.decode(255)));
  EXPECT_EQ(format.encode(0), 0u);
  EXPECT_EQ(format.encode(-3), 0u);
  EXPECT_EQ(format.encode(inf), 254u);
}

TEST(NumberFormat, CodeBooks) {
  std::vector<double> book = {0.5, -1, 0.5, 3};
  EXPECT_EQ(encodeInBook(book, 0.4), 0u);
  EXPECT_EQ(encodeInBook(book, -inf), 1u);
  EXPECT_EQ(encodeInBook(book, inf), 3u);
  EXPECT_EQ(encodeInBook(book, 1.75), 0u); // a tie: the lower code
  EXPECT_EQ(encodeInBook(book, nan), 0u);
}

TEST(NumberFormat, Names) {
  EXPECT_EQ(NumberFormat::floating(3, 2).name(), "float<3, 2>");
  EXPECT_EQ(NumberFormat::unsignedInteger(6).name(), "uint<6>");
  EXPECT_EQ(NumberFormat::ternary().name(), "ternary");
  for (const NumberFormat &format : all())
    EXPECT_EQ(NumberFormat::parse(format.name()), format);
  for (const char *name : {"", "int<0>", "int<9>", "int<4", "float<5, 3>"})
    EXPECT_FALSE(NumberFormat::parse(name)) << name;
}

} // namespace
