//===- ExecutionPlan.h - A program with every number filled in --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Program sizes everything by expressions; a plan evaluates them for given
// graphs. It touches no device, so what a program needs can be known before
// anything is allocated.
//
//   program  buffer 'agg': f32[rows(kg, dst_pair), 64]
//   graph    kg = umls.npz with 1 873 (destination, relation) pairs
//   plan     buffer 'agg': shape [1873, 64], 479 488 bytes
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_EXECUTIONPLAN_H
#define PIGEON_RUNTIME_EXECUTIONPLAN_H

#include "pigeon/Runtime/Device.h"
#include "pigeon/Runtime/Graph.h"
#include "pigeon/Runtime/Program.h"

namespace pigeon::runtime {

/// Graphs by the names that the program has for them.
using GraphMap = std::map<std::string, std::shared_ptr<Graph>>;

/// A buffer with its size.
struct PlannedBuffer {
  std::vector<std::int64_t> shape;
  std::size_t bytes = 0;
  /// For each internal row, its row in the user's order; null where the two
  /// orders are one.
  const IndexArray *userOrder = nullptr;
};

/// A launch with its sizes. One whose grid has a zero is `skipped`.
struct PlannedLaunch {
  bool skipped = false;
  Dim3 grid = {1, 1, 1};
  /// The value of each SizeI32 and SizeI64 argument, 0 for the others.
  std::vector<std::int64_t> sizes;
  std::int64_t bytes = 0, operations = 0;
};

/// Each vector is parallel to the one of the same name in the program.
struct ExecutionPlan {
  Program program;
  std::vector<std::shared_ptr<Graph>> graphs;
  std::vector<const View *> views;
  std::vector<std::int64_t> symbols;
  std::vector<PlannedBuffer> buffers;
  std::vector<PlannedLaunch> launches;

  /// Verifies the program, checks that each graph is what the program was
  /// compiled for, builds the views on the host and evaluates every size.
  /// Errors name the graph, buffer or kernel, and give both numbers.
  static Result<ExecutionPlan> create(Program program, const GraphMap &graphs);

  /// The graph of this name; null if the program has none.
  std::shared_ptr<Graph> graph(const std::string &name) const;
};

/// The view's name in errors and reports: "view csr(edge, dst) of graph 'kg'".
std::string describe(const ViewSpec &view);
/// "buffer 'agg'", "input 'h'", "output 'out'".
std::string describe(const BufferSpec &buffer);

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_EXECUTIONPLAN_H
