//===- RGNNAttrs.td - Attributes of the rgnn dialect -------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNATTRS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNATTRS_TD

include "pigeon/Dialect/RGNN/IR/RGNNDialect.td"
include "pigeon/Dialect/RGNN/IR/RGNNEnums.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"

def RGNN_OnAttr : AttrDef<RGNN_Dialect, "On", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "on";
  let summary = "the domain that a tensor's rows live on";
  let description = [{
    As the encoding of a ranked tensor it says that dimension 0 counts the rows
    of `domain` of the graph `graph`. The number of rows is known when a graph
    is, so the dimension is usually dynamic; the trailing dimensions are static
    and positive.

    Names are plain: a symbol reference inside a type is no use to `symbol-dce`.
    That the graph and the domain exist is checked by the ops and by
    `rgnn-verify-domains`.

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>) {
      return
    }
    ```
  }];
  let parameters = (ins
    StringRefParameter<"the symbol name of the graph">:$graph,
    StringRefParameter<"the domain's name">:$domain);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// `kg.edge`, as it is written in the text.
    std::string getFullName() const;
  }];
}

def RGNN_AggregateKindAttr
    : EnumAttr<RGNN_Dialect, RGNN_AggregateKind, "aggregate_kind">;
def RGNN_ReduceKindAttr
    : EnumAttr<RGNN_Dialect, RGNN_ReduceKind, "reduce_kind">;

#endif // PIGEON_DIALECT_RGNN_IR_RGNNATTRS_TD
