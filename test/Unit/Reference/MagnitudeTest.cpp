//===- MagnitudeTest.cpp - Magnitudes bound the errors of f32 -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small cases by hand, and whole layers computed in f32 by plain loops: their
// errors must lie within the tolerance, and a planted error must not.
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

#include "pigeon/Support/Tolerance.h"

#include <cmath>
#include <limits>

using namespace pigeon;
using namespace pigeon::reference;
using namespace pigeon::reference::test;

namespace {

class MagnitudeTest : public ReferenceTest {
protected:
  MagnitudeTest() { setGraph("kg", randomGraph(11, 30, 400)); }

  static Tolerance toleranceOf(const Data &data) {
    Tolerance tolerance;
    tolerance.stages = data.stages;
    return tolerance;
  }
};

TEST_F(MagnitudeTest, CancellationKeepsItsMagnitude) {
  auto results = run(
      R"(func.func @f(%x: tensor<2xf32>, %w: tensor<2x1xf32>) -> tensor<1xf32> {
    %y = rgnn.linear %x, %w, none : (tensor<2xf32>, tensor<2x1xf32>) -> tensor<1xf32>
    return %y : tensor<1xf32> })",
      {{3, -2}, {1, 1.5}});
  EXPECT_EQ(results[0].value[0], 0);
  EXPECT_EQ(results[0].magnitude[0], 6);
  EXPECT_EQ(results[0].stages, 1);
  EXPECT_FALSE(results[0].perRow);
}

TEST_F(MagnitudeTest, MaximaTakeTheLargest) {
  auto results = run(R"(func.func @f(%x: tensor<3xf32>) -> tensor<f32> {
    %y = rgnn.reduce max %x {dims = 1} : (tensor<3xf32>) -> tensor<f32>
    return %y : tensor<f32> })",
                     {{1, -7, 2}});
  EXPECT_EQ(results[0].value[0], 2);
  EXPECT_EQ(results[0].magnitude[0], 7);
}

TEST_F(MagnitudeTest, MeanDividesTheSum) {
  auto results = run(R"(func.func @f(%x: tensor<4xf32>) -> tensor<f32> {
    %y = rgnn.reduce mean %x {dims = 1} : (tensor<4xf32>) -> tensor<f32>
    return %y : tensor<f32> })",
                     {{1, -7, 2, 2}});
  EXPECT_EQ(results[0].value[0], -0.5);
  EXPECT_EQ(results[0].magnitude[0], 3);
}

TEST_F(MagnitudeTest, StagesAreCountedAlongTheLongestPath) {
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%h: NODE(2), %w: tensor<2x2xf32>) -> (NODE(2), NODE(2)) {
    %x = rgnn.gather %h, src : (NODE(2)) -> EDGE(2)
    %m = rgnn.linear %x, %w, none : (EDGE(2), tensor<2x2xf32>) -> EDGE(2)
    %y = rgnn.aggregate sum %m, dst : (EDGE(2)) -> NODE(2)
    %z = arith.addf %y, %h : NODE(2)
    return %y, %z : NODE(2), NODE(2) })",
                     {randomValues(60), randomValues(4)});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].stages, 2);
  EXPECT_EQ(results[1].stages, 3);
}

TEST_F(MagnitudeTest, StagesOfFactorsAddUp) {
  auto results = run(R"(func.func @f(%x: tensor<2xf32>) -> tensor<f32> {
    %s = rgnn.reduce sum %x {dims = 1} : (tensor<2xf32>) -> tensor<f32>
    %m = rgnn.reduce max %x {dims = 1} : (tensor<2xf32>) -> tensor<f32>
    %y = arith.mulf %s, %m : tensor<f32>
    return %y : tensor<f32> })",
                     {{1, 2}});
  EXPECT_EQ(results[0].stages, 3); // 1 + 1 + 1/4, rounded up
}

/// A bf16 argument is exact, and so is what moves or extends it; a sum is not.
TEST_F(MagnitudeTest, TheCoarsestRoundingOnTheWayCounts) {
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%h: tensor<?x2xbf16, #rgnn.on<kg.node>>, %w: tensor<2x2xf32>)
      -> (NODE(2), NODE(2), NODE(2), tensor<?x2xf16, #rgnn.on<kg.node>>) {
    %wide = arith.extf %h : tensor<?x2xbf16, #rgnn.on<kg.node>> to NODE(2)
    %y = rgnn.linear %wide, %w, none : (NODE(2), tensor<2x2xf32>) -> NODE(2)
    %s = arith.addf %h, %h : tensor<?x2xbf16, #rgnn.on<kg.node>>
    %t = arith.extf %s : tensor<?x2xbf16, #rgnn.on<kg.node>> to NODE(2)
    %z = arith.addf %t, %y : NODE(2)
    %n = arith.truncf %y : NODE(2) to tensor<?x2xf16, #rgnn.on<kg.node>>
    return %wide, %y, %z, %n
      : NODE(2), NODE(2), NODE(2), tensor<?x2xf16, #rgnn.on<kg.node>> })",
                     {randomValues(60), randomValues(4)});
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].arithmetic, Arithmetic::F64);
  EXPECT_EQ(results[1].arithmetic, Arithmetic::IEEE32);
  EXPECT_EQ(results[2].arithmetic, Arithmetic::BF16);
  EXPECT_EQ(results[3].arithmetic, Arithmetic::F16);
}

