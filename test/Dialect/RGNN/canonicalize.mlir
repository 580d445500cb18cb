// RUN: pigeon-opt %s --canonicalize | FileCheck %s

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.src_pair>>
!types = tensor<?x64xf32, #rgnn.on<kg.node_type>>

rgnn.graph @kg {classes = {direction = 2}}
rgnn.graph @test {shares = @kg}

// The pair's node is the edge's source.
// CHECK-LABEL: func.func @gather_of_gather
// CHECK-SAME: (%[[H:.*]]: tensor
func.func @gather_of_gather(%h: !nodes) -> !edges {
  // CHECK-NEXT: %[[E:.*]] = rgnn.gather %[[H]], src : (tensor<?x64xf32, #rgnn.on<kg.node>>) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  // CHECK-NEXT: return %[[E]]
  %p = rgnn.gather %h, node : (!nodes) -> !pairs
  %e = rgnn.gather %p, src_pair : (!pairs) -> !edges
  return %e : !edges
}

// Three in a row, across graphs that share their nodes.
// CHECK-LABEL: func.func @gather_thrice
// CHECK-SAME: (%[[T:.*]]: tensor
func.func @gather_thrice(%t: !types) -> tensor<?x64xf32, #rgnn.on<test.edge>> {
  // CHECK-NEXT: %[[E:.*]] = rgnn.gather %[[T]], dst_type : {{.*}} -> tensor<?x64xf32, #rgnn.on<test.edge>>
  // CHECK-NEXT: return %[[E]]
  %n = rgnn.gather %t, type : (!types) -> !nodes
  %p = rgnn.gather %n, node : (!nodes) -> tensor<?x64xf32, #rgnn.on<test.dst_pair>>
  %e = rgnn.gather %p, dst_pair : (tensor<?x64xf32, #rgnn.on<test.dst_pair>>)
    -> tensor<?x64xf32, #rgnn.on<test.edge>>
  return %e : tensor<?x64xf32, #rgnn.on<test.edge>>
}

