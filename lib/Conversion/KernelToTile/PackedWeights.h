//===- PackedWeights.h - A right side of few bits a number ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a product does differently where its rhs is packed. The weight is the A
// operand, so a round computes the transposed tile, which is transposed back
// without moving anything:
//
//   words  = the tiles of the round, from shared memory      [n / 16, words]
//   codes  = each plane shifted and masked, planes joined    [n / 16, 512]
//   w      = the bits of f16 numbers, viewed                  [n, 64]
//   sum    = transpose(w x transpose(a))                      [m, n]
//   acc   += sum * scale of the round's group
//
// A word of `codes` has two codes of up to 8 bits in its halves. How they
// become f16 numbers:
//
//   uint<n>      code | 0x6400 is 1024 + code; 1024 is subtracted
//   int<n>       the sign bit flipped makes it uint<n>, off by 2^(n-1)
//   float<e, m>  the sign to bit 15, exponent and mantissa to the top of f16's
//                mantissa: the number times 2^(bias - 15), subnormal or not,
//                which the scale makes good
//
// Each is exact. The group scales the sum and not the weights; where a round
// has several groups, each multiplies the activations of its own, and zeros.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_PACKEDWEIGHTS_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_PACKEDWEIGHTS_H

#include "BlockProgram.h"
#include "OperandTiles.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

namespace pigeon {

/// Fails with an error at `op` if its packed rhs cannot be multiplied yet.
mlir::LogicalResult verifyPackedWeights(kernel::GemmOp op);

class PackedWeights {
public:
  PackedWeights(BlockProgram &program, kernel::GemmOp op)
      : program(program), builder(program.body()), op(op),
        packed(*op.getPacked()), packing(packed.getPacking()),
        blockM(op.getSchedule()->getBlockM()),
        blockN(op.getSchedule()->getBlockN()) {}

  /// The words of one round: i32, tiles of block_n columns.
  llvm::SmallVector<int64_t, 2> wordsShape() const {
    return {tiles(), packing.wordsPerTile()};
  }
  /// Loads them, for block_k rows from k0 on and columns from `column` on.
  mlir::Value loadWords(mlir::Value k0, mlir::Value column);
  /// acc + what the round gives.
  mlir::Value multiply(const OperandTiles &shared, mlir::Value k0,
                       mlir::Value column, mlir::Value acc);

private:
  int64_t tiles() const { return blockN / packing.tileRows(); }
  mlir::RankedTensorType pairsType();
  mlir::Value constantWords(mlir::RankedTensorType type, uint32_t word);
  mlir::Value loadPlane(mlir::Value words, const layout::PackedPlane &plane);
  mlir::Value loadCodes(mlir::Value words);
  mlir::Value asHalves(mlir::Value pairs);
  mlir::Value integers(mlir::Value codes, unsigned bits, bool isSigned);
  mlir::Value floats(mlir::Value codes, const NumberFormat &format);
  mlir::Value numbers(mlir::Value codes);
  mlir::Value view(mlir::Value source, mlir::Type element,
                   const layout::Layout &packing);
  mlir::Value transposed(mlir::Value matrix);
  int64_t groupsInRound();
  mlir::Value numberOf(int64_t part, mlir::Value k0);
  /// One element for each column of the tile, of one group.
  mlir::Value loadOfGroup(mlir::Value buffer, mlir::Value group,
                          mlir::Value column);
  mlir::Value onlyGroup(int64_t part, mlir::Value rows);
  mlir::Value multiplyGroup(int64_t part, mlir::Value weights, mlir::Value rows,
                            mlir::Value k0, mlir::Value column);
  mlir::Value expand(mlir::Value vector, int64_t dim, int64_t extent);

  BlockProgram &program;
  mlir::OpBuilder &builder;
  kernel::GemmOp op;
  kernel::PackedAttr packed;
  layout::Packing packing;
  int64_t blockM, blockN;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_PACKEDWEIGHTS_H
