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
// What stays in a warp can still do without memory. Before a conversion as
// above come steps, each of which gives one bit of the local index to the
// threads:
//
//   exchange   lanes that differ in one bit exchange the halves of their locals
//              that differ in one bit: lane 0 sends its upper half and gets the
//              lower half of lane 1. One shuffle for each two locals.
//   keep half  threads that differ in one bit hold copies; each keeps the half
//              of its locals that the bit names. Nothing is sent.
//
// In the example, back: two steps keep half, then every thread has its element.
// A 2 x 2 matrix, rows in lanes, columns in locals, is transposed by one
// exchange: lane 0 has (a, b), lane 1 has (c, d); lane 0 sends b and gets c.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H
#define PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

#include <optional>

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

/// A step as at the top: threads that differ in the bit thread / threadStride %
/// 2 exchange locals that differ in the bit local / localStride % 2, or keep
/// half of them.
struct LaneExchange {
  int64_t threadStride;
  int64_t localStride;
  bool keepsHalf;

  /// Where a local whose bit is 0 is after the step.
  int64_t localAfter(int64_t local) const;
};

/// Steps, the layout that they lead to, and the conversion from there, which
/// needs no shared memory.
struct Exchanges {
  llvm::SmallVector<LaneExchange> steps;
  Layout reached;
  Conversion rest;
};

/// The way from `from` to `to` inside warps, for layouts whose extents are
/// powers of two; nothing if some element has to cross warps.
std::optional<Exchanges> findExchanges(const Layout &from, const Layout &to,
                                       int64_t warpSize = 32);

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_CONVERSION_H
