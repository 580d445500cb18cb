// How the tiles of a product reach shared memory.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

#once = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32>
#register = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32, a_path = register>
#stages = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 8, step_k = 8, threads = 32, stages = 3, a_path = register>
#items = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 8, step_k = 8, threads = 32, stages = 2, items = 4>

// CHECK: #[[BLOCKS:.*]] = affine_map<()[s0] -> (s0 ceildiv 4)>

// One round: the rhs first, then the lhs, both copied; one barrier.
// CHECK-LABEL: tile.func @once_0_gemm
// CHECK: %[[A:.*]] = tile.alloc_shared : !tile.ref<32x16xf32, shared>
// CHECK: %[[B:.*]] = tile.alloc_shared : !tile.ref<16x16xf32, shared>
// CHECK: tile.copy_async %{{.*}}, %[[B]] cache(ca) : !tile.ref<16x16xf32, global>
// CHECK: tile.copy_async %{{.*}} mask(%{{.*}}), %[[A]] : !tile.ref<?x16xf32, global>
// CHECK-NEXT: tile.commit_async
// CHECK-NEXT: tile.wait_async {pending = 0 : i32}
// CHECK-NEXT: tile.barrier
// CHECK-NOT: tile.barrier
// CHECK: tile.dot

// CHECK-LABEL: tile.func @once_1_gemm
// CHECK: tile.copy_async %{{.*}}, %{{.*}} cache(ca)
// CHECK-NOT: tile.copy_async
// CHECK: %[[LHS:.*]] = tile.load {{.*}} {tile.through_registers} : !tile.ref<?x16xf32, global>
// CHECK: tile.commit_async
// CHECK-NEXT: tile.store %[[LHS]]
// CHECK-NEXT: tile.wait_async
kernel.program @once {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "once" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      outs(%y : memref<?x16xf32>) {schedule = #once} prologue {
  } epilogue {
  }
  kernel.gemm "register" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      outs(%z : memref<?x16xf32>) {schedule = #register} prologue {
  } epilogue {
  }
}

// A loop that is marked.
// CHECK-LABEL: tile.func @rounds_0_gemm
// CHECK: scf.for
// CHECK: tile.load {{.*}} {tile.through_registers} : !tile.ref<?x16xf32, global>
// CHECK: tile.barrier
// CHECK: tile.store
// CHECK: tile.store
// CHECK: tile.barrier
// CHECK: } {tile.stages = 3 : i32}

// Rounds over four items of two rounds each; the last block may have fewer. An
// item's sum starts in its first round and is stored after its last.
// CHECK-LABEL: tile.func @rounds_1_gemm
// CHECK: %[[BLOCK:.*]] = tile.block_id x
// CHECK: %[[FIRST:.*]] = arith.muli %[[BLOCK]], %c4_i32
// CHECK: %[[LEFT:.*]] = arith.subi %{{.*}}, %[[FIRST]]
// CHECK: %[[MINE:.*]] = arith.minsi %[[LEFT]], %c4_i32
// CHECK: %[[ROUNDS:.*]] = arith.muli %[[MINE]], %c2_i32
// CHECK: scf.for %[[T:.*]] = %c0_i32 to %[[ROUNDS]] step %c1_i32 iter_args(%[[SUM:.*]] = %[[ZERO:[^)]*]])
// CHECK-DAG: %[[ROUND:.*]] = arith.remui %[[T]], %c2_i32
// CHECK-DAG: %[[WITHIN:.*]] = arith.divui %[[T]], %c2_i32
// CHECK: %[[START:.*]] = arith.cmpi eq, %[[ROUND]], %c0_i32
// CHECK: %[[LAST:.*]] = arith.cmpi eq, %[[ROUND]], %c1_i32
// CHECK: %[[ITEM:.*]] = arith.addi %[[FIRST]], %[[WITHIN]]
// CHECK: tile.load_scalar %{{.*}}[%[[ITEM]]]
// CHECK: %[[ACC:.*]] = arith.select %[[START]], %[[ZERO]], %[[SUM]]
// CHECK: tile.dot %{{.*}}, %{{.*}}, %[[ACC]]
// CHECK: scf.if %[[LAST]] {
// CHECK:   tile.store
// CHECK: } {tile.stages = 2 : i32}
// CHECK: kernel.program @rounds
// CHECK: %[[COUNT:.*]] = affine.apply #[[BLOCKS]]()
// CHECK: kernel.launch "items" {{.*}} grid(%[[COUNT]],
kernel.program @rounds {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x16xf32>
  %w = kernel.buffer input "w" : memref<16x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x16xf32>
  kernel.gemm "stages" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      outs(%y : memref<?x16xf32>) {schedule = #stages} prologue {
  } epilogue {
  }
  kernel.gemm "items" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xf32>) rhs(%w : memref<16x16xf32>)
      outs(%z : memref<?x16xf32>) {schedule = #items} prologue {
  } epilogue {
  }
}
