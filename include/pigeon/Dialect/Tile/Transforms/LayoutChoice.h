//===- LayoutChoice.h - Layouts that anchors choose -----------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ops that care how a tile is held, and what they choose.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_TRANSFORMS_LAYOUTCHOICE_H
#define PIGEON_DIALECT_TILE_TRANSFORMS_LAYOUTCHOICE_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Tile/IR/MatrixInstructions.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

namespace pigeon::tile {

/// An accumulator cut into micro-tiles: the grid of threads that loads the
/// fewest operands for the products of one k, columns in vectors of `vec`
/// where that divides. Threads that find no element hold copies.
///
/// 64 x 64 over 256 threads: 16 x 16 threads, 4 x 4 elements each,
///   local({4, 1}) * spatial({16, 16}) * local({1, 4}).
layout::Layout accumulatorLayout(llvm::ArrayRef<int64_t> shape,
                                 int64_t threads);

/// The same for a matrix instruction: the grid of warps that share the products
/// and then load the fewest rows and columns. Neighbouring columns go to as many
/// products as it takes for a lane to have 16 bytes of a row of the result, in
/// the operands' type, where that divides. Nothing if the shape is no multiple
/// of the instruction's.
///
/// 64 x 64 over 128 threads, TF32: 2 x 2 warps,
///   spatial({2, 2}) * local({2, 2}) * c * local({1, 2}).
std::optional<layout::Layout>
matrixAccumulatorLayout(const MatrixInstruction &instruction,
                        llvm::ArrayRef<int64_t> shape, int64_t threads);

/// The accumulator of a dot, by matrix instructions if they divide it.
layout::Layout dotAccumulatorLayout(DotOp dot, int64_t threads);

/// A tile that goes to or comes from memory: neighbouring threads at
/// neighbouring addresses, vectors of up to 16 bytes as far as rows of the ref
/// are aligned and every thread still has something to do.
layout::Layout memoryLayout(RefType ref, llvm::ArrayRef<int64_t> shape,
                            int64_t threads);

/// The tile that an asynchronous copy moves: as it says, or as the load that it
/// stands for would be held.
layout::Layout copyLayout(CopyAsyncOp copy, int64_t threads);

/// That of the rows of a prefetch: one row to a thread, of as few warps as hold
/// them.
layout::Layout prefetchLayout(PrefetchOp prefetch, int64_t threads);

/// A tile that nobody cares about.
layout::Layout defaultLayout(mlir::RankedTensorType type, int64_t threads);

/// What is left of `layout` along one dimension: how an index or a mask over
/// that dimension is held beside the tile.
layout::Layout along(const layout::Layout &layout, int64_t dim);

} // namespace pigeon::tile

#endif // PIGEON_DIALECT_TILE_TRANSFORMS_LAYOUTCHOICE_H
