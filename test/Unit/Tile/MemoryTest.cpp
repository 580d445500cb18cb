//===- MemoryTest.cpp - Loads and stores, run ----------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include <gtest/gtest.h>

#include <numeric>

using namespace pigeon::test;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// Shapes that vectors divide and shapes that nothing divides.
const std::vector<std::pair<int, int>> kShapes = {
    {1, 1}, {3, 5}, {16, 64}, {64, 7}, {2, 200}, {33, 4}, {64, 64}};

TEST(TileMemory, CopiesWholeArrays) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<$MxN, global> {tile.readonly},
                 %y: !tile.ref<$MxN, global>) attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<$MxN, global>, i32, i32 -> tensor<$MxN>
      tile.store %t, %y[%c0, %c0] : tensor<$MxN>, !tile.ref<$MxN, global>, i32, i32
      tile.return
    })";
  for (auto [rows, columns] : kShapes) {
    for (int threads : {32, 64, 128, 256}) {
      std::string code = compileTile(instantiate(
          program, {{"MxN", text(rows) + "x" + text(columns) + "xf32"},
                    {"T", text(threads)}}));
      auto x = randomFloats(rows * columns, 1);
      std::vector<float> y(x.size(), 7);
      ASSERT_EQ(runTile(code, {&x, &y}, threads), "")
          << rows << "x" << columns << " on " << threads;
      EXPECT_EQ(x, y);
    }
  }
}

/// Rows come through a list; those past n have positions that no array has.
TEST(TileMemory, GathersRowsUnderAMask) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x$CxF, global>, %rows: !tile.ref<?xi32, global>,
                 %y: !tile.ref<?x$CxF, global>, %n: i32) attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %rowsPerBlock = arith.constant $M : i32
      %other = arith.constant 9.0 : f32
      %b = tile.block_id x : i32
      %m0 = arith.muli %b, %rowsPerBlock : i32
      %iota = tile.iota : tensor<$Mxi32>
      %m0s = tile.splat %m0 : i32 -> tensor<$Mxi32>
      %row = arith.addi %iota, %m0s : tensor<$Mxi32>
      %ns = tile.splat %n : i32 -> tensor<$Mxi32>
      %mask = arith.cmpi slt, %row, %ns : tensor<$Mxi32>
      %list = tile.load %rows[%m0] : !tile.ref<?xi32, global>, i32 -> tensor<$Mxi32>
      %t = tile.load %x[%list, %c0] mask(%mask) else(%other)
        : !tile.ref<?x$CxF, global>, tensor<$Mxi32>, i32 -> tensor<$Mx$NxF>
      tile.store %t, %y[%m0, %c0] : tensor<$Mx$NxF>, !tile.ref<?x$CxF, global>, i32, i32
      tile.return
    })";
  // N, the tile, is wider than C, the array: the rest is masked off statically.
  struct Case {
    int rows, columns, width, threads;
  };
  for (Case c : {Case{8, 64, 64, 128}, Case{16, 20, 32, 64}, Case{64, 3, 4, 32},
                 Case{4, 65, 128, 256}}) {
    std::string code =
        compileTile(instantiate(program, {{"M", text(c.rows)},
                                          {"N", text(c.width)},
                                          {"CxF", text(c.columns) + "xf32"},
                                          {"NxF", text(c.width) + "xf32"},
                                          {"T", text(c.threads)}}));
    int blocks = 3, all = c.rows * blocks, n = all - c.rows / 2 - 1;
    int height = 10;
    auto x = randomFloats(height * c.columns, 2);
    std::vector<int32_t> rows(all);
    for (int i = 0; i < all; ++i)
      rows[i] = i < n ? i * 7 % height : 1 << 29;
    for (uint64_t seed : {0, 1, 5}) {
      std::vector<float> y(all * c.columns, 7);
      ASSERT_EQ(runTile(code, {&x, &rows, &y, n}, c.threads,
                        {uint32_t(blocks), 1, 1}, seed),
                "");
      for (int i = 0; i < all; ++i)
        for (int j = 0; j < c.columns; ++j)
          ASSERT_EQ(y[i * c.columns + j],
                    i < n ? x[rows[i] * c.columns + j] : 9.0f)
              << i << ", " << j;
    }
  }
}

