//===- ShippedGraphTest.cpp - RGCN on the graphs that ship ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

using namespace pigeon;
using namespace pigeon::test;

/// The README's model, 64 to 64, on every graph that is small enough for the
/// emulated device to run it within a test.
class ShippedGraph : public testing::TestWithParam<const char *> {};

TEST_P(ShippedGraph, MatchesReference) {
  Model model(readSource("docs/examples/rgcn.mlir"));
  ASSERT_TRUE(model.isCompiled());
  EXPECT_TRUE(model.check(shippedGraph(GetParam())));
}

TEST_P(ShippedGraph, IsBitIdenticalOverSeedsAndGrids) {
  Model model(rgcnText(16, 16));
  ASSERT_TRUE(model.isCompiled());
  GraphPtr graph = shippedGraph(GetParam());
  Result<Results> first = model.emulate(graph, {0, 1});
  Result<Results> second = model.emulate(graph, {12345, 2});
  ASSERT_TRUE(first) << first.error().message();
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_TRUE(sameBits(*first, *second));
}

INSTANTIATE_TEST_SUITE_P(Data, ShippedGraph,
                         testing::Values("nations", "umls", "kinship"),
                         [](const auto &info) { return info.param; });
