// RUN: pigeon-opt %s -tile-infer-layouts -tile-to-threads -split-input-file | FileCheck %s

// A kernel: pointers for refs, its attributes, the read-only cache.

// CHECK-LABEL: llvm.func @kernel
// CHECK-SAME: %arg0: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}
// CHECK-SAME: %arg1: !llvm.ptr<1> {llvm.align = 16 : i64}
// CHECK-SAME: %arg2: i32
// CHECK-SAME: nvvm.kernel
// CHECK-SAME: nvvm.minctasm = 2 : i32
// CHECK-SAME: nvvm.reqntid = array<i32: 64>
gpu.module @kernels {
  tile.func @kernel(%x: !tile.ref<?xf32, global> {tile.readonly}, %y: !tile.ref<?xf32, global>, %n: i32)
      attributes {threads = 64 : i32, min_blocks = 2 : i32} {
    // CHECK: nvvm.read.ptx.sreg.ctaid.z
    %z = tile.block_id z : i32
    // CHECK: %[[AT:.*]] = arith.extsi %{{.*}} : i32 to i64
    // CHECK: llvm.getelementptr %{{.*}}[%[[AT]]] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
    // CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
    %s = tile.load_scalar %x[%z] : !tile.ref<?xf32, global> -> f32
    // CHECK: llvm.return
    tile.return
  }
}

// -----

// Four neighbours come as one vector, aligned to 16 bytes; without a mask
// there is no branch.

// CHECK-LABEL: llvm.func @vector
// CHECK-NOT: scf.if
// CHECK: %[[V:.*]] = llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
// CHECK-COUNT-4: llvm.extractelement %[[V]]
// CHECK-COUNT-4: arith.addf
// CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
gpu.module @kernels {
  tile.func @vector(%x: !tile.ref<8x16xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<8x16xf32, global>, i32, i32 -> tensor<8x16xf32>
    %u = arith.addf %t, %t : tensor<8x16xf32>
    tile.store %u, %x[%c0, %c0] : tensor<8x16xf32>, !tile.ref<8x16xf32, global>, i32, i32
    tile.return
  }
}

// -----

// A start that may be anything allows no vectors; a multiple of four does. The
// loop never leaves the array, so nothing is checked in it.