TEST_F(MagnitudeTest, SoftmaxByHand) {
  // Scores 0 and log 3 over one destination: 1/4 and 3/4. With m(s) = |s| the
  // weighted mean of magnitudes is 3/4 log 3, and log 3 in f32 is not exact.
  runtime::GraphData two;
  two.numNodes = 1;
  two.numRelations = 1;
  two.src = two.dst = two.edgeType = {0, 0};
  setGraph("kg", two);
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%s: tensor<?xf64, #rgnn.on<kg.edge>>) -> tensor<?xf64, #rgnn.on<kg.edge>> {
    %a = rgnn.softmax %s, dst : (tensor<?xf64, #rgnn.on<kg.edge>>) -> tensor<?xf64, #rgnn.on<kg.edge>>
    return %a : tensor<?xf64, #rgnn.on<kg.edge>> })",
                     {{0, std::log(3.0)}});
  double l = std::log(3.0);
  expectNear(results[0].value, {0.25, 0.75});
  expectNear(results[0].magnitude,
             {0.25 * (1 + 0.75 * l), 0.75 * (1 + l + 0.75 * l)});
}

TEST_F(MagnitudeTest, AttentionIsComparedPerRow) {
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%s: EDGE(2), %x: EDGE(2)) -> (EDGE(2), EDGE(2)) {
    %a = rgnn.softmax %s, dst : (EDGE(2)) -> EDGE(2)
    %y = arith.addf %x, %x : EDGE(2)
    return %a, %y : EDGE(2), EDGE(2) })",
                     {randomValues(800), randomValues(800)});
  EXPECT_TRUE(results[0].perRow);
  EXPECT_FALSE(results[1].perRow);
  bool differ = false;
  for (int e = 0; e < 400; ++e) {
    EXPECT_EQ(results[0].magnitude[2 * e], results[0].magnitude[2 * e + 1]);
    differ |= results[1].magnitude[2 * e] != results[1].magnitude[2 * e + 1];
  }
  EXPECT_TRUE(differ);
}

/// An RGCN layer in f32, in the order of the user's edges, with products summed
/// from the last to the first.
Values layerInFloat(const runtime::GraphData &g, const Values &h,
                    const Values &w, int width) {
  std::map<std::pair<int, int>, std::vector<float>> sums;
  std::map<std::pair<int, int>, int> counts;
  for (std::size_t e = 0; e < g.src.size(); ++e) {
    auto key = std::make_pair(g.dst[e], g.edgeType[e]);
    auto &sum = sums[key];
    sum.resize(width);
    ++counts[key];
    for (int i = 0; i < width; ++i)
      sum[i] += static_cast<float>(at(h, width, g.src[e], i));
  }
  std::vector<float> out(g.numNodes * width);
  for (auto &[key, sum] : sums)
    for (int o = 0; o < width; ++o) {
      float y = 0;
      for (int i = width; i-- > 0;)
        y += sum[i] / counts[key] *
             static_cast<float>(w[(key.second * width + i) * width + o]);
      out[key.first * width + o] += y;
    }
  return Values(out.begin(), out.end());
}

TEST_F(MagnitudeTest, FloatLayerLiesWithinTheTolerance) {
  const int width = 24;
  std::normal_distribution<double> normal;
  Values h(30 * width), w(5 * width * width);
  for (double &value : h)
    value = static_cast<float>(normal(random));
  for (double &value : w)
    value = static_cast<float>(normal(random) / 5);
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%h: NODE(24), %w: REL(24x24)) -> NODE(24) {
    %x = rgnn.gather %h, src : (NODE(24)) -> EDGE(24)
    %m = rgnn.aggregate mean %x, dst_pair : (EDGE(24)) -> DPAIR(24)
    %y = rgnn.linear %m, %w, rel : (DPAIR(24), REL(24x24)) -> DPAIR(24)
    %z = rgnn.aggregate sum %y, node : (DPAIR(24)) -> NODE(24)
    return %z : NODE(24) })",
                     {h, w});
  ASSERT_EQ(results.size(), 1u);
  const Data &exact = results[0];
  Values actual = layerInFloat(kg(), h, w, width);
  auto compared =
      compare(actual, exact.value, exact.magnitude, toleranceOf(exact));
  ASSERT_TRUE(bool(compared));
  EXPECT_TRUE(compared->passed()) << compared->ratio;
  // Not for want of an error.
  EXPECT_GT(compared->ratio, 0.001);

  // One edge's message in a wrong place, scaled down a thousand times.
  actual[5] += 1e-3 * w[0];
  compared = compare(actual, exact.value, exact.magnitude, toleranceOf(exact));
  ASSERT_TRUE(bool(compared));
  EXPECT_EQ(compared->numWrong, 1);
  EXPECT_EQ(compared->index, 5);
}

