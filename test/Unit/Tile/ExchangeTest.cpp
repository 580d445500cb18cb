//===- ExchangeTest.cpp - Values that cross threads, run ------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Layout/IR/Layout.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace pigeon;
using namespace pigeon::test;
using layout::Layout;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

struct ReduceCase {
  int rows, columns, threads;
};
const std::vector<ReduceCase> kReduceCases = {
    {8, 64, 128}, {64, 16, 256}, {1, 512, 256}, {512, 1, 256},
    {5, 7, 32},   {3, 96, 64},   {24, 40, 64},  {64, 64, 96}};

TEST(TileExchange, ReducesOneDimension) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<$MxNxf32, global>, %y: !tile.ref<$Rxf32, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<$MxNxf32, global>, i32, i32 -> tensor<$MxNxf32>
      %r = tile.reduce $KIND %t {dim = $D : i32} : tensor<$MxNxf32> -> tensor<$Rxf32>
      tile.store %r, %y[%c0] : tensor<$Rxf32>, !tile.ref<$Rxf32, global>, i32
      tile.return
    })";
  for (ReduceCase c : kReduceCases)
    for (int dim : {0, 1})
      for (std::string kind : {"sum", "max", "min"}) {
        int left = dim == 1 ? c.rows : c.columns;
        int reduced = dim == 1 ? c.columns : c.rows;
        std::string code = compileTile(
            instantiate(program, {{"MxN", text(c.rows) + "x" + text(c.columns)},
                                  {"R", text(left)},
                                  {"KIND", kind},
                                  {"D", text(dim)},
                                  {"T", text(c.threads)}}));
        auto x = randomFloats(c.rows * c.columns, 11);
        std::vector<float> first;
        for (uint64_t seed : {0, 2}) {
          std::vector<float> y(left, 7);
          ASSERT_EQ(runTile(code, {&x, &y}, c.threads, {1, 1, 1}, seed), "")
              << c.rows << "x" << c.columns << " " << kind << " " << dim;
          // Bit for bit whatever the order of threads.
          if (seed == 0)
            first = y;
          ASSERT_EQ(y, first);
        }
        for (int i = 0; i < left; ++i) {
          double sum = 0, magnitude = 0, most = -2, least = 2;
          for (int j = 0; j < reduced; ++j) {
            double value =
                dim == 1 ? x[i * c.columns + j] : x[j * c.columns + i];
            sum += value;
            magnitude += std::abs(value);
            most = std::max(most, value);
            least = std::min(least, value);
          }
          if (kind == "sum")
            ASSERT_NEAR(first[i], sum, magnitude * std::ldexp(1.0, -20));
          else
            ASSERT_EQ(first[i], kind == "max" ? most : least);
        }
      }
}

/// Locals are added by ascending coordinate, in whatever registers they are:
/// ((1e8 + 1) - 1e8) + 1 is 1 in f32, and (1e8 - 1e8) + 1 + 1 would be 2.
TEST(TileExchange, AddsLocalsInOrder) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<4xf32, global>, %y: !tile.ref<1xf32, global>)
        attributes {threads = 32 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0] : !tile.ref<4xf32, global>, i32
        -> tensor<4xf32, #layout.layout<[4], [[local 2:1, local 2:2]], replicas = [thread 32:1]>>
      %s = tile.reduce sum %t {dim = 0 : i32}
        : tensor<4xf32, #layout.layout<[4], [[local 2:1, local 2:2]], replicas = [thread 32:1]>> -> f32
      %u = tile.splat %s : f32 -> tensor<1xf32>
      tile.store %u, %y[%c0] : tensor<1xf32>, !tile.ref<1xf32, global>, i32
      tile.return
    })";
  std::vector<float> x = {1e8f, 1, -1e8f, 1}, y(1);
  ASSERT_EQ(runTile(compileTile(program), {&x, &y}, 32), "");
  EXPECT_EQ(y[0], 1);
}