/// A store writes where its mask is set, once per row, and nowhere else.
TEST(TileMemory, ScattersRowsUnderAMask) {
  const char *program = R"(
    tile.func @k(%p: !tile.ref<?xi32, global>, %y: !tile.ref<?x$Nxf32, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %zero = arith.constant dense<0> : tensor<16xi32>
      %rows = tile.load %p[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<16xi32>
      %mask = arith.cmpi sge, %rows, %zero : tensor<16xi32>
      %wide = tile.expand %rows {dim = 1 : i32} : tensor<16xi32> -> tensor<16x$Nxi32>
      %value = arith.sitofp %wide : tensor<16x$Nxi32> to tensor<16x$Nxf32>
      tile.store %value, %y[%rows, %c0] mask(%mask)
        : tensor<16x$Nxf32>, !tile.ref<?x$Nxf32, global>, tensor<16xi32>, i32
      tile.return
    })";
  for (int columns : {1, 6, 64}) {
    for (int threads : {32, 256}) {
      std::string code = compileTile(
          instantiate(program, {{"N", text(columns)}, {"T", text(threads)}}));
      std::vector<int32_t> rows = {4, -1, 9,  0,  -1, 17, 2,  8,
                                   1, 30, -1, 12, 13, -1, 14, 15};
      std::vector<float> y(31 * columns, -5);
      ASSERT_EQ(runTile(code, {&rows, &y}, threads), "");
      for (int i = 0; i < 31; ++i) {
        bool written = std::count(rows.begin(), rows.end(), i);
        for (int j = 0; j < columns; ++j)
          ASSERT_EQ(y[i * columns + j], written ? i : -5) << i << ", " << j;
      }
    }
  }
}

/// A range that starts at a multiple of what vectors need, and one that does
/// not; both leave the array at its static end.
TEST(TileMemory, RangesEndWhereTheArrayEnds) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<10x24xf32, global>, %y: !tile.ref<8x16xf32, global>,
                 %i: i32, %j: i32) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%i, %j] : !tile.ref<10x24xf32, global>, i32, i32 -> tensor<8x16xf32>
      tile.store %t, %y[%c0, %c0] : tensor<8x16xf32>, !tile.ref<8x16xf32, global>, i32, i32
      tile.return
    })";
  std::string code = compileTile(program);
  auto x = randomFloats(240, 3);
  for (int i : {0, 2, 5, 9, 10, 100, -1, -8}) {
    for (int j : {0, 8, 12, 13, 23, 24, -3}) {
      std::vector<float> y(128, 7);
      ASSERT_EQ(runTile(code, {&x, &y, i, j}, 64), "") << i << ", " << j;
      for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 16; ++c) {
          bool inside = i + r >= 0 && i + r < 10 && j + c >= 0 && j + c < 24;
          ASSERT_EQ(y[r * 16 + c], inside ? x[(i + r) * 24 + j + c] : 0);
        }
    }
  }
}

/// Columns gathered, rows a range; slices of a three-dimensional array chosen
/// by a scalar from memory.
TEST(TileMemory, GathersColumnsOfASlice) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x8x12xf32, global>, %p: !tile.ref<?xi32, global>,
                 %y: !tile.ref<?x8x6xf32, global>) attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %b = tile.block_id y : i32
      %s = tile.load_scalar %p[%b] : !tile.ref<?xi32, global> -> i32
      %in = tile.subview %x[%s] : !tile.ref<?x8x12xf32, global> -> !tile.ref<8x12xf32, global>
      %out = tile.subview %y[%b] : !tile.ref<?x8x6xf32, global> -> !tile.ref<8x6xf32, global>
      %two = arith.constant dense<2> : tensor<6xi32>
      %i = tile.iota : tensor<6xi32>
      %columns = arith.muli %i, %two : tensor<6xi32>
      %t = tile.load %in[%c0, %columns] : !tile.ref<8x12xf32, global>, i32, tensor<6xi32> -> tensor<8x6xf32>
      tile.store %t, %out[%c0, %c0] : tensor<8x6xf32>, !tile.ref<8x6xf32, global>, i32, i32
      tile.return
    })";
  std::string code = compileTile(program);
  auto x = randomFloats(5 * 96, 4);
  std::vector<int32_t> p = {4, 0, 2};
  std::vector<float> y(3 * 48, 7);
  ASSERT_EQ(runTile(code, {&x, &p, &y}, 32, {1, 3, 1}), "");
  for (int b = 0; b < 3; ++b)
    for (int r = 0; r < 8; ++r)
      for (int c = 0; c < 6; ++c)
        ASSERT_EQ(y[b * 48 + r * 6 + c], x[p[b] * 96 + r * 12 + 2 * c]);
}

