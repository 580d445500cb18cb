// Products of the same rows by weights of the same key are one kernel, if a block
// has room for the columns of all of them.

// RUN: pigeon-opt %s --rgnn-to-kernel | FileCheck %s
// RUN: pigeon-opt %s --rgnn-to-kernel=fuse-products=false | FileCheck %s --check-prefix=OFF
// RUN: pigeon-opt %s --rgnn-to-kernel --remarks-filter-passed=kernel --remarks-filter-missed=kernel --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!scores = tensor<?x8xf32, #rgnn.on<kg.node>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg

// Each yields what is its own; an addend is read by the product that it fits.
// CHECK-LABEL: kernel.program @scores
// CHECK-DAG: %[[H:.*]] = kernel.buffer input "arg0"
// CHECK-DAG: %[[W:.*]] = kernel.buffer input "arg1"
// CHECK-DAG: %[[A:.*]] = kernel.buffer input "arg2"
// CHECK-DAG: %[[C:.*]] = kernel.buffer input "arg3"
// CHECK: kernel.gemm "linear, linear on kg.node" rows(<kg.node>) key("none")
// CHECK-SAME: lhs(%[[H]]["self"] : memref<?x64xf32>) rhs(%[[W]] : memref<64x64xf32>)
// CHECK-SAME: other_rhs(%[[A]] : memref<64x8xf32>) addends(%[[C]]["none"] : memref<8xf32>)
// CHECK-SAME: outs(%{{.*}} : memref<?x64xf32>) other_outs(%{{.*}} : memref<?x8xf32>)
// CHECK: ^bb0(%[[X:.*]]: f32, %[[Y:.*]]: f32, %[[SCALE:.*]]: f32):
// CHECK-NEXT: %[[Z:.*]] = arith.mulf %[[Y]], %[[SCALE]]
// CHECK-NEXT: kernel.yield %[[X]], %[[Z]]
// CHECK-NOT: kernel.gemm

// OFF-LABEL: kernel.program @scores
// OFF-COUNT-2: kernel.gemm "linear on kg.node"
func.func @scores(%h: !nodes, %w: tensor<64x64xf32>, %a: tensor<64x8xf32>,
                  %c: tensor<8xf32>) -> (!nodes, !scores) {
  %x = rgnn.linear %h, %w, none : (!nodes, tensor<64x64xf32>) -> !nodes
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}shares the kernel of another product of the same rows: 1 kernel, {{.*}} instead of 2 kernels,
  %y = rgnn.linear %h, %a, none : (!nodes, tensor<64x8xf32>) -> !scores
  %g = rgnn.gather %c, none : (tensor<8xf32>) -> !scores
  %z = arith.mulf %y, %g : !scores
  return %x, %z : !nodes, !scores
}

// Rows that are picked, by keys; of four, three are together.
// CHECK-LABEL: kernel.program @four
// CHECK: kernel.gemm "linear, linear, linear on kg.edge" {{.*}} key("rel") lhs(%{{.*}}["src"]
// CHECK: kernel.gemm "linear on kg.edge"
func.func @four(%h: !nodes, %a: !weights, %b: !weights, %c: !weights, %d: !weights)
    -> (!edges, !edges, !edges, !edges) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %0 = rgnn.linear %u, %a, rel : (!edges, !weights) -> !edges
  %1 = rgnn.linear %u, %b, rel : (!edges, !weights) -> !edges
  %2 = rgnn.linear %u, %c, rel : (!edges, !weights) -> !edges
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}stays a kernel of its own: with other products of the same rows there would be 256 columns, more than the 192 that fit a block
  %3 = rgnn.linear %u, %d, rel : (!edges, !weights) -> !edges
  return %0, %1, %2, %3 : !edges, !edges, !edges, !edges
}

// A gate needs the other product.
// CHECK-LABEL: kernel.program @gated
// CHECK-COUNT-2: kernel.gemm "linear on kg.node"
func.func @gated(%h: !nodes, %w: tensor<64x64xf32>, %v: tensor<64x64xf32>) -> !nodes {
  %x = rgnn.linear %h, %w, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %t = math.tanh %x : !nodes
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}stays a kernel of its own: what it reads depends on another product of the same rows
  %y = rgnn.linear %h, %v, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %z = arith.mulf %y, %t : !nodes
  return %z : !nodes
}

// Means that both read have a kernel where one product needs the other: each
// would compute them.
// CHECK-LABEL: kernel.program @gated_means
// CHECK: kernel.traverse "mean of kg.edge on kg.node"
// CHECK-COUNT-2: kernel.gemm "linear on kg.node"
func.func @gated_means(%h: !nodes, %w: tensor<64x64xf32>, %v: tensor<64x64xf32>) -> !nodes {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}stays a kernel of its own: of the products that read it one depends on another
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %x = rgnn.linear %m, %w, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %t = math.tanh %x : !nodes
  %y = rgnn.linear %m, %v, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %z = arith.mulf %y, %t : !nodes
  return %z : !nodes
}

// Terms would part the two products that share means.
// CHECK-LABEL: kernel.program @means_and_sum
// CHECK: kernel.traverse "sum of kg.edge on kg.node"
// CHECK: kernel.gemm "linear, linear of mean of kg.edge on kg.node"
// CHECK-NOT: kernel.gemm
func.func @means_and_sum(%h: !nodes, %e: !edges, %w: tensor<64x64xf32>, %v: tensor<64x64xf32>) -> (!nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}stays a kernel of its own: the product that it is added to aggregates its rows together with another
  %s = rgnn.aggregate sum %e, dst : (!edges) -> !nodes
  %x = rgnn.linear %m, %w, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %y = rgnn.linear %m, %v, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %z = arith.addf %x, %s : !nodes
  return %z, %y : !nodes, !nodes
}

// Means that both read are computed on the way in, once.
// CHECK-LABEL: kernel.program @means
// CHECK: kernel.gemm "linear, linear of mean of kg.edge on kg.dst_pair" {{.*}} lhs(%{{.*}}["src"]
// CHECK-SAME: of(<mean of <kg.edge> by "dst_pair">) rhs({{.*}}other_rhs(
// CHECK-NOT: kernel.traverse
// OFF-LABEL: kernel.program @means
// OFF: kernel.traverse "mean of kg.edge on kg.dst_pair"
// OFF-COUNT-2: kernel.gemm "linear on kg.dst_pair"
func.func @means(%h: !nodes, %w: !weights, %v: !weights)
    -> (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>, tensor<?x64xf32, #rgnn.on<kg.dst_pair>>) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  // REMARK: [[#@LINE+1]]:8: remark: {{.*}}is computed on the way into the product
  %m = rgnn.aggregate mean %u, dst_pair : (!edges) -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  %x = rgnn.linear %m, %w, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>, !weights) -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  %y = rgnn.linear %m, %v, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>, !weights) -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  return %x, %y : tensor<?x64xf32, #rgnn.on<kg.dst_pair>>, tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
}
