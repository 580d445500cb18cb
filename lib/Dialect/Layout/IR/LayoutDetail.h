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

#include "llvm/ADT/STLFunctionalExtras.h"

namespace pigeon::layout::detail {

using Digits = llvm::SmallVector<PlacedDigit>;

/// Stops the program with a message where a caller broke its promise.
void require(bool condition, const char *message);

/// `Layout::get` where the digits are known to be right.
Layout getOrDie(llvm::ArrayRef<int64_t> shape,
                llvm::ArrayRef<PlacedDigit> digits);

/// Cuts off the inner `extent` of a digit and leaves the rest in place. The
/// strides of the rest grow alike in the dimension and in the owner.
PlacedDigit cutInner(PlacedDigit &placed, int64_t extent);

/// Cuts those of the `concerned` digits that lie across `boundary`, measured by
/// one of their strides; false if a cut would not be even.
bool cutAt(Digits &digits, int64_t Digit::*strideOf, int64_t boundary,
           llvm::function_ref<bool(const PlacedDigit &)> concerned);

} // namespace pigeon::layout::detail

#endif // PIGEON_LIB_DIALECT_LAYOUT_IR_LAYOUTDETAIL_H
