//===- RGNNShapeOps.td - Ops on trailing dimensions --------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNSHAPEOPS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNSHAPEOPS_TD

include "pigeon/Dialect/RGNN/IR/RGNNBase.td"

def RGNN_ReduceOp : RGNN_Op<"reduce", [RGNN_InfersType]> {
  let summary = "combines the last dimensions of each row";
  let description = [{
    Combines the last `dims` trailing dimensions by `sum`, `mean` or `max`.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x4x16xf32, #rgnn.on<kg.node>>) {
      %y = rgnn.reduce sum %x {dims = 1}
        : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
        -> tensor<?x4xf32, #rgnn.on<kg.node>>
      return
    }
    ```
  }];
  let arguments = (ins
    RGNN_ReduceKindAttr:$kind,
    Arg<RGNN_FloatData, "[rows, d..., e...]">:$input,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$dims);
  let results = (outs Res<RGNN_FloatData, "[rows, d...]">:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `` $kind $input attr-dict `:` functional-type(operands, results)
  }];
}

def RGNN_BroadcastOp : RGNN_Op<"broadcast"> {
  let summary = "repeats each element over new last dimensions";
  let description = [{
    The trailing dimensions of the result start with those of `input`; each
    element is repeated over the rest. (Rows are repeated by `rgnn.gather`.)

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x4xf32, #rgnn.on<kg.node>>) {
      %y = rgnn.broadcast %x : (tensor<?x4xf32, #rgnn.on<kg.node>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
      return
    }
    ```
  }];
  let arguments = (ins Arg<RGNN_Data, "[rows, d...]">:$input);
  let results = (outs Res<RGNN_Data, "[rows, d..., e...]">:$result);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RGNN_FillOp : RGNN_Op<"fill"> {
  let summary = "one scalar everywhere";
  let description = [{
    Every element of every row is `value`.

    ```mlir
    rgnn.graph @kg
    func.func @f(%slope: f32) {
      %x = rgnn.fill %slope : (f32) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins Arg<AnyFloat, "a scalar of the element type">:$value);
  let results = (outs Res<RGNN_FloatData, "[rows, d...]">:$result);
  let assemblyFormat = [{
    $value attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def RGNN_ReshapeOp : RGNN_Op<"reshape"> {
  let summary = "regroups the trailing dimensions";
  let description = [{
    The elements of each row in the same (row-major) order, under other trailing
    dimensions of the same product.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x4x16xf32, #rgnn.on<kg.node>>) {
      %y = rgnn.reshape %x : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
        -> tensor<?x64xf32, #rgnn.on<kg.node>>
      return
    }
    ```
  }];
  let arguments = (ins Arg<RGNN_Data, "[rows, d...]">:$input);
  let results = (outs Res<RGNN_Data, "[rows, e...]">:$result);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RGNN_SliceOp : RGNN_Op<"slice", [RGNN_InfersType]> {
  let summary = "a box of the trailing dimensions";
  let description = [{
    For each trailing dimension `t` the elements from `offsets[t]` on,
    `sizes[t]` of them. Both lists have one entry per trailing dimension.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x4x48xf32, #rgnn.on<kg.node>>) {
      %k = rgnn.slice %x [0, 16] [4, 16]
        : (tensor<?x4x48xf32, #rgnn.on<kg.node>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_Data, "[rows, d...]">:$input,
    DenseI64ArrayAttr:$offsets,
    DenseI64ArrayAttr:$sizes);
  let results = (outs Res<RGNN_Data, "[rows, sizes...]">:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input $offsets $sizes attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RGNN_ConcatOp : RGNN_Op<"concat", [RGNN_InfersType]> {
  let summary = "joins rows along a trailing dimension";
  let description = [{
    Joins the rows of `inputs` along their trailing dimension `dim` (0 is the
    first after the row dimension). The inputs agree in everything else.

    ```mlir
    rgnn.graph @kg
    func.func @f(%a: tensor<?x16xf32, #rgnn.on<kg.edge>>,
                 %b: tensor<?x48xf32, #rgnn.on<kg.edge>>) {
      %c = rgnn.concat %a, %b {dim = 0}
        : (tensor<?x16xf32, #rgnn.on<kg.edge>>,
           tensor<?x48xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<Variadic<RGNN_Data>, "each [rows, d...]">:$inputs,
    ConfinedAttr<I64Attr, [IntNonNegative]>:$dim);
  let results = (outs Res<RGNN_Data, "[rows, d...]">:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $inputs attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNSHAPEOPS_TD
