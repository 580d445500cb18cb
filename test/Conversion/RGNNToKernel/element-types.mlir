// RUN: pigeon-opt %s --rgnn-to-kernel | FileCheck %s

// f16 and bf16 are storage. Buffers have the model's types; what regions compute
// is f32, and casts between the two are nothing.

!nodes = tensor<?x8xbf16, #rgnn.on<kg.node>>
!edges = tensor<?x8xbf16, #rgnn.on<kg.edge>>
!wide = tensor<?x8xf32, #rgnn.on<kg.node>>
!weights = tensor<?x8x8xbf16, #rgnn.on<kg.relation>>

rgnn.graph @kg

// CHECK-LABEL: kernel.program @storage
// CHECK: kernel.buffer input "h"{{.*}} : memref<?x8xbf16>
// CHECK: kernel.buffer input "bias" : memref<8xf32>
// CHECK: kernel.buffer output "out"{{.*}} : memref<?x8xf32>
// CHECK: kernel.traverse
// CHECK-SAME: entry_inputs(%{{.*}}["src"] : memref<?x8xbf16>)
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
// CHECK-DAG: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-DAG: %[[M:.*]] = arith.mulf %[[X]], %[[HALF]] : f32
// CHECK: kernel.yield %[[M]] : f32
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[ACC]], %[[B]] : f32
// CHECK-NEXT: kernel.yield %[[SUM]] : f32
func.func @storage(%h: !nodes {rgnn.name = "h"},
                   %bias: tensor<8xf32> {rgnn.name = "bias"})
    -> (!wide {rgnn.name = "out"}) {
  %half = arith.constant 0.5 : bf16
  %x = rgnn.gather %h, src : (!nodes) -> !edges
  %halves = rgnn.fill %half : (bf16) -> !edges
  %y = arith.mulf %x, %halves : !edges
  %sum = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  %wide = arith.extf %sum : !nodes to !wide
  %b = rgnn.gather %bias, none : (tensor<8xf32>) -> !wide
  %out = arith.addf %wide, %b : !wide
  return %out : !wide
}

// A product's operands enter it in the type of its weight: a cast is no
// prologue.

// CHECK-LABEL: kernel.program @operands
// CHECK: kernel.gemm
// CHECK-SAME: lhs(%{{.*}}["src"] : memref<?x8xf32>)
// CHECK-SAME: rhs(%{{.*}} : memref<?x8x8xbf16>)
// CHECK-SAME: prologue {
// CHECK-NEXT: } epilogue {
// CHECK-NEXT: }
func.func @operands(%h: !wide, %w: !weights) -> !edges {
  %narrow = arith.truncf %h : !wide to !nodes
  %x = rgnn.gather %narrow, src : (!nodes) -> !edges
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
}
