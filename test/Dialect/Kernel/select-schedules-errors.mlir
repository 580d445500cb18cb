// A limit that makes no schedule is an error at the template, with the reason.

// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=48}))" 2>&1 | FileCheck %s --check-prefix=ODD
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=1 block-n=1}))" 2>&1 | FileCheck %s --check-prefix=TINY
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=1024 block-n=1024}))" 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=0}))" 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-k=-4}))" 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{chunk=0}))" 2>&1 | FileCheck %s --check-prefix=CHUNK
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{rows=5}))" 2>&1 | FileCheck %s --check-prefix=ROWS

// ODD: error: 'kernel.gemm' op cannot be scheduled: block_m must be a power of two from 1 to 1024, found 48
// TINY: error: 'kernel.gemm' op cannot be scheduled: an accumulator of 1 x 1 has fewer elements than the 32 threads
// LARGE: error: 'kernel.gemm' op cannot be scheduled: an accumulator of 1048576 elements on 256 threads needs 4096 registers in each, at most 64 are allowed
// ZERO: error: 'kernel.gemm' op cannot be scheduled: block_m must be a power of two from 1 to 1024, found 0
// NEGATIVE: error: 'kernel.gemm' op cannot be scheduled: block_k must be a power of two from 1 to 1024, found -4
// CHUNK: error: 'kernel.traverse' op cannot be scheduled: chunk must be positive, found 0
// ROWS: error: 'kernel.traverse' op cannot be scheduled: rows must be a power of two from 1 to 1024, found 5

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x2048xf32>
  %w = kernel.buffer workspace "w" : memref<2048x2048xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x2048xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x2048xf32>) rhs(%w : memref<2048x2048xf32>)
      outs(%y : memref<?x2048xf32>) prologue {
  } epilogue {
  }
  kernel.traverse "copy" rows(<kg.node>)
      row_inputs(%x["self"] : memref<?x2048xf32>)
      outs(%y : memref<?x2048xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}
