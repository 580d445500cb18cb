//===- SharedCost.h - What accesses to shared memory cost ---------*- C++
//-*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Predicts the wavefronts of every access to a shared array for a layout of the
// array. An access of a register tile is as many accesses of a warp as its
// threads have pieces:
//
//   wavefronts = warps * (locals / elements of a piece) * wavefronts of a piece
//
// summed over the rounds of loops whose bounds are constants; other loops count
// as one round. A tile that ldmatrix can load is moved in rows of 16 bytes.
// Accesses of a part of the array are taken to begin at its first element: an
// aligned start moves all lanes by the same banks.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_TILE_TRANSFORMS_SHAREDCOST_H
#define PIGEON_LIB_DIALECT_TILE_TRANSFORMS_SHAREDCOST_H

#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include <optional>
#include <vector>

namespace pigeon::tile {

/// Cheaper is first fewer wavefronts, then fewer instructions.
struct SharedCost {
  int64_t loads = 0, stores = 0; // wavefronts
  int64_t instructions = 0;      // of a warp

  int64_t wavefronts() const { return loads + stores; }
  friend bool operator<(const SharedCost &a, const SharedCost &b) {
    return std::pair(a.wavefronts(), a.instructions) <
           std::pair(b.wavefronts(), b.instructions);
  }
};

/// One access to an array or to a slice of it.
struct SharedAccess {
  mlir::Operation *op;
  layout::Layout registers;
  bool isStore;
  /// No piece has more elements: the other side of a copy.
  int64_t maxWidth;
  /// How often it is made.
  int64_t count;
};

/// All accesses to `shared` and its slices whose places are known; nothing if
/// the array gets out of sight.
std::optional<std::vector<SharedAccess>> sharedAccesses(AllocSharedOp shared);

/// What they cost in an array of type `type`, on `threads` threads.
SharedCost predict(llvm::ArrayRef<SharedAccess> accesses, RefType type,
                   int64_t threads);

} // namespace pigeon::tile

#endif // PIGEON_LIB_DIALECT_TILE_TRANSFORMS_SHAREDCOST_H
