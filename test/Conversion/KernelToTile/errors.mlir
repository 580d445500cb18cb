// RUN: pigeon-opt %s --kernel-to-tile -split-input-file -verify-diagnostics

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  // expected-error @+1 {{has no schedule; run kernel-select-schedules first}}
  kernel.traverse "copy" rows(<kg.node>) row_inputs(%y["self"] : memref<?x8xf32>)
      outs(%y : memref<?x8xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x8xf32>
  %w = kernel.buffer workspace "w" : memref<8x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has no schedule; run kernel-select-schedules first}}
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x8xf32>) rhs(%w : memref<8x8xf32>)
      outs(%y : memref<?x8xf32>) prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x8xf64>
  %w = kernel.buffer workspace "w" : memref<8x8xf64>
  %y = kernel.buffer workspace "y"[%n] : memref<?x8xf64>
  // expected-error @+1 {{reads or writes 'memref<?x8xf64>'; only f32, f16 and bf16 data can be compiled yet}}
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x8xf64>) rhs(%w : memref<8x8xf64>)
      outs(%y : memref<?x8xf64>) prologue {
  } epilogue {
  }
}

// -----

// Devices bound the second and third dimension of a grid.

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x70000x8xf32>
  %w = kernel.buffer workspace "w" : memref<8x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x70000x8xf32>
  // expected-error @+1 {{needs a grid of 1 blocks of columns and 70000 batches, devices have at most 65535 of each}}
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x70000x8xf32>) rhs(%w : memref<8x8xf32>)
      outs(%y : memref<?x70000x8xf32>) {batch = 70000 : i64, lhs_batched,
        schedule = #kernel.gemm_schedule<block_m = 32, block_n = 8, block_k = 8, step_k = 8, threads = 32>}
      prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x2000000xf32>
  // expected-error @+1 {{needs a grid of 125000 blocks of columns and 1 batches, devices have at most 65535 of each}}
  kernel.traverse "copy" rows(<kg.node>)
      outs(%y : memref<?x2000000xf32>) {schedule = #kernel.traverse_schedule<
        rows = 4, block_n = 16, threads = 32, unroll = 2, chunk = 9>} message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x32xf32>
  %w = kernel.buffer workspace "w" : memref<32x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has no schedule for its segments; run kernel-select-schedules first}}
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["src"] : memref<?x32xf32>)
      of(#kernel.segment<mean of <kg.edge> by "dst">)
      rhs(%w : memref<32x32xf32>) outs(%y : memref<?x32xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 32, block_n = 32, block_k = 16, step_k = 8, threads = 64>} prologue {
  } epilogue {
  }
}
