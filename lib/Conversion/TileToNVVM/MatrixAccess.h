//===- MatrixAccess.h - ldmatrix and stmatrix -----------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tiles in shared memory whose register layout divides by the data map of
// ldmatrix (stmatrix): the lanes of a warp give the addresses of rows of 16
// bytes and exchange what they load on the way to registers.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_MATRIXACCESS_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_MATRIXACCESS_H

#include "Access.h"

namespace pigeon::tile {

/// The tile by ldmatrix, or nothing where the layout, a mask, a bound or the
/// alignment of rows does not allow it.
std::optional<Locals> loadMatrices(ThreadCode &code, const Access &access,
                                   const layout::Layout &layout);

/// Stores the tile by stmatrix, or returns false where that is not possible,
/// for the same reasons.
bool storeMatrices(ThreadCode &code, const Access &access,
                   const layout::Layout &layout,
                   llvm::ArrayRef<mlir::Value> tile);

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_MATRIXACCESS_H
