//===- Graph.cpp - A heterogeneous graph in internal order ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Graph.h"

#include "GraphImpl.h"
#include "pigeon/Runtime/Domains.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pigeon::runtime {

static constexpr std::int64_t maxRows =
    std::numeric_limits<std::int32_t>::max();

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static Status checkCount(std::int64_t count, const char *things) {
  if (count < 0)
    return Error(std::string("the number of ") + things +
                 " is negative: " + std::to_string(count));
  if (count > maxRows)
    return Error(std::to_string(count) + " " + things +
                 " are too many: indices have 32 bits, at most " +
                 std::to_string(maxRows) + " are possible");
  return {};
}

static Status checkLength(const IndexArray &array, std::size_t expected,
                          const char *name, const char *per) {
  if (array.size() == expected)
    return {};
  return Error("array '" + std::string(name) + "' has " +
               std::to_string(array.size()) + " entries, expected one per " +
               per + ", " + std::to_string(expected));
}

static Status checkRange(const IndexArray &array, std::int64_t limit,
                         const std::string &name, const char *things) {
  for (std::size_t row = 0; row < array.size(); ++row)
    if (array[row] < 0 || array[row] >= limit)
      return Error("array '" + name + "', row " + std::to_string(row) + ": " +
                   std::to_string(array[row]) + " is out of range, there are " +
                   std::to_string(limit) + " " + things);
  return {};
}

static Status checkClasses(const GraphData &data) {
  for (const auto &[className, classOf] : data.classes) {
    if (isReservedName(className))
      return Error("a class of relations cannot be called '" + className +
                   "', the name of a domain or role");
    std::string array = "class_" + className;
    if (Status s =
            checkLength(classOf, static_cast<std::size_t>(data.numRelations),
                        array.c_str(), "relation");
        !s)
      return s;
    for (std::size_t row = 0; row < classOf.size(); ++row)
      if (classOf[row] < 0)
        return Error("array '" + array + "', row " + std::to_string(row) +
                     ": " + std::to_string(classOf[row]) +
                     " is negative, expected a class number");
  }
  return {};
}

static Status checkData(const GraphData &data) {
  for (auto [count, things] :
       {std::pair(data.numNodes, "nodes"),
        std::pair(data.numRelations, "relations"),
        std::pair(data.numNodeTypes, "node types"),
        std::pair(static_cast<std::int64_t>(data.src.size()), "edges")})
    if (Status s = checkCount(count, things); !s)
      return s;
  if (data.numNodeTypes == 0 && data.numNodes > 0)
    return Error("the number of node types is 0, expected at least 1");
  for (auto [array, name] :
       {std::pair(&data.dst, "dst"), std::pair(&data.edgeType, "edge_type")})
    if (Status s = checkLength(*array, data.src.size(), name, "edge"); !s)
      return s;
  if (!data.nodeType.empty())
    if (Status s =
            checkLength(data.nodeType, static_cast<std::size_t>(data.numNodes),
                        "node_type", "node");
        !s)
      return s;
  if (Status s = checkRange(data.nodeType, data.numNodeTypes, "node_type",
                            "node types");
      !s)
    return s;
  if (Status s = checkRange(data.src, data.numNodes, "src", "nodes"); !s)
    return s;
  if (Status s = checkRange(data.dst, data.numNodes, "dst", "nodes"); !s)
    return s;
  if (Status s = checkRange(data.edgeType, data.numRelations, "edge_type",
                            "relations");
      !s)
    return s;
  return checkClasses(data);
}

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//

