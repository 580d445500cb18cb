//===- SharedLayoutTest.cpp - Shared-memory layouts and bank conflicts ----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomLayouts.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"
#include "pigeon/Dialect/Layout/IR/SharedLayout.h"

#include "gmock/gmock.h"

#include <set>

using namespace pigeon::layout;
using testing::ElementsAre;

// The examples of SharedLayout.h.
TEST(SharedLayout, ColumnOfATile) {
  Layout column = Layout::spatial({32, 1}) * Layout::replicated(1, 2);
  Layout columns = Layout::local({1, 32}) * column;
  auto wavefronts = [&](const SharedLayout &shared) {
    return bankConflicts(columns, shared, 4, 1)->wavefronts;
  };
  EXPECT_EQ(wavefronts(SharedLayout::rowMajor({32, 32})), 32);
  EXPECT_EQ(wavefronts(SharedLayout::padded({32, 32}, 1)), 1);
  // A swizzle of 16-byte pieces spreads a column over 8 of them.
  EXPECT_EQ(wavefronts(SharedLayout::swizzled({32, 32}, 4)), 4);
}

TEST(SharedLayout, SwizzledAddress) {
  SharedLayout shared = SharedLayout::swizzled({64, 64}, 2);
  EXPECT_EQ(shared.swizzle(), (Swizzle{3, 4, 3}));
  // Row 3, piece 2 of 8 elements.
  EXPECT_EQ(shared.offset({3, 16}), 208);
  EXPECT_EQ(208 * 2, 0b110100000);
  EXPECT_EQ(shared.byteOffset({3, 16}, 2), 0b110010000);
  EXPECT_EQ(shared.sizeInBytes(2), 64 * 64 * 2);
  EXPECT_EQ(shared.alignment(), 1024);
}

TEST(SharedLayout, SwizzlesOfShorterAndLongerRows) {
  EXPECT_EQ(SharedLayout::swizzled({64, 16}, 2).swizzle(), (Swizzle{1, 4, 3}));
  EXPECT_EQ(SharedLayout::swizzled({64, 32}, 2).swizzle(), (Swizzle{2, 4, 3}));
  EXPECT_EQ(SharedLayout::swizzled({64, 128}, 2).swizzle(), (Swizzle{3, 4, 4}));
  EXPECT_TRUE(SharedLayout::swizzled({64, 8}, 2).swizzle().isNone());
  EXPECT_TRUE(SharedLayout::swizzled({64, 48}, 2).swizzle().isNone());
}

TEST(SharedLayout, PaddedSize) {
  SharedLayout shared = SharedLayout::padded({4, 8}, 1);
  EXPECT_THAT(shared.strides(), ElementsAre(9, 1));
  EXPECT_EQ(shared.sizeInBytes(4), (3 * 9 + 8) * 4);
  EXPECT_THAT(SharedLayout::rowMajor({2, 3, 4}).strides(),
              ElementsAre(12, 4, 1));
}

// No two elements share an address, and all fit into the size.
TEST(SharedLayout, AddressesAreDistinct) {
  RandomLayouts random(31);
  for (int round = 0; round < 500; ++round) {
    int64_t rows = 1 + random.below(20), elementBytes = 1 << random.below(4);
    int64_t columns =
        random.coin() ? 1 << random.below(8) : 1 + random.below(40);
    SharedLayout shared = SharedLayout::swizzled({rows, columns}, elementBytes);
    if (random.coin())
      shared = *SharedLayout::get({rows, columns}, {columns + 3, 1},
                                  {random.below(4), 3 + random.below(3), 4});
    std::set<int64_t> addresses;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column) {
        int64_t address = shared.byteOffset({row, column}, elementBytes);
        ASSERT_GE(address, 0);
        ASSERT_LE(address + elementBytes, shared.sizeInBytes(elementBytes));
        ASSERT_TRUE(addresses.insert(address).second);
        ASSERT_EQ(shared.swizzle().apply(shared.swizzle().apply(address)),
                  address);
      }
  }
}

//===----------------------------------------------------------------------===//
// Bank conflicts
//===----------------------------------------------------------------------===//

/// A warp wants 128 bytes, each lane 16 of them: how often it asks depends on
/// which lanes want the same.
TEST(BankConflicts, QuartersGoTogetherWhereNeighboursAgree) {
  auto wavefronts = [](const Layout &lanes) {
    return bankConflicts(lanes * Layout::local({4}),
                         SharedLayout::rowMajor({32}), 4, 4)
        ->wavefronts;
  };
  Layout pieces = Layout::spatial({8}), four = Layout::replicated(4, 1),
         two = Layout::replicated(2, 1);
  // Lanes 0 to 3 want the first piece; lanes 0, 8, 16 and 24.
  EXPECT_EQ(wavefronts(pieces * four), 2);
  EXPECT_EQ(wavefronts(four * pieces), 4);
  // Lanes 0, 1, 16 and 17; lanes 0, 2, 16 and 18; lanes 0, 4, 16 and 20.
  EXPECT_EQ(wavefronts(two * pieces * two), 2);
  EXPECT_EQ(wavefronts(two * Layout::spatial({4}) * two * Layout::spatial({2})),
            2);
  EXPECT_EQ(wavefronts(two * Layout::spatial({2}) * two * Layout::spatial({4})),
            4);
}

