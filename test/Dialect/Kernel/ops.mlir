// Every operation and attribute survives printing, the generic form and bytecode.

// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s --mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

gpu.module @kernels {
  tile.func @copy(%x: !tile.ref<?x64xf32, global>, %n: i32) attributes {threads = 128 : i32} {
    tile.return
  }
}

// CHECK-LABEL: kernel.program @declarations
kernel.program @declarations {
  // CHECK: kernel.graph @kg {classes = {direction = 2 : i64}, relations = 92 : i64}
  kernel.graph @kg {relations = 92 : i64, classes = {direction = 2 : i64}}
  // CHECK: kernel.graph @test shares "kg"
  kernel.graph @test shares "kg"
  // CHECK: %[[N:.*]] = kernel.size <kg.node>
  %n = kernel.size <kg.node>
  // CHECK: kernel.buffer input "h"[%[[N]]] on <kg.node> : memref<?x64xf32>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  // CHECK: kernel.buffer input "bias" : memref<64xf32>
  %bias = kernel.buffer input "bias" : memref<64xf32>
  // CHECK: kernel.buffer workspace "t"[%[[N]]] : memref<?x64xf32>
  %t = kernel.buffer workspace "t"[%n] : memref<?x64xf32>
  // CHECK: kernel.array "work"(<test.edge>, "rel", 64) "key" : memref<?xi32>
  %key = kernel.array "work"(<test.edge>, "rel", 64) "key" : memref<?xi32>
  // CHECK: kernel.array "path"(<kg.edge>, "dst", 0) through "src" "index" : memref<?xi32>
  %src = kernel.array "path"(<kg.edge>, "dst", 0) through "src" "index" : memref<?xi32>
  // CHECK: kernel.array "owner_work"(<kg.edge>, "dst_pair", 32) through "rel" into "node" "owner" : memref<?xi32>
  %owner = kernel.array "owner_work"(<kg.edge>, "dst_pair", 32) through "rel" into "node" "owner" : memref<?xi32>
  // CHECK: %[[ONE:.*]] = affine.apply
  %one = affine.apply affine_map<() -> (1)>()
  // CHECK: kernel.launch "copy" @kernels::@copy grid(%[[N]], %[[ONE]], %[[ONE]]) threads(128)
  // CHECK-SAME: args(%{{.*}}, %[[N]] : memref<?x64xf32>, index) bytes(%[[N]]) operations(%[[N]])
  kernel.launch "copy" @kernels::@copy grid(%n, %one, %one) threads(128)
      args(%h, %n : memref<?x64xf32>, index) bytes(%n) operations(%n)
}

