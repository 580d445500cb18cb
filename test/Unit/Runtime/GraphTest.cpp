//===- GraphTest.cpp - Domains, roles and views by brute force ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every array of a graph is computed a second time here, from the definitions
// in Graph.h and by search instead of by counting, for hundreds of small
// graphs.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Graph.h"

#include "SlowGraph.h"
#include "pigeon/Runtime/Domains.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <thread>
#include <tuple>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

GraphData smallGraph() {
  // The example of Graph.h: 0 -0-> 1, 0 -0-> 2, 0 -1-> 2.
  GraphData data;
  data.numNodes = 3;
  data.numRelations = 2;
  data.src = {0, 0, 0};
  data.dst = {1, 2, 2};
  data.edgeType = {0, 0, 1};
  return data;
}

/// Edges of one relation.
GraphData edgesOf(std::int64_t nodes, IndexArray src, IndexArray dst) {
  GraphData data;
  data.numNodes = nodes;
  data.numRelations = 1;
  data.src = std::move(src);
  data.dst = std::move(dst);
  data.edgeType = IndexArray(data.dst.size(), 0);
  return data;
}

std::string createError(GraphData data) {
  auto graph = Graph::create(std::move(data), "g.npz");
  return graph ? "" : graph.error().message();
}

TEST(GraphTest, ExampleOfTheHeader) {
  auto graph = Graph::create(smallGraph(), "small");
  ASSERT_TRUE(graph);
  EXPECT_EQ(*(*graph)->rows("src_pair"), 2);
  EXPECT_THAT(**(*graph)->map("edge", "src_pair"), ElementsAre(0, 0, 1));
  EXPECT_THAT(**(*graph)->map("src_pair", "rel"), ElementsAre(0, 1));
  EXPECT_THAT(**(*graph)->map("dst_pair", "node"), ElementsAre(1, 2, 2));
  EXPECT_TRUE((*graph)->userOrder("node").empty());
  EXPECT_TRUE((*graph)->userOrder("edge").empty());
}

TEST(GraphTest, ExampleOfPieces) {
  auto graph = Graph::create(edgesOf(3, {0, 1, 2, 1}, {0, 0, 0, 2}), "pieces");
  ASSERT_TRUE(graph);
  const View &view = viewOf(**graph, "pieces", "edge", "dst", 2);
  EXPECT_THAT(view.at("row"), ElementsAre(0, 0, 2, 1));
  EXPECT_THAT(view.at("begin"), ElementsAre(0, 2, 3, 3));
  EXPECT_THAT(view.at("end"), ElementsAre(2, 3, 4, 3));
  EXPECT_THAT(view.at("slot"), ElementsAre(0, 1, -1, -1));
  EXPECT_THAT(view.at("slots"), ElementsAre(0, 0));
  EXPECT_THAT(view.at("combine_row"), ElementsAre(0));
  EXPECT_THAT(view.at("combine_begin"), ElementsAre(0));
  EXPECT_THAT(view.at("combine_end"), ElementsAre(2));
}

/// Long pieces that come late in their rows still come first, and keep the
/// slots of their rows.
TEST(GraphTest, PiecesOfLongRowsComeFirst) {
  IndexArray dst = {0, 1, 1, 1, 3, 3, 3, 3, 3};
  auto graph = Graph::create(edgesOf(4, IndexArray(9, 2), dst), "pieces");
  ASSERT_TRUE(graph);
  const View &view = viewOf(**graph, "pieces", "edge", "dst", 2);
  EXPECT_THAT(view.at("row"), ElementsAre(1, 3, 3, 0, 1, 3, 2));
  EXPECT_THAT(view.at("begin"), ElementsAre(1, 4, 6, 0, 3, 8, 4));
  EXPECT_THAT(view.at("end"), ElementsAre(3, 6, 8, 1, 4, 9, 4));
  EXPECT_THAT(view.at("slot"), ElementsAre(0, 2, 3, -1, 1, 4, -1));
  EXPECT_THAT(view.at("combine_row"), ElementsAre(1, 3));
  EXPECT_THAT(view.at("combine_begin"), ElementsAre(0, 2));
  EXPECT_THAT(view.at("combine_end"), ElementsAre(2, 5));
}

