//===- Passes.td - Passes of the rgnn dialect --------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_TD
#define PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def RGNNVerifyDomainsPass : Pass<"rgnn-verify-domains", "::mlir::ModuleOp"> {
  let summary = "Check that all data stays on the domain that its type names";
  let description = [{
    The ops of `rgnn` check their own domains. This pass checks what they cannot
    see:

    - every `#rgnn.on<graph.domain>` in a type or attribute names a graph of the
      module and a domain that it has;
    - data on a domain is used by `rgnn`, `arith`, `math` and `func` only. The
      ops of `tensor` and `linalg` take such tensors too, but drop or keep the
      encoding as they like, so they are refused with the op to use instead;
    - all data of one `arith` or `math` op is on one domain (`math.fpowi`, for one,
      does not check it).

    ```mlir
    rgnn.graph @kg
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>) {
      %y = math.exp %x : tensor<?x64xf32, #rgnn.on<kg.edge>>
      return
    }
    ```
  }];
}

/// The choice that every rewrite leaves to its user.
def RGNN_RewriteMode : Option<"mode", "mode", "::pigeon::RewriteMode",
    "::pigeon::RewriteMode::Auto", "where the rewrite is done",
    "::pigeon::getRewriteModes()">;

def RGNNCompactMaterializationPass
    : Pass<"rgnn-compact-materialization", "::mlir::ModuleOp"> {
  let summary = "Compute each value on the smallest domain that its inputs allow";
  let description = [{
    An operation that computes each row from one row of its operands commutes
    with a gather:

        linear(gather(h, src), W, rel) on edge
            = gather(linear(gather(h, node), W, rel) on src_pair, src_pair)

    If everything that an operation reads, its key too, is reached through one
    role of its domain, it is computed on that role's image and gathered from
    there. This moves `rgnn.linear`, `dot`, `scale`, the operations on trailing
    dimensions, and all elementwise work. An operation whose operands are
    row-wise work takes that along. Nothing is moved to one row.

    - `off`: nothing is changed.
    - `on`: wherever it is legal, to the domain of the fewest rows.
    - `auto`: where the cost model says that it saves time. The numbers of rows
      are those of the graph's `stats`, or guesses (`pigeon/Analysis/RowEstimates.h`).

    Results are the same in real arithmetic, and here to the bit: each row is
    computed as before, only less often. Each decision is a remark, with numbers.

    ```mlir
    rgnn.graph @kg {stats = {edge = 620232, src_pair = 161880}}
    func.func @f(%h: tensor<?x64xf32, #rgnn.on<kg.node>>,
                 %w: tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>> {
      %u = rgnn.gather %h, src : (tensor<?x64xf32, #rgnn.on<kg.node>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      %y = rgnn.linear %u, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>,
           tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      return %y : tensor<?x64xf32, #rgnn.on<kg.edge>>
    }
    ```

    becomes

    ```mlir
    rgnn.graph @kg {stats = {edge = 620232, src_pair = 161880}}
    func.func @f(%h: tensor<?x64xf32, #rgnn.on<kg.node>>,
                 %w: tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>> {
      %u = rgnn.gather %h, node : (tensor<?x64xf32, #rgnn.on<kg.node>>)
        -> tensor<?x64xf32, #rgnn.on<kg.src_pair>>
      %y = rgnn.linear %u, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.src_pair>>,
           tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.src_pair>>
      %z = rgnn.gather %y, src_pair : (tensor<?x64xf32, #rgnn.on<kg.src_pair>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      return %z : tensor<?x64xf32, #rgnn.on<kg.edge>>
    }
    ```
  }];
  let options = [RGNN_RewriteMode];
}

def RGNNAggregateFirstPass : Pass<"rgnn-aggregate-first", "::mlir::ModuleOp"> {
  let summary = "Sum rows before they are multiplied where that is less work";
  let description = [{
    A product commutes with a sum over rows of one key:

        aggregate(linear(x, W, rel), dst) on edge
            = aggregate(linear(aggregate(x, dst_pair), W, rel), node)

    The sum is taken on a domain whose rows have one key and one target each;
    what is left of the way to the target is a second sum. A mean is moved only
    if nothing is left. Factors of one number for each row or head, such as
    attention, go along to the product's input: `rgnn.scale`, and
    multiplication with or division by an `rgnn.broadcast`. Gathers and reshapes
    between product and sum do not matter, so a product that
    `rgnn-compact-materialization` has moved is found too.

    Maxima and minima stay, and so does a sum over anything else between it and
    the product.

    - `off`: nothing is changed.
    - `on`: wherever it is legal.
    - `auto`: where the cost model says that it saves time; if the product has
      other readers it remains, and must be paid for twice. Sums of f16 rows
      stay, since they may overflow where those of products do not.

    Results are the same in real arithmetic; each decision is a remark, with
    numbers.

    ```mlir
    rgnn.graph @kg {stats = {edge = 620232, dst_pair = 161880}}
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>,
                 %w: tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.node>> {
      %y = rgnn.linear %x, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>,
           tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.edge>>
      %s = rgnn.aggregate sum %y, dst : (tensor<?x64xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x64xf32, #rgnn.on<kg.node>>
      return %s : tensor<?x64xf32, #rgnn.on<kg.node>>
    }
    ```

    becomes

    ```mlir
    rgnn.graph @kg {stats = {edge = 620232, dst_pair = 161880}}
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>,
                 %w: tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.node>> {
      %s = rgnn.aggregate sum %x, dst_pair
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
      %y = rgnn.linear %s, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>,
           tensor<?x64x64xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
      %t = rgnn.aggregate sum %y, node
        : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>)
        -> tensor<?x64xf32, #rgnn.on<kg.node>>
      return %t : tensor<?x64xf32, #rgnn.on<kg.node>>
    }
    ```
  }];
  let options = [RGNN_RewriteMode];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

#endif // PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_TD
