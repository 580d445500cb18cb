//===- LowPOps.h - Operations of the lowp dialect ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPOPS_H
#define PIGEON_DIALECT_LOWP_IR_LOWPOPS_H

#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/LowP/IR/LowPTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace pigeon::lowp {

/// The name that `lowp.name` gives an argument or result; empty without one.
std::string getName(mlir::DictionaryAttr attributes);
/// The same, or else `arg<index>` and `result<index>`.
std::string getArgumentName(mlir::FunctionOpInterface function, unsigned index);
std::string getResultName(mlir::FunctionOpInterface function, unsigned index);

/// Elements of the last dimension that share a scale: the last dimension of the
/// codes divided by that of the scales.
int64_t getGroupSize(mlir::RankedTensorType codes,
                     mlir::RankedTensorType scales);

} // namespace pigeon::lowp

#define GET_OP_CLASSES
#include "pigeon/Dialect/LowP/IR/LowPOps.h.inc"

#endif // PIGEON_DIALECT_LOWP_IR_LOWPOPS_H
