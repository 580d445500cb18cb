//===- Pipeline.cpp - From model text to checked results ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Pipelines/Registration.h"
#include "pigeon/Runtime/GraphFile.h"
#include "pigeon/Support/FileIO.h"
#include "pigeon/Support/Tolerance.h"
#include "pigeon/Target/Emulated/EmulatedDevice.h"

#include "mlir/Parser/Parser.h"

#include <cmath>
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

std::string test::replaced(std::string text, const std::string &from,
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

/// Normal values that depend on the name and shape only, rounded to `type`, and
/// what is spoilt.
HostTensor Model::argumentFor(const std::string &name,
                              const std::vector<int64_t> &shape,
                              ElementType type) const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  std::mt19937_64 random(std::hash<std::string>()(name));
  std::normal_distribution<float> normal;
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(normal(random));
  if (spoilt && rgnn::getArgumentName(getEntry(), spoilt->argument) == name) {
    int64_t length = count / shape.front();
    std::fill_n(values.begin() + spoilt->row * length, length, spoilt->value);
  }
  return HostTensor::fromDoubles(type, shape, values).take();
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

func::FuncOp Model::getEntry() const {
  return *source.get().getOps<func::FuncOp>().begin();
}

testing::AssertionResult test::sameBits(const Results &a, const Results &b) {
  if (a.size() != b.size())
    return testing::AssertionFailure()
           << a.size() << " results and " << b.size();
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].data != b[i].data)
      return testing::AssertionFailure() << "result " << i << " differs";
  return testing::AssertionSuccess();
}

/// Sets every input of the program.
Status Model::setInputs(runtime::ProgramInstance &instance) const {
  const std::vector<runtime::BufferSpec> &buffers = instance.program().buffers;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].kind != runtime::BufferSpec::Kind::Input)
      continue;
    const std::string &name = buffers[i].name;
    HostTensor value =
        argumentFor(name, instance.sizes().buffers[i].shape, buffers[i].type);
    if (Status status = instance.setInput(name, value); !status)
      return status;
  }
  return {};
}

Result<Results> Model::emulate(const runtime::GraphMap &graphs, Run run) const {
  emulated::EmulatorOptions options;
  options.seed = run.seed;
  options.threads = run.threads;
  std::unique_ptr<runtime::Device> device =
      emulated::createEmulatedDevice(options);
  auto instance = runtime::ProgramInstance::create(*device, package->program,
                                                   package->code, graphs);
  if (!instance)
    return instance.error();
  if (Status status = setInputs(**instance); !status)
    return status.error();
  if (Status status = (*instance)->run(); !status)
    return status.error();
  Results results;
  for (unsigned i = 0, e = getEntry().getNumResults(); i < e; ++i) {
    auto result = (*instance)->output(rgnn::getResultName(getEntry(), i));
    if (!result)
      return result.error();
    results.push_back(result.take());
  }
  return results;
}

/// Takes what is no finite number out of both; fails where it is in one only.
static testing::AssertionResult dropNonFinite(reference::Data &expected,
                                              std::vector<double> &actual) {
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isfinite(actual[i]) != std::isfinite(expected.value[i]))
      return testing::AssertionFailure()
             << "element " << i << " is " << actual[i] << " instead of "
             << expected.value[i];
    if (std::isfinite(actual[i]))
      continue;
    actual[i] = expected.value[i] = expected.magnitude[i] = 0;
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult Model::compareOne(reference::Data expected,
                                           const HostTensor &actual) const {
  Tolerance tolerance;
  tolerance.stages = expected.stages;
  tolerance.output = expected.info.type;
  tolerance.arithmetic = coarser(package->arithmetic, expected.arithmetic);
  std::vector<double> values = actual.toDoubles();
  if (spoilt)
    if (auto result = dropNonFinite(expected, values); !result)
      return result;
  Result<Comparison> comparison =
      compare(values, expected.value, expected.magnitude, tolerance);
  if (!comparison)
    return testing::AssertionFailure() << comparison.error().message();
  if (comparison->passed())
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << comparison->numWrong << " of " << comparison->count << " wrong; "
         << describeWorst(*comparison, actual.shape);
}

testing::AssertionResult
Model::matchesReference(const runtime::GraphMap &graphs,
                        const Results &actual) {
  auto interpreter = reference::Interpreter::create(getEntry(), graphs);
  if (failed(interpreter))
    return testing::AssertionFailure() << "the interpreter refuses the model";
  for (const reference::ValueInfo &info : (*interpreter)->arguments())
    if (failed((*interpreter)
                   ->setArgument(info.name, argumentFor(info.name, info.shape,
                                                        info.type))))
      return testing::AssertionFailure()
             << "the interpreter refuses an argument";
  FailureOr<std::vector<reference::Data>> expected = (*interpreter)->run();
  if (failed(expected) || expected->size() != actual.size())
    return testing::AssertionFailure() << "the interpreter fails";
  for (size_t i = 0; i < actual.size(); ++i)
    if (auto result = compareOne((*expected)[i], actual[i]); !result)
      return result << ", in result " << i;
  return testing::AssertionSuccess();
}

testing::AssertionResult Model::check(const runtime::GraphMap &graphs) {
  Result<Results> actual = emulate(graphs);
  if (!actual)
    return testing::AssertionFailure() << actual.error().message();
  return matchesReference(graphs, *actual);
}

testing::AssertionResult
Model::isBitIdentical(const runtime::GraphMap &graphs,
                      const std::vector<uint64_t> &seeds) const {
  Result<Results> first = emulate(graphs, {0, 1});
  if (!first)
    return testing::AssertionFailure() << first.error().message();
  for (uint64_t seed : seeds) {
    Result<Results> other = emulate(graphs, {seed, 2});
    if (!other)
      return testing::AssertionFailure() << other.error().message();
    if (auto result = sameBits(*first, *other); !result)
      return result << ", seed " << seed;
  }
  return testing::AssertionSuccess();
}
