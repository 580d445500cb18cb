//===- KernelDialect.td - Two templates and a program ------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_TD
#define PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_TD

include "mlir/IR/DialectBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::pigeon::kernel";
  let summary = "Which kernels a model needs, and the host program that runs them";
  let description = [{
    Two kernel templates, `kernel.gemm` and `kernel.traverse`, stand in a
    `kernel.program`, which names the graphs, the buffers and their sizes. A
    template says *what* one kernel computes: which rows it visits, which
    buffers it reads by which role, and the row-wise work around the product or
    the reduction, as regions over scalars. A schedule attribute says *how*: it
    changes speed, never results beyond rounding.

    Lowering to `tile` turns every template into `kernel.launch` ops of
    `tile.func`s and makes the arrays of the graph views (`kernel.array`)
    explicit. What is left in the program then is data for the runtime.

    Data on a domain is a `memref` whose first dimension counts the rows of the
    domain; data of one row has no such dimension. Domains and roles are the
    words of the runtime's graphs (`pigeon/Runtime/Graph.h`). The role `self`
    reads the row itself, `none` the one row of data without a domain.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::memref::MemRefDialect"];
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_TD
