//===- RGNNAttrs.h - Attributes of the rgnn dialect -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNATTRS_H
#define PIGEON_DIALECT_RGNN_IR_RGNNATTRS_H

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/TensorEncoding.h"

#include "pigeon/Dialect/RGNN/IR/RGNNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.h.inc"

#endif // PIGEON_DIALECT_RGNN_IR_RGNNATTRS_H
