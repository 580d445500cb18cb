//===- SharedMemory.cpp - Shared memory of a block and its shadow ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"

#include <algorithm>
#include <limits>

#include <sys/mman.h>

namespace pigeon::emulated {

/// Between two arrays, so that an access past one does not fall into the next.
static constexpr std::uint64_t gapBytes = 1024;
static constexpr std::uint64_t guardBytes = 64 << 10;

static std::uint64_t roundUp(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

SharedMemory::~SharedMemory() {
  if (mapping)
    munmap(reinterpret_cast<void *>(mapping), mappingBytes);
}

/// Below 4 GiB where there is room: a kernel may hold a shared address in 32
/// bits.
static void *reserveLow(std::uint64_t bytes) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#ifdef MAP_32BIT
  void *low = mmap(nullptr, bytes, PROT_NONE, flags | MAP_32BIT, -1, 0);
  if (low != MAP_FAILED)
    return low;
#endif
  return mmap(nullptr, bytes, PROT_NONE, flags, -1, 0);
}

bool SharedMemory::prepare(const ModuleCode &module, const KernelCode &kernel,
                           std::uint32_t dynamicBytes) {
  // Each array gets the alignment it asks for and no more, so that an access
  // that relies on more is found.
  placed.clear();
  std::uint64_t end = gapBytes;
  for (std::uint32_t index : kernel.sharedArrays) {
    const SharedArray &array = module.sharedArrays[index];
    PlacedArray place;
    place.index = index;
    place.bytes = array.dynamic ? dynamicBytes : array.bytes;
    place.base = roundUp(end, 2 * array.alignment) + array.alignment;
    end = place.base + place.bytes + gapBytes;
    placed.push_back(place);
  }
  if (end > arenaBytes) {
    if (mapping)
      munmap(reinterpret_cast<void *>(mapping), mappingBytes);
    mapping = 0, arena = 0, arenaBytes = 0;
    std::uint64_t bodyBytes = roundUp(end, guardBytes);
    mappingBytes = bodyBytes + 2 * guardBytes;
    void *memory = reserveLow(mappingBytes);
    if (memory == MAP_FAILED)
      return false;
    mapping = reinterpret_cast<std::uint64_t>(memory);
    // The kernel's largest alignment is far below the guard's 64 KiB.
    std::uint64_t body = roundUp(mapping, guardBytes);
    if (body == mapping)
      body += guardBytes;
    if (mprotect(reinterpret_cast<void *>(body), bodyBytes,
                 PROT_READ | PROT_WRITE) != 0)
      return false;
    arena = body;
    arenaBytes = bodyBytes;
  }
  addresses_.assign(module.sharedArrays.size(), 0);
  for (PlacedArray &place : placed) {
    place.base += arena;
    addresses_[place.index] = place.base;
  }
  unsigned shift = 0;
  while ((2u << shift) <= module.sharedGranule)
    ++shift;
  granuleShift = shift;
  shadow.assign((arenaBytes >> granuleShift) + 1, Granule());
  epoch = firstEpoch = 0;
  if (!clocks)
    clocks = std::make_unique<WarpClocks[]>(maxBlockThreads / warpSize);
  for (unsigned warp = 0; warp < maxBlockThreads / warpSize; ++warp)
    clocks[warp].block = 0;
  return true;
}

void SharedMemory::beginBlock() {
  if (epoch > std::numeric_limits<std::uint32_t>::max() / 2) {
    std::fill(shadow.begin(), shadow.end(), Granule());
    for (unsigned warp = 0; warp < maxBlockThreads / warpSize; ++warp)
      clocks[warp].block = 0;
    epoch = 0;
  }
  firstEpoch = ++epoch;
  anyWarpSync = false;
}

void SharedMemory::nextEpoch() { ++epoch; }

void SharedMemory::syncWarp(std::uint32_t warp, std::uint32_t mask) {
  WarpClocks &warpClocks = clocks[warp];
  if (warpClocks.block != firstEpoch) {
    warpClocks = WarpClocks();
    warpClocks.block = firstEpoch;
  }
  anyWarpSync = true;
  std::uint32_t met[warpSize] = {};
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    for (unsigned other = 0; other < warpSize; ++other)
      met[other] = std::max(met[other], warpClocks.known[lane][other]);
    met[lane] = std::max(met[lane], warpClocks.own[lane] + 1);
  }
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1) {
      std::copy(met, met + warpSize, warpClocks.known[lane]);
      ++warpClocks.own[lane];
    }
}

