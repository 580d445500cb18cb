//===- InstructionLayouts.h - Operands of matrix instructions ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fragments of the PTX ISA as layouts. Locals count elements in the order
// of the PTX operand: where a register holds two f16 values, local 2*r is the
// lower half of register r and local 2*r + 1 the upper half. An instruction can
// take a tile where the tile's layout divides on the right by the layout of the
// operand.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_INSTRUCTIONLAYOUTS_H
#define PIGEON_DIALECT_LAYOUT_IR_INSTRUCTIONLAYOUTS_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

namespace pigeon::layout::mma {

/// mma.m16n8k16 on f16 or bf16: A is 16 x 16 (M x K), 8 elements a lane.
Layout m16n8k16A();
/// B is 16 x 8 (K x N), 4 elements a lane.
Layout m16n8k16B();
/// C and D are 16 x 8 (M x N), 4 elements a lane.
Layout m16n8k16C();

/// mma.m16n8k8 on tf32: A is 16 x 8 (M x K), 4 elements a lane.
Layout m16n8k8A();
/// B is 8 x 8 (K x N), 2 elements a lane.
Layout m16n8k8B();
/// C and D are 16 x 8, as for m16n8k16.
Layout m16n8k8C();

/// What ldmatrix.m8n8.x<count>.b16 (count 1, 2, 4) leaves in registers, and
/// stmatrix takes from them: shape count x 8 x 8 (matrix, row, column).
Layout ldmatrixData(int64_t count);
/// The same with .trans: rows are still those that lie in memory.
Layout ldmatrixTransposedData(int64_t count);
/// Which lane gives the address of which row: shape count x 8 (matrix, row).
/// The addresses of lanes above 8 * count are ignored; they appear as replicas.
Layout ldmatrixAddresses(int64_t count);

/// How ldmatrix fills a register tile of rank 2, or stmatrix empties it: each
/// thread gives the addresses of some rows of 16 bytes (of the last dimension)
/// and ends with the registers of others.
///
/// A of mma.m16n8k16 in one warp is 2 x 2 matrices: count = 4, and the lane
/// 8 i + r gives the address of row r of matrix i, that is, of row 8 (i % 2) +
/// r from column 8 (i / 2) on:
///   addresses = spatialOrder({2, 2}, {1, 0}) * spatial({8, 1}) * local({1,
///   8}).
struct MatrixMoves {
  /// Matrices of 8 rows that one instruction moves: 1, 2 or 4.
  int64_t count;
  /// Elements of a row, and of a matrix in each thread.
  int64_t rowElements, matrixLocals;
  /// The tile as rows: locals i * rowElements ... are the row whose address the
  /// thread gives to instruction i. Locals (i * count + j) * matrixLocals ...
  /// of the tile are what the thread has of matrix j of that instruction.
  Layout addresses;
};
/// Nothing if the tile is not made of such matrices. `transposed` is there for
/// elements of 2 bytes only.
std::optional<MatrixMoves> matrixMoves(const Layout &tile, int64_t elementBytes,
                                       bool transposed);

/// A of wgmma.m64nNk16 in registers: 64 x 16 (M x K) over the 4 warps of a warp
/// group, 8 elements a thread. One warp's slice is m16n8k16A().
Layout wgmmaA();
/// The accumulator of wgmma: 64 x n over a warp group, n / 2 elements a thread;
/// n is a multiple of 8.
Layout wgmmaAccumulator(int64_t n);

} // namespace pigeon::layout::mma

#endif // PIGEON_DIALECT_LAYOUT_IR_INSTRUCTIONLAYOUTS_H
