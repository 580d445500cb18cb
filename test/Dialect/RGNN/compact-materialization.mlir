// Every function also runs before and after, see test/Unit/RGNN/RewritesTest.cpp.

// RUN: pigeon-opt %s --rgnn-compact-materialization --canonicalize | FileCheck %s --check-prefixes=CHECK,AUTO
// RUN: pigeon-opt %s --rgnn-compact-materialization=mode=on --canonicalize | FileCheck %s --check-prefixes=CHECK,ON
// RUN: pigeon-opt %s --rgnn-compact-materialization --remark-format=emitRemark --remarks-filter=rgnn 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: pigeon-opt %s > %t.before
// RUN: pigeon-opt %s --rgnn-compact-materialization=mode=off | diff %t.before -

// Many edges have one source pair each, few of them one destination pair.
rgnn.graph @kg {stats = {relation = 5, edge = 1000000, src_pair = 200000, dst_pair = 990000,
                         node = 50000}}
rgnn.graph @test {shares = @kg, stats = {edge = 1000000, src_pair = 1000}}

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>

// CHECK-LABEL: func.func @product
// CHECK-SAME: %[[H:.*]]: tensor<?x64xf32, #rgnn.on<kg.node>>, %[[W:.*]]: tensor
func.func @product(%h: !nodes, %w: !weights) -> !edges {
  // CHECK: %[[U:.*]] = rgnn.gather %[[H]], node : {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.src_pair>>
  // CHECK: %[[Y:.*]] = rgnn.linear %[[U]], %[[W]], rel : {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.src_pair>>
  // CHECK: %[[Z:.*]] = rgnn.gather %[[Y]], src_pair : {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  // CHECK: return %[[Z]]
  // REMARK: [[#@LINE+2]]:8: remark: [Passed] compact-materialization {{.*}}moves from kg.edge (1000000 rows) to kg.src_pair (200000 rows): 1 kernel, {{.*}} instead of 1 kernel, {{.*}}"
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
}

