//===- KernelEnums.td - Enumerations of the kernel dialect -*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELENUMS_TD
#define PIGEON_DIALECT_KERNEL_IR_KERNELENUMS_TD

include "mlir/IR/EnumAttr.td"

def Kernel_Reduction : I32EnumAttr<"Reduction", "how the entries of a row become one", [
    I32EnumAttrCase<"Sum", 0, "sum">,
    I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Max", 2, "max">,
    I32EnumAttrCase<"Min", 3, "min">]> {
  let cppNamespace = "::pigeon::kernel";
  let genSpecializedAttr = 0;
}

def Kernel_BufferKind : I32EnumAttr<"BufferKind", "who owns the contents of a buffer", [
    I32EnumAttrCase<"Input", 0, "input">,
    I32EnumAttrCase<"Output", 1, "output">,
    I32EnumAttrCase<"Workspace", 2, "workspace">]> {
  let cppNamespace = "::pigeon::kernel";
  let genSpecializedAttr = 0;
}

def Kernel_Precision : I32EnumAttr<"Precision", "how products of f32 data are computed", [
    I32EnumAttrCase<"IEEE", 0, "ieee">,
    I32EnumAttrCase<"TF32", 1, "tf32">,
    I32EnumAttrCase<"TF32x3", 2, "tf32x3">]> {
  let cppNamespace = "::pigeon::kernel";
  let genSpecializedAttr = 0;
}

def Kernel_OperandPath : I32EnumAttr<"OperandPath",
    "how the tiles of operands reach shared memory", [
    I32EnumAttrCase<"Async", 0, "async">,
    I32EnumAttrCase<"Registers", 1, "register">]> {
  let cppNamespace = "::pigeon::kernel";
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELENUMS_TD
