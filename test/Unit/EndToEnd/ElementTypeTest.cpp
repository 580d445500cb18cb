//===- ElementTypeTest.cpp - f32, f16 and bf16 in every width -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"
#include "RandomModel.h"

#include <cmath>
#include <limits>

using namespace pigeon;
using namespace pigeon::test;

namespace {

/// The model with other data than f32.
std::string withType(const std::string &text, const std::string &type) {
  return replaced(text, "f32", type);
}

void checkModel(const std::string &text, GraphPtr graph,
                const std::string &lowering = "") {
  Model model(text, lowering);
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(graph));
}

class ElementTypes : public testing::TestWithParam<const char *> {
protected:
  std::string typed(const std::string &text) const {
    return withType(text, GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(All, ElementTypes,
                         testing::Values("f32", "f16", "bf16"),
                         [](const auto &info) { return info.param; });

} // namespace

//===----------------------------------------------------------------------===//
// Widths
//===----------------------------------------------------------------------===//

/// Widths around those that tiles, vectors of 16 bytes and blocks of columns
/// divide. A wide side is paired with a narrow one, since the emulated device
/// multiplies slowly.
TEST_P(ElementTypes, AnyWidth) {
  GraphPtr graph = makeGraph(randomGraph(20, 2, 60, 11));
  for (auto [in, out] : std::vector<std::pair<int64_t, int64_t>>{{1, 2},
                                                                 {3, 7},
                                                                 {16, 8},
                                                                 {33, 64},
                                                                 {100, 128},
                                                                 {8, 200},
                                                                 {256, 8},
                                                                 {8, 257},
                                                                 {512, 8},
                                                                 {8, 1000},
                                                                 {1024, 8}}) {
    SCOPED_TRACE(std::to_string(in) + " to " + std::to_string(out));
    checkModel(typed(rgcnText(in, out)), graph);
    checkModel(typed(rgcnText(in, out)), graph, "destination-stationary=on");
  }
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

TEST_P(ElementTypes, Models) {
  runtime::GraphData data = randomGraph(30, 4, 150, 12);
  data.classes["direction"] = {0, 1, 0, 1};
  GraphPtr graph = makeGraph(data);
  for (const char *path :
       {"docs/examples/rgcn.mlir", "docs/examples/rgcn_basis.mlir",
        "test/Integration/Inputs/compgcn.mlir"}) {
    SCOPED_TRACE(path);
    checkModel(typed(readSource(path)), graph);
  }
}

/// Widths that no tile divides, with a left side that is computed: what is
/// computed beyond the end must not be multiplied.
TEST_P(ElementTypes, ComputedLeftSides) {
  runtime::GraphData data = randomGraph(30, 4, 150, 20);
  data.classes["direction"] = {0, 1, 0, 1};
  GraphPtr graph = makeGraph(data);
  std::string text =
      replaced(typed(readSource("test/Integration/Inputs/compgcn.mlir")),
               "arith.mulf", "arith.divf");
  for (const char *width : {"3", "20", "33"}) {
    SCOPED_TRACE(width);
    checkModel(replaced(text, "64x", std::string(width) + "x"), graph);
  }
}

/// Rows that are cut into pieces: what pieces leave is f32 in every type.
TEST_P(ElementTypes, LongRows) {
  runtime::GraphData data = randomGraph(20, 2, 40, 13);
  for (int i = 0; i < 3000; ++i) {
    data.src.push_back(i % 20);
    data.dst.push_back(5);
    data.edgeType.push_back(1);
  }
  checkModel(typed(rgcnText(24, 16)), makeGraph(data));
}

/// With nothing fused every operation's result is rounded; the bound allows it.
TEST_P(ElementTypes, NothingFused) {
  GraphPtr graph = makeGraph(randomGraph(40, 4, 300, 14));
  const std::string off = "fuse-gather=false fuse-epilogue=false "
                          "fuse-body=false";
  checkModel(typed(rgcnText(16, 24)), graph, off);
  checkModel(typed(readSource("docs/examples/rgcn_basis.mlir")), graph, off);
}

TEST_P(ElementTypes, RandomModels) {
  for (uint64_t seed : {30, 31, 32}) {
    std::string text = typed(RandomModel(seed).text());
    SCOPED_TRACE(text);
    GraphPtr graph = makeGraph(randomGraph(25, 4, 120, seed, /*nodeTypes=*/3));
    checkModel(text, graph);
    checkModel(text, graph, "fuse-epilogue=false fuse-body=false");
  }
}

/// Row-wise work of each kind of access: a scalar, a column, narrower data, and
/// a function that is no polynomial.
const char *const rowWise = R"mlir(
!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x12x12xf32, #rgnn.on<kg.relation>>
!scores = tensor<?x3xf32, #rgnn.on<kg.edge>>
!heads = tensor<?x3x4xf32, #rgnn.on<kg.edge>>
!norm = tensor<?xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes, %w: !weights, %s: !scores, %n: !norm,
             %one: tensor<f32>) -> !nodes {
  %slope = arith.constant 0.2 : f32
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %c = rgnn.gather %one, none : (tensor<f32>) -> !norm
  %m = arith.mulf %n, %c : !norm
  %v = rgnn.scale %u, %m : (!edges, !norm) -> !edges
  %y = rgnn.linear %v, %w, rel : (!edges, !weights) -> !edges
  %l = rgnn.fill %slope : (f32) -> !edges
  %yl = arith.mulf %y, %l : !edges
  %leaky = arith.maximumf %y, %yl : !edges
  %split = rgnn.reshape %leaky : (!edges) -> !heads
  %scaled = rgnn.scale %split, %s : (!heads, !scores) -> !heads
  %joined = rgnn.reshape %scaled : (!heads) -> !edges
  %t = math.tanh %joined : !edges
  %a = rgnn.aggregate max %joined, dst : (!edges) -> !nodes
  %b = rgnn.aggregate mean %t, dst : (!edges) -> !nodes
  %out = arith.addf %a, %b : !nodes
  return %out : !nodes
}
)mlir";

TEST_P(ElementTypes, RowWiseWork) {
  checkModel(typed(rowWise), makeGraph(randomGraph(30, 4, 200, 15)));
}

//===----------------------------------------------------------------------===//
// Mixed types
//===----------------------------------------------------------------------===//

/// bf16 rows and weights, an f32 bias, an f16 result; and an f32 row that is
/// rounded on its way into a product of bf16.
TEST(MixedTypes, MatchReference) {
  checkModel(R"mlir(
!narrow = tensor<?x40xbf16, #rgnn.on<kg.node>>
!pairs = tensor<?x40xbf16, #rgnn.on<kg.dst_pair>>
!edges = tensor<?x40xbf16, #rgnn.on<kg.edge>>
!wide = tensor<?x40xf32, #rgnn.on<kg.node>>
!half = tensor<?x40xf16, #rgnn.on<kg.node>>
!weights = tensor<?x40x40xbf16, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @f(%h: !narrow, %g: !wide, %w: !weights, %w0: tensor<40x40xbf16>,
             %bias: tensor<40xf32>) -> (!half, !wide) {
  %from = rgnn.gather %h, src : (!narrow) -> !edges
  %mean = rgnn.aggregate mean %from, dst_pair : (!edges) -> !pairs
  %message = rgnn.linear %mean, %w, rel : (!pairs, !weights) -> !pairs
  %sum = rgnn.aggregate sum %message, node : (!pairs) -> !narrow
  %wide_sum = arith.extf %sum : !narrow to !wide
  %g_narrow = arith.truncf %g : !wide to !narrow
  %self = rgnn.linear %g_narrow, %w0, none
    : (!narrow, tensor<40x40xbf16>) -> !narrow
  %wide_self = arith.extf %self : !narrow to !wide
  %b = rgnn.gather %bias, none : (tensor<40xf32>) -> !wide
  %0 = arith.addf %wide_sum, %wide_self : !wide
  %1 = arith.addf %0, %b : !wide
  %out = arith.truncf %1 : !wide to !half
  return %out, %1 : !half, !wide
}
)mlir",
             makeGraph(randomGraph(50, 3, 300, 16)));
}

