//===- NumberFormat.cpp - Numbers in one to eight bits --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/NumberFormat.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace pigeon;

std::string NumberFormat::name() const {
  std::string n = std::to_string(bits);
  switch (kind) {
  case Kind::Int:
    return "int<" + n + ">";
  case Kind::UInt:
    return "uint<" + n + ">";
  case Kind::Float:
    return "float<" + std::to_string(exponent) + ", " +
           std::to_string(mantissa) + ">";
  case Kind::Ternary:
    return "ternary";
  case Kind::Lut:
    return "lut<" + n + ">";
  case Kind::E8M0:
    return "e8m0";
  }
  return "";
}

/// Every format there is.
static std::vector<NumberFormat> allFormats() {
  std::vector<NumberFormat> formats = {NumberFormat::ternary(),
                                       NumberFormat::e8m0()};
  for (unsigned n = 1; n <= 8; ++n) {
    formats.push_back(NumberFormat::integer(n));
    formats.push_back(NumberFormat::unsignedInteger(n));
    formats.push_back(NumberFormat::codeBook(n));
    for (unsigned e = 1; n >= 3 && e < n; ++e)
      formats.push_back(NumberFormat::floating(e, n - 1 - e));
  }
  return formats;
}

std::optional<NumberFormat> NumberFormat::parse(const std::string &name) {
  for (const NumberFormat &format : allFormats())
    if (format.name() == name)
      return format;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

static int biasOf(const NumberFormat &format) {
  return (1 << (format.exponent - 1)) - 1;
}

/// Without its sign, the code of the largest finite number.
static unsigned largestFloatCode(const NumberFormat &format) {
  unsigned all = (1u << (format.bits - 1)) - 1;
  if (format == NumberFormat::floating(4, 3))
    return all - 1;
  if (format == NumberFormat::floating(5, 2))
    return all - 4;
  return all;
}

static double decodeFloat(const NumberFormat &format, unsigned code) {
  unsigned signBit = 1u << (format.bits - 1);
  unsigned rest = code & (signBit - 1);
  double sign = code & signBit ? -1 : 1;
  if (rest > largestFloatCode(format)) {
    bool isInfinity = format.exponent == 5 && (rest & 3) == 0;
    return isInfinity ? sign * std::numeric_limits<double>::infinity()
                      : std::numeric_limits<double>::quiet_NaN();
  }
  int field = static_cast<int>(rest >> format.mantissa);
  int fraction = static_cast<int>(rest & ((1u << format.mantissa) - 1));
  if (field > 0)
    fraction += 1 << format.mantissa;
  int power = std::max(field, 1) - biasOf(format);
  return sign * std::ldexp(fraction, power - static_cast<int>(format.mantissa));
}

/// Codes without sign count up with the numbers, so rounding is done on them:
/// the code below, and one more if the number is nearer to that.
static unsigned encodeFloat(const NumberFormat &format, double value) {
  unsigned signBit = 1u << (format.bits - 1);
  unsigned largest = largestFloatCode(format);
  if (std::isnan(value))
    return largest == signBit - 1 ? 0 : signBit - 1;
  unsigned sign = std::signbit(value) ? signBit : 0;
  double size = std::fabs(value);
  if (size >= decodeFloat(format, largest))
    return sign | largest;
  int least = 1 - biasOf(format);
  int power = size == 0 ? least : std::max(std::ilogb(size), least);
  double steps = std::ldexp(size, static_cast<int>(format.mantissa) - power);
  double whole = std::floor(steps);
  unsigned code = (static_cast<unsigned>(power - least) << format.mantissa) +
                  static_cast<unsigned>(whole);
  double rest = steps - whole;
  if (rest > 0.5 || (rest == 0.5 && code % 2 == 1))
    ++code;
  return sign | code;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// The integer nearest to `value`, ties to even, kept in [low, high]; 0 for a
/// NaN.
static int roundInto(double value, int low, int high) {
  if (std::isnan(value))
    return 0;
  double clamped = std::clamp<double>(value, low, high);
  double whole = std::floor(clamped), rest = clamped - whole;
  int below = static_cast<int>(whole);
  return below + (rest > 0.5 || (rest == 0.5 && below % 2 != 0) ? 1 : 0);
}

static unsigned encodeE8M0(double value) {
  if (std::isnan(value))
    return 255;
  if (!(value > 0x1p-127))
    return 0;
  if (value >= 0x1p127)
    return 254;
  int power = std::ilogb(value);
  unsigned code = static_cast<unsigned>(power + 127);
  double rest = std::ldexp(value, -power) - 1;
  return code + (rest > 0.5 || (rest == 0.5 && code % 2 == 1) ? 1 : 0);
}

//===----------------------------------------------------------------------===//
// All kinds
//===----------------------------------------------------------------------===//

double NumberFormat::decode(unsigned code) const {
  switch (kind) {
  case Kind::Int: {
    int number = static_cast<int>(code);
    return number >= 1 << (bits - 1) ? number - (1 << bits) : number;
  }
  case Kind::Float:
    return decodeFloat(*this, code);
  case Kind::Ternary:
    return static_cast<int>(code) - 1;
  case Kind::E8M0:
    return code == 255 ? std::numeric_limits<double>::quiet_NaN()
                       : std::ldexp(1.0, static_cast<int>(code) - 127);
  case Kind::UInt:
  case Kind::Lut:
    return code;
  }
  return 0;
}

unsigned NumberFormat::encode(double value) const {
  switch (kind) {
  case Kind::Int: {
    int half = 1 << (bits - 1);
    return static_cast<unsigned>(roundInto(value, -half, half - 1)) &
           (numCodes() - 1);
  }
  case Kind::Float:
    return encodeFloat(*this, value);
  case Kind::Ternary:
    return static_cast<unsigned>(roundInto(value, -1, 1) + 1);
  case Kind::E8M0:
    return encodeE8M0(value);
  case Kind::UInt:
  case Kind::Lut:
    return static_cast<unsigned>(
        roundInto(value, 0, static_cast<int>(numCodes()) - 1));
  }
  return 0;
}

double NumberFormat::largest() const {
  switch (kind) {
  case Kind::Int:
    return (1 << (bits - 1)) - 1;
  case Kind::Float:
    return decodeFloat(*this, largestFloatCode(*this));
  case Kind::Ternary:
    return 1;
  case Kind::E8M0:
    return 0x1p127;
  case Kind::UInt:
  case Kind::Lut:
    return numCodes() - 1;
  }
  return 0;
}

unsigned pigeon::encodeInBook(const std::vector<double> &book, double value) {
  unsigned best = 0;
  if (std::isnan(value) || book.empty())
    return best;
  auto [least, largest] = std::minmax_element(book.begin(), book.end());
  double wanted = std::clamp(value, *least, *largest);
  for (unsigned code = 1; code < book.size(); ++code)
    if (std::fabs(book[code] - wanted) < std::fabs(book[best] - wanted))
      best = code;
  return best;
}
