// RUN: pigeon-opt %s -tile-pipeline-loops --remark-policy=all --remarks-filter="tile-pipeline-loops" -split-input-file -o %t 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=IR --input-file=%t

// What is not pipelined stays as it is, and says why.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Passed] tile-pipeline {{.*}}"2 stages: 1 tiles are copied, 0 come through registers, 0 in place; 0 loads of indices come before them"
gpu.module @kernels {
  tile.func @copied(%x: !tile.ref<?x4x64xf32, global> {tile.readonly}, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

// What the loop stores may be what it loads, unless the array says otherwise.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Missed] tile-pipeline {{.*}}"is not pipelined: nothing that it loads is known a round before"
gpu.module @kernels {
  tile.func @mayBeWritten(%x: !tile.ref<?x4x64xf32, global>, %y: !tile.ref<4x64xf32, global>, %n: i32)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      tile.store %t, %y[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, global>, i32, i32
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Passed] tile-pipeline {{.*}}"2 stages: 1 tiles are copied, 0 come through registers, 0 in place; 0 loads of indices come before them"
gpu.module @kernels {
  tile.func @unwritten(%x: !tile.ref<?x4x64xf32, global> {tile.unwritten}, %y: !tile.ref<4x64xf32, global>, %n: i32)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      tile.store %t, %y[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, global>, i32, i32
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Missed] tile-pipeline {{.*}}"is not pipelined: it has no two barriers with stores to shared memory between them"
// IR-LABEL: tile.func @oneBarrier
// IR-NOT: tile.stages
// IR-COUNT-1: tile.barrier
gpu.module @kernels {
  tile.func @oneBarrier(%n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    scf.for %i = %c0 to %n step %c1 : i32 {
      tile.barrier
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Missed] tile-pipeline {{.*}}"is not pipelined: between its barriers stands something else than stores of whole tiles to shared arrays"
gpu.module @kernels {
  tile.func @part(%x: !tile.ref<4x64xf32, global> {tile.readonly}, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<8x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %t = tile.load %x[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<8x64xf32, shared>, i32, i32
      tile.barrier
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Missed] tile-pipeline {{.*}}"is not pipelined: a shared array that it fills is used elsewhere"
gpu.module @kernels {
  tile.func @usedAfter(%x: !tile.ref<4x64xf32, global> {tile.readonly}, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %t = tile.load %x[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
    } {tile.stages = 2 : i32}
    %u = tile.load_scalar %s[%c0, %c0] : !tile.ref<4x64xf32, shared> -> f32
    tile.return
  }
}

// -----

// The loop writes what it reads.
#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK: [Missed] tile-pipeline {{.*}}"is not pipelined: nothing that it loads is known a round before"
gpu.module @kernels {
  tile.func @inPlace(%x: !tile.ref<?x4x64xf32, global>, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    scf.for %i = %c0 to %n step %c1 : i32 {
      %j = arith.addi %i, %c1 : i32
      %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %xj = tile.subview %x[%j] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      tile.store %t, %xj[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, global>, i32, i32
    } {tile.stages = 2 : i32}
    tile.return
  }
}
