//===- BlockAccess.cpp - Checks of a block's accesses ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decides whether an access is right, and says in one sentence what is not.
//
//===----------------------------------------------------------------------===//

#include "Block.h"

namespace pigeon::emulated {

static std::string number(std::uint64_t value) { return std::to_string(value); }

static std::string bytesText(std::uint64_t bytes) {
  return number(bytes) + (bytes == 1 ? " byte" : " bytes");
}

static const char *verb(AccessKind kind) {
  switch (kind) {
  case AccessKind::Read:
    return "reads ";
  case AccessKind::Write:
    return "writes ";
  case AccessKind::Atomic:
    return "updates ";
  }
  return "touches ";
}

static std::string hexadecimal(std::uint64_t value) {
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdef"[value & 15]);
    value >>= 4;
  } while (value);
  return "0x" + text;
}

static unsigned log2(std::uint64_t value) {
  unsigned result = 0;
  while (value >>= 1)
    ++result;
  return result;
}

std::string inBrackets(const Site &site) { return " [" + site.where + "]"; }

bool Block::access(ThreadContext &thread, std::uint32_t siteIndex,
                   std::uint64_t address) {
  const Access &how = site(siteIndex).access;
  return access(thread, siteIndex, address, how.bytes, how);
}

/// Where in an array an access lies: "offset 64 of array 'h' (1024 bytes)".
static std::string place(std::uint64_t address, std::uint64_t base,
                         std::uint64_t bytes, const std::string &array) {
  return "offset " + std::to_string(static_cast<std::int64_t>(address - base)) +
         " of " + array + " (" + bytesText(bytes) + ")";
}

/// How an access misses an array that it does not lie in.
static std::string miss(std::uint64_t address, std::uint64_t base) {
  return static_cast<std::int64_t>(address - base) < 0 ? ", before its start"
                                                       : ", past its end";
}

//===----------------------------------------------------------------------===//
// Global and generic addresses
//===----------------------------------------------------------------------===//

bool Block::access(ThreadContext &thread, std::uint32_t siteIndex,
                   std::uint64_t address, std::uint64_t bytes,
                   const Access &how) {
  if (bytes == 0)
    return true;
  if (how.space == Space::Shared)
    return sharedAccess(thread, siteIndex, address, bytes, how);
  if (how.space == Space::Generic) {
    if (shared.holds(address))
      return sharedAccess(thread, siteIndex, address, bytes, how);
    if (states[thread.linear].fiber->holds(address, bytes))
      return true;
  }
  const GlobalArray *array = memory.find(address);
  bool right = array && array->holds(address, bytes) &&
               (address & (how.alignment - 1)) == 0 &&
               (how.kind == AccessKind::Read || !array->readOnly);
  if (!right)
    return globalFault(thread, siteIndex, address, bytes, how);
  if (how.kind == AccessKind::Write && array->shadow &&
      array->writtenIn.load(std::memory_order_relaxed) != launch->firstTag) {
    memory.markWritten(*array, launch->firstTag);
    forgetSites();
  }
  if (how.kind == AccessKind::Read && array->shadow &&
      array->writtenIn.load(std::memory_order_relaxed) == launch->firstTag &&
      !launch->kernel->communicates)
    return checkGlobalRead(thread, siteIndex, address, bytes, *array);
  // The site will be here again, most likely with the same array.
  if (bytes == site(siteIndex).access.bytes &&
      (array->base & (how.alignment - 1)) == 0) {
    SiteCache &cache = thread.siteCache[siteIndex];
    cache.base = array->base;
    cache.positions = ((array->bytes - bytes) >> log2(how.alignment)) + 1;
    cache.shadow = array->shadow;
  }
  if (how.kind == AccessKind::Write && array->shadow)
    return recordGlobalWrite(thread, siteIndex, address, bytes, array->base,
                             array->shadow);
  return true;
}

/// True if an access at the address is likely to mean the array.
static bool isNear(const GlobalArray &array, std::uint64_t address) {
  const std::uint64_t reach = 64 << 10;
  return address + reach - array.base < array.bytes + 2 * reach;
}

