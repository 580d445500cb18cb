//===- Conversion.h - From one layout to another ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What it takes to bring a tile from layout `from` to layout `to`. Local l of
// thread t of `to` wants the element to(t, l):
//
//   Identity             from and to are equal.
//   RegisterPermutation  it is in register sourceLocal[l] of the same thread,
//                        for all threads the same one. No data moves.
//   WarpShuffle          it is in register sourceLocal[l] of the thread
//                        sum of (t / threadStride % extent) * sourceStride
//                        + sourceThread[l], which is in the same warp: one
//                        shuffle for each l.
//   SharedMemory         anything else.
//
// An example. from = spatial({4}) and to = local({4}) * replicated over 4
// threads: every thread wants all four elements, local l from thread l. The
// answer is WarpShuffle with sourceLocal = {0, 0, 0, 0}, sourceThread = {0, 1,
// 2, 3} and no lane digits. Back, from `to` to `from`, thread t wants its
// register t: the register differs from thread to thread, which a shuffle
// cannot say, so the answer is SharedMemory.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H
#define PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

namespace pigeon::layout {

/// Cheapest first.
enum class ConvertKind {
  Identity,
  RegisterPermutation,
  WarpShuffle,
  SharedMemory
};

/// `thread / threadStride % extent * sourceStride`.
struct LaneDigit {
  int64_t extent;
  int64_t threadStride;
  int64_t sourceStride;
};

struct Conversion {
  ConvertKind kind = ConvertKind::SharedMemory;
  /// For each local of `to`, the local of `from`; empty for SharedMemory.
  llvm::SmallVector<int64_t> sourceLocal;
  /// For WarpShuffle, the part of the source thread that depends on the local.
  llvm::SmallVector<int64_t> sourceThread;
  /// For WarpShuffle, the part of the source thread that depends on the thread.
  llvm::SmallVector<LaneDigit> laneDigits;

  /// For WarpShuffle: the thread that `thread` reads local `local` from.
  int64_t sourceOf(int64_t thread, int64_t local) const;
};

/// The cheapest conversion of the kinds above. Layouts of different shapes or
/// thread counts convert through shared memory (different shapes are a mistake
/// of the caller). A shuffle between layouts whose digits cannot be cut alike
/// (6 = 2 * 3 against 6 = 3 * 2) is not looked for.
Conversion convert(const Layout &from, const Layout &to, int64_t warpSize = 32);

inline ConvertKind convertKind(const Layout &from, const Layout &to) {
  return convert(from, to).kind;
}

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H
