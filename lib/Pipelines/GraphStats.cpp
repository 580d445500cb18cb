//===- GraphStats.cpp - Row counts of graphs for decisions by cost --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/GraphStats.h"

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pigeon;

void pigeon::setGraphStats(ModuleOp module, StringRef name,
                           const runtime::Graph &graph) {
  auto op = module.lookupSymbol<rgnn::GraphOp>(name);
  if (!op)
    return;
  Builder builder(module.getContext());
  SmallVector<NamedAttribute> stats;
  bool shares = op.getShares().has_value();
  for (StringRef domain :
       rgnn::getDomainNames(op.getClassNames(), op.getBipartite())) {
    if (shares && !rgnn::isDerivedFromEdges(domain))
      continue;
    Result<std::int64_t> rows = graph.rows(domain.str());
    if (rows)
      stats.push_back(
          builder.getNamedAttr(domain, builder.getI64IntegerAttr(*rows)));
  }
  op.setStatsAttr(builder.getDictionaryAttr(stats));
}
