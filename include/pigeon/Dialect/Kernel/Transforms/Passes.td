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
    Option<"blockM", "block-m", "int64_t", "64",
           "rows of a product's tile; half as many where it aggregates">,
    Option<"blockN", "block-n", "int64_t", "64",
           "largest number of columns of a tile; twice as many where a product aggregates its rows">,
    Option<"blockK", "block-k", "int64_t", "64",
           "largest part of the contracted dimension in shared memory">,
    Option<"accumulators", "accumulators", "int64_t", "32",
           "accumulators of a product in each thread; half as many where it aggregates">,
    Option<"rows", "rows", "int64_t", "8",
           "least number of rows of a traversal's tile">,
    Option<"unroll", "unroll", "int64_t", "4",
           "entries of a row in one round of a traversal">,
    Option<"chunk", "chunk", "int64_t", "128",
           "entries of a row that one thread block walks">,
    Option<"segmentChunk", "segment-chunk", "int64_t", "16",
           "entries of a row that a product walks to multiply them; up to "
           "four times as many where rows have more">,
    Option<"segmentUnroll", "segment-unroll", "int64_t", "1",
           "entries of a row in one round of a product's walk">,
    Option<"termChunk", "term-chunk", "int64_t", "16",
           "entries of a row that a product walks for its sum">];
}

def KernelStageProductsPass
    : Pass<"kernel-stage-products", "::pigeon::kernel::ProgramOp"> {
  let summary = "Say how the tiles of products reach shared memory";
  let description = [{
    Sets `stages`, `a_path` and `items` of the schedules that
    `kernel-select-schedules` has given to products. With `stages = 0` a product
    of several rounds gets three stages, and a `block_k` so short that they take
    32 KiB at most; one of a single round gets one stage. A product whose rows
    are made of entries keeps its `block_k`, since each round walks the entries,
    and gets two stages if they fit 48 KiB; so does one with terms, where an item
    is one round. Several products of the same rows get one item. Products whose
    rows are summed into others get one item, and one stage; or two, if that is
    asked for and their rows are made of entries. Schedules that ask for more
    than one stage already stay. Each choice is a remark.

    ```mlir
    kernel.program @project {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x256xf32>
      %w = kernel.buffer input "w" : memref<256x64xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
      kernel.gemm "project" rows(<kg.node>) key("none")
          lhs(%x["self"] : memref<?x256xf32>) rhs(%w : memref<256x64xf32>)
          outs(%y : memref<?x64xf32>)
          {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128>}
          prologue {
      } epilogue {
      }
    }
    ```
  }];
  let options = [
    Option<"stages", "stages", "int64_t", "0",
           "rounds whose tiles are on their way or in use; 0 lets the pass choose">,
    Option<"aPath", "a-path", "::pigeon::kernel::OperandPath",
           "::pigeon::kernel::OperandPath::Async",
           "how tiles of the lhs reach shared memory", [{::llvm::cl::values(
             clEnumValN(::pigeon::kernel::OperandPath::Async, "async",
                        "by asynchronous copies where nothing is computed on the way"),
             clEnumValN(::pigeon::kernel::OperandPath::Registers, "register",
                        "through registers"))}]>,
    Option<"items", "items", "int64_t", "1",
           "tiles of rows that one block takes in turn">];
}

def KernelSetPrecisionPass
    : Pass<"kernel-set-precision", "::pigeon::kernel::ProgramOp"> {
  let summary = "Say how all products of f32 data are computed";
  let description = [{
    Sets `precision` of every `kernel.gemm`. It changes results within the
    tolerance of the chosen arithmetic, so it is a request and no schedule.

    ```mlir
    kernel.program @exact {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x8xf32>
      %w = kernel.buffer input "w" : memref<8x8xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
      kernel.gemm "exact" rows(<kg.node>) key("none")
          lhs(%x["self"] : memref<?x8xf32>) rhs(%w : memref<8x8xf32>)
          outs(%y : memref<?x8xf32>) prologue {
      } epilogue {
      }
    }
    ```
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

def KernelApplyTuningPass
    : Pass<"kernel-apply-tuning", "::pigeon::kernel::ProgramOp"> {
  let summary = "Give templates the schedules that a tuning file has for them";
  let description = [{
    A tuning file (`pigeon/Analysis/TuningTable.h`) says which schedule was the
    fastest for a kernel on a device at a size; `pigeon-run --tune` writes it. A
    template that the file knows gets that schedule, whatever it had before; the
    others stay as they are. Each one that is found is a remark. With the right
    entry a kernel may be left with

    ```mlir
    #kernel.traverse_schedule<rows = 2, block_n = 16, threads = 32, unroll = 1, chunk = 128>
    ```

    where `kernel-select-schedules` had given it wider tiles.
  }];
  let options = [
    Option<"file", "file", "std::string", "", "the tuning file">,
    Option<"device", "device", "std::string", "",
           "the device, if the file has more than one">];
}

#endif // PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_TD
