//===- Block.h - One thread block at work -----------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the threads of a block on fibers of one OS thread. A thread runs until
// it returns or has to wait, at a barrier for the block or at a warp operation
// for the lanes of its mask. Lanes meet at (site, mask), and the last to come
// computes for all. When nobody can go on, the block says why.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_BLOCK_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_BLOCK_H

#include "Fiber.h"
#include "GlobalMemory.h"
#include "ModuleCode.h"
#include "SharedMemory.h"

#include <memory>
#include <string>
#include <vector>

namespace pigeon::emulated {

/// One launch, as all blocks see it.
struct Launch {
  const ModuleCode *module = nullptr;
  const KernelCode *kernel = nullptr;
  std::array<std::uint32_t, 3> grid = {1, 1, 1};
  std::array<std::uint32_t, 3> block = {1, 1, 1};
  std::uint32_t dynamicSharedBytes = 0;
  std::vector<std::uint64_t> arguments;
  /// Block number i writes global memory under the tag firstTag + i.
  std::uint32_t firstTag = 1;
  std::uint64_t seed = 0;
};

/// What the lanes of a warp hand over at a warp operation: for each lane its
/// input and output words.
struct WarpOperands {
  std::uint32_t mask = 0;
  const std::uint32_t *in[warpSize] = {};
  std::uint32_t *out[warpSize] = {};
};

class Block : public BlockContext {
public:
  explicit Block(GlobalMemory &memory) : memory(memory) {}

  /// Before the blocks of a launch: false where the system has no memory.
  bool prepare(const Launch &launch);
  /// The module is gone; another may come to lie at its address.
  void forget(const ModuleCode *module) {
    if (cachedModule == module)
      cachedModule = nullptr;
  }
  /// Runs block number `number` of the grid. Returns what went wrong, or an
  /// empty string.
  std::string run(std::uint64_t number);

  // The rest is called by the threads, on their fibers. Where it returns false
  // something went wrong and was reported, and the thread must be abandoned.

  bool barrier(ThreadContext &thread, std::uint32_t site, std::uint32_t id,
               std::uint32_t count);
  /// A barrier that also counts, ands and ors a predicate over the block.
  bool barrierReduce(ThreadContext &thread, std::uint32_t site,
                     std::uint32_t id, std::uint32_t count, bool predicate);
  std::uint32_t barrierPopulation() const { return populationResult; }

  bool warpOp(ThreadContext &thread, std::uint32_t site, std::uint32_t mask,
              const std::uint32_t *in, std::uint32_t *out);

  /// An access whose site says size, alignment, space and kind.
  bool access(ThreadContext &thread, std::uint32_t site, std::uint64_t address);
  /// An access of any size.
  bool access(ThreadContext &thread, std::uint32_t site, std::uint64_t address,
              std::uint64_t bytes, const Access &how);
  bool sharedAccess(ThreadContext &thread, std::uint32_t site,
                    std::uint64_t address, std::uint64_t bytes,
                    const Access &how);
  bool localAccess(ThreadContext &thread, std::uint32_t site,
                   std::uint64_t address, std::uint64_t base,
                   std::uint64_t bytes);
  /// Marks words of global memory as written by this thread.
  bool recordGlobalWrite(ThreadContext &thread, std::uint32_t site,
                         std::uint64_t address, std::uint64_t bytes,
                         std::uint64_t base, std::uint64_t shadow);

  bool copyAsync(ThreadContext &thread, std::uint32_t site, std::uint64_t to,
                 std::uint64_t from, std::uint32_t bytes,
                 std::uint32_t sourceBytes);
  void commitCopies(ThreadContext &thread);
  /// Lands all committed groups but the youngest `pendingGroups`.
  void waitForCopies(ThreadContext &thread, std::uint32_t pendingGroups);

  /// Records what went wrong: "reads 4 bytes ... [site]" after the thread. The
  /// first report of a block counts.
  bool report(const ThreadContext &thread, std::uint32_t site,
              const std::string &what);
  [[noreturn]] void abandon(ThreadContext &thread);
  /// The thread executed `exit`.
  [[noreturn]] void exitThread(ThreadContext &thread, std::uint32_t site);

