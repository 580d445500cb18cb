//===- MatrixOps.cpp - ldmatrix, stmatrix, mma.sync -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixOps.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace pigeon::emulated {

unsigned bitsOf(MatrixType type) {
  switch (type) {
  case MatrixType::S8:
  case MatrixType::U8:
    return 8;
  case MatrixType::F16:
  case MatrixType::BF16:
    return 16;
  case MatrixType::TF32:
  case MatrixType::F32:
  case MatrixType::S32:
    return 32;
  }
  return 32;
}

static bool isInteger(MatrixType type) {
  return type == MatrixType::S8 || type == MatrixType::U8 ||
         type == MatrixType::S32;
}

bool isEmulatedMma(const WarpOp &op) {
  if (op.m != 16 || op.n != 8)
    return false;
  if (isInteger(op.a))
    return isInteger(op.b) && (op.k == 16 || op.k == 32) &&
           op.accumulator == MatrixType::S32 && op.result == MatrixType::S32;
  if (op.a != op.b || op.saturate)
    return false;
  auto isSum = [](MatrixType type, bool half) {
    return type == MatrixType::F32 || (half && type == MatrixType::F16);
  };
  bool half = op.a == MatrixType::F16;
  if (!isSum(op.accumulator, half) || !isSum(op.result, half))
    return false;
  if (half || op.a == MatrixType::BF16)
    return op.k == 8 || op.k == 16;
  return op.a == MatrixType::TF32 && (op.k == 4 || op.k == 8);
}

MmaWords wordsOf(const WarpOp &op) {
  auto words = [](unsigned elements, MatrixType type) {
    return elements * bitsOf(type) / 32 / warpSize;
  };
  return {words(unsigned(op.m) * op.k, op.a),
          words(unsigned(op.k) * op.n, op.b),
          words(unsigned(op.m) * op.n, op.accumulator),
          words(unsigned(op.m) * op.n, op.result)};
}

//===----------------------------------------------------------------------===//
// Narrow floats
//===----------------------------------------------------------------------===//

/// The value of a float with `exponentBits` and `mantissaBits`, IEEE style.
static double decode(std::uint32_t bits, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  auto mantissa = static_cast<double>(bits & ((1u << mantissaBits) - 1));
  int exponent =
      static_cast<int>(bits >> mantissaBits) & ((1 << exponentBits) - 1);
  bool negative = bits >> (exponentBits + mantissaBits) & 1;
  double magnitude;
  if (exponent == (1 << exponentBits) - 1)
    magnitude = mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                              : std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(mantissa, 1 - bias - mantissaBits);
  else
    magnitude = std::ldexp(mantissa + std::ldexp(1.0, mantissaBits),
                           exponent - bias - mantissaBits);
  return negative ? -magnitude : magnitude;
}

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

double fromHalf(std::uint16_t bits) { return decode(bits, 5, 10); }
double fromBFloat(std::uint16_t bits) { return decode(bits, 8, 7); }
std::uint16_t toHalf(double value) {
  return static_cast<std::uint16_t>(encode(value, 5, 10));
}
std::uint16_t toBFloat(double value) {
  return static_cast<std::uint16_t>(encode(value, 8, 7));
}

