//===- ConversionTest.cpp - Conversions, run on data ----------------------===//
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
using testing::ElementsAre;

/// Whether reading as the conversion says gives each thread its elements.
static void expectMovesRight(const Layout &from, const Layout &to,
                             int64_t warpSize) {
  Conversion conversion = convert(from, to, warpSize);
  if (conversion.kind == ConvertKind::SharedMemory)
    return;
  for (int64_t thread = 0; thread < to.numThreads(); ++thread)
    for (int64_t local = 0; local < to.numLocals(); ++local) {
      int64_t source = thread;
      if (conversion.kind == ConvertKind::WarpShuffle)
        source = conversion.sourceOf(thread, local);
      ASSERT_EQ(source / warpSize, thread / warpSize);
      ASSERT_EQ(from.indexOf(source, conversion.sourceLocal[local]),
                to.indexOf(thread, local))
          << from.str() << " to " << to.str();
    }
}

TEST(Conversion, WorkedExample) {
  Layout from = Layout::spatial({4});
  Layout to = Layout::replicated(4, 1) * Layout::local({4});
  Conversion conversion = convert(from, to);
  EXPECT_EQ(conversion.kind, ConvertKind::WarpShuffle);
  EXPECT_THAT(conversion.sourceLocal, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(conversion.sourceThread, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(conversion.laneDigits.empty());
  EXPECT_EQ(convertKind(to, from), ConvertKind::SharedMemory);
}

TEST(Conversion, Kinds) {
  Layout c = mma::m16n8k16C();
  EXPECT_EQ(convertKind(c, c), ConvertKind::Identity);
  Layout turned = Layout::local({1, 2});
  Layout a = Layout::local({2, 1}) * turned, b = turned * Layout::local({2, 1});
  EXPECT_EQ(convertKind(a, b), ConvertKind::RegisterPermutation);
  EXPECT_THAT(convert(a, b).sourceLocal, ElementsAre(0, 2, 1, 3));
  EXPECT_EQ(convertKind(Layout::spatial({4, 8}),
                        Layout::spatialOrder({4, 8}, {1, 0})),
            ConvertKind::WarpShuffle);
  // The same over two warps has to cross them.
  EXPECT_EQ(convertKind(Layout::spatial({8, 8}),
                        Layout::spatialOrder({8, 8}, {1, 0})),
            ConvertKind::SharedMemory);
  EXPECT_EQ(convertKind(Layout::spatial({4}), Layout::local({4})),
            ConvertKind::SharedMemory);
}

// The accumulator of one product is the A operand of the next: two of C side by
// side are A up to the order of registers.
TEST(Conversion, AccumulatorToOperand) {
  Layout twoC = Layout::local({1, 2}) * mma::m16n8k16C();
  EXPECT_EQ(convertKind(twoC, mma::m16n8k16A()), ConvertKind::Identity);
}

// With radices 2 and 4 all digits can be cut alike, so the answer is exact.
TEST(Conversion, ExactForPowersOfTwo) {
  RandomLayouts random(21);
  RandomLayouts::Options options;
  options.rank = 1;
  options.maxPlaces = 64;
  options.radices = {2, 2, 4};
  int seen[4] = {0, 0, 0, 0};
  for (int round = 0; round < 20000; ++round) {
    Layout from = random.layout(options), to = random.similar(from);
    int64_t warpSize = random.coin() ? 4 : 8;
    ConvertKind expected = enumerate::convertKind(
        enumerate::tabulate(from), enumerate::tabulate(to), warpSize);
    ASSERT_EQ(convert(from, to, warpSize).kind, expected)
        << from.str() << " to " << to.str() << " in warps of " << warpSize;
    ++seen[static_cast<int>(expected)];
    expectMovesRight(from, to, warpSize);
  }
  for (int count : seen)
    EXPECT_GT(count, 100);
}

/// The elements of each thread after the steps, at thread * locals + local.
static std::vector<llvm::SmallVector<int64_t>>
runSteps(const Layout &from, llvm::ArrayRef<LaneExchange> steps) {
  int64_t threads = from.numThreads();
  std::vector<std::vector<llvm::SmallVector<int64_t>>> held(threads);
  for (int64_t thread = 0; thread < threads; ++thread)
    for (int64_t local = 0; local < from.numLocals(); ++local)
      held[thread].push_back(from.indexOf(thread, local));
  for (const LaneExchange &step : steps) {
    auto before = held;
    for (int64_t thread = 0; thread < threads; ++thread) {
      bool upper = thread / step.threadStride % 2;
      for (int64_t low = 0; low < int64_t(before[thread].size()); ++low) {
        if (low / step.localStride % 2)
          continue;
        int64_t high = low + step.localStride;
        if (step.keepsHalf) {
          held[thread][step.localAfter(low)] =
              before[thread][upper ? high : low];
          continue;
        }
        int64_t other = thread + (upper ? -1 : 1) * step.threadStride;
        held[thread][upper ? low : high] = before[other][upper ? high : low];
      }
      if (step.keepsHalf)
        held[thread].resize(before[thread].size() / 2);
    }
  }
  std::vector<llvm::SmallVector<int64_t>> all;
  for (auto &locals : held)
    all.insert(all.end(), locals.begin(), locals.end());
  return all;
}

/// Whether each element that a thread wants is somewhere in its warp.
static bool staysInWarp(const Layout &from, const Layout &to,
                        int64_t warpSize) {
  for (int64_t thread = 0; thread < to.numThreads(); ++thread)
    for (int64_t local = 0; local < to.numLocals(); ++local) {
      auto holders = from.holdersOf(to.indexOf(thread, local));
      if (llvm::none_of(holders, [&](auto holder) {
            return holder.first / warpSize == thread / warpSize;
          }))
        return false;
    }
  return true;
}

// There are steps exactly where nothing crosses warps, and they lead to where
// they say.
TEST(Conversion, ExchangesInsideWarps) {
  RandomLayouts random(23);
  RandomLayouts::Options options;
  options.rank = 2;
  options.maxPlaces = 64;
  options.radices = {2, 2, 4};
  int exchanged = 0, halved = 0, crossed = 0;
  for (int round = 0; round < 20000; ++round) {
    Layout from = random.layout(options), to = random.similar(from);
    int64_t warpSize = random.coin() ? 4 : 8;
    auto exchanges = findExchanges(from, to, warpSize);
    ASSERT_EQ(exchanges.has_value(), staysInWarp(from, to, warpSize))
        << from.str() << " to " << to.str() << " in warps of " << warpSize;
    if (!exchanges) {
      ++crossed;
      continue;
    }
    auto held = runSteps(from, exchanges->steps);
    const Layout &reached = exchanges->reached;
    ASSERT_EQ(int64_t(held.size()), reached.numThreads() * reached.numLocals());
    for (size_t place = 0; place < held.size(); ++place)
      ASSERT_EQ(held[place], reached.indexOf(place / reached.numLocals(),
                                             place % reached.numLocals()));
    expectMovesRight(reached, to, warpSize);
    ASSERT_NE(exchanges->rest.kind, ConvertKind::SharedMemory);
    for (const LaneExchange &step : exchanges->steps) {
      ASSERT_TRUE(step.keepsHalf || step.threadStride < warpSize);
      ++(step.keepsHalf ? halved : exchanged);
    }
  }
  EXPECT_GT(exchanged, 100);
  EXPECT_GT(halved, 50);
  EXPECT_GT(crossed, 100);
}

// With mixed radices it may miss a shuffle, but never promises too much, and
// what needs no shuffle is still exact.
TEST(Conversion, SafeForMixedRadices) {
  RandomLayouts random(22);
  RandomLayouts::Options options;
  options.rank = 1;
  options.maxPlaces = 48;
  options.maxDigits = 4;
  options.radices = {2, 3, 3, 6};
  int mixed = 0;
  for (int round = 0; round < 20000; ++round) {
    Layout from = random.layout(options), to = random.similar(from);
    int64_t warpSize = 6;
    ConvertKind expected = enumerate::convertKind(
        enumerate::tabulate(from), enumerate::tabulate(to), warpSize);
    ConvertKind found = convert(from, to, warpSize).kind;
    if (expected <= ConvertKind::RegisterPermutation) {
      ASSERT_EQ(found, expected) << from.str() << " to " << to.str();
    }
    ASSERT_GE(found, expected) << from.str() << " to " << to.str();
    mixed += expected == ConvertKind::WarpShuffle;
    expectMovesRight(from, to, warpSize);
  }
  EXPECT_GT(mixed, 50);
}
