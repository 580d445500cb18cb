//===- NumberFormat.h - Numbers in one to eight bits ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a code of a few bits means as a number, and which code a number becomes.
// This is the one place that says so; the reference interpreter, the packers
// and the proofs of casts read it here.
//
//   int<n>       two's complement: -2^(n-1) .. 2^(n-1) - 1; n = 1 is {-1, 0}
//   uint<n>      0 .. 2^n - 1
//   float<e, m>  sign, e exponent bits, m mantissa bits, 1 + e + m bits in all.
//                With E and M the fields and bias = 2^(e-1) - 1:
//                  E = 0:  (-1)^s * M / 2^m * 2^(1 - bias)       (subnormal)
//                  E > 0:  (-1)^s * (1 + M / 2^m) * 2^(E - bias)
//                Every code is a number, except in the two formats of 8 bits
//                that hardware has: float<4, 3> is f8E4M3FN (0x7F and 0xFF are
//                NaN, there is no infinity), float<5, 2> is f8E5M2 (as IEEE:
//                the largest E holds infinities and NaN).
//   ternary      the codes 0, 1, 2 are -1, 0, 1
//   lut<n>       a code is a place in a code book of 2^n numbers
//   e8m0         2^(code - 127), a scale; 255 is NaN
//
// A worked example, float<3, 2>, bias 3: code 0b1'001'11 has s = 1, E = 1, M =
// 3, so it is -(1 + 3/4) * 2^(1 - 3) = -0.4375. Code 0b0'000'01 is 1/4 *
// 2^-2 = 0.0625, the least positive number.
//
// Encoding rounds to the nearest number, ties to the even code, and saturates:
// what lies beyond the largest finite number becomes that number, with its
// sign, infinities too. A zero keeps its sign where the format has one. A NaN
// becomes the positive NaN of a format that has one, and zero in others.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_NUMBERFORMAT_H
#define PIGEON_SUPPORT_NUMBERFORMAT_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pigeon {

struct NumberFormat {
  enum class Kind { Int, UInt, Float, Ternary, Lut, E8M0 };

  Kind kind = Kind::Int;
  /// Bits of a code, 1 to 8. Ternary codes are written in 2 bits where they
  /// are not packed.
  unsigned bits = 8;
  /// Of floats only.
  unsigned exponent = 0, mantissa = 0;

  static NumberFormat integer(unsigned bits) { return {Kind::Int, bits, 0, 0}; }
  static NumberFormat unsignedInteger(unsigned bits) {
    return {Kind::UInt, bits, 0, 0};
  }
  static NumberFormat floating(unsigned exponent, unsigned mantissa) {
    return {Kind::Float, 1 + exponent + mantissa, exponent, mantissa};
  }
  static NumberFormat ternary() { return {Kind::Ternary, 2, 0, 0}; }
  static NumberFormat codeBook(unsigned bits) {
    return {Kind::Lut, bits, 0, 0};
  }
  static NumberFormat e8m0() { return {Kind::E8M0, 8, 0, 0}; }

  /// Codes are 0 .. numCodes() - 1.
  unsigned numCodes() const { return kind == Kind::Ternary ? 3 : 1u << bits; }
  /// "int<4>", "float<3, 2>", "ternary", ....
  std::string name() const;
  /// The inverse of `name`; nothing for what is no format.
  static std::optional<NumberFormat> parse(const std::string &name);

  /// The number of a code below numCodes(). Not for code books.
  double decode(unsigned code) const;
  /// The code of a number, see above. Not for code books.
  unsigned encode(double value) const;
  /// The largest finite number. Not for code books.
  double largest() const;

  friend bool operator==(const NumberFormat &a, const NumberFormat &b) {
    return a.kind == b.kind && a.bits == b.bits && a.exponent == b.exponent &&
           a.mantissa == b.mantissa;
  }
  friend bool operator!=(const NumberFormat &a, const NumberFormat &b) {
    return !(a == b);
  }
};

/// The code of the entry of `book` that is nearest to `value`; the lowest such
/// code, and code 0 for a NaN. Infinities go to the largest or least entry.
unsigned encodeInBook(const std::vector<double> &book, double value);

} // namespace pigeon

#endif // PIGEON_SUPPORT_NUMBERFORMAT_H
