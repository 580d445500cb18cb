//===- AlgebraTest.cpp - Operations on layouts against their tables -------===//
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
using enumerate::Table;
using enumerate::tabulate;
using llvm::SmallVector;
using testing::ElementsAre;

static constexpr int kRounds = 3000;

/// Small enough for the product of three.
static RandomLayouts::Options small(int64_t rank) {
  RandomLayouts::Options options;
  options.rank = rank;
  options.maxPlaces = 12;
  options.maxDigits = 3;
  options.radices = {1, 2, 2, 3, 4};
  return options;
}

/// A quotient by algebra and one by enumeration are both absent or equal.
static void expectSame(const std::optional<Layout> &layout,
                       const std::optional<Table> &table) {
  ASSERT_EQ(layout.has_value(), table.has_value());
  if (layout) {
    ASSERT_EQ(tabulate(*layout), *table) << layout->str();
  }
}

//===----------------------------------------------------------------------===//
// Product and division
//===----------------------------------------------------------------------===//

TEST(Product, IsTheProductOfTheTables) {
  RandomLayouts random(11);
  for (int round = 0; round < kRounds; ++round) {
    int64_t rank = random.below(4);
    Layout a = random.layout(small(rank)), b = random.layout(small(rank));
    ASSERT_EQ(tabulate(a * b), enumerate::product(tabulate(a), tabulate(b)))
        << a.str() << b.str();
  }
}

TEST(Product, IsAssociativeWithUnit) {
  RandomLayouts random(12);
  for (int round = 0; round < kRounds; ++round) {
    int64_t rank = random.below(4);
    Layout a = random.layout(small(rank)), b = random.layout(small(rank)),
           c = random.layout(small(rank));
    ASSERT_EQ((a * b) * c, a * (b * c)) << a.str() << b.str() << c.str();
    Layout unit = Layout::replicated(1, rank);
    ASSERT_EQ(unit * a, a);
    ASSERT_EQ(a * unit, a);
  }
}

TEST(Product, LowerRankGetsLeadingOnes) {
  Layout row = Layout::local({4});
  EXPECT_EQ(Layout::spatial({8, 2}) * row,
            Layout::spatial({8, 2}) * Layout::local({1, 4}));
  EXPECT_EQ((Layout::spatial({8, 2}) * row).divideRight(row),
            Layout::spatial({8, 2}));
}

TEST(Product, DoesNotCommute) {
  Layout a = Layout::spatial({2}), b = Layout::local({2});
  EXPECT_NE(a * b, b * a);
}

TEST(Division, UndoesTheProduct) {
  RandomLayouts random(13);
  for (int round = 0; round < kRounds; ++round) {
    int64_t rank = random.below(4);
    Layout a = random.layout(small(rank)), b = random.layout(small(rank));
    std::optional<Layout> right = (a * b).divideRight(b);
    std::optional<Layout> left = (a * b).divideLeft(a);
    ASSERT_TRUE(right) << a.str() << b.str();
    ASSERT_TRUE(left) << a.str() << b.str();
    ASSERT_EQ(*right, a);
    ASSERT_EQ(*left, b);
  }
}

