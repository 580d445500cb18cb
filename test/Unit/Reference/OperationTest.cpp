//===- OperationTest.cpp - Each rgnn operation against plain loops --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops below run over the user's edges in the user's order; they know of
// no sorting, no views and no rows but those of the files.
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

#include <cmath>
#include <set>

using namespace pigeon::reference::test;

namespace {

class OperationTest : public ReferenceTest {
protected:
  OperationTest() { setGraph("kg", randomGraph(7)); }

  int nodes() { return raw["kg"].numNodes; }
  int edges() { return raw["kg"].src.size(); }
  int relations() { return raw["kg"].numRelations; }
};

TEST_F(OperationTest, GatherAlongEveryRoleOfAnEdge) {
  struct Case {
    std::string domain, role;
    int rows;
    std::function<int(int)> image;
  };
  const auto &g = kg();
  std::vector<Case> cases = {
      {"NODE", "src", nodes(), [&](int e) { return g.src[e]; }},
      {"NODE", "dst", nodes(), [&](int e) { return g.dst[e]; }},
      {"REL", "rel", relations(), [&](int e) { return g.edgeType[e]; }},
      {"TYPE", "src_type", 3, [&](int e) { return g.nodeType[g.src[e]]; }},
      {"TYPE", "dst_type", 3, [&](int e) { return g.nodeType[g.dst[e]]; }},
      {"DIR", "direction", 2, [&](int e) { return g.edgeType[e] % 2; }},
      {"EDGE", "self", edges(), [&](int e) { return e; }},
  };
  for (const Case &c : cases) {
    Values x = randomValues(c.rows * 2), expected;
    for (int e = 0; e < edges(); ++e)
      for (int d = 0; d < 2; ++d)
        expected.push_back(at(x, 2, c.image(e), d));
    Values actual = runOne("func.func @f(%x: " + c.domain +
                               "(2)) -> EDGE(2) {\n %y = rgnn.gather %x, " +
                               c.role + " : (" + c.domain +
                               "(2)) -> EDGE(2)\n return %y : EDGE(2) }",
                           {x});
    EXPECT_EQ(actual, expected) << c.role;
  }
}

TEST_F(OperationTest, GatherOfOneRow) {
  Values x = {1, 2, 3};
  Values actual = runOne(R"(func.func @f(%x: tensor<3xf32>) -> NODE(3) {
    %y = rgnn.gather %x, none : (tensor<3xf32>) -> NODE(3)
    return %y : NODE(3) })",
                         {x});
  Values expected;
  for (int v = 0; v < nodes(); ++v)
    expected.insert(expected.end(), x.begin(), x.end());
  EXPECT_EQ(actual, expected);
}

/// One reduction by its definition; nothing gives 0.
double combine(const std::string &kind, const Values &values) {
  if (values.empty())
    return 0;
  double sum = 0, largest = values[0], least = values[0];
  for (double value : values) {
    sum += value;
    largest = std::max(largest, value);
    least = std::min(least, value);
  }
  if (kind == "sum")
    return sum;
  if (kind == "mean")
    return sum / values.size();
  return kind == "max" ? largest : least;
}

TEST_F(OperationTest, AggregateToNodes) {
  Values x = randomValues(edges() * 3);
  for (std::string kind : {"sum", "mean", "max", "min"}) {
    Values expected;
    for (int v = 0; v < nodes(); ++v) {
      for (int d = 0; d < 3; ++d) {
        Values entries;
        for (int e = 0; e < edges(); ++e)
          if (kg().dst[e] == v)
            entries.push_back(at(x, 3, e, d));
        expected.push_back(combine(kind, entries));
      }
    }
    expectNear(runOne("func.func @f(%x: EDGE(3)) -> NODE(3) {\n"
                      " %y = rgnn.aggregate " +
                          kind +
                          " %x, dst : (EDGE(3)) -> NODE(3)\n"
                          " return %y : NODE(3) }",
                      {x}),
               expected);
    // The last node has no incoming edge.
    EXPECT_EQ(expected[(nodes() - 1) * 3], 0);
  }
}