// CHECK-LABEL: kernel.program @gemms
kernel.program @gemms {
  kernel.graph @kg
  %n = kernel.size <kg.dst_pair>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %wh = kernel.buffer input "wh"[%r] on <kg.relation> : memref<?x4x16x8xf32>
  %b = kernel.buffer input "b" : memref<32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // CHECK: kernel.gemm "plain" rows(<kg.dst_pair>) key("rel") lhs(%{{.*}}["self"] : memref<?x64xf32>)
  // CHECK-SAME: rhs(%{{.*}} : memref<?x64x32xf32>) outs(%{{.*}} : memref<?x32xf32>) prologue {
  // CHECK-NEXT: } epilogue {
  // CHECK-NEXT: }
  kernel.gemm "plain" rows(<kg.dst_pair>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
  // CHECK: kernel.gemm "regions"
  // CHECK-SAME: lhs(%{{.*}}["self"], %{{.*}}["self"] : memref<?x64xf32>, memref<?x64xf32>)
  // CHECK-SAME: addends(%{{.*}}["none"] : memref<32xf32>)
  // CHECK-SAME: schedule = #kernel.gemm_schedule<block_m = 32, block_n = 32, block_k = 16, step_k = 8, threads = 64, stages = 3, a_path = register, items = 2>
  kernel.gemm "regions" rows(<kg.dst_pair>) key("rel")
      lhs(%x["self"], %z["self"] : memref<?x64xf32>, memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) addends(%b["none"] : memref<32xf32>)
      outs(%y : memref<?x32xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 32, block_n = 32, block_k = 16, step_k = 8, threads = 64, stages = 3, a_path = register, items = 2>}
      prologue {
  ^bb0(%p: f32, %q: f32):
    %s = arith.mulf %p, %q : f32
    kernel.yield %s : f32
  } epilogue {
  ^bb0(%acc: f32, %bias: f32):
    %s = arith.addf %acc, %bias : f32
    kernel.yield %s : f32
  }
  // CHECK: kernel.gemm "heads"
  // CHECK-SAME: {batch = 4 : i64, lhs_batched, rhs_batched}
  kernel.gemm "heads" rows(<kg.dst_pair>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%wh : memref<?x4x16x8xf32>)
      outs(%y : memref<?x32xf32>) {batch = 4 : i64, lhs_batched, rhs_batched} prologue {
  } epilogue {
  }
  // CHECK: kernel.gemm "several" rows(<kg.dst_pair>) key("rel") lhs(%{{.*}}["self"] : memref<?x64xf32>)
  // CHECK-SAME: rhs(%{{.*}} : memref<?x64x32xf32>) other_rhs(%{{.*}}, %{{.*}} : memref<?x64x8xf32>, memref<?x64x32xf32>)
  // CHECK-SAME: outs(%{{.*}} : memref<?x32xf32>) other_outs(%{{.*}}, %{{.*}} : memref<?x8xf32>, memref<?x32xf32>)
  %v = kernel.buffer input "v"[%r] on <kg.relation> : memref<?x64x8xf32>
  %y8 = kernel.buffer workspace "y8"[%n] : memref<?x8xf32>
  %y2 = kernel.buffer workspace "y2"[%n] : memref<?x32xf32>
  kernel.gemm "several" rows(<kg.dst_pair>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      other_rhs(%v, %w : memref<?x64x8xf32>, memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>)
      other_outs(%y8, %y2 : memref<?x8xf32>, memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// CHECK-LABEL: kernel.program @segments
kernel.program @segments {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %p = kernel.size <kg.dst_pair>
  %e = kernel.size <kg.edge>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %s = kernel.buffer input "s"[%e] on <kg.edge> : memref<?xf32>
  %w = kernel.buffer input "w" : memref<64x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // CHECK: kernel.gemm "rows" rows(<kg.dst_pair>) key("none") lhs(%{{.*}}["src"] : memref<?x64xf32>) of(<mean of <kg.edge> by "dst_pair">) rhs(
  // CHECK-NOT: terms
  // CHECK-SAME: {segment_schedule = #kernel.segment_schedule<chunk = 16, unroll = 2>} prologue {
  // CHECK-NOT: message
  kernel.gemm "rows" rows(<kg.dst_pair>) key("none")
      lhs(%h["src"] : memref<?x64xf32>)
      of(#kernel.segment<mean of <kg.edge> by "dst_pair">)
      rhs(%w : memref<64x32xf32>) outs(%t : memref<?x32xf32>)
      {segment_schedule = #kernel.segment_schedule<chunk = 16, unroll = 2>} prologue {
  } epilogue {
  }
  // CHECK: kernel.gemm "both" rows(<kg.node>)
  // CHECK-SAME: of(<max of <kg.edge> by "dst">) rhs(
  // CHECK-SAME: terms(%{{.*}}["self"], %{{.*}}["node"] : memref<?x32xf32>, memref<?x32xf32>) of(<sum of <kg.dst_pair> by "node">)
  // CHECK: message {
  kernel.gemm "both" rows(<kg.node>) key("none")
      lhs(%h["src"], %s["self"] : memref<?x64xf32>, memref<?xf32>)
      of(#kernel.segment<max of <kg.edge> by "dst">)
      rhs(%w : memref<64x32xf32>)
      terms(%t["self"], %y["node"] : memref<?x32xf32>, memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.dst_pair> by "node">)
      outs(%y : memref<?x32xf32>) prologue {
  ^bb0(%x: f32, %f: f32):
    %m = arith.mulf %x, %f : f32
    kernel.yield %m : f32
  } epilogue {
  ^bb0(%product: f32, %sum: f32):
    %z = arith.addf %product, %sum : f32
    kernel.yield %z : f32
  } message {
  ^bb0(%x: f32, %f: f32):
    %m = arith.subf %x, %f : f32
    kernel.yield %m : f32
  }
}

// CHECK-LABEL: kernel.program @traversals
kernel.program @traversals {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %s = kernel.buffer input "s"[%n] on <kg.node> : memref<?x4xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x64xf32>
  // CHECK: kernel.traverse "two" rows(<kg.node>) entries(<kg.edge>, "dst")
  // CHECK-SAME: entry_inputs(%{{.*}}["src"] : memref<?x64xf32>) row_inputs(%{{.*}}["self"] : memref<?x4xf32>)
  // CHECK-SAME: reduce [#kernel.reduction<mean>, #kernel.reduction<max>]
  // CHECK-SAME: outs(%{{.*}}, %{{.*}} : memref<?x64xf32>, memref<?x64xf32>)
  // CHECK-SAME: {schedule = #kernel.traverse_schedule<rows = 8, block_n = 64, threads = 128, unroll = 4, chunk = 256>}
  kernel.traverse "two" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%h["src"] : memref<?x64xf32>) row_inputs(%s["self"] : memref<?x4xf32>)
      reduce [#kernel.reduction<mean>, #kernel.reduction<max>]
      outs(%y, %z : memref<?x64xf32>, memref<?x64xf32>)
      {schedule = #kernel.traverse_schedule<rows = 8, block_n = 64, threads = 128, unroll = 4, chunk = 256>}
      message {
  ^bb0(%x: f32, %f: f32):
    %m = arith.mulf %x, %f : f32
    kernel.yield %m, %x : f32, f32
  } epilogue {
  ^bb0(%mean: f32, %max: f32, %f: f32):
    kernel.yield %mean, %max : f32, f32
  }
  // CHECK: kernel.traverse "row-wise" rows(<kg.node>) row_inputs
  kernel.traverse "row-wise" rows(<kg.node>) row_inputs(%h["self"] : memref<?x64xf32>)
      outs(%y : memref<?x64xf32>) message {
  } epilogue {
  ^bb0(%x: f32):
    kernel.yield %x : f32
  }
}

// CHECK-LABEL: kernel.program @owners
kernel.program @owners {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %c = kernel.size <kg.direction>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w" : memref<64x32xf32>
  %b = kernel.buffer input "b" : memref<32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  %z = kernel.buffer output "z"[%c] on <kg.direction> : memref<?x32xf32>
  // CHECK: kernel.gemm "own" rows(<kg.dst_pair>) key("none") lhs(%{{.*}}["node"] : memref<?x64xf32>)
  // CHECK-SAME: rhs(%{{.*}} : memref<64x32xf32>) into(<kg.node> by "node")
  // CHECK-SAME: own(%{{.*}}["self"] : memref<?x64xf32>) own_rhs(%{{.*}} : memref<64x32xf32>)
  // CHECK-SAME: addends(%{{.*}}["none"] : memref<32xf32>) outs(
  kernel.gemm "own" rows(<kg.dst_pair>) key("none") lhs(%x["node"] : memref<?x64xf32>)
      rhs(%w : memref<64x32xf32>) into(<kg.node> by "node")
      own(%x["self"] : memref<?x64xf32>) own_rhs(%w : memref<64x32xf32>)
      addends(%b["none"] : memref<32xf32>) outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%sum: f32, %own: f32, %bias: f32):
    %0 = arith.addf %sum, %own : f32
    %1 = arith.addf %0, %bias : f32
    kernel.yield %1 : f32
  }
  // A role may be a class of relations.
  // CHECK: kernel.gemm "class" {{.*}} into(<kg.direction> by "direction") outs(
  kernel.gemm "class" rows(<kg.edge>) key("none") lhs(%x["src"] : memref<?x64xf32>)
      rhs(%w : memref<64x32xf32>) into(<kg.direction> by "direction")
      outs(%z : memref<?x32xf32>) prologue {
  } epilogue {
  }
}
