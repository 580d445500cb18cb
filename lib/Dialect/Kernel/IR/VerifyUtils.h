//===- VerifyUtils.h - Rules that several operations share ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_KERNEL_IR_VERIFYUTILS_H
#define PIGEON_LIB_DIALECT_KERNEL_IR_VERIFYUTILS_H

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

namespace pigeon::kernel {

/// Data has static dimensions, but for the rows of a domain.
mlir::LogicalResult verifyData(mlir::Operation *op, mlir::MemRefType type,
                               bool hasRows);

/// The words, the scales and perhaps the zero points of a packed rhs.
mlir::LogicalResult verifyPackedRhs(GemmOp op);

/// The products beside the first: weights, outputs and tiles.
mlir::LogicalResult verifyOtherProducts(GemmOp op);
/// What the epilogue yields for each of several products.
mlir::LogicalResult verifyEpilogueOfProducts(GemmOp op);

/// The domain's graph is declared in the program; rows of no graph are fine.
mlir::LogicalResult verifyRows(mlir::Operation *op, RowsAttr rows);

/// Every operand has its role, and a width that divides `width`. `what` names
/// the operands.
mlir::LogicalResult verifyAccesses(mlir::Operation *op, llvm::StringRef what,
                                   mlir::OperandRange operands,
                                   mlir::ArrayAttr roles, int64_t width);

/// A product that sums its rows into owners has no other rows to do so with,
/// and a product of own rows has all its parts (GemmOwners.cpp).
mlir::LogicalResult verifyOwners(GemmOp op);

} // namespace pigeon::kernel

#endif // PIGEON_LIB_DIALECT_KERNEL_IR_VERIFYUTILS_H