const PlacedArray *SharedMemory::find(std::uint64_t address) const {
  for (const PlacedArray &array : placed)
    if (address - array.base < array.bytes)
      return &array;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Accesses. What follows runs for every access to shared memory: it records and
// goes on, and an explanation is looked for only when something is wrong.
//===----------------------------------------------------------------------===//

SharedMemory::Stamp SharedMemory::now(const ThreadContext &thread,
                                      std::uint32_t site,
                                      std::uint16_t flags) const {
  Stamp stamp;
  stamp.epoch = epoch;
  if (anyWarpSync && clocks[thread.warp].block == firstEpoch)
    stamp.clock = clocks[thread.warp].own[thread.lane];
  stamp.site = site;
  stamp.thread = static_cast<std::uint16_t>(thread.linear);
  stamp.flags = flags;
  return stamp;
}

/// True if the stamp is of this epoch, of another thread, and not ordered
/// before what `thread` does now.
bool SharedMemory::conflicts(const Stamp &stamp,
                             const ThreadContext &thread) const {
  if (stamp.epoch != epoch || stamp.thread == thread.linear)
    return false;
  if (!anyWarpSync || stamp.thread / warpSize != thread.warp)
    return true;
  const WarpClocks &warpClocks = clocks[thread.warp];
  return warpClocks.block != firstEpoch ||
         warpClocks.known[thread.lane][stamp.thread % warpSize] <= stamp.clock;
}

bool SharedMemory::mayRead(const Granule &granule,
                           const ThreadContext &thread) const {
  const Stamp &write = granule.write;
  return write.epoch >= firstEpoch && !(write.flags & isInFlight) &&
         !conflicts(write, thread);
}

bool SharedMemory::mayWrite(const Granule &granule, const ThreadContext &thread,
                            std::uint16_t flags) const {
  const Stamp &write = granule.write;
  bool inFlight = (write.flags & isInFlight) && write.epoch >= firstEpoch;
  // An update reads what it updates.
  bool unwritten = (flags & isAtomic) && write.epoch < firstEpoch;
  bool bothAtomic = (flags & isAtomic) && (write.flags & isAtomic);
  return !inFlight && !unwritten && (bothAtomic || !conflicts(write, thread)) &&
         !conflicts(granule.read, thread) &&
         !conflicts(granule.otherRead, thread);
}

void SharedMemory::recordRead(Granule &granule, const Stamp &stamp) {
  const Stamp &read = granule.read;
  if (read.epoch == epoch && read.thread != stamp.thread) {
    // Keep a reader of another warp if there is one: only a barrier orders it.
    auto warpOf = [](const Stamp &by) { return by.thread / warpSize; };
    bool keep = granule.otherRead.epoch == epoch &&
                warpOf(granule.otherRead) != warpOf(stamp) &&
                warpOf(read) == warpOf(stamp);
    if (!keep)
      granule.otherRead = read;
  }
  granule.read = stamp;
}

bool SharedMemory::isPlaced(std::uint64_t address, std::uint64_t bytes,
                            std::uint64_t alignment) {
  auto holds = [&](const PlacedArray &array) {
    std::uint64_t offset = address - array.base;
    return offset < array.bytes && bytes <= array.bytes - offset;
  };
  if (address & (alignment - 1))
    return false;
  if (lastPlaced < placed.size() && holds(placed[lastPlaced]))
    return true;
  for (lastPlaced = 0; lastPlaced < placed.size(); ++lastPlaced)
    if (holds(placed[lastPlaced]))
      return true;
  return false;
}

bool SharedMemory::access(const ThreadContext &thread, std::uint32_t site,
                          std::uint64_t address, std::uint64_t bytes,
                          std::uint64_t alignment, AccessKind kind) {
  if (bytes == 0)
    return true;
  bool right = isPlaced(address, bytes, alignment);
  if (right) {
    std::uint16_t flags = kind == AccessKind::Atomic ? isAtomic : 0;
    Stamp stamp = now(thread, site, flags);
    Granule *end = &granuleAt(address + bytes - 1) + 1;
    for (Granule *granule = &granuleAt(address); granule != end; ++granule) {
      if (kind == AccessKind::Read) {
        if (!(right = mayRead(*granule, thread)))
          break;
        recordRead(*granule, stamp);
      } else {
        if (!(right = mayWrite(*granule, thread, flags)))
          break;
        granule->write = stamp;
      }
    }
  }
  if (!right)
    fault_ = explain(thread, address, bytes, alignment, kind);
  return right;
}

/// What is wrong with an access that was refused. The granules before the one
/// that is at fault carry the thread's own stamp by now, which is never wrong.
SharedFault SharedMemory::explain(const ThreadContext &thread,
                                  std::uint64_t address, std::uint64_t bytes,
                                  std::uint64_t alignment,
                                  AccessKind kind) const {
  using Kind = SharedFault::Kind;
  SharedFault fault;
  fault.address = address;
  const PlacedArray *array = find(address);
  if (!array || bytes > array->base + array->bytes - address) {
    fault.kind = Kind::OutOfBounds;
    return fault;
  }
  if (address & (alignment - 1)) {
    fault.kind = Kind::Misaligned;
    return fault;
  }
  auto blame = [&](Kind kind, const Stamp &other, bool wrote) {
    fault.kind = kind;
    fault.otherThread = other.thread;
    fault.otherSite = other.site;
    fault.otherWrote = wrote;
    return fault;
  };
  for (; fault.address < address + bytes; fault.address += 1u << granuleShift) {
    const Granule &granule = granuleAt(fault.address);
    const Stamp &write = granule.write;
    bool written = write.epoch >= firstEpoch;
    if (kind != AccessKind::Write && !written)
      return blame(Kind::Unwritten, write, true);
    if (written && (write.flags & isInFlight))
      return blame(Kind::InFlight, write, true);
    bool bothAtomic = kind == AccessKind::Atomic && (write.flags & isAtomic);
    if (!bothAtomic && conflicts(write, thread))
      return blame(Kind::Race, write, true);
    if (kind == AccessKind::Read)
      continue;
    for (const Stamp *read : {&granule.read, &granule.otherRead})
      if (conflicts(*read, thread))
        return blame(Kind::Race, *read, false);
  }
  return fault;
}

//===----------------------------------------------------------------------===//
// Asynchronous copies
//===----------------------------------------------------------------------===//

bool SharedMemory::beginCopy(const ThreadContext &thread, std::uint32_t site,
                             std::uint64_t address, std::uint64_t bytes) {
  if (!access(thread, site, address, bytes, bytes, AccessKind::Write))
    return false;
  for (std::uint64_t offset = 0; offset < bytes; offset += 1u << granuleShift)
    granuleAt(address + offset).write.flags = isInFlight;
  std::fill_n(reinterpret_cast<std::uint8_t *>(address), bytes, 0xFF);
  return true;
}

void SharedMemory::landCopy(const ThreadContext &thread, std::uint32_t site,
                            std::uint64_t address, std::uint64_t bytes) {
  Stamp stamp = now(thread, site, 0);
  for (std::uint64_t offset = 0; offset < bytes; offset += 1u << granuleShift)
    granuleAt(address + offset).write = stamp;
}

} // namespace pigeon::emulated
