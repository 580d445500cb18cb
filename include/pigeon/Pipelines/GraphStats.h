//===- GraphStats.h - Row counts of graphs for decisions by cost -*- C++
//-*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_GRAPHSTATS_H
#define PIGEON_PIPELINES_GRAPHSTATS_H

#include "pigeon/Runtime/Graph.h"

#include "mlir/IR/BuiltinOps.h"

namespace pigeon {

/// Writes the rows of every domain of `graph`, the longest rows, and what the
/// longest block of owners walks where the module may have such blocks, into
/// the `stats` of the module's graph `name`, over what stands there: a program
/// that is compiled for a graph is compiled by its numbers. Does nothing if the
/// module has no such graph.
void setGraphStats(mlir::ModuleOp module, llvm::StringRef name,
                   const runtime::Graph &graph);

} // namespace pigeon

#endif // PIGEON_PIPELINES_GRAPHSTATS_H
