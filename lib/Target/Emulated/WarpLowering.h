//===- WarpLowering.h - Warp operations become calls ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lowering replaces one op by a call of the machine that passes 32-bit
// words in and out.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_WARPLOWERING_H
#define PIGEON_LIB_TARGET_EMULATED_WARPLOWERING_H

#include "Emulation.h"

namespace pigeon::emulated {

mlir::LogicalResult lowerSyncWarp(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerShuffle(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerVote(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerMatch(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerReduce(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerElect(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerLoadMatrix(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerStoreMatrix(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerMma(Emulation &e, mlir::Operation *op);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_WARPLOWERING_H
