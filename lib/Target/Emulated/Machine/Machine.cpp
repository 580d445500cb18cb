//===- Machine.cpp - Grids of blocks over OS threads ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"
#include "Block.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <numeric>
#include <system_error>
#include <thread>
#include <vector>

namespace pigeon::emulated {

namespace {

/// A permutation of 0 .. count-1 without a table: i -> i * factor + offset.
class BlockOrder {
public:
  BlockOrder(std::uint64_t count, std::uint64_t seed) : count(count) {
    if (seed == 0 || count < 2)
      return;
    std::uint64_t mixed = seed * 0x9E3779B97F4A7C15ull;
    mixed ^= mixed >> 29;
    offset = mixed % count;
    factor = 1 + (mixed >> 32) % (count - 1);
    while (std::gcd(factor, count) != 1)
      ++factor;
  }
  std::uint64_t operator[](std::uint64_t i) const {
    return (i * factor + offset) % count;
  }

private:
  std::uint64_t count, factor = 1, offset = 0;
};

} // namespace

struct Machine::Impl {
  Impl(unsigned threads, bool checkGlobalRaces) : memory(checkGlobalRaces) {
    for (unsigned i = 0; i < threads; ++i)
      blocks.push_back(std::make_unique<Block>(memory));
    // The caller of `run` works too, as number 0.
    try {
      for (unsigned i = 1; i < threads; ++i)
        pool.emplace_back([this, i] { serve(i); });
    } catch (const std::system_error &) {
      // The system gives no more threads: fewer do the work.
      blocks.resize(pool.size() + 1);
    }
  }

  ~Impl() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (std::thread &thread : pool)
      thread.join();
  }

  void serve(unsigned worker) {
    std::uint64_t seen = 0;
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex);
      wake.wait(lock, [&] { return stopping || job != seen; });
      if (stopping)
        return;
      seen = job;
      if (worker >= wanted)
        continue;
      lock.unlock();
      work(worker);
      lock.lock();
      if (--busy == 0)
        idle.notify_all();
    }
  }

  void work(unsigned worker) {
    Block &block = *blocks[worker];
    if (!block.prepare(*launch)) {
      report(0, "no memory for shared memory");
      return;
    }
    BlockOrder order(blockCount, launch->seed);
    for (;;) {
      std::uint64_t position = next.fetch_add(1, std::memory_order_relaxed);
      if (position >= blockCount ||
          position > findingPosition.load(std::memory_order_relaxed))
        return;
      std::string wrong = block.run(order[position]);
      if (!wrong.empty())
        report(position, wrong);
    }
  }

  void report(std::uint64_t position, const std::string &what) {
    std::lock_guard<std::mutex> lock(mutex);
    if (position >= findingPosition.load(std::memory_order_relaxed))
      return;
    findingPosition.store(position, std::memory_order_relaxed);
    finding = what;
  }

  Status run(Launch request);

  GlobalMemory memory;
  std::vector<std::unique_ptr<Block>> blocks;
  std::vector<std::thread> pool;
  std::uint32_t nextTag = 1;

  std::mutex mutex;
  std::condition_variable wake, idle;
  bool stopping = false;
  std::uint64_t job = 0;
  unsigned wanted = 0, busy = 0;

  const Launch *launch = nullptr;
  std::uint64_t blockCount = 0;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> findingPosition{0};
  std::string finding;
};

static std::string dimensions(const std::array<std::uint32_t, 3> &d) {
  return std::to_string(d[0]) + " x " + std::to_string(d[1]) + " x " +
         std::to_string(d[2]);
}

static Status checkShape(const Launch &launch) {
  const auto &[x, y, z] = launch.grid;
  if (!x || !y || !z || x > 0x7FFFFFFFu || y > 65535 || z > 65535)
    return Error("grid " + dimensions(launch.grid) +
                 " is outside 1 x 1 x 1 to 2147483647 x 65535 x 65535");
  const auto &block = launch.block;
  std::uint64_t threads = std::uint64_t(block[0]) * block[1];
  bool small = threads <= maxBlockThreads && threads != 0 && block[2] != 0 &&
               block[2] <= 64 && threads * block[2] <= maxBlockThreads;
  if (!small)
    return Error("block " + dimensions(block) +
                 " has not between 1 and 1024 threads, or more than 64 in z");
  std::uint64_t most = launch.kernel->maxThreads;
  if (most != 0 && threads * block[2] > most)
    return Error("block " + dimensions(block) + " has more threads than the " +
                 std::to_string(most) + " that the kernel was compiled for");
  const auto &required = launch.kernel->requiredBlock;
  if (required[0] != 0 && required != block)
    return Error("block " + dimensions(block) +
                 " differs from the kernel's required block " +
                 dimensions(required));
  return {};
}

static Status checkLaunch(const Launch &launch) {
  if (Status shape = checkShape(launch); !shape)
    return shape;
  std::uint64_t shared = launch.dynamicSharedBytes;
  for (std::uint32_t index : launch.kernel->sharedArrays)
    if (!launch.module->sharedArrays[index].dynamic)
      shared += launch.module->sharedArrays[index].bytes;
  if (shared > maxSharedBytes)
    return Error("a block needs " + std::to_string(shared) +
                 " bytes of shared memory, but may have " +
                 std::to_string(maxSharedBytes));
  return {};
}

Status Machine::Impl::run(Launch request) {
  auto named = [&](const Error &error) {
    return error.within("kernel '" + request.kernel->name + "'");
  };
  if (Status status = checkLaunch(request); !status)
    return named(status.error());
  std::uint64_t count = std::uint64_t(request.grid[0]) * request.grid[1];
  const std::uint64_t most = std::numeric_limits<std::uint32_t>::max() / 2;
  if (count > most || count * request.grid[2] > most)
    return named(Error("grid " + dimensions(request.grid) + " has more than " +
                       std::to_string(most) + " blocks"));
  count *= request.grid[2];
  // Tags are unique until they run out; then all shadows begin anew.
  if (count > std::numeric_limits<std::uint32_t>::max() - nextTag) {
    memory.clearShadows();
    nextTag = 1;
  }
  request.firstTag = nextTag;
  nextTag += static_cast<std::uint32_t>(count);

  std::unique_lock<std::mutex> lock(mutex);
  launch = &request;
  blockCount = count;
  next = 0;
  findingPosition = std::numeric_limits<std::uint64_t>::max();
  finding.clear();
  wanted = static_cast<unsigned>(std::min<std::uint64_t>(count, blocks.size()));
  busy = wanted - 1;
  ++job;
  lock.unlock();
  if (busy)
    wake.notify_all();
  work(0);
  lock.lock();
  idle.wait(lock, [&] { return busy == 0; });
  launch = nullptr;
  if (!finding.empty())
    return Error(finding);
  return {};
}

Machine::Machine(unsigned threads, bool checkGlobalRaces)
    : impl(std::make_unique<Impl>(threads, checkGlobalRaces)) {}
Machine::~Machine() = default;

unsigned Machine::threads() const {
  return static_cast<unsigned>(impl->blocks.size());
}
GlobalMemory &Machine::memory() { return impl->memory; }
Status Machine::run(Launch launch) { return impl->run(std::move(launch)); }

void Machine::forget(const ModuleCode *module) {
  for (auto &block : impl->blocks)
    block->forget(module);
}

} // namespace pigeon::emulated
