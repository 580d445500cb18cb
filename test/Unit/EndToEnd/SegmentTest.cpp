//===- SegmentTest.cpp - Rows that are aggregated on the way in -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"
#include "RandomModel.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

/// Launches whose label has `what` in it.
size_t countKernels(const Model &model, const std::string &what) {
  size_t count = 0;
  for (const runtime::LaunchSpec &launch : model.getPackage().program.launches)
    count += launch.label.find(what) != std::string::npos;
  return count;
}

/// Rows of all lengths: pair (i, relation 0) has i edges, up to 40; one pair
/// has `degree`; the nodes after 45 have no edges at all.
runtime::GraphData allLengths(int64_t degree) {
  runtime::GraphData data;
  data.numNodes = 60;
  data.numRelations = 3;
  auto add = [&](int64_t src, int64_t relation, int64_t dst) {
    data.src.push_back(static_cast<int32_t>(src % data.numNodes));
    data.edgeType.push_back(static_cast<int32_t>(relation));
    data.dst.push_back(static_cast<int32_t>(dst));
  };
  for (int64_t dst = 0; dst <= 40; ++dst)
    for (int64_t i = 0; i < dst; ++i)
      add(7 * i + dst, 0, dst);
  for (int64_t i = 0; i < degree; ++i)
    add(11 * i, 1, 42);
  for (int64_t i = 0; i < 10; ++i)
    add(i, 2, 45 - i);
  return data;
}

int64_t lengthOf(const GraphPtr &graph, const std::string &array,
                 int64_t chunk) {
  auto view = graph->view({"kg", "cuts", "edge", "dst_pair", chunk});
  return view ? static_cast<int64_t>((*view)->at(array).size()) : -1;
}

/// out = linear(aggregate(message)) + aggregate(other message), with holes.
std::string segmentModel(const std::string &kind, int64_t in = 24,
                         int64_t out = 16) {
  std::string text = R"mlir(
!nodes = tensor<?xINxf32, #rgnn.on<kg.node>>
!edges = tensor<?xINxf32, #rgnn.on<kg.edge>>
!outs = tensor<?xOUTxf32, #rgnn.on<kg.node>>
!edge_outs = tensor<?xOUTxf32, #rgnn.on<kg.edge>>
!norms = tensor<?xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %u: !outs, %s: !norms, %w: tensor<INxOUTxf32>)
    -> !outs {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %m = rgnn.scale %a, %s : (!edges, !norms) -> !edges
  %rows = rgnn.aggregate KIND %m, dst : (!edges) -> !nodes
  %y = rgnn.linear %rows, %w, none : (!nodes, tensor<INxOUTxf32>) -> !outs
  %b = rgnn.gather %u, src : (!outs) -> !edge_outs
  %n = rgnn.scale %b, %s : (!edge_outs, !norms) -> !edge_outs
  %terms = rgnn.aggregate KIND %n, dst : (!edge_outs) -> !outs
  %z = arith.addf %y, %terms : !outs
  return %z : !outs
}
)mlir";
  text = replaced(text, "KIND", kind);
  text = replaced(text, "IN", std::to_string(in));
  return replaced(text, "OUT", std::to_string(out));
}

/// Whatever they would cost.
const std::string kFused =
    "destination-stationary=off fuse-rows=on fuse-terms=on ";

void checkModel(const std::string &text, GraphPtr graph,
                const std::string &lowering = "") {
  Model model(text, kFused + lowering);
  ASSERT_TRUE(model.isCompiled()) << lowering;
  EXPECT_TRUE(model.check(graph)) << lowering;
}

} // namespace

