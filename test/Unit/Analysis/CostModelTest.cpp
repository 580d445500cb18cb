//===- CostModelTest.cpp - What kernels cost ------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/CostModel.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace pigeon;

namespace {

/// The device of the header's example.
DeviceModel makeDevice() {
  DeviceModel device;
  device.memoryBytesPerSecond = 1e12;
  device.cacheBytesPerSecond = 2e12;
  device.cacheBytes = 4 << 20;
  device.launchSeconds = 3e-6;
  device.ieeeOperationsPerSecond = 1e12;
  device.tf32OperationsPerSecond = 6e12;
  device.half16OperationsPerSecond = 12e12;
  return device;
}

} // namespace

TEST(CostModel, ExampleOfTheHeader) {
  Cost cost =
      KernelCost(makeDevice()).gather(1e6, 1e4, 256).write(1e6, 256).total();
  EXPECT_NEAR(cost.seconds, 0.003e-3 + 0.2626e-3, 0.0001e-3);
  EXPECT_NEAR(cost.bytes, 516e6, 1);
  EXPECT_EQ(cost.launches, 1);
}

/// A table of twice the cache: half of the repeated reads come from memory.
TEST(CostModel, GatherFromLargeTable) {
  DeviceModel device = makeDevice();
  double rows = device.cacheBytes / 256 * 2, reads = 1e7;
  Cost cost = KernelCost(device).gather(reads, rows, 256).total();
  double bytes = (rows + (reads - rows) / 2) * 256 + reads * 4;
  EXPECT_NEAR(cost.seconds, 3e-6 + std::max(bytes / 1e12, reads * 260 / 2e12),
              1e-9);
}

/// Memory hands out 32 bytes at a time.
TEST(CostModel, GatherOfScalars) {
  Cost cost = KernelCost(makeDevice()).gather(1000, 1e9, 4).total();
  EXPECT_NEAR(cost.bytes, 1000 * (32 + 4), 1e-6);
}

/// 6400 rows and 10 keys: 100 tiles and half a tile for each key.
TEST(CostModel, MultiplyCountsWholeTiles) {
  Cost cost = KernelCost(makeDevice())
                  .multiply(6400, 10, 8, 16, 4, Arithmetic::IEEE32)
                  .total();
  EXPECT_EQ(cost.operations, 2 * 105 * 64 * 8 * 16);
  EXPECT_EQ(cost.bytes, 105 * 8 * 16 * 4);
  EXPECT_NEAR(cost.seconds, 3e-6 + cost.operations / 1e12, 1e-12);
}

TEST(CostModel, ArithmeticDecidesTheTimeOfProducts) {
  auto seconds = [](Arithmetic arithmetic) {
    return KernelCost(makeDevice()).compute(12e12, arithmetic).total().seconds -
           3e-6;
  };
  EXPECT_NEAR(seconds(Arithmetic::F64), 24, 1e-9);
  EXPECT_NEAR(seconds(Arithmetic::IEEE32), 12, 1e-9);
  EXPECT_NEAR(seconds(Arithmetic::ThreeTF32), 6, 1e-9);
  EXPECT_NEAR(seconds(Arithmetic::TF32), 2, 1e-9);
  EXPECT_NEAR(seconds(Arithmetic::F16), 1, 1e-9);
  EXPECT_NEAR(seconds(Arithmetic::BF16), 1, 1e-9);
}

TEST(CostModel, Sums) {
  Cost one = KernelCost(makeDevice()).read(1e6, 1000).total();
  Cost two =
      one + KernelCost(makeDevice()).compute(5e9, Arithmetic::IEEE32).total();
  EXPECT_EQ(one.describe(), "1 kernel, 1 GB, 0 FLOP, 1e+03 us");
  EXPECT_EQ(two.describe(), "2 kernels, 1 GB, 5 GFLOP, 6.01e+03 us");
}

