//===- FunctionNames.h - Names of arguments and results ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dialects of models name what goes into a function and what comes out by an
// attribute of their own, `rgnn.name` or `lowp.name`. What has no name is
// called by its position: arg0, arg1, ..., result0, ...
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_INTERFACES_FUNCTIONNAMES_H
#define PIGEON_INTERFACES_FUNCTIONNAMES_H

#include "mlir/Interfaces/FunctionInterfaces.h"

#include <string>

namespace pigeon {

/// The name that `attribute` gives, else that of the position.
std::string getArgumentName(mlir::FunctionOpInterface function, unsigned index,
                            llvm::StringRef attribute);
std::string getResultName(mlir::FunctionOpInterface function, unsigned index,
                          llvm::StringRef attribute);

/// For a dialect whose only attribute of arguments and results is `expected`:
/// it must be a string that is not empty, on a function, and no two arguments
/// (nor results) may have one name.
mlir::LogicalResult verifyArgumentName(mlir::Operation *op, unsigned index,
                                       mlir::NamedAttribute attribute,
                                       llvm::StringRef expected);
mlir::LogicalResult verifyResultName(mlir::Operation *op, unsigned index,
                                     mlir::NamedAttribute attribute,
                                     llvm::StringRef expected);

} // namespace pigeon

#endif // PIGEON_INTERFACES_FUNCTIONNAMES_H
