// Products whose rows are summed into owners: a block has a tile of owners and
// walks the items that the view lists for it.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

#schedule = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32>
#ahead = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32, stages = 2>
#segments = #kernel.segment_schedule<chunk = 9, unroll = 1>

// The own product goes first, and all items add to its tile of sums, where they
// have a row. The rhs is on its way while rows are walked, once all have read
// that of the item before.
// CHECK-LABEL: tile.func @layer_0_gemm(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<32x16xf32>
// CHECK: %[[TILE:.*]] = tile.block_id x
// CHECK: %[[BEGIN:.*]] = tile.load_scalar %{{.*}}[%[[TILE]]]
// CHECK: %[[END:.*]] = tile.load_scalar %{{.*}}[%[[TILE]]]
// CHECK: %[[OWN:.*]] = tile.load %[[LIST:.*]][{{.*}} -> tensor<32xi32>
// CHECK: %[[HERE:.*]] = arith.cmpi sge, %[[OWN]]
// CHECK: tile.barrier
// CHECK: tile.copy_async
// CHECK: tile.copy_async %{{.*}}[%[[OWN]], %{{.*}}] mask(%[[HERE]])
// CHECK: %[[START:.*]] = scf.for {{.*}}iter_args(%{{.*}} = %[[ZERO]])
// CHECK-NOT: arith.select
// CHECK: %[[SUM:.*]] = scf.for %[[ITEM:.*]] = %[[BEGIN]] to %[[END]] step %{{.*}} iter_args(%[[ACC:.*]] = %[[START]])
// CHECK: %[[KEY:.*]] = tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK: %[[THERE:.*]] = arith.cmpi sge, %[[ROW:.*]], %{{.*}} : tensor<32xi32>
// CHECK: tile.subview %{{.*}}[%[[KEY]]]
// CHECK: tile.barrier
// CHECK-NEXT: tile.copy_async
// CHECK: scf.for {{.*}} -> (tensor<32x16xf32>, tensor<32xi32>)
// CHECK: tile.store
// CHECK-NOT: tile.prefetch
// CHECK: tile.wait_async
// CHECK-NEXT: tile.barrier
// CHECK: %[[NEXT:.*]] = scf.for {{.*}}iter_args(%[[STEP:.*]] = %[[ACC]])
// CHECK: %[[DOT:.*]] = tile.dot %{{.*}}, %{{.*}}, %[[STEP]]
// CHECK: %[[MASK:.*]] = tile.expand %[[THERE]]
// CHECK: arith.select %[[MASK]], %[[DOT]], %[[STEP]]
// CHECK: scf.yield %[[NEXT]]
// CHECK: %[[OWNERS:.*]] = tile.load %[[LIST]][{{.*}} -> tensor<32xi32>
// CHECK: %[[THEY:.*]] = arith.cmpi sge, %[[OWNERS]]
// CHECK: tile.store %[[SUM]], %{{.*}}[%[[OWNERS]], %{{.*}}] mask(%[[THEY]])
// CHECK-NOT: tile.store