  const Site &site(std::uint32_t index) const {
    return launch->module->sites[index];
  }
  SharedMemory shared;

private:
  enum class Status : std::uint8_t {
    Unstarted,
    Running,
    Ready,
    AtBarrier,
    AtWarpOp,
    Done
  };
  struct ThreadState {
    Status status = Status::Unstarted;
    std::uint32_t site = 0;
    std::uint32_t mask = 0;
    const std::uint32_t *in = nullptr;
    std::uint32_t *out = nullptr;
    Fiber *fiber = nullptr;
  };
  /// Lanes of a warp as bits: those that have not left the kernel, and those
  /// that stand at a warp operation.
  struct WarpState {
    std::uint32_t present = 0, waiting = 0;
  };
  struct Copy {
    std::uint64_t to, from;
    std::uint32_t bytes, sourceBytes;
    std::uint32_t site, group;
  };
  /// The asynchronous copies of a thread that have not landed, oldest first,
  /// and the number of groups that it committed.
  struct Copies {
    std::vector<Copy> pending;
    std::uint32_t committed = 0;
  };

  static void runFiber(void *block);
  void runThreads();
  void beginBlock(std::uint64_t number);
  Fiber *freeFiber();
  void schedule();
  void finish(ThreadContext &thread);
  void wait(ThreadContext &thread);
  void release(std::uint32_t thread);
  void permuteReady();
  /// The last one to come goes on, or whoever is drawn.
  void goOn(ThreadContext &thread);
  bool barrierComplete(ThreadContext &thread);
  bool warpComplete(ThreadContext &thread, std::uint32_t site,
                    std::uint32_t mask);
  bool lanesAvailable(ThreadContext &thread, std::uint32_t site,
                      std::uint32_t mask);
  bool sharedFault(const ThreadContext &thread, std::uint32_t site,
                   std::uint64_t address, std::uint64_t bytes,
                   const Access &how);
  void forgetSites();
  bool isUnorderedWrite(const ThreadContext &thread, std::uint64_t stamp,
                        unsigned mask) const;
  bool checkGlobalRead(ThreadContext &thread, std::uint32_t site,
                       std::uint64_t address, std::uint64_t bytes,
                       const GlobalArray &array);
  bool globalRace(const ThreadContext &thread, std::uint32_t site,
                  std::uint64_t address, std::uint64_t bytes,
                  const GlobalArray &array, AccessKind kind,
                  std::uint64_t stamp);
  bool globalFault(const ThreadContext &thread, std::uint32_t site,
                   std::uint64_t address, std::uint64_t bytes,
                   const Access &how);
  void diagnose();
  void diagnoseWarp(std::uint32_t thread);
  void diagnoseBarrier(std::uint32_t thread);
  std::string nameOf(std::uint32_t thread) const;
  std::string blockName(std::uint64_t index) const;
  std::string stateOf(std::uint32_t thread) const;
  std::string at(std::uint32_t site) const;
  std::uint64_t random();

  GlobalMemory &memory;
  const Launch *launch = nullptr;
  std::uint64_t number_ = 0;
  std::uint32_t threads = 0;
  std::uint32_t tag = 0;
  std::uint64_t randomState = 0;
  std::string finding;

  std::vector<ThreadContext> contexts;
  std::vector<ThreadState> states;
  std::vector<WarpState> warpStates;
  std::vector<std::uint32_t> order; // in which threads start
  std::uint32_t nextToStart = 0, done = 0;
  std::vector<std::uint32_t> ready; // a queue: [readyHead, end)
  std::size_t readyHead = 0;
  Fiber *running = nullptr;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber *> freeFibers;

  std::uint32_t arrived = 0, barrierId = 0, population = 0;
  std::uint32_t populationResult = 0;
  /// Barriers and warp syncs so far; orders writes to global memory.
  std::uint32_t syncs = 0;
  std::vector<Copies> copies; // per thread; empty if there were none
  std::vector<SiteCache> siteCaches;
  const ModuleCode *cachedModule = nullptr;
  std::uint64_t cachedGeneration = 0, cachedWrites = 0;
};

/// "llvm.load at x:1:2" in brackets, with a space before.
std::string inBrackets(const Site &site);

/// Computes a warp operation for all lanes of the mask. Returns an empty
/// string, or what is wrong and in `lane` whose fault it is. Pure computation:
/// matrix loads and stores have been checked.
std::string computeWarpOp(const WarpOp &op, const WarpOperands &operands,
                          unsigned &lane);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_BLOCK_H
