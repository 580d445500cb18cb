//===- InstructionLayouts.cpp - Operands of matrix instructions -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read a product from the inside: what a lane holds side by side, then the
// lanes, then the further registers, then the warps.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "LayoutDetail.h"

using namespace pigeon::layout;

Layout mma::m16n8k16A() {
  return Layout::localOrder({2, 2}, {1, 0}) * Layout::spatial({8, 4}) *
         Layout::local({1, 2});
}

Layout mma::m16n8k16B() {
  return Layout::local({2, 1}) * Layout::spatialOrder({4, 8}, {1, 0}) *
         Layout::local({2, 1});
}

Layout mma::m16n8k16C() {
  return Layout::local({2, 1}) * Layout::spatial({8, 4}) *
         Layout::local({1, 2});
}

Layout mma::m16n8k8A() {
  return Layout::localOrder({2, 2}, {1, 0}) * Layout::spatial({8, 4});
}

Layout mma::m16n8k8B() {
  return Layout::local({2, 1}) * Layout::spatialOrder({4, 8}, {1, 0});
}

Layout mma::m16n8k8C() { return m16n8k16C(); }

static void requireMatrixCount(int64_t count) {
  detail::require(count == 1 || count == 2 || count == 4,
                  "layout: ldmatrix loads 1, 2 or 4 matrices");
}

Layout mma::ldmatrixData(int64_t count) {
  requireMatrixCount(count);
  return Layout::local({count, 1, 1}) * Layout::spatial({1, 8, 4}) *
         Layout::local({1, 1, 2});
}

Layout mma::ldmatrixTransposedData(int64_t count) {
  requireMatrixCount(count);
  return Layout::local({count, 1, 1}) *
         Layout::spatialOrder({1, 4, 8}, {0, 2, 1}) * Layout::local({1, 2, 1});
}

Layout mma::ldmatrixAddresses(int64_t count) {
  requireMatrixCount(count);
  return Layout::replicated(4 / count, 2) * Layout::spatial({count, 8});
}

/// The bytes of a row of a matrix, and the rows.
static constexpr int64_t kRowBytes = 16, kMatrixRows = 8;

/// One matrix in the registers of a warp.
static Layout matrixRegisters(int64_t elementBytes, bool transposed) {
  if (transposed)
    return Layout::spatialOrder({4, 8}, {1, 0}) * Layout::local({2, 1});
  return Layout::spatial({8, 4}) * Layout::local({1, 4 / elementBytes});
}

/// The largest count that divides both the matrices of a thread and the digits
/// by which they are numbered, which are cut there.
static int64_t cutMatrices(detail::Digits &digits, int64_t matrices) {
  auto isLocal = [](const PlacedDigit &placed) {
    return placed.digit.owner == Digit::Local;
  };
  for (int64_t count : {4, 2}) {
    detail::Digits cut = digits;
    if (matrices % count != 0 ||
        !detail::cutAt(cut, &Digit::ownerStride, count, isLocal))
      continue;
    digits = std::move(cut);
    return count;
  }
  return 1;
}

std::optional<mma::MatrixMoves>
mma::matrixMoves(const Layout &tile, int64_t elementBytes, bool transposed) {
  if (tile.rank() != 2 || (elementBytes != 2 && elementBytes != 4) ||
      (transposed && elementBytes != 2))
    return std::nullopt;
  Layout matrix = matrixRegisters(elementBytes, transposed);
  std::optional<Layout> grid = tile.divideRight(matrix);
  if (!grid)
    return std::nullopt;
  detail::Digits digits = grid->placedDigits();
  int64_t row = kRowBytes / elementBytes;
  int64_t count = cutMatrices(digits, grid->numLocals());
  // The matrices of one instruction go to lanes, 8 each.
  for (PlacedDigit &placed : digits) {
    Digit &digit = placed.digit;
    if (placed.dim != PlacedDigit::kNoDim)
      digit.dimStride *= matrix.shape()[placed.dim];
    if (digit.owner == Digit::Thread) {
      digit.ownerStride *= matrix.numThreads();
    } else if (digit.ownerStride < count) {
      digit.owner = Digit::Thread;
      digit.ownerStride *= kMatrixRows;
    } else {
      digit.ownerStride = digit.ownerStride / count * row;
    }
  }
  digits.push_back({0, {Digit::Thread, kMatrixRows, 1, 1}});
  digits.push_back({1, {Digit::Local, row, 1, 1}});
  digits.push_back({PlacedDigit::kNoDim,
                    {Digit::Thread, 4 / count, 0, kMatrixRows * count}});
  return MatrixMoves{count, row, matrix.numLocals(),
                     detail::getOrDie(tile.shape(), digits)};
}

Layout mma::wgmmaA() { return Layout::spatial({4, 1}) * m16n8k16A(); }

Layout mma::wgmmaAccumulator(int64_t n) {
  detail::require(n > 0 && n % 8 == 0,
                  "layout: the N of wgmma is a multiple of 8");
  return Layout::spatial({4, 1}) * Layout::local({1, n / 8}) * m16n8k16C();
}
