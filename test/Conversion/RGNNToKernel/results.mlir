// Results have buffers of their own, whatever they are; reshapes are views.

// RUN: pigeon-opt %s --rgnn-to-kernel | FileCheck %s

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!split = tensor<?x2x4xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!bases = tensor<?x16xf32, #rgnn.on<kg.relation>>
!weights = tensor<?x8x2xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg

// CHECK-LABEL: kernel.program @argument
// CHECK: %[[X:.*]] = kernel.buffer input "arg0"
// CHECK: %[[Y:.*]] = kernel.buffer output "result0"{{.*}} : memref<?x8xf32>
// CHECK: kernel.traverse "row-wise on kg.node" {{.*}} row_inputs(%[[X]]["self"] {{.*}} outs(%[[Y]]
// CHECK-NEXT: } epilogue {
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32):
// CHECK-NEXT: kernel.yield %[[A]]
func.func @argument(%x: !nodes) -> !nodes {
  return %x : !nodes
}

// CHECK-LABEL: kernel.program @twice
// CHECK: %[[FIRST:.*]] = kernel.buffer output "result0"
// CHECK: kernel.traverse "sum of kg.edge on kg.node" {{.*}} outs(%[[FIRST]]
// CHECK: %[[SECOND:.*]] = kernel.buffer output "result1"
// CHECK: kernel.traverse "row-wise on kg.node" {{.*}} row_inputs(%[[FIRST]]["self"] {{.*}} outs(%[[SECOND]]
func.func @twice(%e: !edges) -> (!nodes, !nodes) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  return %s, %s : !nodes, !nodes
}

// The kernel writes the result in the shape that is returned.
// CHECK-LABEL: kernel.program @reshaped
// CHECK: %[[Y:.*]] = kernel.buffer output "y"{{.*}} : memref<?x2x4xf32>
// CHECK: kernel.traverse {{.*}} outs(%[[Y]] : memref<?x2x4xf32>)
func.func @reshaped(%e: !edges) -> (!split {rgnn.name = "y"}) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %y = rgnn.reshape %s : (!nodes) -> !split
  return %y : !split
}

// CHECK-LABEL: kernel.program @constant
// CHECK: kernel.traverse "row-wise on kg.node" rows(<kg.node>) outs(
// CHECK: %[[C:.*]] = arith.constant 2.500000e+00 : f32
// CHECK-NEXT: kernel.yield %[[C]]
func.func @constant() -> !nodes {
  %c = arith.constant 2.5 : f32
  %y = rgnn.fill %c : (f32) -> !nodes
  return %y : !nodes
}

// A weight that is computed, and seen in another shape.
// CHECK-LABEL: kernel.program @computed_weight
// CHECK: %[[RELATIONS:.*]] = kernel.size <kg.relation>
// CHECK: %[[FLAT:.*]] = kernel.buffer workspace "t0"{{.*}} : memref<?x16xf32>
// CHECK: kernel.traverse "row-wise on kg.relation" {{.*}} outs(%[[FLAT]]
// CHECK: %[[W:.*]] = memref.expand_shape %[[FLAT]] {{\[\[}}0], [1, 2]] output_shape [%[[RELATIONS]], 8, 2]
// CHECK: kernel.gemm {{.*}} key("rel") {{.*}} rhs(%[[W]] : memref<?x8x2xf32>)
func.func @computed_weight(%e: !edges, %w: !bases)
    -> tensor<?x2xf32, #rgnn.on<kg.edge>> {
  %v = math.exp %w : !bases
  %r = rgnn.reshape %v : (!bases) -> !weights
  %y = rgnn.linear %e, %r, rel
    : (!edges, !weights) -> tensor<?x2xf32, #rgnn.on<kg.edge>>
  return %y : tensor<?x2xf32, #rgnn.on<kg.edge>>
}

// The matrices of a basis decomposition lie side by side.
// CHECK-LABEL: kernel.program @bases
// CHECK: %[[V:.*]] = kernel.buffer input "arg1" : memref<4x8x2xf32>
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[V]] {{\[\[}}0, 1, 2]]
// CHECK: %[[MATRIX:.*]] = memref.expand_shape %[[FLAT]] {{\[\[}}0, 1]] output_shape [4, 16]
// CHECK: kernel.gemm {{.*}} key("none") {{.*}} rhs(%[[MATRIX]] : memref<4x16xf32>)
func.func @bases(%a: tensor<?x4xf32, #rgnn.on<kg.relation>>,
                 %v: tensor<4x8x2xf32>) -> !bases {
  %flat = rgnn.reshape %v : (tensor<4x8x2xf32>) -> tensor<4x16xf32>
  %w = rgnn.linear %a, %flat, none
    : (tensor<?x4xf32, #rgnn.on<kg.relation>>, tensor<4x16xf32>) -> !bases
  return %w : !bases
}

// Heads on the weight alone; heads on both; products of weights, whose second
// dimension counts batches.
// CHECK-LABEL: kernel.program @heads
// CHECK: kernel.gemm {{.*}} {batch = 4 : i64, rhs_batched}
// CHECK: kernel.gemm {{.*}} {batch = 4 : i64, lhs_batched, rhs_batched}
func.func @heads(%x: !nodes, %w: tensor<4x8x6xf32>, %v: tensor<4x6x5xf32>)
    -> tensor<?x4x5xf32, #rgnn.on<kg.node>> {
  %y = rgnn.linear %x, %w, none
    : (!nodes, tensor<4x8x6xf32>) -> tensor<?x4x6xf32, #rgnn.on<kg.node>>
  %z = rgnn.linear %y, %v, none
    : (tensor<?x4x6xf32, #rgnn.on<kg.node>>, tensor<4x6x5xf32>)
    -> tensor<?x4x5xf32, #rgnn.on<kg.node>>
  return %z : tensor<?x4x5xf32, #rgnn.on<kg.node>>
}

// CHECK-LABEL: kernel.program @product_of_weights
// CHECK: kernel.gemm {{.*}} key("self") {{.*}} {batch = 3 : i64, lhs_batched}
func.func @product_of_weights(
    %v: tensor<?x3x8xf32, #rgnn.on<kg.relation>>, %w: !weights)
    -> tensor<?x3x2xf32, #rgnn.on<kg.relation>> {
  %y = rgnn.linear %v, %w, self
    : (tensor<?x3x8xf32, #rgnn.on<kg.relation>>, !weights)
    -> tensor<?x3x2xf32, #rgnn.on<kg.relation>>
  return %y : tensor<?x3x2xf32, #rgnn.on<kg.relation>>
}
