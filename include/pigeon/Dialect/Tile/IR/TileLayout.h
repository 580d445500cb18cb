//===- TileLayout.h - Layouts of register tiles -------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The encoding of a register tile's type, read and written.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILELAYOUT_H
#define PIGEON_DIALECT_TILE_IR_TILELAYOUT_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace pigeon::tile {

/// The layout that a tile's type carries, if it carries one.
std::optional<layout::Layout> getLayout(mlir::Type type);

/// False if a tile's type carries a layout of another shape: the parser refuses
/// it, a reader of bytecode does not.
bool fitsLayout(mlir::Type type);

/// The same tile, held as `layout` says.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type,
                                  const layout::Layout &layout);

} // namespace pigeon::tile

#endif // PIGEON_DIALECT_TILE_IR_TILELAYOUT_H
