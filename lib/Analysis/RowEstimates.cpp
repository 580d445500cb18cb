//===- RowEstimates.cpp - How many rows a domain may have -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/RowEstimates.h"

using namespace mlir;
using namespace pigeon;

static std::optional<double> lookUp(DictionaryAttr numbers, StringRef name) {
  auto entry = numbers ? numbers.getAs<IntegerAttr>(name) : IntegerAttr();
  if (!entry)
    return std::nullopt;
  return static_cast<double>(entry.getInt());
}

std::optional<double> RowEstimates::given(StringRef domain) const {
  if (std::optional<double> rows = lookUp(stats, domain))
    return std::max(1.0, *rows);
  if (domain == "relation" && relations > 0)
    return static_cast<double>(relations);
  if (domain == "node_type" && nodeTypes > 0)
    return static_cast<double>(nodeTypes);
  // 0 values of a class are any number of them.
  std::optional<double> values = lookUp(classes, domain);
  return values > 0.0 ? values : std::nullopt;
}

EntryCounts RowEstimates::entries(StringRef domain, StringRef role,
                                  double imageRows) const {
  constexpr double longestByAverage = 16;
  EntryCounts counts = {imageRows, rows(domain), 0};
  double guess =
      role == "node" ? rows("relation") : longestByAverage * counts.average();
  std::string name = (domain + "." + role).str();
  counts.longest =
      std::max(counts.average(), lookUp(stats, name).value_or(guess));
  counts.block = {lookUp(stats, name + ".items").value_or(0),
                  lookUp(stats, name + ".entries").value_or(0)};
  return counts;
}

double RowEstimates::edges() const {
  if (std::optional<double> rows = given("edge"))
    return *rows;
  for (StringRef pairs : {"src_pair", "dst_pair"})
    if (std::optional<double> rows = given(pairs))
      return 2 * *rows;
  for (StringRef nodes : {"node", "src_node", "dst_node"})
    if (std::optional<double> rows = given(nodes))
      return 10 * *rows;
  return 1e6;
}

double RowEstimates::rows(StringRef domain) const {
  if (domain.empty())
    return 1;
  if (std::optional<double> rows = given(domain))
    return *rows;
  if (domain == "edge")
    return edges();
  if (domain == "node" || domain == "src_node" || domain == "dst_node")
    return std::max(1.0, edges() / 10);
  if (domain == "src_pair" || domain == "dst_pair")
    return std::max(1.0, edges() / 2);
  if (domain == "relation")
    return 64;
  if (domain == "node_type")
    return 4;
  if (domain == "triple")
    return 2 * rows("relation");
  return 2;
}
