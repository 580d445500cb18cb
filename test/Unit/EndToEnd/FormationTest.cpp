//===- FormationTest.cpp - Models that are hard to form kernels from ------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each model runs as it is fused by default and with every fusion off.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

const char *const prelude = R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x12x12xf32, #rgnn.on<kg.relation>>
!scores = tensor<?xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
)mlir";

const char *const baseline =
    "fuse-gather=false fuse-epilogue=false fuse-body=false "
    "fuse-traversals=false fuse-products=false";

void checkModel(const std::string &text, GraphPtr graph = nullptr) {
  if (!graph)
    graph = makeGraph(randomGraph(30, 4, 200, 11, /*nodeTypes=*/3));
  for (const char *lowering : {"", baseline}) {
    Model model(text, lowering);
    ASSERT_TRUE(model.isCompiled()) << lowering;
    EXPECT_TRUE(model.check(graph)) << lowering;
  }
}

void checkFunction(const std::string &text) { checkModel(prelude + text); }

} // namespace

/// The size of a domain is first asked for by a later kernel's buffer.
TEST(Formation, SizesOfLaterBuffers) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes, %w: !weights) -> (!nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %a = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !edges
  %b = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  return %a, %b : !nodes, !nodes
})mlir");
}

/// The sweep computes %t for itself before it is known to be a result.
TEST(Formation, ResultThatWasRepeated) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes) -> (!nodes, !nodes) {
  %t = arith.addf %h, %h : !nodes
  %u = rgnn.gather %t, src : (!nodes) -> !edges
  %a = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %a, %t : !nodes, !nodes
})mlir");
}

/// %t is part of one weight, and later a weight itself.
TEST(Formation, WeightThatWasRepeated) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes, %z: !weights) -> (!nodes, !nodes) {
  %t = arith.addf %z, %z : !weights
  %s = arith.mulf %t, %z : !weights
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %x = rgnn.linear %u, %s, rel : (!edges, !weights) -> !edges
  %y = rgnn.linear %u, %t, rel : (!edges, !weights) -> !edges
  %a = rgnn.aggregate sum %x, dst : (!edges) -> !nodes
  %b = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  return %a, %b : !nodes, !nodes
})mlir");
}

/// The lhs of a product is an expression of rows and of one scalar per row.
TEST(Formation, ScaledRowsInPrologue) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes, %w: !weights, %s: !scores) -> !nodes {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %v = rgnn.scale %u, %s : (!edges, !scores) -> !edges
  %y = rgnn.linear %v, %w, rel : (!edges, !weights) -> !edges
  %a = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  return %a : !nodes
})mlir");
}

/// One row's data has no kernel; every reader computes it.
TEST(Formation, WorkOnOneRow) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes, %a: tensor<12xf32>, %b: tensor<12xf32>,
             %c: tensor<f32>) -> !nodes {
  %s = arith.addf %a, %b : tensor<12xf32>
  %g = rgnn.gather %s, none : (tensor<12xf32>) -> !nodes
  %x = arith.addf %h, %g : !nodes
  %k = rgnn.gather %c, none : (tensor<f32>) -> tensor<?xf32, #rgnn.on<kg.node>>
  %y = rgnn.scale %x, %k
    : (!nodes, tensor<?xf32, #rgnn.on<kg.node>>) -> !nodes
  return %y : !nodes
})mlir");
}

TEST(Formation, Truths) {
  checkFunction(R"mlir(
func.func @f(%e: !edges, %x: !nodes) -> !nodes {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %c = arith.cmpf ogt, %s, %x : !nodes
  %y = arith.select %c, %s, %x : tensor<?x12xi1, #rgnn.on<kg.node>>, !nodes
  return %y : !nodes
})mlir");
}

TEST(Formation, ConstantsOnly) {
  checkFunction(R"mlir(
func.func @f() -> (!nodes, !edges) {
  %c = arith.constant 1.5 : f32
  %x = rgnn.fill %c : (f32) -> !nodes
  %y = rgnn.fill %c : (f32) -> !edges
  %z = math.exp %y : !edges
  return %x, %z : !nodes, !edges
})mlir");
}

/// The weight is a constant that some kernel must store.
TEST(Formation, ConstantWeight) {
  checkFunction(R"mlir(
func.func @f(%h: !nodes) -> !edges {
  %c = arith.constant 0.5 : f32
  %w = rgnn.fill %c : (f32) -> !weights
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
})mlir");
}

/// An argument, a result twice, and one in two shapes.
TEST(Formation, ResultsThatAreOne) {
  checkFunction(R"mlir(
!split = tensor<?x3x4xf32, #rgnn.on<kg.node>>
func.func @f(%h: !nodes, %e: !edges) -> (!nodes, !nodes, !nodes, !split, !edges) {
  %s = rgnn.aggregate min %e, dst : (!edges) -> !nodes
  %t = rgnn.reshape %s : (!nodes) -> !split
  return %h, %s, %s, %t, %e : !nodes, !nodes, !nodes, !split, !edges
})mlir");
}

