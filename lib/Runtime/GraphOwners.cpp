//===- GraphOwners.cpp - The view of rows that are summed into others -----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block that owns rows walks the keys that any of them has, one after the
// other, and all of its owners together. An owner without the key waits, so
// owners that have the same keys should share a block: they are ordered by the
// list of their keys. In real graphs few lists are many owners', and there
// hardly a place is empty.
//
//===----------------------------------------------------------------------===//

#include "GraphImpl.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace pigeon::runtime {

namespace {

/// The rows of each owner, by key, then row.
struct RowsOfOwners {
  IndexArray offsets; // of the owners in `rows`
  IndexArray rows;
  IndexArray keys; // of `rows`
};

/// One row of an item, before items are padded.
struct Member {
  std::int32_t key;
  std::int32_t round; // which of the owner's rows of that key it is
  std::int32_t place;
  std::int32_t row;
};

/// A block before the order of blocks is known.
struct Block {
  std::size_t first, last; // of the order of owners
  std::int64_t items = 0, duration = 0;
};

} // namespace

static RowsOfOwners rowsOfOwners(const OwnedRows &given) {
  RowsOfOwners owned;
  owned.rows = stableOrder(given.owners, given.numOwners,
                           stableOrder(given.keys, given.numKeys));
  owned.offsets = offsetsByImage(given.owners, given.numOwners);
  owned.keys = gather(given.keys, owned.rows);
  return owned;
}

/// Owners by the list of their keys; of those with one list the ones with more
/// entries first, then by number.
static IndexArray orderOfOwners(const OwnedRows &given,
                                const RowsOfOwners &owned) {
  auto numOwners = static_cast<std::size_t>(given.numOwners);
  IndexArray entries(numOwners, 0), order(numOwners);
  for (std::size_t row = 0; row < given.owners.size(); ++row)
    entries[given.owners[row]] += given.offsets[row + 1] - given.offsets[row];
  std::iota(order.begin(), order.end(), 0);
  auto begin = [&](std::int32_t owner) {
    return owned.keys.begin() + owned.offsets[owner];
  };
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    auto [inA, inB] =
        std::mismatch(begin(a), begin(a + 1), begin(b), begin(b + 1));
    bool endsA = inA == begin(a + 1), endsB = inB == begin(b + 1);
    if (!endsA && !endsB)
      return *inA < *inB;
    if (endsA != endsB)
      return endsA;
    return entries[a] != entries[b] ? entries[a] > entries[b] : a < b;
  });
  return order;
}

/// The rows of the owners [first, last) of the order, as the items of their
/// block have them.
static std::vector<Member> membersOf(const RowsOfOwners &owned,
                                     const IndexArray &order, std::size_t first,
                                     std::size_t last) {
  std::vector<Member> members;
  for (std::size_t at = first; at < last; ++at) {
    std::int32_t owner = order[at], round = 0;
    for (std::int32_t i = owned.offsets[owner]; i < owned.offsets[owner + 1];
         ++i) {
      bool again =
          i > owned.offsets[owner] && owned.keys[i] == owned.keys[i - 1];
      round = again ? round + 1 : 0;
      members.push_back({owned.keys[i], round,
                         static_cast<std::int32_t>(at - first), owned.rows[i]});
    }
  }
  std::sort(members.begin(), members.end(),
            [](const Member &a, const Member &b) {
              return std::tie(a.key, a.round, a.place) <
                     std::tie(b.key, b.round, b.place);
            });
  return members;
}

/// Calls `visit` with the members of each item in turn.
template <typename Visit>
static void forEachItem(const std::vector<Member> &members, Visit visit) {
  for (auto first = members.begin(); first != members.end();) {
    auto last = std::find_if(first, members.end(), [&](const Member &member) {
      return member.key != first->key || member.round != first->round;
    });
    visit(first, last);
    first = last;
  }
}

namespace {

/// The arrays of the view, filled block by block.
class OwnerWork {
public:
  OwnerWork(const OwnedRows &given, std::int64_t tile)
      : given(given), owned(rowsOfOwners(given)),
        order(orderOfOwners(given, owned)), tile(tile) {}

  Result<View> build() {
    std::vector<Block> blocks = findBlocks();
    std::int64_t numItems = 0;
    for (const Block &block : blocks)
      numItems += block.items;
    auto numBlocks = static_cast<std::int64_t>(blocks.size());
    if (std::max(numItems, numBlocks) >
        std::numeric_limits<std::int32_t>::max() / tile)
      return Error(std::to_string(std::max(numItems, numBlocks)) +
                   " blocks of " + std::to_string(tile) +
                   " rows are too many for 32-bit indices");
    allocate(static_cast<std::size_t>(numBlocks),
             static_cast<std::size_t>(numItems));
    for (const Block &block : blocks)
      fill(block);
    return std::move(view);
  }

  OwnerBlock findLongest(std::int64_t chunk, std::int64_t itemEntries) const {
    auto roundsOf = [&](const OwnerBlock &block) {
      return block.items * itemEntries + block.entries;
    };
    OwnerBlock most;
    forEachBlock([&](std::size_t first, std::size_t last) {
      OwnerBlock block = walkOf(first, last, chunk);
      if (roundsOf(block) > roundsOf(most))
        most = block;
    });
    return most;
  }

private:
  /// Calls `visit` with the owners of each block, [first, last) of the order.
  template <typename Visit> void forEachBlock(Visit visit) const {
    auto size = static_cast<std::size_t>(tile);
    for (std::size_t first = 0, last; first < order.size(); first = last) {
      last = first + std::min(order.size() - first, size);
      visit(first, last);
    }
  }

  /// What a block walks if it walks `chunk` entries of a row at most.
  OwnerBlock walkOf(std::size_t first, std::size_t last,
                    std::int64_t chunk) const {
    OwnerBlock walk;
    forEachItem(membersOf(owned, order, first, last), [&](auto from, auto to) {
      ++walk.items;
      walk.entries += std::min<std::int64_t>(longestOf(from, to), chunk);
    });
    return walk;
  }

  std::int32_t lengthOf(std::int32_t row) const {
    return given.offsets[row + 1] - given.offsets[row];
  }

  /// Those that take longest first.
  std::vector<Block> findBlocks() const {
    constexpr std::int64_t any = std::numeric_limits<std::int32_t>::max();
    std::vector<Block> blocks;
    forEachBlock([&](std::size_t first, std::size_t last) {
      OwnerBlock walk = walkOf(first, last, any);
      blocks.push_back({first, last, walk.items, walk.items + walk.entries});
    });
    std::sort(blocks.begin(), blocks.end(), [](const Block &a, const Block &b) {
      return a.duration != b.duration ? a.duration > b.duration
                                      : a.first < b.first;
    });
    return blocks;
  }

  template <typename Iterator>
  std::int32_t longestOf(Iterator from, Iterator to) const {
    std::int32_t longest = 0;
    for (auto member = from; member != to; ++member)
      longest = std::max(longest, lengthOf(member->row));
    return longest;
  }

  void allocate(std::size_t numBlocks, std::size_t numItems) {
    std::size_t places = numItems * static_cast<std::size_t>(tile);
    view["owner"].assign(numBlocks * static_cast<std::size_t>(tile), -1);
    view["row"].assign(places, -1);
    view["first"].assign(places, 0);
    view["last"].assign(places, 0);
    for (const char *name : {"key", "longest"})
      view[name].reserve(numItems);
    for (const char *name : {"begin", "end"})
      view[name].reserve(numBlocks);
  }

  void fill(const Block &block) {
    std::size_t number = view["begin"].size();
    std::copy(order.begin() + static_cast<std::ptrdiff_t>(block.first),
              order.begin() + static_cast<std::ptrdiff_t>(block.last),
              view["owner"].begin() +
                  static_cast<std::ptrdiff_t>(number) * tile);
    IndexArray &key = view["key"], &row = view["row"];
    IndexArray &first = view["first"], &last = view["last"];
    view["begin"].push_back(static_cast<std::int32_t>(key.size()));
    forEachItem(membersOf(owned, order, block.first, block.last), [&](auto from,
                                                                      auto to) {
      std::size_t start = key.size() * static_cast<std::size_t>(tile);
      for (auto member = from; member != to; ++member) {
        std::size_t at = start + static_cast<std::size_t>(member->place);
        row[at] = member->row;
        first[at] = given.offsets[member->row];
        last[at] = given.offsets[member->row + 1];
      }
      key.push_back(from->key);
      view["longest"].push_back(longestOf(from, to));
    });
    view["end"].push_back(static_cast<std::int32_t>(key.size()));
  }

  const OwnedRows &given;
  RowsOfOwners owned;
  IndexArray order;
  std::int64_t tile;
  View view;
};

} // namespace

Result<View> buildOwnerWork(const OwnedRows &rows, std::int64_t tile) {
  return OwnerWork(rows, tile).build();
}

OwnerBlock findLongestBlock(const OwnedRows &rows, std::int64_t tile,
                            std::int64_t chunk, std::int64_t itemEntries) {
  return OwnerWork(rows, tile).findLongest(chunk, itemEntries);
}

} // namespace pigeon::runtime
