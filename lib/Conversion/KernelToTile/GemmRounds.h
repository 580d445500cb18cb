//===- GemmRounds.h - One round of a product --------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A round takes block_k of the contracted dimension through two tiles in shared
// memory; registers take step_k of them at a time:
//
//   a = prologue(lhs[rows, k0 ..])          in registers, coalesced
//   b = rhs[key][k0 .., the block's columns]
//   barrier; sharedA = a; sharedB = b; barrier
//   for k in 0, step_k, ... block_k:
//     acc += sharedA[:, k ..] x sharedB[k .., :]
//
// Where rows are made of entries, the lhs at k0 is walked into registers. Where
// the rhs is packed (PackedWeights.h), a round multiplies its words.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMROUNDS_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMROUNDS_H

#include "GemmWork.h"
#include "OperandTiles.h"
#include "PackedWeights.h"

namespace pigeon {

class GemmRounds {
public:
  GemmRounds(kernel::GemmOp op, BlockProgram &program, GemmWork &work,
             Segments &segments)
      : op(op), schedule(*op.getSchedule()), program(program),
        builder(program.body()), work(work), segments(segments) {
    if (op.getPacked())
      packed.emplace(program, op);
  }

  OperandTiles allocateTiles();
  /// Both operands of one round of many, as tile-pipeline-loops reads it.
  void fillTiles(const OperandTiles &tiles, const GemmItem &item,
                 mlir::Value k0);
  /// Both operands of the only round, or of one that has waited for the round
  /// before. The rhs is on its way while the lhs is computed, both while
  /// `meanwhile` is done.
  void fillTilesOnce(const OperandTiles &tiles, const GemmItem &item,
                     mlir::Value k0, llvm::function_ref<void()> meanwhile);
  /// The same for the round at k0 of the product of own rows.
  void fillOwnTiles(const OperandTiles &tiles,
                    const BlockProgram::Position &owners, mlir::Value k0,
                    llvm::function_ref<void()> meanwhile);
  /// acc + what the tiles of the round at k0 give, for each product.
  llvm::SmallVector<mlir::Value> multiply(const OperandTiles &tiles,
                                          const GemmItem &item, mlir::Value k0,
                                          mlir::ValueRange acc);
  /// The walk that gives the lhs of an item, from whole rows.
  SegmentReduction walkOfRows();
  /// What the terms give to the output tile.
  mlir::Value aggregateTerms(const GemmItem &item);
  using Values = llvm::SmallVector<mlir::Value>;
  /// for i = 0 to extent step step, carrying values.
  Values loop(int64_t extent, int64_t step, mlir::ValueRange inits,
              llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);

private:
  BlockProgram::Position lhsPosition(const GemmItem &item, mlir::Value k0);
  mlir::Value aggregateLhs(const GemmItem &item, mlir::Value k0);
  mlir::Value finishLhs(mlir::Value tile, mlir::Value k0);
  mlir::Value whereThere(const GemmItem &item, mlir::Value sum,
                         mlir::Value before);
  mlir::Value loadLhs(const GemmItem &item, mlir::Value k0);
  mlir::Value loadRhs(const GemmItem &item, mlir::Value k0);
  llvm::SmallVector<mlir::Value> loadOthers(const GemmItem &item,
                                            mlir::Value k0);
  tile::Precision dotPrecision();
  /// The type of both operands of the product, in shared memory too.
  mlir::Type operandType();
  mlir::RankedTensorType operandTile(int64_t rows, int64_t columns) {
    return mlir::RankedTensorType::get({rows, columns}, operandType());
  }

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram &program;
  mlir::OpBuilder &builder;
  GemmWork &work;
  Segments &segments;
  /// Where the rhs is packed.
  std::optional<PackedWeights> packed;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMROUNDS_H