/// x doubled 24 times: 2^24 paths from the result to %h, one value for each
/// step.
TEST(Formation, SharedSubexpressions) {
  std::string text = "func.func @f(%h: !nodes) -> !nodes {\n"
                     "  %c = math.tanh %h : !nodes\n"
                     "  %0 = rgnn.gather %c, src : (!nodes) -> !edges\n";
  for (int i = 0; i < 24; ++i) {
    std::string last = "%" + std::to_string(i);
    text += "  %" + std::to_string(i + 1) + " = arith.addf " + last + ", " +
            last + " : !edges\n";
  }
  text += "  %y = rgnn.aggregate sum %24, dst : (!edges) -> !nodes\n"
          "  return %y : !nodes\n}";
  checkFunction(text);
}

/// 1 has the dimension of heads, but no batch.
TEST(Formation, NumbersOfHeads) {
  for (const char *heads : {"1", "2", "4", "8"}) {
    std::string text = R"mlir(
!in = tensor<?x6xf32, #rgnn.on<kg.node>>
!heads = tensor<?xHx5xf32, #rgnn.on<kg.edge>>
!out = tensor<?xHx3xf32, #rgnn.on<kg.edge>>
!first = tensor<?xHx6x5xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @f(%h: !in, %w: !first, %v: tensor<Hx5x3xf32>) -> !out {
  %u = rgnn.gather %h, src : (!in) -> tensor<?x6xf32, #rgnn.on<kg.edge>>
  %y = rgnn.linear %u, %w, rel
    : (tensor<?x6xf32, #rgnn.on<kg.edge>>, !first) -> !heads
  %z = rgnn.linear %y, %v, none : (!heads, tensor<Hx5x3xf32>) -> !out
  return %z : !out
}
)mlir";
    for (size_t at = 0; (at = text.find('H', at)) != std::string::npos; ++at)
      text.replace(at, 1, heads);
    checkModel(text);
  }
}

/// Names that PTX does not know, or that the compiler uses itself.
TEST(Formation, Names) {
  for (const char *name :
       {"\"my model-1\"", "kernels", "\"0\"", "\"\xc3\xa9\""})
    checkFunction("func.func @" + std::string(name) + R"mlir(
    (%h: !nodes {rgnn.name = "t0"}, %e: !edges {rgnn.name = "a/b"})
    -> (!nodes {rgnn.name = "..."}) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %u = rgnn.gather %s, src : (!nodes) -> !edges
  %a = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  %y = arith.addf %a, %h : !nodes
  return %y : !nodes
})mlir");
}

TEST(Formation, WideRows) {
  checkModel(R"mlir(
!nodes = tensor<?x5000xf32, #rgnn.on<kg.node>>
!edges = tensor<?x5000xf32, #rgnn.on<kg.edge>>
!narrow = tensor<?x3xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: tensor<5000x3xf32>, %v: tensor<1x5000xf32>,
             %x: tensor<?x1xf32, #rgnn.on<kg.node>>)
    -> (!nodes, !narrow, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %a = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %y = rgnn.linear %h, %w, none : (!nodes, tensor<5000x3xf32>) -> !narrow
  %z = rgnn.linear %x, %v, none
    : (tensor<?x1xf32, #rgnn.on<kg.node>>, tensor<1x5000xf32>) -> !nodes
  return %a, %y, %z : !nodes, !narrow, !nodes
}
)mlir",
             makeGraph(randomGraph(5, 2, 12, 3)));
}

/// A direction for each relation, as a class of relations, and a result on the
/// relations beside one on the nodes.
TEST(Formation, CompGCN) {
  runtime::GraphData data = randomGraph(30, 5, 200, 12);
  data.classes["direction"] = {0, 1, 1, 0, 1};
  checkModel(readSource("test/Integration/Inputs/compgcn.mlir"),
             makeGraph(data));
}

/// Data on the nodes of one graph, read from the edges of another.
TEST(Formation, TwoGraphs) {
  const char *text = R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!tested = tensor<?x12xf32, #rgnn.on<test.edge>>
!relations = tensor<?x12xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
rgnn.graph @test {shares = @kg}
func.func @f(%h: !nodes, %z: !relations) -> (!tested, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %a = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  %head = rgnn.gather %a, src : (!nodes) -> !tested
  %tail = rgnn.gather %a, dst : (!nodes) -> !tested
  %relation = rgnn.gather %z, rel : (!relations) -> !tested
  %p = arith.mulf %head, %relation : !tested
  %q = arith.mulf %p, %tail : !tested
  %b = rgnn.aggregate sum %q, dst : (!tested) -> !nodes
  return %q, %b : !tested, !nodes
}
)mlir";
  runtime::GraphData data = randomGraph(30, 5, 200, 13, /*nodeTypes=*/2);
  runtime::GraphData tested = randomGraph(30, 5, 40, 14, /*nodeTypes=*/2);
  tested.nodeType = data.nodeType;
  for (const char *lowering : {"", baseline}) {
    Model model(text, lowering);
    ASSERT_TRUE(model.isCompiled());
    EXPECT_TRUE(
        model.check({{"kg", makeGraph(data)}, {"test", makeGraph(tested)}}));
  }
}
