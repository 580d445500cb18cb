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

/// A value of `type` from one word; i1 from its lowest bit.
mlir::Value fromWord(Emulation &e, mlir::OpBuilder &b, mlir::Location loc,
                     mlir::Type type, mlir::Value word);
/// Calls the machine at a new site of `op`; `words` go in, `outWords` come out.
llvm::SmallVector<mlir::Value> callWarpOp(Emulation &e, mlir::OpBuilder &b,
                                          mlir::Operation *op,
                                          const WarpOp &what, mlir::Value mask,
                                          mlir::ValueRange words,
                                          unsigned outWords);
mlir::Value fullMask(Emulation &e, mlir::OpBuilder &b, mlir::Location loc);

mlir::LogicalResult lowerSyncWarp(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerShuffle(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerVote(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerMatch(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerReduce(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerElect(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerLoadMatrix(Emulation &e, mlir::Operation *op);
mlir::LogicalResult lowerStoreMatrix(Emulation &e, mlir::Operation *op);

/// Lowers every mma.sync of a function, those that follow each other as one.
mlir::LogicalResult lowerProducts(Emulation &e,
                                  mlir::LLVM::LLVMFuncOp function);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_WARPLOWERING_H
