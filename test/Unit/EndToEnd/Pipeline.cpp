//===- Pipeline.cpp - From model text to checked results ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Runtime/Executor.h"
#include "pigeon/Runtime/GraphFile.h"
#include "pigeon/Support/FileIO.h"
#include "pigeon/Support/Tolerance.h"
#include "pigeon/Target/Emulated/EmulatedDevice.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include <random>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::test;

std::string test::readSource(const std::string &path) {
  Result<std::string> text =
      readFile(std::string(PIGEON_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(text) << text.error().message();
  return text ? *text : "";
}

/// Replaces every occurrence.
static std::string replaced(std::string text, const std::string &from,
                            const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string test::rgcnText(int64_t in, int64_t out) {
  const char *text = R"mlir(
!in_nodes = tensor<?xINxf32, #rgnn.on<kg.node>>
!out_nodes = tensor<?xOUTxf32, #rgnn.on<kg.node>>
!in_edges = tensor<?xINxf32, #rgnn.on<kg.edge>>
!in_pairs = tensor<?xINxf32, #rgnn.on<kg.dst_pair>>
!out_pairs = tensor<?xOUTxf32, #rgnn.on<kg.dst_pair>>
!weights = tensor<?xINxOUTxf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @rgcn(%h: !in_nodes, %w: !weights, %w0: tensor<INxOUTxf32>,
                %bias: tensor<OUTxf32>) -> !out_nodes {
  %from = rgnn.gather %h, src : (!in_nodes) -> !in_edges
  %mean = rgnn.aggregate mean %from, dst_pair : (!in_edges) -> !in_pairs
  %message = rgnn.linear %mean, %w, rel : (!in_pairs, !weights) -> !out_pairs
  %sum = rgnn.aggregate sum %message, node : (!out_pairs) -> !out_nodes
  %self = rgnn.linear %h, %w0, none : (!in_nodes, tensor<INxOUTxf32>) -> !out_nodes
  %b = rgnn.gather %bias, none : (tensor<OUTxf32>) -> !out_nodes
  %0 = arith.addf %sum, %self : !out_nodes
  %out = arith.addf %0, %b : !out_nodes
  return %out : !out_nodes
}
)mlir";
  return replaced(replaced(text, "OUT", std::to_string(out)), "IN",
                  std::to_string(in));
}

GraphPtr test::makeGraph(runtime::GraphData data) {
  Result<GraphPtr> graph =
      runtime::Graph::create(std::move(data), "test graph");
  EXPECT_TRUE(graph) << graph.error().message();
  return graph ? *graph : nullptr;
}

runtime::GraphData test::randomGraph(int64_t nodes, int64_t relations,
                                     int64_t edges, uint64_t seed,
                                     int64_t nodeTypes) {
  std::mt19937_64 random(seed);
  auto below = [&](int64_t limit) {
    return static_cast<int32_t>(random() % static_cast<uint64_t>(limit));
  };
  runtime::GraphData data;
  data.numNodes = nodes;
  data.numRelations = relations;
  data.numNodeTypes = nodeTypes;
  for (int64_t i = 0; i < nodes; ++i)
    data.nodeType.push_back(below(nodeTypes));
  for (int64_t i = 0; i < edges; ++i) {
    data.src.push_back(below(nodes));
    data.dst.push_back(below(nodes));
    data.edgeType.push_back(below(relations));
  }
  return data;
}

GraphPtr test::shippedGraph(const std::string &name) {
  Result<GraphPtr> graph = runtime::readGraph(std::string(PIGEON_SOURCE_DIR) +
                                              "/data/" + name + ".npz");
  EXPECT_TRUE(graph) << graph.error().message();
  return graph ? *graph : nullptr;
}

/// Normal values that depend on the name and shape only.
static HostTensor argumentFor(const std::string &name,
                              const std::vector<int64_t> &shape) {
  Result<HostTensor> tensor = HostTensor::create(ElementType::F32, shape);
  std::mt19937_64 random(std::hash<std::string>()(name));
  std::normal_distribution<float> normal;
  for (int64_t i = 0, e = tensor->numElements(); i < e; ++i)
    tensor->as<float>()[i] = normal(random);
  return tensor.take();
}

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

Model::Model(const std::string &text, const std::string &lowering)
    : context(makeRegistry()),
      source(parseSourceString<ModuleOp>(text, &context)) {
  EXPECT_TRUE(source);
  LoweringOptions options;
  EXPECT_TRUE(succeeded(options.parseFromString(lowering)));
  OwningOpRef<ModuleOp> module = source->clone();
  FailureOr<runtime::Package> compiled = compileModel(*module, {}, options);
  EXPECT_TRUE(succeeded(compiled));
  if (succeeded(compiled))
    package = std::move(*compiled);
}

Model::~Model() = default;

Result<HostTensor> Model::emulate(GraphPtr graph, Run run) const {
  emulated::EmulatorOptions options;
  options.seed = run.seed;
  options.threads = run.threads;
  std::unique_ptr<runtime::Device> device =
      emulated::createEmulatedDevice(options);
  auto instance = runtime::ProgramInstance::create(
      *device, package->program, package->code, {{"kg", graph}});
  if (!instance)
    return instance.error();
  const runtime::Program &program = package->program;
  std::string output;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const runtime::BufferSpec &buffer = program.buffers[i];
    if (buffer.kind == runtime::BufferSpec::Kind::Output && output.empty())
      output = buffer.name;
    if (buffer.kind != runtime::BufferSpec::Kind::Input)
      continue;
    std::vector<int64_t> shape = (*instance)->sizes().buffers[i].shape;
    if (Status status =
            (*instance)->setInput(buffer.name, argumentFor(buffer.name, shape));
        !status)
      return status.error();
  }
  if (Status status = (*instance)->run(); !status)
    return status.error();
  return (*instance)->output(output);
}

testing::AssertionResult Model::matchesReference(GraphPtr graph,
                                                 const HostTensor &actual) {
  func::FuncOp entry = *source->getOps<func::FuncOp>().begin();
  auto interpreter = reference::Interpreter::create(entry, {{"kg", graph}});
  if (failed(interpreter))
    return testing::AssertionFailure() << "the interpreter refuses the model";
  for (const reference::ValueInfo &info : (*interpreter)->arguments())
    if (failed(
            (*interpreter)
                ->setArgument(info.name, argumentFor(info.name, info.shape))))
      return testing::AssertionFailure()
             << "the interpreter refuses an argument";
  FailureOr<std::vector<reference::Data>> results = (*interpreter)->run();
  if (failed(results))
    return testing::AssertionFailure() << "the interpreter fails";
  const reference::Data &expected = results->front();
  Tolerance tolerance;
  tolerance.stages = expected.stages;
  Result<Comparison> comparison = compare(actual.toDoubles(), expected.value,
                                          expected.magnitude, tolerance);
  if (!comparison)
    return testing::AssertionFailure() << comparison.error().message();
  if (comparison->passed())
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << comparison->numWrong << " of " << comparison->count << " wrong; "
         << describeWorst(*comparison, actual.shape);
}

testing::AssertionResult Model::check(GraphPtr graph) {
  Result<HostTensor> actual = emulate(graph);
  if (!actual)
    return testing::AssertionFailure() << actual.error().message();
  return matchesReference(graph, *actual);
}
