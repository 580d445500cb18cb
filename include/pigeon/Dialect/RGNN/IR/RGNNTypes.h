//===- RGNNTypes.h - Tensors as data on domains -----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Data is a builtin ranked tensor, so there are no types to define, only a way
// to read and make them:
//
//   type                                     domain    trailing  rows
//   tensor<?x4x16xf32, #rgnn.on<kg.edge>>    kg.edge   4, 16     ?
//   tensor<?xf32, #rgnn.on<kg.node>>         kg.node             ?
//   tensor<64x16xf32>                        none      64, 16    one row
//   tensor<f32>                              none                one row
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNTYPES_H
#define PIGEON_DIALECT_RGNN_IR_RGNNTYPES_H

#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.h"

#include "mlir/IR/BuiltinTypes.h"

namespace pigeon::rgnn {

/// The largest number of elements in one row, so that offsets inside a row fit
/// 32 bits.
constexpr int64_t maxRowSize = (int64_t(1) << 31) - 1;
/// True if these trailing dimensions have at most that many elements.
bool fitsRow(llvm::ArrayRef<int64_t> trailing);

/// True for what the ops take: a ranked tensor on a domain, or in one row, with
/// static positive trailing dimensions.
bool isData(mlir::Type type);
/// The same, with float elements.
bool isFloatData(mlir::Type type);

/// The domain of a type; null for one row, and for what is no data.
OnAttr getDomain(mlir::Type type);
/// True for data without a domain.
bool isOneRow(mlir::Type type);
/// The dimensions of one row.
llvm::ArrayRef<int64_t> getTrailingShape(mlir::RankedTensorType type);
/// How many elements one row has.
int64_t getRowSize(mlir::RankedTensorType type);

/// Data on `domain` with as many rows as that has; null: one row.
mlir::RankedTensorType getDataType(OnAttr domain,
                                   llvm::ArrayRef<int64_t> trailing,
                                   mlir::Type elementType);
/// The type with other trailing dimensions, on the same rows.
mlir::RankedTensorType withTrailingShape(mlir::RankedTensorType type,
                                         llvm::ArrayRef<int64_t> trailing);
/// The type on another domain; null: one row.
mlir::RankedTensorType withDomain(mlir::RankedTensorType type, OnAttr domain);

/// `kg.edge`, or `one row`.
std::string describeDomain(OnAttr domain);

} // namespace pigeon::rgnn

#endif // PIGEON_DIALECT_RGNN_IR_RGNNTYPES_H
