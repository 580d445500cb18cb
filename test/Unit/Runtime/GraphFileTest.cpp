//===- GraphFileTest.cpp - Graphs in files, whole and malformed -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/GraphFile.h"

#include "SlowGraph.h"
#include "TestFiles.h"
#include "pigeon/Support/Npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using pigeon::test::TestFolder;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Arrays = std::map<std::string, HostTensor>;

HostTensor list(const std::vector<double> &values,
                ElementType type = ElementType::I32) {
  return HostTensor::fromDoubles(
             type, {static_cast<std::int64_t>(values.size())}, values)
      .take();
}

HostTensor scalar(double value, ElementType type = ElementType::I64) {
  return HostTensor::fromDoubles(type, {}, {value}).take();
}

/// 4 nodes, 3 edges, in no order.
Arrays goodArrays() {
  return {{"num_nodes", scalar(4)},
          {"node_type", list({1, 0, 1, 0}, ElementType::U8)},
          {"src", list({3, 0, 1})},
          {"dst", list({0, 2, 2})},
          {"edge_type", list({2, 0, 0}, ElementType::U16)}};
}

class GraphFileTest : public testing::Test {
protected:
  TestFolder folder;

  std::string write(const Arrays &arrays) {
    std::string path = folder.path("g.npz");
    EXPECT_TRUE(writeNpz(path, arrays));
    return path;
  }
  Result<GraphData> read(const Arrays &arrays) {
    return readGraphData(write(arrays));
  }
  /// The error of reading, without the path in front.
  std::string errorOf(const std::string &path) {
    auto graph = readGraph(path);
    if (graph)
      return "";
    std::string message = graph.error().message(), prefix = "'" + path + "'";
    EXPECT_THAT(message, HasSubstr(path));
    return message.compare(0, prefix.size(), prefix) == 0
               ? message.substr(prefix.size())
               : message;
  }
  std::string errorOf(const Arrays &arrays) { return errorOf(write(arrays)); }
  std::string errorOfText(const std::string &text) {
    return errorOf(folder.write("g.txt", text));
  }
  /// The error of the good file with one array changed.
  std::string errorWith(const std::string &name, HostTensor array) {
    Arrays arrays = goodArrays();
    arrays[name] = std::move(array);
    return errorOf(arrays);
  }
};

TEST_F(GraphFileTest, ReadsArraysOfAnyWidth) {
  auto data = read(goodArrays());
  ASSERT_TRUE(data) << data.error().message();
  EXPECT_EQ(data->numNodes, 4);
  EXPECT_EQ(data->numRelations, 3);
  EXPECT_EQ(data->numNodeTypes, 2);
  EXPECT_THAT(data->src, ElementsAre(3, 0, 1));
  EXPECT_THAT(data->nodeType, ElementsAre(1, 0, 1, 0));
  for (ElementType type : {ElementType::I8, ElementType::U8, ElementType::I16,
                           ElementType::U16, ElementType::I32, ElementType::U32,
                           ElementType::I64, ElementType::U64}) {
    Arrays arrays = goodArrays();
    for (const char *name : {"src", "dst", "edge_type", "node_type"})
      arrays[name] = list(arrays[name].toDoubles(), type);
    arrays["num_nodes"] = scalar(4, type);
    auto same = read(arrays);
    ASSERT_TRUE(same) << name(type) << ": " << same.error().message();
    EXPECT_EQ(same->src, data->src);
    EXPECT_EQ(same->edgeType, data->edgeType);
    EXPECT_EQ(same->nodeType, data->nodeType);
  }
}

TEST_F(GraphFileTest, OptionalArrays) {
  Arrays arrays = goodArrays();
  arrays.erase("node_type");
  arrays["num_nodes"] = list({4}, ElementType::I64);
  arrays["num_relations"] = scalar(5);
  arrays["class_direction"] = list({0, 1, 0, 1, 1});
  arrays["features"] = list({0.5}, ElementType::F32);
  auto data = read(arrays);
  ASSERT_TRUE(data) << data.error().message();
  EXPECT_EQ(data->numNodeTypes, 1);
  EXPECT_EQ(data->numRelations, 5);
  EXPECT_THAT(data->classes.at("direction"), ElementsAre(0, 1, 0, 1, 1));
  auto graph = readGraph(folder.path("g.npz"));
  ASSERT_TRUE(graph);
  EXPECT_EQ(*(*graph)->rows("direction"), 2);
}

/// Results are given in the order of the user's file: the permutation must lead
/// from each internal edge to the one of the file.
TEST_F(GraphFileTest, UnsortedFilesKeepTheirOrder) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 50 && !HasFailure(); ++trial) {
    GraphData data = randomGraph(random, {12, 3, 4, 40});
    auto asList = [](const IndexArray &array) {
      return list(std::vector<double>(array.begin(), array.end()));
    };
    Arrays arrays = {{"num_nodes", scalar(12)},
                     {"num_relations", scalar(4)},
                     {"num_node_types", scalar(3)},
                     {"node_type", asList(data.nodeType)},
                     {"src", asList(data.src)},
                     {"dst", asList(data.dst)},
                     {"edge_type", asList(data.edgeType)},
                     {"class_direction", asList(data.classes["direction"])}};
    auto graph = readGraph(write(arrays));
    ASSERT_TRUE(graph) << graph.error().message();
    const IndexArray &nodes = (*graph)->userOrder("node");
    const IndexArray &edges = (*graph)->userOrder("edge");
    auto userNode = [&](std::int32_t row) {
      return nodes.empty() ? row : nodes[row];
    };
    for (std::size_t row = 0; row < edges.size(); ++row) {
      EXPECT_EQ(userNode((**(*graph)->map("edge", "src"))[row]),
                data.src[edges[row]]);
      EXPECT_EQ(userNode((**(*graph)->map("edge", "dst"))[row]),
                data.dst[edges[row]]);
    }
    checkGraph(data);
  }
}

TEST_F(GraphFileTest, CountsFromTheSidecar) {
  std::string path = write(goodArrays());
  folder.write("g.json",
               R"({"counts": {"num_edge_types": 9, "num_node_types": 3}})");
  auto data = readGraphData(path);
  ASSERT_TRUE(data) << data.error().message();
  EXPECT_EQ(data->numRelations, 9);
  EXPECT_EQ(data->numNodeTypes, 3);
  GraphFileOptions options;
  options.readSidecar = false;
  EXPECT_EQ(readGraphData(path, options)->numRelations, 3);
  options.numRelations = 4;
  EXPECT_EQ(readGraphData(path, options)->numRelations, 4);
  options.numRelations = 2;
  EXPECT_THAT(readGraphData(path, options).error().message(),
              HasSubstr("array 'edge_type', row 0: 2 is out of range, the "
                        "caller says there are 2 relations"));
  Arrays arrays = goodArrays();
  arrays["num_relations"] = scalar(5);
  EXPECT_EQ(read(arrays)->numRelations, 5) << "the array comes first";
  for (const char *other :
       {"{}", "[1]", R"({"counts": 1})", R"({"counts": {}})"}) {
    folder.write("g.json", other);
    EXPECT_EQ(read(goodArrays())->numRelations, 3) << other;
  }
}

TEST_F(GraphFileTest, RefusesAWrongSidecar) {
  std::string path = write(goodArrays());
  folder.write("g.json", "{");
  EXPECT_THAT(readGraph(path).error().message(), HasSubstr("is not JSON"));
  folder.write("g.json", R"({"counts": {"num_edge_types": "many"}})");
  EXPECT_THAT(readGraph(path).error().message(),
              HasSubstr("field 'counts.num_edge_types': expected a count"));
  folder.write("g.json", R"({"counts": {"num_edge_types": 2}})");
  EXPECT_THAT(readGraph(path).error().message(),
              HasSubstr("g.json' says there are 2 relations"));
}

TEST_F(GraphFileTest, RefusesIndicesOutOfRange) {
  EXPECT_EQ(errorWith("src", list({3, 4, 1})),
            ", array 'src', row 1: 4 is out of range, there are 4 nodes");
  EXPECT_EQ(errorWith("dst", list({0, 2, -1})),
            ", array 'dst', row 2: -1 is out of range, there are 4 nodes");
  EXPECT_THAT(errorWith("src", list({3, 0x1p32, 1}, ElementType::I64)),
              HasSubstr("row 1: 4294967296 is out of range"));
  EXPECT_THAT(errorWith("edge_type", list({0, -7, 0})),
              HasSubstr("array 'edge_type', row 1: -7 is out of range"));
  EXPECT_THAT(errorWith("edge_type", list({0, 0x1p63, 0}, ElementType::U64)),
              HasSubstr("row 1: 9223372036854775807 is out of range, expected "
                        "0 to 2147483646"));
  EXPECT_THAT(errorWith("node_type", list({0, 0, 0, -1})),
              HasSubstr("array 'node_type', row 3: -1"));
  EXPECT_THAT(errorWith("num_relations", scalar(2)),
              HasSubstr("row 0: 2 is out of range, array 'num_relations' says "
                        "there are 2 relations"));
  EXPECT_THAT(errorWith("class_direction", list({0, -1, 0})),
              HasSubstr("array 'class_direction', row 1: -1"));
}

