//===- Exchange.h - Values that cross threads -----------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_EXCHANGE_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_EXCHANGE_H

#include "Access.h"

namespace pigeon::tile {

/// The tile held as `from`, held as `to`: by renaming registers, by shuffles in
/// a warp, or through shared memory, the first of these that is possible.
Locals convertLayout(ThreadCode &code, llvm::ArrayRef<mlir::Value> tile,
                     const layout::Layout &from, const layout::Layout &to);

/// Combines along `dim`, in this order: the locals of a thread by ascending
/// coordinate, lanes of a warp by a butterfly, warps by ascending coordinate.
/// The result is held as `layout.reduce(dim, false)`.
Locals reduceTile(ThreadCode &code, llvm::ArrayRef<mlir::Value> tile,
                  const layout::Layout &layout, int64_t dim, ReduceKind kind);

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_EXCHANGE_H
