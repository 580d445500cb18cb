//===- Domains.cpp - Domains, roles and how roles compose -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/Domains.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pigeon::rgnn;

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

namespace {
/// One line of the table in the header.
struct RoleRow {
  StringRef domain, role, image;
};
/// A composite that is not simply named by its second role.
struct CompositeRow {
  StringRef domain, first, second, role;
};
} // namespace

static constexpr RoleRow roleRows[] = {
    {"edge", "src", "node"},
    {"edge", "dst", "node"},
    {"edge", "rel", "relation"},
    {"edge", "src_pair", "src_pair"},
    {"edge", "dst_pair", "dst_pair"},
    {"edge", "src_type", "node_type"},
    {"edge", "dst_type", "node_type"},
    {"edge", "triple", "triple"},
    {"src_pair", "node", "node"},
    {"src_pair", "rel", "relation"},
    {"src_pair", "type", "node_type"},
    {"dst_pair", "node", "node"},
    {"dst_pair", "rel", "relation"},
    {"dst_pair", "type", "node_type"},
    {"node", "type", "node_type"},
    {"src_node", "type", "node_type"},
    {"dst_node", "type", "node_type"},
    {"triple", "rel", "relation"},
    {"triple", "src_type", "node_type"},
    {"triple", "dst_type", "node_type"},
};

static constexpr CompositeRow compositeRows[] = {
    {"edge", "src", "type", "src_type"},
    {"edge", "dst", "type", "dst_type"},
    {"edge", "src_pair", "node", "src"},
    {"edge", "src_pair", "type", "src_type"},
    {"edge", "dst_pair", "node", "dst"},
    {"edge", "dst_pair", "type", "dst_type"},
    {"src_pair", "node", "type", "type"},
    {"dst_pair", "node", "type", "type"},
};

static constexpr StringRef domainNames[] = {"edge",     "src_pair",  "dst_pair",
                                            "node",     "src_node",  "dst_node",
                                            "relation", "node_type", "triple"};

/// Domains whose rows have a relation, and so every class of relations.
static bool hasRelation(StringRef domain) {
  return domain == "edge" || domain == "src_pair" || domain == "dst_pair" ||
         domain == "triple" || domain == "relation";
}

static bool isSourceSide(StringRef domain, StringRef role) {
  return role == "src" || (domain == "src_pair" && role == "node");
}

static const RoleRow *findRow(StringRef domain, StringRef role) {
  for (const RoleRow &row : roleRows)
    if (row.domain == domain && row.role == role)
      return &row;
  return nullptr;
}

bool pigeon::rgnn::isReservedName(StringRef name) {
  return name == "self" || name == "none" ||
         llvm::is_contained(domainNames, name) ||
         llvm::any_of(roleRows,
                      [&](const RoleRow &row) { return row.role == name; });
}

bool pigeon::rgnn::isDerivedFromEdges(StringRef domain) {
  return domain == "edge" || domain == "src_pair" || domain == "dst_pair" ||
         domain == "triple";
}

SmallVector<StringRef> pigeon::rgnn::getDomainNames(ArrayRef<StringRef> classes,
                                                    bool bipartite) {
  SmallVector<StringRef> names;
  for (StringRef name : domainNames)
    if (bipartite ? name != "node" : name != "src_node" && name != "dst_node")
      names.push_back(name);
  llvm::append_range(names, classes);
  return names;
}

SmallVector<StringRef> pigeon::rgnn::getRoleNames(StringRef domain,
                                                  ArrayRef<StringRef> classes) {
  SmallVector<StringRef> names;
  for (const RoleRow &row : roleRows)
    if (row.domain == domain)
      names.push_back(row.role);
  if (hasRelation(domain))
    llvm::append_range(names, classes);
  names.push_back("self");
  names.push_back("none");
  return names;
}

FailureOr<std::string> pigeon::rgnn::imageDomain(StringRef domain,
                                                 StringRef role,
                                                 ArrayRef<StringRef> classes,
                                                 bool bipartite) {
  if (role == "none")
    return std::string();
  if (role == "self")
    return domain.str();
  if (const RoleRow *row = findRow(domain, role)) {
    if (row->image == "node" && bipartite)
      return std::string(isSourceSide(domain, role) ? "src_node" : "dst_node");
    return row->image.str();
  }
  if (hasRelation(domain) && llvm::is_contained(classes, role))
    return role.str();
  return failure();
}

