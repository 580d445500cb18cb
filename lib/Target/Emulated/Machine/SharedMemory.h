//===- SharedMemory.h - Shared memory of a block and its shadow -*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arena in which the shared arrays of the running block lie, and a shadow
// that knows of each granule (the smallest access of the module) who wrote it
// last and who read it, and when.
//
// *When* is a pair. The **epoch** counts the barriers that the whole block
// passed: two accesses in different epochs are ordered. Within an epoch, lanes
// of one warp may be ordered by `bar.warp.sync`; for them there is a vector
// clock: each lane counts its own syncs, and knows of each other lane the count
// at which they last met. An access of lane u with stamp c is ordered before
// lane t's now if t knows u's clock beyond c.
//
//   lane 0 writes x (clock 0); lanes 0, 1 sync: both clocks become 1, and each
//   knows the other's 0; lane 1 reads x: it knows 0 >= 0, no race.
//   lane 2, which was not in the mask, reads x: it knows nothing of lane 0:
//   race.
//
// Two accesses to a granule that are not ordered, one of them a write and not
// both atomic, are a race whichever ran first.
//
// Nothing is cleared between blocks: epochs go on counting, and what was
// written before the block began counts as not written.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_SHAREDMEMORY_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_SHAREDMEMORY_H

#include "ModuleCode.h"

#include <memory>
#include <string>
#include <vector>

namespace pigeon::emulated {

/// The arena address of a shared array for one launch.
struct PlacedArray {
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
  std::uint32_t index = 0; // in ModuleCode::sharedArrays
};

/// What an access to shared memory did wrong.
struct SharedFault {
  enum class Kind {
    None,
    OutOfBounds,
    Misaligned,
    Unwritten,
    InFlight, // a cp.async has not been waited for
    Race
  };
  Kind kind = Kind::None;
  std::uint64_t address = 0; // of the access, or of the granule
  // The other side of a race or of a cp.async.
  std::uint32_t otherThread = 0, otherSite = 0;
  bool otherWrote = false;
};

class SharedMemory {
public:
  SharedMemory() = default;
  ~SharedMemory();
  SharedMemory(const SharedMemory &) = delete;
  SharedMemory &operator=(const SharedMemory &) = delete;

  /// Places the arrays of a kernel. False where the system has no memory.
  bool prepare(const ModuleCode &module, const KernelCode &kernel,
               std::uint32_t dynamicBytes);
  /// Where each shared array of the module lies; 0 for those not placed.
  const std::vector<std::uint64_t> &addresses() const { return addresses_; }
  const std::vector<PlacedArray> &arrays() const { return placed; }

  void beginBlock();
  /// All threads passed a barrier.
  void nextEpoch();
  /// The lanes of `mask` met at a bar.warp.sync.
  void syncWarp(std::uint32_t warp, std::uint32_t mask);

  bool holds(std::uint64_t address) const {
    return address - arena < arenaBytes;
  }
  const PlacedArray *find(std::uint64_t address) const;

  /// Checks an access by `thread` and records it. False if it is wrong; then
  /// `fault` says how.
  bool access(const ThreadContext &thread, std::uint32_t site,
              std::uint64_t address, std::uint64_t bytes,
              std::uint64_t alignment, AccessKind kind);
  const SharedFault &fault() const { return fault_; }
  /// A cp.async into [address, address + bytes) is on its way: a write that
  /// nobody may touch until it lands.
  bool beginCopy(const ThreadContext &thread, std::uint32_t site,
                 std::uint64_t address, std::uint64_t bytes);
  void landCopy(const ThreadContext &thread, std::uint32_t site,
                std::uint64_t address, std::uint64_t bytes);

private:
  struct Stamp {
    std::uint32_t epoch = 0;
    std::uint32_t clock = 0;
    std::uint32_t site = 0;
    std::uint16_t thread = 0;
    std::uint16_t flags = 0;
  };
  /// `read` is the last reader; `otherRead` another thread that read in the
  /// same epoch, of another warp if there was one.
  struct Granule {
    Stamp write, read, otherRead;
  };
  enum Flags : std::uint16_t { isAtomic = 1, isInFlight = 2 };

  /// The stamp of what `thread` does now.
  Stamp now(const ThreadContext &thread, std::uint32_t site,
            std::uint16_t flags) const;
  bool conflicts(const Stamp &stamp, const ThreadContext &thread) const;
  bool mayRead(const Granule &granule, const ThreadContext &thread) const;
  bool mayWrite(const Granule &granule, const ThreadContext &thread,
                std::uint16_t flags) const;
  void recordRead(Granule &granule, const Stamp &stamp);
  /// True if the access lies in one array and is aligned.
  bool isPlaced(std::uint64_t address, std::uint64_t bytes,
                std::uint64_t alignment);
  SharedFault explain(const ThreadContext &thread, std::uint64_t address,
                      std::uint64_t bytes, std::uint64_t alignment,
                      AccessKind kind) const;
  Granule &granuleAt(std::uint64_t address) {
    return shadow[(address - arena) >> granuleShift];
  }
  const Granule &granuleAt(std::uint64_t address) const {
    return shadow[(address - arena) >> granuleShift];
  }

  std::uint64_t mapping = 0, mappingBytes = 0;
  std::uint64_t arena = 0, arenaBytes = 0;
  unsigned granuleShift = 2;
  std::vector<PlacedArray> placed;
  std::size_t lastPlaced = 0; // most accesses go where the last one went
  std::vector<std::uint64_t> addresses_;
  std::vector<Granule> shadow;
  std::uint32_t epoch = 0, firstEpoch = 0;

  /// One lane's own clock, and what it knows of the others; valid in one block.
  struct WarpClocks {
    std::uint32_t block = 0; // the firstEpoch for which they were cleared
    std::uint32_t own[warpSize];
    std::uint32_t known[warpSize][warpSize]; // clock + 1; 0: nothing known
  };
  std::unique_ptr<WarpClocks[]> clocks;
  bool anyWarpSync = false; // in this block
  SharedFault fault_;
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_SHAREDMEMORY_H
