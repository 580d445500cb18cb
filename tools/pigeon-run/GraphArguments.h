//===- GraphArguments.h - The option --graph --------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_GRAPHARGUMENTS_H
#define PIGEON_TOOLS_PIGEON_RUN_GRAPHARGUMENTS_H

#include "pigeon/Runtime/Graph.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pigeon::run {

struct LoadedGraph {
  std::string file;
  std::shared_ptr<runtime::Graph> graph;
};
/// By the model's name.
using LoadedGraphs = std::map<std::string, LoadedGraph>;

/// Reads the graphs that a model names. Each option is NAME=FILE, or FILE for
/// the first graph of the model that has no file yet. A graph that shares the
/// relations of another one gets as many as that one has.
Result<LoadedGraphs> loadGraphs(const std::vector<runtime::GraphSpec> &specs,
                                const std::vector<std::string> &options);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_GRAPHARGUMENTS_H
