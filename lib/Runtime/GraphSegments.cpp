//===- GraphSegments.cpp - Views of rows that are made of entries ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product whose rows are made of entries walks short rows itself. Rows of
// more than `chunk` entries are cut; other kernels reduce their pieces to slots
// first, in at most two steps, and the product walks the slots of the last one.
//
//===----------------------------------------------------------------------===//

#include "GraphImpl.h"
#include "pigeon/Runtime/Domains.h"

#include <algorithm>

namespace pigeon::runtime {

namespace {

/// Pieces of one row: its entries are cut into `pieces`; if these are more than
/// a chunk, they are cut into `groups`.
struct Cut {
  std::int64_t pieces = 0;
  std::int64_t groups = 0;
  /// The slots that are left for the product to walk.
  std::int64_t left() const { return groups ? groups : pieces; }
};

struct Ranges {
  IndexArray begin, end, slot;
};

} // namespace

static Cut cutRow(std::int64_t count, std::int64_t chunk) {
  Cut cut;
  if (count > chunk)
    cut.pieces = blocksOf(count, chunk * kCutWays);
  if (cut.pieces > chunk)
    cut.groups = blocksOf(cut.pieces, chunk * kCutWays);
  return cut;
}

/// Cuts [first, last) into ranges of at most `size`, one for each slot from
/// `slot` on.
static void appendRanges(Ranges &ranges, std::int64_t first, std::int64_t last,
                         std::int64_t size, std::int64_t slot) {
  for (std::int64_t from = first; from < last; from += size) {
    ranges.begin.push_back(static_cast<std::int32_t>(from));
    ranges.end.push_back(
        static_cast<std::int32_t>(std::min(from + size, last)));
    ranges.slot.push_back(static_cast<std::int32_t>(slot++));
  }
}

View buildCuts(const IndexArray &offsets, std::int64_t chunk) {
  const std::int64_t size = chunk * kCutWays;
  std::size_t numRows = offsets.size() - 1;
  IndexArray left(numRows + 1, 0);
  auto cutOf = [&](std::size_t row) {
    return cutRow(offsets[row + 1] - offsets[row], chunk);
  };
  for (std::size_t row = 0; row < numRows; ++row)
    left[row + 1] = left[row] + static_cast<std::int32_t>(cutOf(row).left());
  // Slots that a group reduces come after those that the product walks.
  std::int64_t numSlots = left.back();
  Ranges pieces, groups;
  for (std::size_t row = 0; row < numRows; ++row) {
    Cut cut = cutOf(row);
    if (!cut.pieces)
      continue;
    std::int64_t slot = cut.groups ? numSlots : left[row];
    appendRanges(pieces, offsets[row], offsets[row + 1], size, slot);
    if (!cut.groups)
      continue;
    appendRanges(groups, numSlots, numSlots + cut.pieces, size, left[row]);
    numSlots += cut.pieces;
  }
  if (pieces.slot.empty())
    left.clear();
  View view;
  view["offsets"] = std::move(left);
  view["begin"] = std::move(pieces.begin);
  view["end"] = std::move(pieces.end);
  view["slot"] = std::move(pieces.slot);
  view["group_begin"] = std::move(groups.begin);
  view["group_end"] = std::move(groups.end);
  view["group_slot"] = std::move(groups.slot);
  view["slots"] = IndexArray(static_cast<std::size_t>(numSlots), 0);
  return view;
}

View buildSortedWork(const IndexArray &offsets, const IndexArray &keys,
                     std::int64_t numKeys, std::int64_t tile) {
  IndexArray firstOf(offsets.begin(), offsets.end() - 1);
  IndexArray lastOf(offsets.begin() + 1, offsets.end());
  IndexArray row = stableOrder(keys, numKeys, longestFirst(firstOf, lastOf));
  IndexArray first = gather(firstOf, row), last = gather(lastOf, row);

  IndexArray rowsOfKey = offsetsByImage(keys, numKeys);
  Ranges items; // slot: the key
  for (std::int64_t key = 0; key < numKeys; ++key)
    for (std::int64_t from = rowsOfKey[key]; from < rowsOfKey[key + 1];
         from += tile) {
      items.begin.push_back(static_cast<std::int32_t>(from));
      items.end.push_back(static_cast<std::int32_t>(
          std::min<std::int64_t>(from + tile, rowsOfKey[key + 1])));
      items.slot.push_back(static_cast<std::int32_t>(key));
    }
  // The first row of an item is its longest.
  IndexArray order =
      longestFirst(gather(first, items.begin), gather(last, items.begin));
  View view;
  view["key"] = gather(items.slot, order);
  view["begin"] = gather(items.begin, order);
  view["end"] = gather(items.end, order);
  view["row"] = std::move(row);
  view["first"] = std::move(first);
  view["last"] = std::move(last);
  return view;
}

} // namespace pigeon::runtime