std::optional<StringRef> pigeon::rgnn::composeRoles(StringRef domain,
                                                    StringRef first,
                                                    StringRef second) {
  if (second == "none" || first == "self")
    return second;
  if (first == "none" || second == "self")
    return first;
  for (const CompositeRow &row : compositeRows)
    if (row.domain == domain && row.first == first && row.second == second)
      return row.role;
  // Everything else that exists is named by where it leads: `rel`, `src_type`,
  // `dst_type` or a class, from what has a relation.
  const RoleRow *step = findRow(domain, first);
  if (!step)
    return std::nullopt;
  if (!isReservedName(second))
    return hasRelation(step->image) ? std::optional(second) : std::nullopt;
  bool namedByEnd =
      second == "rel" || second == "src_type" || second == "dst_type";
  if (namedByEnd && findRow(step->image, second) && findRow(domain, second))
    return second;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The graphs of a module
//===----------------------------------------------------------------------===//

GraphOp pigeon::rgnn::lookupGraph(SymbolTableCollection &symbolTable,
                                  Operation *user, StringRef name) {
  return symbolTable.lookupNearestSymbolFrom<GraphOp>(
      user, StringAttr::get(user->getContext(), name));
}

/// The graph of a domain and the one whose nodes it has, or an error.
static FailureOr<std::pair<GraphOp, GraphOp>>
lookupGraphAndOwner(SymbolTableCollection &symbolTable, Operation *user,
                    StringRef name, EmitError emitError) {
  GraphOp graph = lookupGraph(symbolTable, user, name);
  if (!graph) {
    emitError() << "there is no graph '" << name
                << "', expected an rgnn.graph @" << name << " in the module";
    return failure();
  }
  GraphOp owner = graph.getOwner(symbolTable);
  if (!owner) {
    emitError() << "graph '" << name << "' shares " << graph.getSharesAttr()
                << ", which is no graph of this module";
    return failure();
  }
  return std::pair(graph, owner);
}

LogicalResult pigeon::rgnn::verifyDomain(SymbolTableCollection &symbolTable,
                                         Operation *user, OnAttr domain,
                                         EmitError emitError) {
  auto graphs =
      lookupGraphAndOwner(symbolTable, user, domain.getGraph(), emitError);
  if (failed(graphs))
    return failure();
  auto [graph, owner] = *graphs;
  SmallVector<StringRef> classes = owner.getClassNames();
  SmallVector<StringRef> names = getDomainNames(classes, owner.getBipartite());
  if (!llvm::is_contained(names, domain.getDomain()))
    return emitError() << "graph '" << domain.getGraph() << "' has no domain '"
                       << domain.getDomain() << "', expected one of "
                       << llvm::join(names, ", ");
  if (graph != owner && !isDerivedFromEdges(domain.getDomain()))
    return emitError() << "graph '" << domain.getGraph() << "' shares '"
                       << domain.getDomain() << "' with '" << owner.getSymName()
                       << "', write " << owner.getSymName() << "."
                       << domain.getDomain() << " instead of "
                       << domain.getFullName();
  return success();
}

/// Where `role` leads from a domain of `graph`, whose nodes are `owner`'s.
static FailureOr<OnAttr> imageIn(GraphOp graph, GraphOp owner, OnAttr domain,
                                 StringRef role) {
  FailureOr<std::string> image = imageDomain(
      domain.getDomain(), role, owner.getClassNames(), owner.getBipartite());
  if (failed(image))
    return failure();
  if (image->empty())
    return OnAttr();
  GraphOp holder = isDerivedFromEdges(*image) ? graph : owner;
  return OnAttr::get(graph.getContext(), holder.getSymName(), *image);
}

FailureOr<OnAttr> pigeon::rgnn::resolveImage(SymbolTableCollection &symbolTable,
                                             Operation *user, OnAttr domain,
                                             StringRef role,
                                             EmitError emitError) {
  if (failed(verifyDomain(symbolTable, user, domain, emitError)))
    return failure();
  GraphOp graph = lookupGraph(symbolTable, user, domain.getGraph());
  GraphOp owner = graph.getOwner(symbolTable);
  FailureOr<OnAttr> image = imageIn(graph, owner, domain, role);
  if (failed(image))
    emitError() << "'" << role << "' is no role of " << domain.getFullName()
                << ", expected one of "
                << llvm::join(
                       getRoleNames(domain.getDomain(), owner.getClassNames()),
                       ", ");
  return image;
}

FailureOr<OnAttr> pigeon::rgnn::resolveImage(Operation *user, OnAttr domain,
                                             StringRef role) {
  SymbolTableCollection symbolTable;
  GraphOp graph = lookupGraph(symbolTable, user, domain.getGraph());
  GraphOp owner = graph ? graph.getOwner(symbolTable) : nullptr;
  if (!owner)
    return failure();
  return imageIn(graph, owner, domain, role);
}

LogicalResult pigeon::rgnn::verifyData(SymbolTableCollection &symbolTable,
                                       Operation *user, Type type,
                                       EmitError emitError) {
  OnAttr domain = getDomain(type);
  if (!domain)
    return success();
  if (failed(verifyDomain(symbolTable, user, domain, emitError)))
    return failure();
  auto tensor = cast<RankedTensorType>(type);
  GraphOp graph = lookupGraph(symbolTable, user, domain.getGraph());
  int64_t fixedRows = graph.getFixedRows(domain.getDomain());
  if (fixedRows == 0 || tensor.isDynamicDim(0) ||
      tensor.getDimSize(0) == fixedRows)
    return success();
  return emitError() << "has " << tensor.getDimSize(0) << " rows on "
                     << domain.getFullName() << ", but the graph has "
                     << fixedRows;
}

LogicalResult pigeon::rgnn::verifyDomains(Operation *op,
                                          SymbolTableCollection &symbolTable) {
  auto isGood = [&](Type type) {
    return succeeded(
        verifyData(symbolTable, op, type, [&] { return op->emitOpError(); }));
  };
  return success(llvm::all_of(op->getOperandTypes(), isGood) &&
                 llvm::all_of(op->getResultTypes(), isGood));
}