// CHECK-LABEL: func.func @gather_of_class
// CHECK-SAME: (%[[D:.*]]: tensor
func.func @gather_of_class(%d: tensor<?xf32, #rgnn.on<kg.direction>>)
    -> tensor<?xf32, #rgnn.on<kg.edge>> {
  // CHECK-NEXT: rgnn.gather %[[D]], direction : {{.*}} -> tensor<?xf32, #rgnn.on<kg.edge>>
  %r = rgnn.gather %d, direction : (tensor<?xf32, #rgnn.on<kg.direction>>)
    -> tensor<?xf32, #rgnn.on<kg.relation>>
  %e = rgnn.gather %r, rel : (tensor<?xf32, #rgnn.on<kg.relation>>)
    -> tensor<?xf32, #rgnn.on<kg.edge>>
  return %e : tensor<?xf32, #rgnn.on<kg.edge>>
}

// CHECK-LABEL: func.func @gather_of_one_row
// CHECK-SAME: (%[[B:.*]]: tensor
func.func @gather_of_one_row(%b: tensor<64xf32>) -> !edges {
  // CHECK-NEXT: rgnn.gather %[[B]], none : (tensor<64xf32>) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  %n = rgnn.gather %b, none : (tensor<64xf32>) -> !nodes
  %e = rgnn.gather %n, dst : (!nodes) -> !edges
  return %e : !edges
}

// CHECK-LABEL: func.func @self
// CHECK-SAME: (%[[H:.*]]: tensor
func.func @self(%h: !nodes) -> (!nodes, !nodes) {
  // CHECK-NEXT: return %[[H]], %[[H]]
  %0 = rgnn.gather %h, self : (!nodes) -> !nodes
  %1 = rgnn.aggregate mean %h, self : (!nodes) -> !nodes
  return %0, %1 : !nodes, !nodes
}

// One value everywhere stays one value.
// CHECK-LABEL: func.func @fill
// CHECK-SAME: (%[[C:.*]]: f32)
func.func @fill(%c: f32) -> tensor<?x2x4xf32, #rgnn.on<kg.edge>> {
  // CHECK-NEXT: %[[F:.*]] = rgnn.fill %[[C]] : (f32) -> tensor<?x2x4xf32, #rgnn.on<kg.edge>>
  // CHECK-NEXT: return %[[F]]
  %0 = rgnn.fill %c : (f32) -> tensor<2xf32>
  %1 = rgnn.broadcast %0 : (tensor<2xf32>) -> tensor<2x32xf32>
  %2 = rgnn.reshape %1 : (tensor<2x32xf32>) -> tensor<64xf32>
  %3 = rgnn.slice %2 [3] [8] : (tensor<64xf32>) -> tensor<8xf32>
  %4 = rgnn.reshape %3 : (tensor<8xf32>) -> tensor<2x4xf32>
  %5 = rgnn.gather %4, none : (tensor<2x4xf32>)
    -> tensor<?x2x4xf32, #rgnn.on<kg.edge>>
  return %5 : tensor<?x2x4xf32, #rgnn.on<kg.edge>>
}

// CHECK-LABEL: func.func @reshape
// CHECK-SAME: (%[[H:.*]]: tensor
func.func @reshape(%h: !nodes) -> (!nodes, tensor<?x8x8xf32, #rgnn.on<kg.node>>) {
  // CHECK-NEXT: %[[R:.*]] = rgnn.reshape %[[H]] : {{.*}} -> tensor<?x8x8xf32, #rgnn.on<kg.node>>
  // CHECK-NEXT: return %[[H]], %[[R]]
  %0 = rgnn.reshape %h : (!nodes) -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  %1 = rgnn.reshape %0 : (tensor<?x4x16xf32, #rgnn.on<kg.node>>) -> !nodes
  %2 = rgnn.reshape %0 : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?x8x8xf32, #rgnn.on<kg.node>>
  return %1, %2 : !nodes, tensor<?x8x8xf32, #rgnn.on<kg.node>>
}

// CHECK-LABEL: func.func @broadcast
// CHECK-SAME: (%[[S:.*]]: tensor
func.func @broadcast(%s: tensor<?xf32, #rgnn.on<kg.node>>)
    -> (tensor<?x4x16xf32, #rgnn.on<kg.node>>, tensor<?xf32, #rgnn.on<kg.node>>) {
  // CHECK-NEXT: %[[B:.*]] = rgnn.broadcast %[[S]] : {{.*}} -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  // CHECK-NEXT: return %[[B]], %[[S]]
  %0 = rgnn.broadcast %s : (tensor<?xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4xf32, #rgnn.on<kg.node>>
  %1 = rgnn.broadcast %0 : (tensor<?x4xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  %2 = rgnn.broadcast %s : (tensor<?xf32, #rgnn.on<kg.node>>)
    -> tensor<?xf32, #rgnn.on<kg.node>>
  return %1, %2 : tensor<?x4x16xf32, #rgnn.on<kg.node>>,
                  tensor<?xf32, #rgnn.on<kg.node>>
}

// CHECK-LABEL: func.func @slice
// CHECK-SAME: (%[[H:.*]]: tensor
func.func @slice(%h: !nodes) -> (tensor<?x8xf32, #rgnn.on<kg.node>>, !nodes) {
  // CHECK-NEXT: %[[S:.*]] = rgnn.slice %[[H]] [20] [8] : {{.*}} -> tensor<?x8xf32, #rgnn.on<kg.node>>
  // CHECK-NEXT: return %[[S]], %[[H]]
  %0 = rgnn.slice %h [16] [16] : (!nodes) -> tensor<?x16xf32, #rgnn.on<kg.node>>
  %1 = rgnn.slice %0 [4] [8] : (tensor<?x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?x8xf32, #rgnn.on<kg.node>>
  %2 = rgnn.slice %h [0] [64] : (!nodes) -> !nodes
  return %1, %2 : tensor<?x8xf32, #rgnn.on<kg.node>>, !nodes
}

// CHECK-LABEL: func.func @concat
// CHECK-SAME: (%[[H:.*]]: tensor
func.func @concat(%h: !nodes) -> !nodes {
  // CHECK-NEXT: return %[[H]]
  %0 = rgnn.concat %h {dim = 0} : (!nodes) -> !nodes
  return %0 : !nodes
}

// What nobody uses goes, graphs stay.
// CHECK-LABEL: func.func @dead
func.func @dead(%h: !nodes, %w: tensor<64x64xf32>) {
  // CHECK-NEXT: return
  %0 = rgnn.linear %h, %w, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %1 = rgnn.gather %0, src : (!nodes) -> !edges
  %2 = rgnn.softmax %1, dst : (!edges) -> !edges
  %3 = rgnn.aggregate sum %2, dst : (!edges) -> !nodes
  return
}

// A mean along a role is not the role's gather, and sums stay where they are.
// CHECK-LABEL: func.func @kept
func.func @kept(%e: !edges) -> !nodes {
  // CHECK-NEXT: rgnn.aggregate mean %{{.*}}, src_pair
  // CHECK-NEXT: rgnn.aggregate sum %{{.*}}, node
  %0 = rgnn.aggregate mean %e, src_pair : (!edges) -> !pairs
  %1 = rgnn.aggregate sum %0, node : (!pairs) -> !nodes
  return %1 : !nodes
}
