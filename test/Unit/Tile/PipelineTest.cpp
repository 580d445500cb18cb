//===- PipelineTest.cpp - Pipelined loops, run ------------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each program runs with 1 stage, which is the loop as it was written, and with
// more. The first is compared with float64, the others with the first, to the
// last bit. Where there is a GPU, the same again on it.
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Ptxas.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MathExtras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

using namespace pigeon::test;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// Rows of x through a list, times w; one block takes ITEMS tiles of 16 rows,
/// and the loop runs over (item, k) as one. Rows past n are masked.
const char *kProduct = R"(
  tile.func @k(%x: !tile.ref<?x$KxF, global> {tile.readonly},
               %list: !tile.ref<?xi32, global> {tile.readonly},
               %w: !tile.ref<$KxNxF, global> {tile.readonly},
               %y: !tile.ref<?x$NxF, global>, %items: i32, %n: i32)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %rounds1 = arith.constant $ROUNDS : i32
    %c16 = arith.constant 16 : i32
    %zero = arith.constant dense<0.0> : tensor<16x32xf32>
    %sa = tile.alloc_shared : !tile.ref<16x16xf32, shared>
    %sb = tile.alloc_shared : !tile.ref<16x32xf32, shared>
    %block = tile.block_id x : i32
    %firstItem = arith.muli %block, %items : i32
    %rounds = arith.muli %items, %rounds1 : i32
    %last = scf.for %t = %c0 to %rounds step %c1 iter_args(%sum = %zero) -> (tensor<16x32xf32>) : i32 {
      %within = arith.divui %t, %rounds1 : i32
      %item = arith.addi %firstItem, %within : i32
      %kr = arith.remui %t, %rounds1 : i32
      %k = arith.muli %kr, %c16 : i32
      %first = arith.muli %item, %c16 : i32
      %iota = tile.iota : tensor<16xi32>
      %fs = tile.splat %first : i32 -> tensor<16xi32>
      %pos = arith.addi %iota, %fs : tensor<16xi32>
      %ns = tile.splat %n : i32 -> tensor<16xi32>
      %mask = arith.cmpi slt, %pos, %ns : tensor<16xi32>
      %rows = tile.load %list[%first] mask(%mask) : !tile.ref<?xi32, global>, i32 -> tensor<16xi32>
      %a = tile.load %x[%rows, %k] mask(%mask) $PATH : !tile.ref<?x$KxF, global>, tensor<16xi32>, i32 -> tensor<16x16xf32>
      %b = tile.load %w[%k, %c0] : !tile.ref<$KxNxF, global>, i32, i32 -> tensor<16x32xf32>
      $PROLOGUE
      tile.barrier
      tile.store %stored, %sa[%c0, %c0] : tensor<16x16xf32>, !tile.ref<16x16xf32, shared>, i32, i32
      tile.store %b, %sb[%c0, %c0] : tensor<16x32xf32>, !tile.ref<16x32xf32, shared>, i32, i32
      tile.barrier
      %isFirst = arith.cmpi eq, %kr, %c0 : i32
      %acc = arith.select %isFirst, %zero, %sum : tensor<16x32xf32>
      %l = tile.load %sa[%c0, %c0] : !tile.ref<16x16xf32, shared>, i32, i32 -> tensor<16x16xf32>
      %r = tile.load %sb[%c0, %c0] : !tile.ref<16x32xf32, shared>, i32, i32 -> tensor<16x32xf32>
      %d = tile.dot %l, %r, %acc : tensor<16x16xf32>, tensor<16x32xf32> -> tensor<16x32xf32>
      %next = arith.addi %kr, %c1 : i32
      %isLast = arith.cmpi eq, %next, %rounds1 : i32
      scf.if %isLast {
        tile.store %d, %y[%first, %c0] mask(%mask) : tensor<16x32xf32>, !tile.ref<?x$NxF, global>, i32, i32
      }
      scf.yield %d : tensor<16x32xf32>
    } {tile.stages = $STAGES : i32}
    tile.return
  })";

/// What is stored instead of %a.
const std::string kAsLoaded =
    "%stored = tile.convert_layout %a : tensor<16x16xf32> -> tensor<16x16xf32>";
const std::string kSquared = "%stored = arith.mulf %a, %a : tensor<16x16xf32>";
/// Depends on the round before: nothing can come early.
const std::string kFedBack = R"(
      %corner = tile.reduce max %sum {dim = 1 : i32} : tensor<16x32xf32> -> tensor<16xf32>
      %wide = tile.expand %corner {dim = 1 : i32} : tensor<16xf32> -> tensor<16x16xf32>
      %none = arith.constant dense<0.0> : tensor<16x16xf32>
      %nothing = arith.mulf %wide, %none : tensor<16x16xf32>
      %stored = arith.addf %a, %nothing : tensor<16x16xf32>)";

