// Each fusion on and off, on the least model that shows it.

// RUN: split-file %s %t
// RUN: pigeon-opt %t/gather.mlir --rgnn-to-kernel | FileCheck %t/gather.mlir
// RUN: pigeon-opt %t/gather.mlir --rgnn-to-kernel=fuse-gather=false | FileCheck %t/gather.mlir --check-prefix=OFF
// RUN: pigeon-opt %t/epilogue.mlir --rgnn-to-kernel | FileCheck %t/epilogue.mlir
// RUN: pigeon-opt %t/epilogue.mlir --rgnn-to-kernel=fuse-epilogue=false | FileCheck %t/epilogue.mlir --check-prefix=OFF
// RUN: pigeon-opt %t/body.mlir --rgnn-to-kernel | FileCheck %t/body.mlir
// RUN: pigeon-opt %t/body.mlir --rgnn-to-kernel=fuse-body=false | FileCheck %t/body.mlir --check-prefix=OFF
// RUN: pigeon-opt %t/limits.mlir --rgnn-to-kernel | FileCheck %t/limits.mlir
// RUN: pigeon-opt %t/remarks.mlir --rgnn-to-kernel --remark-format=emitRemark --remarks-filter-passed=kernel 2>&1 | FileCheck %t/remarks.mlir

//--- gather.mlir

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!types = tensor<?x8xf32, #rgnn.on<kg.node_type>>
rgnn.graph @kg

// An access path of the sweep; two gathers are one path.
// CHECK-LABEL: kernel.program @path
// CHECK: %[[T:.*]] = kernel.buffer input "arg0"
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK-SAME: entry_inputs(%[[T]]["src_type"]
// CHECK-NOT: kernel.traverse

// OFF-LABEL: kernel.program @path
// OFF: %[[T:.*]] = kernel.buffer input "arg0"
// OFF: %[[X:.*]] = kernel.buffer workspace "t0"
// OFF: kernel.traverse "row-wise on kg.node" rows(<kg.node>) row_inputs(%[[T]]["type"] {{.*}} outs(%[[X]]
// OFF: %[[U:.*]] = kernel.buffer workspace "t1"
// OFF: kernel.traverse "row-wise on kg.edge" rows(<kg.edge>) row_inputs(%[[X]]["src"] {{.*}} outs(%[[U]]
// OFF: kernel.traverse "sum of kg.edge on kg.node"
// OFF-SAME: entry_inputs(%[[U]]["self"]
func.func @path(%t: !types) -> !nodes {
  %x = rgnn.gather %t, type : (!types) -> !nodes
  %u = rgnn.gather %x, src : (!nodes) -> !edges
  %y = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %y : !nodes
}

// The rows of a product.
// CHECK-LABEL: kernel.program @product
// CHECK: %[[H:.*]] = kernel.buffer input "arg0"
// CHECK: kernel.gemm {{.*}} lhs(%[[H]]["src"]
// CHECK-SAME: prologue {
// CHECK-NEXT: } epilogue {
// CHECK-NEXT: }

// OFF-LABEL: kernel.program @product
// OFF: kernel.traverse "row-wise on kg.edge"
// OFF: kernel.gemm {{.*}} lhs(%{{.*}}["self"]
func.func @product(%h: !nodes, %w: tensor<8x8xf32>) -> !edges {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %y = rgnn.linear %u, %w, none : (!edges, tensor<8x8xf32>) -> !edges
  return %y : !edges
}

//--- epilogue.mlir

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!scalars = tensor<?x1xf32, #rgnn.on<kg.node>>
!norms = tensor<?xf32, #rgnn.on<kg.node>>
rgnn.graph @kg

// CHECK-LABEL: kernel.program @sweep
// CHECK: %[[X:.*]] = kernel.buffer input "arg1"
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK-SAME: row_inputs(%[[X]]["self"]
// The message sees the row inputs after its own.
// CHECK-SAME: message {
// CHECK-NEXT: ^bb0(%[[E:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: kernel.yield %[[E]]
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[ROW:.*]]: f32):
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[ACC]], %[[ROW]]
// CHECK-NEXT: kernel.yield %[[Y]]
// CHECK-NOT: kernel.traverse

