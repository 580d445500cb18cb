//===- LayoutChoice.cpp - Layouts that anchors choose --------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"

#include <numeric>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

static constexpr int64_t kVectorBytes = 16;

Layout tile::accumulatorLayout(ArrayRef<int64_t> shape, int64_t threads) {
  int64_t m = shape[0], n = shape[1];
  int64_t bestRows = 1, bestColumns = 1;
  double bestCost = 0;
  for (int64_t columns = 1; columns <= threads; columns *= 2) {
    for (int64_t rows = 1; rows * columns <= threads; rows *= 2) {
      if (m % rows != 0 || n % columns != 0 || threads % (rows * columns) != 0)
        continue;
      int64_t tm = m / rows, tn = n / columns;
      // Products of one k, and the loads they wait for: a row of A comes four k
      // at a time, columns of B come in vectors of four where they can.
      double loads = 0.25 * tm + double(tn) / std::gcd(tn, int64_t(4));
      double cost = double(tm * tn) + loads;
      // Wide grids store whole rows: they win ties.
      if (bestCost == 0 || cost <= bestCost) {
        bestCost = cost;
        bestRows = rows;
        bestColumns = columns;
      }
    }
  }
  int64_t tm = m / bestRows, tn = n / bestColumns;
  int64_t vec = std::gcd(tn, int64_t(4));
  return Layout::replicated(threads / (bestRows * bestColumns), 2) *
         Layout::local({tm, tn / vec}) *
         Layout::spatial({bestRows, bestColumns}) * Layout::local({1, vec});
}

std::optional<Layout>
tile::matrixAccumulatorLayout(const MatrixInstruction &instruction,
                              ArrayRef<int64_t> shape, int64_t threads) {
  if (shape[0] % instruction.m != 0 || shape[1] % instruction.n != 0)
    return std::nullopt;
  Layout fragment = instruction.c();
  int64_t warps = threads / fragment.numThreads();
  int64_t m = shape[0] / instruction.m, n = shape[1] / instruction.n;
  int64_t bestRows = 1, bestColumns = 1;
  // Products first, then what is loaded for them.
  auto best = std::pair(m * n, shape[0] + shape[1]);
  for (int64_t rows = 1; rows <= warps; ++rows)
    for (int64_t columns = 1; rows * columns <= warps; ++columns) {
      if (m % rows != 0 || n % columns != 0 || warps % (rows * columns) != 0)
        continue;
      auto cost = std::pair(m * n / (rows * columns),
                            shape[0] / rows + shape[1] / columns);
      if (cost > best)
        continue;
      best = cost;
      bestRows = rows;
      bestColumns = columns;
    }
  int64_t tm = m / bestRows, tn = n / bestColumns;
  // A lane has two neighbouring columns of each product.
  int64_t bytes = instruction.element == MatrixElement::TF32 ? 4 : 2;
  int64_t neighbours = std::gcd(tn, kVectorBytes / (2 * bytes));
  return Layout::replicated(warps / (bestRows * bestColumns), 2) *
         Layout::spatial({bestRows, bestColumns}) *
         Layout::local({tm, tn / neighbours}) * fragment *
         Layout::local({1, neighbours});
}

Layout tile::dotAccumulatorLayout(DotOp dot, int64_t threads) {
  ArrayRef<int64_t> shape = dot.getType().getShape();
  RankedTensorType a = dot.getA().getType();
  const MatrixInstruction *instruction =
      findMatrixInstruction(a.getElementType(), dot.getPrecision());
  if (instruction && a.getDimSize(1) % instruction->k == 0)
    if (auto layout = matrixAccumulatorLayout(*instruction, shape, threads))
      return *layout;
  return accumulatorLayout(shape, threads);
}

Layout tile::memoryLayout(RefType ref, ArrayRef<int64_t> shape,
                          int64_t threads) {
  int64_t bytes = ref.getElementBytes();
  int64_t vec = kVectorBytes / bytes;
  if (ref.getRank() > 1)
    vec = std::gcd(vec, ref.getStride(ref.getRank() - 2));
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  while (vec > 1 && elements < threads * vec)
    vec /= 2;
  return Layout::blocked(shape, threads, shape.size() - 1, vec);
}

Layout tile::copyLayout(CopyAsyncOp copy, int64_t threads) {
  if (std::optional<layout::LayoutAttr> given = copy.getLayout())
    return given->getLayout();
  return memoryLayout(copy.getSource().getType(),
                      copy.getTarget().getType().getShape(), threads);
}

Layout tile::prefetchLayout(PrefetchOp prefetch, int64_t threads) {
  return Layout::blocked(prefetch.getRows().getType().getShape(), threads,
                         /*dim=*/0, /*vec=*/1);
}

Layout tile::defaultLayout(RankedTensorType type, int64_t threads) {
  return Layout::blocked(type.getShape(), threads, type.getRank() - 1,
                         type.getRank() > 1 ? 4 : 1);
}

Layout tile::along(const Layout &layout, int64_t dim) {
  Layout result = layout;
  for (int64_t other = layout.rank() - 1; other >= 0; --other)
    if (other != dim)
      result = result.reduce(other, /*keepDim=*/false);
  return result;
}