/// An extended operand of a product in f32: no more error than f32 has.
TEST(MixedTypes, ExtendedOperandsAreExact) {
  checkModel(R"mlir(
!narrow = tensor<?x24xf16, #rgnn.on<kg.node>>
!wide = tensor<?x24xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !narrow, %w: tensor<24x24xf32>) -> !wide {
  %x = arith.extf %h : !narrow to !wide
  %y = rgnn.linear %x, %w, none : (!wide, tensor<24x24xf32>) -> !wide
  return %y : !wide
}
)mlir",
             makeGraph(randomGraph(50, 3, 300, 17)));
}

//===----------------------------------------------------------------------===//
// Rounding and overflow
//===----------------------------------------------------------------------===//

/// A sum of 301 ones is 301 in f32; in bf16, adding one by one would stop at
/// 256. It is rounded once, when it is stored: 301 lies between the bf16 300 =
/// 150 * 2 and 302 = 151 * 2, and ties go to the even one.
TEST(Storage, SumsAreF32) {
  runtime::GraphData data;
  data.numNodes = 2;
  data.numRelations = 1;
  for (int i = 0; i < 301; ++i) {
    data.src.push_back(0);
    data.dst.push_back(1);
    data.edgeType.push_back(0);
  }
  Model model(R"mlir(
!nodes = tensor<?x8xbf16, #rgnn.on<kg.node>>
!edges = tensor<?x8xbf16, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%h: !nodes) -> !nodes {
  %zero = arith.constant 0.0 : bf16
  %one = arith.constant 1.0 : bf16
  %x = rgnn.gather %h, src : (!nodes) -> !edges
  %zeros = rgnn.fill %zero : (bf16) -> !edges
  %ones = rgnn.fill %one : (bf16) -> !edges
  %0 = arith.mulf %x, %zeros : !edges
  %1 = arith.addf %0, %ones : !edges
  %y = rgnn.aggregate sum %1, dst : (!edges) -> !nodes
  return %y : !nodes
}
)mlir");
  ASSERT_TRUE(model.isCompiled());
  Result<Results> results = model.emulate(makeGraph(data));
  ASSERT_TRUE(results) << results.error().message();
  EXPECT_EQ(results->front().type, ElementType::BF16);
  EXPECT_EQ(results->front().at(0), 0);
  EXPECT_EQ(results->front().at(8), 300);
}

