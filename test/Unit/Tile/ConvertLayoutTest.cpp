//===- ConvertLayoutTest.cpp - The same tile in another layout, run -- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every pair of a family of layouts, every element. Loads and stores are in the
// layouts under test, and what is converted in between has the width under
// test.
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Layout/IR/Conversion.h"
#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace pigeon;
using namespace pigeon::test;
using layout::Layout;

namespace {

std::string program(const Layout &from, const Layout &to, int64_t bits) {
  return moveProgram(from, to, bits, "",
                     "%u = tile.convert_layout %n : tensor<$S$E, "
                     "#layout.layout$FROM> -> tensor<$S$E, #layout.layout$TO>");
}

enum class Way { Registers, Shuffles, Memory };

/// How the compiled program moves the tile.
Way wayOf(llvm::StringRef code) {
  if (code.contains("nvvm.barrier"))
    return Way::Memory;
  return code.contains("nvvm.shfl") ? Way::Shuffles : Way::Registers;
}

/// Runs one conversion; returns its way.
Way expectConverts(const Layout &from, const Layout &to, int64_t bits) {
  std::string code = compileTile(program(from, to, bits));
  int64_t elements = from.numElements();
  std::vector<int32_t> x(elements), y(elements, -1);
  for (int64_t i = 0; i < elements; ++i)
    x[i] = bits == 1 ? i * 29 % 7 % 2 : bits == 8 ? i % 251 : 1000 + i;
  EXPECT_EQ(runTile(code, {&x, &y}, from.numThreads(), {1, 1, 1}, 9), "");
  EXPECT_EQ(x, y) << from.str() << " to " << to.str() << ", " << bits
                  << " bits";
  return wayOf(code);
}

/// Ways to hold 8 x 16 elements in 64 threads, two warps: rows, columns,
/// vectors, fragments of matrix instructions, copies in registers, in lanes and
/// in warps.
std::vector<Layout> family() {
  Layout fragment = Layout::spatial({8, 4}) * Layout::local({1, 2});
  return {Layout::blocked({8, 16}, 64, 1, 4),
          Layout::blocked({8, 16}, 64, 0, 2),
          Layout::spatial({4, 16}) * Layout::local({2, 1}),
          Layout::local({2, 1}) * Layout::spatial({4, 16}),
          Layout::replicated(4, 2) * Layout::spatial({8, 2}) *
              Layout::local({1, 8}),
          Layout::local({1, 4}) * Layout::spatialOrder({8, 4}, {1, 0}) *
              Layout::replicated(2, 2),
          Layout::replicated(64, 2) * Layout::local({8, 16}),
          Layout::replicated(64, 2) * Layout::localOrder({8, 16}, {1, 0}),
          Layout::replicated(2, 2) * Layout::local({1, 2}) * fragment,
          Layout::spatial({1, 2}) * fragment,
          Layout::spatial({1, 2}) * Layout::local({1, 2}) *
              Layout::spatial({8, 4}),
          Layout::spatial({2, 1}) * Layout::spatialOrder({4, 8}, {1, 0}) *
              Layout::local({1, 2}),
          Layout::replicated(2, 2) * Layout::spatial({8, 4}) *
              Layout::local({1, 4})};
}

/// The way is the cheapest that the algebra knows.
TEST(ConvertLayout, EveryPair) {
  int seen[3] = {0, 0, 0}, exchanged = 0;
  for (const Layout &from : family())
    for (const Layout &to : family()) {
      Way way = expectConverts(from, to, 32);
      layout::ConvertKind kind = layout::convertKind(from, to);
      auto exchanges = layout::findExchanges(from, to);
      if (kind <= layout::ConvertKind::RegisterPermutation) {
        EXPECT_EQ(way, Way::Registers) << from.str() << " to " << to.str();
      } else if (kind == layout::ConvertKind::WarpShuffle) {
        EXPECT_EQ(way, Way::Shuffles) << from.str() << " to " << to.str();
      } else if (!exchanges) {
        EXPECT_EQ(way, Way::Memory) << from.str() << " to " << to.str();
      }
      ++seen[static_cast<int>(way)];
      exchanged +=
          kind == layout::ConvertKind::SharedMemory && way == Way::Shuffles;
      if (HasFailure())
        return;
    }
  for (int count : seen)
    EXPECT_GT(count, 10);
  EXPECT_GT(exchanged, 5);
}

/// Values of other widths than a word: two or four share a word of a shuffle,
/// wide ones go through memory.
TEST(ConvertLayout, EveryWidth) {
  // Each pair in one of the widths.
  const int64_t widths[] = {1, 8, 16, 64};
  int pair = 0;
  for (const Layout &from : family())
    for (const Layout &to : family()) {
      int64_t bits = widths[pair++ % 4];
      Way way = expectConverts(from, to, bits);
      if (bits == 64) {
        EXPECT_NE(way, Way::Shuffles);
      }
      if (HasFailure())
        return;
    }
}

/// What no power of two describes goes through memory, or stays.
TEST(ConvertLayout, OddShapes) {
  std::vector<Layout> layouts = {
      Layout::blocked({6, 10}, 32, 1, 2), Layout::blocked({6, 10}, 32, 0, 3),
      Layout::blocked({6, 10}, 32, 1, 1),
      Layout::replicated(32, 2) * Layout::local({6, 10})};
  for (const Layout &from : layouts)
    for (const Layout &to : layouts)
      for (int64_t bits : {16, 32})
        expectConverts(from, to, bits);
}

/// 16-bit results of a product, from the fragment to 16 bytes of a row in each
/// lane: exchanges among four lanes.
TEST(ConvertLayout, FragmentToRows) {
  Layout from = Layout::local({1, 4}) * layout::mma::m16n8k16C();
  Layout to =
      Layout::local({2, 1}) * Layout::spatial({8, 4}) * Layout::local({1, 8});
  EXPECT_EQ(expectConverts(from, to, 16), Way::Shuffles);
  std::string code = compileTile(program(from, to, 16));
  // Two steps; 16 locals, half of them sent in each step, two in a word.
  EXPECT_EQ(llvm::StringRef(code).count("nvvm.shfl"), 2u * 4);
}

} // namespace