/// Through shared memory and back, transposed by a gather of rows there.
TEST(TileMemory, SharedMemoryKeepsWhatWasStored) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<16x$Nxf32, global>, %y: !tile.ref<16x$Nxf32, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %c15 = arith.constant dense<15> : tensor<16xi32>
      %a = tile.alloc_shared : !tile.ref<3xi32, shared>
      %three = tile.iota : tensor<3xi32>
      tile.store %three, %a[%c0] : tensor<3xi32>, !tile.ref<3xi32, shared>, i32
      %s = tile.alloc_shared : !tile.ref<16x$Nxf32, shared>
      %t = tile.load %x[%c0, %c0] : !tile.ref<16x$Nxf32, global>, i32, i32 -> tensor<16x$Nxf32>
      tile.store %t, %s[%c0, %c0] : tensor<16x$Nxf32>, !tile.ref<16x$Nxf32, shared>, i32, i32
      tile.barrier
      %i = tile.iota : tensor<16xi32>
      %reversed = arith.subi %c15, %i : tensor<16xi32>
      %u = tile.load %s[%reversed, %c0] : !tile.ref<16x$Nxf32, shared>, tensor<16xi32>, i32 -> tensor<16x$Nxf32>
      tile.store %u, %y[%c0, %c0] : tensor<16x$Nxf32>, !tile.ref<16x$Nxf32, global>, i32, i32
      tile.return
    })";
  for (int columns : {1, 12, 64})
    for (int threads : {32, 128}) {
      std::string code = compileTile(
          instantiate(program, {{"N", text(columns)}, {"T", text(threads)}}));
      auto x = randomFloats(16 * columns, 5);
      for (uint64_t seed : {0, 3}) {
        std::vector<float> y(x.size());
        ASSERT_EQ(runTile(code, {&x, &y}, threads, {1, 1, 1}, seed), "");
        for (int r = 0; r < 16; ++r)
          for (int c = 0; c < columns; ++c)
            ASSERT_EQ(y[r * columns + c], x[(15 - r) * columns + c]);
      }
    }
}

/// A row of an array whose rows are not aligned to 16 bytes: what a vector may
/// be depends on the row.
TEST(TileMemory, RowsOfOddLengthsAllowSmallerVectors) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x$Cxf32, global>, %y: !tile.ref<256xf32, global>, %i: i32)
        attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %row = tile.subview %x[%i] : !tile.ref<?x$Cxf32, global> -> !tile.ref<$Cxf32, global>
      %t = tile.load %row[%c0] : !tile.ref<$Cxf32, global>, i32 -> tensor<256xf32>
      tile.store %t, %y[%c0] : tensor<256xf32>, !tile.ref<256xf32, global>, i32
      tile.return
    })";
  for (int columns : {256, 258, 259, 260}) {
    std::string code =
        compileTile(instantiate(program, {{"C", text(columns)}}));
    auto x = randomFloats(4 * columns, 7);
    for (int row : {0, 1, 2, 3}) {
      std::vector<float> y(256);
      ASSERT_EQ(runTile(code, {&x, &y, row}, 32), "") << columns;
      for (int c = 0; c < 256; ++c)
        ASSERT_EQ(y[c], x[row * columns + c]);
    }
  }
}

/// A layout of vectors of four where neither rows nor the end of the array
/// allow more than two.
TEST(TileMemory, LayoutsDoNotOverruleAlignment) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x6xf32, global>, %y: !tile.ref<30xf32, global>)
        attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<?x6xf32, global>, i32, i32
        -> tensor<16x4xf32, #layout.layout<[16, 4], [[thread 16:1], [local 4:1]], replicas = [thread 2:16]>>
      tile.barrier
      tile.store %t, %x[%c0, %c0] : tensor<16x4xf32, #layout.layout<[16, 4], [[thread 16:1], [local 4:1]], replicas = [thread 2:16]>>,
        !tile.ref<?x6xf32, global>, i32, i32
      %u = tile.load %y[%c0] : !tile.ref<30xf32, global>, i32
        -> tensor<32xf32, #layout.layout<[32], [[thread 8:1, local 4:1]], replicas = [thread 4:8]>>
      tile.barrier
      %v = arith.addf %u, %u : tensor<32xf32, #layout.layout<[32], [[thread 8:1, local 4:1]], replicas = [thread 4:8]>>
      tile.store %v, %y[%c0] : tensor<32xf32, #layout.layout<[32], [[thread 8:1, local 4:1]], replicas = [thread 4:8]>>,
        !tile.ref<30xf32, global>, i32
      tile.return
    })";
  auto x = randomFloats(16 * 6, 8), y = randomFloats(30, 9);
  auto sameX = x, oldY = y;
  ASSERT_EQ(runTile(compileTile(program), {&x, &y}, 32), "");
  EXPECT_EQ(x, sameX);
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(y[i], 2 * oldY[i]);
}