// Without a key it is a product per node; a key that is the type of the source
// stays one.
// CHECK-LABEL: func.func @on_nodes
func.func @on_nodes(%h: !nodes, %w0: tensor<64x64xf32>,
                    %v: tensor<?x64x64xf32, #rgnn.on<kg.node_type>>) -> (!edges, !edges) {
  // CHECK: rgnn.linear %{{.*}}, none : (tensor<?x64xf32, #rgnn.on<kg.node>>
  // CHECK: rgnn.linear %{{.*}}, type : (tensor<?x64xf32, #rgnn.on<kg.node>>
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w0, none : (!edges, tensor<64x64xf32>) -> !edges
  %z = rgnn.linear %u, %v, src_type
    : (!edges, tensor<?x64x64xf32, #rgnn.on<kg.node_type>>) -> !edges
  return %y, %z : !edges, !edges
}

// 990,000 rows of pairs are not worth the gather.
// CHECK-LABEL: func.func @declined
func.func @declined(%h: !nodes, %w: !weights) -> !edges {
  // AUTO: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.edge>>
  // ON: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  // REMARK: [[#@LINE+2]]:8: remark: [Missed] compact-materialization {{.*}}stays on kg.edge (1000000 rows): 1 kernel, {{.*}}; on kg.dst_pair (990000 rows): 1 kernel
  %u = rgnn.gather %h, dst : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
}

// Both ends of an edge tell more edges apart than any pair does.
// CHECK-LABEL: func.func @both_ends
func.func @both_ends(%h: !nodes, %w: !weights) -> !edges {
  // CHECK: rgnn.linear {{.*}} : (tensor<?x64xf32, #rgnn.on<kg.edge>>
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %v = rgnn.gather %h, dst : (!nodes) -> !edges
  %s = arith.addf %u, %v : !edges
  %y = rgnn.linear %s, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
}

// Neither does a role tell enough apart that the data does not come by.
// CHECK-LABEL: func.func @own_data
func.func @own_data(%e: !edges, %w: !weights) -> !edges {
  // CHECK: rgnn.linear {{.*}} : (tensor<?x64xf32, #rgnn.on<kg.edge>>
  %y = rgnn.linear %e, %w, rel : (!edges, !weights) -> !edges
  return %y : !edges
}

// Row-wise work is taken along; so are constants and data of one row. Work
// after the product follows.
// CHECK-LABEL: func.func @chain
func.func @chain(%h: !nodes, %z: tensor<?x64xf32, #rgnn.on<kg.relation>>,
                 %b: tensor<64xf32>, %w: !weights) -> !edges {
  // CHECK: rgnn.gather {{.*}}, node : {{.*}}src_pair
  // CHECK: rgnn.gather {{.*}}, rel : {{.*}}src_pair
  // CHECK: arith.mulf {{.*}}src_pair
  // CHECK: arith.addf {{.*}}src_pair
  // CHECK: rgnn.linear {{.*}}src_pair
  // CHECK: arith.mulf {{.*}}src_pair
  // CHECK: rgnn.gather {{.*}}, src_pair
  // CHECK-NOT: arith
  // CHECK: return
  // REMARK: [[#@LINE+10]]:8: remark: [Passed] compact-materialization {{.*}}moves from kg.edge (1000000 rows) to kg.src_pair (200000 rows): its readers repeat it on either
  %half = arith.constant 0.5 : f32
  %halves = rgnn.fill %half : (f32) -> !edges
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %r = rgnn.gather %z, rel : (tensor<?x64xf32, #rgnn.on<kg.relation>>) -> !edges
  %c = rgnn.gather %b, none : (tensor<64xf32>) -> !edges
  %p = arith.mulf %u, %r : !edges
  %s = arith.addf %p, %c : !edges
  %y = rgnn.linear %s, %w, rel : (!edges, !weights) -> !edges
  // An epilogue.
  %a = arith.mulf %y, %halves : !edges
  return %a : !edges
}

// CHECK-LABEL: func.func @several_readers
func.func @several_readers(%h: !nodes, %w: !weights) -> (!nodes, !pairs, !edges) {
  // CHECK: rgnn.linear {{.*}}src_pair
  // CHECK-NOT: rgnn.linear
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, rel : (!edges, !weights) -> !edges
  %a = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  %b = rgnn.aggregate max %y, dst_pair : (!edges) -> !pairs
  return %a, %b, %y : !nodes, !pairs, !edges
}

// One relation's row is worked on once, whatever its edges; heads are in the way
// of nothing.
// CHECK-LABEL: func.func @relations
func.func @relations(%z: tensor<?x64xf32, #rgnn.on<kg.relation>>,
                     %w: tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.edge>> {
  // CHECK: rgnn.linear {{.*}}, self : (tensor<?x64xf32, #rgnn.on<kg.relation>>
  // CHECK: rgnn.gather {{.*}}, rel
  %r = rgnn.gather %z, rel : (tensor<?x64xf32, #rgnn.on<kg.relation>>) -> !edges
  %y = rgnn.linear %r, %w, rel
    : (!edges, tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  return %y : tensor<?x4x16xf32, #rgnn.on<kg.edge>>
}

// The pairs of another graph's edges, and the nodes that both share.
// CHECK-LABEL: func.func @shared_nodes
func.func @shared_nodes(%h: !nodes, %w: !weights)
    -> tensor<?x64xf32, #rgnn.on<test.edge>> {
  // CHECK: rgnn.gather {{.*}}, node : (tensor<?x64xf32, #rgnn.on<kg.node>>) -> tensor<?x64xf32, #rgnn.on<test.src_pair>>
  // CHECK: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<test.src_pair>>
  // CHECK: rgnn.gather {{.*}}, src_pair
  %u = rgnn.gather %h, src : (!nodes) -> tensor<?x64xf32, #rgnn.on<test.edge>>
  %y = rgnn.linear %u, %w, rel
    : (tensor<?x64xf32, #rgnn.on<test.edge>>, !weights)
    -> tensor<?x64xf32, #rgnn.on<test.edge>>
  return %y : tensor<?x64xf32, #rgnn.on<test.edge>>
}

// Nothing is moved to one row, and rows of constants stay where they are.
// CHECK-LABEL: func.func @one_row
func.func @one_row(%b: tensor<64xf32>, %w0: tensor<64x64xf32>) -> (!edges, !edges) {
  // CHECK: math.exp {{.*}} : tensor<?x64xf32, #rgnn.on<kg.edge>>
  // CHECK: rgnn.linear {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.{{.*}}>>
  %c = rgnn.gather %b, none : (tensor<64xf32>) -> !edges
  %e = math.exp %c : !edges
  %y = rgnn.linear %c, %w0, none : (!edges, tensor<64x64xf32>) -> !edges
  return %e, %y : !edges, !edges
}
