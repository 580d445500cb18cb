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
}

void SharedMemory::nextEpoch() { ++epoch; }

void SharedMemory::syncWarp(std::uint32_t warp, std::uint32_t mask) {
  WarpClocks &warpClocks = clocks[warp];
  if (warpClocks.block != firstEpoch) {
    warpClocks = WarpClocks();
    warpClocks.block = firstEpoch;
  }
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

std::uint32_t SharedMemory::clockOf(const ThreadContext &thread) const {
  const WarpClocks &warpClocks = clocks[thread.warp];
  return warpClocks.block == firstEpoch ? warpClocks.own[thread.lane] : 0;
}

/// True if the stamp is of this epoch, of another thread, and not ordered
/// before what `thread` does now.
bool SharedMemory::conflicts(const Stamp &stamp,
                             const ThreadContext &thread) const {
  if (stamp.epoch != epoch || stamp.thread == thread.linear)
    return false;
  if (stamp.thread / warpSize != thread.warp)
    return true;
  const WarpClocks &warpClocks = clocks[thread.warp];
  return warpClocks.block != firstEpoch ||
         warpClocks.known[thread.lane][stamp.thread % warpSize] <= stamp.clock;
}

static SharedFault race(std::uint32_t thread, std::uint32_t site, bool wrote) {
  SharedFault fault;
  fault.kind = SharedFault::Kind::Race;
  fault.otherThread = thread;
  fault.otherSite = site;
  fault.otherWrote = wrote;
  return fault;
}

static SharedFault inFlight(std::uint32_t thread, std::uint32_t site) {
  SharedFault fault = race(thread, site, true);
  fault.kind = SharedFault::Kind::InFlight;
  return fault;
}

SharedFault SharedMemory::recordRead(Granule &granule,
                                     const ThreadContext &thread,
                                     std::uint32_t site) {
  const Stamp &write = granule.write;
  if (write.epoch < firstEpoch) {
    SharedFault fault;
    fault.kind = SharedFault::Kind::Unwritten;
    return fault;
  }
  if (write.flags & isInFlight)
    return inFlight(write.thread, write.site);
  if (conflicts(write, thread))
    return race(write.thread, write.site, true);

  Stamp &read = granule.read;
  if (read.epoch == epoch && read.thread != thread.linear) {
    // Keep a reader of another warp if there is one: only a barrier orders it.
    bool keep = granule.otherRead.epoch == epoch &&
                granule.otherRead.thread / warpSize != thread.warp &&
                read.thread / warpSize == thread.warp;
    if (!keep)
      granule.otherRead = read;
  }
  read.epoch = epoch;
  read.clock = clockOf(thread);
  read.site = site;
  read.thread = static_cast<std::uint16_t>(thread.linear);
  return {};
}

SharedFault SharedMemory::recordWrite(Granule &granule,
                                      const ThreadContext &thread,
                                      std::uint32_t site, std::uint16_t flags) {
  Stamp &write = granule.write;
  if ((write.flags & isInFlight) && write.epoch >= firstEpoch)
    return inFlight(write.thread, write.site);
  bool bothAtomic = (flags & isAtomic) && (write.flags & isAtomic);
  if (!bothAtomic && conflicts(write, thread))
    return race(write.thread, write.site, true);
  if (conflicts(granule.read, thread))
    return race(granule.read.thread, granule.read.site, false);
  if (conflicts(granule.otherRead, thread))
    return race(granule.otherRead.thread, granule.otherRead.site, false);
  write.epoch = epoch;
  write.clock = clockOf(thread);
  write.site = site;
  write.thread = static_cast<std::uint16_t>(thread.linear);
  write.flags = flags;
  return {};
}

SharedFault SharedMemory::locate(std::uint64_t address, std::uint64_t bytes,
                                 std::uint64_t alignment) const {
  SharedFault fault;
  fault.address = address;
  const PlacedArray *array = find(address);
  if (!array || bytes > array->base + array->bytes - address)
    fault.kind = SharedFault::Kind::OutOfBounds;
  else if (address & (alignment - 1))
    fault.kind = SharedFault::Kind::Misaligned;
  return fault;
}

SharedFault SharedMemory::access(const ThreadContext &thread,
                                 std::uint32_t site, std::uint64_t address,
                                 std::uint64_t bytes, std::uint64_t alignment,
                                 AccessKind kind) {
  if (bytes == 0)
    return {};
  if (SharedFault fault = locate(address, bytes, alignment))
    return fault;
  Granule *granule = &granuleAt(address);
  Granule *end = &granuleAt(address + bytes - 1) + 1;
  SharedFault fault;
  for (Granule *first = granule; granule != end; ++granule) {
    if (kind == AccessKind::Read)
      fault = recordRead(*granule, thread, site);
    else if (kind == AccessKind::Write)
      fault = recordWrite(*granule, thread, site, 0);
    else if (granule->write.epoch < firstEpoch)
      fault.kind = SharedFault::Kind::Unwritten;
    else
      fault = recordWrite(*granule, thread, site, isAtomic);
    if (fault) {
      auto skipped = static_cast<std::uint64_t>(granule - first);
      fault.address = address + (skipped << granuleShift);
      return fault;
    }
  }
  return fault;
}

SharedFault SharedMemory::beginCopy(const ThreadContext &thread,
                                    std::uint32_t site, std::uint64_t address,
                                    std::uint64_t bytes) {
  SharedFault fault =
      access(thread, site, address, bytes, bytes, AccessKind::Write);
  if (fault)
    return fault;
  for (std::uint64_t offset = 0; offset < bytes; offset += 1u << granuleShift)
    granuleAt(address + offset).write.flags = isInFlight;
  std::fill_n(reinterpret_cast<std::uint8_t *>(address), bytes, 0xFF);
  return {};
}

void SharedMemory::landCopy(const ThreadContext &thread, std::uint32_t site,
                            std::uint64_t address, std::uint64_t bytes) {
  for (std::uint64_t offset = 0; offset < bytes; offset += 1u << granuleShift) {
    Stamp &write = granuleAt(address + offset).write;
    write.epoch = epoch;
    write.clock = clockOf(thread);
    write.site = site;
    write.thread = static_cast<std::uint16_t>(thread.linear);
    write.flags = 0;
  }
}

} // namespace pigeon::emulated
