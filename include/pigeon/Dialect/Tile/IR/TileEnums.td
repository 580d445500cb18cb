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

def Tile_CachePolicy : Tile_Enum<"CachePolicy", "which caches a copy goes through", [
  I32EnumAttrCase<"All", 0, "ca">, I32EnumAttrCase<"Global", 1, "cg">
]>;

def Tile_Precision : Tile_Enum<"Precision", "how f32 operands are multiplied", [
  I32EnumAttrCase<"IEEE", 0, "ieee">, I32EnumAttrCase<"TF32", 1, "tf32">,
  I32EnumAttrCase<"TF32x3", 2, "tf32x3">
]>;

#endif // PIGEON_DIALECT_TILE_IR_TILEENUMS_TD
