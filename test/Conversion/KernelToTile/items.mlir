// Several items to a block, where rows are made of entries.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

// An item whose rows are made of entries: where they begin and end, and how
// many the longest has, are loads of the loop over items, which walks them
// before the tiles are filled. What terms give is where an item's sum starts.
// CHECK-LABEL: tile.func @entries_0_gemm(
// CHECK: scf.for %[[I:.*]] = %c0_i32 to
// CHECK:   %[[ITEM:.*]] = arith.addi %{{.*}}, %[[I]]
// CHECK:   tile.load %{{.*}} : !tile.ref<?xi32, global>, tensor<32xi32> -> tensor<32xi32>
// CHECK:   tile.load %{{.*}} : !tile.ref<?xi32, global>, tensor<32xi32> -> tensor<32xi32>
// CHECK:   tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK:   scf.for
// CHECK:   tile.barrier
// CHECK:   tile.store %{{.*}} : tensor<32x16xf32>
// CHECK:   tile.barrier
// CHECK:   tile.dot
// CHECK:   tile.store
// CHECK: } {tile.stages = 2 : i32}

// CHECK-LABEL: tile.func @entries_1_gemm(
// CHECK: scf.for %[[T:.*]] = %c0_i32 to %{{.*}} iter_args(%[[SUM:.*]] = %{{.*}})
// CHECK:   %[[ROUND:.*]] = arith.remui %[[T]], %c2_i32
// CHECK:   %[[FIRST:.*]] = arith.cmpi eq, %[[ROUND]], %c0_i32
// CHECK:   tile.barrier
// CHECK:   tile.barrier
// CHECK:   %[[ACC:.*]] = scf.if %[[FIRST]] -> (tensor<32x16xf32>) {
// CHECK:     scf.for
// CHECK:     scf.yield %[[SUM]]
// CHECK:   tile.dot %{{.*}}, %{{.*}}, %[[ACC]]
// CHECK: } {tile.stages = 2 : i32}
#walked = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32, stages = 2, items = 4>
#items = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 8, step_k = 8, threads = 32, stages = 2, items = 4>
#walk = #kernel.segment_schedule<chunk = 16, unroll = 1>
kernel.program @entries {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf32>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "rows" rows(<kg.node>) key("none")
      lhs(%x["src"] : memref<?x16xf32>) of(#kernel.segment<mean of <kg.edge> by "dst">)
      rhs(%w : memref<16x16xf32>) outs(%y : memref<?x16xf32>)
      {schedule = #walked, segment_schedule = #walk} prologue {
  } epilogue {
  }
  kernel.gemm "terms" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      terms(%y["src"] : memref<?x16xf32>) of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%z : memref<?x16xf32>)
      {schedule = #items, segment_schedule = #walk} prologue {
  } epilogue {
  ^bb0(%acc: f32, %t: f32):
    %sum = arith.addf %acc, %t : f32
    kernel.yield %sum : f32
  }
}
