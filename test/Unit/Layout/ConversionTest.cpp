//===- ConversionTest.cpp - Conversions, run on data ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomLayouts.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "gmock/gmock.h"

using namespace pigeon::layout;
using testing::ElementsAre;

/// Whether reading as the conversion says gives each thread its elements.
static void expectMovesRight(const Layout &from, const Layout &to,
                             int64_t warpSize) {
  Conversion conversion = convert(from, to, warpSize);
  if (conversion.kind == ConvertKind::SharedMemory)
    return;
  for (int64_t thread = 0; thread < to.numThreads(); ++thread)
    for (int64_t local = 0; local < to.numLocals(); ++local) {
      int64_t source = thread;
      if (conversion.kind == ConvertKind::WarpShuffle)
        source = conversion.sourceOf(thread, local);
      ASSERT_EQ(source / warpSize, thread / warpSize);
      ASSERT_EQ(from.indexOf(source, conversion.sourceLocal[local]),
                to.indexOf(thread, local))
          << from.str() << " to " << to.str();
    }
}

TEST(Conversion, WorkedExample) {
  Layout from = Layout::spatial({4});
  Layout to = Layout::replicated(4, 1) * Layout::local({4});
  Conversion conversion = convert(from, to);
  EXPECT_EQ(conversion.kind, ConvertKind::WarpShuffle);
  EXPECT_THAT(conversion.sourceLocal, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(conversion.sourceThread, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(conversion.laneDigits.empty());
  EXPECT_EQ(convertKind(to, from), ConvertKind::SharedMemory);
}

TEST(Conversion, Kinds) {
  Layout c = mma::m16n8k16C();
  EXPECT_EQ(convertKind(c, c), ConvertKind::Identity);
  Layout turned = Layout::local({1, 2});
  Layout a = Layout::local({2, 1}) * turned, b = turned * Layout::local({2, 1});
  EXPECT_EQ(convertKind(a, b), ConvertKind::RegisterPermutation);
  EXPECT_THAT(convert(a, b).sourceLocal, ElementsAre(0, 2, 1, 3));
  EXPECT_EQ(convertKind(Layout::spatial({4, 8}),
                        Layout::spatialOrder({4, 8}, {1, 0})),
            ConvertKind::WarpShuffle);
  // The same over two warps has to cross them.
  EXPECT_EQ(convertKind(Layout::spatial({8, 8}),
                        Layout::spatialOrder({8, 8}, {1, 0})),
            ConvertKind::SharedMemory);
  EXPECT_EQ(convertKind(Layout::spatial({4}), Layout::local({4})),
            ConvertKind::SharedMemory);
}

// The accumulator of one product is the A operand of the next: two of C side by
// side are A up to the order of registers.
TEST(Conversion, AccumulatorToOperand) {
  Layout twoC = Layout::local({1, 2}) * mma::m16n8k16C();
  EXPECT_EQ(convertKind(twoC, mma::m16n8k16A()), ConvertKind::Identity);
}

// With radices 2 and 4 all digits can be cut alike, so the answer is exact.
TEST(Conversion, ExactForPowersOfTwo) {
  RandomLayouts random(21);
  RandomLayouts::Options options;
  options.rank = 1;
  options.maxPlaces = 64;
  options.radices = {2, 2, 4};
  int seen[4] = {0, 0, 0, 0};
  for (int round = 0; round < 20000; ++round) {
    Layout from = random.layout(options), to = random.similar(from);
    int64_t warpSize = random.coin() ? 4 : 8;
    ConvertKind expected = enumerate::convertKind(
        enumerate::tabulate(from), enumerate::tabulate(to), warpSize);
    ASSERT_EQ(convert(from, to, warpSize).kind, expected)
        << from.str() << " to " << to.str() << " in warps of " << warpSize;
    ++seen[static_cast<int>(expected)];
    expectMovesRight(from, to, warpSize);
  }
  for (int count : seen)
    EXPECT_GT(count, 100);
}

// With mixed radices it may miss a shuffle, but never promises too much, and
// what needs no shuffle is still exact.
TEST(Conversion, SafeForMixedRadices) {
  RandomLayouts random(22);
  RandomLayouts::Options options;
  options.rank = 1;
  options.maxPlaces = 48;
  options.maxDigits = 4;
  options.radices = {2, 3, 3, 6};
  int mixed = 0;
  for (int round = 0; round < 20000; ++round) {
    Layout from = random.layout(options), to = random.similar(from);
    int64_t warpSize = 6;
    ConvertKind expected = enumerate::convertKind(
        enumerate::tabulate(from), enumerate::tabulate(to), warpSize);
    ConvertKind found = convert(from, to, warpSize).kind;
    if (expected <= ConvertKind::RegisterPermutation) {
      ASSERT_EQ(found, expected) << from.str() << " to " << to.str();
    }
    ASSERT_GE(found, expected) << from.str() << " to " << to.str();
    mixed += expected == ConvertKind::WarpShuffle;
    expectMovesRight(from, to, warpSize);
  }
  EXPECT_GT(mixed, 50);
}