bool Block::globalFault(const ThreadContext &thread, std::uint32_t siteIndex,
                        std::uint64_t address, std::uint64_t bytes,
                        const Access &how) {
  std::string what = verb(how.kind) + bytesText(bytes) + " at ";
  if (address < 4096)
    return report(
        thread, siteIndex,
        what + "address " + number(address) +
            (address ? ", near the null pointer" : ", the null pointer"));
  if (shared.holds(address))
    return report(thread, siteIndex,
                  what + "shared address " + hexadecimal(address) +
                      " as if it were global");
  if (states[thread.linear].fiber->holds(address, 1))
    return report(thread, siteIndex,
                  what + "local address " + hexadecimal(address) +
                      " as if it were global");
  const GlobalArray *array = memory.nearest(address);
  if (!array || !isNear(*array, address)) {
    what += "address " + hexadecimal(address) + ", which lies in no array";
    if (array)
      what += "; the nearest is '" + array->label + "' (" +
              bytesText(array->bytes) + "), from whose start it is " +
              std::to_string(static_cast<std::int64_t>(address - array->base)) +
              " bytes away";
    return report(thread, siteIndex, what);
  }
  what +=
      place(address, array->base, array->bytes, "array '" + array->label + "'");
  if (!array->holds(address, bytes))
    what += miss(address, array->base);
  else if (address & (how.alignment - 1))
    what += ", which is not a multiple of " + number(how.alignment);
  else
    what += ", which kernels may only read";
  return report(thread, siteIndex, what);
}

//===----------------------------------------------------------------------===//
// Races on global memory
//===----------------------------------------------------------------------===//

static constexpr unsigned tagShift = 32, threadShift = 22, syncShift = 4;
static constexpr std::uint32_t syncMask = 0x3FFFF;

/// Calls function(word, mask of its bytes) for the words of 4 bytes that an
/// access touches, until it returns false.
template <typename Function>
static bool forEachWord(std::uint64_t offset, std::uint64_t bytes,
                        Function function) {
  std::uint64_t end = offset + bytes;
  for (std::uint64_t word = offset / 4; word * 4 < end; ++word) {
    unsigned mask = 15;
    if (word * 4 < offset)
      mask &= 15u << (offset - word * 4);
    if (word * 4 + 4 > end)
      mask &= 15u >> (word * 4 + 4 - end);
    if (!function(word, mask))
      return false;
  }
  return true;
}

/// True if the stamp says that another block of this launch, or another thread
/// of this block since the last barrier, wrote one of the bytes.
bool Block::isUnorderedWrite(const ThreadContext &thread, std::uint64_t stamp,
                             unsigned mask) const {
  auto otherTag = static_cast<std::uint32_t>(stamp >> tagShift);
  if (otherTag < launch->firstTag || !(stamp & mask))
    return false;
  if (otherTag != tag)
    return true;
  return (stamp >> threadShift & (maxBlockThreads - 1)) != thread.linear &&
         (stamp >> syncShift & syncMask) == (syncs & syncMask);
}

bool Block::checkGlobalRead(ThreadContext &thread, std::uint32_t siteIndex,
                            std::uint64_t address, std::uint64_t bytes,
                            const GlobalArray &array) {
  const auto *shadow = reinterpret_cast<const std::uint64_t *>(array.shadow);
  std::uint64_t stamp = 0;
  return forEachWord(address - array.base, bytes,
                     [&](std::uint64_t word, unsigned mask) {
                       stamp = __atomic_load_n(shadow + word, __ATOMIC_RELAXED);
                       return !isUnorderedWrite(thread, stamp, mask);
                     }) ||
         globalRace(thread, siteIndex, address, bytes, array, AccessKind::Read,
                    stamp);
}

bool Block::recordGlobalWrite(ThreadContext &thread, std::uint32_t siteIndex,
                              std::uint64_t address, std::uint64_t bytes,
                              std::uint64_t base, std::uint64_t shadowBase) {
  auto *shadow = reinterpret_cast<std::uint64_t *>(shadowBase);
  std::uint64_t mine =
      static_cast<std::uint64_t>(tag) << tagShift |
      static_cast<std::uint64_t>(thread.linear) << threadShift |
      static_cast<std::uint64_t>(syncs & syncMask) << syncShift;
  std::uint64_t before = 0;
  return forEachWord(address - base, bytes,
                     [&](std::uint64_t word, unsigned mask) {
                       before = __atomic_exchange_n(shadow + word, mine | mask,
                                                    __ATOMIC_RELAXED);
                       return !isUnorderedWrite(thread, before, mask);
                     }) ||
         globalRace(thread, siteIndex, address, bytes, *memory.find(address),
                    AccessKind::Write, before);
}

