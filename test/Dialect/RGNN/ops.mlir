// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>

// CHECK: rgnn.graph @kg {relations = 92, node_types = 7, classes = {direction = 2, era = 0}, stats = {dst_pair = 161883, dst_pair.node = 60, dst_pair.node.items = 116, edge = 620232}}
rgnn.graph @kg {relations = 92, node_types = 7,
                classes = {direction = 2, era = 0},
                stats = {edge = 620232, dst_pair = 161883, dst_pair.node = 60, dst_pair.node.items = 116}}
// CHECK: rgnn.graph @test {shares = @kg, stats = {edge = 100}}
rgnn.graph @test {shares = @kg, stats = {edge = 100}}
// CHECK: rgnn.graph @ratings {bipartite}
rgnn.graph @ratings {bipartite}
// CHECK: rgnn.graph @plain{{$}}
rgnn.graph @plain
// CHECK: rgnn.graph @marked attributes {test.mark}
rgnn.graph @marked attributes {test.mark}
// CHECK: rgnn.graph @"knowledge base"
rgnn.graph @"knowledge base"
// CHECK: rgnn.graph @v1.2
rgnn.graph @v1.2

// CHECK-LABEL: func.func @names
// CHECK-SAME: tensor<?x64xf32, #rgnn.on<kg.node>> {rgnn.name = "h"}
// CHECK-SAME: tensor<?x64xf32, #rgnn.on<"knowledge base.edge">>
// CHECK-SAME: tensor<7x64xf32, #rgnn.on<kg.node_type>>
// CHECK-SAME: tensor<?xf32, #rgnn.on<v1.2.edge>>
// CHECK-SAME: -> (tensor<?x64xf32, #rgnn.on<kg.node>> {rgnn.name = "out"})
func.func @names(%h: !nodes {rgnn.name = "h"},
                 %b: tensor<?x64xf32, #rgnn.on<"knowledge base.edge">>,
                 %t: tensor<7x64xf32, #rgnn.on<kg.node_type>>,
                 %d: tensor<?xf32, #rgnn.on<v1.2.edge>>)
    -> (!nodes {rgnn.name = "out"}) {
  return %h : !nodes
}

// CHECK-LABEL: func.func @gather
func.func @gather(%h: !nodes, %b: tensor<64xf32>,
                  %d: tensor<?xi1, #rgnn.on<kg.direction>>,
                  %u: tensor<?xf32, #rgnn.on<ratings.src_node>>) {
  // CHECK: rgnn.gather %{{.*}}, src : (tensor<?x64xf32, #rgnn.on<kg.node>>) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  %0 = rgnn.gather %h, src : (!nodes) -> !edges
  // CHECK: rgnn.gather %{{.*}}, none : (tensor<64xf32>) -> tensor<?x64xf32, #rgnn.on<kg.node>>
  %1 = rgnn.gather %b, none : (tensor<64xf32>) -> !nodes
  // Along a class, and not only floats.
  // CHECK: rgnn.gather %{{.*}}, direction : (tensor<?xi1, #rgnn.on<kg.direction>>) -> tensor<?xi1, #rgnn.on<kg.src_pair>>
  %2 = rgnn.gather %d, direction : (tensor<?xi1, #rgnn.on<kg.direction>>)
    -> tensor<?xi1, #rgnn.on<kg.src_pair>>
  // From the owner's nodes to the edges of a graph that shares them.
  // CHECK: rgnn.gather %{{.*}}, dst : {{.*}} -> tensor<?x64xf32, #rgnn.on<test.edge>>
  %3 = rgnn.gather %h, dst : (!nodes) -> tensor<?x64xf32, #rgnn.on<test.edge>>
  // CHECK: rgnn.gather %{{.*}}, node : {{.*}} -> tensor<?xf32, #rgnn.on<ratings.src_pair>>
  %4 = rgnn.gather %u, node : (tensor<?xf32, #rgnn.on<ratings.src_node>>)
    -> tensor<?xf32, #rgnn.on<ratings.src_pair>>
  return
}

// CHECK-LABEL: func.func @aggregate
func.func @aggregate(%e: !edges, %t: tensor<?x64xf32, #rgnn.on<test.edge>>) {
  // CHECK: rgnn.aggregate sum %{{.*}}, dst_pair : (tensor<?x64xf32, #rgnn.on<kg.edge>>) -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  %0 = rgnn.aggregate sum %e, dst_pair : (!edges) -> !pairs
  // CHECK: rgnn.aggregate mean
  %1 = rgnn.aggregate mean %0, node : (!pairs) -> !nodes
  // CHECK: rgnn.aggregate max %{{.*}}, none : {{.*}} -> tensor<64xf32>
  %2 = rgnn.aggregate max %e, none : (!edges) -> tensor<64xf32>
  // CHECK: rgnn.aggregate min %{{.*}}, rel : {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.relation>>
  %3 = rgnn.aggregate min %t, rel : (tensor<?x64xf32, #rgnn.on<test.edge>>)
    -> tensor<?x64xf32, #rgnn.on<kg.relation>>
  return
}

// CHECK-LABEL: func.func @softmax
func.func @softmax(%s: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // CHECK: rgnn.softmax %{{.*}}, dst : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  %0 = rgnn.softmax %s, dst : (tensor<?x4xf32, #rgnn.on<kg.edge>>)
    -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// CHECK-LABEL: func.func @linear
func.func @linear(%x: !edges, %h: tensor<?x3x4x64xf32, #rgnn.on<kg.edge>>,
                  %w: tensor<?x64x32xf32, #rgnn.on<kg.relation>>,
                  %wh: tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>,
                  %w0: tensor<64x32xf32>, %b: tensor<64xf32>,
                  %v: tensor<?x8x64xf32, #rgnn.on<kg.relation>>) {
  // CHECK: rgnn.linear %{{.*}}, %{{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.edge>>, tensor<?x64x32xf32, #rgnn.on<kg.relation>>) -> tensor<?x32xf32, #rgnn.on<kg.edge>>
  %0 = rgnn.linear %x, %w, rel
    : (!edges, tensor<?x64x32xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x32xf32, #rgnn.on<kg.edge>>
  // Batch dimensions.
  // CHECK: -> tensor<?x3x4x32xf32, #rgnn.on<kg.edge>>
  %1 = rgnn.linear %h, %w, rel
    : (tensor<?x3x4x64xf32, #rgnn.on<kg.edge>>,
       tensor<?x64x32xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x3x4x32xf32, #rgnn.on<kg.edge>>
  // Heads on the weight, then on both, with a batch dimension before.
  // CHECK: -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  %2 = rgnn.linear %x, %wh, rel
    : (!edges, tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  // CHECK: -> tensor<?x3x4x16xf32, #rgnn.on<kg.edge>>
  %3 = rgnn.linear %h, %wh, rel
    : (tensor<?x3x4x64xf32, #rgnn.on<kg.edge>>,
       tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x3x4x16xf32, #rgnn.on<kg.edge>>
  // One weight for all rows, and one row.
  // CHECK: none : {{.*}} -> tensor<?x32xf32, #rgnn.on<kg.edge>>
  %4 = rgnn.linear %x, %w0, none : (!edges, tensor<64x32xf32>)
    -> tensor<?x32xf32, #rgnn.on<kg.edge>>
  // CHECK: none : (tensor<64xf32>, tensor<64x32xf32>) -> tensor<32xf32>
  %5 = rgnn.linear %b, %w0, none : (tensor<64xf32>, tensor<64x32xf32>)
    -> tensor<32xf32>
  // A product of weights.
  // CHECK: self : {{.*}} -> tensor<?x8x32xf32, #rgnn.on<kg.relation>>
  %6 = rgnn.linear %v, %w, self
    : (tensor<?x8x64xf32, #rgnn.on<kg.relation>>,
       tensor<?x64x32xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x8x32xf32, #rgnn.on<kg.relation>>
  return
}

// CHECK-LABEL: func.func @outer
func.func @outer(%x: !edges, %xh: tensor<?x4x64xf32, #rgnn.on<kg.edge>>,
                 %yh: tensor<?x4x16xf32, #rgnn.on<kg.edge>>) {
  // CHECK: rgnn.outer %{{.*}}, %{{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.edge>>, tensor<?x64xf32, #rgnn.on<kg.edge>>) -> tensor<?x64x64xf32, #rgnn.on<kg.relation>>
  %0 = rgnn.outer %x, %x, rel : (!edges, !edges)
    -> tensor<?x64x64xf32, #rgnn.on<kg.relation>>
  // CHECK: rgnn.outer %{{.*}}, %{{.*}}, none : {{.*}} -> tensor<4x64x16xf32>
  %1 = rgnn.outer %xh, %yh, none
    : (tensor<?x4x64xf32, #rgnn.on<kg.edge>>,
       tensor<?x4x16xf32, #rgnn.on<kg.edge>>) -> tensor<4x64x16xf32>
  return
}

// CHECK-LABEL: func.func @dot_and_scale
func.func @dot_and_scale(%x: tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                         %one: tensor<4x16xf32>, %s: tensor<f32>) {
  // CHECK: rgnn.dot %{{.*}}, %{{.*}} : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>, tensor<?x4x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  %0 = rgnn.dot %x, %x : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                          tensor<?x4x16xf32, #rgnn.on<kg.edge>>)
    -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  // CHECK: rgnn.scale %{{.*}}, %{{.*}} : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>, tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  %1 = rgnn.scale %x, %0 : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>,
                            tensor<?x4xf32, #rgnn.on<kg.edge>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  // CHECK: rgnn.scale %{{.*}}, %{{.*}} : (tensor<4x16xf32>, tensor<f32>) -> tensor<4x16xf32>
  %2 = rgnn.scale %one, %s : (tensor<4x16xf32>, tensor<f32>)
    -> tensor<4x16xf32>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: tensor<?x4x16xf32, #rgnn.on<kg.node>>, %c: f32,
                  %b: tensor<2x32xf32>) {
  // CHECK: rgnn.reduce sum %{{.*}} : (tensor<?x4x16xf32, #rgnn.on<kg.node>>) -> tensor<?x4xf32, #rgnn.on<kg.node>>
  %0 = rgnn.reduce sum %x {dims = 1}
    : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4xf32, #rgnn.on<kg.node>>
  // CHECK: rgnn.reduce mean %{{.*}} {dims = 2 : i64} : {{.*}} -> tensor<?xf32, #rgnn.on<kg.node>>
  %1 = rgnn.reduce mean %x {dims = 2}
    : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?xf32, #rgnn.on<kg.node>>
  // CHECK: rgnn.reduce max
  %2 = rgnn.reduce max %b : (tensor<2x32xf32>) -> tensor<2xf32>
  // CHECK: rgnn.broadcast %{{.*}} : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  %3 = rgnn.broadcast %1 : (tensor<?xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  // CHECK: rgnn.fill %{{.*}} : (f32) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  %4 = rgnn.fill %c : (f32) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  // CHECK: rgnn.reshape %{{.*}} : (tensor<?x4x16xf32, #rgnn.on<kg.node>>) -> tensor<?x64xf32, #rgnn.on<kg.node>>
  %5 = rgnn.reshape %x : (tensor<?x4x16xf32, #rgnn.on<kg.node>>) -> !nodes
  // CHECK: rgnn.slice %{{.*}} [1, 4] [2, 8] : {{.*}} -> tensor<?x2x8xf32, #rgnn.on<kg.node>>
  %6 = rgnn.slice %x [1, 4] [2, 8] : (tensor<?x4x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?x2x8xf32, #rgnn.on<kg.node>>
  // CHECK: rgnn.concat %{{.*}}, %{{.*}} {dim = 1 : i64} : {{.*}} -> tensor<?x4x32xf32, #rgnn.on<kg.node>>
  %7 = rgnn.concat %x, %3 {dim = 1}
    : (tensor<?x4x16xf32, #rgnn.on<kg.node>>,
       tensor<?x4x16xf32, #rgnn.on<kg.node>>)
    -> tensor<?x4x32xf32, #rgnn.on<kg.node>>
  return
}
