//===- RegionSyntax.h - Regions as words and braces -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   prologue { ... } epilogue { ... }
//
// for the assembly formats of the templates. A value may be used before it is
// defined, and the parser lets a use outside of a region find a definition
// within. When the second region cannot be read, the first one goes away, so
// such uses have to be dropped with it; generated parsers forget to.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_KERNEL_IR_REGIONSYNTAX_H
#define PIGEON_LIB_DIALECT_KERNEL_IR_REGIONSYNTAX_H

#include "mlir/IR/OpImplementation.h"

namespace pigeon::kernel {

/// `message` is left out where it is empty.
mlir::ParseResult parseGemmRegions(mlir::OpAsmParser &parser,
                                   mlir::Region &prologue,
                                   mlir::Region &epilogue,
                                   mlir::Region &message);
void printGemmRegions(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      mlir::Region &prologue, mlir::Region &epilogue,
                      mlir::Region &message);

mlir::ParseResult parseTraverseRegions(mlir::OpAsmParser &parser,
                                       mlir::Region &message,
                                       mlir::Region &epilogue);
void printTraverseRegions(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                          mlir::Region &message, mlir::Region &epilogue);

} // namespace pigeon::kernel

#endif // PIGEON_LIB_DIALECT_KERNEL_IR_REGIONSYNTAX_H
