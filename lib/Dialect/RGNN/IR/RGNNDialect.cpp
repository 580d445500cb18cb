//===- RGNNDialect.cpp - The rgnn dialect ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "pigeon/Interfaces/FunctionNames.h"

using namespace mlir;
using namespace pigeon;
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

std::string pigeon::rgnn::getArgumentName(FunctionOpInterface function,
                                          unsigned index) {
  return pigeon::getArgumentName(function, index,
                                 RGNNDialect::getNameAttrName());
}

std::string pigeon::rgnn::getResultName(FunctionOpInterface function,
                                        unsigned index) {
  return pigeon::getResultName(function, index, RGNNDialect::getNameAttrName());
}

LogicalResult RGNNDialect::verifyRegionArgAttribute(Operation *op,
                                                    unsigned regionIndex,
                                                    unsigned index,
                                                    NamedAttribute attribute) {
  return verifyArgumentName(op, index, attribute, getNameAttrName());
}

LogicalResult
RGNNDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                         unsigned index,
                                         NamedAttribute attribute) {
  return verifyResultName(op, index, attribute, getNameAttrName());
}
