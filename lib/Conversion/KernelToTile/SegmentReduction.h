//===- SegmentReduction.h - Rows that are made of entries -------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walk that a traversal and a product with a segment share: each row of a
// tile goes over a range of positions, in order, all rows together, `unroll`
// positions in a round:
//
//   first = longest mod unroll = 1 ? 1 : 0     so that rows of one entry, which
//   if first: acc = message(begin)             most are, load no row twice
//   next[u] = indices(begin + first + u)                    for u in 0 ..
//   unroll for j in first, first + unroll, ... longest range:
//     value[u] = message(rows that next[u] names)
//     next[u] = indices(begin + j + unroll + u)
//     acc = begin + j + u < end ? combine(acc, value[u]) : acc
//
// A row past its end reads its last entry again and drops the value: so all
// loads of a round are unconditional and in flight together. Row numbers are
// loaded a round ahead of the rows that they name, so that a round waits for
// one access and not for two that depend on each other.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTREDUCTION_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTREDUCTION_H

#include "BlockProgram.h"

namespace pigeon {

/// The entries that rows are made of, and how.
struct Segment {
  kernel::RowsAttr entries;
  llvm::StringRef role; // of the entries; leads to the rows
  mlir::ValueRange inputs;
  mlir::ArrayAttr inputRoles;      // roles of the entries that read the inputs
  mlir::Region *message = nullptr; // null: the first input as it is
  llvm::SmallVector<kernel::Reduction> reductions;
  int64_t unroll = 1;
};

/// Ranges of positions, one for each row of a tile, as tensor<Mxi32>.
struct Ranges {
  mlir::Value begin, end;
  /// A position that empty ranges may read and drop; null: 0.
  mlir::Value spare = {};
};

/// The reduction of a tile that has the rows and columns of `place`.
class SegmentReduction {
public:
  SegmentReduction(BlockProgram &program, const Segment &segment,
                   const BlockProgram::Position &place)
      : program(program), segment(segment), place(place) {}

  /// The accumulators of no entries.
  llvm::SmallVector<mlir::Value> start();
  /// The length of the longest range.
  mlir::Value longest(const Ranges &ranges);
  /// Adds entries, by their positions in the csr of `role`, `length` (i32) of
  /// each range at most. `rowTiles` are what the message sees after its inputs.
  llvm::SmallVector<mlir::Value> addEntries(llvm::ArrayRef<mlir::Value> init,
                                            const Ranges &ranges,
                                            mlir::Value length,
                                            mlir::ValueRange rowTiles = {});
  /// Adds partial results, by their slots in one workspace per reduction.
  llvm::SmallVector<mlir::Value> addSlots(llvm::ArrayRef<mlir::Value> init,
                                          const Ranges &ranges,
                                          mlir::Value length,
                                          llvm::ArrayRef<mlir::Value> partials);

  /// The rows that the first entries of the ranges read, where a list names
  /// them; any where a range is empty.
  llvm::SmallVector<mlir::Value> firstRows(const Ranges &ranges);
  /// Asks for rows of `firstRows`, so that the walk has them sooner.
  void prefetch(mlir::ValueRange firstRows);

private:
  using Tiles = llvm::SmallVector<mlir::Value>;
  struct Walk {
    mlir::Value
        begin;        // of each range; 0 for empty ones, which is inside arrays
    mlir::Value last; // the last position of each, from its beginning
    llvm::function_ref<Tiles(mlir::Value positions, mlir::Value mask)> indices;
    llvm::function_ref<Tiles(mlir::Value positions, mlir::ValueRange indices)>
        values;
  };

  Walk startWalk(const Ranges &ranges);
  Tiles run(llvm::ArrayRef<mlir::Value> init, const Walk &walk,
            mlir::Value length);
  Tiles addFirst(llvm::ArrayRef<mlir::Value> init, const Walk &walk,
                 mlir::Value isAlone);
  Tiles addRound(const Walk &walk, mlir::Value offset,
                 mlir::ValueRange accumulators, mlir::ValueRange indices);
  Tiles addValues(const Walk &walk, mlir::Value offset,
                  mlir::ValueRange accumulators, mlir::ValueRange values);
  mlir::Value isWithin(const Walk &walk, mlir::Value offset);
  mlir::Value positionsAt(const Walk &walk, mlir::Value offset);
  Tiles loadIndices(mlir::Value positions, mlir::Value mask);
  Tiles message(mlir::Value positions, mlir::ValueRange indices,
                mlir::ValueRange rowTiles);
  /// Roles of inputs whose rows only a list names, each once.
  llvm::SmallVector<llvm::StringRef> listedRoles();
  mlir::RankedTensorType tileType();

  BlockProgram &program;
  const Segment &segment;
  BlockProgram::Position place;
};

/// Registers of a thread that holds `elements` of the tile in a walk: beside
/// accumulators and the values of a round, for each vector of four the numbers
/// of this round's row and the next one's, and an address. For 16 elements and
/// rounds of one entry 72, of two 104.
int64_t registersOfWalk(int64_t elements, int64_t unroll);

/// One element of each that the reduction has combined.
mlir::Value combine(BlockProgram &program, kernel::Reduction kind,
                    mlir::Value acc, mlir::Value value);
/// Divides a mean by the number of entries, and gives 0 where there are none.
/// `count` has one number for each row of `acc`; a sum does not look at it.
mlir::Value finishReduction(BlockProgram &program, kernel::Reduction kind,
                            mlir::Value acc, mlir::Value count);
/// How accumulators of several threads become one.
tile::ReduceKind toReduceKind(kernel::Reduction kind);

/// One range as consecutive ones, and the length of the longest of these.
struct SplitRange {
  Ranges ranges;
  mlir::Value longest; // i32
};

/// Splits a range evenly: for 10 positions and 4 ways 0-2, 3-5, 6-8 and 9.
SplitRange splitRange(BlockProgram &program, mlir::Value begin, mlir::Value end,
                      int64_t ways);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTREDUCTION_H
