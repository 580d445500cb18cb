//===- Passes.td - Passes of the emulated device -----------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_EMULATED_PASSES
#define PIGEON_TARGET_EMULATED_PASSES

include "mlir/Pass/PassBase.td"

def NVVMToEmulatedPass : Pass<"nvvm-to-emulated", "::mlir::ModuleOp"> {
  let summary = "Rewrite GPU kernels so that the emulated device can run them";
  let description = [{
    Takes a module with one `gpu.module` whose functions are `llvm.func` in the
    `llvm` and `nvvm` dialects, and leaves a module of plain `llvm` functions
    for the CPU:

    - every function gets the thread it runs as its first argument;
    - every nvvm op becomes a read of that thread or a call from a closed table;
      an op, an intrinsic or inline PTX that is not in the table is an error;
    - every access to memory is preceded by a check;
    - shared variables become addresses that the machine gives, and all address
      spaces become one.

    Each kernel `k` leaves a function `emulated_entry_k(thread, arguments)`. The
    operations that the machine must know at run time are numbered; the
    attribute `emulated.sites` of the module lists them.

    ```mlir
    gpu.module @kernels {
      llvm.func @copy(%from: !llvm.ptr<1>, %to: !llvm.ptr<1>)
          attributes {nvvm.kernel} {
        %i = nvvm.read.ptx.sreg.tid.x : i32
        %p = llvm.getelementptr %from[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
        %q = llvm.getelementptr %to[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
        %x = llvm.load %p : !llvm.ptr<1> -> f32
        llvm.store %x, %q : f32, !llvm.ptr<1>
        llvm.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // PIGEON_TARGET_EMULATED_PASSES
