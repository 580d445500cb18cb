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
  let summary = "An array in global or shared memory";
  let description = [{
    Row-major and contiguous, unless a shared array says otherwise. Only the
    first dimension may be dynamic: addresses never need it. A shared array is
    static, and may have a `#layout.shared` of its own shape: strides, and a
    swizzle of the byte address within the array.

    ```mlir
    !tile.ref<?x64xf32, global>
    !tile.ref<64x16xf32, shared>
    !tile.ref<64x16xf32, shared, #layout.shared<[64, 16], [20, 1]>>
    !tile.ref<64x64xf16, shared, #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>>
    ```

    A swizzled array begins at a multiple of its swizzle's block (1024 bytes
    for `swizzle(3, 4, 3)`), so that the swizzle of an address is that of the
    offset in the array. A slice of it has the same swizzle, and must therefore
    begin at such a multiple too.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::mlir::Type":$elementType,
                        EnumParameter<Tile_Space>:$space,
                        OptionalParameter<"::pigeon::layout::SharedLayoutAttr">:$layout);
  let assemblyFormat = [{
    `<` custom<RefBody>($shape, $elementType) `,` $space (`,` qualified($layout)^)? `>`
  }];
  let builders = [
    TypeBuilder<(ins "::llvm::ArrayRef<int64_t>":$shape, "::mlir::Type":$elementType,
                     "Space":$space), [{
      return $_get($_ctxt, shape, elementType, space,
                   ::pigeon::layout::SharedLayoutAttr());
    }]>];
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
    /// What is done to the byte offset of an element.
    ::pigeon::layout::Swizzle getSwizzle() const;
    /// What a shared array's address must be a multiple of, in bytes.
    int64_t getSharedAlignment() const;
    /// Where the elements of a shared array lie.
    ::pigeon::layout::SharedLayout getSharedLayout() const;
    /// The type of one slice along the first dimension; null, and why, where a
    /// slice does not begin at a multiple of the swizzle's block.
    RefType getSlice(std::string *whyNot = nullptr) const;
    /// The same array laid out in another way.
    RefType withLayout(const ::pigeon::layout::SharedLayout &layout) const;
  }];
}

#endif // PIGEON_DIALECT_TILE_IR_TILETYPES_TD
