//===- OperandTiles.cpp - Operands of a product in shared memory ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OperandTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pigeon;

static void store(OpBuilder &builder, Value tile, Value shared) {
  Value zero = arith::ConstantOp::create(builder, tile.getLoc(),
                                         builder.getI32IntegerAttr(0));
  tile::StoreOp::create(builder, tile.getLoc(), tile, shared,
                        ValueRange{zero, zero});
}

/// Replaces a load by a copy to `shared`; false if the tile is something else.
static bool copyInstead(OpBuilder &builder, Value tile, Value shared) {
  auto load = tile.getDefiningOp<tile::LoadOp>();
  if (!load || load.getOther() ||
      load->hasAttr(tile::TileDialect::kThroughRegisters))
    return false;
  tile::CopyAsyncOp::create(
      builder, load.getLoc(), load.getRef(), load.getIndices(), load.getMask(),
      shared, tile::CopyAsyncOp::cachePolicyOf(load), layout::LayoutAttr());
  load.erase();
  return true;
}

void OperandTiles::fill(OpBuilder &builder, Value newA, Value newB,
                        ValueRange newOthers) const {
  tile::BarrierOp::create(builder, newA.getLoc());
  store(builder, newA, a);
  store(builder, newB, b);
  for (auto [tile, other] : llvm::zip_equal(newOthers, others))
    store(builder, tile, other);
  tile::BarrierOp::create(builder, newA.getLoc());
}

static void copyOrStore(OpBuilder &builder, Value load, Value shared) {
  if (!copyInstead(builder, load, shared))
    store(builder, load, shared);
}

void OperandTiles::copyB(OpBuilder &builder, Value load,
                         ValueRange otherLoads) const {
  copyOrStore(builder, load, b);
  for (auto [other, shared] : llvm::zip_equal(otherLoads, others))
    copyOrStore(builder, other, shared);
}

void OperandTiles::startOnce(OpBuilder &builder, Value newA) const {
  Location loc = newA.getLoc();
  bool copied = copyInstead(builder, newA, a);
  tile::CommitAsyncOp::create(builder, loc);
  if (!copied)
    store(builder, newA, a);
}

void OperandTiles::finishOnce(OpBuilder &builder, Location loc) const {
  tile::WaitAsyncOp::create(builder, loc, 0);
  tile::BarrierOp::create(builder, loc);
}

void pigeon::keepFromCopies(Value tile) {
  if (auto load = tile.getDefiningOp<tile::LoadOp>())
    load->setAttr(tile::TileDialect::kThroughRegisters,
                  UnitAttr::get(load.getContext()));
}