/// In the graph of PiecesOfLongRowsComeFirst with 20 more edges to node 3.
TEST(GraphTest, ExampleOfCuts) {
  IndexArray dst = {0, 1, 1, 1};
  dst.insert(dst.end(), 25, 3);
  auto graph = Graph::create(edgesOf(4, IndexArray(29, 2), dst), "cuts");
  ASSERT_TRUE(graph);
  // Node 1 has one piece of 3 entries, node 3 two of 16 and 9.
  const View &two = viewOf(**graph, "cuts", "edge", "dst", 2);
  EXPECT_THAT(two.at("offsets"), ElementsAre(0, 0, 1, 1, 3));
  EXPECT_THAT(two.at("begin"), ElementsAre(1, 4, 20));
  EXPECT_THAT(two.at("end"), ElementsAre(4, 20, 29));
  EXPECT_THAT(two.at("slot"), ElementsAre(0, 1, 2));
  EXPECT_THAT(two.at("group_slot"), ElementsAre());
  // Node 3 has four pieces of at most 8 entries; these are more than one, so
  // slots 2 to 5 become slot 1.
  const View &one = viewOf(**graph, "cuts", "edge", "dst", 1);
  EXPECT_THAT(one.at("offsets"), ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(one.at("slot"), ElementsAre(0, 2, 3, 4, 5));
  EXPECT_THAT(one.at("group_begin"), ElementsAre(2));
  EXPECT_THAT(one.at("group_end"), ElementsAre(6));
  EXPECT_THAT(one.at("group_slot"), ElementsAre(1));
  EXPECT_THAT(one.at("slots"), ElementsAre(0, 0, 0, 0, 0, 0));
  const View &none = viewOf(**graph, "cuts", "edge", "dst", 25);
  for (const auto &[name, array] : none)
    EXPECT_TRUE(array.empty()) << name;
}

TEST(GraphTest, ExampleOfSortedWork) {
  auto graph = Graph::create(edgesOf(3, {0, 1, 2, 1}, {0, 0, 0, 2}), "work");
  ASSERT_TRUE(graph);
  const View &view = viewOf(**graph, "sorted_work", "edge", "dst", 2, "none");
  EXPECT_THAT(view.at("row"), ElementsAre(0, 2, 1, -1));
  EXPECT_THAT(view.at("first"), ElementsAre(0, 3, 3, 0));
  EXPECT_THAT(view.at("last"), ElementsAre(3, 4, 3, 0));
  EXPECT_THAT(view.at("key"), ElementsAre(0, 0));
  EXPECT_THAT(view.at("longest"), ElementsAre(3, 0));
}

TEST(GraphTest, ExampleOfOwnerWork) {
  GraphData data;
  data.numNodes = 3;
  data.numRelations = 2;
  data.src = {1, 1, 1, 2};
  data.dst = {0, 2, 0, 0};
  data.edgeType = {0, 0, 1, 1};
  auto graph = Graph::create(data, "owners");
  ASSERT_TRUE(graph);
  const View &view =
      viewOf(**graph, "owner_work", "edge", "dst_pair", 2, "rel", "node");
  EXPECT_THAT(view.at("owner"), ElementsAre(0, -1, 1, 2));
  EXPECT_THAT(view.at("begin"), ElementsAre(0, 2));
  EXPECT_THAT(view.at("end"), ElementsAre(2, 3));
  EXPECT_THAT(view.at("key"), ElementsAre(0, 1, 0));
  EXPECT_THAT(view.at("longest"), ElementsAre(1, 2, 1));
  EXPECT_THAT(view.at("row"), ElementsAre(0, -1, 2, -1, -1, 1));
  EXPECT_THAT(view.at("first"), ElementsAre(0, 0, 2, 0, 0, 1));
  EXPECT_THAT(view.at("last"), ElementsAre(1, 0, 4, 0, 0, 2));

  ViewSpec spec = {"", "owner_work", "edge", "dst_pair", 2, "rel", "node"};
  auto longest = (*graph)->longestOwnerBlock(spec, /*chunk=*/16, 4);
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->items, 2);
  EXPECT_EQ(longest->entries, 1 + 2);
  EXPECT_EQ((*graph)->longestOwnerBlock(spec, /*chunk=*/1, 4)->entries, 2);
}

/// Which block is the longest depends on what an item costs beside its entries.
TEST(GraphTest, LongestOwnerBlock) {
  GraphData data;
  data.numNodes = 2;
  data.numRelations = 3;
  // Node 0 has five edges of one relation, node 1 one of each.
  data.src = {0, 0, 1, 1, 1, 0, 0, 0};
  data.dst = {0, 0, 0, 0, 0, 1, 1, 1};
  data.edgeType = {0, 0, 0, 0, 0, 0, 1, 2};
  auto graph = Graph::create(data, "owners");
  ASSERT_TRUE(graph);
  auto longest = [&](std::int64_t chunk, std::int64_t itemEntries) {
    auto block = (*graph)->longestOwnerBlock(
        {"", "owner_work", "edge", "dst_pair", 1, "rel", "node"}, chunk,
        itemEntries);
    return block ? std::make_pair(block->items, block->entries)
                 : std::make_pair(std::int64_t(-1), std::int64_t(-1));
  };
  EXPECT_EQ(longest(16, 0), std::make_pair(std::int64_t(1), std::int64_t(5)));
  EXPECT_EQ(longest(16, 4), std::make_pair(std::int64_t(3), std::int64_t(3)));
  EXPECT_EQ(longest(2, 0), std::make_pair(std::int64_t(3), std::int64_t(3)));

  auto work = (*graph)->longestOwnerBlock(
      {"", "sorted_work", "edge", "dst_pair", 1, "rel"}, 16, 4);
  ASSERT_FALSE(work);
  EXPECT_EQ(work.error().message(), "view 'sorted_work' has no owners");
  auto role = (*graph)->longestOwnerBlock(
      {"", "owner_work", "edge", "dst_pair", 1, "rel", "src"}, 16, 4);
  ASSERT_FALSE(role);
  EXPECT_THAT(role.error().message(), HasSubstr("has no role 'src'"));
}

/// Nodes that have edges of the same relations are in one block, whatever their
/// numbers are.
TEST(GraphTest, OwnersOfTheSameKeysShareABlock) {
  GraphData data;
  data.numNodes = 40;
  data.numRelations = 8;
  for (std::int32_t node = 0; node < 40; ++node)
    for (std::int32_t relation : {node % 4, node % 4 + 4}) {
      data.src.push_back(0);
      data.dst.push_back(node);
      data.edgeType.push_back(relation);
    }
  auto graph = Graph::create(data, "owners");
  ASSERT_TRUE(graph);
  const View &view =
      viewOf(**graph, "owner_work", "edge", "dst_pair", 10, "rel", "node");
  // Four blocks, each with the two relations of its nodes; in the order of
  // numbers each would have all eight.
  EXPECT_THAT(view.at("key"), ElementsAre(0, 4, 1, 5, 2, 6, 3, 7));
  EXPECT_THAT(view.at("row"), testing::Each(testing::Ge(0)));
}

/// The largest chunk that a package may name costs no memory of its size.
TEST(GraphTest, LargestChunk) {
  auto graph = Graph::create(smallGraph(), "small");
  ASSERT_TRUE(graph);
  constexpr std::int64_t largest = std::numeric_limits<std::int32_t>::max();
  const View &view = viewOf(**graph, "pieces", "edge", "dst", largest);
  EXPECT_THAT(view.at("row"), ElementsAre(2, 1, 0));
  EXPECT_TRUE(
      viewOf(**graph, "cuts", "edge", "dst", largest).at("slot").empty());
}

TEST(GraphTest, ExampleOfPaths) {
  // 2 -> 0 is row 0, 0 -> 2 row 1, both of relation 0; 1 -> 0 is row 2.
  GraphData data;
  data.numNodes = 3;
  data.numRelations = 2;
  data.src = {2, 0, 1};
  data.dst = {0, 2, 0};
  data.edgeType = {0, 0, 1};
  auto graph = Graph::create(data, "paths");
  ASSERT_TRUE(graph);
  auto path = [&](const char *through) {
    return viewOf(**graph, "path", "edge", "dst", 0, through).at("index");
  };
  EXPECT_THAT(path("self"), ElementsAre(0, 2, 1));
  EXPECT_THAT(path("src"), ElementsAre(2, 1, 0));
  EXPECT_THAT(path("rel"), ElementsAre(0, 1, 0));
  EXPECT_THAT(path("dst"), ElementsAre(0, 0, 2));
  EXPECT_THAT(path("none"), ElementsAre(0, 0, 0));
}

TEST(GraphTest, RandomGraphs) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 300 && !HasFailure(); ++trial) {
    auto below = [&](int limit) { return static_cast<int>(random() % limit); };
    Sizes sizes = {1 + below(25), 1 + below(4), 1 + below(8), below(60)};
    sizes.hub = below(5) == 0;
    sizes.duplicates = below(3) == 0;
    sizes.isolated = below(3) == 0;
    SCOPED_TRACE("trial " + std::to_string(trial));
    checkGraph(randomGraph(random, sizes));
  }
}

TEST(GraphTest, EdgeCases) {
  std::mt19937 random(2);
  for (const Sizes &sizes :
       {Sizes{1, 1, 1, 1}, Sizes{1, 1, 1, 0}, Sizes{5, 1, 3, 0},
        Sizes{1, 1, 1, 40}, Sizes{40, 1, 1000, 300}, Sizes{7, 3, 1, 50},
        Sizes{20, 20, 4, 60}}) {
    SCOPED_TRACE(std::to_string(sizes.nodes) + " nodes, " +
                 std::to_string(sizes.edges) + " edges");
    checkGraph(randomGraph(random, sizes));
  }
}

TEST(GraphTest, NoNodesAtAll) {
  GraphData data;
  data.numRelations = 2;
  auto graph = Graph::create(data, "empty");
  ASSERT_TRUE(graph) << graph.error().message();
  EXPECT_EQ(*(*graph)->rows("dst_pair"), 0);
  EXPECT_THAT(viewOf(**graph, "csr", "edge", "dst").at("offsets"),
              ElementsAre(0));
  EXPECT_THAT(viewOf(**graph, "csr", "edge", "rel").at("offsets"),
              ElementsAre(0, 0, 0));
}

TEST(GraphTest, OneDestinationOfManyEdges) {
  std::mt19937 random(3);
  GraphData data = randomGraph(random, {50, 2, 3, 100000, /*hub=*/true});
  auto graph = Graph::create(data, "hub");
  ASSERT_TRUE(graph);
  EXPECT_EQ(*(*graph)->rows("dst_pair"), 3);
  const View &csr = viewOf(**graph, "csr", "edge", "dst");
  const IndexArray &offsets = csr.at("offsets");
  Buckets buckets;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
    buckets.push_back(slice(csr.at("entries"), offsets[i], offsets[i + 1]));
  const IndexArray &entries =
      viewOf(**graph, "path", "edge", "dst", 0, "self").at("index");
  checkPieces(viewOf(**graph, "pieces", "edge", "dst", 256), entries, buckets,
              256);
  checkWork(viewOf(**graph, "work", "edge", "dst", 256), entries, buckets, 256);
}

/// Far more nodes than edges must not take time or memory for each node to
/// sort, and gives the same order.
TEST(GraphTest, SparseNumbers) {
  std::mt19937 random(4);
  GraphData data = randomGraph(random, {300000, 1, 5, 60});
  auto graph = Graph::create(data, "sparse");
  ASSERT_TRUE(graph);
  SlowGraph slow(data);
  EXPECT_EQ((*graph)->userOrder("edge"), slow.edgeOrder);
}

TEST(GraphTest, ThreadsSeeOneView) {
  std::mt19937 random(5);
  auto graph =
      Graph::create(randomGraph(random, {2000, 3, 20, 30000}), "threads");
  ASSERT_TRUE(graph);
  std::vector<std::thread> threads;
  std::vector<const void *> found(8 * 3);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      found[t * 3] = *(*graph)->view({"", "csr", "edge", "src_pair", 0});
      found[t * 3 + 1] = *(*graph)->view({"", "pieces", "edge", "dst", 32});
      found[t * 3 + 2] = *(*graph)->map("dst_pair", "type");
    });
  for (std::thread &thread : threads)
    thread.join();
  for (std::size_t i = 3; i < found.size(); ++i)
    EXPECT_EQ(found[i], found[i % 3]);
}

TEST(GraphTest, TableOfRoles) {
  for (const auto &[domain, roles] : allRoles())
    for (const std::string &role : roles)
      EXPECT_TRUE(imageOfRole(domain, role, {"direction"})) << domain << role;
  EXPECT_EQ(imageOfRole("edge", "src", {}), "node");
  EXPECT_EQ(imageOfRole("edge", "none", {}), "");
  EXPECT_FALSE(imageOfRole("edge", "direction", {}));
  EXPECT_FALSE(imageOfRole("node", "direction", {"direction"}));
  EXPECT_FALSE(imageOfRole("nothing", "self", {}));
  EXPECT_TRUE(isReservedName("src_type"));
  EXPECT_FALSE(isReservedName("direction"));
}

TEST(GraphTest, RefusesIndicesOutOfRange) {
  GraphData data = smallGraph();
  data.src[1] = 3;
  EXPECT_EQ(createError(data),
            "g.npz: array 'src', row 1: 3 is out of range, there are 3 nodes");
  data = smallGraph();
  data.dst[2] = -1;
  EXPECT_THAT(createError(data), HasSubstr("array 'dst', row 2: -1"));
  data = smallGraph();
  data.edgeType[0] = 2;
  EXPECT_THAT(createError(data), HasSubstr("there are 2 relations"));
  data = smallGraph();
  data.nodeType = {0, 1, 2};
  data.numNodeTypes = 2;
  EXPECT_THAT(createError(data), HasSubstr("array 'node_type', row 2: 2"));
}

TEST(GraphTest, RefusesWrongLengths) {
  GraphData data = smallGraph();
  data.dst.pop_back();
  EXPECT_THAT(createError(data),
              HasSubstr("'dst' has 2 entries, expected one per edge, 3"));
  data = smallGraph();
  data.nodeType = {0, 0};
  EXPECT_THAT(createError(data), HasSubstr("one per node, 3"));
  data = smallGraph();
  data.classes["direction"] = {0};
  EXPECT_THAT(createError(data), HasSubstr("one per relation, 2"));
}

TEST(GraphTest, RefusesWrongCountsAndClasses) {
  GraphData data = smallGraph();
  data.numNodes = std::int64_t(1) << 31;
  EXPECT_THAT(createError(data), HasSubstr("2147483648 nodes are too many"));
  data = smallGraph();
  data.numRelations = -1;
  EXPECT_THAT(createError(data), HasSubstr("number of relations is negative"));
  data = smallGraph();
  data.numNodeTypes = 0;
  EXPECT_THAT(createError(data), HasSubstr("expected at least 1"));
  data = smallGraph();
  data.classes["rel"] = {0, 0};
  EXPECT_THAT(createError(data), HasSubstr("cannot be called 'rel'"));
  data = smallGraph();
  data.classes["direction"] = {0, -4};
  EXPECT_THAT(createError(data), HasSubstr("row 1: -4 is negative"));
}