/// The only dimension: a scalar in every thread, in every block.
TEST(TileExchange, ReducesToAScalar) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<?xi32, global>, %y: !tile.ref<?x$Nxi32, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %n = arith.constant $N : i32
      %b = tile.block_id x : i32
      %start = arith.muli %b, %n : i32
      %t = tile.load %x[%start] : !tile.ref<?xi32, global>, i32 -> tensor<$Nxi32>
      %sum = tile.reduce sum %t {dim = 0 : i32} : tensor<$Nxi32> -> i32
      %max = tile.reduce max %t {dim = 0 : i32} : tensor<$Nxi32> -> i32
      %both = arith.addi %sum, %max : i32
      %s = tile.splat %both : i32 -> tensor<1x$Nxi32>
      tile.store %s, %y[%b, %c0] : tensor<1x$Nxi32>, !tile.ref<?x$Nxi32, global>, i32, i32
      tile.return
    })";
  for (int n : {1, 3, 32, 100, 256, 1000})
    for (int threads : {32, 128, 256}) {
      std::string code = compileTile(
          instantiate(program, {{"N", text(n)}, {"T", text(threads)}}));
      std::vector<int32_t> x(3 * n), y(3 * n);
      for (int i = 0; i < 3 * n; ++i)
        x[i] = i * 37 % 101 - 50;
      ASSERT_EQ(runTile(code, {&x, &y}, threads, {3, 1, 1}, 4), "")
          << n << " on " << threads;
      for (int b = 0; b < 3; ++b) {
        auto from = x.begin() + b * n;
        int expected = *std::max_element(from, from + n);
        for (int i = 0; i < n; ++i)
          expected += from[i];
        for (int i = 0; i < n; ++i)
          ASSERT_EQ(y[b * n + i], expected);
      }
    }
}

/// Masks cross threads too.
TEST(TileExchange, ConvertsMasks) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<64xi32, global>, %y: !tile.ref<64xi32, global>)
        attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0] : !tile.ref<64xi32, global>, i32 -> tensor<64xi32, #layout.layout$FROM>
      %zero = arith.constant dense<0> : tensor<64xi32, #layout.layout$FROM>
      %m = arith.cmpi sgt, %t, %zero : tensor<64xi32, #layout.layout$FROM>
      %n = tile.convert_layout %m : tensor<64xi1, #layout.layout$FROM> -> tensor<64xi1, #layout.layout$TO>
      %v = arith.extui %n : tensor<64xi1, #layout.layout$TO> to tensor<64xi32, #layout.layout$TO>
      tile.store %v, %y[%c0] : tensor<64xi32, #layout.layout$TO>, !tile.ref<64xi32, global>, i32
      tile.return
    })";
  Layout from = Layout::spatial({64});
  for (Layout to :
       {Layout::replicated(2, 1) * Layout::spatial({32}) * Layout::local({2}),
        Layout::replicated(64, 1) * Layout::local({64})}) {
    std::string code = compileTile(
        instantiate(program, {{"FROM", from.str()}, {"TO", to.str()}}));
    std::vector<int32_t> x(64), y(64, -1);
    for (int i = 0; i < 64; ++i)
      x[i] = i * 29 % 7 - 3;
    ASSERT_EQ(runTile(code, {&x, &y}, 64), "");
    for (int i = 0; i < 64; ++i)
      ASSERT_EQ(y[i], x[i] > 0);
  }
}

struct DotCase {
  int m, n, k, threads;
};

