//===- VerifyUtils.h - What the verifiers have in common --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_RGNN_IR_VERIFYUTILS_H
#define PIGEON_LIB_DIALECT_RGNN_IR_VERIFYUTILS_H

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

namespace pigeon::rgnn {

/// `[4, 16]`.
std::string describeShape(llvm::ArrayRef<int64_t> shape);

llvm::LogicalResult verifySameElementType(mlir::Operation *op,
                                          mlir::RankedTensorType first,
                                          mlir::RankedTensorType second);

/// Checks that `role` leads from `domain` to `image` (null: one row), where
/// `what` is the operand or result that lives there.
llvm::LogicalResult verifyRole(mlir::Operation *op,
                               mlir::SymbolTableCollection &symbolTable,
                               OnAttr domain, llvm::StringRef role,
                               OnAttr image, llvm::StringRef what);

} // namespace pigeon::rgnn

#endif // PIGEON_LIB_DIALECT_RGNN_IR_VERIFYUTILS_H
