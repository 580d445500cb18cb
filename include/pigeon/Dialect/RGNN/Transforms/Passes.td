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

#endif // PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_TD
