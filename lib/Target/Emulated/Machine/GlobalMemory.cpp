//===- GlobalMemory.cpp - Arrays of the emulated device -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"

#include <cstring>
#include <limits>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace pigeon::emulated {

static constexpr std::uint64_t baseAlignment = 256;
static constexpr std::uint64_t guardBytes = 64 << 10;

static std::uint64_t roundUp(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

static std::uint64_t reserve(std::uint64_t bytes, int protection) {
  void *memory = mmap(nullptr, bytes, protection,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? 0 : reinterpret_cast<std::uint64_t>(memory);
}

static void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(address);
}

GlobalMemory::~GlobalMemory() {
  for (const auto &entry : arrays)
    unmap(entry.second);
}

void GlobalMemory::unmap(const GlobalArray &array) {
  if (array.mapping)
    munmap(pointer(array.mapping), array.mappingBytes);
  if (array.shadow)
    munmap(pointer(array.shadow), array.shadowBytes);
}

Result<std::uint64_t> GlobalMemory::allocate(std::uint64_t bytes,
                                             const std::string &label) {
  auto failure = [&] {
    return Error("cannot allocate " + std::to_string(bytes) + " bytes for '" +
                 label + "' on the emulated device");
  };
  if (bytes > std::numeric_limits<std::uint64_t>::max() / 8)
    return failure();
  auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  // An empty array has an address of its own too, that nobody may touch.
  std::uint64_t bodyBytes = roundUp(bytes + 1, page);
  std::uint64_t mappingBytes = bodyBytes + 2 * guardBytes;
  std::uint64_t mapping = reserve(mappingBytes, PROT_NONE);
  if (!mapping)
    return failure();
  std::uint64_t body = mapping + guardBytes, end = body + bodyBytes;
  std::uint64_t base = (end - bytes) / baseAlignment * baseAlignment;
  GlobalArray &array = arrays[base];
  array.base = base;
  array.bytes = bytes;
  array.label = label;
  array.mapping = mapping;
  array.mappingBytes = mappingBytes;
  bool mapped = mprotect(pointer(body), bodyBytes, PROT_READ | PROT_WRITE) == 0;
  if (mapped && withShadow) {
    array.shadowBytes = roundUp((bytes + 3) / 4 * 8 + 1, page);
    array.shadow = reserve(array.shadowBytes, PROT_READ | PROT_WRITE);
    mapped = array.shadow != 0;
  }
  if (!mapped) {
    unmap(array);
    arrays.erase(base);
    return failure();
  }
  std::memset(pointer(base), 0xFF, bytes);
  ++generation_;
  return base;
}

void GlobalMemory::release(std::uint64_t base) {
  auto found = arrays.find(base);
  if (found == arrays.end())
    return;
  unmap(found->second);
  arrays.erase(found);
  ++generation_;
}

Status GlobalMemory::protect(std::uint64_t base) {
  auto found = arrays.find(base);
  if (found == arrays.end())
    return Error("cannot protect address " + std::to_string(base) +
                 ": no array begins there");
  found->second.readOnly = true;
  ++generation_;
  return {};
}

void GlobalMemory::lend(std::uint64_t base, std::uint64_t bytes,
                        const std::string &label, bool readOnly) {
  GlobalArray &array = arrays[base];
  array.base = base;
  array.bytes = bytes;
  array.label = label;
  array.readOnly = readOnly;
  ++generation_;
}

const GlobalArray *GlobalMemory::find(std::uint64_t address) const {
  // The array that begins last at or before the address, or the one after it,
  // into whose lower guard the address may fall.
  auto after = arrays.upper_bound(address);
  auto reaches = [&](const GlobalArray &array) {
    if (!array.mapping)
      return address - array.base < array.bytes;
    return address - array.mapping < array.mappingBytes;
  };
  if (after != arrays.begin() && reaches(std::prev(after)->second))
    return &std::prev(after)->second;
  if (after != arrays.end() && reaches(after->second))
    return &after->second;
  return nullptr;
}

const GlobalArray *GlobalMemory::nearest(std::uint64_t address) const {
  auto after = arrays.upper_bound(address);
  if (after == arrays.begin())
    return after == arrays.end() ? nullptr : &after->second;
  const GlobalArray &before = std::prev(after)->second;
  if (after == arrays.end())
    return &before;
  std::uint64_t end = before.base + before.bytes;
  std::uint64_t past = address < end ? 0 : address - end;
  return past <= after->second.base - address ? &before : &after->second;
}

Status GlobalMemory::contains(std::uint64_t address,
                              std::uint64_t bytes) const {
  const GlobalArray *array = find(address);
  if (!array)
    return Error("address " + std::to_string(address) +
                 " lies in no array of the emulated device");
  if (!array->holds(address, bytes))
    return Error(
        std::to_string(bytes) + " bytes at offset " +
        std::to_string(static_cast<std::int64_t>(address - array->base)) +
        " do not lie in array '" + array->label + "' (" +
        std::to_string(array->bytes) + " bytes)");
  return {};
}

void GlobalMemory::clearShadows() {
  for (const auto &entry : arrays)
    if (entry.second.shadow)
      madvise(pointer(entry.second.shadow), entry.second.shadowBytes,
              MADV_DONTNEED);
}

} // namespace pigeon::emulated
