//===- ABI.h - What compiled kernels see of the machine ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The structures that compiled kernels read by offset. The compiler takes the
// offsets from here (`offsetof`), so the two sides cannot disagree.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_ABI_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_ABI_H

#include <cstddef>
#include <cstdint>

namespace pigeon::emulated {

inline constexpr std::uint32_t warpSize = 32;
inline constexpr std::uint32_t maxBlockThreads = 1024;
/// What a block of sm_90 may hold.
inline constexpr std::uint64_t maxSharedBytes = 232448;

/// The array that a site touched last. An access at `address` is right if
///
///   rotateRight(address - base, log2(alignment)) < positions
///
/// where `positions` counts the aligned addresses at which the whole access
/// fits: a misaligned offset rotates its low bits to the top and fails too. An
/// entry of zeros refuses everything.
///
/// Example: 16-byte loads, aligned to 16, of an array of 64 bytes have 4
/// positions; offset 48 rotates to 3 (right), 64 to 4 (past the end), 8 to 2^63
/// (misaligned).
struct SiteCache {
  std::uint64_t base;
  std::uint64_t positions;
  /// Shadow of the array, for stores; see GlobalMemory.h.
  std::uint64_t shadow;
  std::uint64_t reserved;
};
static_assert(sizeof(SiteCache) == 32, "indexed by a shift in compiled code");

/// What the threads of a block have in common.
struct BlockContext {
  std::uint32_t blockId[3];
  std::uint32_t gridDim[3];
  std::uint32_t blockDim[3];
  std::uint32_t warps;
  std::uint32_t dynamicSharedBytes;
  std::uint32_t totalSharedBytes;
  /// Where each shared array of the module lies for this kernel.
  const std::uint64_t *sharedAddresses;
};

/// The first argument of every function of a kernel.
struct ThreadContext {
  std::uint32_t threadId[3];
  std::uint32_t lane;
  std::uint32_t warp;
  std::uint32_t linear;
  /// The site of the return by which the thread left the kernel.
  std::uint32_t returnSite;
  std::uint32_t reserved;
  BlockContext *block;
  SiteCache *siteCache;
};

/// A kernel as the machine calls it: the arguments are 8 bytes each.
using KernelEntry = void (*)(ThreadContext *, const std::uint64_t *arguments);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_ABI_H