TEST_F(GraphFileTest, RefusesMissingArrays) {
  for (const char *name : {"num_nodes", "src", "dst", "edge_type"}) {
    Arrays arrays = goodArrays();
    arrays.erase(name);
    EXPECT_THAT(errorOf(arrays),
                HasSubstr(std::string("has no array '") + name + "'; it has "));
  }
  EXPECT_THAT(errorOf(Arrays()), HasSubstr("has no array 'num_nodes'"));
}

TEST_F(GraphFileTest, RefusesWrongTypesAndShapes) {
  EXPECT_EQ(errorWith("src", list({3, 0, 1}, ElementType::F32)),
            ", array 'src': expected integers, found f32");
  EXPECT_THAT(errorWith("num_nodes", scalar(4, ElementType::F64)),
              HasSubstr("expected integers, found f64"));
  EXPECT_EQ(
      errorWith("dst", HostTensor::create(ElementType::I32, {3, 1}).take()),
      ", array 'dst': expected one dimension, found shape [3, 1]");
  EXPECT_EQ(errorWith("num_nodes", list({4, 4})),
            ", array 'num_nodes': expected one integer, found shape [2]");
  EXPECT_EQ(
      errorWith("dst", list({0, 2})),
      ", array 'dst': expected one entry per edge, 3 as in 'src', found 2");
  EXPECT_EQ(errorWith("edge_type", list({0, 0, 0, 0})),
            ", array 'edge_type': expected one entry per edge, 3 as in 'src', "
            "found 4");
  EXPECT_EQ(errorWith("node_type", list({0})),
            ", array 'node_type': expected one entry per node, 4, found 1");
  EXPECT_EQ(errorWith("class_direction", list({0})),
            ", array 'class_direction': expected one entry per relation, 3, "
            "found 1");
  EXPECT_THAT(errorWith("class_rel", list({0, 0, 0})),
              HasSubstr("cannot be called 'rel'"));
}

TEST_F(GraphFileTest, RefusesEmptyAndHugeGraphs) {
  EXPECT_EQ(errorWith("num_nodes", scalar(0)),
            ", array 'num_nodes': the graph has no nodes");
  EXPECT_EQ(errorWith("num_nodes", scalar(-3)),
            ", array 'num_nodes': -3 is negative");
  EXPECT_THAT(errorWith("num_nodes", scalar(3e9)),
              HasSubstr("3000000000 nodes are too many"));
  Arrays arrays = goodArrays();
  for (const char *name : {"src", "dst", "edge_type"})
    arrays[name] = list({});
  EXPECT_EQ(errorOf(arrays), ", array 'src': the graph has no edges");
}

TEST_F(GraphFileTest, RefusesDamagedFiles) {
  EXPECT_EQ(errorOf(folder.write("g.npz", "plain text")), " is not a zip file");
  EXPECT_EQ(errorOf(folder.write("g.npz", "")), " is not a zip file");
  std::ifstream file(PIGEON_SOURCE_DIR "/data/umls.npz", std::ios::binary);
  std::string whole(std::istreambuf_iterator<char>(file), {});
  ASSERT_GT(whole.size(), 1000u);
  EXPECT_EQ(errorOf(folder.write("g.npz", whole.substr(0, whole.size() / 2))),
            " is truncated: the zip file has no end");
  EXPECT_THAT(errorOf(folder.path("none.npz")), HasSubstr("cannot open"));
  EXPECT_THAT(errorOf(folder.path("none.txt")), HasSubstr("cannot open"));
  for (std::size_t i = 40; i < whole.size(); i += 97) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    (void)errorOf(folder.write("g.npz", damaged));
  }
}

TEST_F(GraphFileTest, TriplesOfNumbers) {
  GraphNames names;
  auto data = readGraphData(
      folder.write("g.txt",
                   "# head relation tail\n\n0 2 3\r\n  1\t 0  3  \n3 0 0"),
      {}, &names);
  ASSERT_TRUE(data) << data.error().message();
  EXPECT_EQ(data->numNodes, 4);
  EXPECT_EQ(data->numRelations, 3);
  EXPECT_THAT(data->src, ElementsAre(0, 1, 3));
  EXPECT_THAT(data->edgeType, ElementsAre(2, 0, 0));
  EXPECT_THAT(data->dst, ElementsAre(3, 3, 0));
  EXPECT_TRUE(names.nodes.empty());
  EXPECT_TRUE(names.relations.empty());
}

TEST_F(GraphFileTest, TriplesOfNames) {
  GraphNames names;
  auto data = readGraphData(
      folder.write("g.tsv", "\xEF\xBB\xBF"
                            "anna\tknows\tbob smith\n"
                            "bob smith\tworks for\t7\n7\tknows\tanna\n"),
      {}, &names);
  ASSERT_TRUE(data) << data.error().message();
  EXPECT_THAT(names.nodes, ElementsAre("anna", "bob smith", "7"));
  EXPECT_THAT(names.relations, ElementsAre("knows", "works for"));
  EXPECT_THAT(data->src, ElementsAre(0, 1, 2));
  EXPECT_THAT(data->dst, ElementsAre(1, 2, 0));
  EXPECT_THAT(data->edgeType, ElementsAre(0, 1, 0));
  // Node numbers and relation names, and the other way round.
  data = readGraphData(folder.write("g.txt", "5 likes 2\n0 likes 5\n"), {},
                       &names);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->numNodes, 6);
  EXPECT_TRUE(names.nodes.empty());
  EXPECT_THAT(names.relations, ElementsAre("likes"));
  data = readGraphData(folder.write("g.txt", "a 4 b\n"), {}, &names);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->numRelations, 5);
  EXPECT_THAT(names.nodes, ElementsAre("a", "b"));
}

TEST_F(GraphFileTest, TriplesWithASidecar) {
  std::string path = folder.write("g.txt", "a r b\n");
  folder.write("g.json", R"({"counts": {"num_edge_types": 9}})");
  EXPECT_EQ(readGraphData(path)->numRelations, 9);
}

TEST_F(GraphFileTest, RefusesMalformedTriples) {
  EXPECT_EQ(errorOfText("0 0 1\n\n0 1\n"),
            ", line 3: expected head, relation and tail, found 2 fields");
  EXPECT_EQ(errorOfText("0 0 1 2\n"),
            ", line 1: expected head, relation and tail, found 4 fields");
  EXPECT_EQ(errorOfText("hello\n"),
            ", line 1: expected head, relation and tail, found 1 field");
  EXPECT_EQ(errorOfText("a\tr\tb\na\t\tb\n"), ", line 2: a field is empty");
  EXPECT_EQ(errorOfText("0 0 1\n0 0 -1\n"),
            ", line 2: number -1 is negative, expected 0 or more");
  EXPECT_THAT(errorOfText("0 0 2147483647\n"),
              HasSubstr("line 1: number 2147483647 is too large"));
  EXPECT_THAT(errorOfText("0 99999999999999999999999999 1\n"),
              HasSubstr("is too large"));
  EXPECT_EQ(errorOfText(""), " has no edges: no line has a triple");
  EXPECT_EQ(errorOfText("# nothing\n\n"),
            " has no edges: no line has a triple");
  EXPECT_EQ(errorOfText(std::string("0 0 1\0", 6)),
            " is neither an .npz file nor text");
}

TEST_F(GraphFileTest, LargestNumbersOfTriples) {
  auto graph = readGraph(folder.write("g.txt", "0 2147483646 2147483646\n"));
  ASSERT_TRUE(graph) << graph.error().message();
  EXPECT_EQ((*graph)->numNodes(), 2147483647);
  EXPECT_EQ((*graph)->numRelations(), 2147483647);
}

/// Name, nodes, edges, relations, and distinct (source, relation) pairs, as the
/// .json files state them.
struct Shipped {
  const char *name;
  std::int64_t nodes, edges, relations, pairs;
};

class ShippedGraphTest : public testing::TestWithParam<Shipped> {};

TEST_P(ShippedGraphTest, HasItsPublishedCounts) {
  const Shipped &shipped = GetParam();
  auto graph = readGraph(std::string(PIGEON_SOURCE_DIR "/data/") +
                         shipped.name + ".npz");
  ASSERT_TRUE(graph) << graph.error().message();
  EXPECT_EQ((*graph)->numNodes(), shipped.nodes);
  EXPECT_EQ((*graph)->numEdges(), shipped.edges);
  EXPECT_EQ((*graph)->numRelations(), shipped.relations);
  EXPECT_EQ((*graph)->numNodeTypes(), 1);
  EXPECT_EQ(*(*graph)->rows("src_pair"), shipped.pairs);
  EXPECT_EQ(*(*graph)->rows("dst_pair"), shipped.pairs);
  EXPECT_EQ(*(*graph)->rows("triple"), shipped.relations);
  EXPECT_TRUE((*graph)->userOrder("edge").empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, ShippedGraphTest,
    testing::Values(Shipped{"fb15k237", 14541, 620232, 474, 161922},
                    Shipped{"umls", 135, 13058, 92, 1623},
                    Shipped{"nations", 14, 3984, 110, 966},
                    Shipped{"kinship", 104, 21372, 50, 3235}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
