//===- OperandTiles.h - Operands of a product in shared memory --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The two tiles that one round of a product multiplies, and how they are
// filled: in a loop, in the form that tile-pipeline-loops takes apart, or once,
// by copies that start as early as they can.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_OPERANDTILES_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_OPERANDTILES_H

#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/IR/Builders.h"

namespace pigeon {

struct OperandTiles {
  mlir::Value a, b; // shared arrays
  /// The right tiles of other products with the same left tile.
  llvm::SmallVector<mlir::Value> others = {};

  /// In a loop: all have read the tiles of the round before; then all may read
  /// these.
  void fill(mlir::OpBuilder &builder, mlir::Value newA, mlir::Value newB,
            mlir::ValueRange newOthers = {}) const;

  /// Once: starts to copy what the loads load to b and to the others.
  void copyB(mlir::OpBuilder &builder, mlir::Value load,
             mlir::ValueRange otherLoads = {}) const;
  /// Copies or stores to a.
  void startOnce(mlir::OpBuilder &builder, mlir::Value newA) const;
  /// Then all may read both.
  void finishOnce(mlir::OpBuilder &builder, mlir::Location loc) const;
};

/// The tile, if it is what one load brings, stays out of copies.
void keepFromCopies(mlir::Value tile);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_OPERANDTILES_H
