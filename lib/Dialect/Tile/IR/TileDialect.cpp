//===- TileDialect.cpp - The tile dialect --------------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileDialect.h"
#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

using namespace mlir;
using namespace pigeon::tile;

#include "pigeon/Dialect/Tile/IR/TileDialect.cpp.inc"

void TileDialect::initialize() {
  registerTypes();
  registerOps();
}

LogicalResult TileDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                    unsigned argIndex,
                                                    NamedAttribute attribute) {
  if (attribute.getName() != kReadonly)
    return op->emitError("unknown argument attribute '")
           << attribute.getName().getValue() << "'; the tile dialect has only '"
           << kReadonly << "'";
  if (!isa<UnitAttr>(attribute.getValue()))
    return op->emitError("'") << kReadonly << "' must be a unit attribute";
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (function && argIndex < function.getNumArguments()) {
    Type type = function.getArgumentTypes()[argIndex];
    if (!isa<RefType>(type))
      return op->emitError("'")
             << kReadonly << "' belongs on a ref, but argument " << argIndex
             << " is " << type;
  }
  return success();
}