IndexArray stableOrder(const IndexArray &keys, std::int64_t numKeys,
                       IndexArray order) {
  if (order.empty()) {
    order.resize(keys.size());
    std::iota(order.begin(), order.end(), 0);
  }
  // Counting costs a pass over the keys that do not occur; a triple file may
  // name node 2,000,000,000 in its only line.
  if (numKeys / 8 > static_cast<std::int64_t>(keys.size()) + 8192) {
    std::vector<std::pair<std::int32_t, std::int32_t>> keyed;
    keyed.reserve(order.size());
    for (std::int32_t row : order)
      keyed.emplace_back(keys[row], static_cast<std::int32_t>(keyed.size()));
    std::sort(keyed.begin(), keyed.end());
    IndexArray sorted(order.size());
    for (std::size_t i = 0; i < keyed.size(); ++i)
      sorted[i] = order[keyed[i].second];
    return sorted;
  }
  IndexArray next(static_cast<std::size_t>(numKeys) + 1, 0);
  for (std::int32_t key : keys)
    ++next[key + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  IndexArray sorted(keys.size());
  for (std::int32_t row : order)
    sorted[next[keys[row]]++] = row;
  return sorted;
}

static void permute(IndexArray &array, const IndexArray &order) {
  IndexArray permuted(array.size());
  for (std::size_t row = 0; row < order.size(); ++row)
    permuted[row] = array[order[row]];
  array = std::move(permuted);
}

/// Orders nodes by type and renames the end points of edges.
static IndexArray sortNodes(GraphData &data) {
  if (std::is_sorted(data.nodeType.begin(), data.nodeType.end()))
    return {};
  IndexArray order = stableOrder(data.nodeType, data.numNodeTypes);
  IndexArray internal(order.size());
  for (std::size_t row = 0; row < order.size(); ++row)
    internal[order[row]] = static_cast<std::int32_t>(row);
  permute(data.nodeType, order);
  for (IndexArray *ends : {&data.src, &data.dst})
    for (std::int32_t &node : *ends)
      node = internal[node];
  return order;
}

static bool areEdgesSorted(const GraphData &data) {
  for (std::size_t edge = 1; edge < data.src.size(); ++edge) {
    auto key = [&](std::size_t e) {
      return std::make_tuple(data.edgeType[e], data.dst[e], data.src[e]);
    };
    if (key(edge) < key(edge - 1))
      return false;
  }
  return true;
}

/// Orders edges by (relation, destination, source); equal ones keep theirs.
static IndexArray sortEdges(GraphData &data) {
  if (areEdgesSorted(data))
    return {};
  IndexArray order = stableOrder(data.src, data.numNodes);
  order = stableOrder(data.dst, data.numNodes, std::move(order));
  order = stableOrder(data.edgeType, data.numRelations, std::move(order));
  for (IndexArray *column : {&data.src, &data.dst, &data.edgeType})
    permute(*column, order);
  return order;
}

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

Graph::Graph(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Graph::~Graph() = default;

Result<std::shared_ptr<Graph>> Graph::create(GraphData data,
                                             const std::string &what) {
  if (Status s = checkData(data); !s)
    return s.error().within(what);
  auto impl = std::make_unique<Impl>();
  impl->what = what;
  // One way to say that all nodes are of type 0.
  if (std::all_of(data.nodeType.begin(), data.nodeType.end(),
                  [](std::int32_t type) { return type == 0; }))
    data.nodeType.clear();
  impl->nodeOrder = sortNodes(data);
  impl->edgeOrder = sortEdges(data);
  for (const auto &[className, classOf] : data.classes) {
    auto largest = std::max_element(classOf.begin(), classOf.end());
    impl->classNames.push_back(className);
    impl->classSizes[className] =
        largest == classOf.end() ? 0 : std::int64_t(*largest) + 1;
  }
  impl->data = std::move(data);
  return std::shared_ptr<Graph>(new Graph(std::move(impl)));
}

std::int64_t Graph::numNodes() const { return impl->data.numNodes; }
std::int64_t Graph::numEdges() const { return impl->numEdges(); }
std::int64_t Graph::numRelations() const { return impl->data.numRelations; }
std::int64_t Graph::numNodeTypes() const { return impl->data.numNodeTypes; }
const std::string &Graph::what() const { return impl->what; }

Result<std::int64_t> Graph::rows(const std::string &domain) const {
  if (!isDomain(domain, impl->classNames))
    return Error("graph '" + impl->what + "' has no domain '" + domain +
                 "'; it has " + listDomains(impl->classNames));
  std::lock_guard<std::mutex> lock(impl->mutex);
  return impl->rows(domain);
}

Result<std::string> Graph::Impl::image(const std::string &domain,
                                       const std::string &role) const {
  if (!isDomain(domain, classNames))
    return Error("graph '" + what + "' has no domain '" + domain +
                 "'; it has " + listDomains(classNames));
  if (auto to = imageOfRole(domain, role, classNames))
    return *to;
  return Error("domain '" + domain + "' of graph '" + what + "' has no role '" +
               role + "'; it has " + listRoles(domain, classNames));
}

Result<std::string> Graph::image(const std::string &domain,
                                 const std::string &role) const {
  return impl->image(domain, role);
}

Result<const IndexArray *> Graph::map(const std::string &domain,
                                      const std::string &role) const {
  if (Result<std::string> to = impl->image(domain, role); !to)
    return to.error();
  std::lock_guard<std::mutex> lock(impl->mutex);
  return &impl->map(domain, role);
}

/// Whether the graph has all that the parameters name.
Status Graph::checkView(const ViewSpec &spec) const {
  using Through = ViewKind::Through;
  const ViewKind *kind = findViewKind(spec.kind);
  if (!kind)
    return Error("there is no view of kind '" + spec.kind + "'; there are " +
                 listViewKinds());
  Result<std::string> to = impl->image(spec.domain, spec.role);
  if (!to)
    return to.error();
  if (kind->through != Through::Nothing)
    if (Result<std::string> next = impl->image(
            kind->through == Through::Domain ? spec.domain : *to, spec.through);
        !next)
      return next.error();
  if (kind->hasOwners)
    if (Result<std::string> owners = impl->image(*to, spec.into); !owners)
      return owners.error();
  if (Status s = checkParameters(spec, *kind); !s)
    return s.error().within("graph '" + impl->what + "'");
  return {};
}

Result<const View *> Graph::view(const ViewSpec &spec) const {
  if (Status s = checkView(spec); !s)
    return s.error();
  Impl::ViewKey key(spec.kind, spec.domain, spec.role, spec.parameter,
                    spec.through, spec.into);
  std::lock_guard<std::mutex> lock(impl->mutex);
  auto found = impl->views.find(key);
  if (found == impl->views.end()) {
    Result<View> view = impl->buildView(spec);
    if (!view)
      return view.error().within("graph '" + impl->what + "'");
    found = impl->views.emplace(key, view.take()).first;
  }
  return &found->second;
}

Result<OwnerBlock> Graph::longestOwnerBlock(const ViewSpec &spec,
                                            std::int64_t chunk,
                                            std::int64_t itemEntries) const {
  if (Status s = checkView(spec); !s)
    return s.error();
  if (!findViewKind(spec.kind)->hasOwners)
    return Error("view '" + spec.kind + "' has no owners");
  std::lock_guard<std::mutex> lock(impl->mutex);
  return findLongestBlock(impl->ownedRows(spec), spec.parameter, chunk,
                          itemEntries);
}

const IndexArray &Graph::userOrder(const std::string &domain) const {
  if (domain == "node")
    return impl->nodeOrder;
  if (domain == "edge")
    return impl->edgeOrder;
  return impl->noOrder;
}

Status Graph::check(const GraphSpec &spec) const {
  auto mismatch = [&](const std::string &things, std::int64_t expected,
                      std::int64_t found) {
    return Error("graph '" + spec.name + "' of the model has " +
                 std::to_string(expected) + " " + things + ", '" + impl->what +
                 "' has " + std::to_string(found));
  };
  if (spec.relations != 0 && spec.relations != numRelations())
    return mismatch("relations", spec.relations, numRelations());
  if (spec.nodeTypes != 0 && spec.nodeTypes != numNodeTypes())
    return mismatch("node types", spec.nodeTypes, numNodeTypes());
  for (const auto &[className, count] : spec.classes) {
    auto found = impl->classSizes.find(className);
    if (found == impl->classSizes.end())
      return Error("graph '" + spec.name +
                   "' of the model has a class of relations '" + className +
                   "', '" + impl->what + "' has no array 'class_" + className +
                   "'");
    if (count != 0 && count < found->second)
      return mismatch("classes '" + className + "'", count, found->second);
  }
  return {};
}

Status Graph::checkShares(const Graph &other) const {
  auto differ = [&](const std::string &things, std::int64_t mine,
                    std::int64_t theirs) {
    return Error("'" + impl->what + "' has " + std::to_string(mine) + " " +
                 things + ", '" + other.what() +
                 "', whose rows it shares, has " + std::to_string(theirs));
  };
  if (numNodes() != other.numNodes())
    return differ("nodes", numNodes(), other.numNodes());
  if (numRelations() != other.numRelations())
    return differ("relations", numRelations(), other.numRelations());
  if (numNodeTypes() != other.numNodeTypes())
    return differ("node types", numNodeTypes(), other.numNodeTypes());
  if (impl->nodeOrder != other.impl->nodeOrder ||
      impl->data.nodeType != other.impl->data.nodeType)
    return Error("'" + impl->what + "' and '" + other.what() +
                 "' share their nodes but give them different types");
  return {};
}

} // namespace pigeon::runtime
