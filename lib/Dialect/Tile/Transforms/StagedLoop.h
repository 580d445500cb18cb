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
// *indices* of those; they come one round earlier still, and their own indices
// a round before that. Other numbers that are different in each round are
// *state*: nothing in the round need wait for them, so they come through
// registers too. In round i of a loop of two stages:
//
//   begin = load begins[i]           for round i + 3, and as state for i + 1
//   rows = load list[begin + 0 ..]   for round i + 2
//   x = load table[rows, ..]         copied for round i + 1
//   ... walks from begin on          round i
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

using Loads = llvm::SetVector<mlir::Operation *>;

struct StagedTile {
  AllocSharedOp shared;
  StoreOp store;
  StagePath path;
  /// The loads that may come early: the copied one, or all that the stored
  /// value is computed from.
  Loads loads;
};

/// Loads that come a number of rounds early.
struct StageGroup {
  Loads loads;
  /// What `loads` need, what that needs, and so on. A load may be needed more
  /// than once.
  llvm::SmallVector<Loads> indices;
};

class StagedLoop {
public:
  /// Reads the loop; fails, and says why, if it is of another shape.
  static mlir::FailureOr<StagedLoop> read(mlir::scf::ForOp loop,
                                          std::string &whyNot);

  mlir::scf::ForOp loop;
  BarrierOp before, after;
  llvm::SmallVector<StagedTile> tiles;

  /// The loads of all tiles that are copied.
  StageGroup copied();
  /// The loads of all tiles that come through registers, and the state.
  StageGroup inRegisters();
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
  bool dependsOnRound(mlir::Operation *op);
  /// The loads of tiles of one path.
  Loads loadsOf(StagePath path);
  StageGroup withIndices(Loads loads);
  /// What the body still computes where `early` loads come early.
  llvm::DenseSet<mlir::Operation *> stillNeeded(const Loads &early);
  /// The loads nearest to `values`, going back over what computes them.
  Loads nearestLoads(mlir::ValueRange values);
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_DIALECT_TILE_TRANSFORMS_STAGEDLOOP_H
