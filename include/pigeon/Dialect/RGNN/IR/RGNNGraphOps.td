//===- RGNNGraphOps.td - The graphs of a module ------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNGRAPHOPS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNGRAPHOPS_TD

include "pigeon/Dialect/RGNN/IR/RGNNBase.td"

def RGNN_GraphOp : Op<RGNN_Dialect, "graph", [
    Symbol, HasParent<"::mlir::ModuleOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "names a graph";
  let description = [{
    Names a graph that data of this module lives on. Everything but the name is
    optional:

    - `relations`, `node_types`: how many there are. Without them any number
      fits; with them a graph of another number is refused when it is loaded.
    - `classes`: the user's classes of relations with their number of values,
      0 for any. Each is a domain, and a role of `relation` and all that leads
      there.
    - `bipartite`: sources and destinations are two sets of nodes, the domains
      `src_node` and `dst_node` instead of `node`.
    - `shares`: the nodes, node types, relations and classes are those of
      another graph (the owner); only edges, and what is derived from them
      (pairs, triples), are its own. Data on a shared domain is written with the
      owner's name: `kg.node`, but `test.edge`.
    - `stats`: row counts by domain, by which decisions are made at compile time;
      by domain and role, the most rows that the role leads to one row; and with
      `items` and `entries` after the role what the longest block walks that owns
      such rows. `pigeon-compile --graph` counts them. They say nothing about
      results.

    ```mlir
    rgnn.graph @kg {relations = 92, node_types = 7, classes = {direction = 2},
                    stats = {edge = 620232, dst_pair = 161883, dst_pair.node = 60}}
    rgnn.graph @test {shares = @kg}
    rgnn.graph @ratings {bipartite}
    ```
  }];
  let arguments = (ins
    SymbolNameAttr:$sym_name,
    OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$relations,
    OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$node_types,
    OptionalAttr<DictionaryAttr>:$classes,
    UnitAttr:$bipartite,
    OptionalAttr<FlatSymbolRefAttr>:$shares,
    OptionalAttr<DictionaryAttr>:$stats);
  let assemblyFormat = [{
    $sym_name `` custom<GraphProperties>($relations, $node_types, $classes,
      $bipartite, $shares, $stats) attr-dict-with-keyword
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The names of the classes that this op itself declares, sorted.
    ::llvm::SmallVector<::llvm::StringRef> getClassNames();
    /// How many rows this op fixes for one of its domains, 0 for any number.
    int64_t getFixedRows(::llvm::StringRef domain);
    /// The graph whose nodes and relations these are: this one, unless it
    /// shares another's. Null if that one does not exist.
    GraphOp getOwner(::mlir::SymbolTableCollection &symbolTable);
  }];
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNGRAPHOPS_TD