bool Block::globalRace(const ThreadContext &thread, std::uint32_t siteIndex,
                       std::uint64_t address, std::uint64_t bytes,
                       const GlobalArray &array, AccessKind kind,
                       std::uint64_t stamp) {
  auto otherTag = static_cast<std::uint32_t>(stamp >> tagShift);
  std::uint32_t otherThread = stamp >> threadShift & (maxBlockThreads - 1);
  std::string what =
      verb(kind) + bytesText(bytes) + " at " +
      place(address, array.base, array.bytes, "array '" + array.label + "'");
  if (otherTag == tag)
    what += ", which thread " + nameOf(otherThread) +
            " wrote with no barrier between them";
  else
    what += ", which block " + blockName(otherTag - launch->firstTag) +
            " writes in the same launch";
  return report(thread, siteIndex, what);
}

//===----------------------------------------------------------------------===//
// Shared and local addresses
//===----------------------------------------------------------------------===//

bool Block::sharedAccess(ThreadContext &thread, std::uint32_t siteIndex,
                         std::uint64_t address, std::uint64_t bytes,
                         const Access &how) {
  return shared.access(thread, siteIndex, address, bytes, how.alignment,
                       how.kind) ||
         sharedFault(thread, siteIndex, address, bytes, how);
}

/// The shared array that an address means: the one it lies in, or the nearest.
static const PlacedArray *meant(const SharedMemory &shared,
                                std::uint64_t address) {
  if (const PlacedArray *array = shared.find(address))
    return array;
  const PlacedArray *best = nullptr;
  std::uint64_t distance = 0;
  for (const PlacedArray &array : shared.arrays()) {
    std::uint64_t away = address < array.base
                             ? array.base - address
                             : address - array.base - array.bytes;
    if (!best || away < distance)
      best = &array, distance = away;
  }
  return best;
}

bool Block::sharedFault(const ThreadContext &thread, std::uint32_t siteIndex,
                        std::uint64_t address, std::uint64_t bytes,
                        const Access &how) {
  const SharedFault &fault = shared.fault();
  using Kind = SharedFault::Kind;
  std::string what = verb(how.kind) + bytesText(bytes) + " at ";
  if (address < 4096)
    return report(thread, siteIndex,
                  what + "address " + number(address) +
                      ", near the null pointer of shared memory");
  if (!shared.holds(address)) {
    const GlobalArray *array = memory.find(address);
    what += array ? place(address, array->base, array->bytes,
                          "global array '" + array->label + "'")
                  : "address " + hexadecimal(address);
    return report(thread, siteIndex, what + " as if it were shared");
  }
  const PlacedArray *array = meant(shared, address);
  if (!array)
    return report(thread, siteIndex,
                  what +
                      "a shared address, but the kernel has no shared array");
  const std::string &name = launch->module->sharedArrays[array->index].name;
  what +=
      place(address, array->base, array->bytes, "shared array '" + name + "'");
  switch (fault.kind) {
  case Kind::OutOfBounds:
    what += miss(address, array->base);
    break;
  case Kind::Misaligned:
    what += ", whose address is not a multiple of " + number(how.alignment);
    break;
  case Kind::Unwritten:
    what += ", but offset " + number(fault.address - array->base) +
            " was not written by any thread of the block";
    break;
  case Kind::InFlight:
    what += ", but the asynchronous copy of thread " +
            nameOf(fault.otherThread) + at(fault.otherSite) + " to offset " +
            number(fault.address - array->base) + " was not waited for";
    break;
  case Kind::Race:
    what += ", but thread " + nameOf(fault.otherThread) +
            (fault.otherWrote ? " writes" : " reads") + " offset " +
            number(fault.address - array->base) + at(fault.otherSite) +
            " with no barrier between them";
    break;
  case Kind::None:
    break;
  }
  return report(thread, siteIndex, what);
}

