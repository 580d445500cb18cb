//===- TileEnums.td - Enums of the tile dialect ----------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILEENUMS_TD
#define PIGEON_DIALECT_TILE_IR_TILEENUMS_TD

include "mlir/IR/EnumAttr.td"
include "pigeon/Dialect/Tile/IR/TileDialect.td"

class Tile_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::pigeon::tile";
}

def Tile_Space : Tile_Enum<"Space", "where the elements of a ref lie", [
  I32EnumAttrCase<"Global", 0, "global">,
  I32EnumAttrCase<"Shared", 1, "shared">
]>;

def Tile_Axis : Tile_Enum<"Axis", "an axis of the grid", [
  I32EnumAttrCase<"X", 0, "x">, I32EnumAttrCase<"Y", 1, "y">, I32EnumAttrCase<"Z", 2, "z">
]>;

def Tile_ReduceKind : Tile_Enum<"ReduceKind", "how a reduction combines", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Max", 1, "max">,
  I32EnumAttrCase<"Min", 2, "min">
]>;

#endif // PIGEON_DIALECT_TILE_IR_TILEENUMS_TD
