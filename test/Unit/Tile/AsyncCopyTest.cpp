//===- AsyncCopyTest.cpp - Asynchronous copies, run ------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "llvm/ADT/StringRef.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace pigeon::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// Rows of a table through a list, under a mask, into shared memory in the way
/// of SHARED, and out again. T columns are copied of C, so the rest is cut off
/// by the table's static extent.
const char *kGather = R"(
  tile.func @k(%x: !tile.ref<?x$CxF, global> {tile.readonly},
               %list: !tile.ref<?xi32, global> {tile.readonly},
               %y: !tile.ref<$MxTxF, global>, %n: i32) attributes {threads = $THREADS : i32} {
    %c0 = arith.constant 0 : i32
    %column = arith.constant $AT : i32
    %iota = tile.iota : tensor<$Mxi32>
    %ns = tile.splat %n : i32 -> tensor<$Mxi32>
    %mask = arith.cmpi slt, %iota, %ns : tensor<$Mxi32>
    %rows = tile.load %list[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<$Mxi32>
    %s = tile.alloc_shared : $SHARED
    tile.copy_async %x[%rows, %column] mask(%mask), %s cache($POLICY)
      : !tile.ref<?x$CxF, global>, tensor<$Mxi32>, i32 -> $SHARED
    tile.commit_async
    $WAIT
    tile.barrier
    %t = tile.load %s[%c0, %c0] : $SHARED, i32, i32 -> tensor<$MxTxF>
    tile.store %t, %y[%c0, %c0] : tensor<$MxTxF>, !tile.ref<$MxTxF, global>, i32, i32
    tile.return
  })";

struct Copy {
  int rows, columns, table, at, threads;
  std::string layout;
  int pieceBytes;
  std::string element = "f32";
};

std::string compileCopy(const Copy &c, const std::string &policy,
                        const std::string &wait) {
  std::string shape = text(c.rows) + "x" + text(c.columns) + "x" + c.element;
  std::string shared = "!tile.ref<" + shape + ", shared" + c.layout + ">";
  return compileTile(
      instantiate(kGather, {{"CxF", text(c.table) + "x" + c.element},
                            {"MxTxF", shape},
                            {"M", text(c.rows)},
                            {"AT", text(c.at)},
                            {"THREADS", text(c.threads)},
                            {"SHARED", shared},
                            {"POLICY", policy},
                            {"WAIT", wait}}));
}

const std::string kWait = "tile.wait_async {pending = 0 : i32}";

/// Pieces of each size; strides and swizzles; tables that end inside the tile;
/// more threads than pieces.
const std::vector<Copy> kCopies = {
    {16, 32, 64, 16, 64, "", 16},
    {16, 32, 40, 16, 64, "", 16},
    {16, 32, 40, 16, 64, ", #layout.shared<[16, 32], [36, 1]>", 16},
    {16, 32, 40, 16, 64, ", #layout.shared<[16, 32], [34, 1]>", 8},
    {16, 32, 40, 16, 64, ", #layout.shared<[16, 32], [33, 1]>", 4},
    {16, 32, 40, 16, 64,
     ", #layout.shared<[16, 32], [32, 1], swizzle(3, 4, 3)>", 16},
    {16, 32, 40, 16, 64,
     ", #layout.shared<[16, 32], [32, 1], swizzle(2, 3, 4)>", 8},
    {16, 32, 40, 18, 64, "", 8},
    {8, 16, 6, 0, 32, "", 8},
    {8, 16, 7, 2, 128, "", 4},
    {33, 12, 21, 0, 64, ", #layout.shared<[33, 12], [20, 1]>", 4},
    {64, 64, 64, 0, 256,
     ", #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 4)>", 16},
    {4, 4, 4, 0, 256, "", 4},
};

TEST(AsyncCopy, CopiesRowsUnderAMask) {
  for (const Copy &c : kCopies) {
    SCOPED_TRACE(text(c.rows) + "x" + text(c.columns) + " of " + text(c.table) +
                 " at " + text(c.at) + c.layout);
    for (std::string policy : {"ca", "cg"}) {
      std::string code = compileCopy(c, policy, kWait);
      llvm::StringRef nvvm = code;
      EXPECT_NE(nvvm.find(", " + text(c.pieceBytes) + ", cache ="),
                llvm::StringRef::npos)
          << code;
      EXPECT_EQ(nvvm.contains("cache =  cg"),
                policy == "cg" && c.pieceBytes == 16);
      int height = 11, n = c.rows - c.rows / 3;
      auto x = randomFloats(height * c.table, 3);
      std::vector<int32_t> list(c.rows);
      for (int i = 0; i < c.rows; ++i)
        list[i] = i < n ? i * 5 % height : 1 << 28;
      for (uint64_t seed : {0, 3, 4}) {
        // The last run is one on a GPU, if there is one.
        if (seed == 4 && !hasGPU())
          continue;
        std::vector<float> y(c.rows * c.columns, 7);
        ASSERT_EQ(seed == 4 ? runTileOnGPU(code, {&x, &list, &y, n}, c.threads)
                            : runTile(code, {&x, &list, &y, n}, c.threads,
                                      {1, 1, 1}, seed),
                  "");
        for (int i = 0; i < c.rows; ++i)
          for (int j = 0; j < c.columns; ++j) {
            bool inside = i < n && c.at + j < c.table;
            ASSERT_EQ(y[i * c.columns + j],
                      inside ? x[list[i] * c.table + c.at + j] : 0.0f)
                << i << ", " << j;
          }
      }
    }
  }
}

/// Two-byte elements travel in the same pieces; where pieces would be of two
/// bytes, through registers.
TEST(AsyncCopy, CopiesHalves) {
  for (const Copy &c : {Copy{16, 32, 64, 0, 64, "", 16, "f16"},
                        Copy{16, 32, 36, 4, 64, "", 8, "bf16"},
                        Copy{16, 32, 38, 2, 64, "", 4, "f16"},
                        Copy{16, 32, 37, 0, 64, "", 2, "bf16"}}) {
    SCOPED_TRACE(text(c.pieceBytes) + " bytes");
    std::string code = compileCopy(c, "cg", kWait);
    EXPECT_EQ(llvm::StringRef(code).contains("nvvm.cp.async.shared"),
              c.pieceBytes >= 4);
    int height = 6, n = 13;
    std::vector<int16_t> halves(height * c.table + 1);
    for (size_t i = 0; i < halves.size(); ++i)
      halves[i] = int16_t(0x3c00 + i * 37 % 1000); // normal in both formats
    std::vector<int32_t> x(halves.size() / 2), list(c.rows),
        y(c.rows * c.columns / 2, 7);
    memcpy(x.data(), halves.data(), x.size() * 4);
    for (int i = 0; i < c.rows; ++i)
      list[i] = i % height;
    ASSERT_EQ(runTile(code, {&x, &list, &y, n}, c.threads), "");
    std::vector<int16_t> found(c.rows * c.columns);
    memcpy(found.data(), y.data(), found.size() * 2);
    for (int i = 0; i < c.rows; ++i)
      for (int j = 0; j < c.columns; ++j) {
        bool inside = i < n && c.at + j < c.table;
        ASSERT_EQ(found[i * c.columns + j],
                  inside ? halves[list[i] * c.table + c.at + j] : 0)
            << i << ", " << j;
      }
  }
}

/// What is not waited for is not there.
TEST(AsyncCopy, FindsAMissingWait) {
  const Copy &c = kCopies.front();
  auto x = randomFloats(16 * c.table, 3);
  std::vector<int32_t> list(c.rows, 2);
  std::vector<float> y(c.rows * c.columns);
  for (std::string wait : {"", "tile.wait_async {pending = 1 : i32}"})
    EXPECT_THAT(
        runTile(compileCopy(c, "cg", wait), {&x, &list, &y, c.rows}, c.threads),
        AllOf(HasSubstr("asynchronous copy of thread"),
              HasSubstr("nvvm.cp.async.shared.global")));
}

/// A ring of three slots for seven tiles: a tile is summed while the next two
/// are on their way. With the barrier moved after the copy, threads that still
/// read are overtaken.
const char *kRing = R"(
  tile.func @k(%x: !tile.ref<7x8x16xf32, global> {tile.readonly},
               %y: !tile.ref<8x16xf32, global>) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c2 = arith.constant 2 : i32
    %c3 = arith.constant 3 : i32
    %c7 = arith.constant 7 : i32
    %zero = arith.constant dense<0.0> : tensor<8x16xf32, $COLUMNS>
    %ring = tile.alloc_shared : $RING
    %s0 = tile.subview %ring[%c0] : $RING -> $SLOT
    %x0 = tile.subview %x[%c0] : !tile.ref<7x8x16xf32, global> -> !tile.ref<8x16xf32, global>
    tile.copy_async %x0[%c0, %c0], %s0 : !tile.ref<8x16xf32, global>, i32, i32 -> $SLOT
    tile.commit_async
    %s1 = tile.subview %ring[%c1] : $RING -> $SLOT
    %x1 = tile.subview %x[%c1] : !tile.ref<7x8x16xf32, global> -> !tile.ref<8x16xf32, global>
    tile.copy_async %x1[%c0, %c0], %s1 : !tile.ref<8x16xf32, global>, i32, i32 -> $SLOT
    tile.commit_async
    %sum = scf.for %i = %c0 to %c7 step %c1 iter_args(%acc = %zero) -> (tensor<8x16xf32, $COLUMNS>) : i32 {
      tile.wait_async {pending = 1 : i32}
      $BEFORE
      %j = arith.addi %i, %c2 : i32
      %more = arith.cmpi slt, %j, %c7 : i32
      scf.if %more {
        %to = arith.remsi %j, %c3 : i32
        %sj = tile.subview %ring[%to] : $RING -> $SLOT
        %xj = tile.subview %x[%j] : !tile.ref<7x8x16xf32, global> -> !tile.ref<8x16xf32, global>
        tile.copy_async %xj[%c0, %c0], %sj : !tile.ref<8x16xf32, global>, i32, i32 -> $SLOT
      }
      tile.commit_async
      $AFTER
      %at = arith.remsi %i, %c3 : i32
      %si = tile.subview %ring[%at] : $RING -> $SLOT
      %t = tile.load %si[%c0, %c0] : $SLOT, i32, i32 -> tensor<8x16xf32, $COLUMNS>
      %next = arith.addf %acc, %t : tensor<8x16xf32, $COLUMNS>
      scf.yield %next : tensor<8x16xf32, $COLUMNS>
    }
    tile.store %sum, %y[%c0, %c0] : tensor<8x16xf32, $COLUMNS>, !tile.ref<8x16xf32, global>, i32, i32
    tile.return
  })";

std::string compileRing(const std::string &before, const std::string &after,
                        const std::string &ring, const std::string &slot) {
  return compileTile(
      instantiate(kRing, {{"BEFORE", before},
                          {"AFTER", after},
                          {"RING", "!tile.ref<3x8x16xf32, shared" + ring + ">"},
                          {"SLOT", "!tile.ref<8x16xf32, shared" + slot + ">"},
                          // Each thread reads what others copied.
                          {"COLUMNS", "#layout.layout<[8, 16], [[local 2:1, "
                                      "thread 4:16], [thread 16:1]]>"}}));
}

TEST(AsyncCopy, UsesARingAgain) {
  struct Layouts {
    std::string ring, slot;
  };
  for (const Layouts &l :
       {Layouts{"", ""},
        Layouts{", #layout.shared<[3, 8, 16], [160, 20, 1]>",
                ", #layout.shared<[8, 16], [20, 1]>"},
        Layouts{", #layout.shared<[3, 8, 16], [128, 16, 1], swizzle(2, 4, 3)>",
                ", #layout.shared<[8, 16], [16, 1], swizzle(2, 4, 3)>"}}) {
    std::string code = compileRing("tile.barrier", "", l.ring, l.slot);
    auto x = randomFloats(7 * 128, 5);
    for (uint64_t seed : {0, 1, 2, 9}) {
      std::vector<float> y(128);
      ASSERT_EQ(runTile(code, {&x, &y}, 64, {1, 1, 1}, seed), "");
      for (int i = 0; i < 128; ++i) {
        float sum = 0;
        for (int tile = 0; tile < 7; ++tile)
          sum += x[tile * 128 + i];
        ASSERT_EQ(y[i], sum) << i;
      }
    }
  }
}

TEST(AsyncCopy, FindsARingThatIsOverwritten) {
  auto x = randomFloats(7 * 128, 5);
  std::vector<float> y(128);
  EXPECT_NE(runTile(compileRing("", "tile.barrier", "", ""), {&x, &y}, 64), "");
}

