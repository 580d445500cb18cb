//===- Passes.td - From products of few bits to kernels ----*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_LOWPTOKERNEL_PASSES_TD
#define PIGEON_CONVERSION_LOWPTOKERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowPToKernelPass : Pass<"lowp-to-kernel", "::mlir::ModuleOp"> {
  let summary = "Form kernels from products with packed weights";
  let description = [{
    A function of nothing but `lowp.unpack` and `lowp.matmul` becomes a
    `kernel.program` without graphs. Each product is a `kernel.gemm` over as many
    rows as its activations have; an unpack owns no kernel, the product reads the
    words. The epilogue of a product is that of the kernel. Other functions are
    left alone.

    ```mlir
    func.func @f(%x: tensor<16x128xf16> {lowp.name = "x"},
                 %words: tensor<1024xi32> {lowp.name = "words"},
                 %s: tensor<64x1xf16> {lowp.name = "s"})
        -> (tensor<16x64xf16> {lowp.name = "y"}) {
      %w = lowp.unpack %words : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
      %y = lowp.matmul %x, %w scales(%s)
        : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x1xf16>) -> tensor<16x64xf16>
      return %y : tensor<16x64xf16>
    }
    ```
  }];
  let dependentDialects = ["::pigeon::kernel::KernelDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // PIGEON_CONVERSION_LOWPTOKERNEL_PASSES_TD
