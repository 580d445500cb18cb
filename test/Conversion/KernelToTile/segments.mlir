// Rows that are made of entries: a function for pieces of long rows, one for
// groups of these, and the product, which walks on the way in.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

#schedule = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32>
#segments = #kernel.segment_schedule<chunk = 9, unroll = 1>

// A block takes one piece in eight ways, eight entries of each in a round; the
// ways are reduced to one slot.
// CHECK-LABEL: tile.func @rows_0_gemm_rows_cut
// CHECK: %[[ITEM:.*]] = tile.block_id x
// CHECK: %[[BEGIN:.*]] = tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK: %[[END:.*]] = tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK: %[[SLOT:.*]] = tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK: %[[WAYS:.*]]:9 = scf.for {{.*}} -> (tensor<8x16xf32>, tensor<8xi32>, {{.*}}tensor<8xi32>)
// CHECK: %[[SUM:.*]] = tile.reduce sum %[[WAYS]]#0 {dim = 0 : i32}
// CHECK: %[[ROW:.*]] = tile.expand %[[SUM]] {dim = 0 : i32} : tensor<16xf32> -> tensor<1x16xf32>
// CHECK: tile.store %[[ROW]], %{{.*}}[%[[SLOT]],

// CHECK-LABEL: tile.func @rows_0_gemm_rows_group
// CHECK: scf.for {{.*}} -> (tensor<8x16xf32>)
// CHECK: tile.reduce sum
// CHECK: tile.store

// The weight is on its way while the rows are walked. Rows of more than nine
// entries have none to walk but slots, where the block has such a row; means
// are divided by all entries.
// CHECK-LABEL: tile.func @rows_0_gemm(
// CHECK-DAG: %[[NINE:.*]] = arith.constant 9 : i32
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<32x16xf32>
// CHECK: %[[FIRST:.*]] = tile.load {{.*}} -> tensor<32xi32>
// CHECK: %[[LAST:.*]] = tile.load {{.*}} -> tensor<32xi32>
// CHECK: %[[LONGEST:.*]] = tile.load_scalar
// CHECK: tile.copy_async
// CHECK: %[[COUNT:.*]] = arith.subi %[[LAST]], %[[FIRST]]
// CHECK: %[[CUT:.*]] = arith.cmpi sgt, %[[COUNT]]
// CHECK: %[[SHORT:.*]] = arith.select %[[CUT]], %[[FIRST]], %[[LAST]]
// CHECK: %[[ROUNDS:.*]] = arith.minsi %[[LONGEST]], %[[NINE]]
// CHECK: %[[WALKED:.*]]:2 = scf.for %{{.*}} to %[[ROUNDS]] {{.*}}iter_args(%{{.*}} = %[[ZERO]]
// CHECK: %[[ANY:.*]] = arith.cmpi sgt, %[[LONGEST]], %[[NINE]]
// CHECK: %[[ALL:.*]] = scf.if %[[ANY]]
// CHECK: tile.reduce max
// CHECK: scf.for {{.*}}iter_args(%{{.*}} = %[[WALKED]]#0)
// CHECK: else
// CHECK: scf.yield %[[WALKED]]#0
// CHECK: %[[DIVISOR:.*]] = arith.sitofp
// CHECK: %[[PART:.*]] = arith.divf %{{.*}}, %[[DIVISOR]]
// CHECK: %[[WIDE:.*]] = tile.expand %[[PART]]
// CHECK: %[[MEAN:.*]] = arith.mulf %[[ALL]], %[[WIDE]]
// CHECK: tile.store %[[MEAN]]
// CHECK: tile.dot

kernel.program @rows {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %p = kernel.size <kg.dst_pair>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x16x16xf32>
  %y = kernel.buffer workspace "y"[%p] : memref<?x16xf32>
  kernel.gemm "means" rows(<kg.dst_pair>) key("rel")
      lhs(%h["src"] : memref<?x16xf32>)
      of(#kernel.segment<mean of <kg.edge> by "dst_pair">)
      rhs(%w : memref<?x16x16xf32>) outs(%y : memref<?x16xf32>)
      {schedule = #schedule, segment_schedule = #segments} prologue {
  } epilogue {
  }
}

// What the epilogue only adds is where the accumulators start.
// CHECK-LABEL: tile.func @start_0_gemm(
// CHECK: %[[TERMS:.*]] = scf.if
// CHECK: %[[LOOP:.*]] = scf.for {{.*}}iter_args(%[[ACC:.*]] = %[[TERMS]])
// CHECK: tile.dot %{{.*}}, %{{.*}}, %[[ACC]]
// CHECK-NOT: arith.addf
// CHECK: tile.store %[[LOOP]]
kernel.program @start {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf32>
  kernel.gemm "sum" rows(<kg.node>) key("none")
      lhs(%h["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      terms(%h["src"] : memref<?x16xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x16xf32>)
      {schedule = #schedule, segment_schedule = #segments} prologue {
  } epilogue {
  ^bb0(%acc: f32, %sum: f32):
    %0 = arith.addf %sum, %acc : f32
    kernel.yield %0 : f32
  }
}

// What it does more with is walked after the product, here a maximum.
// CHECK-LABEL: tile.func @after_0_gemm(
// CHECK: tile.dot
// CHECK: %[[TERMS:.*]] = scf.if
// CHECK: %[[MAX:.*]] = arith.select %{{.*}}, %{{.*}}, %[[TERMS]]
// CHECK: arith.mulf %{{.*}}, %[[MAX]]
// CHECK: tile.store
kernel.program @after {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf32>
  kernel.gemm "gate" rows(<kg.node>) key("none")
      lhs(%h["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      terms(%h["src"] : memref<?x16xf32>)
      of(#kernel.segment<max of <kg.edge> by "dst">)
      outs(%y : memref<?x16xf32>)
      {schedule = #schedule, segment_schedule = #segments} prologue {
  } epilogue {
  ^bb0(%acc: f32, %max: f32):
    %0 = arith.mulf %acc, %max : f32
    kernel.yield %0 : f32
  }
}

// The program sizes the slots and launches the three in order.
// CHECK-LABEL: kernel.program @rows
// CHECK: %[[SLOTS:.*]] = kernel.array "cuts"(<kg.edge>, "dst_pair", 9) "slots"
// CHECK: %[[LENGTH:.*]] = memref.dim %[[SLOTS]]
// CHECK: %[[PARTIAL:.*]] = kernel.buffer workspace "{{.*}}partial"[%[[LENGTH]]] : memref<?x16xf32>
// CHECK: kernel.launch "means, pieces of long rows" @kernels::@rows_0_gemm_rows_cut {{.*}}%[[PARTIAL]]
// CHECK: kernel.launch "means, very long rows" @kernels::@rows_0_gemm_rows_group {{.*}}%[[PARTIAL]]
// CHECK: kernel.array "sorted_work"(<kg.edge>, "dst_pair", 32) through "rel" "key"
// CHECK: kernel.launch "means" @kernels::@rows_0_gemm {{.*}}%[[PARTIAL]]
