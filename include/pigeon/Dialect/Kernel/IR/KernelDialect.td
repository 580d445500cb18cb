//===- KernelDialect.td - The kernel dialect -------------------------*- tablegen -*-===//
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
  let summary = "The kernel dialect";
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELDIALECT_TD
