//===- FusionTest.cpp - Fusions change kernels, not results ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

const char *const kNothingFused =
    "fuse-gather=false fuse-epilogue=false fuse-body=false fuse-rows=off "
    "fuse-terms=off destination-stationary=off "
    "fuse-traversals=false fuse-products=false";

const char *const fusions[] = {"",
                               "destination-stationary=on",
                               "fuse-gather=false",
                               "fuse-epilogue=false",
                               "fuse-body=false",
                               "fuse-traversals=false",
                               "fuse-products=false",
                               kNothingFused};

size_t countLaunches(const Model &model) {
  return model.getPackage().program.launches.size();
}

/// Every formation of a model gives the reference's results.
void checkAllFusions(const std::string &text, GraphPtr graph) {
  size_t fused = 0, baseline = 0;
  for (const char *lowering : fusions) {
    Model model(text, lowering);
    ASSERT_TRUE(model.isCompiled()) << lowering;
    EXPECT_TRUE(model.check(graph)) << lowering;
    fused = fused ? fused : countLaunches(model);
    baseline = countLaunches(model);
  }
  EXPECT_LT(fused, baseline) << "fusions should save kernels";
}

} // namespace

TEST(Fusions, RGCN) {
  checkAllFusions(rgcnText(16, 24), makeGraph(randomGraph(70, 6, 500, 1)));
}

TEST(Fusions, RGCNWithBasisDecomposition) {
  checkAllFusions(readSource("docs/examples/rgcn_basis.mlir"),
                  makeGraph(randomGraph(40, 5, 200, 2)));
}

/// Row-wise work before, between and after the anchors; a value that is read
/// twice; an argument that is read by two roles; a result that is returned
/// twice; and one that is an argument.
TEST(Fusions, RowWiseWorkEverywhere) {
  checkAllFusions(R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x12x12xf32, #rgnn.on<kg.relation>>
!scores = tensor<?x3xf32, #rgnn.on<kg.edge>>
!heads = tensor<?x3x4xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: !weights, %s: !scores,
             %z: tensor<?x12xf32, #rgnn.on<kg.relation>>)
    -> (!nodes, !nodes, !nodes) {
  %slope = arith.constant 0.2 : f32
  %twice = arith.addf %h, %h : !nodes
  %u = rgnn.gather %twice, src : (!nodes) -> !edges
  %v = rgnn.gather %h, dst : (!nodes) -> !edges
  %r = rgnn.gather %z, rel : (tensor<?x12xf32, #rgnn.on<kg.relation>>) -> !edges
  %p = arith.mulf %u, %r : !edges
  %q = arith.subf %p, %v : !edges
  %y = rgnn.linear %q, %w, rel : (!edges, !weights) -> !edges
  %l = rgnn.fill %slope : (f32) -> !edges
  %yl = arith.mulf %y, %l : !edges
  %leaky = arith.maximumf %y, %yl : !edges
  %split = rgnn.reshape %leaky : (!edges) -> !heads
  %scaled = rgnn.scale %split, %s : (!heads, !scores) -> !heads
  %joined = rgnn.reshape %scaled : (!heads) -> !edges
  %m = rgnn.aggregate max %joined, dst : (!edges) -> !nodes
  %n = rgnn.aggregate min %q, dst : (!edges) -> !nodes
  %out = arith.addf %m, %n : !nodes
  %res = arith.addf %out, %twice : !nodes
  return %res, %res, %h : !nodes, !nodes, !nodes
}
)mlir",
                  makeGraph(randomGraph(30, 4, 300, 3)));
}

/// Heads on the weight, on both, and batches of a product of weights.
TEST(Fusions, Heads) {
  Model model(R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!heads = tensor<?x4x6xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x4x12x6xf32, #rgnn.on<kg.relation>>
!second = tensor<?x4x6x5xf32, #rgnn.on<kg.relation>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: !weights, %v: !second)
    -> tensor<?x4x5xf32, #rgnn.on<kg.node>> {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !heads
  %z = rgnn.linear %y, %v, rel
    : (!heads, !second) -> tensor<?x4x5xf32, #rgnn.on<kg.edge>>
  %m = rgnn.aggregate mean %z, dst : (tensor<?x4x5xf32, #rgnn.on<kg.edge>>)
    -> tensor<?x4x5xf32, #rgnn.on<kg.node>>
  return %m : tensor<?x4x5xf32, #rgnn.on<kg.node>>
}
)mlir");
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(makeGraph(randomGraph(30, 4, 300, 4))));
}

TEST(Fusions, ProductOfWeights) {
  Model model(R"mlir(
!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!first = tensor<?x8x6xf32, #rgnn.on<kg.relation>>
!second = tensor<?x6x10xf32, #rgnn.on<kg.relation>>
!both = tensor<?x8x10xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @f(%h: !nodes, %v: !first, %w: !second)
    -> tensor<?x10xf32, #rgnn.on<kg.edge>> {
  %vw = rgnn.linear %v, %w, self : (!first, !second) -> !both
  %u = rgnn.gather %h, src : (!nodes) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  %y = rgnn.linear %u, %vw, rel
    : (tensor<?x8xf32, #rgnn.on<kg.edge>>, !both)
    -> tensor<?x10xf32, #rgnn.on<kg.edge>>
  return %y : tensor<?x10xf32, #rgnn.on<kg.edge>>
}
)mlir");
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(makeGraph(randomGraph(30, 4, 300, 5))));
}
