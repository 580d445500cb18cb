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

#include <vector>

using namespace mlir;
using namespace pigeon;

/// The most rows that one row has, by the row that each leads to.
static int64_t countLongest(const runtime::IndexArray &image) {
  std::vector<int64_t> counts;
  int64_t longest = 0;
  for (int32_t row : image) {
    auto at = static_cast<size_t>(row);
    if (at >= counts.size())
      counts.resize(std::max(at + 1, 2 * counts.size()), 0);
    longest = std::max(longest, ++counts[at]);
  }
  return longest;
}

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
  // The sums that models have are of edges or of pairs.
  for (auto [domain, role] :
       {std::pair("edge", "src"), std::pair("edge", "dst"),
        std::pair("edge", "src_pair"), std::pair("edge", "dst_pair"),
        std::pair("src_pair", "node"), std::pair("dst_pair", "node")})
    if (Result<const runtime::IndexArray *> image = graph.map(domain, role))
      stats.push_back(builder.getNamedAttr(
          std::string(domain) + "." + role,
          builder.getI64IntegerAttr(countLongest(**image))));
  op.setStatsAttr(builder.getDictionaryAttr(stats));
}
