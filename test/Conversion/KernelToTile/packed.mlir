// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s

// A weight of 6 bits in planes of 4 and 2, with zero points; the rounds are tiles of packed
// words, so the loop is the same as that of any product.
// CHECK: #[[PAIRS:.*]] = #layout.layout<[4, 512], {{.*}}>
// CHECK: #[[WEIGHTS:.*]] = #layout.layout<[64, 64], {{\[\[}}thread 4:32, local 2:2, thread 8:4], [local 8:4, thread 4:1, local 2:1]]>
// CHECK-LABEL: tile.func @packed_0_gemm(
// CHECK-SAME: %[[X:.*]]: !tile.ref<?x128xf16, global> {tile.readonly}, %[[W:.*]]: !tile.ref<12x192xi32, global> {tile.readonly}
// CHECK: %[[A:.*]] = tile.alloc_shared : !tile.ref<16x64xf16, shared>
// CHECK: %[[B:.*]] = tile.alloc_shared : !tile.ref<4x192xi32, shared>
// CHECK: scf.for %[[K:.*]] = %{{.*}} iter_args(%[[ACC:.*]] = %{{.*}}) -> (tensor<16x64xf32>)
// A tile of words for each 16 columns; 6 tiles of rows to a step of k.
// CHECK: %[[ROUND:.*]] = arith.divui %[[K]], %c64_i32
// CHECK: arith.muli %[[ROUND]], %c6_i32
// CHECK: tile.load %[[W]]{{.*}} -> tensor<4x192xi32>
// CHECK: tile.store {{.*}}, %[[A]]
// CHECK: tile.store {{.*}}, %[[B]]
// The plane of 4 bits, 4 slots to a half word; that of 2 bits behind it, 8 slots.
// CHECK: tile.load %[[B]][%c0_i32, %c0_i32] : {{.*}} -> tensor<4x128xi32>
// CHECK: tile.view %{{.*}} as(#[[PAIRS]]) : tensor<4x128x4xi32> -> tensor<4x512xi32>
// CHECK: tile.load %[[B]][%c0_i32, %c128_i32] : {{.*}} -> tensor<4x64xi32>
// CHECK: %[[HIGH:.*]] = tile.view %{{.*}} as(#[[PAIRS]]) : tensor<4x64x8xi32> -> tensor<4x512xi32>
// CHECK: arith.shli %[[HIGH]], %{{.*}} : tensor<4x512xi32>
// CHECK: tile.view %{{.*}} as(#[[WEIGHTS]]) : tensor<4x512xi32> -> tensor<64x64xf16>
// CHECK: %[[LESS:.*]] = arith.subf {{.*}} : tensor<64x64xf16>
// CHECK: %[[NUMBERS:.*]] = arith.subf %[[LESS]], %{{.*}} : tensor<64x64xf16>
// CHECK: %[[XT:.*]] = tile.view {{.*}} : tensor<16x64xf16> -> tensor<64x16xf16>
// CHECK: %[[SUM:.*]] = tile.dot %[[NUMBERS]], %[[XT]], %{{.*}} : tensor<64x64xf16>, tensor<64x16xf16> -> tensor<64x16xf32>
// CHECK: %[[BACK:.*]] = tile.view %[[SUM]] {{.*}} : tensor<64x16xf32> -> tensor<16x64xf32>
// CHECK: %[[SCALED:.*]] = arith.mulf %[[BACK]], %{{.*}} : tensor<16x64xf32>
// CHECK: arith.addf %[[ACC]], %[[SCALED]] : tensor<16x64xf32>
// Three blocks of 16 rows, the last with one.
// CHECK: kernel.launch "p" {{.*}} grid(%c3, %c2, %c1) threads(128)
kernel.program @packed {
  %x = kernel.buffer input "x" : memref<33x128xf16>
  %w = kernel.buffer input "w" : memref<2304xi32>
  %s = kernel.buffer input "s" : memref<81x1xf16>
  %z = kernel.buffer input "z" : memref<81x1xf16>
  %y = kernel.buffer output "y" : memref<33x81xf32>
  kernel.gemm "p" rows(<33>) key("none") lhs(%x["self"] : memref<33x128xf16>)
      rhs(%w : memref<2304xi32>)
      packed(<"uint<6>", planes = [4, 2], columns = 81, depth = 128, group = 128>)
      scales(%s, %z : memref<81x1xf16>, memref<81x1xf16>)
      outs(%y : memref<33x81xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 64, threads = 128>}
      prologue {
  } epilogue {
  }
}
