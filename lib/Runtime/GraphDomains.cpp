//===- GraphDomains.cpp - Pairs, triples, and the maps of roles -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImpl.h"

#include <algorithm>
#include <numeric>

namespace pigeon::runtime {

/// The distinct (relation, node) of edges, where `node` is one end of each
/// edge.
static DerivedDomain buildPairs(const GraphData &data, const IndexArray &node,
                                bool nodesAscend) {
  DerivedDomain pairs;
  pairs.rowOfEdge.resize(node.size());
  // By relation and destination edges are sorted already; by relation and
  // source they are after one stable pass each.
  IndexArray order;
  if (!nodesAscend)
    order = stableOrder(data.edgeType, data.numRelations,
                        stableOrder(node, data.numNodes));
  for (std::size_t i = 0; i < node.size(); ++i) {
    std::size_t edge = nodesAscend ? i : static_cast<std::size_t>(order[i]);
    if (i == 0 || pairs.relation.back() != data.edgeType[edge] ||
        pairs.first.back() != node[edge]) {
      pairs.relation.push_back(data.edgeType[edge]);
      pairs.first.push_back(node[edge]);
    }
    pairs.rowOfEdge[edge] = static_cast<std::int32_t>(pairs.rows() - 1);
  }
  return pairs;
}

/// The distinct (relation, source type, destination type) of edges. Edges are
/// sorted by relation, and few relations join more than one pair of types, so
/// runs of equal keys are long.
static DerivedDomain buildTriples(const GraphData &data) {
  DerivedDomain triples;
  std::size_t numEdges = data.src.size();
  triples.rowOfEdge.resize(numEdges);
  auto typeOf = [&](std::int32_t node) {
    return data.nodeType.empty() ? 0 : data.nodeType[node];
  };
  auto keyOf = [&](std::size_t edge) {
    return std::int64_t(typeOf(data.src[edge])) * data.numNodeTypes +
           typeOf(data.dst[edge]);
  };
  std::vector<std::int64_t> keys;
  for (std::size_t begin = 0, end; begin < numEdges; begin = end) {
    keys.clear();
    for (end = begin;
         end < numEdges && data.edgeType[end] == data.edgeType[begin]; ++end)
      if (std::int64_t key = keyOf(end); keys.empty() || keys.back() != key)
        keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::int64_t firstRow = triples.rows();
    for (std::int64_t key : keys) {
      triples.relation.push_back(data.edgeType[begin]);
      triples.first.push_back(
          static_cast<std::int32_t>(key / data.numNodeTypes));
      triples.second.push_back(
          static_cast<std::int32_t>(key % data.numNodeTypes));
    }
    std::size_t position = 0;
    for (std::size_t edge = begin; edge < end; ++edge) {
      std::int64_t key = keyOf(edge);
      if (keys[position] != key)
        position = static_cast<std::size_t>(
            std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
      triples.rowOfEdge[edge] = static_cast<std::int32_t>(
          firstRow + static_cast<std::int64_t>(position));
    }
  }
  return triples;
}

const DerivedDomain &Graph::Impl::derivedDomain(const std::string &domain) {
  auto found = derived.find(domain);
  if (found != derived.end())
    return found->second;
  DerivedDomain built = domain == "triple" ? buildTriples(data)
                        : domain == "src_pair"
                            ? buildPairs(data, data.src, /*nodesAscend=*/false)
                            : buildPairs(data, data.dst, /*nodesAscend=*/true);
  return derived.emplace(domain, std::move(built)).first->second;
}

std::int64_t Graph::Impl::rows(const std::string &domain) {
  if (domain.empty())
    return 1;
  if (domain == "node")
    return data.numNodes;
  if (domain == "edge")
    return numEdges();
  if (domain == "relation")
    return data.numRelations;
  if (domain == "node_type")
    return data.numNodeTypes;
  if (domain == "src_pair" || domain == "dst_pair" || domain == "triple")
    return derivedDomain(domain).rows();
  return classSizes.at(domain);
}

const IndexArray &Graph::Impl::map(const std::string &domain,
                                   const std::string &role) {
  // What is stored anyway is not stored twice.
  if (domain == "edge") {
    if (role == "src")
      return data.src;
    if (role == "dst")
      return data.dst;
    if (role == "rel")
      return data.edgeType;
    if (role == "src_pair" || role == "dst_pair" || role == "triple")
      return derivedDomain(role).rowOfEdge;
  }
  if (domain == "src_pair" || domain == "dst_pair" || domain == "triple") {
    const DerivedDomain &rowsOf = derivedDomain(domain);
    if (role == "rel")
      return rowsOf.relation;
    if (role == "node" || role == "src_type")
      return rowsOf.first;
    if (role == "dst_type")
      return rowsOf.second;
  }
  if (domain == "node" && role == "type" && !data.nodeType.empty())
    return data.nodeType;
  if (domain == "relation")
    if (auto found = data.classes.find(role); found != data.classes.end())
      return found->second;
  auto found = maps.find({domain, role});
  if (found == maps.end()) {
    IndexArray built = buildMap(domain, role);
    found = maps.emplace(MapKey(domain, role), std::move(built)).first;
  }
  return found->second;
}

/// outer[inner[row]] for each row.
static IndexArray compose(const IndexArray &inner, const IndexArray &outer) {
  IndexArray composed(inner.size());
  for (std::size_t row = 0; row < inner.size(); ++row)
    composed[row] = outer[inner[row]];
  return composed;
}

IndexArray Graph::Impl::buildMap(const std::string &domain,
                                 const std::string &role) {
  IndexArray zeros(static_cast<std::size_t>(rows(domain)), 0);
  if (role == "none")
    return zeros;
  if (role == "self") {
    std::iota(zeros.begin(), zeros.end(), 0);
    return zeros;
  }
  bool isType = role == "type" || role == "src_type" || role == "dst_type";
  if (isType && data.nodeType.empty())
    return zeros;
  if (role == "type")
    return compose(map(domain, "node"), data.nodeType);
  if (isType)
    return compose(role == "src_type" ? data.src : data.dst, data.nodeType);
  return compose(map(domain, "rel"), data.classes.at(role));
}

} // namespace pigeon::runtime
