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

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"
#include "pigeon/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace pigeon;

namespace {

/// 11 nodes of 3 types and `numEdges` edges of 4 relations, one of them empty.
std::shared_ptr<runtime::Graph> makeGraph(int numEdges) {
  std::mt19937 random(7);
  auto below = [&](int bound) { return static_cast<int>(random() % bound); };
  runtime::GraphData data;
  data.numNodes = 11;
  data.numRelations = 4;
  data.numNodeTypes = 3;
  for (int node = 0; node != 11; ++node)
    data.nodeType.push_back(node % 3);
  for (int edge = 0; edge != numEdges; ++edge) {
    data.src.push_back(below(11));
    data.dst.push_back(below(11));
    data.edgeType.push_back(below(3));
  }
  data.classes["direction"] = {1, 0, 1, 0};
  auto graph = runtime::Graph::create(data, "random");
  return graph ? *graph : nullptr;
}

class CanonicalizeTest : public ::testing::TestWithParam<const char *> {
protected:
  CanonicalizeTest() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        math::MathDialect, rgnn::RGNNDialect>();
    graphs["kg"] = makeGraph(30);
    graphs["test"] = makeGraph(9);
  }

  /// All results of `function`, on arguments that depend on their number only.
  std::vector<std::vector<double>> run(func::FuncOp function) {
    auto interpreter = reference::Interpreter::create(function, graphs);
    EXPECT_TRUE(succeeded(interpreter)) << function.getSymName().str();
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
    EXPECT_TRUE(succeeded(results)) << function.getSymName().str();
    std::vector<std::vector<double>> values;
    if (succeeded(results))
      for (const reference::Data &data : *results)
        values.push_back(data.value);
    return values;
  }

  std::map<std::string, std::vector<std::vector<double>>>
  runAll(ModuleOp module) {
    std::map<std::string, std::vector<std::vector<double>>> results;
    for (auto function : module.getOps<func::FuncOp>())
      if (function.getNumResults() != 0)
        results[function.getSymName().str()] = run(function);
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
