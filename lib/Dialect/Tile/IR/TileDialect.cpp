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

/// More stages than this hold nothing but shared memory.
static constexpr int64_t kMaxStages = 8;

LogicalResult TileDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == kStages) {
    auto stages = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!stages || !stages.getType().isInteger(32) || stages.getInt() < 1 ||
        stages.getInt() > kMaxStages)
      return op->emitOpError("expected '")
             << kStages << "' to be an i32 from 1 to " << kMaxStages
             << ", but found " << attribute.getValue();
    if (op->getName().getStringRef() != "scf.for")
      return op->emitOpError("expected '") << kStages << "' on an scf.for";
    return success();
  }
  if (name == kThroughRegisters) {
    if (!isa<LoadOp>(op))
      return op->emitOpError("expected '")
             << kThroughRegisters << "' on a tile.load";
    return success();
  }
  if (name == kDynamicShared)
    return success();
  return op->emitOpError("unknown attribute '")
         << name << "' of the tile dialect";
}

LogicalResult TileDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                    unsigned argIndex,
                                                    NamedAttribute attribute) {
  StringRef name = attribute.getName().getValue();
  if (name != kReadonly && name != kUnwritten)
    return op->emitError("unknown argument attribute '")
           << name << "'; the tile dialect has '" << kReadonly << "' and '"
           << kUnwritten << "'";
  if (!isa<UnitAttr>(attribute.getValue()))
    return op->emitError("'") << name << "' must be a unit attribute";
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (function && argIndex < function.getNumArguments()) {
    Type type = function.getArgumentTypes()[argIndex];
    if (!isa<RefType>(type))
      return op->emitError("'") << name << "' belongs on a ref, but argument "
                                << argIndex << " is " << type;
  }
  return success();
}