// OFF-LABEL: kernel.program @sweep
// OFF: kernel.traverse "sum of kg.edge on kg.node"
// OFF: kernel.traverse "row-wise on kg.node"
func.func @sweep(%e: !edges, %x: !nodes) -> !nodes {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %y = arith.mulf %s, %x : !nodes
  return %y : !nodes
}

// A scale by a narrower value, read where the row is.
// CHECK-LABEL: kernel.program @product
// CHECK: %[[S:.*]] = kernel.buffer input "arg2"
// CHECK: kernel.gemm
// CHECK-SAME: addends(%[[S]]["self"] : memref<?xf32>)
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[SCALE:.*]]: f32):
// CHECK-NEXT: arith.mulf %[[ACC]], %[[SCALE]]

// OFF-LABEL: kernel.program @product
// OFF: kernel.gemm
// OFF: kernel.traverse "row-wise on kg.node"
func.func @product(%h: !nodes, %w: tensor<8x8xf32>, %s: !norms) -> !nodes {
  %x = rgnn.linear %h, %w, none : (!nodes, tensor<8x8xf32>) -> !nodes
  %y = rgnn.scale %x, %s : (!nodes, !norms) -> !nodes
  return %y : !nodes
}

//--- body.mlir

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!scores = tensor<?xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg

// Row-wise work of the message, in the sweep.
// CHECK-LABEL: kernel.program @message
// CHECK: %[[H:.*]] = kernel.buffer input "arg0"
// CHECK: %[[E:.*]] = kernel.buffer input "arg1"
// CHECK: kernel.traverse "max of kg.edge on kg.node"
// CHECK-SAME: entry_inputs(%[[H]]["dst"], %[[E]]["self"]
// CHECK: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: %[[M:.*]] = arith.subf %[[A]], %[[B]]
// CHECK-NEXT: kernel.yield %[[M]]
// CHECK-NOT: kernel.traverse

// OFF-LABEL: kernel.program @message
// OFF: kernel.traverse "row-wise on kg.edge"
// OFF: kernel.traverse "max of kg.edge on kg.node"
func.func @message(%h: !nodes, %e: !edges) -> !nodes {
  %v = rgnn.gather %h, dst : (!nodes) -> !edges
  %m = arith.subf %v, %e : !edges
  %y = rgnn.aggregate max %m, dst : (!edges) -> !nodes
  return %y : !nodes
}

// The prologue of a product; a lhs may be narrower than K.
// CHECK-LABEL: kernel.program @prologue
// CHECK: kernel.gemm
// CHECK-SAME: lhs(%{{.*}}["src"], %{{.*}}["self"] : memref<?x8xf32>, memref<?xf32>)
// CHECK-SAME: prologue {
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: arith.mulf %[[A]], %[[B]]

// OFF-LABEL: kernel.program @prologue
// OFF: kernel.traverse "row-wise on kg.edge"
// OFF: kernel.gemm
func.func @prologue(%h: !nodes, %s: !scores, %w: tensor<8x8xf32>) -> !edges {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %m = rgnn.scale %u, %s : (!edges, !scores) -> !edges
  %y = rgnn.linear %m, %w, none : (!edges, tensor<8x8xf32>) -> !edges
  return %y : !edges
}

//--- limits.mlir

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!pairs = tensor<?x8xf32, #rgnn.on<kg.dst_pair>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!split = tensor<?x2x4xf32, #rgnn.on<kg.node>>
!other = tensor<?x4x2xf32, #rgnn.on<kg.node>>
rgnn.graph @kg

// A value with two readers is not computed in the epilogue of its producer: the
// other reader needs it as it is.
// CHECK-LABEL: kernel.program @two_readers
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK: kernel.traverse "row-wise on kg.node"
// CHECK: kernel.traverse "row-wise on kg.node"
func.func @two_readers(%e: !edges, %x: !nodes) -> (!nodes, !nodes) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %y = arith.mulf %s, %x : !nodes
  %z = arith.subf %s, %x : !nodes
  return %y, %z : !nodes, !nodes
}