bool Block::localAccess(ThreadContext &thread, std::uint32_t siteIndex,
                        std::uint64_t address, std::uint64_t base,
                        std::uint64_t bytes) {
  const Access &how = site(siteIndex).access;
  std::uint64_t offset = address - base;
  bool inside = offset <= bytes && how.bytes <= bytes - offset;
  if (inside && (address & (how.alignment - 1)) == 0)
    return true;
  return report(
      thread, siteIndex,
      verb(how.kind) + bytesText(how.bytes) + " at " +
          place(address, base, bytes, "a local array") +
          (inside ? ", which is not a multiple of " + number(how.alignment)
                  : miss(address, base)));
}

//===----------------------------------------------------------------------===//
// Sentences
//===----------------------------------------------------------------------===//

static std::string triple(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  return "(" + number(x) + "," + number(y) + "," + number(z) + ")";
}

std::string Block::nameOf(std::uint32_t thread) const {
  const std::uint32_t *id = contexts[thread].threadId;
  return triple(id[0], id[1], id[2]);
}

std::string Block::blockName(std::uint64_t index) const {
  return triple(static_cast<std::uint32_t>(index % gridDim[0]),
                static_cast<std::uint32_t>(index / gridDim[0] % gridDim[1]),
                static_cast<std::uint32_t>(index / gridDim[0] / gridDim[1]));
}

std::string Block::at(std::uint32_t index) const {
  return inBrackets(site(index));
}

bool Block::report(const ThreadContext &thread, std::uint32_t siteIndex,
                   const std::string &what) {
  if (finding.empty())
    finding = "kernel '" + launch->kernel->name + "': block " +
              blockName(number_) + " thread " + nameOf(thread.linear) + " " +
              what + at(siteIndex);
  return false;
}

/// What a thread that others wait for is doing.
std::string Block::stateOf(std::uint32_t thread) const {
  const ThreadState &state = states[thread];
  std::string name = nameOf(thread);
  switch (state.status) {
  case Status::Done:
    return name + " has returned" + at(state.site);
  case Status::AtBarrier:
    return name + " waits at a barrier" + at(state.site);
  case Status::AtWarpOp:
    return name + " is at another warp operation, with mask " +
           hexadecimal(state.mask) + at(state.site);
  case Status::Unstarted:
  case Status::Running:
  case Status::Ready:
    break;
  }
  return name + " is elsewhere";
}

/// Nobody can go on. Warp operations are looked at first: whoever waits at a
/// barrier may do so because a lane is stuck.
void Block::diagnose() {
  for (std::uint32_t i = 0; i < threads; ++i)
    if (states[i].status == Status::AtWarpOp)
      return diagnoseWarp(i);
  for (std::uint32_t i = 0; i < threads; ++i)
    if (states[i].status == Status::AtBarrier)
      return diagnoseBarrier(i);
  finding = "kernel '" + launch->kernel->name + "': block " +
            blockName(number_) + " stands still";
}

void Block::diagnoseWarp(std::uint32_t thread) {
  const ThreadState &mine = states[thread];
  std::uint32_t first = thread / warpSize * warpSize;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if (!(mine.mask >> lane & 1))
      continue;
    const ThreadState &other = states[first + lane];
    bool here = other.status == Status::AtWarpOp && other.site == mine.site;
    if (here && other.mask == mine.mask)
      continue;
    std::string what = "waits for lane " + std::to_string(lane) +
                       " at a warp operation with mask " +
                       hexadecimal(mine.mask) + ", but thread ";
    if (here)
      what += nameOf(first + lane) + " is there with mask " +
              hexadecimal(other.mask);
    else
      what += stateOf(first + lane);
    report(contexts[thread], mine.site, what);
    return;
  }
}

void Block::diagnoseBarrier(std::uint32_t thread) {
  for (std::uint32_t i = 0; i < threads; ++i)
    if (states[i].status == Status::Done) {
      report(contexts[thread], states[thread].site,
             "waits at a barrier, but thread " + stateOf(i));
      return;
    }
}

} // namespace pigeon::emulated
