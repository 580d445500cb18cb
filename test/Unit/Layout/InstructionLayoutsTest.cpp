//===- InstructionLayoutsTest.cpp - Fragments by the PTX formulas ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each test writes down the formula of the PTX ISA for the row and column of
// element i of a lane, in the ISA's own terms, and compares the whole map.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "gmock/gmock.h"

using namespace pigeon::layout;
using testing::ElementsAre;

using Index = llvm::SmallVector<int64_t>;

template <typename Fn>
static void expectMap(const Layout &layout, llvm::ArrayRef<int64_t> shape,
                      int64_t threads, int64_t locals, Fn formula) {
  ASSERT_EQ(layout.shape(), shape);
  ASSERT_EQ(layout.numThreads(), threads);
  ASSERT_EQ(layout.numLocals(), locals);
  for (int64_t thread = 0; thread < threads; ++thread)
    for (int64_t i = 0; i < locals; ++i)
      ASSERT_EQ(layout.indexOf(thread, i), formula(thread, i))
          << "thread " << thread << ", element " << i;
}

TEST(Mma, M16N8K16A) {
  expectMap(mma::m16n8k16A(), {16, 16}, 32, 8, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    int64_t row = (i < 2 || (i >= 4 && i < 6)) ? groupID : groupID + 8;
    int64_t column = threadIDInGroup * 2 + (i & 1) + (i < 4 ? 0 : 8);
    return Index{row, column};
  });
}

TEST(Mma, M16N8K16B) {
  expectMap(mma::m16n8k16B(), {16, 8}, 32, 4, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    int64_t row = threadIDInGroup * 2 + (i & 1) + (i < 2 ? 0 : 8);
    return Index{row, groupID};
  });
}

TEST(Mma, M16N8K16C) {
  expectMap(mma::m16n8k16C(), {16, 8}, 32, 4, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    int64_t row = i < 2 ? groupID : groupID + 8;
    return Index{row, threadIDInGroup * 2 + (i & 1)};
  });
}

TEST(Mma, M16N8K8TF32) {
  expectMap(mma::m16n8k8A(), {16, 8}, 32, 4, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    int64_t row = (i == 0 || i == 2) ? groupID : groupID + 8;
    int64_t column = (i == 0 || i == 1) ? threadIDInGroup : threadIDInGroup + 4;
    return Index{row, column};
  });
  expectMap(mma::m16n8k8B(), {8, 8}, 32, 2, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    return Index{i == 0 ? threadIDInGroup : threadIDInGroup + 4, groupID};
  });
  expectMap(mma::m16n8k8C(), {16, 8}, 32, 4, [](int64_t lane, int64_t i) {
    int64_t groupID = lane >> 2, threadIDInGroup = lane % 4;
    return Index{i < 2 ? groupID : groupID + 8, threadIDInGroup * 2 + (i & 1)};
  });
}

// Register r is matrix r; row lane/4, columns 2*(lane%4) and the next.
TEST(Ldmatrix, Data) {
  for (int64_t count : {1, 2, 4})
    expectMap(mma::ldmatrixData(count), {count, 8, 8}, 32, 2 * count,
              [](int64_t lane, int64_t i) {
                return Index{i / 2, lane / 4, lane % 4 * 2 + i % 2};
              });
}

TEST(Ldmatrix, TransposedData) {
  for (int64_t count : {1, 2, 4})
    expectMap(mma::ldmatrixTransposedData(count), {count, 8, 8}, 32, 2 * count,
              [](int64_t lane, int64_t i) {
                return Index{i / 2, lane % 4 * 2 + i % 2, lane / 4};
              });
}

// Lanes 8*m .. 8*m + 7 give the rows of matrix m.
TEST(Ldmatrix, Addresses) {
  for (int64_t count : {1, 2, 4})
    expectMap(mma::ldmatrixAddresses(count), {count, 8}, 32, 1,
              [count](int64_t lane, int64_t) {
                return Index{lane / 8 % count, lane % 8};
              });
}

// ldmatrix.x4 feeds A of m16n8k16: matrix m covers rows (m%2)*8 and columns
// (m/2)*8 of A, in the order of A's registers. B of a row-major K x N tile
// comes from the transposed form.
TEST(Ldmatrix, FeedsMma) {
  Layout a = mma::m16n8k16A(), data = mma::ldmatrixData(4);
  Layout b = mma::m16n8k16B(), transposed = mma::ldmatrixTransposedData(2);
  for (int64_t lane = 0; lane < 32; ++lane) {
    for (int64_t i = 0; i < 8; ++i) {
      Index at = data.indexOf(lane, i);
      EXPECT_THAT(a.indexOf(lane, i),
                  ElementsAre(at[0] % 2 * 8 + at[1], at[0] / 2 * 8 + at[2]));
    }
    for (int64_t i = 0; i < 4; ++i) {
      Index at = transposed.indexOf(lane, i);
      EXPECT_THAT(b.indexOf(lane, i), ElementsAre(at[0] * 8 + at[1], at[2]));
    }
  }
}

