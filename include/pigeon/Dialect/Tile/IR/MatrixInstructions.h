//===- MatrixInstructions.h - What mma.sync can multiply ------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table of matrix instructions, and the division by which a dot is made
// of them. An instruction multiplies m x k by k x n elements, which the lanes
// of a warp hold as the layouts `a`, `b` and `c` say. A tile whose accumulator
// is held as
//
//   outer * c * local({1, columns})
//
// is a grid `outer` (over warps and their locals) of products. Of `columns`
// neighbouring columns each belongs to another product: so a lane finds what it
// gives to several products side by side in memory. The operands then are
//
//   a:  (outer without columns, k / instruction.k locals) * instruction.a
//   b:  (outer without rows,    k / instruction.k locals) * instruction.b
//                                                     * local({1, columns})
//
// An example: 64 x 64 over 4 warps with m16n8k8 and two columns is
// spatial({2, 2}) * local({2, 2}) * c * local({1, 2}): a warp holds 32 x 32 of
// it, in 2 x 2 x 2 products for each 8 of k.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_MATRIXINSTRUCTIONS_H
#define PIGEON_DIALECT_TILE_IR_MATRIXINSTRUCTIONS_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include <optional>

namespace pigeon::tile {

/// What an instruction reads its operands as; sums are f32.
enum class MatrixElement { F16, BF16, TF32 };

struct MatrixInstruction {
  llvm::StringLiteral name;
  MatrixElement element;
  int64_t m, n, k;
  /// The layouts of the operands and of the accumulator.
  layout::Layout (*a)();
  layout::Layout (*b)();
  layout::Layout (*c)();
};

/// The instruction for operands of this type; null if fused multiply-adds are
/// wanted or nothing else is there.
const MatrixInstruction *findMatrixInstruction(mlir::Type element,
                                               Precision precision);

/// A dot as a grid of instructions.
struct MatrixDot {
  const MatrixInstruction *instruction;
  /// The grids of accumulators, left and right operands: over warps and their
  /// locals.
  layout::Layout outerC, outerA, outerB;
  int64_t columns;

  layout::Layout a() const;
  layout::Layout b() const;
};

/// Divides a dot over `k`, whose accumulator is held as `acc`; nothing if the
/// instruction does not divide it.
std::optional<MatrixDot> divideDot(const MatrixInstruction &instruction,
                                   const layout::Layout &acc, int64_t k);

/// How a dot whose accumulator is held as `acc` wants its operands: as a matrix
/// instruction does if one divides it, else so that each thread has all k of
/// its rows and columns.
struct DotOperands {
  layout::Layout a, b;
  std::optional<MatrixDot> matrix;
};
DotOperands dotOperands(DotOp dot, const layout::Layout &acc);

/// Each thread has all k of the rows (columns) of `acc` that it holds.
layout::Layout leftOperandLayout(const layout::Layout &acc, int64_t k);
layout::Layout rightOperandLayout(const layout::Layout &acc, int64_t k);

} // namespace pigeon::tile

#endif // PIGEON_DIALECT_TILE_IR_MATRIXINSTRUCTIONS_H