struct Product {
  int k, n, rows, items;
  std::string prologue, path;
};

std::string compileProduct(const Product &p, int stages) {
  return compileTile(
      instantiate(kProduct, {{"KxF", text(p.k) + "xf32"},
                             {"KxNxF", text(p.k) + "x" + text(p.n) + "xf32"},
                             {"NxF", text(p.n) + "xf32"},
                             {"ROUNDS", text(llvm::divideCeil(p.k, 16))},
                             {"PROLOGUE", p.prologue},
                             {"PATH", p.path},
                             {"STAGES", text(stages)}}));
}

class Pipeline : public testing::Test {
protected:
  /// Runs the product with 1 stage and with `stages`.
  void check(const Product &p, std::vector<int> stages,
             std::vector<uint64_t> seeds = {0, 2}) {
    SCOPED_TRACE("k " + text(p.k) + ", n " + text(p.n) + ", rows " +
                 text(p.rows) + ", items " + text(p.items) + p.prologue);
    int height = 37;
    auto x = randomFloats(height * p.k, 1), w = randomFloats(p.k * p.n, 2);
    std::vector<int32_t> list(p.rows);
    for (int i = 0; i < p.rows; ++i)
      list[i] = i * 11 % height;
    auto run = [&](int count, uint64_t seed) {
      std::vector<float> y(p.rows * p.n, 7);
      uint32_t blocks = llvm::divideCeil(p.rows, 16 * p.items);
      EXPECT_EQ(runTile(compileProduct(p, count),
                        {&x, &list, &w, &y, p.items, p.rows}, 64,
                        {blocks, 1, 1}, seed),
                "")
          << count << " stages, seed " << seed;
      return y;
    };
    auto onGPU = [&](int count) {
      std::vector<float> y(p.rows * p.n, 7);
      uint32_t blocks = llvm::divideCeil(p.rows, 16 * p.items);
      EXPECT_EQ(runTileOnGPU(compileProduct(p, count),
                             {&x, &list, &w, &y, p.items, p.rows}, 64,
                             {blocks, 1, 1}),
                "")
          << count << " stages";
      return y;
    };
    auto compare = [&](const std::vector<float> &y) {
      for (int i = 0; i < p.rows; ++i)
        for (int j = 0; j < p.n; ++j) {
          double sum = 0, magnitude = 0;
          for (int k = 0; k < p.k; ++k) {
            double a = x[list[i] * p.k + k];
            double product =
                (p.prologue == kSquared ? a * a : a) * w[k * p.n + j];
            sum += product;
            magnitude += std::fabs(product);
          }
          ASSERT_NEAR(y[i * p.n + j], sum, 4 * std::ldexp(magnitude, -22))
              << i << ", " << j;
        }
    };
    std::vector<float> plain = run(1, 0);
    compare(plain);
    for (int count : stages)
      for (uint64_t seed : seeds)
        EXPECT_EQ(run(count, seed), plain) << count << " stages";
    if (!hasGPU())
      return;
    std::vector<float> hardware = onGPU(1);
    compare(hardware);
    for (int count : stages)
      EXPECT_EQ(onGPU(count), hardware) << count << " stages on the GPU";
  }
};

/// Fewer rounds than stages, sizes that no tile divides, rows that end inside
/// an item and inside a block's items.
TEST_F(Pipeline, CopiesRowsThroughAList) {
  check({16, 32, 16, 1, kAsLoaded, ""}, {2, 3, 4});
  check({40, 32, 61, 2, kAsLoaded, ""}, {2, 3, 8});
  check({52, 30, 45, 3, kAsLoaded, ""}, {2, 4});
  check({33, 7, 100, 4, kAsLoaded, ""}, {3});
}

TEST_F(Pipeline, TakesOtherTilesThroughRegisters) {
  check({16, 32, 16, 1, kSquared, ""}, {2, 3});
  check({40, 32, 61, 2, kSquared, ""}, {2, 3});
  check({33, 7, 100, 4, kSquared, ""}, {4});
  check({40, 32, 61, 2, kAsLoaded, "{tile.through_registers}"}, {2, 3});
}

TEST_F(Pipeline, LeavesInPlaceWhatDependsOnTheRoundBefore) {
  check({40, 32, 61, 2, kFedBack, ""}, {2, 3});
}

/// A block that streams long rows: 8192 k in 512 rounds.
TEST_F(Pipeline, StreamsLongRows) {
  check({8192, 32, 16, 1, kAsLoaded, ""}, {4}, {1});
}

