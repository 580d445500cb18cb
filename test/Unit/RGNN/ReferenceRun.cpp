//===- ReferenceRun.cpp - Functions run by the interpreter ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReferenceRun.h"

#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace pigeon;

std::shared_ptr<runtime::Graph> test::makeGraph(int nodes, int edges,
                                                int relations, unsigned seed) {
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

std::vector<reference::Data>
test::runOnReference(func::FuncOp function, const reference::GraphMap &graphs) {
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
  return succeeded(results) ? std::move(*results)
                            : std::vector<reference::Data>();
}
