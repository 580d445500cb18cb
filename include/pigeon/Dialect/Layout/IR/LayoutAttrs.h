//===- LayoutAttrs.h - Layouts as attributes --------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_H
#define PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/Layout/IR/SharedLayout.h"

#include "mlir/IR/Attributes.h"
#include "mlir/IR/TensorEncoding.h"

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/Layout/IR/LayoutAttrs.h.inc"

#endif // PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_H
