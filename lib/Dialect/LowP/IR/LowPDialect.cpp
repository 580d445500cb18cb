//===- LowPDialect.cpp - The lowp dialect ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/LowP/IR/LowPOps.h"

#include "pigeon/Interfaces/FunctionNames.h"

using namespace mlir;
using namespace pigeon;
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

std::string pigeon::lowp::getArgumentName(FunctionOpInterface function,
                                          unsigned index) {
  return pigeon::getArgumentName(function, index,
                                 LowPDialect::getNameAttrName());
}

std::string pigeon::lowp::getResultName(FunctionOpInterface function,
                                        unsigned index) {
  return pigeon::getResultName(function, index, LowPDialect::getNameAttrName());
}

LogicalResult LowPDialect::verifyRegionArgAttribute(Operation *op,
                                                    unsigned regionIndex,
                                                    unsigned index,
                                                    NamedAttribute attribute) {
  return verifyArgumentName(op, index, attribute, getNameAttrName());
}

LogicalResult
LowPDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                         unsigned index,
                                         NamedAttribute attribute) {
  return verifyResultName(op, index, attribute, getNameAttrName());
}
