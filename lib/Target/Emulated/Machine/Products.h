//===- Products.h - mma.sync ------------------------------------*- C++ -*-===//
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
// Products that follow each other in a kernel are a *run*: the lanes meet once
// for all of them (ModuleCode.h), and each fragment is read once.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_PRODUCTS_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_PRODUCTS_H

#include "Block.h"

namespace pigeon::emulated {

/// True if multiplyMatrices knows this shape with these types.
bool isEmulatedMma(const WarpOp &op);

/// 32-bit words that a lane holds of A, B, C and D.
struct MmaWords {
  unsigned a, b, c, d;
};
MmaWords wordsOf(const WarpOp &op);

/// Computes a run. A lane gives the words of the fragments of A, then those of
/// B and of C, and gets those of the results that are kept.
void multiplyMatrices(const WarpOp &op, const WarpOperands &operands);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_PRODUCTS_H
