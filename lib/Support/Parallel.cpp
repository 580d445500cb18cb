//===- Parallel.cpp - Loops over a pool of threads ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sched.h>
#include <thread>
#include <vector>

namespace pigeon {

namespace {
struct Loop {
  std::int64_t count, grain, numChunks;
  const std::function<void(std::int64_t, std::int64_t)> *body;
  std::atomic<std::int64_t> next{0};

  /// Runs chunks until none is left.
  void work() {
    for (;;) {
      std::int64_t chunk = next.fetch_add(1);
      if (chunk >= numChunks)
        return;
      std::int64_t begin = chunk * grain;
      (*body)(begin, begin + std::min(grain, count - begin));
    }
  }
};
} // namespace

struct ThreadPool::State {
  /// Held by the thread whose loop is running.
  std::mutex turn;
  std::atomic<std::thread::id> owner{};

  std::mutex mutex;
  std::condition_variable wake, idle;
  Loop *loop = nullptr;         // guarded by mutex
  std::uint64_t generation = 0; // of `loop`
  unsigned busy = 0;            // workers inside `loop`
  bool stop = false;
  std::vector<std::thread> workers;

  void runWorker() {
    std::unique_lock<std::mutex> lock(mutex);
    std::uint64_t seen = 0;
    for (;;) {
      wake.wait(lock, [&] { return stop || (loop && generation != seen); });
      if (stop)
        return;
      seen = generation;
      Loop *mine = loop;
      ++busy;
      lock.unlock();
      mine->work();
      lock.lock();
      if (--busy == 0)
        idle.notify_all();
    }
  }

  bool isInsideLoop() const {
    std::thread::id self = std::this_thread::get_id();
    return owner.load() == self || std::any_of(workers.begin(), workers.end(),
                                               [&](const std::thread &t) {
                                                 return t.get_id() == self;
                                               });
  }
};

/// Containers often may use fewer cores than the machine has.
static unsigned usableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  return std::max(1u, std::thread::hardware_concurrency());
}

ThreadPool::ThreadPool(unsigned threads) : state(std::make_unique<State>()) {
  unsigned total = threads ? threads : usableCores();
  for (unsigned i = 1; i < total; ++i)
    state->workers.emplace_back([s = state.get()] { s->runWorker(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->stop = true;
  }
  state->wake.notify_all();
  for (std::thread &worker : state->workers)
    worker.join();
}

unsigned ThreadPool::numThreads() const {
  return static_cast<unsigned>(state->workers.size()) + 1;
}

void ThreadPool::parallelFor(
    std::int64_t count, std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)> &body) {
  grain = std::max<std::int64_t>(grain, 1);
  if (count <= 0)
    return;
  Loop loop{count, grain, numChunks(count, grain), &body};
  if (loop.numChunks == 1 || state->workers.empty() || state->isInsideLoop())
    return loop.work();

  std::lock_guard<std::mutex> turn(state->turn);
  state->owner = std::this_thread::get_id();
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->loop = &loop;
    ++state->generation;
  }
  state->wake.notify_all();
  loop.work();
  {
    // No worker may still hold the loop, which lies on this stack.
    std::unique_lock<std::mutex> lock(state->mutex);
    state->loop = nullptr;
    state->idle.wait(lock, [&] { return state->busy == 0; });
  }
  state->owner = std::thread::id();
}

} // namespace pigeon
