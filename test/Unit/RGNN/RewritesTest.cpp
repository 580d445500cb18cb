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
#include "ReferenceRun.h"

#include "pigeon/Dialect/RGNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;

namespace {

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
        llvm::append_range(results, test::runOnReference(function, graphs));
    return results;
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
    graphs["kg"] = test::makeGraph(nodes, edges, relations, 7);
    graphs["test"] = test::makeGraph(nodes, edges / 2, relations, 8);
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
  check(text, {{"kg", test::makeGraph(13, 70, 5, GetParam())}});
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
