// RUN: pigeon-opt %s --kernel-to-tile | FileCheck %s

// f16 and bf16 are extended where they are loaded and rounded where they are
// stored, once. Operands of a product stay as they are.

// CHECK-LABEL: tile.func @p_0_gemm(
// CHECK-SAME: !tile.ref<?x16xbf16, global>
// CHECK-DAG: tile.alloc_shared : !tile.ref<{{.*}}16x16xbf16, shared{{.*}}>
// CHECK-NOT: arith.extf
// CHECK: tile.dot {{.*}} : tensor<16x16xbf16>, tensor<16x16xbf16> -> tensor<16x16xf32>
// The bias is f32, the result f16.
// CHECK: %[[B:.*]] = tile.load %{{.*}} : !tile.ref<16xf32, global>
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %{{.*}} : tensor<16x16xf32>
// CHECK: %[[OUT:.*]] = arith.truncf %[[SUM]] : tensor<16x16xf32> to tensor<16x16xf16>
// CHECK: tile.store %[[OUT]]

// CHECK-LABEL: tile.func @p_1_traverse(
// CHECK: tile.load {{.*}} -> tensor<8x16xf16>
// CHECK: arith.extf {{.*}} : tensor<8x16xf16> to tensor<8x16xf32>
// What pieces of rows leave is f32.
// CHECK: tile.store {{.*}} : tensor<8x16xf32>
// CHECK: %[[PART:.*]] = arith.divf
// CHECK: %[[WIDE:.*]] = tile.expand %[[PART]]
// CHECK: %[[MEAN:.*]] = arith.mulf %{{.*}}, %[[WIDE]]
// CHECK: %[[R:.*]] = arith.truncf %[[MEAN]] : tensor<8x16xf32> to tensor<8x16xbf16>
// CHECK: tile.store %[[R]]

// CHECK-LABEL: kernel.program @p
// CHECK: kernel.buffer workspace "{{.*}}partial0"{{.*}} : memref<?x16xf32>
kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x16xbf16>
  %w = kernel.buffer input "w" : memref<16x16xbf16>
  %bias = kernel.buffer input "bias" : memref<16xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf16>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x16xbf16>
  kernel.gemm "product" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x16xbf16>) rhs(%w : memref<16x16xbf16>)
      addends(%bias["none"] : memref<16xf32>) outs(%y : memref<?x16xf16>)
      {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 16, block_k = 16, step_k = 16, threads = 32>}
      prologue {
  } epilogue {
  ^bb0(%acc: f32, %b: f32):
    %s = arith.addf %acc, %b : f32
    kernel.yield %s : f32
  }
  kernel.traverse "mean" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%y["src"] : memref<?x16xf16>)
      reduce [#kernel.reduction<mean>] outs(%z : memref<?x16xbf16>)
      {schedule = #kernel.traverse_schedule<rows = 8, block_n = 16, threads = 32, unroll = 1, chunk = 128>}
      message {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  } epilogue {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
}
