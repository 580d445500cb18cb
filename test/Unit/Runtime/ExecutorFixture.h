//===- ExecutorFixture.h - A small program on the fake device ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The program computes, with two features per row,
//
//   msg[e]  = h[src(e)] * weight[rel(e)] + bias[e]        kernel "message"
//   out[v]  = sum of msg[e] over the edges e into v       kernel "sum"
//
// whose kernels are C++ lambdas on the views that a compiled kernel would read.
// `expected` computes the same from the user's arrays, without a view.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_EXECUTORFIXTURE_H
#define PIGEON_TEST_UNIT_RUNTIME_EXECUTORFIXTURE_H

#include "ExpectResult.h"
#include "FakeDevice.h"
#include "pigeon/Runtime/Executor.h"

#include <gmock/gmock.h>

namespace pigeon::runtime::test {

using Expression = SizeExpression;

inline Expression combine(Expression a, const Expression &b,
                          Expression::Op op) {
  a.terms.insert(a.terms.end(), b.terms.begin(), b.terms.end());
  a.terms.push_back({op});
  return a;
}
inline Expression constant(std::int64_t value) {
  return Expression::constant(value);
}

inline LaunchArgument bufferArgument(std::int64_t index) {
  LaunchArgument argument;
  argument.index = index;
  return argument;
}
inline LaunchArgument viewArgument(std::int64_t view, std::string array) {
  LaunchArgument argument;
  argument.kind = LaunchArgument::Kind::ViewArray;
  argument.index = view;
  argument.array = std::move(array);
  return argument;
}
inline LaunchArgument sizeArgument(LaunchArgument::Kind kind, Expression size) {
  LaunchArgument argument;
  argument.kind = kind;
  argument.size = std::move(size);
  return argument;
}

class ExecutorTest : public testing::Test {
protected:
  static constexpr std::int64_t width = 2;

  FakeDevice device;
  Program program = makeProgram();
  GraphData data = makeData();

  ExecutorTest() {
    device.kernels["message"] = message;
    device.kernels["sum"] = sum;
  }

  /// Node types and relations in no order, a node without edges, a relation
  /// without edges, and a repeated edge.
  static GraphData makeData() {
    GraphData data;
    data.numNodes = 6;
    data.numRelations = 3;
    data.numNodeTypes = 3;
    data.nodeType = {2, 0, 1, 0, 2, 1};
    data.src = {5, 0, 3, 0, 2, 2, 4};
    data.dst = {1, 5, 0, 5, 1, 1, 4};
    data.edgeType = {2, 0, 2, 0, 0, 2, 0};
    return data;
  }

  static std::shared_ptr<Graph> makeGraph(GraphData data) {
    Result<std::shared_ptr<Graph>> graph =
        Graph::create(std::move(data), "test.npz");
    EXPECT_EQ(messageOf(graph), "no error");
    return graph ? graph.take() : nullptr;
  }

  static Program makeProgram();
  static void message(const FakeLaunch &launch);
  static void sum(const FakeLaunch &launch);

  Result<std::unique_ptr<ProgramInstance>>
  create(std::shared_ptr<ViewCache> views = nullptr) {
    if (!graph)
      graph = makeGraph(data);
    return ProgramInstance::create(device, program, CodeImage(),
                                   {{"kg", graph}}, std::move(views));
  }
  std::unique_ptr<ProgramInstance> mustCreate() {
    Result<std::unique_ptr<ProgramInstance>> instance = create();
    EXPECT_EQ(messageOf(instance), "no error");
    return instance ? instance.take() : nullptr;
  }

  /// Distinct values that a sum of a few represents exactly.
  static HostTensor numbers(std::int64_t rows, std::int64_t columns,
                            double first) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows * columns; ++i)
      values.push_back(first + static_cast<double>(i));
    Result<HostTensor> tensor =
        HostTensor::fromDoubles(ElementType::F32, {rows, columns}, values);
    EXPECT_EQ(messageOf(tensor), "no error");
    return tensor.take();
  }
  HostTensor h() const { return numbers(data.numNodes, width, 1); }
  HostTensor weight() const { return numbers(data.numRelations, width, 10); }
  HostTensor bias() const {
    return numbers(static_cast<std::int64_t>(data.src.size()), width, 100);
  }
  void setInputs(ProgramInstance &instance) {
    EXPECT_EQ(messageOf(instance.setInput("h", h())), "no error");
    EXPECT_EQ(messageOf(instance.setInput("weight", weight())), "no error");
    EXPECT_EQ(messageOf(instance.setInput("bias", bias())), "no error");
  }
  std::vector<double> expected() const;

  std::shared_ptr<Graph> graph;
};

