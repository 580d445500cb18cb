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

namespace {

/// Three products of the same rows, one of them into an epilogue of its own;
/// and one of other rows, which reads one of them.
std::string productText(int64_t in, int64_t out, int64_t scores,
                        const std::string &type, const std::string &key) {
  std::string text = R"mlir(
!rows = tensor<?xKxT, #rgnn.on<kg.edge>>
!out = tensor<?xNxT, #rgnn.on<kg.edge>>
!scores = tensor<?xSxT, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: tensor<?xKxT, #rgnn.on<kg.node>>, %w: !w, %v: !w, %a: !a,
             %u: tensor<NxKxT>, %b: tensor<NxT>) -> (!out, !scores, !rows) {
  %x = rgnn.gather %h, src : (tensor<?xKxT, #rgnn.on<kg.node>>) -> !rows
  %q = rgnn.linear %x, %w, KEY : (!rows, !w) -> !out
  %s = rgnn.linear %x, %a, KEY : (!rows, !a) -> !scores
  %k = rgnn.linear %x, %v, KEY : (!rows, !w) -> !out
  %g = rgnn.gather %b, none : (tensor<NxT>) -> !out
  %r = arith.addf %k, %g : !out
  %t = math.exp %s : !scores
  %z = rgnn.linear %q, %u, none : (!out, tensor<NxKxT>) -> !rows
  return %r, %t, %z : !out, !scores, !rows
}
)mlir";
  bool isKeyed = key != "none";
  auto weight = [&](const char *columns) {
    return isKeyed ? "tensor<?xKx" + std::string(columns) +
                         "xT, #rgnn.on<kg.relation>>"
                   : "tensor<Kx" + std::string(columns) + "xT>";
  };
  text = replaced(text, "!w", weight("N"));
  text = replaced(text, "!a", weight("S"));
  text = replaced(text, "KEY", key);
  text = replaced(text, "xT", "x" + type);
  for (auto [letter, extent] :
       {std::pair("K", in), std::pair("N", out), std::pair("S", scores)})
    for (const char *before : {"x", "<"})
      text = replaced(text, std::string(before) + letter + "x",
                      before + std::to_string(extent) + "x");
  return text;
}

} // namespace

/// One kernel of three products and one of the fourth, with and without keys;
/// of one round and of several; widths that no tile divides, and types.
TEST(Merges, ProductsMatchReference) {
  for (auto [in, out, scores, type, key] : std::vector<
           std::tuple<int64_t, int64_t, int64_t, const char *, const char *>>{
           {16, 32, 16, "f32", "none"},
           {64, 64, 8, "f32", "rel"},
           {100, 33, 10, "f32", "rel"},
           {5, 3, 1, "f32", "none"},
           {40, 20, 24, "bf16", "rel"},
           {128, 64, 64, "f16", "none"}}) {
    std::string text = productText(in, out, scores, type, key);
    // 64 + 64 columns beside 8 are too many for a thread.
    size_t merged = out == 64 && scores == 8 ? 3 : 2;
    const std::string off = "compact-materialization=off ";
    EXPECT_EQ(countLaunches(text, off), merged) << text;
    EXPECT_EQ(countLaunches(text, off + "fuse-products=false"), 4u) << text;
  }
}

