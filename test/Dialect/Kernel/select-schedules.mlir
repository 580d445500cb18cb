// Tiles are the smallest powers of two that cover the widths, up to the limits.

// The defaults are tuned now and then, so the limits are given here.

// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=64 block-n=64 block-k=16 rows=8 unroll=4 chunk=128}))" | FileCheck %s
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=32 block-n=16 block-k=4 rows=2 unroll=1 chunk=9}))" | FileCheck %s --check-prefix=SMALL
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules{block-m=64 rows=8}))" --remark-format=emitRemark --remarks-filter-passed=kernel 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: kernel.program @widths
// CHECK: "covered" {{.*}}<block_m = 64, block_n = 64, block_k = 16, step_k = 16, threads = {{[0-9]+}}>
// CHECK: "narrow" {{.*}}<block_m = 64, block_n = 8, block_k = 8, step_k = 8, threads = 32>
// CHECK: "row-wise" {{.*}}<rows = 8, block_n = 64, threads = {{[0-9]+}}, unroll = 4, chunk = 128>

// SMALL-LABEL: kernel.program @widths
// SMALL: "covered" {{.*}}<block_m = 32, block_n = 16, block_k = 4, step_k = 4, threads = 32>
// SMALL: "narrow" {{.*}}<block_m = 32, block_n = 8, block_k = 4, step_k = 4, threads = 32>
// SMALL: "row-wise" {{.*}}<rows = 8, block_n = 16, threads = 32, unroll = 1, chunk = 9>

kernel.program @widths {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x100xf32>
  %w = kernel.buffer workspace "w" : memref<100x70xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x70xf32>
  %v = kernel.buffer workspace "v" : memref<3x5xf32>
  %s = kernel.buffer workspace "s"[%n] : memref<?x3xf32>
  // REMARK: [[#@LINE+1]]:3: remark: {{.*}}covered: #kernel.gemm_schedule<block_m = 64
  kernel.gemm "covered" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x100xf32>) rhs(%w : memref<100x70xf32>)
      outs(%y : memref<?x70xf32>) prologue {
  } epilogue {
  }
  %t = kernel.buffer workspace "t"[%n] : memref<?x5xf32>
  kernel.gemm "narrow" rows(<kg.node>) key("none")
      lhs(%s["self"] : memref<?x3xf32>) rhs(%v : memref<3x5xf32>)
      outs(%t : memref<?x5xf32>) prologue {
  } epilogue {
  }
  %z = kernel.buffer workspace "z"[%n] : memref<?x70xf32>
  // REMARK: [[#@LINE+1]]:3: remark: {{.*}}row-wise: #kernel.traverse_schedule<rows = 8
  kernel.traverse "row-wise" rows(<kg.node>)
      row_inputs(%y["self"] : memref<?x70xf32>)
      outs(%z : memref<?x70xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
  // One that is there already stays.
  // CHECK: "chosen" {{.*}}<block_m = 16, block_n = 16, block_k = 8, step_k = 2, threads = 64>
  // REMARK-NOT: chosen
  kernel.gemm "chosen" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x100xf32>) rhs(%w : memref<100x70xf32>)
      outs(%y : memref<?x70xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 16, block_k = 8, step_k = 2, threads = 64>}
      prologue {
  } epilogue {
  }
}

// A thread of a traversal has 16 bytes of each row: 4 elements, or 8 of two
// bytes; and all threads of a warp have some.

// CHECK-LABEL: kernel.program @bytes
// CHECK: "four" {{.*}}<rows = 8, block_n = 64, threads = 128,
// CHECK: "two" {{.*}}<rows = 8, block_n = 64, threads = 64,
// CHECK: "narrow" {{.*}}<rows = 32, block_n = 8, threads = 32,
// CHECK: "column" {{.*}}<rows = 32, block_n = 1, threads = 32,
kernel.program @bytes {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x64xbf16>
  %z = kernel.buffer workspace "z"[%n] : memref<?x64xf32>
  kernel.traverse "four" rows(<kg.node>) row_inputs(%x["self"] : memref<?x64xf32>)
      outs(%z : memref<?x64xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
  kernel.traverse "two" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%y["src"] : memref<?x64xbf16>)
      reduce [#kernel.reduction<sum>] outs(%z : memref<?x64xf32>) message {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
  %u = kernel.buffer workspace "u"[%n] : memref<?x8xbf16>
  %v = kernel.buffer workspace "v"[%n] : memref<?x1xf32>
  // A product of few columns has as many threads as its left tile asks for.
  %left = kernel.buffer workspace "a"[%n] : memref<?x100xbf16>
  %right = kernel.buffer workspace "b" : memref<100x3xbf16>
  %few = kernel.buffer workspace "c"[%n] : memref<?x3xbf16>
  // REMARK: [[#@LINE+1]]:3: remark: {{.*}}tall: #kernel.gemm_schedule<block_m = 64, block_n = 8, block_k = 64, {{.*}}threads = 128
  kernel.gemm "tall" rows(<kg.node>) key("none")
      lhs(%left["self"] : memref<?x100xbf16>) rhs(%right : memref<100x3xbf16>)
      outs(%few : memref<?x3xbf16>) prologue {
  } epilogue {
  }
  kernel.traverse "narrow" rows(<kg.node>) row_inputs(%u["self"] : memref<?x8xbf16>)
      outs(%u : memref<?x8xbf16>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
  kernel.traverse "column" rows(<kg.node>) row_inputs(%v["self"] : memref<?x1xf32>)
      outs(%v : memref<?x1xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}

// The columns of batches must not reach into the next one; the contracted
// dimension is cut where the tile is loaded.
// CHECK-LABEL: kernel.program @exact
// CHECK: "batches" {{.*}}<block_m = 64, block_n = 4, block_k = 8, step_k = 8
// CHECK: "prologue" {{.*}}<block_m = 64, block_n = 8, block_k = 8, step_k = 8
kernel.program @exact {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x2x6xf32>
  %w = kernel.buffer workspace "w" : memref<2x6x12xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x2x12xf32>
  kernel.gemm "batches" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x2x6xf32>) rhs(%w : memref<2x6x12xf32>)
      outs(%y : memref<?x2x12xf32>) {batch = 2 : i64, lhs_batched, rhs_batched}
      prologue {
  } epilogue {
  }
  %a = kernel.buffer workspace "a"[%n] : memref<?x6xf32>
  %v = kernel.buffer workspace "v" : memref<6x7xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x7xf32>
  kernel.gemm "prologue" rows(<kg.node>) key("none")
      lhs(%a["self"] : memref<?x6xf32>) rhs(%v : memref<6x7xf32>)
      outs(%z : memref<?x7xf32>) prologue {
  ^bb0(%e: f32):
    %f = arith.negf %e : f32
    kernel.yield %f : f32
  } epilogue {
  }
}
