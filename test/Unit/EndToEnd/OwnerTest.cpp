//===- OwnerTest.cpp - Blocks that own the sums of products ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products whose rows are summed at once (`destination-stationary`), in models
// whose rows, keys, sums and own products differ. CornerCaseTest.cpp has the
// graphs, ElementTypeTest.cpp widths and types.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include <limits>

using namespace pigeon;
using namespace pigeon::test;

namespace {

const std::string kOn = "destination-stationary=on ";

/// How many kernels sum rows into owners.
size_t countOwners(const Model &model) {
  size_t count = 0;
  for (const runtime::ViewSpec &view : model.getPackage().program.views)
    count += view.kind == "owner_work";
  return count;
}

/// Right, in a program that has `owners` such kernels.
void checkModel(const std::string &text, GraphPtr graph, size_t owners,
                const std::string &lowering = "") {
  Model model(text, kOn + lowering);
  ASSERT_TRUE(model.isCompiled()) << lowering << "\n" << text;
  EXPECT_EQ(countOwners(model), owners) << lowering << "\n" << text;
  EXPECT_TRUE(model.check(graph)) << lowering << "\n" << text;
}

/// A model of rows of 12 on nodes, edges and pairs; `body` computes %out.
std::string modelOf(const std::string &body) {
  return R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x12xf32, #rgnn.on<kg.dst_pair>>
!relations = tensor<?x12xf32, #rgnn.on<kg.relation>>
!weights = tensor<?x12x12xf32, #rgnn.on<kg.relation>>
!types = tensor<?x12x12xf32, #rgnn.on<kg.node_type>>
!matrix = tensor<12x12xf32>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: !weights, %w0: !matrix, %t: !types,
             %row: tensor<12xf32>) -> !nodes {
  %from = rgnn.gather %h, src : (!nodes) -> !edges
)mlir" + body +
         "  return %out : !nodes\n}\n";
}

/// The sum over all edges of a node of the products of their rows.
const std::string kSumOfEdges = R"mlir(
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %sum = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
)mlir";

/// Nothing moves the product to another domain.
const std::string kAsWritten =
    "compact-materialization=off aggregate-first=off ";

/// Duplicate edges and a node with many of one relation: several rows of one
/// owner and key.
GraphPtr manyRowsOfOneKey() {
  runtime::GraphData data = randomGraph(70, 5, 300, 1, /*nodeTypes=*/3);
  for (int32_t i = 0; i < 40; ++i) {
    data.src.push_back(i / 2);
    data.dst.push_back(9);
    data.edgeType.push_back(2);
  }
  return makeGraph(data);
}

} // namespace

/// One product, and before it the two kernels for cut rows; nothing of the size
/// of the pairs is stored.
TEST(Owners, RGCNIsOneProduct) {
  Model model(rgcnText(16, 24), kOn);
  ASSERT_TRUE(model.isCompiled());
  const runtime::Program &program = model.getPackage().program;
  ASSERT_EQ(program.launches.size(), 3u);
  EXPECT_EQ(program.launches.back().label,
            "linear of mean of kg.edge on kg.dst_pair, summed, plus linear on "
            "kg.node");
  size_t workspaces = 0;
  for (const runtime::BufferSpec &buffer : program.buffers)
    workspaces += buffer.kind == runtime::BufferSpec::Kind::Workspace;
  EXPECT_EQ(workspaces, 1u) << "slots of cut rows";
  EXPECT_EQ(countOwners(model), 1u);
  EXPECT_EQ(countOwners(Model(rgcnText(16, 24))), 0u);
}

TEST(Owners, EveryFusionOfTheRest) {
  GraphPtr graph = makeGraph(randomGraph(70, 6, 500, 1));
  for (const char *lowering :
       {"", "fuse-rows=off", "fuse-terms=off", "fuse-gather=false",
        "fuse-epilogue=false", "fuse-rows=off fuse-terms=off",
        "fuse-gather=false fuse-epilogue=false fuse-body=false"})
    checkModel(rgcnText(16, 24), graph, 1, lowering);
  checkModel(readSource("docs/examples/rgcn_basis.mlir"), graph, 1);
}

