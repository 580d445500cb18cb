//===- RGNNDialect.td - The rgnn dialect -------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD

include "mlir/IR/DialectBase.td"

def RGNN_Dialect : Dialect {
  let name = "rgnn";
  let cppNamespace = "::pigeon::rgnn";
  let summary = "Relational graph layers as an algebra of data on domains";
  let description = [{
    A module names its graphs (`rgnn.graph`). From a graph come *domains*, sets
    of rows that data can live on, and *roles*, maps from the rows of one
    domain to the rows of another:

    | domain | rows | roles |
    | --- | --- | --- |
    | `edge` | every edge | `src`, `dst`, `rel`, `src_pair`, `dst_pair`, `src_type`, `dst_type`, `triple`, classes |
    | `src_pair`, `dst_pair` | the distinct (source or destination, relation) pairs that occur | `node`, `rel`, `type`, classes |
    | `node` | every node (`src_node` and `dst_node` if the graph is bipartite) | `type` |
    | `triple` | the (source type, relation, destination type) that occur | `rel`, `src_type`, `dst_type`, classes |
    | `relation` | every relation | classes |
    | `node_type` | every node type | |
    | a class, e.g. `direction` | its values | |

    Every domain also has `self`, the map to itself, and `none`, the map to one
    row. Data is an ordinary ranked tensor. Its encoding names the domain, and
    then dimension 0 is the row: `tensor<?x64xf32, #rgnn.on<kg.edge>>`. A tensor
    without an encoding is *one row* and has no row dimension. The other
    dimensions are called trailing; they are static.

    Elementwise work is upstream `arith` and `math` on such tensors. No op has a
    model of its own: a relational layer is a composition of these.

    A function names its arguments and results for the tools by the attribute
    `rgnn.name`, a string: `%h: !nodes {rgnn.name = "h"}`. An argument without
    one is called `arg0`, `arg1`, ... by its position, a result `result0`, ...
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();

    /// The attribute of function arguments and results that names them.
    static constexpr llvm::StringLiteral getNameAttrName() {
      return llvm::StringLiteral("rgnn.name");
    }
  }];
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD
