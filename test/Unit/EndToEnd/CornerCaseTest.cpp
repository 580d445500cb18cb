//===- CornerCaseTest.cpp - RGCN on graphs that break things --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

/// A graph whose shape is a corner case, and its name.
struct Case {
  std::string name;
  runtime::GraphData graph;
};

runtime::GraphData edges(int64_t nodes, int64_t relations,
                         std::vector<std::array<int32_t, 3>> triples) {
  runtime::GraphData data;
  data.numNodes = nodes;
  data.numRelations = relations;
  for (auto [src, relation, dst] : triples) {
    data.src.push_back(src);
    data.edgeType.push_back(relation);
    data.dst.push_back(dst);
  }
  return data;
}

/// One destination with so many edges that its row is cut into pieces, and a
/// few others.
runtime::GraphData hub(int64_t degree) {
  runtime::GraphData data = randomGraph(50, 3, 100, 7);
  for (int64_t i = 0; i < degree; ++i) {
    data.src.push_back(static_cast<int32_t>(i % 50));
    data.dst.push_back(11);
    data.edgeType.push_back(1);
  }
  return data;
}

std::vector<Case> cornerCases() {
  return {
      {"NoEdges", edges(3, 2, {})},
      {"OneEdge", edges(2, 1, {{0, 0, 1}})},
      {"SelfLoop", edges(1, 1, {{0, 0, 0}})},
      {"DuplicateEdges",
       edges(3, 2, {{0, 1, 1}, {0, 1, 1}, {0, 1, 1}, {2, 1, 1}})},
      {"IsolatedNodes", edges(200, 2, {{5, 0, 7}, {199, 1, 0}})},
      {"EmptyRelations", edges(10, 9, {{0, 8, 1}, {3, 4, 1}, {4, 4, 2}})},
      {"OneRelation", randomGraph(77, 1, 500, 1)},
      {"ThousandRelations", randomGraph(60, 1000, 3000, 2)},
      {"UnsortedTypes", randomGraph(90, 5, 400, 3, /*nodeTypes=*/4)},
      {"Hub", hub(100000)},
  };
}

class CornerCase : public testing::TestWithParam<Case> {};

} // namespace

TEST_P(CornerCase, MatchesReference) {
  Model model(rgcnText(16, 16));
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(makeGraph(GetParam().graph)));
}

/// Empty tiles of owners, owners of no item, items with one row.
TEST_P(CornerCase, OwnersMatchReference) {
  Model model(rgcnText(16, 16), "destination-stationary=on");
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(makeGraph(GetParam().graph)));
}

/// A product for each edge, and for each source pair.
TEST_P(CornerCase, RewritesMatchReference) {
  std::string text = readSource("docs/examples/rgcn_edges.mlir");
  for (size_t at = 0; (at = text.find("64", at)) != std::string::npos;)
    text.replace(at, 2, "16");
  for (const char *compact : {"on", "off"}) {
    Model model(text, "aggregate-first=off compact-materialization=" +
                          std::string(compact));
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(makeGraph(GetParam().graph))) << compact;
  }
}

/// The order of blocks and threads, and how many blocks run at once, change
/// nothing, not even the last bit.
TEST_P(CornerCase, IsBitIdenticalOverSeedsAndGrids) {
  for (const char *lowering : {"", "destination-stationary=on"}) {
    Model model(rgcnText(16, 16), lowering);
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.isBitIdentical(makeGraph(GetParam().graph))) << lowering;
  }
}

INSTANTIATE_TEST_SUITE_P(Graphs, CornerCase, testing::ValuesIn(cornerCases()),
                         [](const auto &info) { return info.param.name; });

/// Widths that no tile divides, and tiles that are larger than the width.
TEST(Widths, MatchReference) {
  GraphPtr graph = makeGraph(randomGraph(40, 4, 200, 5));
  for (auto [in, out] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {3, 5}, {16, 1}, {1, 16}, {64, 100}, {100, 64}, {130, 7}}) {
    Model model(rgcnText(in, out));
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(graph)) << in << " to " << out;
  }
}

/// Cut rows of traversals are combined in order: many chunk sizes, one of
/// them 1. (SegmentTest.cpp has those of products.)
TEST(Chunks, MatchReference) {
  GraphPtr graph = makeGraph(hub(1000));
  for (int64_t chunk : {1, 7, 64, 1000, 5000}) {
    Model model(
        rgcnText(8, 8),
        "destination-stationary=off fuse-rows=off fuse-terms=off chunk=" +
            std::to_string(chunk));
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(graph)) << "chunk " << chunk;
  }
}

/// A schedule changes speed, never results beyond rounding.
TEST(Schedules, MatchReference) {
  GraphPtr graph = makeGraph(randomGraph(150, 3, 900, 6));
  for (const char *lowering :
       {"block-m=16 block-n=32", "block-m=128 block-n=32 block-k=8",
        "block-m=32 block-n=16 block-k=32",
        "destination-stationary=off fuse-rows=off fuse-terms=off rows=1",
        "destination-stationary=off fuse-rows=off fuse-terms=off rows=32 "
        "block-n=16",
        "destination-stationary=off fuse-rows=off fuse-terms=off rows=2 "
        "block-n=128 chunk=3"}) {
    Model model(rgcnText(48, 80), lowering);
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(graph)) << lowering;
  }
}

/// What the compiler takes for sorted is sorted in the runtime's graphs.
TEST(SortedRoles, AreSortedInTheRuntime) {
  GraphPtr graph = makeGraph(randomGraph(50, 6, 400, 9, /*nodeTypes=*/3));
  int sorted = 0;
  for (const char *domain : {"edge", "src_pair", "dst_pair", "node", "triple",
                             "relation", "node_type"})
    for (const char *role :
         {"src", "dst", "rel", "src_pair", "dst_pair", "src_type", "dst_type",
          "triple", "node", "type", "self", "none"}) {
      Result<const runtime::IndexArray *> map = graph->map(domain, role);
      if (!map || !pigeon::kernel::isSortedBy(domain, role))
        continue;
      EXPECT_TRUE(std::is_sorted((*map)->begin(), (*map)->end()))
          << domain << " by " << role;
      ++sorted;
    }
  EXPECT_GE(sorted, 14 + 6);
}
