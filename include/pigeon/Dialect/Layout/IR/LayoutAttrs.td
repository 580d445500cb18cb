//===- LayoutAttrs.td - Layouts as attributes --------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_TD
#define PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_TD

include "pigeon/Dialect/Layout/IR/LayoutDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"

class Layout_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Layout_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
  let hasCustomAssemblyFormat = 1;
  // A module names each layout once, as #layout, #layout1, ...
  let genMnemonicAlias = 1;
}

def Layout_LayoutAttr : Layout_Attr<"Layout", "layout", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "which thread and which register hold which element of a tile";
  let description = [{
    The encoding of a register tile. First the shape; then for each dimension
    its digits, outermost first, each as `owner extent:stride`. `thread 8:4` is
    the digit `thread / 4 % 8`, `local 2:1` is `local / 1 % 2`. The extents of the
    digits of a dimension multiply up to its extent. `replicas` lists the digits
    of the thread index that belong to no dimension: threads that differ only
    there hold the same elements.

    The accumulator of `mma.m16n8k16`, where row = local/2%2 * 8 + thread/4%8 and
    column = thread%4 * 2 + local%2:

    ```mlir
    func.func private @accumulator(
        tensor<16x8xf32, #layout.layout<[16, 8],
            [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>>)
    ```

    One row of 8 elements, two to a thread, held again by each of 4 warps' eight
    groups of lanes:

    ```mlir
    func.func private @row(
        tensor<8xf32, #layout.layout<[8], [[thread 4:1, local 2:1]],
                                     replicas = [thread 32:4]>>)
    ```

    The attribute keeps the canonical form: digits of extent 1 are dropped and
    digits that continue each other are joined, so that attributes are equal
    exactly when they describe the same map.
  }];
  let parameters = (ins
    AttrParameter<"::pigeon::layout::Layout", "the layout, in canonical form",
                  "const ::pigeon::layout::Layout &">:$layout);
}

def Layout_SharedLayoutAttr : Layout_Attr<"SharedLayout", "shared"> {
  let summary = "where the elements of a tile lie in shared memory";
  let description = [{
    The shape, a stride in elements for each dimension, and optionally a swizzle.
    The swizzle works on the byte address: it exclusive-ors `bits` bits from bit
    `base + shift` on into the bits from `base` on.

    Rows of 64 f16 values (128 bytes), whose 16-byte pieces are exchanged by the
    number of the row, modulo 8:

    ```mlir
    module attributes {example.shared =
        #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>} {}
    ```
  }];
  let parameters = (ins
    AttrParameter<"::pigeon::layout::SharedLayout", "shape, strides and swizzle",
                  "const ::pigeon::layout::SharedLayout &">:$layout);
}

#endif // PIGEON_DIALECT_LAYOUT_IR_LAYOUTATTRS_TD