/// Operands straight from global memory (converted through shared memory) and
/// staged in shared memory give the same bits, close to float64.
TEST(TileExchange, MultipliesMatrices) {
  const char *program = R"(
    tile.func @k(%a: !tile.ref<$AxF, global>, %b: !tile.ref<$BxF, global>,
                 %c: !tile.ref<$CxF, global>, %d: !tile.ref<$CxF, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %zero = arith.constant dense<0.0> : tensor<$CxF>
      %x = tile.load %a[%c0, %c0] : !tile.ref<$AxF, global>, i32, i32 -> tensor<$AxF>
      %y = tile.load %b[%c0, %c0] : !tile.ref<$BxF, global>, i32, i32 -> tensor<$BxF>
      %direct = tile.dot %x, %y, %zero : tensor<$AxF>, tensor<$BxF> -> tensor<$CxF>
      tile.store %direct, %c[%c0, %c0] : tensor<$CxF>, !tile.ref<$CxF, global>, i32, i32
      %sx = tile.alloc_shared : !tile.ref<$AxF, shared>
      %sy = tile.alloc_shared : !tile.ref<$BxF, shared>
      tile.store %x, %sx[%c0, %c0] : tensor<$AxF>, !tile.ref<$AxF, shared>, i32, i32
      tile.store %y, %sy[%c0, %c0] : tensor<$BxF>, !tile.ref<$BxF, shared>, i32, i32
      tile.barrier
      %u = tile.load %sx[%c0, %c0] : !tile.ref<$AxF, shared>, i32, i32 -> tensor<$AxF>
      %v = tile.load %sy[%c0, %c0] : !tile.ref<$BxF, shared>, i32, i32 -> tensor<$BxF>
      %staged = tile.dot %u, %v, %zero : tensor<$AxF>, tensor<$BxF> -> tensor<$CxF>
      tile.store %staged, %d[%c0, %c0] : tensor<$CxF>, !tile.ref<$CxF, global>, i32, i32
      tile.return
    })";
  for (DotCase c : {DotCase{64, 64, 16, 256}, DotCase{64, 32, 8, 128},
                    DotCase{16, 16, 4, 64}, DotCase{32, 48, 5, 64},
                    DotCase{8, 1, 12, 32}, DotCase{7, 9, 3, 32}}) {
    std::string code = compileTile(
        instantiate(program, {{"AxF", text(c.m) + "x" + text(c.k) + "xf32"},
                              {"BxF", text(c.k) + "x" + text(c.n) + "xf32"},
                              {"CxF", text(c.m) + "x" + text(c.n) + "xf32"},
                              {"T", text(c.threads)}}));
    auto a = randomFloats(c.m * c.k, 21), b = randomFloats(c.k * c.n, 22);
    std::vector<float> direct(c.m * c.n, 7), staged(c.m * c.n, 7);
    ASSERT_EQ(
        runTile(code, {&a, &b, &direct, &staged}, c.threads, {1, 1, 1}, 1), "")
        << c.m << "x" << c.n << "x" << c.k;
    EXPECT_EQ(direct, staged);
    for (int i = 0; i < c.m; ++i)
      for (int j = 0; j < c.n; ++j) {
        double sum = 0, magnitude = 0;
        for (int k = 0; k < c.k; ++k) {
          double product = double(a[i * c.k + k]) * b[k * c.n + j];
          sum += product;
          magnitude += std::abs(product);
        }
        ASSERT_NEAR(direct[i * c.n + j], sum,
                    4 * magnitude * std::ldexp(1.0, -22));
      }
  }
}

/// Both dimensions in which a tile can be repeated.
TEST(TileExchange, ExpandsBothWays) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<24xi32, global>, %y: !tile.ref<24x24xi32, global>)
        attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0] : !tile.ref<24xi32, global>, i32 -> tensor<24xi32>
      %rows = tile.expand %t {dim = 1 : i32} : tensor<24xi32> -> tensor<24x24xi32>
      %columns = tile.expand %t {dim = 0 : i32} : tensor<24xi32> -> tensor<24x24xi32>
      %hundred = arith.constant dense<100> : tensor<24x24xi32>
      %r = arith.muli %rows, %hundred : tensor<24x24xi32>
      %s = arith.addi %r, %columns : tensor<24x24xi32>
      tile.store %s, %y[%c0, %c0] : tensor<24x24xi32>, !tile.ref<24x24xi32, global>, i32, i32
      tile.return
    })";
  std::vector<int32_t> x(24), y(24 * 24);
  for (int i = 0; i < 24; ++i)
    x[i] = i * 5 % 24;
  ASSERT_EQ(runTile(compileTile(program), {&x, &y}, 64), "");
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 24; ++j)
      ASSERT_EQ(y[i * 24 + j], 100 * x[i] + x[j]);
}

} // namespace
