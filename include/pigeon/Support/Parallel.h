//===- Parallel.h - Loops over a pool of threads ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop is cut into chunks by its count and its grain alone, never by the
// number of threads. So a body that writes one result per chunk gives the same
// results on every machine, and they can be combined in the order of chunks.
//
//   ThreadPool pool;
//   std::vector<double> sums(ThreadPool::numChunks(n, 4096));
//   pool.parallelFor(n, 4096, [&](std::int64_t begin, std::int64_t end) {
//     sums[begin / 4096] = sum(begin, end);
//   });
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_PARALLEL_H
#define PIGEON_SUPPORT_PARALLEL_H

#include <cstdint>
#include <functional>
#include <memory>

namespace pigeon {

class ThreadPool {
public:
  /// Runs loops on this many threads, the caller's included; 0: one for each
  /// core that this process may use.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned numThreads() const;

  static std::int64_t numChunks(std::int64_t count, std::int64_t grain) {
    return count / grain + (count % grain != 0);
  }

  /// Calls body(begin, end) once for each chunk [i * grain, (i + 1) * grain) of
  /// [0, count), in any order and on any thread, and returns when all are done.
  /// The body must not throw. A loop inside a loop's body runs on the thread
  /// that meets it; loops from different threads wait for each other.
  void parallelFor(std::int64_t count, std::int64_t grain,
                   const std::function<void(std::int64_t, std::int64_t)> &body);

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace pigeon

#endif // PIGEON_SUPPORT_PARALLEL_H
