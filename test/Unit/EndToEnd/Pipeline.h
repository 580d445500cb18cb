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
#include "pigeon/Runtime/Graph.h"
#include "pigeon/Support/HostTensor.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <gtest/gtest.h>

namespace pigeon::test {

using GraphPtr = std::shared_ptr<runtime::Graph>;

/// The RGCN of docs/examples with other widths, on graph @kg.
std::string rgcnText(int64_t in, int64_t out);
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

class Model {
public:
  explicit Model(const std::string &text, const std::string &lowering = "");
  ~Model();

  bool isCompiled() const { return package.has_value(); }
  const runtime::Package &getPackage() const { return *package; }

  /// The first result on the emulated device, for arguments that depend on
  /// nothing but their names and shapes.
  Result<HostTensor> emulate(GraphPtr graph, Run run = {}) const;
  /// The same in float64 by the interpreter, compared with `actual`.
  testing::AssertionResult matchesReference(GraphPtr graph,
                                            const HostTensor &actual);
  /// Both.
  testing::AssertionResult check(GraphPtr graph);

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> source;
  std::optional<runtime::Package> package;
};

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_ENDTOEND_PIPELINE_H
