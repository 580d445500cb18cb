// RUN: pigeon-opt %s -tile-infer-layouts --remark-policy=all --remarks-filter="tile-infer-layouts" -o %t 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=IR < %t

// Why a tile is held as it is, and where a conversion was needed.

// CHECK-DAG: coalesced load: <[16, 16]
// CHECK-DAG: accumulator of a dot: <[16, 16]
// CHECK-DAG: is needed in two layouts
// IR: tile.convert_layout
gpu.module @kernels {
  tile.func @converted(%x: !tile.ref<16x16xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %zero = arith.constant dense<0.0> : tensor<16x16xf32>
    %a = tile.load %x[%c0, %c0] : !tile.ref<16x16xf32, global>, i32, i32 -> tensor<16x16xf32>
    %d = tile.dot %a, %a, %zero : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
    tile.store %d, %x[%c0, %c0] : tensor<16x16xf32>, !tile.ref<16x16xf32, global>, i32, i32
    tile.return
  }
}