kernel.program @layer {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x16x16xf32>
  %w0 = kernel.buffer input "w0" : memref<16x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "layer" rows(<kg.dst_pair>) key("rel")
      lhs(%h["src"] : memref<?x16xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst_pair">)
      rhs(%w : memref<?x16x16xf32>) into(<kg.node> by "node")
      own(%h["self"] : memref<?x16xf32>) own_rhs(%w0 : memref<16x16xf32>)
      outs(%y : memref<?x16xf32>)
      {schedule = #schedule, segment_schedule = #segments} prologue {
  } epilogue {
  ^bb0(%sum: f32, %own: f32):
    %0 = arith.addf %sum, %own : f32
    kernel.yield %0 : f32
  }
}

// Rows that are not aggregated are read by their numbers; what a prologue makes
// of a gap is not added. An epilogue that multiplies has two sums.
// CHECK-LABEL: tile.func @edges_0_gemm(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<32x16xf32>
// CHECK: %[[SUM:.*]] = scf.for {{.*}}iter_args(%{{.*}} = %[[ZERO]])
// CHECK: %[[ROW:.*]] = tile.load {{.*}} -> tensor<32xi32>
// CHECK: %[[THERE:.*]] = arith.cmpi sge, %[[ROW]]
// CHECK: %[[E:.*]] = math.exp
// CHECK: tile.store %[[E]]
// CHECK: %[[DOT:.*]] = tile.dot %{{.*}}, %{{.*}}, %[[STEP:.*]] precision
// CHECK: %[[MASK:.*]] = tile.expand %[[THERE]]
// CHECK: arith.select %[[MASK]], %[[DOT]], %[[STEP]]
// CHECK: %[[OWN:.*]] = scf.for {{.*}}iter_args(%{{.*}} = %[[ZERO]])
// CHECK: arith.mulf %[[SUM]], %[[OWN]]

kernel.program @edges {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "gate" rows(<kg.edge>) key("none")
      lhs(%h["src"] : memref<?x16xf32>)
      rhs(%w : memref<16x16xf32>) into(<kg.node> by "dst")
      own(%h["self"] : memref<?x16xf32>) own_rhs(%w : memref<16x16xf32>)
      outs(%y : memref<?x16xf32>) {schedule = #schedule} prologue {
  ^bb0(%x: f32):
    %0 = math.exp %x : f32
    kernel.yield %0 : f32
  } epilogue {
  ^bb0(%sum: f32, %own: f32):
    %0 = arith.mulf %sum, %own : f32
    kernel.yield %0 : f32
  }
}

// In two stages: where the entries of items begin and end is read two items
// ahead, which rows the first of them read one ahead; those rows are asked for
// while the item's own product waits for its tiles.
// CHECK-LABEL: tile.func @ahead_0_gemm(
// CHECK: %[[BEGIN:.*]] = tile.load_scalar
// CHECK: %[[END:.*]] = tile.load_scalar
// CHECK: %[[AFTER:.*]] = arith.addi %[[BEGIN]], %c1_i32
// CHECK: %[[EXISTS:.*]] = arith.cmpi slt, %[[AFTER]], %[[END]]
// CHECK: %[[MASK:.*]] = tile.splat %[[EXISTS]]
// CHECK: %[[FROM:.*]] = tile.load %[[FIRST:.*]][%{{.*}}] mask(%[[MASK]])
// CHECK: %[[TO:.*]] = tile.load %[[LAST:.*]][%{{.*}}] mask(%[[MASK]])
// CHECK: scf.for %[[ITEM:.*]] = %[[BEGIN]] to %[[END]] step %{{.*}} iter_args(%{{.*}} = %{{.*}}, %[[A:.*]] = %[[FROM]], %[[B:.*]] = %[[TO]])
// CHECK: arith.subi %[[B]], %[[A]]
// CHECK: %[[ROWS:.*]] = tile.load {{.*}} mask(
// CHECK: arith.addi %[[ITEM]], %c2_i32
// CHECK: %[[THIRD:.*]] = tile.load %[[FIRST]][%{{.*}}] mask(
// CHECK: %[[FOURTH:.*]] = tile.load %[[LAST]][%{{.*}}] mask(
// CHECK: tile.barrier
// CHECK: scf.for {{.*}} -> (tensor<32x16xf32>, tensor<32xi32>)
// CHECK: tile.store
// CHECK: tile.prefetch %[[H:.*]][%[[ROWS]]] : !tile.ref<?x16xf32, global>
// CHECK: tile.wait_async
// CHECK: scf.yield %{{.*}}, %[[THIRD]], %[[FOURTH]]

kernel.program @ahead {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x16x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "ahead" rows(<kg.dst_pair>) key("rel")
      lhs(%h["src"] : memref<?x16xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst_pair">)
      rhs(%w : memref<?x16x16xf32>) into(<kg.node> by "node")
      outs(%y : memref<?x16xf32>)
      {schedule = #ahead, segment_schedule = #segments} prologue {
  } epilogue {
  }
}

// CHECK-LABEL: kernel.program @layer
// CHECK: kernel.array "owner_work"(<kg.edge>, "dst_pair", 32) through "rel" into "node" "begin"
// CHECK: kernel.launch "layer" @kernels::@layer_0_gemm
// CHECK-LABEL: kernel.program @edges
// CHECK: kernel.array "owner_work"(<kg.edge>, "self", 32) through "none" into "dst" "begin"
