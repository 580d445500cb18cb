//===- RGNNOps.h - Ops of the rgnn dialect ----------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNOPS_H
#define PIGEON_DIALECT_RGNN_IR_RGNNOPS_H

#include "pigeon/Dialect/RGNN/IR/Domains.h"
#include "pigeon/Dialect/RGNN/IR/RGNNTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace pigeon::rgnn {

/// Infers the type of the op's one result and compares; either may fail with
/// words. For the verifiers of the ops below.
llvm::LogicalResult verifyInferredType(mlir::InferTypeOpInterface op);

} // namespace pigeon::rgnn

#define GET_OP_CLASSES
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h.inc"

#endif // PIGEON_DIALECT_RGNN_IR_RGNNOPS_H
