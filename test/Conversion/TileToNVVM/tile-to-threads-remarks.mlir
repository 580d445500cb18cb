// RUN: pigeon-opt %s -tile-infer-layouts -tile-to-threads --remarks-filter="tile-to-threads" -o /dev/null 2>&1 | FileCheck %s

// Which instructions multiply, and how wide accesses became: all of a row at once, or element by element where
// the start may be anything.

gpu.module @kernels {
  tile.func @widths(%x: !tile.ref<8x32xf32, global>, %i: i32) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // CHECK: [[@LINE+1]]:{{.*}}"1 accesses of 4 x f32 in each thread
    %t = tile.load %x[%c0, %c0] : !tile.ref<8x32xf32, global>, i32, i32 -> tensor<8x16xf32>
    // CHECK: [[@LINE+1]]:{{.*}}"4 accesses of 1 x f32 in each thread
    tile.store %t, %x[%c0, %i] : tensor<8x16xf32>, !tile.ref<8x32xf32, global>, i32, i32
    tile.return
  }
}

gpu.module @products {
  tile.func @products(%x: !tile.ref<16x16xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<16x16xf32, global>, i32, i32 -> tensor<16x16xf32>
    // CHECK: [[@LINE+1]]:{{.*}}"2 mma.m16n8k8.tf32 of each warp for each 8 of k, tf32x3
    %d = tile.dot %t, %t, %t precision tf32x3 : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
    tile.store %d, %x[%c0, %c0] : tensor<16x16xf32>, !tile.ref<16x16xf32, global>, i32, i32
    %a = arith.constant dense<1.0> : tensor<16x12xbf16>
    %b = arith.constant dense<1.0> : tensor<12x16xbf16>
    // CHECK: [[@LINE+1]]:{{.*}}"no matrix instruction divides 16x16x12: fused multiply-adds in f32
    %e = tile.dot %a, %b, %d : tensor<16x12xbf16>, tensor<12x16xbf16> -> tensor<16x16xf32>
    tile.store %e, %x[%c0, %c0] : tensor<16x16xf32>, !tile.ref<16x16xf32, global>, i32, i32
    tile.return
  }
}