/// Two products, and before each the two kernels for cut rows.
TEST(Segments, RGCNIsTwoProducts) {
  Model model(rgcnText(16, 24), kFused);
  ASSERT_TRUE(model.isCompiled());
  EXPECT_EQ(model.getPackage().program.launches.size(), 6u);
  EXPECT_EQ(countKernels(model, "linear of mean of kg.edge on kg.dst_pair"),
            3u);
  EXPECT_EQ(countKernels(model, "linear, plus sum of kg.dst_pair on kg.node"),
            3u);
  Model without(rgcnText(16, 24),
                "destination-stationary=off fuse-rows=off fuse-terms=off");
  ASSERT_TRUE(without.isCompiled());
  EXPECT_EQ(countKernels(without, "mean of kg.edge on kg.dst_pair"), 2u);
  EXPECT_EQ(countKernels(without, "linear of"), 0u);
  EXPECT_TRUE(without.check(makeGraph(allLengths(100))));
}

/// Chunks that cut rows once, twice and not at all, in rounds of all lengths.
TEST(Segments, ChunksMatchReference) {
  GraphPtr graph = makeGraph(allLengths(3000));
  EXPECT_GT(lengthOf(graph, "group_slot", 1), 0);
  EXPECT_GT(lengthOf(graph, "group_slot", 16), 0);
  EXPECT_EQ(lengthOf(graph, "group_slot", 32), 0);
  EXPECT_GT(lengthOf(graph, "slot", 32), 0);
  EXPECT_EQ(lengthOf(graph, "slot", 4000), 0);
  for (auto [chunk, unroll] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {3, 5}, {16, 2}, {32, 3}, {4000, 1}, {4000, 4}}) {
    std::string number = std::to_string(chunk);
    checkModel(rgcnText(8, 8), graph,
               "segment-chunk=" + number + " term-chunk=" + number +
                   " segment-unroll=" + std::to_string(unroll));
  }
}

/// Every reduction, over rows without entries and cut ones, with a message of
/// two inputs; both segments in one product.
TEST(Segments, ReductionsMatchReference) {
  GraphPtr graph = makeGraph(allLengths(300));
  for (const char *kind : {"sum", "mean", "max", "min"})
    for (const char *chunks : {"", "segment-chunk=2 term-chunk=3"})
      checkModel(segmentModel(kind), graph, chunks);
  for (const char *fusions :
       {"fuse-rows=off fuse-terms=on", "fuse-rows=on fuse-terms=off",
        "fuse-rows=off fuse-terms=off"}) {
    Model model(segmentModel("mean"), fusions);
    EXPECT_TRUE(model.check(graph)) << fusions;
  }
  Model model(segmentModel("max"), kFused);
  EXPECT_EQ(countKernels(model, "linear of max of kg.edge, plus max of kg.edge "
                                "on kg.node, terms"),
            2u);
}

/// Widths that no tile divides; one that is two tiles of others; and one that
/// two blocks aggregate for.
TEST(Segments, WidthsMatchReference) {
  GraphPtr graph = makeGraph(allLengths(20));
  for (auto [in, out] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {3, 5}, {1, 64}, {100, 65}, {256, 3}, {5, 128}, {3, 129}}) {
    Model model(rgcnText(in, out), kFused);
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(graph)) << in << " to " << out;
    EXPECT_EQ(countKernels(model, "linear of mean"), 3u) << out;
  }
}

/// Blocks side by side aggregate the same rows anew, which is worth it for
/// short rows only.
TEST(Segments, WideProductsAggregateByCost) {
  GraphPtr graph = makeGraph(allLengths(20));
  for (auto [stats, kernels] :
       {std::pair("{stats = {edge = 1000000, dst_pair = 990000}}", 3u),
        std::pair("{stats = {edge = 1000000, dst_pair = 10000}}", 0u)}) {
    std::string text = rgcnText(20, 200);
    std::string name = "rgnn.graph @kg";
    text.insert(text.find(name) + name.size(), std::string(" ") + stats);
    Model model(text);
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(model.check(graph)) << stats;
    EXPECT_EQ(countKernels(model, "linear of mean"), kernels) << stats;
  }
}

