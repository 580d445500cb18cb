//===- EmitProgram.h - A formation as a kernel program ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EMITPROGRAM_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EMITPROGRAM_H

#include "Formation.h"

namespace pigeon {

/// Writes the program of `func`, under its name, before it.
mlir::LogicalResult emitProgram(mlir::func::FuncOp func,
                                const Formation &formation);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EMITPROGRAM_H
