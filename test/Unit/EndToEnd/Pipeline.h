//===- Pipeline.h - From model text to checked results ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a model, runs it on the emulated device, runs it as written in the
// reference interpreter, and compares every element by the one tolerance.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_ENDTOEND_PIPELINE_H
#define PIGEON_TEST_UNIT_ENDTOEND_PIPELINE_H

#include "pigeon/Pipelines/Compile.h"
#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Runtime/Executor.h"
#include "pigeon/Runtime/Graph.h"
#include "pigeon/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <gtest/gtest.h>

namespace pigeon::test {

using GraphPtr = std::shared_ptr<runtime::Graph>;

/// The RGCN of docs/examples with other widths, on graph @kg.
std::string rgcnText(int64_t in, int64_t out);
/// Every occurrence replaced.
std::string replaced(std::string text, const std::string &from,
                     const std::string &to);
/// A file under the project's root.
std::string readSource(const std::string &path);

GraphPtr makeGraph(runtime::GraphData data);
/// Edges drawn at random; relations without edges are likely.
runtime::GraphData randomGraph(int64_t nodes, int64_t relations, int64_t edges,
                               uint64_t seed, int64_t nodeTypes = 1);
/// One of data/*.npz.
GraphPtr shippedGraph(const std::string &name);

struct Run {
  uint64_t seed = 0;
  unsigned threads = 0;
};

/// A number that is not finite, everywhere in one row of an argument.
struct Spoilt {
  unsigned argument = 0; // of the function
  int64_t row = 0;
  double value = 0;
};

/// The results of a model, in the order of its function.
using Results = std::vector<HostTensor>;

/// Equal to the last bit.
testing::AssertionResult sameBits(const Results &a, const Results &b);

class Model {
public:
  explicit Model(const std::string &text, const std::string &lowering = "");
  ~Model();

  bool isCompiled() const { return package.has_value(); }
  const runtime::Package &getPackage() const { return *package; }

  /// From here on an argument is spoilt, and results are no finite numbers
  /// exactly where the interpreter's are none.
  void spoil(const Spoilt &what) { spoilt = what; }

  /// The results on the emulated device, for arguments that depend on nothing
  /// but their names and shapes.
  Result<Results> emulate(const runtime::GraphMap &graphs, Run run = {}) const;
  /// The same in float64 by the interpreter, each compared with `actual`.
  testing::AssertionResult matchesReference(const runtime::GraphMap &graphs,
                                            const Results &actual);
  /// Both.
  testing::AssertionResult check(const runtime::GraphMap &graphs);

  /// The same bits on the emulated device, whatever the order of blocks and
  /// threads is and however many blocks run at once.
  testing::AssertionResult isBitIdentical(const runtime::GraphMap &graphs,
                                          const std::vector<uint64_t> &seeds = {
                                              1, 2, 3}) const;

  /// For models whose one graph is @kg.
  Result<Results> emulate(GraphPtr graph, Run run = {}) const {
    return emulate(runtime::GraphMap{{"kg", graph}}, run);
  }
  testing::AssertionResult isBitIdentical(GraphPtr graph,
                                          const std::vector<uint64_t> &seeds = {
                                              1, 2, 3}) const {
    return isBitIdentical(runtime::GraphMap{{"kg", graph}}, seeds);
  }
  testing::AssertionResult check(GraphPtr graph) {
    return check(runtime::GraphMap{{"kg", graph}});
  }

private:
  /// The function that was compiled.
  mlir::func::FuncOp getEntry() const;
  HostTensor argumentFor(const std::string &name,
                         const std::vector<int64_t> &shape,
                         ElementType type) const;
  Status setInputs(runtime::ProgramInstance &instance) const;
  testing::AssertionResult compareOne(reference::Data expected,
                                      const HostTensor &actual) const;

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> source;
  std::optional<runtime::Package> package;
  std::optional<Spoilt> spoilt;
};

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_ENDTOEND_PIPELINE_H