// Random pairs rarely divide, so the divisor is a factor of a layout that looks
// alike: some of them divide, most almost do.
TEST(Division, AgreesWithTheTables) {
  RandomLayouts random(14);
  int found = 0, refused = 0;
  for (int round = 0; round < 4 * kRounds; ++round) {
    int64_t rank = 1 + random.below(2);
    Layout a = random.layout(small(rank)), b = random.layout(small(rank)),
           c = random.layout(small(rank));
    Layout whole = a * b;
    const Layout &divisor = random.coin() ? c : (random.coin() ? a : b);
    expectSame(whole.divideRight(divisor),
               enumerate::divideRight(tabulate(whole), tabulate(divisor)));
    expectSame(whole.divideLeft(divisor),
               enumerate::divideLeft(tabulate(whole), tabulate(divisor)));
    ++(whole.divideRight(divisor) ? found : refused);
  }
  EXPECT_GT(found, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(Division, CutsJoinedDigits) {
  Layout whole = Layout::spatial({32});
  EXPECT_EQ(whole.divideRight(Layout::spatial({4})), Layout::spatial({8}));
  EXPECT_EQ(whole.divideLeft(Layout::spatial({4})), Layout::spatial({8}));
  EXPECT_FALSE(whole.divideRight(Layout::spatial({5})));
  EXPECT_FALSE(whole.divideRight(Layout::local({4})));
}

// The rule of the header: replica digits are dealt out by their place.
TEST(Division, DealsOutReplicas) {
  Layout two = Layout::replicated(2, 1), eight = Layout::replicated(8, 1);
  Layout lanes = Layout::spatial({4});
  EXPECT_EQ((eight * lanes).divideRight(two * lanes), Layout::replicated(4, 1));
  EXPECT_EQ((lanes * eight).divideRight(two), lanes * Layout::replicated(4, 1));
  // The innermost 4 threads of the whole are replicas, those of the divisor
  // not.
  EXPECT_FALSE((lanes * eight).divideRight(lanes));
  EXPECT_EQ((lanes * eight).divideLeft(lanes), eight);
}

TEST(Division, ChoosesInstructions) {
  // 64 x 16 over 4 warps takes wgmma's A, and each warp's slice mma's.
  Layout tile = Layout::local({1, 4}) * mma::wgmmaA();
  EXPECT_EQ(tile.divideRight(mma::wgmmaA()), Layout::local({1, 4}));
  EXPECT_EQ(tile.divideRight(mma::m16n8k16A()),
            Layout::local({1, 4}) * Layout::spatial({4, 1}));
  // A is two of C side by side; B's threads run the other way.
  EXPECT_EQ(mma::m16n8k16A().divideRight(mma::m16n8k16C()),
            Layout::local({1, 2}));
  EXPECT_FALSE(tile.divideRight(mma::m16n8k16B()));
}

//===----------------------------------------------------------------------===//
// Reduction
//===----------------------------------------------------------------------===//

TEST(Reduce, IsTheReductionOfTheTable) {
  RandomLayouts random(15);
  for (int round = 0; round < kRounds; ++round) {
    RandomLayouts::Options options;
    options.rank = 1 + random.below(3);
    Layout layout = random.layout(options);
    Table table = tabulate(layout);
    int64_t dim = random.below(layout.rank());
    for (bool keepDim : {false, true})
      ASSERT_EQ(tabulate(layout.reduce(dim, keepDim)),
                enumerate::reduce(table, dim, keepDim))
          << layout.str() << " along " << dim;
    ASSERT_EQ(layout.slice(dim), layout.reduce(dim, false));
    ASSERT_EQ(layout.reduce(dim, true).squeeze(dim), layout.slice(dim));
  }
}

// Summing by the book of `reduceLocals` gives every thread the sum of its row.
TEST(Reduce, LocalsThenThreads) {
  RandomLayouts random(16);
  for (int round = 0; round < kRounds / 2; ++round) {
    RandomLayouts::Options options;
    options.rank = 1 + random.below(2);
    options.maxPlaces = 96;
    Layout layout = random.layout(options);
    int64_t dim = random.below(layout.rank());
    ReduceInfo info = layout.reduceLocals(dim, /*keepDim=*/true);
    std::vector<int64_t> expectedLocals =
        enumerate::reducedLocals(tabulate(layout), dim);
    auto valueAt = [](llvm::ArrayRef<int64_t> coords) {
      int64_t value = 7;
      for (int64_t coord : coords)
        value = value * 31 + coord * coord;
      return value;
    };
    // Partial sums of each thread, over its locals.
    int64_t locals = info.result.numLocals();
    std::vector<int64_t> sums(layout.numThreads() * locals, 0);
    for (int64_t thread = 0; thread < layout.numThreads(); ++thread)
      for (int64_t local = 0; local < layout.numLocals(); ++local) {
        ASSERT_EQ(info.resultLocal[local],
                  expectedLocals[thread * layout.numLocals() + local]);
        sums[thread * locals + info.resultLocal[local]] +=
            valueAt(layout.indexOf(thread, local));
      }
    // Then over the threads that differ in one digit, digit by digit.
    for (const ThreadDigit &digit : info.threadDigits) {
      std::vector<int64_t> before = sums;
      for (int64_t thread = 0; thread < layout.numThreads(); ++thread)
        for (int64_t local = 0; local < locals; ++local) {
          int64_t own = thread / digit.threadStride % digit.extent;
          int64_t sum = 0;
          for (int64_t other = 0; other < digit.extent; ++other)
            sum +=
                before[(thread + (other - own) * digit.threadStride) * locals +
                       local];
          sums[thread * locals + local] = sum;
        }
    }
    for (int64_t thread = 0; thread < layout.numThreads(); ++thread)
      for (int64_t local = 0; local < locals; ++local) {
        SmallVector<int64_t> coords = info.result.indexOf(thread, local);
        int64_t expected = 0;
        for (int64_t i = 0; i < layout.shape()[dim]; ++i) {
          coords[dim] = i;
          expected += valueAt(coords);
        }
        ASSERT_EQ(sums[thread * locals + local], expected) << layout.str();
      }
  }
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

TEST(Permute, IsThePermutationOfTheTable) {
  RandomLayouts random(17);
  for (int round = 0; round < kRounds; ++round) {
    Layout layout = random.layout();
    SmallVector<int64_t> perm = random.permutation(layout.rank());
    Layout permuted = layout.permute(perm);
    ASSERT_EQ(tabulate(permuted), enumerate::permute(tabulate(layout), perm));
    SmallVector<int64_t> inverse(perm.size());
    for (size_t i = 0; i < perm.size(); ++i)
      inverse[perm[i]] = i;
    ASSERT_EQ(permuted.permute(inverse), layout);
  }
}

TEST(Unsqueeze, InsertsAndSqueezeRemoves) {
  RandomLayouts random(18);
  for (int round = 0; round < kRounds; ++round) {
    Layout layout = random.layout();
    int64_t dim = random.below(layout.rank() + 1);
    Layout more = layout.unsqueeze(dim);
    ASSERT_EQ(tabulate(more), enumerate::unsqueeze(tabulate(layout), dim));
    ASSERT_EQ(more.squeeze(dim), layout);
  }
  EXPECT_FALSE(Layout::local({2}).squeeze(0));
  EXPECT_FALSE(Layout::local({1}).squeeze(1));
}

TEST(Reshape, AgreesWithTheTable) {
  RandomLayouts random(19);
  int found = 0, refused = 0;
  for (int round = 0; round < 2 * kRounds; ++round) {
    Layout layout = random.layout();
    SmallVector<int64_t> shape = random.factors(layout.numElements());
    std::optional<Layout> reshaped = layout.reshape(shape);
    Table expected = enumerate::reshape(tabulate(layout), shape);
    if (reshaped) {
      ASSERT_EQ(tabulate(*reshaped), expected) << layout.str();
      // What was cut can be joined again.
      ASSERT_EQ(reshaped->reshape(layout.shape()), layout);
    } else {
      // Refused only where no layout has this map.
      ASSERT_FALSE(enumerate::recover(expected)) << layout.str();
    }
    ++(reshaped ? found : refused);
  }
  EXPECT_GT(found, 1000);
  EXPECT_GT(refused, 100);
}

TEST(Reshape, RefusesOtherSizesAndNonsense) {
  constexpr int64_t huge = int64_t(1) << 40;
  EXPECT_FALSE(Layout::local({6}).reshape({5}));
  EXPECT_FALSE(Layout::local({6}).reshape({-2, -3}));
  EXPECT_FALSE(Layout::local({6}).reshape({huge, huge}));
  EXPECT_EQ(Layout::local({1}).reshape({}), Layout::local({}));
}

TEST(Expand, LocallyEveryThreadHoldsAll) {
  Layout column = Layout::spatial({4, 1});
  EXPECT_EQ(column.expandLocal(1, 3)->str(),
            "<[4, 3], [[thread 4:1], [local 3:1]]>");
  EXPECT_FALSE(column.expandLocal(0, 3));
  EXPECT_FALSE(column.expandLocal(1, 0));
}

TEST(Expand, OverReplicasTakesTheSmallestStrides) {
  Layout column = Layout::spatial({4, 1}) * Layout::replicated(8, 2);
  EXPECT_EQ(column.expandReplicas(1, 8), Layout::spatial({4, 8}));
  EXPECT_EQ(column.expandReplicas(1, 2)->str(),
            "<[4, 2], [[thread 4:8], [thread 2:1]], replicas = [thread 4:2]>");
  EXPECT_FALSE(column.expandReplicas(1, 16));
  EXPECT_FALSE(column.expandReplicas(1, 3));
  EXPECT_FALSE(column.expandReplicas(0, 8));
}

// Broadcasting agrees with the table, and reducing again undoes it.
TEST(Expand, AgreesWithTheTable) {
  RandomLayouts random(20);
  int found = 0;
  for (int round = 0; round < 2 * kRounds; ++round) {
    RandomLayouts::Options options;
    options.rank = random.below(3);
    int64_t dim = random.below(options.rank + 1);
    Layout layout = random.layout(options).unsqueeze(dim);
    Table table = tabulate(layout);
    int64_t extent = 1 + random.below(6);
    std::optional<Layout> local = layout.expandLocal(dim, extent);
    expectSame(local, enumerate::expandLocal(table, dim, extent));
    ASSERT_EQ(local->reduce(dim, true), layout);

    std::optional<Layout> over = layout.expandReplicas(dim, extent);
    std::optional<Table> expected =
        enumerate::expandReplicas(table, dim, extent);
    if (over) {
      expectSame(over, expected);
      ASSERT_EQ(over->reduce(dim, true), layout);
      ++found;
    } else if (expected) {
      // Refused only where no layout has this map.
      ASSERT_FALSE(enumerate::recover(*expected)) << layout.str();
    }
  }
  EXPECT_GT(found, 1000);
}
