//===- MatrixOps.h - ldmatrix, stmatrix, mma.sync ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fragments below are those of the PTX ISA, "Matrix multiply-accumulate
// operation using mma instruction". With g = lane / 4 and t = lane % 4, and an
// operand word of e elements (1 of 32 bits, 2 of 16, 4 of 8):
//
//   A, word w:  row g + 8 (w % 2),  columns e t .. e t + e - 1, + 4 e (w / 2)
//   B, word w:  rows e t .. e t + e - 1, + 4 e w,  column g
//   C, D of 32 bits, word w:  row g + 8 (w / 2),  column 2 t + w % 2
//   C, D of 16 bits, word w:  row g + 8 w,  columns 2 t, 2 t + 1
//
// Example: m16n8k16 with f16 has 4 words of A; lane 5 (g = 1, t = 1) holds in
// word 3 the elements (9, 10) and (9, 11).
//
// Products are summed in double and rounded once to the type of the result.
// Hardware sums in an order and a width of its own: compare within the bound of
// f32 accumulation, never bit by bit.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H

#include "Block.h"

namespace pigeon::emulated {

/// Bits of one element of an operand in a register.
unsigned bitsOf(MatrixType type);

/// True if multiplyMatrices knows this shape with these types.
bool isEmulatedMma(const WarpOp &op);

/// 32-bit words that a lane holds of A, B, C and D.
struct MmaWords {
  unsigned a, b, c, d;
};
MmaWords wordsOf(const WarpOp &op);

void loadMatrix(const WarpOp &op, const WarpOperands &operands);
void storeMatrix(const WarpOp &op, const WarpOperands &operands);
void multiplyMatrices(const WarpOp &op, const WarpOperands &operands);

/// Values of narrow floats, and back with one rounding to nearest even.
double fromHalf(std::uint16_t bits);
std::uint16_t toHalf(double value);
double fromBFloat(std::uint16_t bits);
std::uint16_t toBFloat(double value);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H
