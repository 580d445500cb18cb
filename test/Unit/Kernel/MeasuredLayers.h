//===- MeasuredLayers.h - Layers that were measured -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The graphs and layers of the tables in docs/, and what the compiler makes of
// them.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_KERNEL_MEASUREDLAYERS_H
#define PIGEON_TEST_UNIT_KERNEL_MEASUREDLAYERS_H

#include "pigeon/Analysis/CostModel.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"

#include <map>
#include <string>
#include <vector>

namespace pigeon::test {

/// A graph of the tables, as `pigeon-compile --graph` counts it.
struct GraphCounts {
  int64_t nodes, edges, pairs, relations;
  /// The most pairs of a node, and the most edges of a pair.
  int64_t pairsOfNode, edgesOfPair;
  /// Items of the longest block that owns nodes, and entries that it walks.
  int64_t items, entries;
};
extern const std::map<std::string, GraphCounts> measuredGraphs;

/// A file of the source tree; empty if there is none.
std::string readSource(const std::string &path);

/// The cells of the rows of the first table after `heading`, with the row of
/// names.
std::vector<std::vector<std::string>> readTable(const std::string &page,
                                                const std::string &heading);

/// docs/examples/rgcn.mlir in a number type, for a graph of such a size, with
/// kernels and schedules.
class MeasuredLayer {
public:
  MeasuredLayer(const GraphCounts &counts, llvm::StringRef type,
                llvm::StringRef lowering = "");

  /// What the model says of all kernels together.
  Cost cost();
  std::vector<kernel::GemmOp> products();

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_KERNEL_MEASUREDLAYERS_H