TEST_F(OperationTest, AggregateToPairsAndOn) {
  Values x = randomValues(edges() * 2);
  auto rows = pairRows(kg().dst);
  std::vector<Values> entries(rows.size() * 2);
  for (int e = 0; e < edges(); ++e)
    for (int d = 0; d < 2; ++d)
      entries[rows[{kg().edgeType[e], kg().dst[e]}] * 2 + d].push_back(
          at(x, 2, e, d));
  Values expectedPairs;
  for (const Values &values : entries)
    expectedPairs.push_back(combine("mean", values));
  expectNear(runOne(R"(func.func @f(%x: EDGE(2)) -> DPAIR(2) {
    %y = rgnn.aggregate mean %x, dst_pair : (EDGE(2)) -> DPAIR(2)
    return %y : DPAIR(2) })",
                    {x}),
             expectedPairs);

  Values expectedNodes(nodes() * 2);
  for (auto &[pair, row] : rows)
    for (int d = 0; d < 2; ++d)
      at(expectedNodes, 2, pair.second, d) += at(expectedPairs, 2, row, d);
  expectNear(runOne(R"(func.func @f(%x: EDGE(2)) -> NODE(2) {
    %y = rgnn.aggregate mean %x, dst_pair : (EDGE(2)) -> DPAIR(2)
    %z = rgnn.aggregate sum %y, node : (DPAIR(2)) -> NODE(2)
    return %z : NODE(2) })",
                    {x}),
             expectedNodes);
}

TEST_F(OperationTest, AggregateToOneRowAndToClasses) {
  Values x = randomValues(edges());
  double all = 0;
  Values perClass(2);
  for (int e = 0; e < edges(); ++e) {
    all += x[e];
    perClass[kg().edgeType[e] % 2] += x[e];
  }
  expectNear(runOne(R"(func.func @f(%x: EDGE()) -> tensor<f32> {
    %y = rgnn.aggregate sum %x, none : (EDGE()) -> tensor<f32>
    return %y : tensor<f32> })",
                    {x}),
             {all});
  expectNear(runOne(R"(func.func @f(%x: EDGE()) -> DIR() {
    %y = rgnn.aggregate sum %x, direction : (EDGE()) -> DIR()
    return %y : DIR() })",
                    {x}),
             perClass);
}

TEST_F(OperationTest, LinearByRelation) {
  Values x = randomValues(edges() * 3), w = randomValues(relations() * 3 * 2);
  Values expected(edges() * 2);
  for (int e = 0; e < edges(); ++e)
    for (int i = 0; i < 3; ++i)
      for (int o = 0; o < 2; ++o)
        at(expected, 2, e, o) +=
            at(x, 3, e, i) * at(w, 2, kg().edgeType[e] * 3 + i, o);
  expectNear(runOne(R"(func.func @f(%x: EDGE(3), %w: REL(3x2)) -> EDGE(2) {
    %y = rgnn.linear %x, %w, rel : (EDGE(3), REL(3x2)) -> EDGE(2)
    return %y : EDGE(2) })",
                    {x, w}),
             expected);
}

TEST_F(OperationTest, LinearOfEveryShape) {
  const int H = 2, B = 4, I = 3, O = 5;
  Values w = randomValues(3 * H * I * O), flat = randomValues(nodes() * I),
         heads = randomValues(nodes() * H * I),
         both = randomValues(nodes() * B * H * I);
  auto weight = [&](int v, int h, int i, int o) {
    return w[((kg().nodeType[v] * H + h) * I + i) * O + o];
  };
  Values fromFlat, fromHeads, fromBoth;
  for (int v = 0; v < nodes(); ++v)
    for (int h = 0; h < H; ++h)
      for (int o = 0; o < O; ++o) {
        double f = 0, k = 0;
        for (int i = 0; i < I; ++i) {
          f += flat[v * I + i] * weight(v, h, i, o);
          k += heads[(v * H + h) * I + i] * weight(v, h, i, o);
        }
        fromFlat.push_back(f);
        fromHeads.push_back(k);
      }
  for (int v = 0; v < nodes(); ++v)
    for (int b = 0; b < B; ++b)
      for (int h = 0; h < H; ++h)
        for (int o = 0; o < O; ++o) {
          double y = 0;
          for (int i = 0; i < I; ++i)
            y += both[((v * B + b) * H + h) * I + i] * weight(v, h, i, o);
          fromBoth.push_back(y);
        }
  auto model = [](const std::string &in, const std::string &out) {
    return "func.func @f(%x: NODE(" + in + "), %w: TYPE(2x3x5)) -> NODE(" +
           out + ") {\n %y = rgnn.linear %x, %w, type : (NODE(" + in +
           "), TYPE(2x3x5)) -> NODE(" + out + ")\n return %y : NODE(" + out +
           ") }";
  };
  expectNear(runOne(model("3", "2x5"), {flat, w}), fromFlat);
  expectNear(runOne(model("2x3", "2x5"), {heads, w}), fromHeads);
  expectNear(runOne(model("4x2x3", "4x2x5"), {both, w}), fromBoth);
}

