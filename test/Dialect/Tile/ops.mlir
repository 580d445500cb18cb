// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s -mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

#ring = #layout.shared<[3, 64, 32], [2304, 36, 1]>
#slot = #layout.shared<[64, 32], [36, 1]>

// CHECK-DAG: #{{.*}} = #layout.shared<[3, 64, 32], [2304, 36, 1]>
// CHECK-DAG: #{{.*}} = #layout.shared<[64, 32], [36, 1]>
gpu.module @kernels {
  // CHECK-LABEL: tile.func @program(
  // CHECK-SAME: %[[H:.*]]: !tile.ref<?x64xf32, global> {tile.readonly}, %[[W:.*]]: !tile.ref<?x64x32xf32, global>
  // CHECK-SAME: attributes {min_blocks = 2 : i32, stmatrix, threads = 256 : i32}
  tile.func @program(%h: !tile.ref<?x64xf32, global> {tile.readonly},
                     %w: !tile.ref<?x64x32xf32, global>,
                     %p: !tile.ref<?xi32, global>, %n: i32, %eps: f32)
      attributes {threads = 256 : i32, min_blocks = 2 : i32, stmatrix} {
    %c0 = arith.constant 0 : i32
    // CHECK: %[[X:.*]] = tile.block_id x : i32
    // CHECK: tile.block_id y : i32
    // CHECK: tile.block_id z : i32
    %x = tile.block_id x : i32
    %y = tile.block_id y : i32
    %z = tile.block_id z : i32
    // CHECK: %[[I:.*]] = tile.iota : tensor<64xi32>
    %i = tile.iota : tensor<64xi32>
    // CHECK: tile.splat %{{.*}} : i32 -> tensor<64xi32>
    %nn = tile.splat %n : i32 -> tensor<64xi32>
    // CHECK: %[[M:.*]] = arith.cmpi
    %m = arith.cmpi slt, %i, %nn : tensor<64xi32>
    // CHECK: tile.expand %[[I]] {dim = 1 : i32} : tensor<64xi32> -> tensor<64x32xi32>
    %e = tile.expand %i {dim = 1 : i32} : tensor<64xi32> -> tensor<64x32xi32>
    // CHECK: %[[R:.*]] = tile.load %{{.*}}[%{{.*}}] : !tile.ref<?xi32, global>, i32 -> tensor<64xi32>
    %r = tile.load %p[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<64xi32>
    // CHECK: %[[A:.*]] = tile.load %[[H]][%[[R]], %{{.*}}] mask(%[[M]]) else(%{{.*}}) : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> tensor<64x16xf32>
    %a = tile.load %h[%r, %c0] mask(%m) else(%eps)
      : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> tensor<64x16xf32>
    // CHECK: tile.load %[[H]][%{{.*}}, %{{.*}}] else(%{{.*}}) : !tile.ref<?x64xf32, global>, i32, i32 -> tensor<64x16xf32>
    %a2 = tile.load %h[%c0, %c0] else(%eps)
      : !tile.ref<?x64xf32, global>, i32, i32 -> tensor<64x16xf32>
    // CHECK: tile.load_scalar %{{.*}}[%[[X]]] : !tile.ref<?xi32, global> -> i32
    %s = tile.load_scalar %p[%x] : !tile.ref<?xi32, global> -> i32
    // CHECK: %[[WS:.*]] = tile.subview %[[W]][%{{.*}}] : !tile.ref<?x64x32xf32, global> -> !tile.ref<64x32xf32, global>
    %ws = tile.subview %w[%s] : !tile.ref<?x64x32xf32, global> -> !tile.ref<64x32xf32, global>
    %b = tile.load %ws[%c0, %c0] : !tile.ref<64x32xf32, global>, i32, i32 -> tensor<16x32xf32>
    // CHECK: %[[S:.*]] = tile.alloc_shared : !tile.ref<64x16xf32, shared>
    %sh = tile.alloc_shared : !tile.ref<64x16xf32, shared>
    // CHECK: tile.store %[[A]], %[[S]][%{{.*}}, %{{.*}}] mask(%[[M]]) : tensor<64x16xf32>, !tile.ref<64x16xf32, shared>, i32, i32
    tile.store %a, %sh[%c0, %c0] mask(%m) : tensor<64x16xf32>, !tile.ref<64x16xf32, shared>, i32, i32
    // CHECK: tile.store %[[A]], %[[H]][%[[R]], %{{.*}}] : tensor<64x16xf32>, !tile.ref<?x64xf32, global>, tensor<64xi32>, i32
    tile.store %a, %h[%r, %c0] : tensor<64x16xf32>, !tile.ref<?x64xf32, global>, tensor<64xi32>, i32
    // CHECK: tile.barrier
    tile.barrier
    %acc = arith.constant dense<0.0> : tensor<64x32xf32>
    // CHECK: %[[D:.*]] = tile.dot %[[A]], %{{.*}}, %{{.*}} : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    %d = tile.dot %a, %b, %acc : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    // CHECK: tile.dot {{.*}} precision tf32x3 : tensor<64x16xf32>
    %three = tile.dot %a, %b, %acc precision tf32x3 : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    // CHECK: tile.dot {{.*}} precision tf32 : tensor<64x16xf32>
    %one = tile.dot %a, %b, %acc precision tf32 : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    // CHECK: %[[U:.*]] = tile.reduce sum %[[D]] {dim = 1 : i32} : tensor<64x32xf32> -> tensor<64xf32>
    %u = tile.reduce sum %d {dim = 1 : i32} : tensor<64x32xf32> -> tensor<64xf32>
    // CHECK: tile.reduce max %[[U]] {dim = 0 : i32} : tensor<64xf32> -> f32
    %mx = tile.reduce max %u {dim = 0 : i32} : tensor<64xf32> -> f32
    // CHECK: tile.reduce min
    %mn = tile.reduce min %i {dim = 0 : i32} : tensor<64xi32> -> i32
    // CHECK: tile.prefetch %[[H]][%[[R]]] mask(%[[M]]) : !tile.ref<?x64xf32, global>, tensor<64xi32>
    tile.prefetch %h[%r] mask(%m) : !tile.ref<?x64xf32, global>, tensor<64xi32>
    // CHECK: tile.prefetch %[[H]][%[[R]]] : !tile.ref<?x64xf32, global>, tensor<64xi32>
    tile.prefetch %h[%r] : !tile.ref<?x64xf32, global>, tensor<64xi32>
    // CHECK: tile.convert_layout %[[U]] : tensor<64xf32> -> tensor<64xf32>
    %v = tile.convert_layout %u : tensor<64xf32> -> tensor<64xf32>
    // CHECK: %[[RING:.*]] = tile.alloc_shared : !tile.ref<3x64x32xf32, shared, #[[RINGLAYOUT:.*]]>
    %ring = tile.alloc_shared : !tile.ref<3x64x32xf32, shared, #ring>
    // CHECK: %[[SLOT:.*]] = tile.subview %[[RING]][%{{.*}}] : !tile.ref<3x64x32xf32, shared, #[[RINGLAYOUT]]> -> !tile.ref<64x32xf32, shared, #[[SLOTLAYOUT:.*]]>
    %slot = tile.subview %ring[%x] : !tile.ref<3x64x32xf32, shared, #ring> -> !tile.ref<64x32xf32, shared, #slot>
    // CHECK: tile.copy_async %[[H]][%[[R]], %{{.*}}] mask(%[[M]]), %[[SLOT]] cache(ca) : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> !tile.ref<64x32xf32, shared, #[[SLOTLAYOUT]]>
    tile.copy_async %h[%r, %c0] mask(%m), %slot cache(ca)
      : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> !tile.ref<64x32xf32, shared, #slot>
    // CHECK: tile.copy_async %[[WS]][%{{.*}}, %{{.*}}], %[[SLOT]] : !tile.ref<64x32xf32, global>, i32, i32 ->
    tile.copy_async %ws[%c0, %c0], %slot
      : !tile.ref<64x32xf32, global>, i32, i32 -> !tile.ref<64x32xf32, shared, #slot>
    // CHECK: tile.commit_async
    tile.commit_async
    // CHECK: tile.wait_async {pending = 1 : i32}
    tile.wait_async {pending = 1 : i32}
    // CHECK: tile.return
    tile.return
  }
}

// CHECK-LABEL: tile.func @views(
gpu.module @views {
  tile.func @views() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x4xi32>
    %t = arith.constant dense<1.0> : tensor<64x8xf32>
    // CHECK: tile.view %{{.*}} as(#{{layout[0-9]*}}) : tensor<32x4xi32> -> tensor<16x16xf16>
    %a = tile.view %w as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>)
      : tensor<32x4xi32> -> tensor<16x16xf16>
    // CHECK: tile.view %{{.*}} as(#{{layout[0-9]*}}) : tensor<64x8xf32> -> tensor<8x64xf32>
    %u = tile.view %t as (#layout.layout<[8, 64], [[local 8:1], [local 64:8]]>)
      : tensor<64x8xf32> -> tensor<8x64xf32>
    tile.return
  }
}
