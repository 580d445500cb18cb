//===- RGNNEnums.td - How rows are combined ----------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNENUMS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNENUMS_TD

include "mlir/IR/EnumAttr.td"

def RGNN_AggregateKind : I32EnumAttr<"AggregateKind",
    "how the rows with one image are combined", [
  I32EnumAttrCase<"Sum", 0, "sum">,
  I32EnumAttrCase<"Mean", 1, "mean">,
  I32EnumAttrCase<"Max", 2, "max">,
  I32EnumAttrCase<"Min", 3, "min">
]> {
  let cppNamespace = "::pigeon::rgnn";
  let genSpecializedAttr = 0;
}

def RGNN_ReduceKind : I32EnumAttr<"ReduceKind",
    "how trailing dimensions are combined", [
  I32EnumAttrCase<"Sum", 0, "sum">,
  I32EnumAttrCase<"Mean", 1, "mean">,
  I32EnumAttrCase<"Max", 2, "max">
]> {
  let cppNamespace = "::pigeon::rgnn";
  let genSpecializedAttr = 0;
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNENUMS_TD
