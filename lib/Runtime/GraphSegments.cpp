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
#include <limits>

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

/// Cuts [first, last) into ranges of at most `size`, the i-th with slotOf(i).
template <typename SlotOf>
static void appendRanges(Ranges &ranges, std::int64_t first, std::int64_t last,
                         std::int64_t size, SlotOf slotOf) {
  std::size_t number = 0;
  for (std::int64_t from = first; from < last; from += size) {
    ranges.begin.push_back(static_cast<std::int32_t>(from));
    ranges.end.push_back(
        static_cast<std::int32_t>(std::min(from + size, last)));
    ranges.slot.push_back(static_cast<std::int32_t>(slotOf(number++)));
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
    auto countFrom = [](std::int64_t start) {
      return [=](std::size_t number) {
        return start + static_cast<std::int64_t>(number);
      };
    };
    appendRanges(pieces, offsets[row], offsets[row + 1], size,
                 countFrom(cut.groups ? numSlots : left[row]));
    if (!cut.groups)
      continue;
    appendRanges(groups, numSlots, numSlots + cut.pieces, size,
                 countFrom(left[row]));
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

/// `rows` in blocks of `tile`, the blocks in `order`; `padding` where a block
/// has fewer. Block b has the rows from begin[b] up to end[b].
static IndexArray padBlocks(const IndexArray &rows, const IndexArray &begin,
                            const IndexArray &end, const IndexArray &order,
                            std::int64_t tile, std::int32_t padding) {
  IndexArray padded(order.size() * static_cast<std::size_t>(tile), padding);
  auto to = padded.begin();
  for (std::int32_t block : order) {
    std::copy(rows.begin() + begin[block], rows.begin() + end[block], to);
    to += tile;
  }
  return padded;
}

Result<View> buildSortedWork(const IndexArray &offsets, const IndexArray &keys,
                             std::int64_t numKeys, std::int64_t tile) {
  IndexArray firstOf(offsets.begin(), offsets.end() - 1);
  IndexArray lastOf(offsets.begin() + 1, offsets.end());
  IndexArray rows = stableOrder(keys, numKeys, longestFirst(firstOf, lastOf));
  IndexArray rowsOfKey = offsetsByImage(keys, numKeys);
  Ranges blocks; // slot: the key
  for (std::int64_t key = 0; key < numKeys; ++key)
    appendRanges(blocks, rowsOfKey[key], rowsOfKey[key + 1], tile,
                 [&](std::size_t) { return key; });
  // The last block of a key is as large as the others.
  std::int64_t numBlocks = static_cast<std::int64_t>(blocks.slot.size());
  if (numBlocks > std::numeric_limits<std::int32_t>::max() / tile)
    return Error(std::to_string(numBlocks) + " blocks of " +
                 std::to_string(tile) +
                 " rows are too many for 32-bit indices");

  IndexArray first = gather(firstOf, rows), last = gather(lastOf, rows);
  // The first row of a block is its longest.
  IndexArray longest(blocks.begin.size());
  for (std::size_t block = 0; block < longest.size(); ++block)
    longest[block] = last[blocks.begin[block]] - first[blocks.begin[block]];
  IndexArray order =
      longestFirst(gather(first, blocks.begin), gather(last, blocks.begin));
  auto pad = [&](const IndexArray &array, std::int32_t padding) {
    return padBlocks(array, blocks.begin, blocks.end, order, tile, padding);
  };
  View view;
  view["key"] = gather(blocks.slot, order);
  view["longest"] = gather(longest, order);
  view["row"] = pad(rows, -1);
  view["first"] = pad(first, 0);
  view["last"] = pad(last, 0);
  return view;
}

} // namespace pigeon::runtime
