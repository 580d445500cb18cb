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

/// The domain's graph is declared in the program; rows of no graph are fine.
mlir::LogicalResult verifyRows(mlir::Operation *op, RowsAttr rows);

} // namespace pigeon::kernel

#endif // PIGEON_LIB_DIALECT_KERNEL_IR_VERIFYUTILS_H