TEST_F(OperationTest, LinearWithBatchWithoutHeads) {
  const int B = 2, I = 3, O = 2;
  Values x = randomValues(nodes() * B * I), w = randomValues(I * O), expected;
  for (int vb = 0; vb < nodes() * B; ++vb)
    for (int o = 0; o < O; ++o) {
      double y = 0;
      for (int i = 0; i < I; ++i)
        y += x[vb * I + i] * w[i * O + o];
      expected.push_back(y);
    }
  expectNear(
      runOne(R"(func.func @f(%x: NODE(2x3), %w: tensor<3x2xf32>) -> NODE(2x2) {
    %y = rgnn.linear %x, %w, none : (NODE(2x3), tensor<3x2xf32>) -> NODE(2x2)
    return %y : NODE(2x2) })",
             {x, w}),
      expected);
}

TEST_F(OperationTest, LinearOfOneRow) {
  // [1 2] . [[1 2 3], [4 5 6]]
  EXPECT_EQ(
      runOne(
          R"(func.func @f(%x: tensor<2xf32>, %w: tensor<2x3xf32>) -> tensor<3xf32> {
    %y = rgnn.linear %x, %w, none : (tensor<2xf32>, tensor<2x3xf32>) -> tensor<3xf32>
    return %y : tensor<3xf32> })",
          {{1, 2}, {1, 2, 3, 4, 5, 6}}),
      (Values{9, 12, 15}));
}

TEST_F(OperationTest, ProductOfWeightsOnRelations) {
  Values v = randomValues(relations() * 2 * 3),
         w = randomValues(relations() * 3 * 2), expected;
  for (int r = 0; r < relations(); ++r)
    for (int i = 0; i < 2; ++i)
      for (int o = 0; o < 2; ++o) {
        double y = 0;
        for (int k = 0; k < 3; ++k)
          y += v[(r * 2 + i) * 3 + k] * w[(r * 3 + k) * 2 + o];
        expected.push_back(y);
      }
  expectNear(runOne(R"(func.func @f(%v: REL(2x3), %w: REL(3x2)) -> REL(2x2) {
    %y = rgnn.linear %v, %w, self : (REL(2x3), REL(3x2)) -> REL(2x2)
    return %y : REL(2x2) })",
                    {v, w}),
             expected);
}

TEST_F(OperationTest, Outer) {
  Values x = randomValues(edges() * 2), y = randomValues(edges() * 3);
  Values byRelation(relations() * 6), all(6);
  for (int e = 0; e < edges(); ++e)
    for (int i = 0; i < 2; ++i)
      for (int o = 0; o < 3; ++o) {
        double product = at(x, 2, e, i) * at(y, 3, e, o);
        byRelation[(kg().edgeType[e] * 2 + i) * 3 + o] += product;
        all[i * 3 + o] += product;
      }
  expectNear(runOne(R"(func.func @f(%x: EDGE(2), %y: EDGE(3)) -> REL(2x3) {
    %w = rgnn.outer %x, %y, rel : (EDGE(2), EDGE(3)) -> REL(2x3)
    return %w : REL(2x3) })",
                    {x, y}),
             byRelation);
  expectNear(
      runOne(R"(func.func @f(%x: EDGE(2), %y: EDGE(3)) -> tensor<2x3xf32> {
    %w = rgnn.outer %x, %y, none : (EDGE(2), EDGE(3)) -> tensor<2x3xf32>
    return %w : tensor<2x3xf32> })",
             {x, y}),
      all);
}

