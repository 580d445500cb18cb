//===- RGNNRoleOps.td - Ops that follow a role -------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNROLEOPS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNROLEOPS_TD

include "pigeon/Dialect/RGNN/IR/RGNNBase.td"

def RGNN_GatherOp : RGNN_RoleOp<"gather"> {
  let summary = "pulls data back along a role";
  let description = [{
    Row `i` of the result is the row of `input` that `role` maps `i` to. The role
    is one of the *result's* domain; `input` lives on its image. With the role
    `none` the input is one row, and every row of the result is a copy of it.

    A gather along `self` is its input, and a gather of a gather is one gather
    along the composed role.

    ```mlir
    rgnn.graph @kg
    func.func @f(%h: tensor<?x64xf32, #rgnn.on<kg.node>>, %b: tensor<64xf32>) {
      %m = rgnn.gather %h, src : (tensor<?x64xf32, #rgnn.on<kg.node>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      %c = rgnn.gather %b, none : (tensor<64xf32>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_Data, "[rows of the image, d...]">:$input,
    StrAttr:$role);
  let results = (outs Res<RGNN_Data, "[rows, d...]">:$result);
  let assemblyFormat = [{
    $input `,` custom<Role>($role) attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RGNN_AggregateOp : RGNN_RoleOp<"aggregate"> {
  let summary = "pushes data forward along a role";
  let description = [{
    Row `j` of the result combines all rows of `input` that `role` maps to `j`,
    by `sum`, `mean`, `max` or `min`. A row that nothing is mapped to is 0, for
    every kind. The role is one of the *input's* domain; the result lives on its
    image, with the role `none` in one row.

    ```mlir
    rgnn.graph @kg
    func.func @f(%m: tensor<?x64xf32, #rgnn.on<kg.edge>>) {
      %a = rgnn.aggregate mean %m, dst_pair
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
      %s = rgnn.aggregate sum %m, none
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>) -> tensor<64xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    RGNN_AggregateKindAttr:$kind,
    Arg<RGNN_FloatData, "[rows, d...]">:$input,
    StrAttr:$role);
  let results = (outs Res<RGNN_FloatData, "[rows of the image, d...]">:$result);
  let assemblyFormat = [{
    `` $kind $input `,` custom<Role>($role) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def RGNN_SoftmaxOp : RGNN_RoleOp<"softmax", [AllTypesMatch<["input", "result"]>]> {
  let summary = "softmax over the rows with one image";
  let description = [{
    For each row `j` of the image of `role`, and each trailing index on its own,
    a softmax over the rows of `input` that are mapped to `j`. The maximum is
    subtracted first, so scores may be huge. With the role `none` it runs over
    all rows.

    ```mlir
    rgnn.graph @kg
    func.func @f(%s: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
      %a = rgnn.softmax %s, dst : (tensor<?x4xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x4xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
  let arguments = (ins
    Arg<RGNN_FloatData, "[rows, d...]">:$input,
    StrAttr:$role);
  let results = (outs Res<RGNN_FloatData, "[rows, d...]">:$result);
  let assemblyFormat = [{
    $input `,` custom<Role>($role) attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNROLEOPS_TD
