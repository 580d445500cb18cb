//===- LayoutDetail.h - Shared by the files of the algebra ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_LAYOUT_IR_LAYOUTDETAIL_H
#define PIGEON_LIB_DIALECT_LAYOUT_IR_LAYOUTDETAIL_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

namespace pigeon::layout::detail {

/// Stops the program with a message where a caller broke its promise.
void require(bool condition, const char *message);

/// `Layout::get` where the digits are known to be right.
Layout getOrDie(llvm::ArrayRef<int64_t> shape,
                llvm::ArrayRef<PlacedDigit> digits);

} // namespace pigeon::layout::detail

#endif // PIGEON_LIB_DIALECT_LAYOUT_IR_LAYOUTDETAIL_H
