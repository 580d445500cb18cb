//===- Passes.td - From data on domains to kernels ---------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_RGNNTOKERNEL_PASSES_TD
#define PIGEON_CONVERSION_RGNNTOKERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def RGNNToKernelPass : Pass<"rgnn-to-kernel", "::mlir::ModuleOp"> {
  let summary = "Form kernels from the functions of a model";
  let description = [{
    Each function becomes a `kernel.program`. Its anchors, `rgnn.linear` and
    `rgnn.aggregate`, become `kernel.gemm` and `kernel.traverse`. What lies
    between them owns no kernel if it need not:

    - a gather is an access path of what reads it (`fuse-gather`);
    - row-wise work goes to the epilogue of the kernel that produces one of its
      operands, if the others are there by then and nothing else reads that
      operand (`fuse-epilogue`);
    - else it is repeated where it is read, if that reads no more than loading
      its result would (`fuse-body`);
    - else it is a kernel of its own.

    An aggregate that only a product reads is aggregated by the product on the
    way in (`fuse-rows`), though several blocks may each have to do it; so is
    one that several products read, if one kernel can have them all. One that is
    only added to a product is aggregated into its accumulators (`fuse-terms`),
    unless that product shares its rows with another.

    A product whose rows only a sum reads, and the sum with what is added to it,
    are one kernel whose blocks own rows of the sum (`destination-stationary`).

    These three are `auto`, the default: where the cost model says that it saves
    time; `on`, wherever it is legal; or `off`. Sums that blocks are to own have
    what is added to them too.

    Aggregates of one width over the same entries of the same rows are one
    traversal, if no path leads from one to what another reads
    (`fuse-traversals`). A result that only the epilogue of another reads for
    its own row is not stored. Products of the same rows with weights of the same
    key are one kernel too (`fuse-products`), if each has at most 64 columns and
    all together at most 192.

    With every fusion `false` or `off` each operation is a kernel. That is the
    baseline that the fusions are tested against; results are the same up to
    rounding. Each decision is a remark.

    ```mlir
    rgnn.graph @kg
    func.func @f(%h: tensor<?x4xf32, #rgnn.on<kg.node>> {rgnn.name = "h"})
        -> (tensor<?x4xf32, #rgnn.on<kg.node>> {rgnn.name = "sum"}) {
      %m = rgnn.gather %h, src : (tensor<?x4xf32, #rgnn.on<kg.node>>)
        -> tensor<?x4xf32, #rgnn.on<kg.edge>>
      %s = rgnn.aggregate sum %m, dst : (tensor<?x4xf32, #rgnn.on<kg.edge>>)
        -> tensor<?x4xf32, #rgnn.on<kg.node>>
      return %s : tensor<?x4xf32, #rgnn.on<kg.node>>
    }
    ```

    becomes one kernel, of which the gather is an access path:

    ```mlir
    kernel.program @f {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x4xf32>
      %s = kernel.buffer output "sum"[%n] on <kg.node> : memref<?x4xf32>
      kernel.traverse "sum of kg.edge on kg.node" rows(<kg.node>)
          entries(<kg.edge>, "dst") entry_inputs(%h["src"] : memref<?x4xf32>)
          reduce [#kernel.reduction<sum>] outs(%s : memref<?x4xf32>) message {
      ^bb0(%x: f32):
        kernel.yield %x : f32
      } epilogue {
      ^bb0(%x: f32):
        kernel.yield %x : f32
      }
    }
    ```
  }];
  let options = [
    Option<"fuseGather", "fuse-gather", "bool", "true", "read gathered rows in place">,
    Option<"fuseEpilogue", "fuse-epilogue", "bool", "true",
           "row-wise work in the kernel of its producer">,
    Option<"fuseBody", "fuse-body", "bool", "true",
           "row-wise work in the kernels of its consumers">,
    Option<"fuseRows", "fuse-rows", "::pigeon::RewriteMode",
           "::pigeon::RewriteMode::Auto",
           "aggregate the rows of a product on the way in",
           "::pigeon::getRewriteModes()">,
    Option<"fuseTerms", "fuse-terms", "::pigeon::RewriteMode",
           "::pigeon::RewriteMode::Auto",
           "aggregate what is added to a product on the way in",
           "::pigeon::getRewriteModes()">,
    Option<"fuseTraversals", "fuse-traversals", "bool", "true",
           "reduce in one sweep what has the same entries and rows">,
    Option<"fuseProducts", "fuse-products", "bool", "true",
           "multiply the same rows by several weights in one kernel">,
    Option<"destinationStationary", "destination-stationary",
           "::pigeon::RewriteMode", "::pigeon::RewriteMode::Auto",
           "products and the sum of their rows in blocks that own sums",
           "::pigeon::getRewriteModes()">];
  let dependentDialects = ["::pigeon::kernel::KernelDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // PIGEON_CONVERSION_RGNNTOKERNEL_PASSES_TD
