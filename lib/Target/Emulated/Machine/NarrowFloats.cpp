//===- NarrowFloats.cpp - Rounding to f16 and bf16 ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowFloats.h"

#include <algorithm>
#include <cmath>

namespace pigeon::emulated {

static std::uint32_t encode(double value, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  std::uint32_t sign =
      std::signbit(value) ? 1u << (exponentBits + mantissaBits) : 0;
  std::uint32_t infinity = ((1u << exponentBits) - 1) << mantissaBits;
  if (std::isnan(value))
    return infinity | (1u << mantissaBits >> 1);
  value = std::fabs(value);
  if (std::isinf(value))
    return sign | infinity;
  int exponent = value == 0 ? 1 - bias : std::ilogb(value);
  exponent = std::max(exponent, 1 - bias);
  // nearbyint rounds to nearest even; a carry into the exponent is right as it
  // is, because the two fields are adjacent.
  double units = std::nearbyint(std::ldexp(value, mantissaBits - exponent));
  auto field =
      static_cast<std::uint64_t>(units) +
      (static_cast<std::uint64_t>(exponent + bias - 1) << mantissaBits);
  return sign |
         static_cast<std::uint32_t>(std::min<std::uint64_t>(field, infinity));
}

std::uint16_t toHalf(double value) {
  return static_cast<std::uint16_t>(encode(value, 5, 10));
}
std::uint16_t toBFloat(double value) {
  return static_cast<std::uint16_t>(encode(value, 8, 7));
}

} // namespace pigeon::emulated
