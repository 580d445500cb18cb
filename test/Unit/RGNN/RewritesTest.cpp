//===- RewritesTest.cpp - Rewrites change costs, not results --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs models in the reference interpreter as written and as rewritten, and
// compares in float64. Compact materialization computes the same rows by the
// same steps, so it must give the same bits; sums in another order agree to
// some units of float64 times the magnitude of what was added up.
//
//===----------------------------------------------------------------------===//

#include "../EndToEnd/RandomModel.h"

#include "pigeon/Dialect/RGNN/Transforms/Passes.h"
#include "pigeon/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;
using rgnn::RewriteMode;

namespace {

std::shared_ptr<runtime::Graph> makeGraph(int nodes, int edges, int relations,
                                          unsigned seed) {
  std::mt19937 random(seed);
  auto below = [&](int bound) { return static_cast<int>(random() % bound); };
  runtime::GraphData data;
  data.numNodes = nodes;
  data.numRelations = relations;
  data.numNodeTypes = 3;
  for (int node = 0; node != nodes; ++node)
    data.nodeType.push_back(node % 3);
  for (int edge = 0; edge != edges; ++edge) {
    data.src.push_back(below(nodes));
    data.dst.push_back(below(nodes));
    // The last relation has no edges.
    data.edgeType.push_back(below(std::max(relations - 1, 1)));
  }
  for (int relation = 0; relation != relations; ++relation)
    data.classes["direction"].push_back(relation % 2);
  auto graph = runtime::Graph::create(data, "random");
  return graph ? *graph : nullptr;
}

using Results = std::vector<reference::Data>;

class RewritesTest : public ::testing::Test {
protected:
  RewritesTest() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        math::MathDialect, rgnn::RGNNDialect>();
  }

  /// The results of all functions, on arguments that depend on their number
  /// only.
  Results run(ModuleOp module, const reference::GraphMap &graphs) {
    Results results;
    for (auto function : module.getOps<func::FuncOp>())
      if (function.getNumResults() != 0)
        llvm::append_range(results, run(function, graphs));
    return results;
  }

  Results run(func::FuncOp function, const reference::GraphMap &graphs) {
    auto interpreter = reference::Interpreter::create(function, graphs);
    EXPECT_TRUE(succeeded(interpreter));
    if (failed(interpreter))
      return {};
    std::mt19937 random(3);
    unsigned index = 0;
    for (const reference::ValueInfo &info : (*interpreter)->arguments()) {
      int64_t count = 1;
      for (int64_t extent : info.shape)
        count *= extent;
      std::vector<double> values(count);
      for (double &value : values)
        value = (static_cast<int>(random() % 257) - 128) / 128.0;
      auto tensor = HostTensor::fromDoubles(info.type, info.shape, values);
      EXPECT_TRUE(tensor);
      EXPECT_TRUE(succeeded((*interpreter)->setArgument(index++, *tensor)));
    }
    auto results = (*interpreter)->run();
    EXPECT_TRUE(succeeded(results));
    return succeeded(results) ? std::move(*results) : Results();
  }

  static void expectClose(const Results &before, const Results &after,
                          double unit) {
    ASSERT_EQ(before.size(), after.size());
    for (size_t i = 0; i < before.size(); ++i) {
      ASSERT_EQ(before[i].value.size(), after[i].value.size());
      for (size_t j = 0; j < before[i].value.size(); ++j)
        ASSERT_LE(std::abs(before[i].value[j] - after[i].value[j]),
                  unit * (before[i].magnitude[j] + after[i].magnitude[j]))
            << "result " << i << ", element " << j;
    }
  }

  /// Runs `text` as written, and under every choice of modes. Returns how many
  /// of the choices changed the model.
  int check(const std::string &text, const reference::GraphMap &graphs) {
    const RewriteMode modes[] = {RewriteMode::Off, RewriteMode::Auto,
                                 RewriteMode::On};
    auto source = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(source);
    if (!source)
      return 0;
    Results expected = run(*source, graphs);
    int changed = 0;
    for (RewriteMode compact : modes)
      for (RewriteMode aggregateFirst : modes) {
        OwningOpRef<ModuleOp> module = source->clone();
        PassManager passes(&context);
        passes.addPass(rgnn::createRGNNCompactMaterializationPass({compact}));
        passes.addPass(rgnn::createRGNNAggregateFirstPass({aggregateFirst}));
        passes.addPass(rgnn::createRGNNVerifyDomainsPass());
        EXPECT_TRUE(succeeded(passes.run(*module))) << text;
        bool sameSums = aggregateFirst == RewriteMode::Off;
        changed += print(*module) != print(*source);
        EXPECT_NO_FATAL_FAILURE(
            expectClose(expected, run(*module, graphs), sameSums ? 0 : 1e-14))
            << static_cast<int>(compact) << " "
            << static_cast<int>(aggregateFirst) << "\n"
            << text << "\n"
            << print(*module);
      }
    return changed;
  }

  static std::string print(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream);
    return text;
  }

  MLIRContext context;
};

class RewrittenModels : public RewritesTest,
                        public testing::WithParamInterface<const char *> {};
class RewrittenRandomModels : public RewritesTest,
                              public testing::WithParamInterface<int> {};

} // namespace

TEST_P(RewrittenModels, ComputeTheSame) {
  std::string path = std::string(PIGEON_SOURCE_DIR) + "/" + GetParam();
  auto module = parseSourceFile<ModuleOp>(path, &context);
  ASSERT_TRUE(module);
  std::string text = print(*module);
  module = nullptr;
  for (auto [nodes, edges, relations] :
       {std::tuple(11, 40, 4), std::tuple(9, 0, 3), std::tuple(1, 1, 1),
        std::tuple(2, 50, 1), std::tuple(40, 60, 30)}) {
    reference::GraphMap graphs;
    graphs["kg"] = makeGraph(nodes, edges, relations, 7);
    graphs["test"] = makeGraph(nodes, edges / 2, relations, 8);
    check(text, graphs);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, RewrittenModels,
    testing::Values("test/Dialect/RGNN/compact-materialization.mlir",
                    "test/Dialect/RGNN/aggregate-first.mlir",
                    "docs/examples/rgcn.mlir", "docs/examples/rgcn_basis.mlir",
                    "docs/examples/rgat.mlir", "docs/examples/hgt.mlir",
                    "test/Integration/Inputs/compgcn.mlir",
                    "test/Integration/Inputs/gatv2.mlir",
                    "test/Integration/Inputs/transe.mlir"));

TEST_P(RewrittenRandomModels, ComputeTheSame) {
  std::string text = test::RandomModel(GetParam()).text();
  check(text, {{"kg", makeGraph(13, 70, 5, GetParam())}});
}

INSTANTIATE_TEST_SUITE_P(Seeds, RewrittenRandomModels, testing::Range(0, 40));

/// Most random models have something to rewrite; else they would test nothing.
TEST_F(RewritesTest, RandomModelsAreRewritten) {
  int changed = 0;
  for (int seed = 0; seed < 10; ++seed) {
    auto module =
        parseSourceString<ModuleOp>(test::RandomModel(seed).text(), &context);
    ASSERT_TRUE(module);
    std::string before = print(*module);
    PassManager passes(&context);
    passes.addPass(rgnn::createRGNNAggregateFirstPass({RewriteMode::On}));
    ASSERT_TRUE(succeeded(passes.run(*module)));
    changed += print(*module) != before;
  }
  EXPECT_GE(changed, 5);
}
