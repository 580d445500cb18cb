//===- LayoutClasses.h - Which tiles are held alike, and how --*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tiles that must or should be held alike form a class. A class gets one
// layout: the first of what these rules give it, strongest rule first.
//
//   1. layouts that are given
//   2. the accumulator of a dot; its operands, if they come from shared memory
//      or from a view, and what they are views of
//   3. matrices that are loaded: coalesced
//   4. what follows from those: indices, masks, reductions, expansions
//   5. matrices that are stored, then all others, and what follows from them
//   6. vectors: 3 to 5 again
//
// Tiles that are cheap to compute belong to no class; they are computed again
// in each layout that somebody wants.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LAYOUTCLASSES_H
#define PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LAYOUTCLASSES_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"

#include <optional>
#include <vector>

namespace pigeon::tile {

/// The type of a register tile; null for anything else.
inline mlir::RankedTensorType tileType(mlir::Value value) {
  return llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
}

/// Elementwise on tiles: all of them, and the result, are held alike.
bool isElementwise(mlir::Operation *op);

/// Decides the layouts of one function; changes nothing.
class LayoutClasses {
public:
  explicit LayoutClasses(FuncOp function)
      : function(function), threads(function.getThreads()) {}

  void run();

  bool isCheap(mlir::Value value) const { return cheap.contains(value); }

  /// The layout of a tile that belongs to a class.
  const layout::Layout &layoutOf(mlir::Value value) const {
    return *layouts[classes[numbers.lookup(value)]];
  }

  /// How `op` (a load, store or reduce) holds its tile.
  layout::Layout layoutOfTile(mlir::Operation *op, mlir::Value tile) const;

  llvm::ArrayRef<mlir::Operation *> allOps() const { return ops; }
  int64_t numThreads() const { return threads; }

private:
  void findValues();
  void number(mlir::Value value) {
    if (tileType(value))
      numbers.try_emplace(value, numbers.size());
  }
  bool isCheapOp(mlir::Operation *op) const;

  void tie(mlir::Value a, mlir::Value b);
  void tieRange(mlir::ValueRange a, mlir::ValueRange b) {
    for (auto [left, right] : llvm::zip_equal(a, b))
      tie(left, right);
  }
  void tieAll();
  void tieOp(mlir::Operation *op);

  bool isKnown(mlir::Value value) const {
    return !isCheap(value) && layouts[classes[numbers.lookup(value)]];
  }
  bool isOpen(mlir::Value value) const {
    return tileType(value) && !isCheap(value) && !isKnown(value);
  }
  bool set(mlir::Value value, const layout::Layout &layout,
           llvm::StringRef why);
  void decide();
  void keepGiven();
  void decideDots();
  void decideMemory(mlir::Value tile, RefType ref, int64_t minRank,
                    llvm::StringRef why);
  void decideLoads(int64_t minRank);
  void decideStores(int64_t minRank);
  void decideRest(int64_t minRank);
  void propagate();
  void propagateViews();
  bool propagateView(ViewOp view);
  bool propagateOp(mlir::Operation *op);
  bool propagateExpand(ExpandOp expand);
  bool propagateAccess(mlir::Value tile, mlir::Operation *op,
                       mlir::ValueRange indices, mlir::Value mask);
  bool propagateAccess(const layout::Layout &layout, mlir::ValueRange indices,
                       mlir::Value mask);

  FuncOp function;
  int64_t threads;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseSet<mlir::Value> cheap;
  llvm::MapVector<mlir::Value, unsigned> numbers;
  llvm::IntEqClasses classes;
  std::vector<std::optional<layout::Layout>> layouts;
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LAYOUTCLASSES_H
