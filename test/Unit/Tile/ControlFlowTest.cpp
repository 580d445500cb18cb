//===- ControlFlowTest.cpp - Tiles through loops and branches, run ------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include <gtest/gtest.h>

using namespace pigeon::test;

namespace {

/// Rows of different lengths, summed entry by entry up to the longest: the
/// shape of every traversal.
TEST(TileControlFlow, SumsSegments) {
  const char *program = R"(
    tile.func @k(%pointer: !tile.ref<?xi32, global>, %list: !tile.ref<?xi32, global>,
                 %x: !tile.ref<?x$Nxf32, global>, %y: !tile.ref<?x$Nxf32, global>,
                 %rows: i32) attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %c1 = arith.constant 1 : i32
      %c8 = arith.constant 8 : i32
      %one = arith.constant dense<1> : tensor<8xi32>
      %zero = arith.constant dense<0.0> : tensor<8x$Nxf32>
      %b = tile.block_id x : i32
      %m0 = arith.muli %b, %c8 : i32
      %iota = tile.iota : tensor<8xi32>
      %m0s = tile.splat %m0 : i32 -> tensor<8xi32>
      %row = arith.addi %iota, %m0s : tensor<8xi32>
      %all = tile.splat %rows : i32 -> tensor<8xi32>
      %mask = arith.cmpi slt, %row, %all : tensor<8xi32>
      %next = arith.addi %row, %one : tensor<8xi32>
      %begin = tile.load %pointer[%row] mask(%mask) : !tile.ref<?xi32, global>, tensor<8xi32> -> tensor<8xi32>
      %end = tile.load %pointer[%next] mask(%mask) : !tile.ref<?xi32, global>, tensor<8xi32> -> tensor<8xi32>
      %length = arith.subi %end, %begin : tensor<8xi32>
      %longest = tile.reduce max %length {dim = 0 : i32} : tensor<8xi32> -> i32
      %sum = scf.for %e = %c0 to %longest step %c1 iter_args(%acc = %zero) -> (tensor<8x$Nxf32>) : i32 {
        %es = tile.splat %e : i32 -> tensor<8xi32>
        %at = arith.addi %begin, %es : tensor<8xi32>
        %here = arith.cmpi slt, %at, %end : tensor<8xi32>
        %source = tile.load %list[%at] mask(%here) : !tile.ref<?xi32, global>, tensor<8xi32> -> tensor<8xi32>
        %value = tile.load %x[%source, %c0] mask(%here) : !tile.ref<?x$Nxf32, global>, tensor<8xi32>, i32 -> tensor<8x$Nxf32>
        %next_acc = arith.addf %acc, %value : tensor<8x$Nxf32>
        scf.yield %next_acc : tensor<8x$Nxf32>
      }
      tile.store %sum, %y[%row, %c0] mask(%mask) : tensor<8x$Nxf32>, !tile.ref<?x$Nxf32, global>, tensor<8xi32>, i32
      tile.return
    })";
  const int rows = 21, sources = 9;
  std::vector<int32_t> pointer = {0}, list;
  for (int i = 0; i < rows; ++i) {
    int length = i == 13 ? 40 : i * 5 % 4;
    for (int e = 0; e < length; ++e)
      list.push_back((i * 3 + e * 7) % sources);
    pointer.push_back(list.size());
  }
  for (int columns : {4, 10, 64})
    for (int threads : {32, 128}) {
      std::string code =
          compileTile(instantiate(program, {{"N", std::to_string(columns)},
                                            {"T", std::to_string(threads)}}));
      auto x = randomFloats(sources * columns, 31);
      for (uint64_t seed : {0, 8}) {
        std::vector<float> y(rows * columns, 7);
        ASSERT_EQ(runTile(code, {&pointer, &list, &x, &y, rows}, threads,
                          {3, 1, 1}, seed),
                  "");
        for (int i = 0; i < rows; ++i)
          for (int j = 0; j < columns; ++j) {
            float sum = 0;
            for (int e = pointer[i]; e < pointer[i + 1]; ++e)
              sum += x[list[e] * columns + j];
            ASSERT_EQ(y[i * columns + j], sum);
          }
      }
    }
}

/// Two accumulators, of different shapes and layouts, swapped into each other's
/// uses; a branch on a scalar and a loop whose end is computed inside.
TEST(TileControlFlow, CarriesTilesThroughBranchesAndWhile) {
  const char *program = R"(
    tile.func @k(%x: !tile.ref<16x8xi32, global>, %y: !tile.ref<16x8xi32, global>,
                 %limit: i32, %flip: i32) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<16x8xi32, global>, i32, i32 -> tensor<16x8xi32>
      %ones = arith.constant dense<1> : tensor<16xi32>
      %count, %sum = scf.while (%c = %ones, %a = %t) : (tensor<16xi32>, tensor<16x8xi32>) -> (tensor<16xi32>, tensor<16x8xi32>) {
        %most = tile.reduce max %c {dim = 0 : i32} : tensor<16xi32> -> i32
        %more = arith.cmpi slt, %most, %limit : i32
        scf.condition(%more) %c, %a : tensor<16xi32>, tensor<16x8xi32>
      } do {
      ^bb0(%c: tensor<16xi32>, %a: tensor<16x8xi32>):
        %two = arith.constant dense<2> : tensor<16xi32>
        %c2 = arith.muli %c, %two : tensor<16xi32>
        %wide = tile.expand %c2 {dim = 1 : i32} : tensor<16xi32> -> tensor<16x8xi32>
        %a2 = arith.addi %a, %wide : tensor<16x8xi32>
        scf.yield %c2, %a2 : tensor<16xi32>, tensor<16x8xi32>
      }
      %flips = arith.cmpi ne, %flip, %c0 : i32
      %result = scf.if %flips -> (tensor<16x8xi32>) {
        %zero = arith.constant dense<0> : tensor<16x8xi32>
        %negative = arith.subi %zero, %sum : tensor<16x8xi32>
        scf.yield %negative : tensor<16x8xi32>
      } else {
        scf.yield %sum : tensor<16x8xi32>
      }
      tile.store %result, %y[%c0, %c0] : tensor<16x8xi32>, !tile.ref<16x8xi32, global>, i32, i32
      tile.return
    })";
  std::string code = compileTile(program);
  std::vector<int32_t> x(128);
  for (int i = 0; i < 128; ++i)
    x[i] = i * i;
  for (int limit : {0, 2, 100})
    for (int flip : {0, 1}) {
      std::vector<int32_t> y(128);
      ASSERT_EQ(runTile(code, {&x, &y, limit, flip}, 64), "");
      int count = 1, added = 0;
      while (count < limit) {
        count *= 2;
        added += count;
      }
      for (int i = 0; i < 128; ++i)
        ASSERT_EQ(y[i], (flip ? -1 : 1) * (x[i] + added));
    }
}

} // namespace
