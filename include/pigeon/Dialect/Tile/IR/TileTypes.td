//===- TileTypes.td - Types of the tile dialect ----------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILETYPES_TD
#define PIGEON_DIALECT_TILE_IR_TILETYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "pigeon/Dialect/Tile/IR/TileEnums.td"

def Tile_RefType : TypeDef<Tile_Dialect, "Ref"> {
  let mnemonic = "ref";
  let summary = "A row-major contiguous array in global or shared memory";
  let description = [{
    Only the first dimension may be dynamic: addresses never need it. A shared
    array is static.

    ```mlir
    !tile.ref<?x64xf32, global>
    !tile.ref<64x16xf32, shared>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::mlir::Type":$elementType,
                        EnumParameter<Tile_Space>:$space);
  let assemblyFormat = "`<` custom<RefBody>($shape, $elementType) `,` $space `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return getShape().size(); }
    bool isShared() const { return getSpace() == Space::Shared; }
    bool hasStaticShape() const;
    /// The distance in elements between neighbours along `dim`.
    int64_t getStride(int64_t dim) const;
    /// The bytes of one element.
    int64_t getElementBytes() const;
    /// The bytes of the whole array, which must be static.
    int64_t getByteSize() const;
  }];
}

#endif // PIGEON_DIALECT_TILE_IR_TILETYPES_TD