/// Each head has its columns of the tiles of all products, and heads that share
/// the rows.
TEST(Merges, ProductsWithHeadsMatchReference) {
  for (const char *input : {"4x12", "12"}) {
    std::string text = R"mlir(
!rows = tensor<?xINxf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !rows, %w: tensor<4x12x16xf32>, %v: tensor<4x12x8xf32>,
             %s: tensor<?x4xf32, #rgnn.on<kg.node>>)
    -> (tensor<?x4x16xf32, #rgnn.on<kg.node>>,
        tensor<?x4x8xf32, #rgnn.on<kg.node>>) {
  %x = rgnn.linear %h, %w, none : (!rows, tensor<4x12x16xf32>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  %y = rgnn.linear %h, %v, none : (!rows, tensor<4x12x8xf32>)
    -> tensor<?x4x8xf32, #rgnn.on<kg.node>>
  %z = rgnn.scale %y, %s : (tensor<?x4x8xf32, #rgnn.on<kg.node>>,
                            tensor<?x4xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4x8xf32, #rgnn.on<kg.node>>
  return %x, %z : tensor<?x4x16xf32, #rgnn.on<kg.node>>,
                  tensor<?x4x8xf32, #rgnn.on<kg.node>>
}
)mlir";
    text = replaced(text, "xINx", "x" + std::string(input) + "x");
    EXPECT_EQ(countLaunches(text, ""), 1u);
    EXPECT_EQ(countLaunches(text, "fuse-products=false"), 2u);
  }
}

/// Means that two products read are computed once, on the way into the kernel
/// of both: of one round, and of several.
TEST(Merges, ProductsOfAggregatesMatchReference) {
  for (auto [in, out, scores, type] :
       std::vector<std::tuple<int64_t, int64_t, int64_t, const char *>>{
           {64, 64, 8, "f32"}, {100, 20, 16, "f32"}, {16, 64, 64, "bf16"}}) {
    std::string text = R"mlir(
!nodes = tensor<?xKxT, #rgnn.on<kg.node>>
!rows = tensor<?xKxT, #rgnn.on<kg.dst_pair>>
!out = tensor<?xNxT, #rgnn.on<kg.dst_pair>>
!scores = tensor<?xSxT, #rgnn.on<kg.dst_pair>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: tensor<?xKxNxT, #rgnn.on<kg.relation>>,
             %a: tensor<?xKxSxT, #rgnn.on<kg.relation>>) -> (!out, !scores) {
  %u = rgnn.gather %h, src : (!nodes) -> tensor<?xKxT, #rgnn.on<kg.edge>>
  %m = rgnn.aggregate mean %u, dst_pair
    : (tensor<?xKxT, #rgnn.on<kg.edge>>) -> !rows
  %x = rgnn.linear %m, %w, rel
    : (!rows, tensor<?xKxNxT, #rgnn.on<kg.relation>>) -> !out
  %y = rgnn.linear %m, %a, rel
    : (!rows, tensor<?xKxSxT, #rgnn.on<kg.relation>>) -> !scores
  %z = math.tanh %y : !scores
  return %x, %z : !out, !scores
}
)mlir";
    for (auto [letter, extent] :
         {std::pair("xK", in), std::pair("xN", out), std::pair("xS", scores)})
      text = replaced(text, std::string(letter) + "x",
                      "x" + std::to_string(extent) + "x");
    text = replaced(text, "xT", std::string("x") + type);
    // One product, and the two kernels before it for rows that are cut.
    EXPECT_EQ(countLaunches(text, "segment-chunk=4"), 3u) << text;
    EXPECT_EQ(countLaunches(text, "fuse-products=false"), 4u) << text;
  }
}

/// Products that no kernel can have together would each compute the means that
/// they read, so these have a kernel: where one needs the other's result, and
/// not where a sum is only added to one.
TEST(Merges, AggregatesOfPartedProductsMatchReference) {
  std::string head = R"mlir(
!nodes = tensor<?x16xf32, #rgnn.on<kg.node>>
!edges = tensor<?x16xf32, #rgnn.on<kg.edge>>
!weight = tensor<16x16xf32>
rgnn.graph @kg
func.func @f(%h: !nodes, %e: !edges, %w: !weight, %v: !weight)
    -> (!nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %s = rgnn.aggregate sum %e, src : (!edges) -> !nodes
  %x = rgnn.linear %m, %w, none : (!nodes, !weight) -> !nodes
)mlir";
  std::string second =
      "  %y = rgnn.linear %m, %v, none : (!nodes, !weight) -> !nodes\n";
  std::string gated = head + "  %t = math.tanh %x : !nodes\n" + second +
                      "  %z = arith.mulf %y, %t : !nodes\n"
                      "  return %s, %z : !nodes, !nodes\n}\n";
  std::string added = head + second +
                      "  %z = arith.addf %x, %s : !nodes\n"
                      "  return %z, %y : !nodes, !nodes\n}\n";
  // A traversal and a product of aggregates have kernels for rows that are cut.
  EXPECT_EQ(countLaunches(gated, ""), 6u);
  EXPECT_EQ(countLaunches(added, "segment-chunk=4"), 5u);
}