/// The header's second example, on a device of which everything fits the cache.
TEST(CostModel, BlocksWait) {
  DeviceModel device = makeDevice();
  device.cacheLatencySeconds = 0.3e-6;
  device.memoryLatencySeconds = 0.7e-6;
  device.multiprocessors = 132;
  device.registers = 65536;
  device.threads = 2048;
  auto waiting = [&](double rows) {
    return KernelCost(device).read(rows, 4).wait(454, 128, 64, 8, 20);
  };
  Cost cost = waiting(1000).total();
  double rounds = 20;
  EXPECT_NEAR(cost.seconds, 3e-6 + rounds * 0.3e-6, 1e-12);
  EXPECT_NEAR(cost.waitingSeconds, rounds * 0.3e-6 - 4000 / 1e12, 1e-12);
  EXPECT_EQ(cost.describe(), "1 kernel, 4 kB, 0 FLOP, 9 us, 6 us of them "
                             "waiting");
  // Rows that do not fit come from memory, 8 MB here. Neither time hides the
  // other.
  double memory = rounds * 0.7e-6;
  EXPECT_NEAR(waiting(2e6).total().seconds,
              3e-6 + std::cbrt(std::pow(8e-6, 3) + std::pow(memory, 3)), 1e-12);
  // Who moves much hardly waits.
  EXPECT_LT(waiting(1e9).total().waitingSeconds, 1e-9);
  // Blocks that do not fit at once wait for one another.
  Cost many =
      KernelCost(device).read(1000, 4).wait(132 * 80, 128, 64, 8, 20).total();
  EXPECT_NEAR(many.seconds, 3e-6 + 80 * 0.3e-6, 1e-12);
}

/// Blocks that share a multiprocessor need registers and threads, each their
/// own; one always runs.
TEST(CostModel, BlocksAtOnce) {
  DeviceModel device;
  device.multiprocessors = 10;
  device.registers = 65536;
  device.threads = 2048;
  EXPECT_EQ(device.blocksAtOnce(128, 32), 160);
  EXPECT_EQ(device.blocksAtOnce(128, 16), 160);
  EXPECT_EQ(device.blocksAtOnce(128, 72), 70);
  EXPECT_EQ(device.blocksAtOnce(1024, 128), 10);
}

/// What is waited for is what is gathered: here a table of which half fits the
/// cache, read twice, so that every other second read misses.
TEST(CostModel, GatheredRowsAreWaitedFor) {
  DeviceModel device = makeDevice();
  device.cacheLatencySeconds = 0.3e-6;
  device.memoryLatencySeconds = 0.7e-6;
  double rows = 2 * device.cacheBytes / 256;
  Cost cost = KernelCost(device)
                  .gather(2 * rows, rows, 256)
                  .wait(1, 1, 1, 0, 1e6)
                  .total();
  EXPECT_NEAR(cost.seconds, 3e-6 + 1e6 * (0.3e-6 + 0.75 * 0.4e-6), 1e-9);
}

/// Pieces of cut rows are another launch, and another chain of rounds.
TEST(CostModel, PiecesWaitToo) {
  DeviceModel device = makeDevice();
  device.cacheLatencySeconds = 0.3e-6;
  Walk walk = estimateWalk({10, 100, 50}, /*chunk=*/16, /*unroll=*/1);
  auto waiting = [&] {
    return KernelCost(device).read(1000, 4).wait(1, 128, 64, 8, 20);
  };
  Cost whole = waiting().reducePieces(Walk(), 64).total();
  Cost cut = waiting().reducePieces(walk, 64).total();
  EXPECT_EQ(whole.launches, 1);
  EXPECT_EQ(cut.launches, 2);
  EXPECT_GE(cut.seconds - whole.seconds, 3e-6 + walk.cutRounds * 0.3e-6);
}

