//===- FunctionNames.cpp - Names of arguments and results -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Interfaces/FunctionNames.h"

using namespace mlir;

static std::string nameOf(DictionaryAttr attributes, StringRef attribute,
                          StringRef what, unsigned index) {
  auto name =
      attributes ? attributes.getAs<StringAttr>(attribute) : StringAttr();
  return name ? name.str() : (what + Twine(index)).str();
}

std::string pigeon::getArgumentName(FunctionOpInterface function,
                                    unsigned index, StringRef attribute) {
  return nameOf(function.getArgAttrDict(index), attribute, "arg", index);
}

std::string pigeon::getResultName(FunctionOpInterface function, unsigned index,
                                  StringRef attribute) {
  return nameOf(function.getResultAttrDict(index), attribute, "result", index);
}

/// Checks the attribute on number `index` of `count` things called `what`,
/// whose names, given or by position, are `nameOf`.
static LogicalResult
verifyName(Operation *op, StringRef what, unsigned index, unsigned count,
           NamedAttribute attribute, StringRef expected,
           llvm::function_ref<std::string(unsigned)> nameOf) {
  if (attribute.getName() != expected)
    return op->emitOpError() << what << " " << index << " has the attribute '"
                             << attribute.getName().getValue()
                             << "', expected '" << expected << "'";
  auto name = dyn_cast<StringAttr>(attribute.getValue());
  if (!name || name.empty())
    return op->emitOpError()
           << "'" << expected << "' of " << what << " " << index
           << " must be a string that is not empty, found "
           << attribute.getValue();
  for (unsigned other = 0; other != count; ++other)
    if (other != index && nameOf(other) == name.getValue())
      return op->emitOpError() << what << "s " << std::min(index, other)
                               << " and " << std::max(index, other)
                               << " have one name, '" << name.getValue() << "'";
  return success();
}

LogicalResult pigeon::verifyArgumentName(Operation *op, unsigned index,
                                         NamedAttribute attribute,
                                         StringRef expected) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError()
           << "has no arguments that '" << attribute.getName().getValue()
           << "' could name, expected a function";
  return verifyName(
      op, "argument", index, function.getNumArguments(), attribute, expected,
      [&](unsigned i) { return getArgumentName(function, i, expected); });
}

LogicalResult pigeon::verifyResultName(Operation *op, unsigned index,
                                       NamedAttribute attribute,
                                       StringRef expected) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError()
           << "has no results that '" << attribute.getName().getValue()
           << "' could name, expected a function";
  return verifyName(
      op, "result", index, function.getNumResults(), attribute, expected,
      [&](unsigned i) { return getResultName(function, i, expected); });
}