inline Program ExecutorTest::makeProgram() {
  using Kind = LaunchArgument::Kind;
  using Op = Expression::Op;
  Program program;
  program.name = "sum";
  program.graphs = {{"kg", "", 0, 0, {}}};
  program.views = {{"kg", "map", "edge", "src", 0},
                   {"kg", "map", "edge", "rel", 0},
                   {"kg", "csr", "edge", "dst", 0}};
  auto rows = [](const char *domain) {
    Symbol symbol;
    symbol.graph = "kg";
    symbol.domain = domain;
    return symbol;
  };
  Symbol offsets;
  offsets.kind = Symbol::Kind::ArrayLength;
  offsets.view = 2;
  offsets.array = "offsets";
  program.symbols = {rows("node"), rows("edge"), rows("relation"), offsets};
  const Expression nodes = Expression::symbol(0), edges = Expression::symbol(1),
                   relations = Expression::symbol(2);
  auto buffer = [](const char *name, BufferSpec::Kind kind, Expression rows,
                   const char *domain) {
    BufferSpec spec;
    spec.name = name;
    spec.kind = kind;
    spec.shape = {std::move(rows), constant(width)};
    spec.graph = "kg";
    spec.domain = domain;
    return spec;
  };
  program.buffers = {
      buffer("h", BufferSpec::Kind::Input, nodes, "node"),
      buffer("weight", BufferSpec::Kind::Input, relations, "relation"),
      buffer("bias", BufferSpec::Kind::Input, edges, "edge"),
      buffer("msg", BufferSpec::Kind::Workspace, edges, "edge"),
      buffer("out", BufferSpec::Kind::Output, nodes, "node")};
  LaunchSpec message;
  message.kernel = "message";
  message.grid = {combine(edges, constant(4), Op::CeilDiv), constant(1),
                  constant(1)};
  message.block = {4, 2, 1};
  message.dynamicSharedBytes = 96;
  message.arguments = {bufferArgument(0),
                       bufferArgument(1),
                       bufferArgument(2),
                       viewArgument(0, "index"),
                       viewArgument(1, "index"),
                       bufferArgument(3),
                       sizeArgument(Kind::SizeI32, edges)};
  message.bytes = combine(edges, constant(32), Op::Mul);
  message.operations = combine(edges, constant(4), Op::Mul);
  message.label = "message of each edge";
  LaunchSpec sum;
  sum.kernel = "sum";
  // One less than the offsets are the nodes.
  sum.grid = {combine(Expression::symbol(3), constant(-1), Op::Add),
              constant(2), constant(1)};
  sum.block = {32, 1, 1};
  sum.arguments = {viewArgument(2, "entries"), viewArgument(2, "offsets"),
                   bufferArgument(3), bufferArgument(4),
                   sizeArgument(Kind::SizeI64, nodes)};
  sum.bytes = combine(nodes, constant(8), Op::Mul);
  sum.label = "sum over dst";
  program.launches = {message, sum};
  return program;
}

inline void ExecutorTest::message(const FakeLaunch &launch) {
  const auto *h = launch.pointer<const float>(0),
             *weight = launch.pointer<const float>(1),
             *bias = launch.pointer<const float>(2);
  const auto *src = launch.pointer<const std::int32_t>(3),
             *rel = launch.pointer<const std::int32_t>(4);
  auto *msg = launch.pointer<float>(5);
  for (std::int64_t e = 0; e < launch.size(6); ++e)
    for (std::int64_t i = 0; i < width; ++i)
      msg[e * width + i] = h[src[e] * width + i] * weight[rel[e] * width + i] +
                           bias[e * width + i];
}

inline void ExecutorTest::sum(const FakeLaunch &launch) {
  const auto *entries = launch.pointer<const std::int32_t>(0),
             *offsets = launch.pointer<const std::int32_t>(1);
  const auto *msg = launch.pointer<const float>(2);
  auto *out = launch.pointer<float>(3);
  for (std::int64_t v = 0; v < launch.size(4); ++v)
    for (std::int64_t i = 0; i < width; ++i) {
      float total = 0;
      for (std::int32_t k = offsets[v]; k < offsets[v + 1]; ++k)
        total += msg[entries[k] * width + i];
      out[v * width + i] = total;
    }
}

inline std::vector<double> ExecutorTest::expected() const {
  const std::vector<double> x = h().toDoubles(), w = weight().toDoubles(),
                            b = bias().toDoubles();
  std::vector<double> out(static_cast<std::size_t>(data.numNodes * width), 0);
  for (std::size_t e = 0; e < data.src.size(); ++e)
    for (std::int64_t i = 0; i < width; ++i)
      out[data.dst[e] * width + i] +=
          x[data.src[e] * width + i] * w[data.edgeType[e] * width + i] +
          b[static_cast<std::int64_t>(e) * width + i];
  return out;
}

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_EXECUTORFIXTURE_H
