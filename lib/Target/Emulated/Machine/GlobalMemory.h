//===- GlobalMemory.h - Arrays of the emulated device -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each array lies in a mapping of its own with unmapped memory around it, its
// end as near to the unmapped memory as an alignment of 256 bytes permits. Any
// access is checked before it is made, so the unmapped memory is the second
// line of defence.
//
// An array that kernels may write has a shadow: 8 bytes for each 4 bytes,
//
//   bits 32..63  tag: the block that wrote last (unique over launches)
//   bits 22..31  the thread of the block
//   bits  4..21  the block's count of barriers when it wrote
//   bits  0..3   which of the four bytes were written
//
// A second write in one launch to a byte by another block, or by another thread
// of the block with no barrier between, is an error; so is a read of what
// another block wrote in the same launch, or another thread with no barrier
// between.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_GLOBALMEMORY_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_GLOBALMEMORY_H

#include "pigeon/Support/Result.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace pigeon::emulated {

struct GlobalArray {
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
  std::string label;
  bool readOnly = false;
  std::uint64_t shadow = 0; // 0: none
  std::uint64_t shadowBytes = 0;
  std::uint64_t mapping = 0, mappingBytes = 0; // 0: not ours
  /// The first tag of the launch that wrote the array last; set by the blocks.
  mutable std::atomic<std::uint32_t> writtenIn{0};

  GlobalArray() = default;
  GlobalArray(const GlobalArray &) = delete;
  GlobalArray &operator=(const GlobalArray &) = delete;

  bool holds(std::uint64_t address, std::uint64_t size) const {
    std::uint64_t offset = address - base;
    return offset <= bytes && size <= bytes - offset;
  }
};

class GlobalMemory {
public:
  explicit GlobalMemory(bool withShadow) : withShadow(withShadow) {}
  ~GlobalMemory();
  GlobalMemory(const GlobalMemory &) = delete;
  GlobalMemory &operator=(const GlobalMemory &) = delete;

  /// A new array, filled with 0xFF bytes (a NaN in every float type).
  Result<std::uint64_t> allocate(std::uint64_t bytes, const std::string &label);
  /// Does nothing if no array begins at `base`.
  void release(std::uint64_t base);
  Status protect(std::uint64_t base);
  /// Memory of someone else that kernels may touch, until it is released.
  void lend(std::uint64_t base, std::uint64_t bytes, const std::string &label,
            bool readOnly);

  /// The array whose bytes, or whose unmapped surroundings, hold `address`;
  /// null if there is none.
  const GlobalArray *find(std::uint64_t address) const;
  /// The array with the fewest bytes between it and `address`; null if there
  /// are no arrays.
  const GlobalArray *nearest(std::uint64_t address) const;
  /// [address, address + bytes) lies in one array.
  Status contains(std::uint64_t address, std::uint64_t bytes) const;

  /// Changes whenever an array appears, vanishes or is protected.
  std::uint64_t generation() const { return generation_; }
  /// Forgets all writes.
  void clearShadows();
  /// Notes that the launch with this first tag writes the array.
  void markWritten(const GlobalArray &array, std::uint32_t firstTag) {
    if (array.writtenIn.exchange(firstTag) != firstTag)
      ++writes_;
  }
  /// Changes whenever a launch writes one more array.
  std::uint64_t writes() const { return writes_; }

private:
  void unmap(const GlobalArray &array);

  bool withShadow;
  std::uint64_t generation_ = 1;
  std::atomic<std::uint64_t> writes_{0};
  std::map<std::uint64_t, GlobalArray> arrays; // by base
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_GLOBALMEMORY_H
