//===- RandomModelTest.cpp - Models that no one thought of ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The results of random models under choices of rewrites and fusions are
// compared with the interpreter; so are they where the weight of one relation
// is no number.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"
#include "Pipeline.h"

#include <limits>

using namespace pigeon;
using namespace pigeon::test;

namespace {

class RandomModels : public testing::TestWithParam<int> {};

} // namespace

/// Each rewrite and fusion is on and off at least twice.
static const char *const lowerings[] = {
    "",
    "fuse-gather=false compact-materialization=on aggregate-first=off",
    "fuse-epilogue=false compact-materialization=off aggregate-first=on",
    "fuse-body=false fuse-traversals=false fuse-products=false "
    "compact-materialization=on "
    "aggregate-first=on destination-stationary=on",
    "destination-stationary=on aggregate-first=off",
    "fuse-gather=false fuse-epilogue=false fuse-body=false "
    "fuse-traversals=false fuse-products=false chunk=3 "
    "compact-materialization=off aggregate-first=off"};

TEST_P(RandomModels, MatchReference) {
  std::string text = RandomModel(GetParam()).text();
  GraphPtr graph =
      makeGraph(randomGraph(25, 4, 120, GetParam(), /*nodeTypes=*/3));
  for (const char *lowering : lowerings) {
    Model model(text, lowering);
    ASSERT_TRUE(model.isCompiled()) << lowering << "\n" << text;
    EXPECT_TRUE(model.check(graph)) << lowering << "\n" << text;
    model.spoil({10, 1, std::numeric_limits<double>::quiet_NaN()});
    EXPECT_TRUE(model.check(graph)) << "spoilt, " << lowering << "\n" << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomModels, testing::Range(0, 8));