/// A swizzled or padded array holds what a row-major one holds, whichever way
/// it is read: whole, by scalar, by gathered rows, from the middle.
TEST(SharedLayouts, HoldTheSame) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<16x32xf32, global>, %p: !tile.ref<8xi32, global>,
                 %y: !tile.ref<16x32xf32, global>, %z: !tile.ref<8x16xf32, global>,
                 %v: !tile.ref<1xf32, global>, %i: i32, %j: i32) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %c8 = arith.constant 8 : i32
      %s = tile.alloc_shared : $SHARED
      %t = tile.load %x[%c0, %c0] : !tile.ref<16x32xf32, global>, i32, i32 -> tensor<16x32xf32>
      tile.store %t, %s[%c0, %c0] : tensor<16x32xf32>, $SHARED, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : $SHARED, i32, i32 -> tensor<16x32xf32, #layout.layout<[16, 32], [[local 8:1, thread 2:32], [thread 32:1]]>>
      tile.store %u, %y[%c0, %c0] : tensor<16x32xf32, #layout.layout<[16, 32], [[local 8:1, thread 2:32], [thread 32:1]]>>, !tile.ref<16x32xf32, global>, i32, i32
      %rows = tile.load %p[%c0] : !tile.ref<8xi32, global>, i32 -> tensor<8xi32>
      %g = tile.load %s[%rows, %j] : $SHARED, tensor<8xi32>, i32 -> tensor<8x16xf32>
      tile.store %g, %z[%c0, %c0] : tensor<8x16xf32>, !tile.ref<8x16xf32, global>, i32, i32
      %one = tile.load_scalar %s[%i, %j] : $SHARED -> f32
      %w = tile.splat %one : f32 -> tensor<1xf32>
      tile.store %w, %v[%c0] : tensor<1xf32>, !tile.ref<1xf32, global>, i32
      tile.return
    })";
  for (std::string layout :
       {"", ", #layout.shared<[16, 32], [36, 1]>",
        ", #layout.shared<[16, 32], [33, 1]>",
        ", #layout.shared<[16, 32], [1, 17]>",
        ", #layout.shared<[16, 32], [32, 1], swizzle(3, 4, 3)>",
        ", #layout.shared<[16, 32], [64, 1], swizzle(2, 5, 3)>"}) {
    SCOPED_TRACE(layout);
    std::string code = compileTile(instantiate(
        program, {{"SHARED", "!tile.ref<16x32xf32, shared" + layout + ">"}}));
    auto x = randomFloats(512, 9);
    std::vector<int32_t> rows = {3, 15, 0, 3, 8, 9, 1, 14};
    std::vector<float> y(512), z(128), v(1);
    int i = 5, j = 11;
    ASSERT_EQ(runTile(code, {&x, &rows, &y, &z, &v, i, j}, 64), "");
    EXPECT_EQ(x, y);
    EXPECT_EQ(v[0], x[i * 32 + j]);
    for (int row = 0; row < 8; ++row)
      for (int column = 0; column < 16; ++column)
        ASSERT_EQ(z[row * 16 + column], x[rows[row] * 32 + j + column]);
  }
}

/// More than 48 KiB comes with the launch.
TEST(SharedLayouts, TakesMoreThanIsStatic) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<128x128xf32, global>, %y: !tile.ref<128x128xf32, global>)
        attributes {threads = 256 : i32} {
      %c0 = arith.constant 0 : i32
      %s = tile.alloc_shared : !tile.ref<128x128xf32, shared>
      tile.copy_async %x[%c0, %c0], %s : !tile.ref<128x128xf32, global>, i32, i32 -> !tile.ref<128x128xf32, shared>
      tile.commit_async
      tile.wait_async {pending = 0 : i32}
      tile.barrier
      %t = tile.load %s[%c0, %c0] : !tile.ref<128x128xf32, shared>, i32, i32 -> tensor<128x128xf32>
      tile.store %t, %y[%c0, %c0] : tensor<128x128xf32>, !tile.ref<128x128xf32, global>, i32, i32
      tile.return
    })";
  std::string code = compileTile(program);
  EXPECT_THAT(code, HasSubstr("tile.dynamic_shared = 65536 : i32"));
  auto x = randomFloats(128 * 128, 9);
  std::vector<float> y(x.size());
  EXPECT_EQ(runTile(code, {&x, &y}, 256), "");
  EXPECT_EQ(x, y);
}

} // namespace
