//===- Enumerate.h - Layouts as tables --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every query of the layout algebra by brute force. A layout becomes the table
// of its map, an operation works on tables by its definition in words, and
// `recover` reads digits off a table again. Nothing here looks at digits, so
// the two ways share no mistake. Costs grow with threads * locals: this is the
// fallback and the check, not the fast path.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_ENUMERATE_H
#define PIGEON_DIALECT_LAYOUT_IR_ENUMERATE_H

#include "pigeon/Dialect/Layout/IR/Conversion.h"
#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Layout/IR/SharedLayout.h"

#include <vector>

namespace pigeon::layout::enumerate {

using Coords = llvm::SmallVector<int64_t, 4>;

/// The map of a layout, written out.
struct Table {
  Coords shape;
  int64_t threads = 1;
  int64_t locals = 1;
  /// At thread * locals + local.
  std::vector<Coords> coords;

  const Coords &at(int64_t thread, int64_t local) const {
    return coords[thread * locals + local];
  }
  friend bool operator==(const Table &a, const Table &b) {
    return a.shape == b.shape && a.threads == b.threads &&
           a.locals == b.locals && a.coords == b.coords;
  }
  friend bool operator!=(const Table &a, const Table &b) { return !(a == b); }
};

Table tabulate(const Layout &layout);

/// The one layout with this map, if there is one.
std::optional<Layout> recover(const Table &table);

llvm::SmallVector<std::pair<int64_t, int64_t>>
holdersOf(const Table &table, llvm::ArrayRef<int64_t> coords);
/// Threads per element.
int64_t numReplicas(const Table &table);

/// Ranks must be equal.
Table product(const Table &outer, const Table &inner);
std::optional<Table> divideRight(const Table &whole, const Table &inner);
std::optional<Table> divideLeft(const Table &whole, const Table &outer);

Table reduce(const Table &table, int64_t dim, bool keepDim);
/// The local of `reduce` that each local of each thread folds into, at
/// thread * locals + local.
std::vector<int64_t> reducedLocals(const Table &table, int64_t dim);
Table permute(const Table &table, llvm::ArrayRef<int64_t> perm);
Table unsqueeze(const Table &table, int64_t dim);
/// Sizes must be equal.
Table reshape(const Table &table, llvm::ArrayRef<int64_t> newShape);

/// `dim` has extent 1. Local l of the result is local l % locals of the
/// operand, at l / locals along `dim`.
Table expandLocal(const Table &table, int64_t dim, int64_t extent);
/// `dim` has extent 1. The n-th thread that holds an element now holds the one
/// at n % extent along `dim`; nothing if there are not as many for each.
std::optional<Table> expandReplicas(const Table &table, int64_t dim,
                                    int64_t extent);

int64_t vectorWidth(const Table &table, int64_t dim);
ConvertKind convertKind(const Table &from, const Table &to,
                        int64_t warpSize = 32);
std::optional<BankConflicts> bankConflicts(const Table &registers,
                                           const SharedLayout &shared,
                                           int64_t elementBytes,
                                           int64_t vectorWidth);

} // namespace pigeon::layout::enumerate

#endif // PIGEON_DIALECT_LAYOUT_IR_ENUMERATE_H
