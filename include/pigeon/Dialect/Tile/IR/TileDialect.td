//===- TileDialect.td - The tile dialect -------------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD
#define PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD

include "mlir/IR/DialectBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::pigeon::tile";
  let summary = "The tile dialect";
}

#endif // PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD
