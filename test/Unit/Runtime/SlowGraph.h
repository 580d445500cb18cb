//===- SlowGraph.h - Graphs by their definitions ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every array of a graph computed a second time, from the definitions in
// Graph.h and by search instead of by counting.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_SLOWGRAPH_H
#define PIGEON_TEST_UNIT_RUNTIME_SLOWGRAPH_H

#include "pigeon/Runtime/Graph.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>

namespace pigeon::runtime::test {

using Key = std::array<std::int32_t, 3>;

/// A graph as its definitions say, in no hurry.
struct SlowGraph {
  GraphData data;
  IndexArray nodeOrder, edgeOrder;              // internal to user's
  IndexArray type;                              // per internal node
  std::vector<Key> edges;                       // internal: relation, dst, src
  std::vector<Key> srcPairs, dstPairs, triples; // relation, first, second
  std::map<std::string, std::int64_t> rows;

  explicit SlowGraph(const GraphData &given) : data(given) {
    std::int32_t numNodes = static_cast<std::int32_t>(data.numNodes);
    auto typeOfUser = [&](std::int32_t node) {
      return data.nodeType.empty() ? 0 : data.nodeType[node];
    };
    for (std::int32_t t = 0; t < data.numNodeTypes; ++t)
      for (std::int32_t node = 0; node < numNodes; ++node)
        if (typeOfUser(node) == t) {
          nodeOrder.push_back(node);
          type.push_back(t);
        }
    IndexArray internal(nodeOrder.size());
    for (std::size_t i = 0; i < nodeOrder.size(); ++i)
      internal[nodeOrder[i]] = static_cast<std::int32_t>(i);
    std::vector<std::array<std::int32_t, 4>> keyed;
    for (std::size_t e = 0; e < data.src.size(); ++e)
      keyed.push_back({data.edgeType[e], internal[data.dst[e]],
                       internal[data.src[e]], static_cast<std::int32_t>(e)});
    std::sort(keyed.begin(), keyed.end());
    std::set<Key> sources, destinations, typeTriples;
    for (const auto &[relation, dst, src, user] : keyed) {
      edges.push_back({relation, dst, src});
      edgeOrder.push_back(user);
      sources.insert({relation, src, 0});
      destinations.insert({relation, dst, 0});
      typeTriples.insert({relation, type[src], type[dst]});
    }
    srcPairs.assign(sources.begin(), sources.end());
    dstPairs.assign(destinations.begin(), destinations.end());
    triples.assign(typeTriples.begin(), typeTriples.end());
    rows = {{"", 1},
            {"node", data.numNodes},
            {"edge", static_cast<std::int64_t>(edges.size())},
            {"src_pair", static_cast<std::int64_t>(srcPairs.size())},
            {"dst_pair", static_cast<std::int64_t>(dstPairs.size())},
            {"triple", static_cast<std::int64_t>(triples.size())},
            {"relation", data.numRelations},
            {"node_type", data.numNodeTypes}};
    for (const auto &[name, classOf] : data.classes)
      rows[name] = *std::max_element(classOf.begin(), classOf.end()) + 1;
  }

  static std::int32_t find(const std::vector<Key> &keys, const Key &key) {
    return static_cast<std::int32_t>(std::find(keys.begin(), keys.end(), key) -
                                     keys.begin());
  }

  std::int32_t imageOf(const std::string &domain, const std::string &role,
                       std::int32_t row) const {
    if (role == "none")
      return 0;
    if (role == "self")
      return row;
    if (domain == "node")
      return type[row];
    if (domain == "relation")
      return data.classes.at(role)[row];
    if (domain == "edge") {
      auto [relation, dst, src] = edges[row];
      if (role == "src")
        return src;
      if (role == "dst")
        return dst;
      if (role == "rel")
        return relation;
      if (role == "src_pair")
        return find(srcPairs, {relation, src, 0});
      if (role == "dst_pair")
        return find(dstPairs, {relation, dst, 0});
      if (role == "triple")
        return find(triples, {relation, type[src], type[dst]});
      if (role == "src_type")
        return type[src];
      if (role == "dst_type")
        return type[dst];
      return data.classes.at(role)[relation];
    }
    const auto &[relation, first, second] =
        (domain == "src_pair"   ? srcPairs
         : domain == "dst_pair" ? dstPairs
                                : triples)[row];
    if (role == "rel")
      return relation;
    if (role == "node" || role == "src_type")
      return first;
    if (role == "dst_type")
      return second;
    if (role == "type")
      return type[first];
    return data.classes.at(role)[relation];
  }
};

inline const std::vector<std::pair<std::string, std::vector<std::string>>> &
allRoles() {
  static const std::vector<std::pair<std::string, std::vector<std::string>>>
      roles = {
          {"edge",
           {"src", "dst", "rel", "src_pair", "dst_pair", "src_type", "dst_type",
            "triple", "direction", "self", "none"}},
          {"src_pair", {"node", "rel", "type", "direction", "self", "none"}},
          {"dst_pair", {"node", "rel", "type", "direction", "self", "none"}},
          {"node", {"type", "self", "none"}},
          {"triple",
           {"rel", "src_type", "dst_type", "direction", "self", "none"}},
          {"relation", {"direction", "self", "none"}},
          {"node_type", {"self", "none"}},
          {"direction", {"self", "none"}},
          {"", {"self", "none"}}};
  return roles;
}

inline const std::vector<std::string> &rolesOf(const std::string &domain) {
  for (const auto &[name, roles] : allRoles())
    if (name == domain)
      return roles;
  static const std::vector<std::string> none;
  return none;
}

struct Sizes {
  int nodes, types, relations, edges;
  bool hub = false, duplicates = false, isolated = false;
};

inline GraphData randomGraph(std::mt19937 &random, const Sizes &sizes) {
  auto below = [&](int limit) {
    return static_cast<std::int32_t>(
        std::uniform_int_distribution<int>(0, limit - 1)(random));
  };
  GraphData data;
  data.numNodes = sizes.nodes;
  data.numRelations = sizes.relations;
  data.numNodeTypes = sizes.types;
  if (sizes.types > 1)
    for (int node = 0; node < sizes.nodes; ++node)
      data.nodeType.push_back(below(sizes.types));
  int used = sizes.isolated ? std::max(1, sizes.nodes / 3) : sizes.nodes;
  for (int edge = 0; edge < sizes.edges; ++edge) {
    bool again = sizes.duplicates && edge > 0 && below(2);
    std::int32_t like = again ? below(edge) : 0;
    data.src.push_back(again ? data.src[like] : below(used));
    data.dst.push_back(again ? data.dst[like] : sizes.hub ? 0 : below(used));
    data.edgeType.push_back(again ? data.edgeType[like]
                                  : below(sizes.relations));
  }
  for (int relation = 0; relation < sizes.relations; ++relation)
    data.classes["direction"].push_back(below(3));
  return data;
}

inline const View &viewOf(const Graph &graph, const std::string &kind,
                          const std::string &domain, const std::string &role,
                          std::int64_t parameter = 0,
                          const std::string &through = "",
                          const std::string &into = "") {
  auto view = graph.view({"", kind, domain, role, parameter, through, into});
  static const View none;
  if (view)
    return **view;
  ADD_FAILURE() << view.error().message();
  return none;
}

/// The rows with each image, ascending.
using Buckets = std::vector<IndexArray>;

inline IndexArray slice(const IndexArray &array, std::int32_t begin,
                        std::int32_t end) {
  return IndexArray(array.begin() + begin, array.begin() + end);
}

inline void checkCsr(const View &view, const Buckets &buckets) {
  const IndexArray &offsets = view.at("offsets"), &entries = view.at("entries");
  ASSERT_EQ(offsets.size(), buckets.size() + 1);
  EXPECT_EQ(offsets.front(), 0);
  EXPECT_EQ(offsets.back(), static_cast<std::int32_t>(entries.size()));
  for (std::size_t i = 0; i < buckets.size(); ++i)
    ASSERT_EQ(slice(entries, offsets[i], offsets[i + 1]), buckets[i]);
  EXPECT_EQ(view.size(), 2u);
}

inline void checkPath(const View &view, const Buckets &buckets,
                      const SlowGraph &slow, const std::string &domain,
                      const std::string &through) {
  IndexArray expected;
  for (const IndexArray &bucket : buckets)
    for (std::int32_t row : bucket)
      expected.push_back(slow.imageOf(domain, through, row));
  EXPECT_EQ(view.at("index"), expected) << "through " << through;
  EXPECT_EQ(view.size(), 1u);
}

/// Builds the pieces by cutting each bucket and compares all eight arrays.
/// `entries` is the path that their positions are in.
inline void checkPieces(const View &view, const IndexArray &entries,
                        const Buckets &buckets, std::size_t chunk) {
  struct Piece {
    std::int32_t row, slot;
    IndexArray contents;
  };
  std::vector<Piece> pieces;
  IndexArray combineRow, combineBegin, combineEnd;
  std::int32_t slots = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    std::vector<IndexArray> parts(1);
    for (std::int32_t entry : buckets[i]) {
      if (parts.back().size() == chunk)
        parts.emplace_back();
      parts.back().push_back(entry);
    }
    if (parts.size() > 1) {
      combineRow.push_back(static_cast<std::int32_t>(i));
      combineBegin.push_back(slots);
      combineEnd.push_back(slots + static_cast<std::int32_t>(parts.size()));
    }
    for (const IndexArray &part : parts)
      pieces.push_back({static_cast<std::int32_t>(i),
                        parts.size() > 1 ? slots++ : -1, part});
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece &a, const Piece &b) {
                     return a.contents.size() > b.contents.size();
                   });
  IndexArray row, slot;
  for (const Piece &piece : pieces) {
    row.push_back(piece.row);
    slot.push_back(piece.slot);
  }
  EXPECT_EQ(view.at("row"), row);
  EXPECT_EQ(view.at("slot"), slot);
  EXPECT_EQ(view.at("combine_row"), combineRow);
  EXPECT_EQ(view.at("combine_begin"), combineBegin);
  EXPECT_EQ(view.at("combine_end"), combineEnd);
  EXPECT_EQ(view.at("slots"), IndexArray(static_cast<std::size_t>(slots), 0));
  ASSERT_EQ(view.at("begin").size(), pieces.size());
  ASSERT_EQ(view.at("end").size(), pieces.size());
  for (std::size_t p = 0; p < pieces.size(); ++p)
    ASSERT_EQ(slice(entries, view.at("begin")[p], view.at("end")[p]),
              pieces[p].contents);
  EXPECT_EQ(view.size(), 8u);
}

inline void checkWork(const View &view, const IndexArray &entries,
                      const Buckets &buckets, std::size_t tile) {
  std::size_t item = 0;
  std::int32_t position = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i)
    for (std::size_t from = 0; from < buckets[i].size(); from += tile, ++item) {
      std::size_t count = std::min(tile, buckets[i].size() - from);
      ASSERT_LT(item, view.at("key").size());
      EXPECT_EQ(view.at("key")[item], static_cast<std::int32_t>(i));
      EXPECT_EQ(view.at("begin")[item], position);
      position += static_cast<std::int32_t>(count);
      EXPECT_EQ(view.at("end")[item], position);
      for (std::size_t k = 0; k < count; ++k)
        ASSERT_EQ(entries[view.at("begin")[item] + k], buckets[i][from + k]);
    }
  EXPECT_EQ(view.at("key").size(), item);
  EXPECT_EQ(view.at("begin").size(), item);
  EXPECT_EQ(view.at("end").size(), item);
  EXPECT_EQ(entries.size(), static_cast<std::size_t>(position));
  EXPECT_EQ(view.size(), 3u);
}

/// Every entry of a cut row is in one piece, pieces have one slot each, and the
/// slots of a row, groups expanded, are its pieces in order.
inline void checkCuts(const View &view, const IndexArray &entries,
                      const Buckets &buckets, std::size_t chunk) {
  const IndexArray &offsets = view.at("offsets");
  std::vector<IndexArray> contents(view.at("slots").size());
  for (std::size_t p = 0; p < view.at("slot").size(); ++p) {
    IndexArray &place = contents.at(view.at("slot")[p]);
    EXPECT_TRUE(place.empty()) << "slot " << view.at("slot")[p];
    place = slice(entries, view.at("begin")[p], view.at("end")[p]);
    EXPECT_LE(place.size(), chunk * 8);
    EXPECT_FALSE(place.empty());
  }
  for (std::size_t g = 0; g < view.at("group_slot").size(); ++g) {
    std::int32_t begin = view.at("group_begin")[g];
    std::int32_t end = view.at("group_end")[g];
    EXPECT_LE(static_cast<std::size_t>(end - begin), chunk * 8);
    IndexArray &place = contents.at(view.at("group_slot")[g]);
    EXPECT_TRUE(place.empty()) << "slot " << view.at("group_slot")[g];
    for (std::int32_t slot = begin; slot < end; ++slot)
      place.insert(place.end(), contents.at(slot).begin(),
                   contents.at(slot).end());
  }
  std::size_t cutRows = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].size() <= chunk) {
      EXPECT_TRUE(offsets.empty() || offsets[i] == offsets[i + 1]);
      continue;
    }
    ++cutRows;
    ASSERT_EQ(offsets.size(), buckets.size() + 1);
    IndexArray all;
    for (std::int32_t slot = offsets[i]; slot < offsets[i + 1]; ++slot)
      all.insert(all.end(), contents.at(slot).begin(), contents.at(slot).end());
    ASSERT_EQ(all, buckets[i]);
    std::size_t pieces = (buckets[i].size() + chunk * 8 - 1) / (chunk * 8);
    std::size_t left =
        pieces <= chunk ? pieces : (pieces - 1) / (chunk * 8) + 1;
    EXPECT_EQ(static_cast<std::size_t>(offsets[i + 1] - offsets[i]), left);
  }
  EXPECT_EQ(offsets.empty(), cutRows == 0);
  EXPECT_EQ(view.size(), 8u);
}

/// Every row is in one block, blocks hold one key, and nowhere do more entries
/// follow fewer.
inline void checkSortedWork(const View &view, const IndexArray &entries,
                            const Buckets &buckets, const IndexArray &keys,
                            std::size_t tile) {
  std::set<std::int32_t> seen;
  std::size_t previous = entries.size();
  const IndexArray &rows = view.at("row");
  ASSERT_EQ(rows.size(), view.at("key").size() * tile);
  ASSERT_EQ(view.at("first").size(), rows.size());
  ASSERT_EQ(view.at("last").size(), rows.size());
  for (std::size_t block = 0; block < view.at("key").size(); ++block) {
    auto longest = static_cast<std::size_t>(view.at("longest")[block]);
    EXPECT_LE(longest, previous);
    previous = longest;
    ASSERT_GE(rows[block * tile], 0);
    EXPECT_EQ(buckets[rows[block * tile]].size(), longest);
    for (std::size_t at = block * tile; at < (block + 1) * tile; ++at) {
      IndexArray own =
          slice(entries, view.at("first")[at], view.at("last")[at]);
      if (rows[at] < 0) {
        EXPECT_TRUE(own.empty());
        EXPECT_TRUE(at + 1 == (block + 1) * tile || rows[at + 1] < 0);
        continue;
      }
      EXPECT_TRUE(seen.insert(rows[at]).second) << "row " << rows[at];
      EXPECT_EQ(keys[rows[at]], view.at("key")[block]);
      ASSERT_EQ(own, buckets[rows[at]]);
      EXPECT_LE(own.size(), longest);
      // Equal ones keep their order.
      if (at > block * tile && own.size() == longest) {
        EXPECT_LT(rows[at - 1], rows[at]);
      }
      longest = own.size();
    }
  }
  EXPECT_EQ(seen.size(), buckets.size());
  EXPECT_EQ(view.size(), 5u);
}

/// Every owner has one place, and at its place in the items of a key its rows
/// of that key, in order; keys ascend in a block, and blocks take less and
/// less.
inline void checkOwnerWork(const View &view, const IndexArray &entries,
                           const Buckets &buckets, const IndexArray &keys,
                           const IndexArray &owners, std::size_t numOwners,
                           std::size_t tile) {
  const IndexArray &owner = view.at("owner"), &row = view.at("row");
  std::size_t numBlocks = (numOwners + tile - 1) / tile;
  ASSERT_EQ(owner.size(), numBlocks * tile);
  ASSERT_EQ(view.at("begin").size(), numBlocks);
  ASSERT_EQ(view.at("end").size(), numBlocks);
  ASSERT_EQ(row.size(), view.at("key").size() * tile);
  using RowsByKey = std::map<std::int32_t, IndexArray>;
  std::map<std::int32_t, RowsByKey> rowsOf;
  for (std::size_t i = 0; i < owners.size(); ++i)
    rowsOf[owners[i]][keys[i]].push_back(static_cast<std::int32_t>(i));
  std::set<std::int32_t> seenOwners, seenItems;
  std::size_t seenRows = 0, previous = std::numeric_limits<std::size_t>::max();
  for (std::size_t block = 0; block < numBlocks; ++block) {
    // The rows of each place by key, as they are found in the items.
    std::vector<RowsByKey> found(tile);
    std::size_t duration = 0;
    std::map<std::int32_t, std::size_t> itemsOfKey;
    for (std::int32_t item = view.at("begin")[block];
         item < view.at("end")[block]; ++item) {
      EXPECT_TRUE(seenItems.insert(item).second);
      std::int32_t key = view.at("key").at(item);
      EXPECT_TRUE(itemsOfKey.empty() || itemsOfKey.rbegin()->first <= key);
      std::size_t number = itemsOfKey[key]++, longest = 0;
      bool hasRow = false;
      for (std::size_t place = 0; place < tile; ++place) {
        std::size_t at = static_cast<std::size_t>(item) * tile + place;
        IndexArray own =
            slice(entries, view.at("first")[at], view.at("last")[at]);
        if (row[at] < 0) {
          EXPECT_EQ(view.at("first")[at], 0);
          EXPECT_TRUE(own.empty());
          continue;
        }
        hasRow = true;
        IndexArray &rows = found[place][key];
        EXPECT_EQ(rows.size(), number) << "an owner begins with the first item";
        rows.push_back(row[at]);
        EXPECT_EQ(owners[row[at]], owner[block * tile + place]);
        ASSERT_EQ(own, buckets[row[at]]);
        longest = std::max(longest, own.size());
        ++seenRows;
      }
      EXPECT_TRUE(hasRow);
      EXPECT_EQ(static_cast<std::size_t>(view.at("longest")[item]), longest);
      duration += longest + 1;
    }
    EXPECT_LE(duration, previous);
    previous = duration;
    for (std::size_t place = 0; place < tile; ++place) {
      std::int32_t own = owner[block * tile + place];
      if (own >= 0) {
        EXPECT_TRUE(seenOwners.insert(own).second);
      }
      EXPECT_EQ(found[place], own < 0 ? RowsByKey() : rowsOf[own]);
    }
  }
  EXPECT_EQ(seenOwners.size(), numOwners);
  EXPECT_EQ(seenItems.size(), view.at("key").size());
  EXPECT_EQ(seenRows, buckets.size());
  EXPECT_EQ(view.size(), 8u);
}

