//===- Passes.td - From tiles to threads ------------------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_TILETONVVM_PASSES_TD
#define PIGEON_CONVERSION_TILETONVVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def TileToThreadsPass : Pass<"tile-to-threads", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Write each tile function as the program of one thread";
  let description = [{
    Each `tile.func` becomes an `llvm.func` kernel. A register tile becomes as
    many scalars as its layout has locals; a `!tile.ref` becomes a pointer. What
    computes stays in `arith`, `math` and `scf`, now on scalars; what touches
    memory or other threads is `llvm` and `nvvm`.

    Every register tile must have a layout: run `tile-infer-layouts` before.
    Layouts choose instructions: a `tile.dot` whose tiles divide by the operands
    of `mma.sync` becomes a grid of those, a load from shared memory whose tile
    divides by the data map of `ldmatrix` becomes that, a `tile.convert_layout`
    takes the cheapest way that there is. Remarks say what became of each.

    ```mlir
    #row = #layout.layout<[64], [[local 2:1, thread 32:1]]>
    gpu.module @kernels {
      tile.func @fill(%x: !tile.ref<?xf32, global>) attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %t = arith.constant dense<1.0> : tensor<64xf32, #row>
        tile.store %t, %x[%c0] : tensor<64xf32, #row>, !tile.ref<?xf32, global>, i32
        tile.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

def TileExpandMathPass : Pass<"tile-expand-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Write mathematical functions in terms of what the device has";
  let description = [{
    The device computes 2^x, square roots and fused multiply-adds; there is no
    device library. `math.exp` is a corrected `math.exp2`; `erf`, `tanh`, `log`
    and their kin are MLIR's polynomial approximations.

    ```mlir
    gpu.module @kernels {
      llvm.func @exp(%x: f32) attributes {nvvm.kernel} {
        %y = math.exp %x : f32
        llvm.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def TileThreadsToNVVMPass
    : Pass<"tile-threads-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Convert per-thread scalar code to the llvm dialect";
  let description = [{
    `arith`, `math`, `scf` and `cf` inside kernels become `llvm`. What is left
    is `llvm` and `nvvm` only: the form that both the PTX back end and the
    emulated device take.

    ```mlir
    gpu.module @kernels {
      llvm.func @increment(%p: !llvm.ptr<1>) attributes {nvvm.kernel} {
        %i = nvvm.read.ptx.sreg.tid.x : i32
        %one = arith.constant 1 : i32
        %j = arith.addi %i, %one : i32
        llvm.store %j, %p : i32, !llvm.ptr<1>
        llvm.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::cf::ControlFlowDialect"];
}

#endif // PIGEON_CONVERSION_TILETONVVM_PASSES_TD
