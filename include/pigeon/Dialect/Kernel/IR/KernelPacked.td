//===- KernelPacked.td - Weights of few bits in words ------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELPACKED_TD
#define PIGEON_DIALECT_KERNEL_IR_KERNELPACKED_TD

include "pigeon/Dialect/Kernel/IR/KernelDialect.td"
include "mlir/IR/AttrTypeBase.td"

def Kernel_PackedAttr : AttrDef<Kernel_Dialect, "Packed"> {
  let mnemonic = "packed";
  let summary = "a right side of few bits a number, packed into words";
  let description = [{
    `columns` x `depth` codes of a number format (`pigeon/Support/NumberFormat.h`),
    row n of which is column n of the rhs, in 32-bit words. Each code is cut into
    `planes`; where they lie follows from the operand of the matrix instruction
    (`pigeon/Dialect/Layout/IR/Packing.h`). `group` neighbours along the depth
    share a scale.

    ```mlir
    #kernel.packed<"uint<6>", planes = [4, 2], columns = 384, depth = 256, group = 64>
    ```

    The formats are `int<n>`, `uint<n>` and `float<e, m>`.
  }];
  let parameters = (ins "::mlir::StringAttr":$format,
                        ArrayRefParameter<"int32_t">:$planes,
                        "int64_t":$columns, "int64_t":$depth, "int64_t":$group);
  let assemblyFormat = [{
    `<` $format `,` `planes` `=` `[` $planes `]` `,` `columns` `=` $columns `,`
    `depth` `=` $depth `,` `group` `=` $group `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::pigeon::NumberFormat getNumbers();
    ::pigeon::layout::Packing getPacking();
    /// Scales in a row: depth / group.
    int64_t getNumGroups() { return getDepth() / getGroup(); }
  }];
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELPACKED_TD
