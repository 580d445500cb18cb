//===- RGNNLinearOps.td - Typed products -------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNLINEAROPS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNLINEAROPS_TD

include "pigeon/Dialect/RGNN/IR/RGNNBase.td"

def RGNN_LinearOp : RGNN_RoleOp<"linear", [RGNN_InfersType]> {
  let summary = "each row times the weight of its key";
  let description = [{
    Multiplies each row of `input` by the weight that `key`, a role of the
    input's domain, picks for it: `y[i] = x[i] · w[key(i)]`. The weight lives on
    the image of the key, with the key `none` it is one row. The last dimension
    of `input` is contracted with the last but one of `weight`. `B...` are batch
    dimensions, `H` is a head dimension:

    | input | weight | result |
    | --- | --- | --- |
    | `[rows, B..., in]` | `[keys, in, out]` | `[rows, B..., out]` |
    | `[rows, in]` | `[keys, H, in, out]` | `[rows, H, out]` |
    | `[rows, B..., H, in]` | `[keys, H, in, out]` | `[rows, B..., H, out]` |

    An input of one row has no row dimension and takes the key `none`. Products
    of weights are linear maps too: on `relation`, with the key `self`, the rows
    of one weight are batch.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.dst_pair>>,
                 %w: tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>) {
      %y = rgnn.linear %x, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>,
           tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.dst_pair>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_FloatData, "[rows, B..., (H,) in]">:$input,
    Arg<RGNN_FloatData, "[keys, (H,) in, out]">:$weight,
    StrAttr:$key);
  let results = (outs Res<RGNN_FloatData, "[rows, B..., (H,) out]">:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $weight `,` custom<Role>($key) attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// The weight's head dimension, or 0 if it has none.
    int64_t getNumHeads();
    /// The contracted dimension and the one that takes its place.
    int64_t getInputWidth();
    int64_t getOutputWidth();
  }];
}

def RGNN_OuterOp : RGNN_RoleOp<"outer"> {
  let summary = "per key, the sum over its rows of outer products";
  let description = [{
    Row `k` of the result is the sum over all rows `i` with `key(i) = k` of
    `xᵀ[i] · y[i]`, a matrix `[in, out]`: the gradient of the weight of a
    `linear`. A head dimension stands on both operands and the result, or on
    none of them. The key is a role of the operands' domain; the result lives on
    its image, with the key `none` in one row. A key without rows gives 0.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>,
                 %y: tensor<?x32xf32, #rgnn.on<kg.edge>>) {
      %w = rgnn.outer %x, %y, rel
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>,
           tensor<?x32xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x64x32xf32, #rgnn.on<kg.relation>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_FloatData, "[rows, (H,) in]">:$lhs,
    Arg<RGNN_FloatData, "[rows, (H,) out]">:$rhs,
    StrAttr:$key);
  let results = (outs Res<RGNN_FloatData, "[keys, (H,) in, out]">:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` custom<Role>($key) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def RGNN_DotOp : RGNN_Op<"dot", [
    RGNN_InfersType, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "inner products over the last dimension";
  let description = [{
    The sum over the last dimension of the elementwise product, for each row and
    each other trailing index, e.g. one score per head.

    ```mlir
    rgnn.graph @kg
    func.func @f(%k: tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                 %q: tensor<?x4x16xf32, #rgnn.on<kg.edge>>) {
      %s = rgnn.dot %k, %q : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                              tensor<?x4x16xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x4xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_FloatData, "[rows, H..., d]">:$lhs,
    Arg<RGNN_FloatData, "[rows, H..., d]">:$rhs);
  let results = (outs Res<RGNN_FloatData, "[rows, H...]">:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def RGNN_ScaleOp : RGNN_Op<"scale", [AllTypesMatch<["input", "result"]>]> {
  let summary = "elementwise product with a factor of fewer dimensions";
  let description = [{
    Multiplies `input` by `factor`, whose shape is a prefix of the input's: one
    factor per row, or per row and head.

    ```mlir
    rgnn.graph @kg
    func.func @f(%m: tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                 %a: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
      %y = rgnn.scale %m, %a : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                                tensor<?x4xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_FloatData, "[rows, H..., d...]">:$input,
    Arg<RGNN_FloatData, "[rows, H...]">:$factor);
  let results = (outs Res<RGNN_FloatData, "[rows, H..., d...]">:$result);
  let assemblyFormat = [{
    $input `,` $factor attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNLINEAROPS_TD
