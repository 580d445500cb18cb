//===- GemmWork.h - What the blocks of a product work on --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The work of a product is a list of items: rows with one key, block_m of them
// at most. Where rows are made of entries (SegmentOperand.h), an item is a list
// of rows with about as many entries; else it is a range of rows, or of
// positions in a list of rows.
//
// Where rows are summed into owners, each block has a tile of owners and a
// range of items, and an item has a row of an owner at the owner's place, or
// none.
//
// Rows past the end of an item are masked; columns past the ends of the arrays
// are masked by the static extents of the refs.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMWORK_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMWORK_H

#include "BlockProgram.h"
#include "SegmentOperand.h"

namespace pigeon {

/// A product beside the first of an item.
struct OtherProduct {
  mlir::Value rhs;
  BlockProgram::Position position;
};

/// What a block knows of an item before it starts to multiply.
struct GemmItem {
  BlockProgram::Position position; // of the output tile
  mlir::Value rhs;                 // ref of K x N; null where it is packed
  mlir::Value rhsStart;            // first column of the tile in the rhs
  mlir::Value lhsStart;            // first column of the batch in the lhs
  // Where the work is sorted by the entries of its rows:
  Ranges entries;      // of each row
  mlir::Value longest; // i32, the length of the longest of them
  mlir::Value places;  // of the rows in the arrays of the work
  llvm::SmallVector<OtherProduct> others;
};

class GemmWork {
public:
  GemmWork(kernel::GemmOp op, BlockProgram &program, Segments &segments)
      : op(op), schedule(*op.getSchedule()), program(program),
        builder(program.body()), segments(segments) {}

  /// The number of items, as a value of the host program. Of owners, that of
  /// their tiles.
  mlir::Value hostItems();
  /// The place of a tile of owners, for the block's columns.
  BlockProgram::Position owners(mlir::Value tile);
  /// The items of a tile of owners, from the first up to the second.
  std::pair<mlir::Value, mlir::Value> itemsOf(mlir::Value tile);
  /// Reads what there is to know of an item, for the block's columns and batch.
  GemmItem start(mlir::Value item);
  /// The entries of the rows of an item. The work is sorted.
  Ranges entriesOf(mlir::Value item, mlir::Value mask = {});
  /// The numbers of the rows where few blocks want them, so that the others
  /// need not wait for them. The work is sorted.
  mlir::Value readRowsAgain(const GemmItem &item);
  mlir::Value blockId(tile::Axis axis) {
    return tile::BlockIdOp::create(builder, program.loc(), program.i32(), axis);
  }

private:
  SegmentOperand *sortingSegment();
  mlir::Value hostArray(llvm::StringRef name);
  mlir::Value workArray(llvm::StringRef name);
  mlir::Value placesOf(mlir::Value number);
  mlir::Value readScalar(mlir::Value array, mlir::Value at);
  std::pair<mlir::Value, mlir::Value> rangeOf(mlir::Value number);
  void startRows(GemmItem &item, mlir::Value begin, mlir::Value end);
  void startListedRows(GemmItem &item, mlir::Value number);
  void startColumns(GemmItem &item, mlir::Value key);
  void startOthers(GemmItem &item, mlir::Value key, mlir::Value batch);
  mlir::Value rhsOfKey(mlir::Value rhs, mlir::Value key, mlir::Value batch);

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram &program;
  mlir::OpBuilder &builder;
  Segments &segments;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMWORK_H
