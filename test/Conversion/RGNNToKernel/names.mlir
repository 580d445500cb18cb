// Graphs, domains and names reach the program as the model has them.

// RUN: pigeon-opt %s --rgnn-to-kernel | FileCheck %s

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!tested = tensor<?x8xf32, #rgnn.on<test.edge>>
rgnn.graph @kg {relations = 12, classes = {direction = 2}}
rgnn.graph @test {shares = @kg}

// CHECK-LABEL: kernel.program @two_graphs
// CHECK: kernel.graph @kg {classes = {direction = 2 : i64}, relations = 12 : i64}
// CHECK: kernel.graph @test shares "kg"
// CHECK: %[[H:.*]] = kernel.buffer input "h"{{.*}} on <kg.node>
// CHECK: %[[Z:.*]] = kernel.buffer input "z"{{.*}} on <kg.direction>
// CHECK: %[[Y:.*]] = kernel.buffer output "y"{{.*}} on <test.edge>
// CHECK: kernel.traverse "row-wise on test.edge" rows(<test.edge>)
// CHECK-SAME: row_inputs(%[[H]]["dst"], %[[Z]]["direction"]
func.func @two_graphs(%h: !nodes {rgnn.name = "h"},
                      %z: tensor<2x8xf32, #rgnn.on<kg.direction>>
                        {rgnn.name = "z"}) -> (!tested {rgnn.name = "y"}) {
  %t = rgnn.gather %h, dst : (!nodes) -> !tested
  %d = rgnn.gather %z, direction
    : (tensor<2x8xf32, #rgnn.on<kg.direction>>) -> !tested
  %y = arith.mulf %t, %d : !tested
  return %y : !tested
}

// A user's name is never a workspace's.
// CHECK-LABEL: kernel.program @clash
// CHECK: kernel.buffer input "t0"
// CHECK: kernel.buffer input "arg1"
// CHECK: kernel.buffer workspace "t0_"
// CHECK: kernel.buffer output "result0"
func.func @clash(%e: !edges {rgnn.name = "t0"}, %unused: !nodes) -> !nodes {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %u = rgnn.gather %s, src : (!nodes) -> !edges
  %y = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %y : !nodes
}
