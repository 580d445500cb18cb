//===- EntryPoints.cpp - Functions that compiled kernels call -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EntryPoints.h"
#include "Block.h"
#include "NarrowFloats.h"

#include <cmath>
#include <cstring>

using namespace pigeon::emulated;

namespace {

Block &blockOf(ThreadContext *thread) {
  return static_cast<Block &>(*thread->block);
}

/// A thread that made a mistake does not go on.
void expect(ThreadContext *thread, bool right) {
  if (!right)
    blockOf(thread).abandon(*thread);
}

//===----------------------------------------------------------------------===//
// Accesses. The site says size, alignment, space and kind.
//===----------------------------------------------------------------------===//

/// Called when the inline check of compiled code does not know the array.
void access(ThreadContext *thread, std::uint32_t site, std::uint64_t address) {
  expect(thread, blockOf(thread).access(*thread, site, address));
}

void globalStore(ThreadContext *thread, std::uint32_t site,
                 std::uint64_t address) {
  Block &block = blockOf(thread);
  const SiteCache &cache = thread->siteCache[site];
  const Access &how = block.site(site).access;
  std::uint64_t offset = address - cache.base;
  bool known = (offset & (how.alignment - 1)) == 0 && cache.positions != 0 &&
               offset / how.alignment < cache.positions;
  if (!known)
    expect(thread, block.access(*thread, site, address));
  else if (cache.shadow)
    expect(thread, block.recordGlobalWrite(*thread, site, address, how.bytes,
                                           cache.base, cache.shadow));
}

void sharedAccess(ThreadContext *thread, std::uint32_t site,
                  std::uint64_t address) {
  Block &block = blockOf(thread);
  const Access &how = block.site(site).access;
  expect(thread, block.sharedAccess(*thread, site, address, how.bytes, how));
}

void localAccess(ThreadContext *thread, std::uint32_t site,
                 std::uint64_t address, std::uint64_t base,
                 std::uint64_t bytes) {
  expect(thread,
         blockOf(thread).localAccess(*thread, site, address, base, bytes));
}

void rangeAccess(ThreadContext *thread, std::uint32_t site,
                 std::uint64_t address, std::uint64_t bytes,
                 std::uint32_t space, std::uint32_t kind) {
  Access how;
  how.space = static_cast<Space>(space);
  how.kind = static_cast<AccessKind>(kind);
  expect(thread, blockOf(thread).access(*thread, site, address, bytes, how));
}

//===----------------------------------------------------------------------===//
// Synchronization
//===----------------------------------------------------------------------===//

void barrier(ThreadContext *thread, std::uint32_t site, std::uint32_t id,
             std::uint32_t count) {
  expect(thread, blockOf(thread).barrier(*thread, site, id, count));
}

std::uint32_t barrierReduce(ThreadContext *thread, std::uint32_t site,
                            std::uint32_t id, std::uint32_t count,
                            std::uint32_t predicate) {
  Block &block = blockOf(thread);
  expect(thread, block.barrierReduce(*thread, site, id, count, predicate != 0));
  return block.barrierPopulation();
}

void warpOp(ThreadContext *thread, std::uint32_t site, std::uint32_t mask,
            const std::uint32_t *in, std::uint32_t *out) {
  expect(thread, blockOf(thread).warpOp(*thread, site, mask, in, out));
}

void copyAsync(ThreadContext *thread, std::uint32_t site, std::uint64_t to,
               std::uint64_t from, std::uint32_t bytes,
               std::uint32_t sourceBytes) {
  expect(thread, blockOf(thread).copyAsync(*thread, site, to, from, bytes,
                                           sourceBytes));
}

void commitCopies(ThreadContext *thread) {
  blockOf(thread).commitCopies(*thread);
}

void waitForCopies(ThreadContext *thread, std::uint32_t pendingGroups) {
  blockOf(thread).waitForCopies(*thread, pendingGroups);
}

void trap(ThreadContext *thread, std::uint32_t site) {
  Block &block = blockOf(thread);
  expect(thread, block.report(*thread, site, "executes a trap"));
}

void exitThread(ThreadContext *thread, std::uint32_t site) {
  blockOf(thread).exitThread(*thread, site);
}

//===----------------------------------------------------------------------===//
// Arithmetic that the CPU does not have
//===----------------------------------------------------------------------===//

/// prmt.b32, PTX ISA "Data Movement and Conversion Instructions: prmt".
std::uint32_t permuteBytes(std::uint32_t lo, std::uint32_t hi,
                           std::uint32_t selector, std::uint32_t mode) {
  std::uint64_t pool = lo | static_cast<std::uint64_t>(hi) << 32;
  std::uint32_t s = selector & 3;
  std::uint32_t result = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    std::uint32_t from = 0;
    switch (mode) {
    case 0: // index; bit 3 of a nibble replicates the sign
      from = selector >> 4 * i & 15;
      break;
    case 1: // f4e
      from = s + i;
      break;
    case 2: // b4e
      from = (s + 8 - i) & 7;
      break;
    case 3: // rc8
      from = s;
      break;
    case 4: // ecl
      from = i > s ? i : s;
      break;
    case 5: // ecr
      from = i < s ? i : s;
      break;
    case 6: // rc16
      from = 2 * (s & 1) + (i & 1);
      break;
    default:
      break;
    }
    auto byte = static_cast<std::uint32_t>(pool >> 8 * (from & 7) & 255);
    if (mode == 0 && (from & 8))
      byte = byte & 128 ? 255 : 0;
    result |= byte << 8 * i;
  }
  return result;
}

