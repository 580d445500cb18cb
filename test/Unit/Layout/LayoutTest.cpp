//===- LayoutTest.cpp - The map, its builders and its canonical form ------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomLayouts.h"

#include "llvm/Support/MathExtras.h"

#include "gmock/gmock.h"

#include <numeric>

using namespace pigeon::layout;
using llvm::SmallVector;
using testing::ElementsAre;
using testing::Pair;

static constexpr int kRounds = 4000;

// The example of Layout.h, number by number.
TEST(Layout, WorkedExample) {
  Layout c =
      Layout::local({2, 1}) * Layout::spatial({8, 4}) * Layout::local({1, 2});
  EXPECT_EQ(c.str(),
            "<[16, 8], [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>");
  EXPECT_THAT(c.shape(), ElementsAre(16, 8));
  EXPECT_EQ(c.numThreads(), 32);
  EXPECT_EQ(c.numLocals(), 4);
  EXPECT_EQ(c.numReplicas(), 1);
  EXPECT_THAT(c.indexOf(13, 3), ElementsAre(11, 3));
  EXPECT_THAT(c.holdersOf({11, 3}), ElementsAre(Pair(13, 3)));
  EXPECT_THAT(c.threadDigits(0), ElementsAre(ThreadDigit{8, 1, 4}));
  EXPECT_THAT(c.threadDigits(1), ElementsAre(ThreadDigit{4, 2, 1}));
  EXPECT_EQ(c.localOffset(3, 0), 8);
  EXPECT_EQ(c.localOffset(3, 1), 1);
  EXPECT_EQ(c.vectorWidth(0), 1);
  EXPECT_EQ(c.vectorWidth(1), 2);
}

TEST(Layout, DefaultIsTheUnitOfRankZero) {
  EXPECT_EQ(Layout().str(), "<[], []>");
  EXPECT_EQ(Layout().numElements(), 1);
  EXPECT_THAT(Layout().holdersOf({}), ElementsAre(Pair(0, 0)));
}

TEST(Layout, Orders) {
  EXPECT_THAT(Layout::spatial({2, 3}).indexOf(4, 0), ElementsAre(1, 1));
  EXPECT_THAT(Layout::spatialOrder({2, 3}, {1, 0}).indexOf(4, 0),
              ElementsAre(0, 2));
  EXPECT_THAT(Layout::local({2, 3}).indexOf(0, 4), ElementsAre(1, 1));
  EXPECT_THAT(Layout::localOrder({2, 3}, {1, 0}).indexOf(0, 4),
              ElementsAre(0, 2));
}

TEST(Layout, ReplicasAreHeldByAll) {
  Layout a = Layout::replicated(2, 1) * Layout::spatial({3}) *
             Layout::replicated(2, 1);
  EXPECT_EQ(a.str(),
            "<[3], [[thread 3:2]], replicas = [thread 2:6, thread 2:1]>");
  EXPECT_EQ(a.numReplicas(), 4);
  EXPECT_TRUE(a.isReplicated());
  EXPECT_THAT(a.holdersOf({1}),
              ElementsAre(Pair(2, 0), Pair(3, 0), Pair(8, 0), Pair(9, 0)));
}

TEST(Layout, SaysWhyNot) {
  std::string why;
  EXPECT_FALSE(Layout::get({4}, {}, &why));
  EXPECT_EQ(why, "expected the digits of dimension 0 to multiply up to its "
                 "extent 4, but found 1");
  // A stride in the dimension that leaves a gap.
  PlacedDigit gap{0, {Digit::Local, 4, 2, 1}};
  EXPECT_FALSE(Layout::get({4}, gap, &why));
  EXPECT_EQ(why, "expected a digit with stride 1 in dimension 0, but found 2");
  PlacedDigit nowhere{1, {Digit::Local, 4, 1, 1}};
  EXPECT_FALSE(Layout::get({4}, nowhere, &why));
  EXPECT_EQ(why, "expected a dimension below 1, but found 1");
  constexpr int64_t huge = int64_t(1) << 62;
  EXPECT_FALSE(Layout::get({huge, huge}, {}, &why));
}

TEST(Layout, ProductTooLarge) {
  Layout big = Layout::local({int64_t(1) << 20});
  EXPECT_FALSE(Layout::product(big, big));
  EXPECT_TRUE(Layout::product(big, Layout::local({1 << 11})));
}

// Digits in, map out: the map of the constructed layout is the sum over the
// digits that it was made from, though it has joined and sorted them.
TEST(Layout, GetKeepsTheMap) {
  RandomLayouts random(1);
  for (int round = 0; round < kRounds; ++round) {
    SmallVector<int64_t> shape;
    SmallVector<PlacedDigit> digits = random.digits({}, shape);
    std::optional<Layout> layout = Layout::get(shape, digits);
    ASSERT_TRUE(layout);
    for (int64_t thread = 0; thread < layout->numThreads(); ++thread)
      for (int64_t local = 0; local < layout->numLocals(); ++local) {
        SmallVector<int64_t> coords(shape.size(), 0);
        for (const PlacedDigit &placed : digits) {
          const Digit &digit = placed.digit;
          int64_t index = digit.owner == Digit::Thread ? thread : local;
          if (placed.dim != PlacedDigit::kNoDim)
            coords[placed.dim] +=
                index / digit.ownerStride % digit.extent * digit.dimStride;
        }
        ASSERT_EQ(layout->indexOf(thread, local), coords) << layout->str();
      }
  }
}

