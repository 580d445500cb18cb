// Reductions over the same entries of the same rows are one traversal, unless
// one depends on the other.

// RUN: pigeon-opt %s --rgnn-to-kernel | FileCheck %s
// RUN: pigeon-opt %s --rgnn-to-kernel=fuse-traversals=false | FileCheck %s --check-prefix=OFF
// RUN: pigeon-opt %s --rgnn-to-kernel --remarks-filter-passed=kernel --remarks-filter-missed=kernel --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!nodes = tensor<?x12xf32, #rgnn.on<kg.node>>
!edges = tensor<?x12xf32, #rgnn.on<kg.edge>>
!narrow = tensor<?x4xf32, #rgnn.on<kg.node>>
!narrow_edges = tensor<?x4xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg

// What only the epilogue of another reads is not stored; what both read is read
// once.
// CHECK-LABEL: kernel.program @spread
// CHECK: %[[H:.*]] = kernel.buffer input "arg0"
// CHECK: %[[SPREAD:.*]] = kernel.buffer output "result0"
// CHECK: %[[MEAN:.*]] = kernel.buffer output "result1"
// CHECK: kernel.traverse "max of kg.edge, min of kg.edge, mean of kg.edge on kg.node"
// CHECK-SAME: entry_inputs(%[[H]]["src"] : memref<?x12xf32>)
// CHECK-SAME: reduce [#kernel.reduction<max>, #kernel.reduction<min>, #kernel.reduction<mean>]
// CHECK-SAME: outs(%[[SPREAD]], %[[MEAN]]
// CHECK-NEXT: ^bb0(%[[E:.*]]: f32):
// CHECK-NEXT: kernel.yield %[[E]], %[[E]], %[[E]]
// CHECK: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %[[C:.*]]: f32):
// CHECK-NEXT: %[[D:.*]] = arith.subf %[[A]], %[[B]]
// CHECK-NEXT: kernel.yield %[[D]], %[[C]]
// CHECK-NOT: kernel.traverse

// OFF-LABEL: kernel.program @spread
// OFF-COUNT-3: kernel.traverse
// OFF-NOT: kernel.traverse
// OFF-LABEL: kernel.program @softmax
func.func @spread(%h: !nodes) -> (!nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %a = rgnn.aggregate max %u, dst : (!edges) -> !nodes
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}shares the traversal of another reduction over the same entries: 2 kernels, {{.*}} instead of 4 kernels,
  %b = rgnn.aggregate min %u, dst : (!edges) -> !nodes
  %d = arith.subf %a, %b : !nodes
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}shares the traversal {{.*}} instead of 6 kernels,
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  return %d, %m : !nodes, !nodes
}

// The messages of the sum need the maximum.
// CHECK-LABEL: kernel.program @softmax
// CHECK: kernel.traverse "max of kg.edge on kg.node"
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
func.func @softmax(%s: !edges) -> !nodes {
  %a = rgnn.aggregate max %s, dst : (!edges) -> !nodes
  %g = rgnn.gather %a, dst : (!nodes) -> !edges
  %d = arith.subf %s, %g : !edges
  %e = math.exp %d : !edges
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}stays a kernel of its own: what it reads depends on another reduction over the same entries
  %z = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  return %z : !nodes
}

// Two chains of three links, side by side; kernels change their order.
// CHECK-LABEL: kernel.program @chains
// CHECK: kernel.traverse "sum of kg.edge, max of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "dst")
// CHECK: kernel.traverse "sum of kg.edge, max of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "src")
// CHECK: kernel.traverse "sum of kg.edge, max of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "dst")
// CHECK-NOT: kernel.traverse
func.func @chains(%h: !nodes) -> (!nodes, !nodes) {
  %g0 = rgnn.gather %h, src : (!nodes) -> !edges
  %a0 = rgnn.aggregate sum %g0, dst : (!edges) -> !nodes
  %g1 = rgnn.gather %a0, dst : (!nodes) -> !edges
  %a1 = rgnn.aggregate sum %g1, src : (!edges) -> !nodes
  %g2 = rgnn.gather %a1, src : (!nodes) -> !edges
  %a2 = rgnn.aggregate sum %g2, dst : (!edges) -> !nodes
  %b0 = rgnn.aggregate max %g0, dst : (!edges) -> !nodes
  %k1 = rgnn.gather %b0, dst : (!nodes) -> !edges
  %b1 = rgnn.aggregate max %k1, src : (!edges) -> !nodes
  %k2 = rgnn.gather %b1, src : (!nodes) -> !edges
  %b2 = rgnn.aggregate max %k2, dst : (!edges) -> !nodes
  return %a2, %b2 : !nodes, !nodes
}

// Two chains that go opposite ways: with the sweeps by "src" in one kernel, those
// by "dst" cannot be one, for it would run before and after that.
// CHECK-LABEL: kernel.program @crossed
// CHECK: kernel.traverse "sum of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "dst")
// CHECK: kernel.traverse "max of kg.edge, max of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "src")
// CHECK: kernel.traverse "min of kg.edge on kg.node" {{.*}} entries(<kg.edge>, "dst")
func.func @crossed(%h: !nodes) -> (!nodes, !nodes) {
  %g0 = rgnn.gather %h, src : (!nodes) -> !edges
  %a0 = rgnn.aggregate sum %g0, dst : (!edges) -> !nodes
  %g1 = rgnn.gather %a0, dst : (!nodes) -> !edges
  %a1 = rgnn.aggregate max %g1, src : (!edges) -> !nodes
  %k0 = rgnn.gather %h, dst : (!nodes) -> !edges
  %b0 = rgnn.aggregate max %k0, src : (!edges) -> !nodes
  %k1 = rgnn.gather %b0, src : (!nodes) -> !edges
  %b1 = rgnn.aggregate min %k1, dst : (!edges) -> !nodes
  return %a1, %b1 : !nodes, !nodes
}

// Other widths are other kernels.
// CHECK-LABEL: kernel.program @widths
// CHECK-COUNT-2: kernel.traverse "sum of kg.edge on kg.node"
func.func @widths(%x: !edges, %y: !narrow_edges) -> (!nodes, !narrow) {
  %a = rgnn.aggregate sum %x, dst : (!edges) -> !nodes
  %b = rgnn.aggregate sum %y, dst : (!narrow_edges) -> !narrow
  return %a, %b : !nodes, !narrow
}
