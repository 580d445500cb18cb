//===- Access.h - Tiles to and from memory --------------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One description of an access serves tile.load, tile.store and the exchanges
// between threads through shared memory.
//
// The element of a tile at local offset o (what `Layout::localOffset` gives per
// dimension) lies at
//
//   base + sum over dimensions of stride * (start + thread part + o)
//
// where a dimension is indexed by a range, and at stride * position[o] where it
// is gathered. Elements that are neighbours in the last dimension are accessed
// as one vector where alignment allows. In shared memory the offset from the
// base may be swizzled on top.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_ACCESS_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_ACCESS_H

#include "ThreadCode.h"

#include "pigeon/Dialect/Layout/IR/SharedLayout.h"

#include <optional>
#include <vector>

namespace pigeon::tile {

/// A one-dimensional register tile that stands over one dimension of another.
struct Along {
  Locals locals;
  std::optional<layout::Layout> layout;

  explicit operator bool() const { return layout.has_value(); }
};

/// How one dimension is indexed: from `start`, or by `positions`.
struct AccessIndex {
  /// i32; null is 0.
  mlir::Value start;
  /// `start` is a multiple of this.
  int64_t divisor = 0;
  /// The largest value of `start`, where it is known.
  std::optional<int64_t> max = 0;
  Along positions;
};

struct Access {
  mlir::Value base;
  mlir::Type element;
  bool shared = false;
  /// What `base` is aligned to, in bytes.
  int64_t alignment = kMaxAlignment;
  /// kDynamic where it is not known.
  llvm::SmallVector<int64_t> extents;
  /// In elements.
  llvm::SmallVector<int64_t> strides;
  /// Of the byte offset from `base`; shared memory only.
  layout::Swizzle swizzle;
  std::vector<AccessIndex> indices;
  /// Over dimension 0; may be absent.
  Along mask;
};

/// Whether a tile over dimension `dim` of a tile held as `tile` is there where
/// it is needed: each thread has the elements for the rows it holds.
bool isAlong(const layout::Layout &along, const layout::Layout &tile,
             int64_t dim);

/// The local of `along` for each local of `tile`.
llvm::SmallVector<int64_t> localsAlong(const layout::Layout &along,
                                       const layout::Layout &tile, int64_t dim);

/// Elements that are masked off are `other`, or zero if it is null.
Locals loadTile(ThreadCode &code, const Access &access,
                const layout::Layout &layout, mlir::Value other = {});

/// The digits of the thread index that say which copy of an element a thread
/// holds.
llvm::SmallVector<layout::ThreadDigit> replicasOf(const layout::Layout &layout);

/// Each element is stored by the first of its replicas.
void storeTile(ThreadCode &code, const Access &access,
               const layout::Layout &layout, llvm::ArrayRef<mlir::Value> tile);

/// The threads for which `where` holds store all that they have; null is true.
void storeWhere(ThreadCode &code, const Access &access,
                const layout::Layout &layout, llvm::ArrayRef<mlir::Value> tile,
                mlir::Value where);

/// An array of shared memory as the target of an exchange, row-major.
Access exchangeAccess(mlir::Value base, mlir::Type element,
                      llvm::ArrayRef<int64_t> shape);

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_ACCESS_H
