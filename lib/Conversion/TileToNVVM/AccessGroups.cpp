//===- AccessGroups.cpp - Which elements are accessed at once -------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessGroups.h"

#include <numeric>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::ThreadDigit;

/// The locals of a layout, in row-major order of their offsets.
static SmallVector<AccessGroup> singleGroups(const Layout &layout) {
  SmallVector<AccessGroup> groups(layout.numLocals());
  for (auto [local, group] : llvm::enumerate(groups)) {
    group.locals.push_back(local);
    for (int64_t dim = 0; dim < layout.rank(); ++dim)
      group.offset.push_back(layout.localOffset(local, dim));
  }
  llvm::sort(groups, [](const AccessGroup &a, const AccessGroup &b) {
    return a.offset < b.offset;
  });
  return groups;
}

/// Joins each `width` neighbours, or returns nothing if they are not all there.
static std::optional<SmallVector<AccessGroup>>
joinGroups(ArrayRef<AccessGroup> singles, int64_t width) {
  SmallVector<AccessGroup> groups;
  if (static_cast<int64_t>(singles.size()) % width != 0)
    return std::nullopt;
  for (size_t first = 0; first < singles.size(); first += width) {
    AccessGroup group = singles[first];
    if (group.offset.back() % width != 0)
      return std::nullopt;
    SmallVector<int64_t> expected = group.offset;
    for (const AccessGroup &next : singles.slice(first + 1, width - 1)) {
      ++expected.back();
      if (next.offset != expected)
        return std::nullopt;
      group.locals.push_back(next.locals.front());
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

bool tile::needsCheck(const Access &access, const Layout &layout, int64_t dim) {
  const AccessIndex &index = access.indices[dim];
  if (index.positions || ShapedType::isDynamic(access.extents[dim]))
    return false;
  return !index.max || *index.max + layout.shape()[dim] > access.extents[dim];
}

/// What alignment alone allows, in elements.
static int64_t alignedWidth(const Access &access, const Layout &layout) {
  int64_t last = layout.rank() - 1;
  if (access.indices[last].positions || access.strides[last] != 1)
    return 1;
  if (access.mask && last == 0)
    return 1;
  int64_t bytes = access.element.getIntOrFloatBitWidth() / 8;
  int64_t aligned = std::gcd(kMaxAlignment, access.alignment);
  if (!access.swizzle.isNone())
    aligned = std::min(aligned, int64_t(1) << access.swizzle.base);
  int64_t width = aligned / bytes;
  width = std::gcd(width, access.indices[last].divisor);
  for (const ThreadDigit &digit : layout.threadDigits(last))
    width = std::gcd(width, digit.dimStride);
  for (int64_t dim = 0; dim < last; ++dim)
    width = std::gcd(width, access.strides[dim]);
  // A vector must lie inside or outside as a whole.
  if (needsCheck(access, layout, last))
    width = std::gcd(width, access.extents[last]);
  return std::max<int64_t>(width, 1);
}

SmallVector<AccessGroup> tile::accessGroups(const Access &access,
                                            const Layout &layout,
                                            int64_t maxWidth) {
  SmallVector<AccessGroup> singles = singleGroups(layout);
  // gcds of powers of two: halving visits all that qualify.
  int64_t most = std::min(alignedWidth(access, layout), maxWidth);
  for (int64_t width = most; width > 1; width /= 2)
    if (auto groups = joinGroups(singles, width))
      return *groups;
  return singles;
}