// Equal maps have equal canonical forms: `recover` builds a layout from the map
// alone, without having seen the digits.
TEST(Layout, EqualMapsAreEqualLayouts) {
  RandomLayouts random(2);
  for (int round = 0; round < kRounds; ++round) {
    Layout layout = random.layout();
    std::optional<Layout> again =
        enumerate::recover(enumerate::tabulate(layout));
    ASSERT_TRUE(again) << layout.str();
    ASSERT_EQ(*again, layout) << layout.str() << again->str();
    ASSERT_EQ(hash_value(*again), hash_value(layout));
    ASSERT_EQ(again->str(), layout.str());
  }
}

// And the other way round: equal layouts have equal maps, different layouts
// different ones. Few small layouts, so that many pairs are equal.
TEST(Layout, EqualityIsEqualityOfMaps) {
  RandomLayouts random(3);
  RandomLayouts::Options options;
  options.rank = 1;
  options.maxPlaces = 12;
  options.maxDigits = 3;
  options.radices = {2, 3, 4};
  int equal = 0, different = 0;
  for (int round = 0; round < 5 * kRounds; ++round) {
    Layout a = random.layout(options), b = random.layout(options);
    bool sameMap = enumerate::tabulate(a) == enumerate::tabulate(b);
    ASSERT_EQ(a == b, sameMap) << a.str() << b.str();
    ++(sameMap ? equal : different);
  }
  EXPECT_GT(equal, 1000);
  EXPECT_GT(different, 1000);
}

TEST(Layout, HoldersReplicasVectorWidths) {
  RandomLayouts random(4);
  for (int round = 0; round < kRounds; ++round) {
    Layout layout = random.layout();
    enumerate::Table table = enumerate::tabulate(layout);
    ASSERT_EQ(layout.numReplicas(), enumerate::numReplicas(table));
    ASSERT_EQ(layout.numThreads() * layout.numLocals(),
              layout.numElements() * layout.numReplicas());
    enumerate::Coords coords = table.coords[random.below(table.coords.size())];
    ASSERT_EQ(layout.holdersOf(coords), enumerate::holdersOf(table, coords));
    for (int64_t dim = 0; dim < layout.rank(); ++dim) {
      int64_t width = enumerate::vectorWidth(table, dim);
      ASSERT_EQ(layout.vectorWidth(dim), width) << layout.str();
      int64_t pow2 = layout.vectorWidthPow2(dim);
      ASSERT_TRUE(llvm::isPowerOf2_64(pow2) && width % pow2 == 0 &&
                  width / pow2 % 2 == 1);
    }
  }
}

TEST(Layout, ThreadDigitsAndLocalOffsetsMakeCoordinates) {
  RandomLayouts random(5);
  for (int round = 0; round < kRounds / 4; ++round) {
    Layout layout = random.layout();
    for (int64_t thread = 0; thread < layout.numThreads(); ++thread)
      for (int64_t local = 0; local < layout.numLocals(); ++local) {
        SmallVector<int64_t> coords = layout.indexOf(thread, local);
        for (int64_t dim = 0; dim < layout.rank(); ++dim) {
          int64_t sum = layout.localOffset(local, dim);
          for (const ThreadDigit &digit : layout.threadDigits(dim))
            sum += thread / digit.threadStride % digit.extent * digit.dimStride;
          ASSERT_EQ(sum, coords[dim]);
          ASSERT_EQ(sum - layout.localOffset(local, dim),
                    layout.threadOffset(thread, dim));
        }
      }
  }
}

//===----------------------------------------------------------------------===//
// blocked
//===----------------------------------------------------------------------===//

TEST(Blocked, Coalesces) {
  // 64 x 64 over 128 threads, 4 elements a vector: a row takes 16 threads, the
  // 128 threads take 8 rows, and there are 8 such groups of rows.
  Layout a = Layout::blocked({64, 64}, 128, 1, 4);
  EXPECT_EQ(a.str(), "<[64, 64], [[local 8:4, thread 8:16], [thread 16:1, "
                     "local 4:1]]>");
  EXPECT_EQ(a.vectorWidth(1), 4);
}

TEST(Blocked, LeavesThreadsOverAsReplicas) {
  EXPECT_EQ(Layout::blocked({16}, 128, 0, 4).str(),
            "<[16], [[thread 4:1, local 4:1]], replicas = [thread 32:4]>");
  EXPECT_EQ(Layout::blocked({1}, 32, 0, 8).str(),
            "<[1], [[]], replicas = [thread 32:1]>");
  EXPECT_EQ(Layout::blocked({}, 32, 0, 8).str(),
            "<[], [], replicas = [thread 32:1]>");
}

TEST(Blocked, TakesWhatDivides) {
  // 6 holds only 2 of a vector of 4; 3 threads do not divide 32, so 1 does.
  EXPECT_EQ(Layout::blocked({6}, 32, 0, 4).str(),
            "<[6], [[local 6:1]], replicas = [thread 32:1]>");
  EXPECT_EQ(Layout::blocked({7, 48}, 96, 1, 4).str(),
            "<[7, 48], [[local 7:4], [thread 12:1, local 4:1]], replicas = "
            "[thread 8:12]>");
}

TEST(Blocked, NeverFails) {
  RandomLayouts random(6);
  for (int round = 0; round < kRounds; ++round) {
    SmallVector<int64_t> shape;
    for (int64_t rank = random.below(4); rank > 0; --rank)
      shape.push_back(1 + random.below(12));
    int64_t vecDim = shape.empty() ? 0 : random.below(shape.size());
    int64_t threads = 1 + random.below(64), vec = 1 + random.below(8);
    Layout layout = Layout::blocked(shape, threads, vecDim, vec);
    ASSERT_EQ(layout.numThreads(), threads);
    ASSERT_EQ(layout.shape(), llvm::ArrayRef<int64_t>(shape));
    if (!shape.empty()) {
      ASSERT_EQ(layout.vectorWidth(vecDim) % std::gcd(vec, shape[vecDim]), 0);
    }
  }
}
