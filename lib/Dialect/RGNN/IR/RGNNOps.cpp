//===- RGNNOps.cpp - How the ops are written ------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pigeon::rgnn;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

/// A role is a bare word in the text; what is no word is written as a string.
static ParseResult parseRole(OpAsmParser &parser, StringAttr &role) {
  std::string name;
  if (parser.parseKeywordOrString(&name))
    return failure();
  role = parser.getBuilder().getStringAttr(name);
  return success();
}

static void printRole(OpAsmPrinter &printer, Operation *, StringAttr role) {
  printer.printKeywordOrString(role);
}

//===----------------------------------------------------------------------===//
// The entries of a graph
//===----------------------------------------------------------------------===//

/// Takes the entry `name` out of `entries`, as an attribute of one kind.
template <typename AttrT>
static ParseResult takeEntry(OpAsmParser &parser, SMLoc location,
                             NamedAttrList &entries, StringRef name,
                             StringRef expected, AttrT &value) {
  Attribute given = entries.erase(name);
  if (!given)
    return success();
  value = dyn_cast<AttrT>(given);
  if (value)
    return success();
  return parser.emitError(location) << "expected '" << name << "' to be "
                                    << expected << ", found " << given;
}

static ParseResult
parseGraphProperties(OpAsmParser &parser, IntegerAttr &relations,
                     IntegerAttr &nodeTypes, DictionaryAttr &classes,
                     UnitAttr &bipartite, FlatSymbolRefAttr &shares,
                     DictionaryAttr &stats) {
  SMLoc location = parser.getCurrentLocation();
  NamedAttrList entries;
  if (parser.parseOptionalAttrDict(entries) ||
      takeEntry(parser, location, entries, "relations", "an integer",
                relations) ||
      takeEntry(parser, location, entries, "node_types", "an integer",
                nodeTypes) ||
      takeEntry(parser, location, entries, "classes", "a dictionary",
                classes) ||
      takeEntry(parser, location, entries, "bipartite", "without a value",
                bipartite) ||
      takeEntry(parser, location, entries, "shares", "the symbol of a graph",
                shares) ||
      takeEntry(parser, location, entries, "stats", "a dictionary", stats))
    return failure();
  if (!entries.empty())
    return parser.emitError(location)
           << "expected one of relations, node_types, classes, bipartite, "
              "shares, stats, found '"
           << entries.begin()->getName().getValue() << "'";
  return success();
}

/// `{a = 1, b = 2}`, without the type of the integers.
static void printCounts(OpAsmPrinter &printer, DictionaryAttr counts) {
  printer << "{";
  llvm::interleaveComma(counts, printer, [&](NamedAttribute entry) {
    printer.printKeywordOrString(entry.getName());
    printer << " = ";
    printer.printAttributeWithoutType(entry.getValue());
  });
  printer << "}";
}

static void printGraphProperties(OpAsmPrinter &printer, GraphOp,
                                 IntegerAttr relations, IntegerAttr nodeTypes,
                                 DictionaryAttr classes, UnitAttr bipartite,
                                 FlatSymbolRefAttr shares,
                                 DictionaryAttr stats) {
  if (!relations && !nodeTypes && !classes && !bipartite && !shares && !stats)
    return;
  llvm::ListSeparator separator;
  auto entry = [&](StringRef name) -> OpAsmPrinter & {
    printer << StringRef(separator) << name;
    return printer;
  };
  printer << " {";
  if (relations)
    entry("relations = ").printAttributeWithoutType(relations);
  if (nodeTypes)
    entry("node_types = ").printAttributeWithoutType(nodeTypes);
  if (classes)
    printCounts(entry("classes = "), classes);
  if (bipartite)
    entry("bipartite");
  if (shares)
    entry("shares = ").printAttributeWithoutType(shares);
  if (stats)
    printCounts(entry("stats = "), stats);
  printer << "}";
}

#define GET_OP_CLASSES
#include "pigeon/Dialect/RGNN/IR/RGNNOps.cpp.inc"