/// Loops whose last tile hangs over the end, and whose tiles start at odd
/// places; every element is counted once.
TEST(TileMemory, LoopsOverAnArray) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<4x40xi32, global>) attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %from = arith.constant $FROM : i32
      %to = arith.constant $END : i32
      %step = arith.constant 16 : i32
      %one = arith.constant dense<1> : tensor<4x16xi32>
      scf.for %j = %from to %to step %step : i32 {
        %t = tile.load %x[%c0, %j] : !tile.ref<4x40xi32, global>, i32, i32 -> tensor<4x16xi32>
        %u = arith.addi %t, %one : tensor<4x16xi32>
        tile.store %u, %x[%c0, %j] : tensor<4x16xi32>, !tile.ref<4x40xi32, global>, i32, i32
      }
      tile.return
    })";
  for (int from : {0, 2, 3, 4, 8, 24, 39})
    for (int end : {24, 33, 40}) {
      std::string code = compileTile(
          instantiate(program, {{"FROM", text(from)}, {"END", text(end)}}));
      std::vector<int32_t> x(160, 0);
      ASSERT_EQ(runTile(code, {&x}, 32), "") << from << " to " << end;
      int covered = from;
      while (covered < end)
        covered += 16;
      for (int i = 0; i < 160; ++i)
        ASSERT_EQ(x[i], i % 40 >= from && i % 40 < covered)
            << from << " to " << end << " at " << i;
    }
}

/// Elements of 1, 2, 4 and 8 bytes; the arrays are compared as bytes.
TEST(TileMemory, CopiesEveryElementType) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<8x64xE, global>, %y: !tile.ref<8x64xE, global>)
        attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %s = tile.alloc_shared : !tile.ref<8x64xE, shared>
      %t = tile.load %x[%c0, %c0] : !tile.ref<8x64xE, global>, i32, i32 -> tensor<8x64xE>
      tile.store %t, %s[%c0, %c0] : tensor<8x64xE>, !tile.ref<8x64xE, shared>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<8x64xE, shared>, i32, i32 -> tensor<8x64xE>
      tile.store %u, %y[%c0, %c0] : tensor<8x64xE>, !tile.ref<8x64xE, global>, i32, i32
      tile.return
    })";
  for (auto [type, bytes] :
       std::vector<std::pair<std::string, int>>{{"i8", 1},
                                                {"f16", 2},
                                                {"bf16", 2},
                                                {"i32", 4},
                                                {"i64", 8},
                                                {"f64", 8}}) {
    std::string code = program;
    for (size_t at = code.find("xE"); at != std::string::npos;
         at = code.find("xE"))
      code.replace(at, 2, "x" + type);
    std::vector<int32_t> x(8 * 64 * bytes / 4), y(x.size());
    std::iota(x.begin(), x.end(), 0x3c00);
    ASSERT_EQ(runTile(compileTile(code), {&x, &y}, 64), "") << type;
    EXPECT_EQ(x, y) << type;
  }
}

/// Three dimensions: a gather along the middle one, a sum over it.
TEST(TileMemory, ThreeDimensions) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x10x8xi32, global>, %p: !tile.ref<6xi32, global>,
                 %y: !tile.ref<4x8xi32, global>, %i: i32) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %middle = tile.load %p[%c0] : !tile.ref<6xi32, global>, i32 -> tensor<6xi32>
      %t = tile.load %x[%i, %middle, %c0] : !tile.ref<?x10x8xi32, global>, i32, tensor<6xi32>, i32 -> tensor<4x6x8xi32>
      %scale = tile.iota : tensor<4xi32>
      %wide = tile.expand %scale {dim = 1 : i32} : tensor<4xi32> -> tensor<4x8xi32>
      %wider = tile.expand %wide {dim = 1 : i32} : tensor<4x8xi32> -> tensor<4x6x8xi32>
      %u = arith.muli %t, %wider : tensor<4x6x8xi32>
      %s = tile.reduce sum %u {dim = 1 : i32} : tensor<4x6x8xi32> -> tensor<4x8xi32>
      tile.store %s, %y[%c0, %c0] : tensor<4x8xi32>, !tile.ref<4x8xi32, global>, i32, i32
      tile.return
    })";
  std::vector<int32_t> x(7 * 80), p = {9, 0, 3, 3, 7, 1}, y(32);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = i * 31 % 1009;
  ASSERT_EQ(runTile(compileTile(program), {&x, &p, &y, 3}, 64), "");
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 8; ++c) {
      int sum = 0;
      for (int m : p)
        sum += r * x[(3 + r) * 80 + m * 8 + c];
      ASSERT_EQ(y[r * 8 + c], sum);
    }
}

/// What the lowering is not asked to guard, the device still sees.
TEST(TileMemory, UnguardedRowsAreFound) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?x4xf32, global>, %y: !tile.ref<?x4xf32, global>)
        attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<?x4xf32, global>, i32, i32 -> tensor<16x4xf32>
      tile.store %t, %y[%c0, %c0] : tensor<16x4xf32>, !tile.ref<?x4xf32, global>, i32, i32
      tile.return
    })";
  auto x = randomFloats(15 * 4, 6);
  std::vector<float> y(16 * 4);
  EXPECT_NE(runTile(compileTile(program), {&x, &y}, 32), "");
}

} // namespace
