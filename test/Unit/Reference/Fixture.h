//===- Fixture.h - Small models on small random graphs ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the tests of the interpreter share: graphs whose nodes and edges are in
// no order, arguments of known numbers, and a way to run the text of a model
// and see its result or its error. Expected values are computed by loops over
// the user's arrays, which the fixture keeps.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_REFERENCE_FIXTURE_H
#define PIGEON_TEST_UNIT_REFERENCE_FIXTURE_H

#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace pigeon::reference::test {

using Values = std::vector<double>;

/// A row-major matrix of doubles over a flat array.
inline double &at(Values &values, std::int64_t width, std::int64_t row,
                  std::int64_t column) {
  return values[row * width + column];
}
inline double at(const Values &values, std::int64_t width, std::int64_t row,
                 std::int64_t column) {
  return values[row * width + column];
}

/// Random edges in random order, with duplicates; the last relation and the
/// last node have none, nodes are of random types.
inline runtime::GraphData randomGraph(unsigned seed, int nodes = 12,
                                      int edges = 60, int relations = 5,
                                      int nodeTypes = 3) {
  std::mt19937 random(seed);
  auto below = [&](int bound) {
    return static_cast<std::int32_t>(random() % bound);
  };
  runtime::GraphData data;
  data.numNodes = nodes;
  data.numRelations = relations;
  data.numNodeTypes = nodeTypes;
  for (int i = 0; i < nodes; ++i)
    data.nodeType.push_back(below(nodeTypes));
  for (int e = 0; e < edges; ++e) {
    data.src.push_back(below(nodes));
    data.dst.push_back(below(std::max(nodes - 1, 1)));
    data.edgeType.push_back(below(std::max(relations - 1, 1)));
  }
  auto &direction = data.classes["direction"];
  for (int r = 0; r < relations; ++r)
    direction.push_back(r % 2);
  return data;
}

class ReferenceTest : public ::testing::Test {
protected:
  ReferenceTest() {
    mlir::DialectRegistry registry;
    registry.insert<mlir::arith::ArithDialect, mlir::func::FuncDialect,
                    mlir::math::MathDialect, pigeon::lowp::LowPDialect,
                    pigeon::rgnn::RGNNDialect>();
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.allowUnregisteredDialects();
  }

  void setGraph(const std::string &name, runtime::GraphData data) {
    auto graph = runtime::Graph::create(data, name + " of the test");
    ASSERT_TRUE(bool(graph)) << graph.error().message();
    graphs[name] = *graph;
    raw[name] = std::move(data);
  }
  const runtime::GraphData &kg() { return raw["kg"]; }

  /// The rows of dst_pair or src_pair: by relation, then by node, where nodes
  /// are ordered by type and then as in the file. (relation, node) -> row.
  std::map<std::pair<int, int>, int>
  pairRows(const std::vector<std::int32_t> &ends) {
    std::set<std::tuple<int, int, int>> pairs;
    for (std::size_t e = 0; e < ends.size(); ++e)
      pairs.insert({kg().edgeType[e], kg().nodeType[ends[e]], ends[e]});
    std::map<std::pair<int, int>, int> rows;
    for (auto [relation, type, node] : pairs) {
      int next = rows.size();
      rows[{relation, node}] = next;
    }
    return rows;
  }

  /// Numbers that floats hold exactly, between -2 and 2.
  Values randomValues(std::size_t count) {
    std::uniform_int_distribution<int> distribution(-512, 512);
    Values values(count);
    for (double &value : values)
      value = distribution(random) / 256.0;
    return values;
  }

  /// `!node`, `!edge` etc. are prefixes a test can append sizes to:
  /// "NODE(4x16)" stands for tensor<?x4x16xf32, #rgnn.on<kg.node>>.
  static std::string expand(std::string text) {
    static const std::pair<const char *, const char *> domains[] = {
        {"NODE", "kg.node"},        {"EDGE", "kg.edge"},
        {"DPAIR", "kg.dst_pair"},   {"SPAIR", "kg.src_pair"},
        {"REL", "kg.relation"},     {"TYPE", "kg.node_type"},
        {"TRIPLE", "kg.triple"},    {"DIR", "kg.direction"},
        {"OTHEREDGE", "test.edge"},
    };
    // Longer words first, for EDGE is the end of OTHEREDGE.
    for (auto it = std::rbegin(domains); it != std::rend(domains); ++it) {
      std::string open = std::string(it->first) + "(";
      for (std::size_t found; (found = text.find(open)) != std::string::npos;) {
        std::size_t close = text.find(')', found);
        std::string sizes =
            text.substr(found + open.size(), close - found - open.size());
        std::string type = "tensor<?x" + sizes + (sizes.empty() ? "" : "x") +
                           "f32, #rgnn.on<" + it->second + ">>";
        text.replace(found, close + 1 - found, type);
      }
    }
    return text;
  }

  /// The first function of the module; null if it does not parse, and then
  /// `errors` says why.
  mlir::func::FuncOp parse(const std::string &text) {
    errors.clear();
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            errors += diagnostic.str() + "\n";
                                            return mlir::success();
                                          });
    module = mlir::parseSourceString<mlir::ModuleOp>(expand(text), &context);
    if (!module)
      return {};
    return *module->getOps<mlir::func::FuncOp>().begin();
  }

  std::unique_ptr<Interpreter> create(const std::string &text,
                                      Options options = {}) {
    mlir::func::FuncOp entry = parse(text);
    if (!entry)
      return nullptr;
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            errors += diagnostic.str() + "\n";
                                            return mlir::success();
                                          });
    auto interpreter = Interpreter::create(entry, graphs, std::move(options));
    if (mlir::failed(interpreter))
      return nullptr;
    return std::move(*interpreter);
  }

  mlir::LogicalResult set(Interpreter &interpreter, unsigned index,
                          const Values &values) {
    const ValueInfo &info = interpreter.arguments()[index];
    ElementType type = isFloat(info.type) ? ElementType::F64 : info.type;
    auto tensor = HostTensor::fromDoubles(type, info.shape, values);
    if (!tensor) {
      ADD_FAILURE() << tensor.error().message();
      return mlir::failure();
    }
    return interpreter.setArgument(index, *tensor);
  }

  /// Runs a model and returns its results.
  std::vector<Data> run(const std::string &text,
                        const std::vector<Values> &arguments,
                        Options options = {}) {
    auto interpreter = create(text, std::move(options));
    if (!interpreter) {
      ADD_FAILURE() << errors;
      return {};
    }
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (mlir::failed(set(*interpreter, i, arguments[i])))
        return {};
    auto results = interpreter->run();
    if (mlir::failed(results)) {
      ADD_FAILURE() << errors;
      return {};
    }
    return std::move(*results);
  }

  /// The one result of a model with graph @kg.
  Values runOne(const std::string &function,
                const std::vector<Values> &arguments) {
    auto results = run(
        "rgnn.graph @kg {classes = {direction = 2}}\n" + function, arguments);
    return results.empty() ? Values() : results.front().value;
  }

  static void expectNear(const Values &actual, const Values &expected,
                         double relative = 1e-13) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
      ASSERT_NEAR(actual[i], expected[i],
                  relative * std::max(1.0, std::abs(expected[i])))
          << "at " << i;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  GraphMap graphs;
  std::map<std::string, runtime::GraphData> raw;
  std::string errors;
  std::mt19937 random{1};
};

} // namespace pigeon::reference::test

#endif // PIGEON_TEST_UNIT_REFERENCE_FIXTURE_H