/// cvt.{rna,rn,rz}.tf32.f32: 10 bits of mantissa; mode 0 rounds ties away from
/// zero, 1 to even, 2 cuts.
std::uint32_t roundToTF32(float value, std::uint32_t mode, std::uint32_t relu) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (relu && (std::isnan(value) ? false : (bits >> 31) != 0))
    return 0;
  if (std::isnan(value)) {
    // An H100 keeps the upper bits of a NaN; it must not become an infinity.
    std::uint32_t kept = bits & ~0x1FFFu;
    return kept & 0x7FFFFFu ? kept : kept | 0x400000u;
  }
  if (std::isinf(value))
    return bits;
  if (mode == 0)
    bits += 0x1000;
  else if (mode == 1)
    bits += 0x0FFF + (bits >> 13 & 1);
  return bits & ~0x1FFFu;
}

// The compiler may call these for conversions of narrow floats. Their narrow
// operand is in the low half of a vector register, as a float's low bits are.

std::uint32_t lowBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits & 0xFFFF;
}

float fromBits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

float truncateToHalf(float value) { return fromBits(toHalf(value)); }
float truncateDoubleToHalf(double value) { return fromBits(toHalf(value)); }
float extendHalf(float bits) {
  return static_cast<float>(
      fromHalf(static_cast<std::uint16_t>(lowBits(bits))));
}
float truncateToBFloat(float value) { return fromBits(toBFloat(value)); }
float truncateDoubleToBFloat(double value) { return fromBits(toBFloat(value)); }

template <typename Result, typename... Arguments>
void *addressOf(Result (*function)(Arguments...)) {
  return reinterpret_cast<void *>(function);
}

} // namespace

const EntryPoint *pigeon::emulated::entryPoints(std::size_t &count) {
  static const EntryPoint table[] = {
      {"pigeon_emulated_access", addressOf(access)},
      {"pigeon_emulated_global_store", addressOf(globalStore)},
      {"pigeon_emulated_shared_access", addressOf(sharedAccess)},
      {"pigeon_emulated_local_access", addressOf(localAccess)},
      {"pigeon_emulated_range_access", addressOf(rangeAccess)},
      {"pigeon_emulated_barrier", addressOf(barrier)},
      {"pigeon_emulated_barrier_reduce", addressOf(barrierReduce)},
      {"pigeon_emulated_warp_op", addressOf(warpOp)},
      {"pigeon_emulated_copy_async", addressOf(copyAsync)},
      {"pigeon_emulated_commit_copies", addressOf(commitCopies)},
      {"pigeon_emulated_wait_for_copies", addressOf(waitForCopies)},
      {"pigeon_emulated_trap", addressOf(trap)},
      {"pigeon_emulated_exit", addressOf(exitThread)},
      {"pigeon_emulated_prmt", addressOf(permuteBytes)},
      {"pigeon_emulated_round_to_tf32", addressOf(roundToTF32)},
      {"__truncsfhf2", addressOf(truncateToHalf)},
      {"__truncdfhf2", addressOf(truncateDoubleToHalf)},
      {"__extendhfsf2", addressOf(extendHalf)},
      {"__truncsfbf2", addressOf(truncateToBFloat)},
      {"__truncdfbf2", addressOf(truncateDoubleToBFloat)},
  };
  count = sizeof table / sizeof *table;
  return table;
}
