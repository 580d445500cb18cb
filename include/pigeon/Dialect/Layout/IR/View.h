//===- View.h - The same registers as another tile --------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of words may be a tile of something else in disguise: packed weights,
// pairs of f16 in 32 bits, or the same elements in another order. What it is in
// disguise is said by a layout, the *packing*: T threads of it are T runs of
// words, its locals are the fields of the words of a run. With F fields to a
// word, a run has W = locals / F words, and the source in row-major order is
//
//   word  t * W + l / F, field l % F   <->   element packing(t, l).
//
// This says which element is which bits, and nothing of who holds it. If the
// source is held so that the fields of each thread's words, in order, are the
// locals of some layout of the result, the registers need not be touched: a
// view is free. `sourceOf` finds how the source must be held for a result that
// is held in a given way, `resultOf` how the result is held.
//
// An example. Words of two f16 for the A operand of mma.m16n8k16: T = 32, F =
// 2, the packing is that operand. For a result held as the operand, the source,
// 32 x 4 words, is held as spatial({32, 1}) * local({1, 4}).
//
// With F = 1 and a packing of one thread, a view reorders: the packing
// localOrder({M, N}, {1, 0}) makes a transposed M x N tile of N x M.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_VIEW_H
#define PIGEON_DIALECT_LAYOUT_IR_VIEW_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

namespace pigeon::layout {

struct View {
  Layout packing;
  /// F, which divides the locals of the packing.
  int64_t fields = 1;
  /// As many words as the packing has.
  llvm::SmallVector<int64_t, 3> sourceShape;

  /// How the source must be held so that the result is held as `result`.
  /// Nothing if no way of holding words gives that.
  std::optional<Layout> sourceOf(const Layout &result) const;
  /// How the result is held if the source is held as `source`. Nothing if that
  /// is no layout.
  std::optional<Layout> resultOf(const Layout &source) const;
};

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_VIEW_H
