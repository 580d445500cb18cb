//===- StagedLoop.h - A loop that fills shared tiles --------------*- C++
//-*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The shape of loop that can be pipelined:
//
//   scf.for %i {
//     loads, and what is computed of them
//     tile.barrier
//     tile.store ..., %shared          whole tiles, each stored once
//     tile.barrier
//     anything that reads %shared
//   }
//
// and for each shared tile, how it can come early:
//
//   Async      what is stored is what was loaded: a copy
//   Registers  something is computed in between: the loads come early, into
//              registers; the rest stays where it is
//   InPlace    what is loaded depends on the rounds before, or a loop stands in
//              between: nothing comes early
//
// Loads whose results are positions, masks or slices of other loads are the
// *indices* of those; they come one round earlier still.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_TILE_TRANSFORMS_STAGEDLOOP_H
#define PIGEON_LIB_DIALECT_TILE_TRANSFORMS_STAGEDLOOP_H

#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace pigeon::tile {

enum class StagePath { Async, Registers, InPlace };

struct StagedTile {
  AllocSharedOp shared;
  StoreOp store;
  StagePath path;
  /// The loads that may come early: the copied one, or all that the stored
  /// value is computed from.
  llvm::SetVector<mlir::Operation *> loads;
};

/// Loads that come a number of rounds early, and the indices that they need.
struct StageGroup {
  llvm::SetVector<mlir::Operation *> loads;
  llvm::SetVector<mlir::Operation *> indices;
};

class StagedLoop {
public:
  /// Reads the loop; fails, and says why, if it is of another shape.
  static mlir::FailureOr<StagedLoop> read(mlir::scf::ForOp loop,
                                          std::string &whyNot);

  mlir::scf::ForOp loop;
  BarrierOp before, after;
  llvm::SmallVector<StagedTile> tiles;

  /// The loads of all tiles of one path.
  StageGroup group(StagePath path);
  bool has(StagePath path) {
    return llvm::any_of(tiles,
                        [&](StagedTile &tile) { return tile.path == path; });
  }
  /// What of the body computes `values`, in order, without what `known` maps.
  llvm::SmallVector<mlir::Operation *> slice(mlir::ValueRange values,
                                             const mlir::IRMapping &known);

private:
  explicit StagedLoop(mlir::scf::ForOp loop) : loop(loop) {}

  mlir::LogicalResult findBarriers(std::string &whyNot);
  mlir::LogicalResult findTiles(std::string &whyNot);
  void choosePath(StagedTile &tile);
  bool mayCopy(StagedTile &tile);
  bool mayRunAhead(mlir::Operation *op);
  bool isUnchanged(mlir::Value ref);
  /// The loads nearest to `values`, going back over what computes them.
  llvm::SetVector<mlir::Operation *> nearestLoads(mlir::ValueRange values);
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_DIALECT_TILE_TRANSFORMS_STAGEDLOOP_H
