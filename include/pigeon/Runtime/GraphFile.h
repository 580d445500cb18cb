//===- GraphFile.h - Graphs in files ----------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two forms are read; the content decides which one it is.
//
// *.npz* with the arrays
//
//   num_nodes      one integer
//   src, dst       per edge, node numbers
//   edge_type      per edge, its relation
//   node_type      per node; without it all nodes have one type
//   num_relations, num_node_types   one integer each; optional
//   class_<name>   per relation, its class; optional, any number of them
//
// All are integers of any width. Nodes and edges may be in any order. Other
// arrays are not looked at.
//
// *Triples*: text, `head relation tail` per line, an edge from head to tail. If
// the first such line has a tab, fields end at tabs and may have spaces; else
// at any white space. Empty lines and lines that begin with # are skipped. If
// every head and tail is a number they are node numbers, else names, numbered
// as they appear in the file; likewise for relations.
//
// Relations without edges: the number of relations is the greatest edge type
// plus one unless something says more: the reader's options, else the array
// num_relations, else the field counts.num_edge_types of a file NAME.json
// beside NAME.npz (other fields and a missing file are fine). The same holds
// for node types and counts.num_node_types.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_GRAPHFILE_H
#define PIGEON_RUNTIME_GRAPHFILE_H

#include "pigeon/Runtime/Graph.h"

#include <memory>
#include <string>
#include <vector>

namespace pigeon::runtime {

struct GraphFileOptions {
  /// The number of relations; 0: as the file says.
  std::int64_t numRelations = 0;
  /// Whether to look at NAME.json.
  bool readSidecar = true;
};

/// The names in a file of triples, by number. Empty where the file has numbers.
struct GraphNames {
  std::vector<std::string> nodes, relations;
};

/// The graph as the file has it, its indices checked for type and sign but not
/// against each other (Graph::create does). Fills `names` if it is not null.
Result<GraphData> readGraphData(const std::string &path,
                                const GraphFileOptions &options = {},
                                GraphNames *names = nullptr);

Result<std::shared_ptr<Graph>> readGraph(const std::string &path,
                                         const GraphFileOptions &options = {});

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_GRAPHFILE_H
