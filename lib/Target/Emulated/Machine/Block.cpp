//===- Block.cpp - Threads, barriers and warps of a block -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Block.h"

#include <algorithm>

namespace pigeon::emulated {

/// Kernels are not optimised: every value that outlives its block has a place on
/// the stack. Pages that are not touched cost nothing.
static constexpr std::size_t stackBytes = 512 << 10;

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

bool Block::prepare(const Launch &next) {
  launch = &next;
  threads = next.block[0] * next.block[1] * next.block[2];
  for (int i = 0; i < 3; ++i) {
    gridDim[i] = next.grid[i];
    blockDim[i] = next.block[i];
  }
  warps = (threads + warpSize - 1) / warpSize;
  dynamicSharedBytes = next.dynamicSharedBytes;
  if (!shared.prepare(*next.module, *next.kernel, next.dynamicSharedBytes))
    return false;
  totalSharedBytes = 0;
  for (const PlacedArray &array : shared.arrays())
    totalSharedBytes += static_cast<std::uint32_t>(array.bytes);
  sharedAddresses = shared.addresses().data();
  if (cachedModule != next.module || cachedGeneration != memory.generation()) {
    siteCaches.resize(next.module->sites.size());
    cachedModule = next.module;
    cachedGeneration = memory.generation();
  }
  // Each launch must pass the slow way once, which notes the arrays it writes.
  forgetSites();
  contexts.resize(threads);
  for (std::uint32_t i = 0; i < threads; ++i) {
    ThreadContext &context = contexts[i];
    context.threadId[0] = i % blockDim[0];
    context.threadId[1] = i / blockDim[0] % blockDim[1];
    context.threadId[2] = i / blockDim[0] / blockDim[1];
    context.lane = i % warpSize;
    context.warp = i / warpSize;
    context.linear = i;
    context.returnSite = 0;
    context.reserved = 0;
    context.block = this;
    context.siteCache = siteCaches.data();
  }
  order.resize(threads);
  return true;
}

void Block::forgetSites() {
  std::fill(siteCaches.begin(), siteCaches.end(), SiteCache());
  cachedWrites = memory.writes();
}

std::uint64_t Block::random() { // splitmix64
  std::uint64_t z = randomState += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

template <typename Iterator, typename Random>
static void permute(Iterator begin, Iterator end, Random random) {
  for (auto count = static_cast<std::uint64_t>(end - begin); count > 1; --count)
    std::iter_swap(begin + (count - 1), begin + random() % count);
}

void Block::beginBlock(std::uint64_t next) {
  number_ = next;
  blockId[0] = static_cast<std::uint32_t>(number_ % gridDim[0]);
  blockId[1] = static_cast<std::uint32_t>(number_ / gridDim[0] % gridDim[1]);
  blockId[2] = static_cast<std::uint32_t>(number_ / gridDim[0] / gridDim[1]);
  tag = launch->firstTag + static_cast<std::uint32_t>(number_);
  finding.clear();
  states.assign(threads, ThreadState());
  warpStates.assign(warps, WarpState());
  for (std::uint32_t i = 0; i < threads; ++i)
    warpStates[i / warpSize].present |= 1u << i % warpSize;
  for (std::uint32_t i = 0; i < threads; ++i)
    order[i] = i;
  randomState = launch->seed * 0x9E3779B97F4A7C15ull + number_;
  if (launch->seed)
    permute(order.begin(), order.end(), [&] { return random(); });
  nextToStart = done = 0;
  ready.clear();
  readyHead = 0;
  arrived = population = 0;
  syncs = 0;
  copies.clear();
  shared.beginBlock();
  // Another block wrote one more array: reads of it need a closer look.
  if (cachedWrites != memory.writes())
    forgetSites();
}

std::string Block::run(std::uint64_t next) {
  beginBlock(next);
  schedule();
  if (!finding.empty()) {
    // Whoever still waits is forgotten: the fibers begin again.
    freeFibers.clear();
    for (auto &fiber : fibers) {
      fiber->restart();
      freeFibers.push_back(fiber.get());
    }
  }
  return finding;
}

Fiber *Block::freeFiber() {
  if (freeFibers.empty()) {
    auto fiber = Fiber::create(stackBytes, runFiber, this);
    if (!fiber)
      return nullptr;
    freeFibers.push_back(fiber.get());
    fibers.push_back(std::move(fiber));
  }
  Fiber *fiber = freeFibers.back();
  freeFibers.pop_back();
  return fiber;
}

void Block::schedule() {
  while (done < threads && finding.empty()) {
    // With a seed, those who were released and those who have not begun take
    // turns at random; without, the released go first.
    bool anyReady = readyHead < ready.size();
    bool anyUnstarted = nextToStart < threads;
    if (anyReady && anyUnstarted && launch->seed && (random() & 1))
      anyReady = false;
    if (anyReady) {
      std::uint32_t thread = ready[readyHead++];
      if (readyHead == ready.size()) {
        ready.clear();
        readyHead = 0;
      }
      states[thread].status = Status::Running;
      running = states[thread].fiber;
    } else if (anyUnstarted) {
      running = freeFiber();
      if (!running) {
        finding = "kernel '" + launch->kernel->name +
                  "': no memory for the stacks of the threads";
        return;
      }
    } else {
      diagnose();
      return;
    }
    running->resume();
  }
}

void Block::runFiber(void *block) { static_cast<Block *>(block)->runThreads(); }

// The undefined-behaviour sanitizer looks for a signature before a function
// that is called by its address; compiled kernels have none there.
#if defined(__clang__)
#define PIGEON_CALLS_COMPILED_CODE __attribute__((no_sanitize("function")))
#else
#define PIGEON_CALLS_COMPILED_CODE
#endif

/// The body of every fiber: starts threads until one of them waits (then this
/// frame waits with it) or there are none left to start.
PIGEON_CALLS_COMPILED_CODE void Block::runThreads() {
  for (;;) {
    Fiber *self = running;
    while (nextToStart < threads && readyHead == ready.size() &&
           finding.empty()) {
      ThreadContext &thread = contexts[order[nextToStart++]];
      ThreadState &state = states[thread.linear];
      state.status = Status::Running;
      state.fiber = self;
      launch->kernel->entry(&thread, launch->arguments.data());
      finish(thread);
    }
    freeFibers.push_back(self);
    self->suspend();
  }
}

void Block::finish(ThreadContext &thread) {
  ThreadState &state = states[thread.linear];
  state.status = Status::Done;
  state.site = thread.returnSite;
  state.fiber = nullptr;
  warpStates[thread.warp].present &= ~(1u << thread.lane);
  ++done;
}

void Block::wait(ThreadContext &thread) {
  states[thread.linear].fiber->suspend();
}

void Block::release(std::uint32_t thread) {
  states[thread].status = Status::Ready;
  ready.push_back(thread);
}

void Block::permuteReady() {
  permute(ready.begin() + static_cast<std::ptrdiff_t>(readyHead), ready.end(),
          [&] { return random(); });
}

void Block::goOn(ThreadContext &thread) {
  if (!launch->seed) {
    states[thread.linear].status = Status::Running;
    return;
  }
  release(thread.linear);
  permuteReady();
  wait(thread);
}

void Block::abandon(ThreadContext &thread) {
  Fiber *fiber = states[thread.linear].fiber;
  freeFibers.push_back(fiber);
  fiber->abandon();
}

void Block::exitThread(ThreadContext &thread, std::uint32_t site) {
  Fiber *fiber = states[thread.linear].fiber;
  thread.returnSite = site;
  finish(thread);
  freeFibers.push_back(fiber);
  fiber->abandon();
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

bool Block::barrierReduce(ThreadContext &thread, std::uint32_t site,
                          std::uint32_t id, std::uint32_t count,
                          bool predicate) {
  population += predicate;
  return barrier(thread, site, id, count);
}

bool Block::barrier(ThreadContext &thread, std::uint32_t site, std::uint32_t id,
                    std::uint32_t count) {
  if (id > 15)
    return report(thread, site,
                  "waits at barrier " + std::to_string(id) +
                      ", but a block has barriers 0 to 15");
  if (count != 0 && count != threads)
    return report(thread, site,
                  "waits at a barrier for " + std::to_string(count) +
                      " threads, but only barriers for all threads of a block "
                      "(here " +
                      std::to_string(threads) + ") are emulated");
  ThreadState &state = states[thread.linear];
  state.status = Status::AtBarrier;
  state.site = site;
  state.mask = id;
  if (++arrived < threads) {
    wait(thread);
    return true;
  }
  if (!barrierComplete(thread))
    return false;
  goOn(thread);
  return true;
}

/// All threads stand at a barrier: it must be one and the same.
bool Block::barrierComplete(ThreadContext &thread) {
  const ThreadState &mine = states[thread.linear];
  for (std::uint32_t i = 0; i < threads; ++i)
    if (states[i].site != mine.site || states[i].mask != mine.mask)
      return report(thread, mine.site,
                    "waits at a barrier" + at(mine.site) + " while thread " +
                        nameOf(i) + " waits at another" + at(states[i].site));
  populationResult = population;
  population = arrived = 0;
  ++syncs;
  shared.nextEpoch();
  for (std::uint32_t i = 0; i < threads; ++i)
    if (i != thread.linear)
      release(i);
  return true;
}

//===----------------------------------------------------------------------===//
// Warp operations
//===----------------------------------------------------------------------===//

bool Block::lanesAvailable(ThreadContext &thread, std::uint32_t site,
                           std::uint32_t mask) {
  if (!(mask >> thread.lane & 1))
    return report(thread, site,
                  "takes part as lane " + std::to_string(thread.lane) +
                      " in a warp operation whose mask does not name it");
  if ((mask & ~warpStates[thread.warp].present) == 0)
    return true;
  std::uint32_t first = thread.warp * warpSize;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    if (first + lane >= threads)
      return report(thread, site,
                    "takes part in a warp operation whose mask names lane " +
                        std::to_string(lane) + ", but the warp has " +
                        std::to_string(threads - first) + " lanes");
    if (states[first + lane].status == Status::Done)
      return report(thread, site,
                    "waits for lane " + std::to_string(lane) +
                        " at a warp operation, but thread " +
                        stateOf(first + lane));
  }
  return true;
}

/// True if all lanes of the mask stand at this operation.
bool Block::warpComplete(ThreadContext &thread, std::uint32_t site,
                         std::uint32_t mask) {
  if ((mask & ~warpStates[thread.warp].waiting) != 0)
    return false;
  std::uint32_t first = thread.warp * warpSize;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    const ThreadState &state = states[first + lane];
    if (state.site != site || state.mask != mask)
      return false;
  }
  return true;
}

bool Block::warpOp(ThreadContext &thread, std::uint32_t siteIndex,
                   std::uint32_t mask, const std::uint32_t *in,
                   std::uint32_t *out) {
  if (!lanesAvailable(thread, siteIndex, mask))
    return false;
  const WarpOp &op = site(siteIndex).warp;
  if (op.kind == WarpOpKind::LoadMatrix || op.kind == WarpOpKind::StoreMatrix) {
    // Lane i gives the address of row i; the others' addresses are not used.
    if (thread.lane < 8u * op.count) {
      std::uint64_t address = in[0] | static_cast<std::uint64_t>(in[1]) << 32;
      Access how;
      how.bytes = how.alignment = 16;
      how.space = Space::Shared;
      how.kind = op.kind == WarpOpKind::LoadMatrix ? AccessKind::Read
                                                   : AccessKind::Write;
      if (!access(thread, siteIndex, address, 16, how))
        return false;
    }
  }
  ThreadState &state = states[thread.linear];
  state.status = Status::AtWarpOp;
  warpStates[thread.warp].waiting |= 1u << thread.lane;
  state.site = siteIndex;
  state.mask = mask;
  state.in = in;
  state.out = out;
  if (!warpComplete(thread, siteIndex, mask)) {
    wait(thread);
    return true;
  }
  warpStates[thread.warp].waiting &= ~mask;
  std::uint32_t first = thread.warp * warpSize;
  if (op.kind == WarpOpKind::Sync) {
    ++syncs;
    shared.syncWarp(thread.warp, mask);
  } else {
    WarpOperands operands;
    operands.mask = mask;
    for (unsigned lane = 0; lane < warpSize; ++lane)
      if (mask >> lane & 1) {
        operands.in[lane] = states[first + lane].in;
        operands.out[lane] = states[first + lane].out;
      }
    unsigned guilty = thread.lane;
    std::string wrong = computeWarpOp(op, operands, guilty);
    if (!wrong.empty())
      return report(contexts[first + guilty], siteIndex, wrong);
  }
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if ((mask >> lane & 1) && lane != thread.lane)
      release(first + lane);
  goOn(thread);
  return true;
}

//===----------------------------------------------------------------------===//
// Asynchronous copies
//===----------------------------------------------------------------------===//

bool Block::copyAsync(ThreadContext &thread, std::uint32_t siteIndex,
                      std::uint64_t to, std::uint64_t from, std::uint32_t bytes,
                      std::uint32_t sourceBytes) {
  if (sourceBytes > bytes)
    return report(thread, siteIndex,
                  "copies " + std::to_string(sourceBytes) + " bytes to " +
                      std::to_string(bytes) + " bytes of shared memory");
  Access read;
  read.space = Space::Global;
  read.alignment = bytes;
  if (sourceBytes && !access(thread, siteIndex, from, sourceBytes, read))
    return false;
  if (!shared.beginCopy(thread, siteIndex, to, bytes)) {
    Access write;
    write.space = Space::Shared;
    write.kind = AccessKind::Write;
    write.alignment = bytes;
    return sharedFault(thread, siteIndex, to, bytes, write);
  }
  if (copies.empty())
    copies.resize(threads);
  Copies &mine = copies[thread.linear];
  mine.pending.push_back(
      {to, from, bytes, sourceBytes, siteIndex, mine.committed});
  return true;
}

void Block::commitCopies(ThreadContext &thread) {
  if (!copies.empty())
    ++copies[thread.linear].committed;
}

void Block::waitForCopies(ThreadContext &thread, std::uint32_t pendingGroups) {
  if (copies.empty())
    return;
  Copies &mine = copies[thread.linear];
  auto copy = mine.pending.begin();
  for (; copy != mine.pending.end(); ++copy) {
    // Group g is the youngest but committed - 1 - g.
    if (copy->group + pendingGroups >= mine.committed)
      break;
    auto *to = reinterpret_cast<std::uint8_t *>(copy->to);
    std::copy_n(reinterpret_cast<const std::uint8_t *>(copy->from),
                copy->sourceBytes, to);
    std::fill(to + copy->sourceBytes, to + copy->bytes, 0);
    shared.landCopy(thread, copy->site, copy->to, copy->bytes);
  }
  mine.pending.erase(mine.pending.begin(), copy);
}

} // namespace pigeon::emulated
