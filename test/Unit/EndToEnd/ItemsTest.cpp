//===- ItemsTest.cpp - Several items to a block change no result ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products whose rows and terms are made of entries, with several items to a
// block: the grid is smaller, the bits are the same, and they are right.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

/// Node i has i modulo 20 edges of relation 0, node 3 many of relation 1, and
/// some nodes have one of relation 2.
GraphPtr manyLengths(int64_t nodes, int64_t degree) {
  runtime::GraphData data;
  data.numNodes = nodes;
  data.numRelations = 4;
  auto add = [&](int64_t src, int64_t relation, int64_t dst) {
    data.src.push_back(static_cast<int32_t>(src % nodes));
    data.edgeType.push_back(static_cast<int32_t>(relation));
    data.dst.push_back(static_cast<int32_t>(dst));
  };
  for (int64_t dst = 0; dst < nodes; ++dst)
    for (int64_t i = 0; i < dst % 20; ++i)
      add(7 * i + dst, 0, dst);
  for (int64_t i = 0; i < degree; ++i)
    add(11 * i, 1, 3);
  for (int64_t dst = 0; dst < nodes; dst += 3)
    add(dst + 1, 2, dst);
  return makeGraph(data);
}

/// One item a block matches the reference; any other number, and any order of
/// threads, has the same bits.
void checkItems(const std::string &text, GraphPtr graph,
                const std::string &lowering = "",
                const std::vector<int> &numbers = {2, 3, 8}) {
  Model one(text, lowering);
  ASSERT_TRUE(one.isCompiled()) << lowering;
  Result<Results> expected = one.emulate(graph);
  ASSERT_TRUE(bool(expected)) << expected.error().message();
  ASSERT_TRUE(one.matchesReference({{"kg", graph}}, *expected)) << lowering;
  for (int items : numbers) {
    std::string way = lowering + " items=" + std::to_string(items);
    Model model(text, way);
    ASSERT_TRUE(model.isCompiled()) << way;
    Result<Results> found =
        model.emulate(graph, {/*seed=*/static_cast<uint64_t>(items)});
    ASSERT_TRUE(bool(found)) << way << ": " << found.error().message();
    EXPECT_TRUE(sameBits(*expected, *found)) << way;
  }
}

} // namespace

/// Rows of entries, then terms; short rows and cut ones; more items than the
/// work has, and last blocks with fewer.
TEST(Items, RowsAndTermsOfEntries) {
  GraphPtr graph = manyLengths(50, 300);
  checkItems(rgcnText(16, 24), graph, "block-m=16", {2, 3, 8, 100});
  checkItems(rgcnText(16, 24), graph,
             "block-m=16 segment-chunk=2 term-chunk=1 segment-unroll=3", {3});
}

/// Several rounds to an item: what the rows are made of is walked in each.
TEST(Items, SeveralRoundsToAnItem) {
  GraphPtr graph = manyLengths(40, 100);
  checkItems(rgcnText(40, 24), graph, "block-m=16 block-k=16", {2, 8});
  checkItems(rgcnText(40, 24), graph, "block-m=16 block-k=16 stages=1", {3});
  checkItems(rgcnText(33, 7), graph,
             "block-m=16 block-k=16 stages=4 a-path=register", {2});
}

/// Both in one product; and terms that wait for the epilogue.
TEST(Items, BothSegments) {
  std::string text = R"mlir(
!nodes = tensor<?x24xf32, #rgnn.on<kg.node>>
!edges = tensor<?x24xf32, #rgnn.on<kg.edge>>
!outs = tensor<?x12xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !nodes, %u: !outs, %w: tensor<24x12xf32>) -> !outs {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %rows = rgnn.aggregate mean %a, dst : (!edges) -> !nodes
  %y = rgnn.linear %rows, %w, none : (!nodes, tensor<24x12xf32>) -> !outs
  %b = rgnn.gather %u, src
    : (!outs) -> tensor<?x12xf32, #rgnn.on<kg.edge>>
  %t = rgnn.aggregate max %b, dst
    : (tensor<?x12xf32, #rgnn.on<kg.edge>>) -> !outs
  %z = arith.addf %y, %t : !outs
  return %z : !outs
}
)mlir";
  GraphPtr graph = manyLengths(40, 60);
  for (const char *rounds : {"block-k=32", "block-k=8"})
    for (const std::string &model : {text, replaced(text, "addf", "mulf")})
      checkItems(model, graph, std::string("block-m=16 ") + rounds, {3});
}

TEST(Items, NarrowElements) {
  GraphPtr graph = manyLengths(40, 100);
  for (auto [in, out] : {std::pair(16, 24), std::pair(40, 7)})
    checkItems(replaced(rgcnText(in, out), "xf32", "xbf16"), graph,
               "block-m=16 block-k=16", {3});
}
