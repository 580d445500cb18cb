//===- Products.cpp - mma.sync --------------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Products.h"
#include "NarrowFloats.h"

#include <algorithm>
#include <limits>
#include <memory>

namespace pigeon::emulated {

static constexpr unsigned bitsOf(MatrixType type) {
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
// Elements and where they are
//===----------------------------------------------------------------------===//

namespace {

constexpr unsigned rows = 16, columns = 8;

/// Element `index` of a 32-bit word.
template <MatrixType type> double element(std::uint32_t word, unsigned index) {
  switch (type) {
  case MatrixType::F16:
    return fromHalf(static_cast<std::uint16_t>(word >> 16 * index));
  case MatrixType::BF16:
    return fromBFloat(static_cast<std::uint16_t>(word >> 16 * index));
  case MatrixType::TF32: // the low 13 bits are not looked at
    return decodeFloat<8, 23>(word & ~0x1FFFu);
  case MatrixType::F32:
    return decodeFloat<8, 23>(word);
  case MatrixType::S8:
    return static_cast<std::int8_t>(word >> 8 * index);
  case MatrixType::U8:
    return static_cast<std::uint8_t>(word >> 8 * index);
  case MatrixType::S32:
    return static_cast<std::int32_t>(word);
  }
  return 0;
}

/// Calls function(word, e, row, column) for the elements of a lane's fragment
/// of A (m x k), B (k x n), and C or D (m x n).
template <typename Function>
void forEachOfA(unsigned lane, unsigned words, unsigned perWord,
                Function function) {
  unsigned g = lane / 4, t = lane % 4;
  for (unsigned w = 0; w < words; ++w)
    for (unsigned e = 0; e < perWord; ++e)
      function(w, e, g + 8 * (w % 2), perWord * t + e + 4 * perWord * (w / 2));
}
template <typename Function>
void forEachOfB(unsigned lane, unsigned words, unsigned perWord,
                Function function) {
  unsigned g = lane / 4, t = lane % 4;
  for (unsigned w = 0; w < words; ++w)
    for (unsigned e = 0; e < perWord; ++e)
      function(w, e, perWord * t + e + 4 * perWord * w, g);
}
template <typename Function>
void forEachOfSum(unsigned lane, unsigned words, unsigned perWord,
                  Function function) {
  unsigned g = lane / 4, t = lane % 4;
  for (unsigned w = 0; w < words; ++w)
    for (unsigned e = 0; e < perWord; ++e)
      if (perWord == 2)
        function(w, e, g + 8 * w, 2 * t + e);
      else
        function(w, e, g + 8 * (w / 2), 2 * t + w % 2);
}

/// Calls function with the type as a constant.
template <typename Function> void withType(MatrixType type, Function function) {
  switch (type) {
#define PIGEON_TYPE(name)                                                      \
  case MatrixType::name:                                                       \
    return function(std::integral_constant<MatrixType, MatrixType::name>());
    PIGEON_TYPE(F16)
    PIGEON_TYPE(BF16)
    PIGEON_TYPE(TF32)
    PIGEON_TYPE(F32)
    PIGEON_TYPE(S8)
    PIGEON_TYPE(U8)
    PIGEON_TYPE(S32)
#undef PIGEON_TYPE
  }
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// The matrices of a run, row after row.
class Run {
public:
  Run(const WarpOp &op, const WarpOperands &operands)
      : op(op), operands(operands), words(wordsOf(op)), sizeA(rows * op.k),
        sizeB(op.k * columns),
        storage(
            new double[sizeA * op.run.fragmentsA + sizeB * op.run.fragmentsB +
                       sizeC * (op.run.fragmentsC + op.run.products.size())]) {
    fragmentsB = storage.get() + sizeA * op.run.fragmentsA;
    fragmentsC = fragmentsB + sizeB * op.run.fragmentsB;
    results = fragmentsC + sizeC * op.run.fragmentsC;
  }

  void read();
  void multiply();
  void write() const;

private:
  template <unsigned k>
  void multiply(const double *a, const double *b, const double *c, double *d);
  double rounded(double sum) const;
  std::uint32_t encode(double value) const;

  const WarpOp &op;
  const WarpOperands &operands;
  MmaWords words;
  std::size_t sizeA, sizeB;
  static constexpr std::size_t sizeC = rows * columns;
  std::unique_ptr<double[]> storage; // begins with the fragments of A
  double *fragmentsB, *fragmentsC, *results;
};

void Run::read() {
  unsigned k = op.k;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    const std::uint32_t *in = operands.in[lane];
    double *to = storage.get();
    withType(op.a, [&](auto type) {
      for (unsigned i = 0; i < op.run.fragmentsA;
           ++i, to += sizeA, in += words.a)
        forEachOfA(lane, words.a, 32 / bitsOf(type),
                   [&](unsigned w, unsigned e, unsigned row, unsigned column) {
                     to[row * k + column] = element<type>(in[w], e);
                   });
    });
    withType(op.b, [&](auto type) {
      for (unsigned i = 0; i < op.run.fragmentsB;
           ++i, to += sizeB, in += words.b)
        forEachOfB(lane, words.b, 32 / bitsOf(type),
                   [&](unsigned w, unsigned e, unsigned row, unsigned column) {
                     to[row * columns + column] = element<type>(in[w], e);
                   });
    });
    withType(op.accumulator, [&](auto type) {
      for (unsigned i = 0; i < op.run.fragmentsC;
           ++i, to += sizeC, in += words.c)
        forEachOfSum(
            lane, words.c, 32 / bitsOf(type),
            [&](unsigned w, unsigned e, unsigned row, unsigned column) {
              to[row * columns + column] = element<type>(in[w], e);
            });
    });
  }
}

/// The value that a sum has as an element of D.
double Run::rounded(double sum) const {
  if (op.result == MatrixType::F16)
    return fromHalf(toHalf(sum));
  if (op.result == MatrixType::F32)
    return static_cast<float>(sum);
  // At most 32 products of 16 bits and a 32-bit addend: exact in double.
  auto whole = static_cast<std::int64_t>(sum);
  if (op.saturate)
    whole = std::clamp<std::int64_t>(whole,
                                     std::numeric_limits<std::int32_t>::min(),
                                     std::numeric_limits<std::int32_t>::max());
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(whole));
}

std::uint32_t Run::encode(double value) const {
  if (op.result == MatrixType::F16)
    return toHalf(value);
  if (op.result == MatrixType::F32) {
    auto narrow = static_cast<float>(value);
    std::uint32_t bits;
    std::memcpy(&bits, &narrow, sizeof bits);
    return bits;
  }
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(value));
}

/// D = A B + C, each sum in the order of k. The loops have constant bounds and
/// a row of D is in registers.
template <unsigned k>
void Run::multiply(const double *a, const double *b, const double *c,
                   double *d) {
  for (unsigned row = 0; row < rows;
       ++row, a += k, c += columns, d += columns) {
    double sums[columns];
    for (unsigned column = 0; column < columns; ++column)
      sums[column] = c[column];
    for (unsigned i = 0; i < k; ++i)
      for (unsigned column = 0; column < columns; ++column)
        sums[column] += a[i] * b[i * columns + column];
    if (op.result == MatrixType::F32)
      for (unsigned column = 0; column < columns; ++column)
        d[column] = static_cast<float>(sums[column]);
    else
      for (unsigned column = 0; column < columns; ++column)
        d[column] = rounded(sums[column]);
  }
}

void Run::multiply() {
  double *d = results;
  for (const Product &product : op.run.products) {
    const double *a = storage.get() + sizeA * product.a;
    const double *b = fragmentsB + sizeB * product.b;
    const double *c =
        (product.addsToResult ? results : fragmentsC) + sizeC * product.c;
    switch (op.k) {
    case 4:
      multiply<4>(a, b, c, d);
      break;
    case 8:
      multiply<8>(a, b, c, d);
      break;
    case 16:
      multiply<16>(a, b, c, d);
      break;
    default:
      multiply<32>(a, b, c, d);
    }
    d += sizeC;
  }
}

void Run::write() const {
  unsigned perWord = 32 / bitsOf(op.result);
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    std::uint32_t *out = operands.out[lane];
    const double *d = results;
    for (const Product &product : op.run.products) {
      if (product.isKept) {
        std::fill_n(out, words.d, 0);
        forEachOfSum(
            lane, words.d, perWord,
            [&](unsigned w, unsigned e, unsigned row, unsigned column) {
              out[w] |= encode(d[row * columns + column]) << 16 * e;
            });
        out += words.d;
      }
      d += sizeC;
    }
  }
}

} // namespace

void multiplyMatrices(const WarpOp &op, const WarpOperands &operands) {
  Run run(op, operands);
  run.read();
  run.multiply();
  run.write();
}

} // namespace pigeon::emulated
