//===- NarrowFloats.h - Values of f16, bf16 and TF32 ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A float of 1 + e + m bits, IEEE style: its value is
//
//   exponent 0            mantissa * 2^(1 - bias - m)            (subnormal)
//   exponent 2^e - 1      infinity, or NaN if mantissa is not 0
//   any other             (1 + mantissa / 2^m) * 2^(exponent - bias)
//
// with bias = 2^(e-1) - 1. Example: f16 (e = 5, m = 10) has bias 15, and 0x3C00
// has exponent 15 and mantissa 0: 1.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_NARROWFLOATS_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_NARROWFLOATS_H

#include <cstdint>
#include <cstring>

namespace pigeon::emulated {

/// The value of a float with `exponentBits` and `mantissaBits`. Every NaN
/// becomes the quiet one of its sign. The bits of the double are put together:
/// nothing is rounded, and it is called for every element of a matrix product.
template <unsigned exponentBits, unsigned mantissaBits>
double decodeFloat(std::uint32_t bits) {
  static_assert(exponentBits < 11 && mantissaBits < 52);
  constexpr std::uint64_t bias = (1u << (exponentBits - 1)) - 1;
  constexpr std::uint64_t allOnes = (1u << exponentBits) - 1;
  constexpr unsigned doubleMantissa = 52;
  std::uint64_t mantissa = bits & ((1u << mantissaBits) - 1);
  std::uint64_t exponent = bits >> mantissaBits & allOnes;
  std::uint64_t sign =
      static_cast<std::uint64_t>(bits >> (exponentBits + mantissaBits) & 1)
      << 63;
  auto fromBits = [](std::uint64_t word) {
    double value;
    std::memcpy(&value, &word, sizeof value);
    return value;
  };
  if (exponent == allOnes) {
    std::uint64_t quiet = mantissa ? 1ull << (doubleMantissa - 1) : 0;
    return fromBits(sign | 0x7FFull << doubleMantissa | quiet);
  }
  if (exponent == 0) {
    double smallest = fromBits((1024 - bias - mantissaBits) << doubleMantissa);
    double magnitude = static_cast<double>(mantissa) * smallest;
    return sign ? -magnitude : magnitude;
  }
  return fromBits(sign | (exponent + 1023 - bias) << doubleMantissa |
                  mantissa << (doubleMantissa - mantissaBits));
}

inline double fromHalf(std::uint16_t bits) { return decodeFloat<5, 10>(bits); }
inline double fromBFloat(std::uint16_t bits) { return decodeFloat<8, 7>(bits); }

/// Back, with one rounding to nearest even.
std::uint16_t toHalf(double value);
std::uint16_t toBFloat(double value);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_NARROWFLOATS_H
