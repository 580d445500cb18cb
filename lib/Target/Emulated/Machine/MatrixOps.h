//===- MatrixOps.h - ldmatrix, stmatrix -------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H

#include "Block.h"

namespace pigeon::emulated {

/// Matrices of 8 x 8 elements of 16 bits, between shared memory and registers.
void loadMatrix(const WarpOp &op, const WarpOperands &operands);
void storeMatrix(const WarpOp &op, const WarpOperands &operands);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_MATRIXOPS_H
