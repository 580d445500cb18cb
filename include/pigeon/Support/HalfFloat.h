//===- HalfFloat.h - Conversions of 16-bit floats ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f16 (1 sign, 5 exponent, 10 fraction bits) and bf16 (1, 8, 7) as their bits,
// to and from float. Rounding is to nearest, ties to even; what rounds beyond
// the largest finite value becomes infinity; a NaN stays a (quiet) NaN.
//
//   value      f16 bits   bf16 bits
//   1.0        0x3C00     0x3F80
//   65504      0x7BFF     0x4780 (65536: bf16 has 8 bits of precision)
//   2^-24      0x0001     0x3380 (the least positive f16)
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_HALFFLOAT_H
#define PIGEON_SUPPORT_HALFFLOAT_H

#include <cstdint>
#include <cstring>

namespace pigeon {

inline std::uint32_t floatBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float floatFromBits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline float halfToFloat(std::uint16_t half) {
  std::uint32_t sign = std::uint32_t(half & 0x8000u) << 16;
  std::uint32_t exponent = (half >> 10) & 0x1Fu;
  std::uint32_t fraction = half & 0x3FFu;
  if (exponent == 0x1F)
    return floatFromBits(sign | 0x7F800000u | (fraction << 13));
  if (exponent != 0)
    return floatFromBits(sign | ((exponent + 112) << 23) | (fraction << 13));
  // Subnormal: fraction * 2^-24, exact in float.
  float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

/// Drops the low `count` bits (1..31) of `bits`, to nearest, ties to even.
inline std::uint32_t roundOffBits(std::uint32_t bits, unsigned count) {
  std::uint32_t half = std::uint32_t(1) << (count - 1);
  std::uint32_t odd = (bits >> count) & 1u;
  return (bits + half - 1 + odd) >> count;
}

inline std::uint16_t floatToHalf(float value) {
  std::uint32_t bits = floatBits(value);
  std::uint16_t sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  bits &= 0x7FFFFFFFu;
  if (bits > 0x7F800000u)
    return sign | 0x7E00u;
  // 65520 lies half-way between 65504 and 2^16, and ties go to the even 2^16.
  if (bits >= 0x477FF000u)
    return sign | 0x7C00u;
  if (bits >= 0x38800000u) // normal in f16: at least 2^-14
    return static_cast<std::uint16_t>(sign |
                                      roundOffBits(bits - (112u << 23), 13));
  if (bits < 0x33000000u) // below 2^-25: less than half of the least subnormal
    return sign;
  // Subnormal: the significand with its hidden bit, in units of 2^-24.
  std::uint32_t significand = (bits & 0x7FFFFFu) | 0x800000u;
  unsigned shift = 126u - (bits >> 23);
  return static_cast<std::uint16_t>(sign | roundOffBits(significand, shift));
}

inline float bfloatToFloat(std::uint16_t bfloat) {
  return floatFromBits(std::uint32_t(bfloat) << 16);
}

inline std::uint16_t floatToBfloat(float value) {
  std::uint32_t bits = floatBits(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u)
    return static_cast<std::uint16_t>((bits >> 16) | 0x0040u);
  // The carry of a rounded significand runs into the exponent, as it should.
  return static_cast<std::uint16_t>(roundOffBits(bits, 16));
}

/// A double to float by round-to-odd, so that a second rounding to f16 or bf16
/// gives what one rounding of the double would give.
inline float doubleToFloatRoundToOdd(double value) {
  float rounded = static_cast<float>(value);
  double back = static_cast<double>(rounded);
  if (back == value || value != value || rounded == 0.0f)
    return rounded;
  std::uint32_t bits = floatBits(rounded);
  if ((bits & 0x7FFFFFFFu) == 0x7F800000u)
    return rounded;
  if (bits & 1u)
    return rounded;
  // The neighbour on the other side of `value` is odd: away from zero if
  // rounding went towards it, else towards zero.
  bool towardsZero = (back < 0 ? -back : back) < (value < 0 ? -value : value);
  return floatFromBits(towardsZero ? bits + 1 : bits - 1);
}

inline std::uint16_t doubleToHalf(double value) {
  return floatToHalf(doubleToFloatRoundToOdd(value));
}
inline std::uint16_t doubleToBfloat(double value) {
  return floatToBfloat(doubleToFloatRoundToOdd(value));
}

} // namespace pigeon

#endif // PIGEON_SUPPORT_HALFFLOAT_H
