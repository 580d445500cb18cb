//===- AccessGroups.h - Which elements are accessed at once ---*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSGROUPS_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSGROUPS_H

#include "Access.h"

namespace pigeon::tile {

/// Consecutive elements along the last dimension, accessed at once.
struct AccessGroup {
  /// Locals in the order of memory.
  llvm::SmallVector<int64_t> locals;
  /// Local offset of the first, per dimension.
  llvm::SmallVector<int64_t> offset;
};

/// All locals of a layout in the largest groups that alignment allows, of at
/// most `maxWidth` elements, in row-major order.
llvm::SmallVector<AccessGroup> accessGroups(const Access &access,
                                            const layout::Layout &layout,
                                            int64_t maxWidth = kMaxAlignment);

/// The address of each of `accessGroups`, in their order, for an access that is
/// made in full; nothing if it has a mask or bounds to check. With a layout
/// that gives each lane whole rows of 16 bytes these are the row addresses of
/// ldmatrix and stmatrix.
std::optional<llvm::SmallVector<mlir::Value>>
groupPointers(ThreadCode &code, const Access &access,
              const layout::Layout &layout);

/// Whether a range may leave its dimension, so that it must be checked.
bool needsCheck(const Access &access, const layout::Layout &layout,
                int64_t dim);

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSGROUPS_H