// Nor if the other reader reads one of its reshapes.
// CHECK-LABEL: kernel.program @reshape_with_two_readers
// CHECK: kernel.traverse "sum of kg.edge on kg.node" {{.*}}outs(%[[S:[0-9]+]]
// CHECK: kernel.traverse "row-wise on kg.node" {{.*}} row_inputs(%[[S]]["self"]
func.func @reshape_with_two_readers(%e: !edges, %x: !other) -> (!split, !other) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %split = rgnn.reshape %s : (!nodes) -> !split
  %other = rgnn.reshape %split : (!split) -> !other
  %y = arith.mulf %other, %x : !other
  return %split, %y : !split, !other
}

// Two leaves that are read per edge cost more than one result: stored once.
// CHECK-LABEL: kernel.program @two_leaves
// CHECK: kernel.traverse "row-wise on kg.node"
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
func.func @two_leaves(%x: !nodes, %y: !nodes) -> !nodes {
  %p = arith.mulf %x, %y : !nodes
  %u = rgnn.gather %p, src : (!nodes) -> !edges
  %s = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %s : !nodes
}

// One leaf is as cheap as the result.
// CHECK-LABEL: kernel.program @one_leaf
// CHECK-NOT: row-wise
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK: math.exp
func.func @one_leaf(%x: !nodes) -> !nodes {
  %p = math.exp %x : !nodes
  %u = rgnn.gather %p, src : (!nodes) -> !edges
  %s = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %s : !nodes
}

// What the sweep computes for itself is stored later, for the caller.
// CHECK-LABEL: kernel.program @stored_later
// CHECK: %[[X:.*]] = kernel.buffer input "arg0"
// CHECK: kernel.traverse "sum of kg.edge on kg.node" {{.*}} entry_inputs(%[[X]]["src"]
// CHECK: kernel.buffer output "result1"
// CHECK: kernel.traverse "row-wise on kg.node"
func.func @stored_later(%x: !nodes) -> (!nodes, !nodes) {
  %p = math.exp %x : !nodes
  %u = rgnn.gather %p, src : (!nodes) -> !edges
  %s = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  return %s, %p : !nodes, !nodes
}

// Truth values have no buffer, and never need one.
// CHECK-LABEL: kernel.program @truth
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK: kernel.traverse "row-wise on kg.node"
// CHECK: arith.cmpf
// CHECK: arith.select
func.func @truth(%e: !edges, %x: !nodes) -> !nodes {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %c = arith.cmpf ogt, %s, %x : !nodes
  %y = arith.select %c, %s, %x : tensor<?x8xi1, #rgnn.on<kg.node>>, !nodes
  return %y : !nodes
}

// Nor has work on one row.
// CHECK-LABEL: kernel.program @one_row
// CHECK: %[[A:.*]] = kernel.buffer input "arg1" : memref<8xf32>
// CHECK: %[[B:.*]] = kernel.buffer input "arg2" : memref<8xf32>
// CHECK: kernel.traverse "row-wise on kg.node"
// CHECK-SAME: %[[A]]["none"], %[[B]]["none"]
func.func @one_row(%x: !nodes, %a: tensor<8xf32>, %b: tensor<8xf32>) -> !nodes {
  %c = arith.addf %a, %b : tensor<8xf32>
  %d = rgnn.gather %c, none : (tensor<8xf32>) -> !nodes
  %y = arith.addf %x, %d : !nodes
  return %y : !nodes
}

//--- remarks.mlir

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg

func.func @f(%e: !edges, %x: !nodes, %w: !nodes) -> (!nodes, !nodes) {
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  // CHECK: [[#@LINE+1]]:8: remark: {{.*}}joins the epilogue of the kernel of its operand
  %y = arith.mulf %s, %x : !nodes
  // CHECK: [[#@LINE+1]]:8: remark: {{.*}}a kernel of its own, row-wise
  %z = arith.subf %x, %w : !nodes
  return %y, %z : !nodes, !nodes
}