TEST(BankConflicts, ByHand) {
  SharedLayout row = SharedLayout::rowMajor({256});
  auto conflicts = [&](const Layout &layout, int64_t bytes, int64_t vector) {
    return *bankConflicts(layout, row, bytes, vector);
  };
  // Consecutive words; words two apart; 32 bytes apart.
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 1), 4, 1),
            (BankConflicts{1, 1}));
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 2), 4, 1),
            (BankConflicts{2, 1}));
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 8), 4, 1),
            (BankConflicts{8, 1}));
  // 16 bytes a lane, in quarters of the warp.
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 4), 4, 4),
            (BankConflicts{4, 4}));
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 8), 4, 4),
            (BankConflicts{8, 4}));
  // Two f16 in a word, read by two lanes; all lanes read one word.
  EXPECT_EQ(conflicts(Layout::blocked({256}, 32, 0, 1), 2, 1),
            (BankConflicts{1, 1}));
  EXPECT_EQ(conflicts(Layout::replicated(32, 1) * Layout::local({256}), 4, 1),
            (BankConflicts{1, 1}));
}

// What the swizzle is for: the 8 rows of an ldmatrix, and 16-byte stores of
// rows, are free of conflicts; without it the rows collide.
TEST(BankConflicts, SwizzleServesLdmatrix) {
  Layout rows = Layout::local({8, 8}) * Layout::replicated(4, 2) *
                Layout::spatial({8, 1}) * Layout::local({1, 8});
  EXPECT_TRUE(bankConflicts(rows, SharedLayout::swizzled({64, 64}, 2), 2, 8)
                  ->conflictFree());
  EXPECT_EQ(
      bankConflicts(rows, SharedLayout::rowMajor({64, 64}), 2, 8)->wavefronts,
      32);
  Layout store = Layout::blocked({64, 64}, 128, 1, 8);
  EXPECT_TRUE(bankConflicts(store, SharedLayout::swizzled({64, 64}, 2), 2, 8)
                  ->conflictFree());
}

TEST(BankConflicts, NoSuchAccess) {
  Layout layout = Layout::blocked({16, 16}, 32, 1, 4);
  SharedLayout shared = SharedLayout::rowMajor({16, 16});
  EXPECT_EQ(sharedVectorWidth(layout, shared, 4), 4);
  EXPECT_TRUE(bankConflicts(layout, shared, 4, 4));
  EXPECT_FALSE(bankConflicts(layout, shared, 4, 8));
  EXPECT_FALSE(bankConflicts(layout, shared, 8, 4));
  EXPECT_FALSE(bankConflicts(layout, shared, 4, 3));
  EXPECT_FALSE(bankConflicts(layout, SharedLayout::rowMajor({256}), 4, 1));
  // A padding of one element leaves every other row unaligned.
  EXPECT_EQ(sharedVectorWidth(layout, SharedLayout::padded({16, 16}, 1), 4), 1);
  EXPECT_FALSE(bankConflicts(layout, SharedLayout::padded({16, 16}, 1), 4, 4));
}

// One access stands for all where addresses are bitwise; all are looked at
// where they are not. Either way the table agrees.
TEST(BankConflicts, AgreeWithTheTable) {
  RandomLayouts random(32);
  int narrower = 0;
  for (int round = 0; round < 3000; ++round) {
    RandomLayouts::Options options;
    options.rank = 2;
    options.maxPlaces = 512;
    options.maxDigits = 9;
    if (random.coin())
      options.radices = {2, 4};
    Layout layout = random.layout(options);
    int64_t rows = layout.shape()[0], columns = layout.shape()[1];
    int64_t elementBytes = 2 << random.below(2);
    SharedLayout shared = SharedLayout::swizzled({rows, columns}, elementBytes);
    if (random.below(3) == 0)
      shared = SharedLayout::padded({rows, columns}, random.below(5));
    if (random.below(4) == 0)
      shared = *SharedLayout::get({rows, columns}, {1, rows});
    int64_t width = sharedVectorWidth(layout, shared, elementBytes);
    enumerate::Table table = enumerate::tabulate(layout);
    for (int64_t vector = 1; vector <= width; vector *= 2) {
      auto fast = bankConflicts(layout, shared, elementBytes, vector);
      auto slow = enumerate::bankConflicts(table, shared, elementBytes, vector);
      ASSERT_TRUE(fast && slow) << layout.str();
      ASSERT_EQ(*fast, *slow) << layout.str();
    }
    // The width is the largest that the table allows.
    if (2 * width * elementBytes <= 16 &&
        enumerate::bankConflicts(table, shared, elementBytes, 2 * width))
      ++narrower;
  }
  EXPECT_EQ(narrower, 0);
}
