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

    With every fusion off each operation is a kernel. That is the baseline that
    the fusions are tested against; results are the same up to rounding. Each
    decision is a remark.
  }];
  let options = [
    Option<"fuseGather", "fuse-gather", "bool", "true", "read gathered rows in place">,
    Option<"fuseEpilogue", "fuse-epilogue", "bool", "true",
           "row-wise work in the kernel of its producer">,
    Option<"fuseBody", "fuse-body", "bool", "true",
           "row-wise work in the kernels of its consumers">];
  let dependentDialects = ["::pigeon::kernel::KernelDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // PIGEON_CONVERSION_RGNNTOKERNEL_PASSES_TD