/// 2^15 times a normal number is beyond f16 for about a third of them.
TEST(Storage, OverflowIsInfinite) {
  Model model(R"mlir(
!nodes = tensor<?x64xf16, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !nodes) -> !nodes {
  %c = arith.constant 32768.0 : f16
  %large = rgnn.fill %c : (f16) -> !nodes
  %0 = arith.addf %large, %large : !nodes
  %y = arith.mulf %h, %0 : !nodes
  return %y : !nodes
}
)mlir");
  ASSERT_TRUE(model.isCompiled());
  GraphPtr graph = makeGraph(randomGraph(10, 1, 10, 18));
  Result<Results> results = model.emulate(graph);
  ASSERT_TRUE(results) << results.error().message();
  int infinite = 0;
  for (double value : results->front().toDoubles())
    infinite += std::isinf(value);
  EXPECT_GT(infinite, 100);
  EXPECT_LT(infinite, 400);
  EXPECT_TRUE(model.matchesReference({{"kg", graph}}, *results))
      << "2^16 overflows f16 only where it is stored";
}

/// Numbers below the least normal one keep the bits that they have.
TEST(Storage, SubnormalsAreKept) {
  const std::string text = R"mlir(
!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%h: !nodes) -> !nodes {
  %c = arith.constant SMALL : f32
  %small = rgnn.fill %c : (f32) -> !nodes
  %y = arith.mulf %h, %small : !nodes
  return %y : !nodes
}
)mlir";
  GraphPtr graph = makeGraph(randomGraph(10, 1, 10, 19));
  for (auto [type, small] : {std::pair("f16", "9.5367431640625e-7"),
                             std::pair("bf16", "7.34683969e-40")}) {
    Model model(withType(replaced(text, "SMALL", small), type));
    ASSERT_TRUE(model.isCompiled());
    Result<Results> results = model.emulate(graph);
    ASSERT_TRUE(results) << results.error().message();
    EXPECT_TRUE(model.matchesReference({{"kg", graph}}, *results)) << type;
    int zeros = 0;
    for (double value : results->front().toDoubles())
      zeros += value == 0;
    EXPECT_LT(zeros, 100) << type;
  }
}
