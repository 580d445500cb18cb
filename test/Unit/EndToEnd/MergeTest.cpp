//===- MergeTest.cpp - Kernels that become one ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Merged kernels give the reference's results, and are fewer.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

/// What a model becomes, and that its results are the reference's.
size_t countLaunches(const std::string &text, const std::string &lowering) {
  // Rows of about a hundred edges, so that some are cut.
  static GraphPtr graph = makeGraph(randomGraph(9, 3, 500, 7));
  Model model(text, lowering);
  if (!model.isCompiled())
    return 0;
  EXPECT_TRUE(model.check(graph)) << lowering << text;
  return model.getPackage().program.launches.size();
}

/// Four reductions of two messages, of which one is for the epilogue of
/// another; what is read twice, and by one row; and one that must come later.
std::string sweepText(int64_t width, const std::string &type) {
  std::string text = R"mlir(
!nodes = tensor<?xNxT, #rgnn.on<kg.node>>
!edges = tensor<?xNxT, #rgnn.on<kg.edge>>
!scores = tensor<?xT, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %s: !scores) -> (!nodes, !nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %p = rgnn.scale %u, %s : (!edges, !scores) -> !edges
  %a = rgnn.aggregate max %p, dst : (!edges) -> !nodes
  %b = rgnn.aggregate min %u, dst : (!edges) -> !nodes
  %d = arith.subf %a, %b : !nodes
  %e = arith.addf %d, %h : !nodes
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %n = rgnn.aggregate sum %p, dst : (!edges) -> !nodes
  %o = arith.mulf %n, %m : !nodes
  %g = rgnn.gather %e, src : (!nodes) -> !edges
  %z = rgnn.aggregate sum %g, dst : (!edges) -> !nodes
  return %z, %o, %m : !nodes, !nodes, !nodes
}
)mlir";
  text = replaced(text, "xN", "x" + std::to_string(width));
  return replaced(text, "xT", "x" + type);
}

} // namespace

/// Each traversal is two kernels, for pieces and for what they leave of rows;
/// and there is one for the scaled edges, which two messages read.
TEST(Merges, TraversalsMatchReference) {
  const std::string off = " fuse-traversals=false";
  for (auto [width, type, options] :
       std::vector<std::tuple<int64_t, const char *, std::string>>{
           {3, "f32", "chunk=16"}, {64, "f32", "chunk=16"}, {20, "bf16", ""}}) {
    std::string text = sweepText(width, type);
    EXPECT_EQ(countLaunches(text, options), 5u);
    EXPECT_EQ(countLaunches(text, options + off), 11u);
  }
}