/// The product may come before or after what is added to it, and may be added
/// to more than once.
TEST(Segments, EpiloguesMatchReference) {
  GraphPtr graph = makeGraph(allLengths(50));
  const std::string begin = R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: tensor<12x12xf32>, %bias: tensor<12xf32>)
    -> !nodes {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %b = rgnn.gather %bias, none : (tensor<12xf32>) -> !nodes
)mlir";
  const std::string terms =
      "  %t = rgnn.aggregate sum %a, dst : (!edges) -> !nodes\n";
  const std::string product = "  %y = rgnn.linear %h, %w, none : (!nodes, "
                              "tensor<12x12xf32>) -> !nodes\n";
  const std::string end = "  return %z : !nodes\n}\n";
  const std::string sums[] = {
      "  %z = arith.addf %t, %y : !nodes\n",
      "  %x = arith.addf %y, %b : !nodes\n"
      "  %z = arith.addf %x, %t : !nodes\n",
      "  %x = arith.mulf %y, %b : !nodes\n"
      "  %z = arith.addf %t, %x : !nodes\n",
      "  %x = arith.subf %y, %t : !nodes\n"
      "  %z = arith.maximumf %x, %b : !nodes\n",
  };
  for (const std::string &sum : sums)
    for (const std::string &both : {terms + product, product + terms}) {
      Model model(begin + both + sum + end, kFused + "term-chunk=16");
      ASSERT_TRUE(model.isCompiled());
      EXPECT_TRUE(model.check(graph)) << both << sum;
      EXPECT_EQ(model.getPackage().program.launches.size(), 3u) << both << sum;
    }
}

/// What something else reads too is stored.
TEST(Segments, AggregatesOfTwoReadersAreStored) {
  const std::string text = R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: tensor<12x12xf32>) -> (!nodes, !nodes) {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %t = rgnn.aggregate sum %a, dst : (!edges) -> !nodes
  %y = rgnn.linear %t, %w, none : (!nodes, tensor<12x12xf32>) -> !nodes
  return %t, %y : !nodes, !nodes
}
)mlir";
  Model model(text);
  ASSERT_TRUE(model.isCompiled());
  EXPECT_EQ(countKernels(model, "linear of"), 0u);
  EXPECT_TRUE(model.check(makeGraph(allLengths(50))));
}

/// Each head aggregates for itself, so heads are aggregated once, before.
TEST(Segments, HeadsAreStored) {
  Model model(R"mlir(
!nodes = tensor<?x4x6xf32, #rgnn.on<kg.node>>
!edges = tensor<?x4x6xf32, #rgnn.on<kg.edge>>
!outs = tensor<?x4x5xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: tensor<4x6x5xf32>, %u: !outs) -> !outs {
  %a = rgnn.gather %h, src : (!nodes) -> !edges
  %t = rgnn.aggregate mean %a, dst : (!edges) -> !nodes
  %y = rgnn.linear %t, %w, none : (!nodes, tensor<4x6x5xf32>) -> !outs
  %b = rgnn.gather %u, src : (!outs) -> tensor<?x4x5xf32, #rgnn.on<kg.edge>>
  %m = rgnn.aggregate max %b, dst
    : (tensor<?x4x5xf32, #rgnn.on<kg.edge>>) -> !outs
  %z = arith.addf %y, %m : !outs
  return %z : !outs
}
)mlir",
              kFused + "term-chunk=8");
  ASSERT_TRUE(model.isCompiled());
  EXPECT_EQ(countKernels(model, "linear of"), 0u);
  EXPECT_EQ(countKernels(model, "plus max of kg.edge"), 3u);
  EXPECT_TRUE(model.check(makeGraph(allLengths(50))));
}

TEST(Segments, BitsDoNotDependOnOrder) {
  GraphPtr graph = makeGraph(allLengths(700));
  Model model(segmentModel("mean"), kFused + "segment-chunk=4 term-chunk=5");
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.isBitIdentical(graph));
}

/// No edges, no nodes with edges, and one row.
TEST(Segments, SmallGraphsMatchReference) {
  runtime::GraphData none;
  none.numNodes = 3;
  none.numRelations = 2;
  runtime::GraphData one = none;
  one.src = {2};
  one.dst = {1};
  one.edgeType = {1};
  for (const runtime::GraphData &data : {none, one})
    for (const char *kind : {"sum", "mean", "max"})
      checkModel(segmentModel(kind), makeGraph(data));
}
