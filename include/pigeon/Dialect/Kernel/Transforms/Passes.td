//===- Passes.td - Passes of the kernel dialect ------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
#define PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def KernelSelectSchedulesPass
    : Pass<"kernel-select-schedules", "::pigeon::kernel::ProgramOp"> {
  let summary = "Give every template without a schedule one that fits its widths";
  let description = [{
    Tiles are the smallest powers of two that cover the widths, up to the
    options' limits; thread counts follow from the tiles and, in traversals, from
    the bytes of an element. A schedule that is there already stays. Each choice
    is a remark.

    ```mlir
    kernel.program @double {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x4xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x4xf32>
      kernel.traverse "double" rows(<kg.node>) row_inputs(%x["self"] : memref<?x4xf32>)
          outs(%y : memref<?x4xf32>)
          {schedule = #kernel.traverse_schedule<rows = 32, block_n = 4, threads = 32, unroll = 4, chunk = 128>}
          message {
      } epilogue {
      ^bb0(%a: f32):
        %b = arith.addf %a, %a : f32
        kernel.yield %b : f32
      }
    }
    ```
  }];
  let options = [
    Option<"blockM", "block-m", "int64_t", "64", "rows of a product's tile">,
    Option<"blockN", "block-n", "int64_t", "64", "largest number of columns of a tile">,
    Option<"blockK", "block-k", "int64_t", "64",
           "largest part of the contracted dimension in shared memory">,
    Option<"accumulators", "accumulators", "int64_t", "32",
           "accumulators of a product in each thread">,
    Option<"rows", "rows", "int64_t", "8",
           "least number of rows of a traversal's tile">,
    Option<"unroll", "unroll", "int64_t", "4",
           "entries of a row in one round of a traversal">,
    Option<"chunk", "chunk", "int64_t", "128",
           "entries of a row that one thread block walks">,
    Option<"segmentChunk", "segment-chunk", "int64_t", "32",
           "entries of a row that a product walks">,
    Option<"segmentUnroll", "segment-unroll", "int64_t", "2",
           "entries of a row in one round of a product's walk">,
    Option<"segmentAccumulators", "segment-accumulators", "int64_t", "16",
           "accumulators in each thread of a product that walks">];
}

def KernelSetPrecisionPass
    : Pass<"kernel-set-precision", "::pigeon::kernel::ProgramOp"> {
  let summary = "Say how all products of f32 data are computed";
  let description = [{
    Sets `precision` of every `kernel.gemm`. It changes results within the
    tolerance of the chosen arithmetic, so it is a request and no schedule.
  }];
  let options = [
    Option<"precision", "precision", "::pigeon::kernel::Precision",
           "::pigeon::kernel::Precision::TF32x3",
           "how products of f32 data are computed", [{::llvm::cl::values(
             clEnumValN(::pigeon::kernel::Precision::TF32x3, "tf32x3",
                        "three TF32 products on matrix instructions"),
             clEnumValN(::pigeon::kernel::Precision::TF32, "tf32",
                        "one TF32 product"),
             clEnumValN(::pigeon::kernel::Precision::IEEE, "ieee",
                        "IEEE fused multiply-adds"))}]>];
}

#endif // PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