TEST(Owners, Schedules) {
  GraphPtr graph = makeGraph(randomGraph(150, 3, 900, 6));
  for (const char *lowering :
       {"block-m=32 block-n=32", "block-m=128 block-n=32 block-k=8",
        "block-m=32 block-n=16 block-k=32 a-path=register", "stages=3 items=2",
        "stages=2 a-path=register", "segment-unroll=4 block-n=8",
        "precision=ieee", "precision=tf32"})
    checkModel(rgcnText(48, 80), graph, 1, lowering);
}

/// To ask for the next item's rows changes nothing but when they come: where
/// blocks have no item, one or many, and in several rounds.
TEST(Owners, StagesGiveTheSameBits) {
  GraphPtr graphs[] = {makeGraph(randomGraph(100, 9, 250, 6)),
                       manyRowsOfOneKey(), makeGraph(randomGraph(40, 3, 0, 1))};
  for (const std::string schedule :
       {"", "block-k=16", "segment-unroll=2 segment-chunk=3"}) {
    std::string text = rgcnText(33, 24);
    Model one(text, kOn + schedule), two(text, kOn + "stages=2 " + schedule);
    ASSERT_TRUE(one.isCompiled() && two.isCompiled());
    EXPECT_NE(one.getPackage().code.deviceIR, two.getPackage().code.deviceIR);
    for (const GraphPtr &graph : graphs) {
      auto first = one.emulate(graph), second = two.emulate(graph);
      ASSERT_TRUE(first && second) << schedule;
      EXPECT_TRUE(sameBits(*first, *second)) << schedule;
      EXPECT_TRUE(two.matchesReference({{"kg", graph}}, *second)) << schedule;
    }
  }
}

/// Chunks that cut rows once, twice and not at all.
TEST(Owners, LongRows) {
  runtime::GraphData data = randomGraph(30, 3, 200, 7);
  for (int32_t i = 0; i < 1000; ++i) {
    data.src.push_back(i % 30);
    data.dst.push_back(11);
    data.edgeType.push_back(1);
  }
  GraphPtr graph = makeGraph(data);
  for (const char *chunk : {"1", "3", "16", "4000"})
    checkModel(rgcnText(8, 8), graph, 1, "segment-chunk=" + std::string(chunk));
}

/// Rows that are not aggregated, several of one key for an owner.
TEST(Owners, RowsOfEdges) {
  GraphPtr graph = manyRowsOfOneKey();
  std::string plain = replaced(kSumOfEdges, "%x", "%from");
  checkModel(modelOf(replaced(plain, "%sum", "%out")), graph, 1, kAsWritten);
  checkModel(modelOf(plain + R"mlir(
  %own = rgnn.linear %h, %w0, none : (!nodes, !matrix) -> !nodes
  %out = arith.addf %sum, %own : !nodes
)mlir"),
             graph, 1, kAsWritten);
}

/// What a prologue makes of rows that are not there adds nothing: e^0 is 1, and
/// one row that all read is there for no edge too.
TEST(Owners, GapsAddNothing) {
  GraphPtr graph = manyRowsOfOneKey();
  std::string out = replaced(kSumOfEdges, "%sum", "%out");
  checkModel(modelOf("  %x = math.exp %from : !edges\n" + out), graph, 1,
             kAsWritten);
  checkModel(modelOf("  %x = rgnn.gather %row, none : (tensor<12xf32>) -> "
                     "!edges\n" +
                     out),
             graph, 1, kAsWritten);
  checkModel(modelOf(R"mlir(
  %e = math.exp %from : !edges
  %m = rgnn.aggregate max %e, dst_pair : (!edges) -> !pairs
  %y = rgnn.linear %m, %w, rel : (!pairs, !weights) -> !pairs
  %out = rgnn.aggregate sum %y, node : (!pairs) -> !nodes
)mlir"),
             graph, 1, kAsWritten);
}

