//===- Passes.h - Passes of the tile dialect -------------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_H
#define PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_H

#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/Tile/IR/TileDialect.h"

#include "mlir/Pass/Pass.h"

namespace mlir {
namespace arith {
class ArithDialect;
} // namespace arith
namespace gpu {
class GPUModuleOp;
} // namespace gpu
namespace scf {
class SCFDialect;
} // namespace scf
} // namespace mlir

namespace pigeon::tile {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pigeon/Dialect/Tile/Transforms/Passes.h.inc"

} // namespace pigeon::tile

#endif // PIGEON_DIALECT_TILE_TRANSFORMS_PASSES_H
