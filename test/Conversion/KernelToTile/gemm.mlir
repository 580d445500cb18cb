// A product becomes one function and its launch.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

#small = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 16, step_k = 8, threads = 32>
#exact = #kernel.gemm_schedule<block_m = 32, block_n = 4, block_k = 2, step_k = 2, threads = 32>

// Rows of one key share a block: a row of the work list says which. The grid is
// items x columns; the parameters are the arrays that are read, in their order.
// What another kernel may write is not read-only, though this one does not.
// CHECK-LABEL: tile.func @keyed_0_gemm
// CHECK-SAME: (%[[KEY:[^:]*]]: !tile.ref<?xi32, global> {tile.readonly}, %[[BEGIN:[^:]*]]: {{.*}}, %[[END:[^:]*]]: {{.*}}, %[[W:[^:]*]]: !tile.ref<?x20x24xf32, global> {tile.readonly}
// CHECK-SAME: !tile.ref<?x20xf32, global> {tile.unwritten}, %[[Y:[^:]*]]: !tile.ref<?x24xf32, global>) attributes {threads = 32 : i32}
// CHECK: %[[ITEM:.*]] = tile.block_id x
// CHECK: %[[K:.*]] = tile.load_scalar %[[KEY]][%[[ITEM]]]
// CHECK: %[[SUB:.*]] = tile.subview %[[W]][%[[K]]]
// CHECK: %[[A:.*]] = tile.alloc_shared : !tile.ref<32x16xf32, shared>
// CHECK: %[[B:.*]] = tile.alloc_shared : !tile.ref<16x16xf32, shared>
// CHECK: scf.for
// CHECK: tile.load %[[SUB]]
// CHECK: tile.barrier
// CHECK: tile.store {{.*}} %[[A]]
// CHECK: tile.store {{.*}} %[[B]]
// CHECK: tile.barrier
// CHECK: scf.for
// CHECK: tile.dot
// CHECK: tile.store {{.*}} %[[Y]][{{.*}}] mask(
// CHECK: tile.return

// CHECK-LABEL: tile.func @plain_0_gemm
// CHECK-NOT: tile.subview
// One step of K and one tile across: no loop, and no second block of columns.
// CHECK-NOT: scf.for %{{.*}} iter_args
// CHECK-NOT: tile.block_id y
// CHECK: tile.return

// Addends are read where the tile lies; a narrower one once per part of it.
// CHECK-LABEL: tile.func @epilogue_0_gemm
// CHECK: %[[SUM:.*]] = {{tile.dot|scf.for}}
// CHECK: tile.load {{.*}} -> tensor<16xf32>
// CHECK: %[[BIAS:.*]] = tile.expand {{.*}} {dim = 0 : i32}
// CHECK: arith.divui
// CHECK: %[[PART:.*]] = tile.load {{.*}} -> tensor<32x16xf32>
// CHECK: %[[X:.*]] = arith.addf %{{.*}}, %[[BIAS]]
// CHECK: %[[Y:.*]] = arith.mulf %[[X]], %[[PART]]
// CHECK: tile.store %[[Y]]

// CHECK-LABEL: tile.func @prologue_0_gemm
// CHECK: %[[H:.*]] = tile.load {{.*}} -> tensor<32x16xf32>
// CHECK: %[[S:.*]] = tile.load {{.*}} -> tensor<32xf32>
// CHECK: %[[SCALE:.*]] = tile.expand %[[S]] {dim = 1 : i32}
// CHECK: %[[P:.*]] = arith.mulf %[[H]], %[[SCALE]]
// CHECK: tile.barrier
// CHECK: tile.store %[[P]]

// Batches are the third dimension of the grid.
// CHECK-LABEL: tile.func @batches_0_gemm
// CHECK: %[[NUMBER:.*]] = tile.block_id z
// CHECK: tile.subview %{{.*}}[%[[NUMBER]]] : !tile.ref<2x6x12xf32, global> -> !tile.ref<6x12xf32, global>

// One head has a dimension in the weight, but no third dimension in the grid.
// CHECK-LABEL: tile.func @one_head_0_gemm
// CHECK-NOT: tile.block_id z
// CHECK: %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK: tile.subview %{{.*}}[%[[ZERO]]] : !tile.ref<1x6x12xf32, global> -> !tile.ref<6x12xf32, global>

// CHECK-LABEL: kernel.program @keyed
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : index
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : index
// CHECK: %[[BEGIN:.*]] = kernel.array "work"(<kg.edge>, "rel", 32) "begin"
// CHECK: %[[ITEMS:.*]] = memref.dim %[[BEGIN]]
// CHECK: kernel.launch "product" @kernels::@keyed_0_gemm grid(%[[ITEMS]], %[[TWO]], %[[ONE]]) threads(32)
kernel.program @keyed {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %e = kernel.size <kg.edge>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x20xf32>
  %w = kernel.buffer input "w"[%r] : memref<?x20x24xf32>
  %y = kernel.buffer workspace "y"[%e] : memref<?x24xf32>
  kernel.gemm "product" rows(<kg.edge>) key("rel")
      lhs(%x["src"] : memref<?x20xf32>) rhs(%w : memref<?x20x24xf32>)
      outs(%y : memref<?x24xf32>) {schedule = #small} prologue {
  } epilogue {
  }
}

kernel.program @plain {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x8xf32>
  %w = kernel.buffer workspace "w" : memref<8x16xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x8xf32>) rhs(%w : memref<8x16xf32>)
      outs(%y : memref<?x16xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 32, block_n = 16, block_k = 8, step_k = 8, threads = 32>}
      prologue {
  } epilogue {
  }
}

kernel.program @epilogue {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x20xf32>
  %w = kernel.buffer workspace "w" : memref<20x24xf32>
  %b = kernel.buffer workspace "b" : memref<24xf32>
  %s = kernel.buffer workspace "s"[%n] : memref<?x4xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x24xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x20xf32>) rhs(%w : memref<20x24xf32>)
      addends(%b["none"], %s["self"] : memref<24xf32>, memref<?x4xf32>)
      outs(%y : memref<?x24xf32>) {schedule = #small} prologue {
  } epilogue {
  ^bb0(%acc: f32, %bias: f32, %scale: f32):
    %0 = arith.addf %acc, %bias : f32
    %1 = arith.mulf %0, %scale : f32
    kernel.yield %1 : f32
  }
}

kernel.program @prologue {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x32xf32>
  %s = kernel.buffer workspace "s"[%n] : memref<?xf32>
  %w = kernel.buffer workspace "w" : memref<32x24xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x24xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"], %s["self"] : memref<?x32xf32>, memref<?xf32>)
      rhs(%w : memref<32x24xf32>) outs(%y : memref<?x24xf32>)
      {schedule = #small} prologue {
  ^bb0(%a: f32, %scale: f32):
    %0 = arith.mulf %a, %scale : f32
    kernel.yield %0 : f32
  } epilogue {
  }
}

kernel.program @batches {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x2x6xf32>
  %w = kernel.buffer workspace "w" : memref<2x6x12xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x2x12xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x2x6xf32>) rhs(%w : memref<2x6x12xf32>)
      outs(%y : memref<?x2x12xf32>)
      {batch = 2 : i64, lhs_batched, rhs_batched, schedule = #exact} prologue {
  } epilogue {
  }
}

kernel.program @one_head {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x6xf32>
  %w = kernel.buffer workspace "w" : memref<1x6x12xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x1x12xf32>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x6xf32>) rhs(%w : memref<1x6x12xf32>)
      outs(%y : memref<?x1x12xf32>) {rhs_batched, schedule = #exact} prologue {
  } epilogue {
  }
}