// The example of the header: A of mma.m16n8k16 in one warp.
TEST(Ldmatrix, MovesAnOperand) {
  auto moves = mma::matrixMoves(mma::m16n8k16A(), 2, /*transposed=*/false);
  ASSERT_TRUE(moves);
  EXPECT_EQ(moves->count, 4);
  EXPECT_EQ(moves->rowElements, 8);
  EXPECT_EQ(moves->matrixLocals, 2);
  EXPECT_EQ(moves->addresses, Layout::spatialOrder({2, 2}, {1, 0}) *
                                  Layout::spatial({8, 1}) *
                                  Layout::local({1, 8}));
}

// By the definition of the instruction: lane 8 i + r points at row r of matrix
// i; after it lane l has (l / 4, 2 (l % 4)) of each matrix, and its neighbour.
TEST(Ldmatrix, MovesWhatDivides) {
  Layout warps = Layout::replicated(2, 2) * Layout::spatial({2, 1});
  struct Case {
    Layout tile;
    int64_t bytes;
    bool transposed;
    int64_t count;
  };
  for (const Case &c :
       {Case{warps * Layout::local({1, 3}) * mma::m16n8k16A(), 2, false, 4},
        Case{warps * mma::m16n8k8A(), 4, false, 4},
        Case{Layout::local({1, 3}) * mma::m16n8k16B(), 2, true, 2},
        Case{Layout::local({2, 2}) * mma::m16n8k16B(), 2, true, 4},
        Case{warps * Layout::spatial({8, 4}) * Layout::local({1, 2}), 2, false,
             1},
        Case{warps * mma::m16n8k16C(), 2, false, 2}}) {
    auto moves = mma::matrixMoves(c.tile, c.bytes, c.transposed);
    ASSERT_TRUE(moves) << c.tile.str();
    EXPECT_EQ(moves->count, c.count);
    int64_t word = 4 / c.bytes;
    for (int64_t thread = 0; thread < c.tile.numThreads(); ++thread)
      for (int64_t local = 0; local < c.tile.numLocals(); ++local) {
        int64_t matrix = local / moves->matrixLocals % moves->count;
        int64_t instruction = local / moves->matrixLocals / moves->count;
        int64_t lane = thread % 32;
        int64_t row = lane / 4;
        int64_t column = lane % 4 * word + local % moves->matrixLocals;
        if (c.transposed)
          std::swap(row, column);
        int64_t pointing = thread - lane + 8 * matrix + row;
        ASSERT_EQ(moves->addresses.indexOf(
                      pointing, instruction * moves->rowElements + column),
                  c.tile.indexOf(thread, local))
            << c.tile.str();
      }
  }
}

TEST(Ldmatrix, LeavesWhatDoesNotDivide) {
  // Words are not transposed, and an accumulator of pairs of columns has four
  // neighbours in a lane.
  EXPECT_FALSE(mma::matrixMoves(mma::m16n8k8B(), 4, true));
  EXPECT_FALSE(mma::matrixMoves(mma::m16n8k8B(), 4, false));
  EXPECT_FALSE(
      mma::matrixMoves(mma::m16n8k16C() * Layout::local({1, 2}), 2, false));
  EXPECT_FALSE(mma::matrixMoves(Layout::blocked({16, 16}, 32, 1, 8), 2, false));
  EXPECT_FALSE(mma::matrixMoves(mma::m16n8k16A(), 1, false));
}

TEST(Wgmma, AInRegisters) {
  expectMap(mma::wgmmaA(), {64, 16}, 128, 8, [](int64_t thread, int64_t i) {
    int64_t warp = thread / 32, lane = thread % 32;
    int64_t row = warp * 16 + lane / 4 + i / 2 % 2 * 8;
    return Index{row, lane % 4 * 2 + i % 2 + i / 4 * 8};
  });
}

TEST(Wgmma, Accumulator) {
  for (int64_t n : {8, 16, 24, 64, 136, 256})
    expectMap(mma::wgmmaAccumulator(n), {64, n}, 128, n / 2,
              [](int64_t thread, int64_t i) {
                int64_t warp = thread / 32, lane = thread % 32;
                int64_t row = warp * 16 + lane / 4 + i / 2 % 2 * 8;
                return Index{row, lane % 4 * 2 + i % 2 + i / 4 * 8};
              });
}