TEST_F(OperationTest, OuterWithHeads) {
  const int H = 2, I = 2, O = 3;
  Values x = randomValues(edges() * H * I), y = randomValues(edges() * H * O);
  Values expected(relations() * H * I * O);
  for (int e = 0; e < edges(); ++e)
    for (int h = 0; h < H; ++h)
      for (int i = 0; i < I; ++i)
        for (int o = 0; o < O; ++o)
          expected[((kg().edgeType[e] * H + h) * I + i) * O + o] +=
              x[(e * H + h) * I + i] * y[(e * H + h) * O + o];
  expectNear(
      runOne(R"(func.func @f(%x: EDGE(2x2), %y: EDGE(2x3)) -> REL(2x2x3) {
    %w = rgnn.outer %x, %y, rel : (EDGE(2x2), EDGE(2x3)) -> REL(2x2x3)
    return %w : REL(2x2x3) })",
             {x, y}),
      expected);
}

TEST_F(OperationTest, Softmax) {
  Values s = randomValues(edges() * 2), expected(edges() * 2);
  for (int e = 0; e < edges(); ++e)
    for (int h = 0; h < 2; ++h) {
      double sum = 0;
      for (int f = 0; f < edges(); ++f)
        if (kg().dst[f] == kg().dst[e])
          sum += std::exp(at(s, 2, f, h));
      at(expected, 2, e, h) = std::exp(at(s, 2, e, h)) / sum;
    }
  const char *model = R"(func.func @f(%s: EDGE(2)) -> EDGE(2) {
    %a = rgnn.softmax %s, dst : (EDGE(2)) -> EDGE(2)
    return %a : EDGE(2) })";
  expectNear(runOne(model, {s}), expected);
  // Scores that overflow without their maximum; integers, so that the shift
  // is exact.
  Values huge = s;
  for (double &score : huge)
    score = std::round(score * 8) + 4096 * 1024;
  Values small = huge;
  for (double &score : small)
    score -= 4096 * 1024;
  Values fromHuge = runOne(model, {huge});
  EXPECT_EQ(fromHuge, runOne(model, {small}));
}

TEST_F(OperationTest, SoftmaxOverAllRows) {
  Values s = randomValues(nodes()), expected(nodes());
  double sum = 0;
  for (double score : s)
    sum += std::exp(score);
  for (int v = 0; v < nodes(); ++v)
    expected[v] = std::exp(s[v]) / sum;
  expectNear(runOne(R"(func.func @f(%s: NODE()) -> NODE() {
    %a = rgnn.softmax %s, none : (NODE()) -> NODE()
    return %a : NODE() })",
                    {s}),
             expected);
}

TEST_F(OperationTest, ReductionsOfTrailingDimensions) {
  Values x = randomValues(nodes() * 2 * 3);
  for (std::string kind : {"sum", "mean", "max"}) {
    Values one, two;
    for (int v = 0; v < nodes(); ++v) {
      two.push_back(
          combine(kind, Values(x.begin() + v * 6, x.begin() + (v + 1) * 6)));
      for (int h = 0; h < 2; ++h)
        one.push_back(combine(kind, Values(x.begin() + v * 6 + h * 3,
                                           x.begin() + v * 6 + h * 3 + 3)));
    }
    expectNear(runOne("func.func @f(%x: NODE(2x3)) -> NODE(2) {\n"
                      " %y = rgnn.reduce " +
                          kind +
                          " %x {dims = 1} : (NODE(2x3)) -> NODE(2)\n"
                          " return %y : NODE(2) }",
                      {x}),
               one);
    expectNear(runOne("func.func @f(%x: NODE(2x3)) -> NODE() {\n"
                      " %y = rgnn.reduce " +
                          kind +
                          " %x {dims = 2} : (NODE(2x3)) -> NODE()\n"
                          " return %y : NODE() }",
                      {x}),
               two);
  }
}