// CHECK-LABEL: llvm.func @starts
gpu.module @kernels {
  tile.func @starts(%x: !tile.ref<8x32xf32, global>, %i: i32) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c16 = arith.constant 16 : i32
    %c32 = arith.constant 32 : i32
    // CHECK: scf.for
    scf.for %j = %c0 to %c32 step %c16 : i32 {
      // CHECK-NOT: scf.if
      // CHECK: llvm.load {{.*}} -> vector<4xf32>
      // CHECK: llvm.store
      %t = tile.load %x[%c0, %j] : !tile.ref<8x32xf32, global>, i32, i32 -> tensor<8x16xf32>
      tile.store %t, %x[%c0, %j] : tensor<8x16xf32>, !tile.ref<8x32xf32, global>, i32, i32
    }
    // CHECK: scf.if
    // CHECK-NOT: vector<
    // CHECK: llvm.load %{{.*}} -> f32
    %u = tile.load %x[%c0, %i] : !tile.ref<8x32xf32, global>, i32, i32 -> tensor<8x16xf32>
    tile.store %u, %x[%c0, %i] : tensor<8x16xf32>, !tile.ref<8x32xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Rows under a mask: one branch per row, vectors inside, zeros (or the given
// value) on the other side.

// CHECK-LABEL: llvm.func @masked
// CHECK: %[[IF:.*]] = scf.if %{{.*}} -> (vector<4xf32>) {
// CHECK-NEXT: llvm.load
// CHECK-NEXT: scf.yield
// CHECK-NEXT: } else {
// CHECK-COUNT-4: llvm.insertelement %arg2
// CHECK: scf.yield
// CHECK: scf.if %{{.*}} {
// CHECK: llvm.store
gpu.module @kernels {
  tile.func @masked(%x: !tile.ref<?x16xf32, global>, %n: i32, %other: f32) attributes {threads = 32 : i32} {
    %c8 = arith.constant 8 : i32
    %c0 = arith.constant 0 : i32
    %i = tile.iota : tensor<8xi32>
    %ns = tile.splat %n : i32 -> tensor<8xi32>
    %m = arith.cmpi slt, %i, %ns : tensor<8xi32>
    %t = tile.load %x[%c8, %c0] mask(%m) else(%other) : !tile.ref<?x16xf32, global>, i32, i32 -> tensor<8x16xf32>
    tile.store %t, %x[%c0, %c0] mask(%m) : tensor<8x16xf32>, !tile.ref<?x16xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Of eight copies of a tile one is stored.

// CHECK-LABEL: llvm.func @replicas
// CHECK: %[[FIRST:.*]] = arith.cmpi eq
// CHECK: scf.if %[[FIRST]]
// CHECK-NEXT: llvm.store
gpu.module @kernels {
  tile.func @replicas(%x: !tile.ref<?xi32, global>, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.splat %n : i32 -> tensor<8xi32>
    tile.store %s, %x[%c0] : tensor<8xi32>, !tile.ref<?xi32, global>, i32
    tile.return
  }
}

// -----

// Arrays in shared memory lie one after the other, aligned to 16 bytes, what
// exchanges need after them. An array's address is an offset into one global.

// CHECK: llvm.mlir.global internal @shared_of_shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<48 x i8>
// CHECK-LABEL: llvm.func @shared(
// CHECK: %[[BASE:.*]] = llvm.mlir.addressof @shared_of_shared : !llvm.ptr<3>
// CHECK: llvm.getelementptr %[[BASE]][16] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
gpu.module @kernels {
  tile.func @shared(%x: !tile.ref<?xi32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %a = tile.alloc_shared : !tile.ref<3xi32, shared>
    %b = tile.alloc_shared : !tile.ref<8xi32, shared>
    %i = tile.iota : tensor<8xi32>
    // CHECK: llvm.store {{.*}} !llvm.ptr<3>
    tile.store %i, %b[%c0] : tensor<8xi32>, !tile.ref<8xi32, shared>, i32
    // CHECK: nvvm.barrier0
    tile.barrier
    %t = tile.load %b[%c0] : !tile.ref<8xi32, shared>, i32 -> tensor<8xi32>
    tile.store %t, %x[%c0] : tensor<8xi32>, !tile.ref<?xi32, global>, i32
    tile.return
  }
}

// -----

// 16 columns: four locals, then four lanes by butterfly; no shared memory.

// CHECK-LABEL: llvm.func @lanes
// CHECK-COUNT-3: arith.addf
// CHECK: nvvm.shfl.sync bfly
// CHECK-NEXT: arith.addf
// CHECK-NEXT: nvvm.shfl.sync bfly
// CHECK-NEXT: arith.addf
// CHECK-NOT: nvvm
gpu.module @kernels {
  tile.func @lanes(%x: !tile.ref<8x16xf32, global>, %y: !tile.ref<8xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<8x16xf32, global>, i32, i32 -> tensor<8x16xf32>
    %s = tile.reduce sum %t {dim = 1 : i32} : tensor<8x16xf32> -> tensor<8xf32>
    tile.store %s, %y[%c0] : tensor<8xf32>, !tile.ref<8xf32, global>, i32
    tile.return
  }
}

// -----

// 256 values in 8 warps: five shuffles, then eight partial maxima through
// shared memory, read as vectors.

// CHECK-LABEL: llvm.func @warps
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK: nvvm.barrier0
// CHECK: scf.if
// CHECK-NEXT: llvm.store
// CHECK: nvvm.barrier0
// CHECK-COUNT-2: llvm.load {{.*}} -> vector<4xi32>
// CHECK-COUNT-7: arith.maxsi
gpu.module @kernels {
  tile.func @warps(%x: !tile.ref<256xi32, global>) attributes {threads = 256 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0] : !tile.ref<256xi32, global>, i32 -> tensor<256xi32>
    %s = tile.reduce max %t {dim = 0 : i32} : tensor<256xi32> -> i32
    %u = tile.splat %s : i32 -> tensor<256xi32>
    tile.store %u, %x[%c0] : tensor<256xi32>, !tile.ref<256xi32, global>, i32
    tile.return
  }
}

// -----

// Registers of another order are renamed, neighbours in a warp shuffle, of
// copies each keeps what it wants, lanes exchange registers, and the rest goes
// through shared memory.

// CHECK-LABEL: llvm.func @conversions
#a = #layout.layout<[4, 32], [[local 4:1], [thread 32:1]], replicas = [thread 2:32]>
#b = #layout.layout<[4, 32], [[local 2:1, local 2:2], [thread 32:1]], replicas = [thread 2:32]>
#c = #layout.layout<[4, 32], [[local 4:1], [thread 2:1, thread 16:2]], replicas = [thread 2:32]>
#d = #layout.layout<[4, 32], [[local 2:1, thread 2:32], [thread 2:1, thread 16:2]]>
#e = #layout.layout<[4, 32], [[thread 2:1, thread 2:32], [local 2:1, thread 16:2]]>
#f = #layout.layout<[4, 32], [[thread 4:16], [local 2:1, thread 16:1]]>
gpu.module @kernels {
  tile.func @conversions(%x: !tile.ref<4x32xi32, global>) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    // CHECK-COUNT-4: llvm.load
    %0 = tile.load %x[%c0, %c0] : !tile.ref<4x32xi32, global>, i32, i32 -> tensor<4x32xi32, #a>
    // CHECK-NOT: nvvm.barrier0
    %1 = tile.convert_layout %0 : tensor<4x32xi32, #a> -> tensor<4x32xi32, #b>
    // CHECK-COUNT-4: nvvm.shfl.sync idx
    %2 = tile.convert_layout %1 : tensor<4x32xi32, #b> -> tensor<4x32xi32, #c>
    // CHECK-NOT: nvvm
    // CHECK: arith.select
    // CHECK: arith.select
    // CHECK-NOT: nvvm
    %3 = tile.convert_layout %2 : tensor<4x32xi32, #c> -> tensor<4x32xi32, #d>
    // CHECK: nvvm.shfl.sync bfly
    // CHECK-COUNT-2: arith.select
    // CHECK-NOT: nvvm.shfl.sync
    %4 = tile.convert_layout %3 : tensor<4x32xi32, #d> -> tensor<4x32xi32, #e>
    // CHECK: nvvm.barrier0
    // CHECK: nvvm.barrier0
    %5 = tile.convert_layout %4 : tensor<4x32xi32, #e> -> tensor<4x32xi32, #f>
    tile.store %5, %x[%c0, %c0] : tensor<4x32xi32, #f>, !tile.ref<4x32xi32, global>, i32, i32
    tile.return
  }
}

// -----

// 2 x 2 elements per thread, k outermost: products of one k do not wait for
// each other.

// CHECK-LABEL: llvm.func @dot
// CHECK: %[[S0:.*]] = llvm.intr.fma(%[[A00:.*]], %[[B00:.*]], %{{.*}})
// CHECK: %[[S1:.*]] = llvm.intr.fma(%[[A00]], %[[B01:.*]], %{{.*}})
// CHECK: llvm.intr.fma(%[[A10:.*]], %[[B00]], %{{.*}})
// CHECK: llvm.intr.fma(%[[A10]], %[[B01]], %{{.*}})
// CHECK: llvm.intr.fma(%{{.*}}, %{{.*}}, %[[S0]])
// CHECK: llvm.intr.fma(%{{.*}}, %{{.*}}, %[[S1]])
#acc = #layout.layout<[16, 8], [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>
#lhs = #layout.layout<[16, 2], [[local 2:1, thread 8:4], [local 2:2]], replicas = [thread 4:1]>
#rhs = #layout.layout<[2, 8], [[local 2:2], [thread 4:1, local 2:1]], replicas = [thread 8:4]>
gpu.module @kernels {
  tile.func @dot(%x: !tile.ref<16x2xf32, global>, %y: !tile.ref<2x8xf32, global>,
                 %z: !tile.ref<16x8xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %a = tile.load %x[%c0, %c0] : !tile.ref<16x2xf32, global>, i32, i32 -> tensor<16x2xf32, #lhs>
    %b = tile.load %y[%c0, %c0] : !tile.ref<2x8xf32, global>, i32, i32 -> tensor<2x8xf32, #rhs>
    %zero = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %d = tile.dot %a, %b, %zero : tensor<16x2xf32, #lhs>, tensor<2x8xf32, #rhs> -> tensor<16x8xf32, #acc>
    tile.store %d, %z[%c0, %c0] : tensor<16x8xf32, #acc>, !tile.ref<16x8xf32, global>, i32, i32
    tile.return
  }
}

// -----

// What a broadcast makes equal is computed once.

// CHECK-LABEL: llvm.func @broadcast
// CHECK-COUNT-1: arith.mulf
// CHECK-NOT: arith.mulf
gpu.module @kernels {
  tile.func @broadcast(%x: !tile.ref<8x16xf32, global>, %s: f32) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.splat %s : f32 -> tensor<8x16xf32>
    %u = arith.mulf %t, %t : tensor<8x16xf32>
    tile.store %u, %x[%c0, %c0] : tensor<8x16xf32>, !tile.ref<8x16xf32, global>, i32, i32
    tile.return
  }
}

// -----

// A swizzle is an exclusive or on the offset in bytes: bits 7 to 9 into bits 4
// to 6. Thread t has 16 bytes at 16 t; its second piece lies 8 rows on, a whole
// block, which is added afterwards. The array begins at a multiple of a block.

// CHECK-LABEL: llvm.mlir.global internal @shared_of_swizzled() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<2048 x i8>
// CHECK-LABEL: llvm.func @swizzled
// CHECK-DAG: %[[C4:.*]] = arith.constant 4 : i32
// CHECK-DAG: %[[C3:.*]] = arith.constant 3 : i32
// CHECK-DAG: %[[MASK:.*]] = arith.constant 112 : i32
// CHECK: %[[BYTES:.*]] = arith.muli %{{.*}}, %[[C4]]
// CHECK: %[[HIGH:.*]] = arith.shrui %[[BYTES]], %[[C3]]
// CHECK: %[[PART:.*]] = arith.andi %[[HIGH]], %[[MASK]]
// CHECK: %[[AT:.*]] = arith.xori %[[BYTES]], %[[PART]]
// CHECK: llvm.getelementptr %{{.*}}[%[[AT]]] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
// CHECK: llvm.getelementptr %{{.*}}[1024] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
#swizzled = #layout.shared<[16, 32], [32, 1], swizzle(3, 4, 3)>
gpu.module @kernels {
  tile.func @swizzled(%y: !tile.ref<16x32xf32, global>) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<16x32xf32, shared, #swizzled>
    %t = tile.load %s[%c0, %c0] : !tile.ref<16x32xf32, shared, #swizzled>, i32, i32 -> tensor<16x32xf32>
    tile.store %t, %y[%c0, %c0] : tensor<16x32xf32>, !tile.ref<16x32xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Copies: one piece of 16 bytes a thread, of none where the mask says so.

// CHECK-LABEL: llvm.func @copied
// CHECK: %[[BYTES:.*]] = arith.select %{{.*}}, %c16_i32, %c0_i32
// CHECK: nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache =  cg, %[[BYTES]]
// CHECK: nvvm.cp.async.commit.group
// CHECK: nvvm.cp.async.wait.group 1
gpu.module @kernels {
  tile.func @copied(%x: !tile.ref<?x32xf32, global>, %n: i32) attributes {threads = 128 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<16x32xf32, shared>
    %i = tile.iota : tensor<16xi32>
    %ns = tile.splat %n : i32 -> tensor<16xi32>
    %m = arith.cmpi slt, %i, %ns : tensor<16xi32>
    tile.copy_async %x[%c0, %c0] mask(%m), %s : !tile.ref<?x32xf32, global>, i32, i32 -> !tile.ref<16x32xf32, shared>
    tile.commit_async
    tile.wait_async {pending = 1 : i32}
    tile.return
  }
}

// -----

// One thread asks for each row, and for each line of it. What says which row
// is masked off decides for all.
// CHECK-LABEL: llvm.func @asked
// CHECK: %[[WARP:.*]] = arith.divui %{{.*}}, %c32_i32
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[WARP]], %c0_i32
// CHECK: %[[BOTH:.*]] = arith.andi %[[FIRST]], %{{.*}} : i1
// CHECK: scf.if %[[BOTH]] {
// CHECK-COUNT-2: llvm.inline_asm has_side_effects "prefetch.global.L2 [$0];", "l"
// CHECK-NOT: prefetch
gpu.module @kernels {
  tile.func @asked(%x: !tile.ref<?x64xf32, global>, %n: i32) attributes {threads = 128 : i32} {
    %i = tile.iota : tensor<32xi32>
    %ns = tile.splat %n : i32 -> tensor<32xi32>
    %m = arith.cmpi slt, %i, %ns : tensor<32xi32>
    tile.prefetch %x[%i] mask(%m) : !tile.ref<?x64xf32, global>, tensor<32xi32>
    tile.return
  }
}