/// A weight that is not finite spoils the owners that have an edge of its
/// relation, and no other in their blocks: in every precision and type, in
/// several rounds and tiles of columns, and with rows that are not aggregated.
TEST(Owners, WeightsThatAreNotFinite) {
  GraphPtr graph = makeGraph(randomGraph(90, 6, 150, 8));
  auto check = [&](const std::string &text, const std::string &lowering) {
    Model model(text, kOn + lowering);
    ASSERT_TRUE(model.isCompiled()) << lowering;
    ASSERT_EQ(countOwners(model), 1u) << lowering;
    for (double value : {std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
      model.spoil({1, 2, value});
      EXPECT_TRUE(model.check(graph)) << value << " " << lowering;
    }
  };
  for (const char *lowering :
       {"", "precision=tf32", "precision=ieee", "fuse-rows=off",
        "block-m=32 block-n=16 block-k=16", "block-n=8 segment-unroll=4"})
    check(rgcnText(48, 40), lowering);
  for (const char *type : {"f16", "bf16"})
    check(replaced(rgcnText(33, 100), "f32", type), "");
  check(modelOf(replaced(replaced(kSumOfEdges, "%x", "%from"), "%sum", "%out")),
        kAsWritten);
}

/// The own product where the epilogue does more than add it.
TEST(Owners, EpiloguesThatMultiply) {
  GraphPtr graph = manyRowsOfOneKey();
  checkModel(modelOf(replaced(kSumOfEdges, "%x", "%from") + R"mlir(
  %own = rgnn.linear %h, %w0, none : (!nodes, !matrix) -> !nodes
  %gated = arith.mulf %sum, %own : !nodes
  %out = arith.addf %gated, %h : !nodes
)mlir"),
             graph, 1, kAsWritten);
}

/// Sums into other rows than nodes, and products of one weight.
TEST(Owners, OtherOwnersAndKeys) {
  GraphPtr graph = manyRowsOfOneKey();
  for (const char *key :
       {"%w, rel : (!edges, !weights)", "%w0, none : (!edges, !matrix)",
        "%t, src_type : (!edges, !types)"}) {
    std::string linear =
        "  %y = rgnn.linear %from, " + std::string(key) + " -> !edges\n";
    checkModel(modelOf(linear + R"mlir(
  %out = rgnn.aggregate sum %y, src : (!edges) -> !nodes
)mlir"),
               graph, 1, kAsWritten);
    std::string text = modelOf(linear + R"mlir(
  %out = rgnn.aggregate sum %y, rel : (!edges) -> !relations
)mlir");
    text = replaced(replaced(text, "-> !nodes {", "-> !relations {"),
                    "return %out : !nodes", "return %out : !relations");
    checkModel(text, graph, 1, kAsWritten);
  }
}

/// What blocks cannot compute for their owners stays a kernel, and right.
TEST(Owners, WhatIsDeclined) {
  GraphPtr graph = manyRowsOfOneKey();
  std::string sum = replaced(kSumOfEdges, "%x", "%from");
  // An own product by type, and one of computed rows.
  for (const char *own :
       {"  %own = rgnn.linear %h, %t, type : (!nodes, !types) -> !nodes\n",
        "  %e = math.exp %h : !nodes\n"
        "  %own = rgnn.linear %e, %w0, none : (!nodes, !matrix) -> !nodes\n"})
    checkModel(modelOf(sum + own + "  %out = arith.addf %sum, %own : !nodes\n"),
               graph, 0, kAsWritten);
  // No sum, and rows that something else reads.
  checkModel(
      modelOf(replaced(replaced(sum, "sum %y", "mean %y"), "%sum", "%out")),
      graph, 0, kAsWritten);
  checkModel(modelOf(sum + R"mlir(
  %max = rgnn.aggregate max %y, dst : (!edges) -> !nodes
  %out = arith.addf %sum, %max : !nodes
)mlir"),
             graph, 0, kAsWritten);
  // Row-wise work between product and sum.
  checkModel(modelOf(R"mlir(
  %y = rgnn.linear %from, %w, rel : (!edges, !weights) -> !edges
  %z = math.tanh %y : !edges
  %out = rgnn.aggregate sum %z, dst : (!edges) -> !nodes
)mlir"),
             graph, 0, kAsWritten);
}

/// The cost model takes it where there are many pairs of few relations, and not
/// where hardly two nodes have the same relations.
TEST(Owners, CostDecides) {
  auto withStats = [](const std::string &stats) {
    return replaced(rgcnText(64, 64), "rgnn.graph @kg",
                    "rgnn.graph @kg {stats = {" + stats + "}}");
  };
  Model few(withStats("node = 1000000, edge = 20000000, dst_pair = 8000000, "
                      "relation = 8"),
            "destination-stationary=auto");
  Model many(withStats("node = 14541, edge = 620232, dst_pair = 161922, "
                       "relation = 474"),
             "destination-stationary=auto");
  ASSERT_TRUE(few.isCompiled() && many.isCompiled());
  EXPECT_EQ(countOwners(few), 1u);
  EXPECT_EQ(countOwners(many), 0u);
}