/// Element `index` of a 32-bit word.
static double element(std::uint32_t word, unsigned index, MatrixType type) {
  switch (type) {
  case MatrixType::F16:
    return fromHalf(static_cast<std::uint16_t>(word >> 16 * index));
  case MatrixType::BF16:
    return fromBFloat(static_cast<std::uint16_t>(word >> 16 * index));
  case MatrixType::TF32: // the low 13 bits are not looked at
    return decode(word & ~0x1FFFu, 8, 23);
  case MatrixType::F32:
    return decode(word, 8, 23);
  case MatrixType::S8:
    return static_cast<std::int8_t>(word >> 8 * index);
  case MatrixType::U8:
    return static_cast<std::uint8_t>(word >> 8 * index);
  case MatrixType::S32:
    return static_cast<std::int32_t>(word);
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// ldmatrix, stmatrix
//===----------------------------------------------------------------------===//

static std::uint16_t *rowAddress(const std::uint32_t *words) {
  std::uint64_t address = words[0] | static_cast<std::uint64_t>(words[1]) << 32;
  return reinterpret_cast<std::uint16_t *>(address);
}

/// Calls function(lane, matrix, half of the word, element) for every element of
/// 8x8 matrices of 16 bits: row r of matrix i begins at the address that lane
/// 8 i + r gives; lane l holds of it (l / 4, 2 (l % 4)) and the one beside, or
/// with `transposed` (2 (l % 4), l / 4) and the one below.
template <typename Function>
static void forEachElement(const WarpOp &op, const WarpOperands &operands,
                           Function function) {
  for (unsigned matrix = 0; matrix < op.count; ++matrix)
    for (unsigned lane = 0; lane < warpSize; ++lane)
      for (unsigned half = 0; half < 2; ++half) {
        unsigned row = lane / 4, column = 2 * (lane % 4) + half;
        if (op.transposed)
          std::swap(row, column);
        std::uint16_t *base = rowAddress(operands.in[8 * matrix + row]);
        function(lane, matrix, half, base + column);
      }
}

void loadMatrix(const WarpOp &op, const WarpOperands &operands) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    std::fill_n(operands.out[lane], op.count, 0);
  forEachElement(op, operands,
                 [&](unsigned lane, unsigned matrix, unsigned half,
                     const std::uint16_t *from) {
                   operands.out[lane][matrix] |=
                       static_cast<std::uint32_t>(*from) << 16 * half;
                 });
}

void storeMatrix(const WarpOp &op, const WarpOperands &operands) {
  forEachElement(
      op, operands,
      [&](unsigned lane, unsigned matrix, unsigned half, std::uint16_t *to) {
        *to = static_cast<std::uint16_t>(operands.in[lane][2 + matrix] >>
                                         16 * half);
      });
}

//===----------------------------------------------------------------------===//
// mma.sync
//===----------------------------------------------------------------------===//

namespace {

constexpr unsigned maxK = 32;

struct Matrices {
  double a[16][maxK];
  double b[maxK][8];
  double c[16][8];
};

/// Row and column of word w, element e, of C or D.
struct Position {
  unsigned row, column;
};
Position sumPosition(unsigned lane, unsigned word, unsigned e,
                     MatrixType type) {
  unsigned g = lane / 4, t = lane % 4;
  if (bitsOf(type) == 16)
    return {g + 8 * word, 2 * t + e};
  return {g + 8 * (word / 2), 2 * t + word % 2};
}

void gather(const WarpOp &op, const WarpOperands &operands, Matrices &m) {
  MmaWords words = wordsOf(op);
  unsigned perWord = 32 / bitsOf(op.a);
  unsigned perSum = 32 / bitsOf(op.accumulator);
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    unsigned g = lane / 4, t = lane % 4;
    const std::uint32_t *a = operands.in[lane];
    const std::uint32_t *b = a + words.a, *c = b + words.b;
    for (unsigned w = 0; w < words.a; ++w)
      for (unsigned e = 0; e < perWord; ++e)
        m.a[g + 8 * (w % 2)][perWord * t + e + 4 * perWord * (w / 2)] =
            element(a[w], e, op.a);
    for (unsigned w = 0; w < words.b; ++w)
      for (unsigned e = 0; e < perWord; ++e)
        m.b[perWord * t + e + 4 * perWord * w][g] = element(b[w], e, op.b);
    for (unsigned w = 0; w < words.c; ++w)
      for (unsigned e = 0; e < perSum; ++e) {
        Position p = sumPosition(lane, w, e, op.accumulator);
        m.c[p.row][p.column] = element(c[w], e, op.accumulator);
      }
  }
}

std::uint32_t encodeSum(const WarpOp &op, double sum) {
  if (op.result == MatrixType::F16)
    return toHalf(sum);
  if (op.result == MatrixType::F32) {
    auto value = static_cast<float>(sum);
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  // At most 32 products of 16 bits and a 32-bit addend: exact in double.
  auto whole = static_cast<std::int64_t>(sum);
  if (op.saturate)
    whole = std::clamp<std::int64_t>(whole,
                                     std::numeric_limits<std::int32_t>::min(),
                                     std::numeric_limits<std::int32_t>::max());
  return static_cast<std::uint32_t>(whole);
}

} // namespace

void multiplyMatrices(const WarpOp &op, const WarpOperands &operands) {
  Matrices m;
  gather(op, operands, m);
  double d[16][8];
  for (unsigned row = 0; row < 16; ++row)
    for (unsigned column = 0; column < 8; ++column) {
      double sum = m.c[row][column];
      for (unsigned k = 0; k < op.k; ++k)
        sum += m.a[row][k] * m.b[k][column];
      d[row][column] = sum;
    }
  MmaWords words = wordsOf(op);
  unsigned perSum = 32 / bitsOf(op.result);
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned w = 0; w < words.d; ++w) {
      std::uint32_t word = 0;
      for (unsigned e = 0; e < perSum; ++e) {
        Position p = sumPosition(lane, w, e, op.result);
        word |= encodeSum(op, d[p.row][p.column]) << 16 * e;
      }
      operands.out[lane][w] = word;
    }
}

} // namespace pigeon::emulated
