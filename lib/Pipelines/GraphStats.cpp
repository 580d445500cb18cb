//===- GraphStats.cpp - Row counts of graphs for decisions by cost --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/GraphStats.h"

#include "pigeon/Analysis/CostModel.h"
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

/// What the longest of the blocks walks that own nodes by their `pairs`, whose
/// rows are made of edges. An error if there are no such blocks.
static Result<runtime::OwnerBlock> findLongestBlock(const runtime::Graph &graph,
                                                    const std::string &pairs,
                                                    double numPairs) {
  double chunk = chooseProductChunk(
      {numPairs, static_cast<double>(graph.numEdges())}, kProductChunk);
  double itemRounds = kRoundsBeforeEntries + roundsOfProduct(sizeof(float));
  return graph.longestOwnerBlock(
      {"", "owner_work", "edge", pairs, kWalkedRows, "rel", "node"},
      static_cast<int64_t>(chunk), static_cast<int64_t>(itemRounds));
}

/// Whether the model has products by key, and sums along edges of one
/// direction: only then there may be blocks that own sums of products.
static bool mayOwnSums(ModuleOp module, StringRef direction) {
  bool hasSums = false, hasProducts = false;
  module.walk([&](rgnn::LinearOp op) { hasProducts |= op.getKey() != "none"; });
  module.walk([&](rgnn::AggregateOp op) {
    auto domain = rgnn::getDomain(op.getInput().getType());
    StringRef name = domain ? domain.getDomain() : "";
    hasSums |= name.starts_with(direction) ||
               (name == "edge" && op.getRole().starts_with(direction));
  });
  return hasSums && hasProducts;
}

namespace {
/// The numbers of one graph, by name.
class Stats {
public:
  explicit Stats(MLIRContext *context) : builder(context) {}

  void add(const Twine &name, int64_t count) {
    stats.push_back(
        builder.getNamedAttr(name.str(), builder.getI64IntegerAttr(count)));
  }
  DictionaryAttr get() { return builder.getDictionaryAttr(stats); }

private:
  Builder builder;
  SmallVector<NamedAttribute> stats;
};
} // namespace

void pigeon::setGraphStats(ModuleOp module, StringRef name,
                           const runtime::Graph &graph) {
  auto op = module.lookupSymbol<rgnn::GraphOp>(name);
  if (!op)
    return;
  Stats stats(module.getContext());
  bool shares = op.getShares().has_value();
  for (StringRef domain :
       rgnn::getDomainNames(op.getClassNames(), op.getBipartite())) {
    if (shares && !rgnn::isDerivedFromEdges(domain))
      continue;
    if (Result<std::int64_t> rows = graph.rows(domain.str()))
      stats.add(domain, *rows);
  }
  // The sums that models have are of edges or of pairs.
  for (auto [domain, role] :
       {std::pair("edge", "src"), std::pair("edge", "dst"),
        std::pair("edge", "src_pair"), std::pair("edge", "dst_pair"),
        std::pair("src_pair", "node"), std::pair("dst_pair", "node")})
    if (Result<const runtime::IndexArray *> image = graph.map(domain, role))
      stats.add(Twine(domain) + "." + role, countLongest(**image));
  for (auto [direction, pairs] :
       {std::pair("src", "src_pair"), std::pair("dst", "dst_pair")}) {
    Result<std::int64_t> rows = graph.rows(pairs);
    if (!rows || !mayOwnSums(module, direction))
      continue;
    if (auto block =
            findLongestBlock(graph, pairs, static_cast<double>(*rows))) {
      stats.add(Twine(pairs) + ".node.items", block->items);
      stats.add(Twine(pairs) + ".node.entries", block->entries);
    }
  }
  op.setStatsAttr(stats.get());
}
