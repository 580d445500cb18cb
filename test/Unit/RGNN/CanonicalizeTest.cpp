//===- CanonicalizeTest.cpp - Canonical forms compute the same ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs every function of the canonicalization test and every model in float64,
// as written and canonicalized. The patterns move data and do no arithmetic, so
// the results must be equal to the bit.
//
//===----------------------------------------------------------------------===//

#include "ReferenceRun.h"

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pigeon;

namespace {

class CanonicalizeTest : public ::testing::TestWithParam<const char *> {
protected:
  CanonicalizeTest() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        math::MathDialect, rgnn::RGNNDialect>();
    graphs["kg"] = test::makeGraph(11, 30, 4, 7);
    graphs["test"] = test::makeGraph(11, 9, 4, 7);
  }

  std::map<std::string, std::vector<std::vector<double>>>
  runAll(ModuleOp module) {
    std::map<std::string, std::vector<std::vector<double>>> results;
    for (auto function : module.getOps<func::FuncOp>())
      if (function.getNumResults() != 0)
        for (const reference::Data &data :
             test::runOnReference(function, graphs))
          results[function.getSymName().str()].push_back(data.value);
    return results;
  }

  MLIRContext context;
  reference::GraphMap graphs;
};

TEST_P(CanonicalizeTest, ComputesTheSame) {
  std::string path = std::string(PIGEON_SOURCE_DIR) + "/" + GetParam();
  auto module = parseSourceFile<ModuleOp>(path, &context);
  ASSERT_TRUE(module);
  auto before = runAll(*module);
  EXPECT_FALSE(before.empty());

  PassManager passes(&context);
  passes.addPass(createCanonicalizerPass());
  ASSERT_TRUE(succeeded(passes.run(*module)));
  auto after = runAll(*module);
  for (auto &[name, results] : before)
    EXPECT_EQ(results, after[name]) << name;
}

INSTANTIATE_TEST_SUITE_P(
    Models, CanonicalizeTest,
    ::testing::Values("test/Dialect/RGNN/canonicalize.mlir",
                      "docs/examples/rgcn.mlir",
                      "docs/examples/rgcn_basis.mlir",
                      "docs/examples/rgat.mlir", "docs/examples/hgt.mlir",
                      "test/Integration/Inputs/compgcn.mlir",
                      "test/Integration/Inputs/gatv2.mlir",
                      "test/Integration/Inputs/transe.mlir"));

} // namespace
