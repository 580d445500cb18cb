//===- ParallelTest.cpp - Loops over threads, and progress ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Parallel.h"

#include "pigeon/Support/Progress.h"

#include <atomic>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

using namespace pigeon;

namespace {

TEST(ParallelTest, EveryElementOnce) {
  for (unsigned threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.numThreads(), threads);
    for (std::int64_t count : {0, 1, 7, 1000})
      for (std::int64_t grain : {1, 3, 64, 5000}) {
        std::vector<int> seen(static_cast<std::size_t>(count));
        pool.parallelFor(count, grain,
                         [&](std::int64_t begin, std::int64_t end) {
                           for (std::int64_t i = begin; i < end; ++i)
                             ++seen[i];
                         });
        EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
      }
  }
}

TEST(ParallelTest, ChunksDoNotDependOnThreads) {
  using Chunks = std::set<std::pair<std::int64_t, std::int64_t>>;
  auto chunksOf = [](unsigned threads) {
    ThreadPool pool(threads);
    Chunks chunks;
    std::mutex mutex;
    pool.parallelFor(100, 30, [&](std::int64_t begin, std::int64_t end) {
      std::lock_guard<std::mutex> lock(mutex);
      chunks.emplace(begin, end);
    });
    return chunks;
  };
  EXPECT_EQ(chunksOf(1), (Chunks{{0, 30}, {30, 60}, {60, 90}, {90, 100}}));
  EXPECT_EQ(chunksOf(4), chunksOf(1));
  EXPECT_EQ(ThreadPool::numChunks(100, 30), 4);
}

TEST(ParallelTest, ThreadsWorkTogether) {
  ThreadPool pool(2);
  std::atomic<int> arrived{0};
  // Each chunk waits for the other, so one thread alone would never end.
  pool.parallelFor(2, 1, [&](std::int64_t, std::int64_t) {
    ++arrived;
    while (arrived < 2)
      std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ParallelTest, LoopsInLoopsAndFromManyThreads) {
  ThreadPool pool(3);
  std::atomic<std::int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round)
        pool.parallelFor(10, 1, [&](std::int64_t, std::int64_t) {
          pool.parallelFor(10, 3, [&](std::int64_t begin, std::int64_t end) {
            sum += end - begin;
          });
        });
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(sum, 4 * 50 * 10 * 10);
}

/// A clock that a test sets.
struct FakeClock {
  double seconds = 0;
  Progress::Clock clock() {
    return [this] {
      return std::chrono::steady_clock::time_point(
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(
              std::chrono::duration<double>(seconds)));
    };
  }
};

TEST(ProgressTest, ShortWorkIsSilent) {
  std::ostringstream out;
  FakeClock time;
  {
    Progress progress("work", 100, out, time.clock());
    time.seconds = 1.9;
    progress.advance(99);
    time.seconds = 50; // nothing was printed, so the end is silent too
  }
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressTest, LongWorkPrintsNowAndThen) {
  std::ostringstream out;
  FakeClock time;
  {
    Progress progress("work", 100, out, time.clock());
    for (double seconds : {1.0, 2.0, 2.5, 3.25, 3.5}) {
      time.seconds = seconds;
      progress.advance(10);
    }
    time.seconds = 4;
  }
  EXPECT_EQ(out.str(), "work: 20 %, 2.0 s\n"
                       "work: 40 %, 3.2 s\n"
                       "work: done in 4.0 s\n");
}

TEST(ProgressTest, UnknownTotal) {
  std::ostringstream out;
  FakeClock time;
  {
    Progress progress("work", 0, out, time.clock());
    time.seconds = 3;
    progress.advance();
  }
  EXPECT_EQ(out.str(), "work: 3.0 s\nwork: done in 3.0 s\n");
}

} // namespace