inline void checkRole(const Graph &graph, const SlowGraph &slow,
                      const std::string &domain, const std::string &role,
                      const std::vector<std::string> &throughs) {
  SCOPED_TRACE(domain + " -> " + role);
  auto image = graph.image(domain, role);
  ASSERT_TRUE(image) << image.error().message();
  auto map = graph.map(domain, role);
  ASSERT_TRUE(map) << map.error().message();
  Buckets buckets(static_cast<std::size_t>(slow.rows.at(*image)));
  IndexArray expected;
  for (std::int32_t row = 0; row < slow.rows.at(domain); ++row) {
    expected.push_back(slow.imageOf(domain, role, row));
    buckets.at(expected.back()).push_back(row);
  }
  ASSERT_EQ(**map, expected);
  EXPECT_EQ(viewOf(graph, "map", domain, role).at("index"), expected);
  checkCsr(viewOf(graph, "csr", domain, role), buckets);
  for (const std::string &through : throughs)
    checkPath(viewOf(graph, "path", domain, role, 0, through), buckets, slow,
              domain, through);
  const IndexArray &entries =
      viewOf(graph, "path", domain, role, 0, "self").at("index");
  for (std::int64_t size : {1, 2, 3, 7, 64}) {
    checkPieces(viewOf(graph, "pieces", domain, role, size), entries, buckets,
                static_cast<std::size_t>(size));
    checkWork(viewOf(graph, "work", domain, role, size), entries, buckets,
              static_cast<std::size_t>(size));
    checkCuts(viewOf(graph, "cuts", domain, role, size), entries, buckets,
              static_cast<std::size_t>(size));
  }
  std::map<std::string, IndexArray> imagesBy;
  for (const std::string &through : rolesOf(*image))
    if (graph.image(*image, through)) { // not a class that this graph has not
      IndexArray &images = imagesBy[through];
      for (std::int32_t row = 0; row < slow.rows.at(*image); ++row)
        images.push_back(slow.imageOf(*image, through, row));
    }
  for (const auto &[key, keys] : imagesBy) {
    for (std::int64_t tile : {1, 3, 64})
      checkSortedWork(viewOf(graph, "sorted_work", domain, role, tile, key),
                      entries, buckets, keys, static_cast<std::size_t>(tile));
    for (const auto &[into, owners] : imagesBy) {
      // A third of the many combinations, another one for each graph.
      if ((key.size() + into.size() + buckets.size()) % 3)
        continue;
      constexpr std::size_t tile = 3;
      auto numOwners =
          static_cast<std::size_t>(slow.rows.at(*graph.image(*image, into)));
      checkOwnerWork(viewOf(graph, "owner_work", domain, role, tile, key, into),
                     entries, buckets, keys, owners, numOwners, tile);
    }
  }
}

inline void checkGraph(const GraphData &data) {
  auto graph = Graph::create(data, "random");
  ASSERT_TRUE(graph) << graph.error().message();
  SlowGraph slow(data);
  auto orderOf = [&](const std::string &domain, std::int64_t count) {
    IndexArray order = (*graph)->userOrder(domain);
    if (order.empty()) {
      order.resize(static_cast<std::size_t>(count));
      std::iota(order.begin(), order.end(), 0);
    }
    return order;
  };
  EXPECT_EQ(orderOf("node", data.numNodes), slow.nodeOrder);
  EXPECT_EQ(orderOf("edge", slow.rows["edge"]), slow.edgeOrder);
  for (const auto &[domain, rows] : slow.rows) {
    auto found = (*graph)->rows(domain);
    ASSERT_TRUE(found) << domain;
    EXPECT_EQ(*found, rows) << domain;
  }
  for (auto [domain, roles] : allRoles()) {
    if (!data.classes.count("direction"))
      roles.erase(std::remove(roles.begin(), roles.end(), "direction"),
                  roles.end());
    if (domain != "direction" || data.classes.count(domain))
      for (const std::string &role : roles)
        checkRole(**graph, slow, domain, role, roles);
  }
}

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_SLOWGRAPH_H
