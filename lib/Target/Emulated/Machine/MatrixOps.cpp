//===- MatrixOps.cpp - ldmatrix, stmatrix ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixOps.h"

#include <algorithm>

namespace pigeon::emulated {

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

} // namespace pigeon::emulated
