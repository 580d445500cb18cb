//===- GraphOps.cpp - The graphs of a module ------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pigeon::rgnn;

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

SmallVector<StringRef> GraphOp::getClassNames() {
  SmallVector<StringRef> names;
  if (DictionaryAttr classes = getClassesAttr())
    for (NamedAttribute entry : classes)
      names.push_back(entry.getName());
  return names;
}

int64_t GraphOp::getFixedRows(StringRef domain) {
  if (domain == "relation")
    return getRelations().value_or(0);
  if (domain == "node_type")
    return getNodeTypes().value_or(0);
  DictionaryAttr classes = getClassesAttr();
  auto count = classes ? classes.getAs<IntegerAttr>(domain) : IntegerAttr();
  return count ? count.getInt() : 0;
}

GraphOp GraphOp::getOwner(SymbolTableCollection &symbolTable) {
  if (!getSharesAttr())
    return *this;
  return symbolTable.lookupNearestSymbolFrom<GraphOp>(getOperation(),
                                                      getSharesAttr());
}

/// Checks that each entry is an i64 of at least 0.
static LogicalResult verifyCounts(GraphOp graph, StringRef what,
                                  DictionaryAttr counts) {
  for (NamedAttribute entry : counts) {
    auto count = dyn_cast<IntegerAttr>(entry.getValue());
    if (!count || !count.getType().isSignlessInteger(64) || count.getInt() < 0)
      return graph.emitOpError()
             << what << " '" << entry.getName().getValue()
             << "' must be a 64-bit integer of at least 0, found "
             << entry.getValue();
  }
  return success();
}

static LogicalResult verifyClasses(GraphOp graph) {
  DictionaryAttr classes = graph.getClassesAttr();
  if (!classes)
    return success();
  for (NamedAttribute entry : classes) {
    StringRef name = entry.getName();
    if (isReservedName(name))
      return graph.emitOpError()
             << "class '" << name << "' has the name of a domain or role";
    if (name.contains('.'))
      return graph.emitOpError()
             << "class '" << name << "' must have a name without a dot";
  }
  return verifyCounts(graph, "class", classes);
}

LogicalResult GraphOp::verify() {
  // A graph is named by types, which symbol-dce does not see.
  if (!isPublic())
    return emitOpError() << "must be public, since its uses in types are no "
                            "uses of a symbol";
  if (failed(verifyClasses(*this)))
    return failure();
  if (!getSharesAttr())
    return success();
  const std::pair<StringRef, bool> ownersEntries[] = {
      {"relations", !!getRelationsAttr()},
      {"node_types", !!getNodeTypesAttr()},
      {"classes", !!getClassesAttr()},
      {"bipartite", getBipartite()}};
  for (auto [name, given] : ownersEntries)
    if (given)
      return emitOpError() << "shares its '" << name << "' with "
                           << getSharesAttr() << " and cannot give its own";
  return success();
}

static LogicalResult verifyStats(GraphOp graph, GraphOp owner) {
  DictionaryAttr stats = graph.getStatsAttr();
  if (!stats)
    return success();
  SmallVector<StringRef> classes = owner.getClassNames();
  SmallVector<StringRef> names = getDomainNames(classes, owner.getBipartite());
  if (graph != owner)
    llvm::erase_if(names, [](StringRef n) { return !isDerivedFromEdges(n); });
  for (NamedAttribute entry : stats) {
    StringRef name = entry.getName().getValue();
    SmallVector<StringRef> parts;
    name.split(parts, '.', /*MaxSplit=*/2);
    StringRef domain = parts[0];
    if (!llvm::is_contained(names, domain))
      return graph.emitOpError()
             << "stats name '" << name
             << "', expected domains of the graph: " << llvm::join(names, ", ");
    SmallVector<StringRef> roles = getRoleNames(domain, classes);
    if (parts.size() > 1 && !llvm::is_contained(roles, parts[1]))
      return graph.emitOpError()
             << "stats name '" << name << "', expected roles of " << domain
             << ": " << llvm::join(roles, ", ");
    if (parts.size() > 2 && parts[2] != "items" && parts[2] != "entries")
      return graph.emitOpError()
             << "stats name '" << name << "', expected " << domain << "."
             << parts[1] << ", and then nothing, items or entries";
  }
  return verifyCounts(graph, "stats of", stats);
}

LogicalResult GraphOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  GraphOp owner = getOwner(symbolTable);
  if (!owner)
    return emitOpError() << "shares " << getSharesAttr()
                         << ", which is no graph of this module";
  if (owner.getSharesAttr()) {
    InFlightDiagnostic diagnostic =
        emitOpError() << "shares " << getSharesAttr()
                      << ", which itself shares " << owner.getSharesAttr()
                      << "; name the owner";
    diagnostic.attachNote(owner.getLoc()) << "the other graph is here";
    return diagnostic;
  }
  return verifyStats(*this, owner);
}
