//===- LowPTypes.h - Types of few bits and what they mean -------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPTYPES_H
#define PIGEON_DIALECT_LOWP_IR_LOWPTYPES_H

#include "pigeon/Dialect/Layout/IR/Packing.h"
#include "pigeon/Support/NumberFormat.h"

#include "mlir/IR/BuiltinTypes.h"

#include <optional>

#define GET_TYPEDEF_CLASSES
#include "pigeon/Dialect/LowP/IR/LowPTypes.h.inc"

namespace pigeon::lowp {

/// What the codes of an element type mean: a lowp type or a builtin type of the
/// same meaning, f8E8M0FNU included. Nothing for other types.
std::optional<NumberFormat> getNumberFormat(mlir::Type elementType);

/// Element types of weights: all of the above but f8E8M0FNU.
bool isCode(mlir::Type elementType);
/// f16, bf16, f32, f64.
bool isValue(mlir::Type elementType);
/// f16, bf16, f32, f8E8M0FNU, f8E4M3FN.
bool isScale(mlir::Type elementType);
/// f16, bf16, f32 or an integer code.
bool isZeroPoint(mlir::Type elementType);

/// How a weight of these codes is packed; `planes` may be empty for the usual
/// cut. Nothing, and why not, where the planes do not fit.
std::optional<layout::Packing> getPacking(const NumberFormat &format,
                                          llvm::ArrayRef<int32_t> planes,
                                          std::string *whyNot = nullptr);

} // namespace pigeon::lowp

#endif // PIGEON_DIALECT_LOWP_IR_LOWPTYPES_H