TEST_F(Pipeline, SaysHowTilesTravel) {
  auto count = [](const std::string &code, llvm::StringRef what) {
    return llvm::StringRef(code).count(what);
  };
  Product copied{64, 32, 16, 1, kAsLoaded, ""},
      squared{64, 32, 16, 1, kSquared, ""};
  // Two rounds before the loop and one in it, of one piece of x and two of w.
  EXPECT_EQ(count(compileProduct(copied, 3), "nvvm.cp.async.shared"), 9u);
  EXPECT_EQ(count(compileProduct(squared, 3), "nvvm.cp.async.shared"), 6u);
  EXPECT_EQ(count(compileProduct(copied, 3), "cp.async.wait.group 1"), 1u);
  EXPECT_EQ(count(compileProduct(copied, 3), "nvvm.barrier0"), 1u);
  EXPECT_EQ(count(compileProduct(copied, 1), "nvvm.barrier0"), 2u);
  EXPECT_EQ(count(compileProduct(copied, 1), "nvvm.cp.async"), 0u);
}

/// No spills and no barrier too many in what ptxas makes of it.
TEST_F(Pipeline, AssemblesWithoutSpills) {
  std::string ptxas = pigeon::findPtxas();
  if (ptxas.empty())
    GTEST_SKIP() << "no ptxas";
  for (const Product &p : {Product{8192, 32, 16, 1, kAsLoaded, ""},
                           Product{52, 30, 45, 3, kAsLoaded, ""},
                           Product{40, 32, 61, 2, kSquared, ""}}) {
    std::string code = compileProduct(p, 4);
    for (const pigeon::Architecture &architecture : pigeon::architectures()) {
      std::string chip = architecture.chip.str();
      auto assembled = pigeon::assemble(ptxas, toPTX(code, chip), chip);
      ASSERT_TRUE(bool(assembled)) << assembled.error().message();
      const pigeon::KernelResources &kernel = assembled->kernels.front();
      EXPECT_EQ(kernel.spillStoreBytes + kernel.spillLoadBytes, 0u)
          << p.k << " on " << chip;
    }
  }
}

/// A loop over items around a loop over k: the ring of the next item may not be
/// filled while somebody still reads the last round of this one.
TEST_F(Pipeline, RunsInsideAnotherLoop) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<6x8x32xf32, global> {tile.readonly},
                 %y: !tile.ref<6x8x8xf32, global>) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %c1 = arith.constant 1 : i32
      %c6 = arith.constant 6 : i32
      %c8 = arith.constant 8 : i32
      %c32 = arith.constant 32 : i32
      %zero = arith.constant dense<0.0> : tensor<8x8xf32, $COLUMNS>
      %s = tile.alloc_shared : !tile.ref<8x8xf32, shared>
      scf.for %i = %c0 to %c6 step %c1 : i32 {
        %xi = tile.subview %x[%i] : !tile.ref<6x8x32xf32, global> -> !tile.ref<8x32xf32, global>
        %yi = tile.subview %y[%i] : !tile.ref<6x8x8xf32, global> -> !tile.ref<8x8xf32, global>
        %sum = scf.for %k = %c0 to %c32 step %c8 iter_args(%acc = %zero) -> (tensor<8x8xf32, $COLUMNS>) : i32 {
          %t = tile.load %xi[%c0, %k] : !tile.ref<8x32xf32, global>, i32, i32 -> tensor<8x8xf32>
          tile.barrier
          tile.store %t, %s[%c0, %c0] : tensor<8x8xf32>, !tile.ref<8x8xf32, shared>, i32, i32
          tile.barrier
          %u = tile.load %s[%c0, %c0] : !tile.ref<8x8xf32, shared>, i32, i32 -> tensor<8x8xf32, $COLUMNS>
          %next = arith.addf %acc, %u : tensor<8x8xf32, $COLUMNS>
          scf.yield %next : tensor<8x8xf32, $COLUMNS>
        } {tile.stages = $STAGES : i32}
        tile.store %sum, %yi[%c0, %c0] : tensor<8x8xf32, $COLUMNS>, !tile.ref<8x8xf32, global>, i32, i32
      }
      tile.return
    })";
  for (int stages : {1, 2, 3, 5}) {
    // x is read-only, so its loads may run ahead of the stores to y.
    std::string code = compileTile(instantiate(
        program,
        {{"STAGES", text(stages)},
         {"COLUMNS", "#layout.layout<[8, 8], [[thread 8:1], [thread 8:8]]>"}}));
    auto x = randomFloats(6 * 8 * 32, 4);
    for (uint64_t seed : {0, 1, 2, 3}) {
      std::vector<float> y(6 * 64, 7);
      ASSERT_EQ(runTile(code, {&x, &y}, 64, {1, 1, 1}, seed), "") << stages;
      for (int i = 0; i < 48; ++i)
        for (int j = 0; j < 8; ++j) {
          float sum = 0;
          for (int k = 0; k < 4; ++k)
            sum += x[i * 32 + k * 8 + j];
          ASSERT_EQ(y[i * 8 + j], sum);
        }
    }
  }
}

} // namespace
