//===- LayoutBuilders.cpp - Layouts from shapes ---------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayoutDetail.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace pigeon::layout;
using llvm::ArrayRef;
using llvm::SmallVector;

/// One digit per dimension, all of one owner; `order` is slowest first.
static Layout ordered(Digit::Owner owner, ArrayRef<int64_t> shape,
                      ArrayRef<int64_t> order) {
  detail::require(order.size() == shape.size(),
                  "layout: the order must name every dimension once");
  SmallVector<PlacedDigit> digits;
  int64_t stride = 1;
  for (int64_t dim : llvm::reverse(order)) {
    detail::require(dim >= 0 && dim < int64_t(shape.size()) && shape[dim] > 0,
                    "layout: the order must name dimensions, and extents must "
                    "be positive");
    digits.push_back({dim, {owner, shape[dim], 1, stride}});
    detail::require(!llvm::MulOverflow(stride, shape[dim], stride),
                    "layout: too many elements");
  }
  return detail::getOrDie(shape, digits);
}

static SmallVector<int64_t> rowMajor(size_t rank) {
  SmallVector<int64_t> order(rank);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Layout Layout::local(ArrayRef<int64_t> shape) {
  return ordered(Digit::Local, shape, rowMajor(shape.size()));
}

Layout Layout::spatial(ArrayRef<int64_t> shape) {
  return ordered(Digit::Thread, shape, rowMajor(shape.size()));
}

Layout Layout::localOrder(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
  return ordered(Digit::Local, shape, order);
}

Layout Layout::spatialOrder(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
  return ordered(Digit::Thread, shape, order);
}

Layout Layout::replicated(int64_t threads, int64_t rank) {
  detail::require(threads > 0 && rank >= 0,
                  "layout: expected a positive number of threads");
  PlacedDigit digit{PlacedDigit::kNoDim, {Digit::Thread, threads, 0, 1}};
  return detail::getOrDie(SmallVector<int64_t>(rank, 1), digit);
}

Layout Layout::blocked(ArrayRef<int64_t> shape, int64_t threads, int64_t vecDim,
                       int64_t vec) {
  int64_t rank = shape.size();
  detail::require(threads > 0 && vec > 0, "layout: expected positive counts");
  detail::require(rank == 0 || (vecDim >= 0 && vecDim < rank),
                  "layout: the vector dimension must exist");
  // Dimensions from the fastest to the slowest.
  SmallVector<int64_t> dims;
  if (rank > 0)
    dims.push_back(vecDim);
  for (int64_t dim = rank - 1; dim >= 0; --dim)
    if (dim != vecDim)
      dims.push_back(dim);

  SmallVector<PlacedDigit> digits;
  SmallVector<int64_t> reach(rank, 1);
  int64_t threadReach = 1, localReach = 1;
  auto add = [&](int64_t dim, Digit::Owner owner, int64_t extent) {
    int64_t &owned = owner == Digit::Thread ? threadReach : localReach;
    digits.push_back({dim, {owner, extent, reach[dim], owned}});
    reach[dim] *= extent;
    owned *= extent;
  };
  for (int64_t dim : dims)
    detail::require(shape[dim] > 0, "layout: extents must be positive");
  if (rank > 0)
    add(vecDim, Digit::Local, std::gcd(vec, shape[vecDim]));
  for (int64_t dim : dims)
    add(dim, Digit::Thread,
        std::gcd(threads / threadReach, shape[dim] / reach[dim]));
  for (int64_t dim : dims)
    add(dim, Digit::Local, shape[dim] / reach[dim]);
  digits.push_back({PlacedDigit::kNoDim,
                    {Digit::Thread, threads / threadReach, 0, threadReach}});
  return detail::getOrDie(shape, digits);
}
