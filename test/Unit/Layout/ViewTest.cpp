//===- ViewTest.cpp - Views against walks over all elements ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A view is right if each thread finds in field f of its word l the element
// that the result's layout gives it as local l * F + f. That is checked for
// every thread, word and field, from the packing's map alone.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/View.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "gtest/gtest.h"

using namespace pigeon::layout;

namespace {

using Coords = llvm::SmallVector<int64_t>;

Coords coordsOf(const Layout &layout, int64_t thread, int64_t local) {
  Coords coords;
  for (int64_t dim = 0; dim < layout.rank(); ++dim)
    coords.push_back(layout.threadOffset(thread, dim) +
                     layout.localOffset(local, dim));
  return coords;
}

int64_t flatten(const Layout &layout, const Coords &coords) {
  int64_t flat = 0;
  for (int64_t dim = 0; dim < layout.rank(); ++dim)
    flat = flat * layout.shape()[dim] + coords[dim];
  return flat;
}

/// Walks over everything: true if the source's registers are the result's.
bool isFree(const View &view, const Layout &source, const Layout &result) {
  if (source.numThreads() != result.numThreads() ||
      source.numLocals() * view.fields != result.numLocals())
    return false;
  int64_t words = view.packing.numLocals() / view.fields;
  for (int64_t thread = 0; thread < source.numThreads(); ++thread)
    for (int64_t local = 0; local < source.numLocals(); ++local)
      for (int64_t field = 0; field < view.fields; ++field) {
        int64_t word = flatten(source, coordsOf(source, thread, local));
        Coords packed = coordsOf(view.packing, word / words,
                                 word % words * view.fields + field);
        if (packed != coordsOf(result, thread, local * view.fields + field))
          return false;
      }
  return true;
}

void expectRoundTrip(const View &view, const Layout &result) {
  auto source = view.sourceOf(result);
  ASSERT_TRUE(source) << result.str();
  EXPECT_TRUE(isFree(view, *source, result)) << source->str();
  auto back = view.resultOf(*source);
  ASSERT_TRUE(back) << source->str();
  EXPECT_EQ(*back, result);
}

Layout weights(int64_t warps) {
  return Layout::spatial({warps, 1}) * Layout::local({1, 4}) * mma::m16n8k16A();
}

TEST(View, TheExampleOfTheHeader) {
  View view{mma::m16n8k16A(), 2, {32, 4}};
  EXPECT_EQ(view.sourceOf(mma::m16n8k16A()),
            Layout::spatial({32, 1}) * Layout::local({1, 4}));
  expectRoundTrip(view, mma::m16n8k16A());
}

TEST(View, PackedWeightsOverWarps) {
  for (int64_t fields : {1, 2, 4, 8, 16, 32})
    for (int64_t warps : {1, 2, 4}) {
      View view{weights(warps), fields, {warps, 32 * 32 / fields}};
      expectRoundTrip(view, weights(warps));
      // Warps that multiply the same rows hold copies.
      expectRoundTrip(view, Layout::replicated(2, 2) * weights(warps));
      if (warps == 4) {
        // Fewer warps than the packing has runs of words.
        expectRoundTrip(view, Layout::spatial({2, 1}) * Layout::local({2, 4}) *
                                  mma::m16n8k16A());
        expectRoundTrip(view, Layout::spatial({2, 1}) *
                                  Layout::replicated(2, 2) *
                                  Layout::local({2, 4}) * mma::m16n8k16A());
      }
    }
}

TEST(View, ThreeDimensionsOfWords) {
  View view{weights(4), 2, {4, 128, 4}};
  expectRoundTrip(view, weights(4));
}

TEST(View, Transposes) {
  View view{Layout::localOrder({8, 64}, {1, 0}), 1, {64, 8}};
  for (const Layout &acc :
       {Layout::spatial({4, 1}) * mma::m16n8k16C(),
        Layout::spatial({2, 1}) * Layout::local({2, 1}) * mma::m16n8k16C()}) {
    auto result = view.resultOf(acc);
    ASSERT_TRUE(result);
    EXPECT_TRUE(isFree(view, acc, *result));
    EXPECT_EQ(*result, acc.permute({1, 0}));
    EXPECT_EQ(view.sourceOf(*result), acc);
  }
}

TEST(View, Reshapes) {
  View view{Layout::local({2, 6}), 1, {3, 4}};
  expectRoundTrip(view, Layout::local({2, 6}));
  expectRoundTrip(view, Layout::spatial({2, 3}) * Layout::local({1, 2}));
}

/// What would multiply the wrong weights: as many bits, but other elements.
TEST(View, WhatIsNotFreeIsRefused) {
  View view{weights(2), 2, {2, 512}};
  // The halves of a word in two threads.
  EXPECT_FALSE(
      view.sourceOf(Layout::local({32, 1}) * Layout::spatial({1, 64})));
  // A tile of another shape.
  EXPECT_FALSE(view.sourceOf(Layout::spatial({4, 1}) * mma::m16n8k16A()));
  // Pairs along the other dimension: each has all the bits that it needs.
  EXPECT_FALSE(view.sourceOf(Layout::spatial({2, 1}) * Layout::local({1, 4}) *
                             mma::m16n8k16A().permute({1, 0})));
  // A warp that holds other operands than those that were packed for it needs
  // other words.
  Layout swapped =
      Layout::local({2, 2}) * Layout::spatial({1, 2}) * mma::m16n8k16A();
  auto source = view.sourceOf(swapped);
  ASSERT_TRUE(source);
  EXPECT_NE(*source, *view.sourceOf(weights(2)));
  EXPECT_TRUE(isFree(view, *source, swapped));
  EXPECT_FALSE(isFree(view, *view.sourceOf(weights(2)), swapped));
}

} // namespace
