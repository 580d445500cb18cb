//===- StagingTest.cpp - How tiles travel changes no result ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products with several rounds and several items to a block: against the
// reference, and against the same tiles without stages, to the last bit.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

const std::string kUnfused =
    " destination-stationary=off fuse-rows=off fuse-terms=off ";

/// All ways for tiles to travel give the results of the first, which are right.
void checkAllWays(const std::string &text, GraphPtr graph,
                  const std::string &lowering,
                  const std::vector<std::string> &ways) {
  Model plain(text, lowering + " stages=1");
  ASSERT_TRUE(plain.isCompiled());
  Result<Results> expected = plain.emulate(graph);
  ASSERT_TRUE(bool(expected)) << expected.error().message();
  ASSERT_TRUE(plain.matchesReference({{"kg", graph}}, *expected)) << lowering;
  for (const std::string &way : ways) {
    Model model(text, lowering + " " + way);
    ASSERT_TRUE(model.isCompiled()) << lowering << " " << way;
    Result<Results> found = model.emulate(graph, {/*seed=*/3});
    ASSERT_TRUE(bool(found)) << way << ": " << found.error().message();
    EXPECT_TRUE(sameBits(*expected, *found)) << lowering << " " << way;
  }
}

const std::vector<std::string> kStages = {"stages=2", "stages=3",
                                          "stages=5 a-path=register"};
const std::vector<std::string> kItems = {"items=2 stages=1", "items=3 stages=2",
                                         "items=2 stages=4",
                                         "items=5 stages=3 a-path=register"};

TEST(Staging, RoundsOverTheContractedDimension) {
  GraphPtr graph = makeGraph(randomGraph(30, 3, 70, 1));
  checkAllWays(rgcnText(40, 24), graph, "block-m=16 block-k=16" + kUnfused,
               kStages);
  checkAllWays(rgcnText(33, 7), graph,
               "block-m=16 block-k=8 precision=ieee" + kUnfused, kStages);
}

TEST(Staging, RowsThatAreMadeOfEntries) {
  GraphPtr graph = makeGraph(randomGraph(30, 3, 70, 2));
  checkAllWays(rgcnText(40, 24), graph, "block-m=16 block-k=16", kStages);
}

/// Items that do not divide the work, blocks whose last item is missing, and
/// more items than there are.
TEST(Staging, SeveralItemsToABlock) {
  GraphPtr graph = makeGraph(randomGraph(60, 2, 100, 3));
  checkAllWays(rgcnText(16, 24), graph, "block-m=16 block-k=16" + kUnfused,
               kItems);
  checkAllWays(rgcnText(40, 20), graph, "block-m=16 block-k=16" + kUnfused,
               kItems);
  checkAllWays(rgcnText(16, 24), graph, "block-m=16 block-k=16" + kUnfused,
               {"items=1000 stages=2"});
}

/// Rows that are computed on the way in.
TEST(Staging, Prologues) {
  runtime::GraphData data = randomGraph(30, 4, 60, 4);
  data.classes["direction"] = {0, 1, 1, 0};
  GraphPtr graph = makeGraph(data);
  std::string text = replaced(
      readSource("test/Integration/Inputs/compgcn.mlir"), "64x", "24x");
  checkAllWays(text, graph, "block-m=16 block-k=8" + kUnfused,
               {"stages=2", "items=3 stages=3"});
}

/// Halves: pieces of 16 bytes are 8 elements, and of odd rows 2 bytes, which
/// nothing copies.
TEST(Staging, NarrowElements) {
  GraphPtr graph = makeGraph(randomGraph(20, 2, 40, 5));
  for (auto [in, out] : {std::pair(40, 24), std::pair(33, 7)}) {
    std::string text = replaced(rgcnText(in, out), "xf32", "xbf16");
    checkAllWays(text, graph, "block-m=16 block-k=16" + kUnfused,
                 {"stages=3", "items=3 stages=2 a-path=register"});
  }
}

/// Rows of an item are in a list, which leads to other rows: copies wait for
/// four loads, one after the other.
TEST(Staging, NumbersThatLeadToNumbers) {
  const std::string text = R"mlir(
!nodes = tensor<?x20xf32, #rgnn.on<kg.node>>
!edges = tensor<?x20xf32, #rgnn.on<kg.edge>>
!outs = tensor<?x12xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x20x12xf32, #rgnn.on<kg.node_type>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: !weights)
    -> tensor<?x12xf32, #rgnn.on<kg.node>> {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %a, %w, dst_type : (!edges, !weights) -> !outs
  %z = rgnn.aggregate sum %y, dst
    : (!outs) -> tensor<?x12xf32, #rgnn.on<kg.node>>
  return %z : tensor<?x12xf32, #rgnn.on<kg.node>>
}
)mlir";
  GraphPtr graph = makeGraph(randomGraph(30, 2, 150, 7, /*nodeTypes=*/3));
  checkAllWays(text, graph,
               "block-m=16 block-k=16 compact-materialization=off "
               "aggregate-first=off" +
                   kUnfused,
               {"items=3 stages=2", "items=2 stages=4",
                "items=4 stages=3 a-path=register"});
}

/// No edges, so no items for some products.
TEST(Staging, NoItems) {
  GraphPtr graph = makeGraph(randomGraph(10, 1, 0, 6));
  checkAllWays(rgcnText(24, 8), graph, "block-m=16 block-k=16" + kUnfused,
               {"items=2 stages=2"});
}

} // namespace