TEST_F(OperationTest, DotScaleAndBroadcast) {
  Values x = randomValues(nodes() * 6), y = randomValues(nodes() * 6),
         s = randomValues(nodes() * 2);
  Values dots, scaled, repeated;
  for (int vh = 0; vh < nodes() * 2; ++vh) {
    double sum = 0;
    for (int d = 0; d < 3; ++d) {
      sum += x[vh * 3 + d] * y[vh * 3 + d];
      scaled.push_back(x[vh * 3 + d] * s[vh]);
      repeated.push_back(s[vh]);
    }
    dots.push_back(sum);
  }
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%x: NODE(2x3), %y: NODE(2x3), %s: NODE(2))
      -> (NODE(2), NODE(2x3), NODE(2x3)) {
    %d = rgnn.dot %x, %y : (NODE(2x3), NODE(2x3)) -> NODE(2)
    %m = rgnn.scale %x, %s : (NODE(2x3), NODE(2)) -> NODE(2x3)
    %b = rgnn.broadcast %s : (NODE(2)) -> NODE(2x3)
    return %d, %m, %b : NODE(2), NODE(2x3), NODE(2x3) })",
                     {x, y, s});
  ASSERT_EQ(results.size(), 3u);
  expectNear(results[0].value, dots);
  expectNear(results[1].value, scaled);
  EXPECT_EQ(results[2].value, repeated);
}

TEST_F(OperationTest, ShapesOfRows) {
  Values x = randomValues(nodes() * 2 * 3), y = randomValues(nodes() * 2 * 1);
  Values sliced, joined, stacked;
  for (int v = 0; v < nodes(); ++v) {
    for (int h = 0; h < 2; ++h) {
      sliced.push_back(x[(v * 2 + h) * 3 + 1]);
      sliced.push_back(x[(v * 2 + h) * 3 + 2]);
      for (int d = 0; d < 3; ++d)
        joined.push_back(x[(v * 2 + h) * 3 + d]);
      joined.push_back(y[v * 2 + h]);
    }
    for (int twice = 0; twice < 2; ++twice)
      stacked.insert(stacked.end(), x.begin() + v * 6, x.begin() + v * 6 + 6);
  }
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%x: NODE(2x3), %y: NODE(2x1))
      -> (NODE(2x2), NODE(2x4), NODE(4x3), NODE(6)) {
    %s = rgnn.slice %x [0, 1] [2, 2] : (NODE(2x3)) -> NODE(2x2)
    %c = rgnn.concat %x, %y {dim = 1} : (NODE(2x3), NODE(2x1)) -> NODE(2x4)
    %t = rgnn.concat %x, %x {dim = 0} : (NODE(2x3), NODE(2x3)) -> NODE(4x3)
    %r = rgnn.reshape %x : (NODE(2x3)) -> NODE(6)
    return %s, %c, %t, %r : NODE(2x2), NODE(2x4), NODE(4x3), NODE(6) })",
                     {x, y});
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].value, sliced);
  EXPECT_EQ(results[1].value, joined);
  EXPECT_EQ(results[2].value, stacked);
  EXPECT_EQ(results[3].value, x);
}

TEST_F(OperationTest, FillConstantsAndSelect) {
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%x: NODE(2), %s: f32) -> (NODE(2), NODE(2), tensor<2xf32>) {
    %f = rgnn.fill %s : (f32) -> NODE(2)
    %zero = arith.constant 0.0 : f32
    %zeros = rgnn.fill %zero : (f32) -> NODE(2)
    %p = arith.cmpf ogt, %x, %zeros : NODE(2)
    %0 = arith.mulf %x, %f : NODE(2)
    %y = "arith.select"(%p, %x, %0) : (tensor<?x2xi1, #rgnn.on<kg.node>>, NODE(2), NODE(2)) -> NODE(2)
    %c = arith.constant dense<[1.5, -2.0]> : tensor<2xf32>
    return %f, %y, %c : NODE(2), NODE(2), tensor<2xf32> })",
                     {randomValues(nodes() * 2), {0.25}});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].value, Values(nodes() * 2, 0.25));
  EXPECT_EQ(results[2].value, (Values{1.5, -2}));
}

} // namespace