TEST(GraphTest, RefusesUnknownNames) {
  auto graph = Graph::create(smallGraph(), "g.npz");
  ASSERT_TRUE(graph);
  EXPECT_EQ((*graph)->rows("edges").error().message(),
            "graph 'g.npz' has no domain 'edges'; it has node, edge, src_pair, "
            "dst_pair, relation, node_type, triple");
  EXPECT_EQ((*graph)->map("node", "src").error().message(),
            "domain 'node' of graph 'g.npz' has no role 'src'; it has type, "
            "self, none");
  EXPECT_FALSE((*graph)->image("edge", "direction"));
  auto error = [&](const ViewSpec &spec) {
    return (*graph)->view(spec).error().message();
  };
  EXPECT_THAT(error({"", "coo", "edge", "dst", 0}), HasSubstr("kind 'coo'"));
  EXPECT_THAT(error({"", "pieces", "edge", "dst", 0}), HasSubstr("found 0"));
  EXPECT_THAT(error({"", "work", "edge", "dst", std::int64_t(1) << 40}),
              HasSubstr("32-bit tile"));
  EXPECT_THAT(error({"", "csr", "edge", "dst", 5}),
              HasSubstr("takes no parameter, found 5"));
  EXPECT_THAT(error({"", "csr", "edge", "to", 0}), HasSubstr("no role 'to'"));
  EXPECT_THAT(error({"", "csr", "edge", "dst", 0, "src"}),
              HasSubstr("view 'csr' goes through no role, found 'src'"));
  EXPECT_THAT(error({"", "path", "edge", "dst", 0, "to"}),
              HasSubstr("no role 'to'"));
  EXPECT_THAT(error({"", "path", "edge", "dst", 0}), HasSubstr("no role ''"));
  EXPECT_THAT(error({"", "cuts", "edge", "dst", 0}), HasSubstr("32-bit chunk"));
  EXPECT_THAT(error({"", "sorted_work", "edge", "dst_pair", 1 << 30, "rel"}),
              HasSubstr("2 blocks of 1073741824 rows are too many"));
  EXPECT_THAT(
      error({"", "owner_work", "edge", "dst_pair", 1 << 30, "rel", "node"}),
      HasSubstr("blocks of 1073741824 rows are too many"));
  EXPECT_THAT(
      error({"", "owner_work", "edge", "dst_pair", 4, "rel", "src"}),
      HasSubstr("domain 'dst_pair' of graph 'g.npz' has no role 'src'"));
  EXPECT_THAT(error({"", "owner_work", "edge", "dst_pair", 4, "rel"}),
              HasSubstr("has no role ''"));
  EXPECT_THAT(error({"", "sorted_work", "edge", "dst_pair", 4, "rel", "node"}),
              HasSubstr("view 'sorted_work' sums into no role, found 'node'"));
  EXPECT_THAT(error({"", "sorted_work", "edge", "dst", 4, "rel"}),
              HasSubstr("domain 'node' of graph 'g.npz' has no role 'rel'"));
}

TEST(GraphTest, ChecksWhatAModelFixes) {
  GraphData data = smallGraph();
  data.classes["direction"] = {0, 1};
  auto graph = Graph::create(data, "g.npz");
  ASSERT_TRUE(graph);
  EXPECT_TRUE((*graph)->check({"kg", "", 2, 1, {{"direction", 2}}}));
  EXPECT_TRUE((*graph)->check({"kg", "", 0, 0, {}}));
  EXPECT_EQ((*graph)->check({"kg", "", 1, 0, {}}).error().message(),
            "graph 'kg' of the model has 1 relations, 'g.npz' has 2");
  EXPECT_FALSE((*graph)->check({"kg", "", 0, 2, {}}));
  EXPECT_FALSE((*graph)->check({"kg", "", 0, 0, {{"direction", 1}}}));
  EXPECT_THAT(
      (*graph)->check({"kg", "", 0, 0, {{"colour", 0}}}).error().message(),
      HasSubstr("no array 'class_colour'"));
}

/// The most nodes that there can be cost nothing before a view asks for them.
TEST(GraphTest, ManyNodesOfManyTypes) {
  GraphData data;
  data.numNodes = std::numeric_limits<std::int32_t>::max();
  data.numNodeTypes = 7;
  data.numRelations = 1;
  data.src = data.dst = data.edgeType = {0};
  auto graph = Graph::create(data, "g");
  ASSERT_TRUE(graph) << graph.error().message();
  EXPECT_EQ(*(*graph)->rows("node_type"), 7);
  EXPECT_EQ(*(*graph)->rows("triple"), 1);
}

TEST(GraphTest, ChecksSharedNodes) {
  GraphData data = smallGraph();
  data.numNodeTypes = 2;
  data.nodeType = {0, 1, 1};
  auto graph = *Graph::create(data, "a");
  data.src = {2, 1, 0};
  EXPECT_TRUE(graph->checkShares(**Graph::create(data, "b")));
  data.nodeType = {0, 0, 1};
  EXPECT_THAT(graph->checkShares(**Graph::create(data, "b")).error().message(),
              HasSubstr("different types"));
  EXPECT_THAT(
      graph->checkShares(**Graph::create(smallGraph(), "b")).error().message(),
      HasSubstr("2 node types, 'b', whose rows it shares, has 1"));
}

} // namespace
