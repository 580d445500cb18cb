//===- Passes.td - Passes that write PTX --------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_PTX_PASSES
#define PIGEON_TARGET_PTX_PASSES

include "mlir/Pass/PassBase.td"

def NVVMToPTXPass : Pass<"nvvm-to-ptx", "::mlir::ModuleOp"> {
  let summary = "Compile GPU modules to PTX text";
  let description = [{
    Replaces each `gpu.module`, whose functions are `llvm.func` in the `llvm` and
    `nvvm` dialects, by a `gpu.binary` of the same name. It holds the PTX text and
    a table of the kernels, by which launches of them are still checked.

    The text is that of `pigeon-compile`: LLVM's NVPTX back end in this process,
    the oldest PTX version that knows the chip. `output` writes it to a file as
    well, for programs that do not read MLIR.

    ```mlir
    gpu.module @kernels {
      llvm.func @clear(%to: !llvm.ptr<1>) attributes {nvvm.kernel} {
        %zero = llvm.mlir.constant(0.0 : f32) : f32
        llvm.store %zero, %to : f32, !llvm.ptr<1>
        llvm.return
      }
    }
    ```
  }];
  let options = [
    Option<"chip", "chip", "std::string", "\"sm_90a\"",
           "the architecture, e.g. sm_80">,
    Option<"output", "output", "std::string", "\"\"",
           "a file for the text of the only gpu.module; - is standard output">,
  ];
  let dependentDialects = ["::mlir::gpu::GPUDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

#endif // PIGEON_TARGET_PTX_PASSES
