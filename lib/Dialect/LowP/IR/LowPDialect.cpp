//===- LowPDialect.cpp - The lowp dialect ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/LowP/IR/LowPOps.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace pigeon::lowp;

#include "pigeon/Dialect/LowP/IR/LowPDialect.cpp.inc"

void LowPDialect::initialize() {
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "pigeon/Dialect/LowP/IR/LowPOps.cpp.inc"
      >();
}

std::string pigeon::lowp::getName(DictionaryAttr attributes) {
  if (!attributes)
    return "";
  auto name = attributes.getAs<StringAttr>(LowPDialect::getNameAttrName());
  return name ? name.str() : "";
}

/// Checks the attribute on number `index` of `count` things called `what`,
/// whose attributes are `attributesOf`.
static LogicalResult
verifyNameAttribute(Operation *op, StringRef what, unsigned index,
                    unsigned count, NamedAttribute attribute,
                    llvm::function_ref<DictionaryAttr(unsigned)> attributesOf) {
  if (attribute.getName() != LowPDialect::getNameAttrName())
    return op->emitOpError()
           << what << " " << index << " has the attribute '"
           << attribute.getName().getValue() << "', expected '"
           << LowPDialect::getNameAttrName() << "'";
  auto name = dyn_cast<StringAttr>(attribute.getValue());
  if (!name || name.empty())
    return op->emitOpError()
           << "'" << LowPDialect::getNameAttrName() << "' of " << what << " "
           << index << " must be a string that is not empty, found "
           << attribute.getValue();
  for (unsigned other = 0; other != index && other != count; ++other)
    if (getName(attributesOf(other)) == name.getValue())
      return op->emitOpError() << what << "s " << other << " and " << index
                               << " have one name, '" << name.getValue() << "'";
  return success();
}

LogicalResult LowPDialect::verifyRegionArgAttribute(Operation *op,
                                                    unsigned regionIndex,
                                                    unsigned index,
                                                    NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError()
           << "has no arguments that '" << attribute.getName().getValue()
           << "' could name, expected a function";
  return verifyNameAttribute(
      op, "argument", index, function.getNumArguments(), attribute,
      [&](unsigned i) { return function.getArgAttrDict(i); });
}

LogicalResult
LowPDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                         unsigned index,
                                         NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError()
           << "has no results that '" << attribute.getName().getValue()
           << "' could name, expected a function";
  return verifyNameAttribute(
      op, "result", index, function.getNumResults(), attribute,
      [&](unsigned i) { return function.getResultAttrDict(i); });
}
