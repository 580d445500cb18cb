//===- RGNNDialect.cpp - The rgnn dialect ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pigeon::rgnn;

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.cpp.inc"

void RGNNDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "pigeon/Dialect/RGNN/IR/RGNNOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Names of arguments and results
//===----------------------------------------------------------------------===//

static StringAttr givenName(DictionaryAttr attributes) {
  if (!attributes)
    return {};
  return attributes.getAs<StringAttr>(RGNNDialect::getNameAttrName());
}

std::string pigeon::rgnn::getArgumentName(FunctionOpInterface function,
                                          unsigned index) {
  if (StringAttr name = givenName(function.getArgAttrDict(index)))
    return name.str();
  return "arg" + std::to_string(index);
}

std::string pigeon::rgnn::getResultName(FunctionOpInterface function,
                                        unsigned index) {
  if (StringAttr name = givenName(function.getResultAttrDict(index)))
    return name.str();
  return "result" + std::to_string(index);
}

/// Checks the attribute on number `index` of `count` things called `what`,
/// whose names, given or by position, are `nameOf`.
static LogicalResult
verifyNameAttribute(Operation *op, StringRef what, unsigned index,
                    unsigned count, NamedAttribute attribute,
                    llvm::function_ref<std::string(unsigned)> nameOf) {
  if (attribute.getName() != RGNNDialect::getNameAttrName())
    return op->emitOpError()
           << what << " " << index << " has the attribute '"
           << attribute.getName().getValue() << "', expected '"
           << RGNNDialect::getNameAttrName() << "'";
  auto name = dyn_cast<StringAttr>(attribute.getValue());
  if (!name || name.empty())
    return op->emitOpError()
           << "'" << RGNNDialect::getNameAttrName() << "' of " << what << " "
           << index << " must be a string that is not empty, found "
           << attribute.getValue();
  for (unsigned other = 0; other != count; ++other)
    if (other != index && nameOf(other) == name.getValue())
      return op->emitOpError() << what << "s " << std::min(index, other)
                               << " and " << std::max(index, other)
                               << " have one name, '" << name.getValue() << "'";
  return success();
}

LogicalResult RGNNDialect::verifyRegionArgAttribute(Operation *op,
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
      [&](unsigned i) { return getArgumentName(function, i); });
}

LogicalResult
RGNNDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                         unsigned index,
                                         NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError()
           << "has no results that '" << attribute.getName().getValue()
           << "' could name, expected a function";
  return verifyNameAttribute(
      op, "result", index, function.getNumResults(), attribute,
      [&](unsigned i) { return getResultName(function, i); });
}
