// RUN: pigeon-opt %s -tile-infer-layouts -tile-to-threads --remarks-filter="tile-to-threads" -o /dev/null 2>&1 | FileCheck %s

// How wide accesses became: all of a row at once, or element by element where
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
