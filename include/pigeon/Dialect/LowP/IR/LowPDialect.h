//===- LowPDialect.h - The lowp dialect -------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_H
#define PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_H

#include "mlir/IR/Dialect.h"

#include "pigeon/Dialect/LowP/IR/LowPDialect.h.inc"

#endif // PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_H
