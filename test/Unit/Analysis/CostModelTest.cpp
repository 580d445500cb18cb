//===- CostModelTest.cpp - What kernels cost ------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/CostModel.h"

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
  device.residentThreads = 132 * 1024;
  auto waiting = [&](double rows) {
    return KernelCost(device).read(rows, 4).wait(454, 128, 8, 20);
  };
  Cost cost = waiting(1000).total();
  double rounds = 454 / (132 * 8.0) * 8 + 20;
  EXPECT_NEAR(rounds, 23, 0.5);
  EXPECT_NEAR(cost.seconds, 3e-6 + rounds * 0.3e-6, 1e-12);
  EXPECT_NEAR(cost.waitingSeconds, rounds * 0.3e-6 - 4000 / 1e12, 1e-12);
  EXPECT_EQ(cost.describe(), "1 kernel, 4 kB, 0 FLOP, 10 us, 7 us of them "
                             "waiting");
  // Rows that do not fit come from memory.
  EXPECT_NEAR(waiting(2e6).total().seconds, 3e-6 + rounds * 0.7e-6, 1e-12);
  // Who moves much does not wait.
  EXPECT_EQ(waiting(1e9).total().waitingSeconds, 0);
  EXPECT_EQ(waiting(1000).launch(2).total().launches, 3);
  EXPECT_NEAR(waiting(1000).launch(2).total().seconds - cost.seconds, 6e-6,
              1e-12);
}

/// 1000 rows of 3 entries: the longest are taken to have 48.
TEST(CostModel, Walks) {
  Walk whole = estimateWalk(1000, 3000, /*chunk=*/64, /*unroll=*/2);
  EXPECT_EQ(whole.average, 2);
  EXPECT_EQ(whole.longest, 24);
  EXPECT_FALSE(whole.isCut);
  Walk cut = estimateWalk(1000, 3000, /*chunk=*/16, /*unroll=*/1);
  EXPECT_EQ(cut.longest, 16);
  EXPECT_TRUE(cut.isCut);
}

/// What was counted in real graphs, in tiles of 32 (see the header).
TEST(CostModel, ItemsOfOwners) {
  struct Counted {
    double rows, owners, keys, items;
  };
  for (Counted graph :
       {Counted{24299, 7262, 104, 1320}, Counted{76204, 27163, 50, 2467},
        Counted{161922, 14541, 474, 16447},
        Counted{2211313, 635811, 64, 71446}}) {
    OwnerItems items =
        estimateOwnerItems(graph.rows, graph.owners, graph.keys, 32);
    EXPECT_NEAR(items.total(), graph.items, 0.2 * graph.items);
    EXPECT_GE(items.longest, items.average);
  }
  // One key: an item for each block, none longer; several rows of it: as many.
  EXPECT_EQ(estimateOwnerItems(320, 320, 1, 32).total(), 10);
  EXPECT_EQ(estimateOwnerItems(320, 320, 1, 32).longest, 1);
  EXPECT_EQ(estimateOwnerItems(960, 320, 1, 32).average, 3);
}

TEST(CostModel, SmallGainsAreNotBelieved) {
  Cost before, after;
  before.seconds = 1;
  after.seconds = 0.96;
  EXPECT_FALSE(isWorthwhile(before, after));
  after.seconds = 0.94;
  EXPECT_TRUE(isWorthwhile(before, after));
}
