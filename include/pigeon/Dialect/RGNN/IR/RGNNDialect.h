//===- RGNNDialect.h - The rgnn dialect -------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_H
#define PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_H

#include "mlir/IR/Dialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <string>

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h.inc"

namespace pigeon::rgnn {

/// The names by which tools speak of a function's arguments and results: the
/// attribute `rgnn.name`, or else `arg<index>` and `result<index>`. No two
/// arguments of a verified function have one name, and no two results.
std::string getArgumentName(mlir::FunctionOpInterface function, unsigned index);
std::string getResultName(mlir::FunctionOpInterface function, unsigned index);

} // namespace pigeon::rgnn

#endif // PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_H
