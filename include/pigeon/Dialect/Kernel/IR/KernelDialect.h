//===- KernelDialect.h - The kernel dialect ---------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_H
#define PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_H

#include "mlir/IR/Dialect.h"

#include "pigeon/Dialect/Kernel/IR/KernelDialect.h.inc"

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_H