/// 1000 rows of 3 entries, of which one has 48.
TEST(CostModel, Walks) {
  EntryCounts counts = {1000, 3000, 48};
  Walk whole = estimateWalk(counts, /*chunk=*/64, /*unroll=*/2);
  EXPECT_EQ(whole.average, 1.75);
  EXPECT_EQ(whole.longest, 24);
  EXPECT_EQ(whole.cutRows, 0);
  Walk cut = estimateWalk(counts, /*chunk=*/16, /*unroll=*/1);
  EXPECT_EQ(cut.average, 3);
  EXPECT_EQ(cut.longest, 16);
  EXPECT_NEAR(cut.cutRows, 1000 * std::exp(-16 / 3.0), 1e-9);
  EXPECT_GT(cut.cutShare, cut.cutRows / 1000);
  EXPECT_LT(cut.cutShare, 0.05);
  EXPECT_GT(cut.cutRounds, kRoundsBeforeEntries + kRoundsOfResult);
  // The nodes of fb15k237 that have more than 16 pairs, and of their pairs, as
  // counted.
  Walk real = estimateWalk({14541, 161922, 60}, 16, 1);
  EXPECT_NEAR(real.cutRows, 3581, 0.1 * 3581);
  EXPECT_NEAR(real.cutShare, 0.468, 0.15);
}

TEST(CostModel, ChunksOfProducts) {
  EXPECT_EQ(chooseProductChunk({1000, 3000}, 16), 16);
  EXPECT_EQ(chooseProductChunk({1000, 9000}, 16), 32);
  EXPECT_EQ(chooseProductChunk({1000, 1000000}, 16), 64);
  EXPECT_EQ(chooseProductChunk({1000, 0}, 16), 16);
}

/// What was counted in real graphs, in tiles of 32 (see the header).
TEST(CostModel, ItemsOfOwners) {
  struct Counted {
    EntryCounts owners;
    double keys, items, longest;
  };
  for (const Counted &graph : {Counted{{7262, 24299, 19}, 104, 1320, 30},
                               Counted{{27163, 76204, 13}, 50, 2467, 16},
                               Counted{{14541, 161922, 60}, 474, 16447, 116},
                               Counted{{635811, 2211313, 23}, 64, 71446, 27}}) {
    OwnerItems items = estimateOwnerItems(graph.owners, graph.keys, 32);
    EXPECT_NEAR(items.total(), graph.items, 0.2 * graph.items);
    EXPECT_GT(items.longest, 0.8 * graph.longest);
    EXPECT_LT(items.longest, 2 * graph.longest);
  }
  // One key: an item for each block, none longer; several rows of it: as many.
  EXPECT_EQ(estimateOwnerItems({320, 320, 1}, 1, 32).total(), 10);
  EXPECT_EQ(estimateOwnerItems({320, 320, 1}, 1, 32).longest, 1);
  EXPECT_EQ(estimateOwnerItems({320, 960, 3}, 1, 32).average, 3);
}

/// Two items on average and ten in the longest block, of rows of three entries,
/// of which the longest of an item has six.
TEST(CostModel, RoundsOfOwners) {
  OwnerItems items = {100, 2, 10};
  OwnerRounds rounds =
      estimateOwnerRounds(items, estimateWalk({1000, 3000, 48}, 16, 1), 4);
  EXPECT_EQ(rounds.average, 2 * (4 + 3));
  EXPECT_EQ(rounds.longest, 10 * (4 + 6));
}

/// What was counted is believed; a walk of rows as they are has no entries.
TEST(CostModel, CountedBlocksOfOwners) {
  OwnerItems items = estimateOwnerItems({40943, 109019, 9, {14, 118}}, 22, 32);
  EXPECT_EQ(items.longest, 14);
  Walk walk = estimateWalk({109019, 186006, 510}, 16, 1);
  EXPECT_EQ(estimateOwnerRounds(items, walk, 4).longest, 14 * 4 + 118);
  Walk pairs = estimateWalk({109019, 186006, 510}, 16, 2);
  EXPECT_EQ(estimateOwnerRounds(items, pairs, 4).longest, 14 * 4 + 118 / 2);
  EXPECT_EQ(estimateOwnerRounds(items, Walk(), 4).longest, 14 * 4);
}

TEST(CostModel, SmallGainsAreNotBelieved) {
  Cost before, after;
  before.seconds = 1;
  after.seconds = 0.96;
  EXPECT_FALSE(isWorthwhile(before, after));
  after.seconds = 0.94;
  EXPECT_TRUE(isWorthwhile(before, after));
}