/// Additive attention with one head in f32, with online maxima and the edges of
/// a destination from the last to the first.
Values attentionInFloat(const runtime::GraphData &g, const Values &h,
                        const Values &w, const Values &a, int width) {
  std::size_t edges = g.src.size();
  std::vector<std::vector<float>> message(edges, std::vector<float>(width));
  std::vector<float> score(edges);
  for (std::size_t e = 0; e < edges; ++e) {
    int r = g.edgeType[e];
    for (int o = 0; o < width; ++o)
      for (int i = 0; i < width; ++i)
        message[e][o] += static_cast<float>(at(h, width, g.src[e], i)) *
                         static_cast<float>(w[(r * width + i) * width + o]);
    for (int o = 0; o < width; ++o)
      score[e] += message[e][o] * static_cast<float>(at(a, width, r, o));
    score[e] = std::max(score[e], 0.2f * score[e]);
  }
  Values out;
  for (int v = 0; v < g.numNodes; ++v) {
    float largest = -std::numeric_limits<float>::infinity(), sum = 0;
    std::vector<float> total(width);
    for (std::size_t e = edges; e-- > 0;) {
      if (g.dst[e] != v)
        continue;
      float next = std::max(largest, score[e]);
      float shrink = std::exp(largest - next), part = std::exp(score[e] - next);
      sum = sum * shrink + part;
      for (int o = 0; o < width; ++o)
        total[o] = total[o] * shrink + part * message[e][o];
      largest = next;
    }
    for (int o = 0; o < width; ++o)
      out.push_back(sum == 0 ? 0 : total[o] / sum);
  }
  return out;
}

TEST_F(MagnitudeTest, FloatAttentionLiesWithinTheTolerance) {
  // 2000 edges into 29 nodes: some sums are long.
  setGraph("kg", randomGraph(12, 30, 2000));
  const int width = 16;
  std::normal_distribution<double> normal;
  for (double scale : {1.0, 30.0}) {
    Values h(30 * width), w(5 * width * width), a(5 * width);
    for (double &value : h)
      value = static_cast<float>(normal(random));
    for (double &value : w)
      value = static_cast<float>(normal(random) / 4);
    for (double &value : a)
      value = static_cast<float>(scale * normal(random));
    auto results = run(R"(rgnn.graph @kg
    func.func @f(%h: NODE(16), %w: REL(16x16), %a: REL(16)) -> NODE(16) {
      %x = rgnn.gather %h, src : (NODE(16)) -> EDGE(16)
      %m = rgnn.linear %x, %w, rel : (EDGE(16), REL(16x16)) -> EDGE(16)
      %ae = rgnn.gather %a, rel : (REL(16)) -> EDGE(16)
      %s = rgnn.dot %m, %ae : (EDGE(16), EDGE(16)) -> EDGE()
      %slope = arith.constant 0.2 : f32
      %slopes = rgnn.fill %slope : (f32) -> EDGE()
      %low = arith.mulf %s, %slopes : EDGE()
      %e = arith.maximumf %s, %low : EDGE()
      %alpha = rgnn.softmax %e, dst : (EDGE()) -> EDGE()
      %y = rgnn.scale %m, %alpha : (EDGE(16), EDGE()) -> EDGE(16)
      %z = rgnn.aggregate sum %y, dst : (EDGE(16)) -> NODE(16)
      return %z : NODE(16) })",
                       {h, w, a});
    ASSERT_EQ(results.size(), 1u);
    const Data &exact = results[0];
    EXPECT_TRUE(exact.perRow);
    Values actual = attentionInFloat(kg(), h, w, a, width);
    auto compared =
        compare(actual, exact.value, exact.magnitude, toleranceOf(exact));
    ASSERT_TRUE(bool(compared));
    EXPECT_TRUE(compared->passed()) << compared->ratio;
    RecordProperty("ratio", std::to_string(compared->ratio));

    // A softmax that skips the last edge of a node.
    runtime::GraphData shorter = kg();
    shorter.src.pop_back();
    shorter.dst.pop_back();
    shorter.edgeType.pop_back();
    actual = attentionInFloat(shorter, h, w, a, width);
    compared =
        compare(actual, exact.value, exact.magnitude, toleranceOf(exact));
    ASSERT_TRUE(bool(compared));
    if (scale == 1) {
      EXPECT_FALSE(compared->passed());
    }
  }
}

} // namespace
