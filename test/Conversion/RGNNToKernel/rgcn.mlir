// The README's model: one product of means over edges, and one to which the sum
// over the pairs of a node is added, and the bias. Without segments: two sweeps
// over rows, one product per pair, and one whose epilogue adds the rest.

// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel | FileCheck %s --check-prefix=SEGMENTS
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=off fuse-rows=off fuse-terms=off" | FileCheck %s
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=off fuse-rows=off" | FileCheck %s --check-prefix=TERMS
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=off fuse-terms=off" | FileCheck %s --check-prefix=ROWS

// SEGMENTS: %[[H:.*]] = kernel.buffer input "h"
// SEGMENTS: %[[W:.*]] = kernel.buffer input "w"{{.*}} on <kg.relation>
// SEGMENTS: %[[W0:.*]] = kernel.buffer input "w0"
// SEGMENTS: %[[BIAS:.*]] = kernel.buffer input "bias"
// SEGMENTS: %[[T:.*]] = kernel.buffer workspace "t0"{{.*}} on <kg.dst_pair>
// SEGMENTS: kernel.gemm "linear of mean of kg.edge on kg.dst_pair" rows(<kg.dst_pair>) key("rel")
// SEGMENTS-SAME: lhs(%[[H]]["src"] {{.*}}) of(<mean of <kg.edge> by "dst_pair">) rhs(%[[W]] {{.*}} outs(%[[T]]
// SEGMENTS: %[[OUT:.*]] = kernel.buffer output "out"
// SEGMENTS: kernel.gemm "linear, plus sum of kg.dst_pair on kg.node" rows(<kg.node>) key("none")
// SEGMENTS-SAME: lhs(%[[H]]["self"] {{.*}} rhs(%[[W0]] {{.*}} addends(%[[BIAS]]["none"]
// SEGMENTS-SAME: terms(%[[T]]["self"] {{.*}}) of(<sum of <kg.dst_pair> by "node">) outs(%[[OUT]]
// SEGMENTS: ^bb0(%[[ACC:.*]]: f32, %[[SUM:.*]]: f32, %[[B:.*]]: f32):
// SEGMENTS: %[[X:.*]] = arith.addf %[[SUM]], %[[ACC]]
// SEGMENTS: %[[Y:.*]] = arith.addf %[[X]], %[[B]]
// SEGMENTS: kernel.yield %[[Y]]
// SEGMENTS-NOT: kernel.gemm
// SEGMENTS-NOT: kernel.traverse

// TERMS: kernel.traverse "mean of kg.edge on kg.dst_pair"
// TERMS: kernel.gemm "linear on kg.dst_pair"
// TERMS: kernel.gemm "linear, plus sum of kg.dst_pair on kg.node"
// TERMS-NOT: kernel.traverse

// ROWS: kernel.gemm "linear of mean of kg.edge on kg.dst_pair"
// ROWS: kernel.traverse "sum of kg.dst_pair on kg.node"
// ROWS: kernel.gemm "linear on kg.node"
// ROWS-NOT: kernel.traverse

// CHECK-LABEL: kernel.program @rgcn
// CHECK: kernel.graph @kg
// CHECK: %[[NODES:.*]] = kernel.size <kg.node>
// CHECK: %[[H:.*]] = kernel.buffer input "h"[%[[NODES]]] on <kg.node> : memref<?x64xf32>
// CHECK: %[[W:.*]] = kernel.buffer input "w"{{.*}} on <kg.relation> : memref<?x64x64xf32>
// CHECK: %[[W0:.*]] = kernel.buffer input "w0" : memref<64x64xf32>
// CHECK: %[[BIAS:.*]] = kernel.buffer input "bias" : memref<64xf32>
// CHECK: %[[T0:.*]] = kernel.buffer workspace "t0"{{.*}} on <kg.dst_pair>
// CHECK: kernel.traverse "mean of kg.edge on kg.dst_pair" rows(<kg.dst_pair>) entries(<kg.edge>, "dst_pair")
// CHECK-SAME: entry_inputs(%[[H]]["src"]
// CHECK-SAME: reduce [#kernel.reduction<mean>] outs(%[[T0]]
// CHECK: %[[T1:.*]] = kernel.buffer workspace "t1"
// CHECK: kernel.gemm "linear on kg.dst_pair" rows(<kg.dst_pair>) key("rel")
// CHECK-SAME: lhs(%[[T0]]["self"] {{.*}} rhs(%[[W]] {{.*}} outs(%[[T1]]
// CHECK: %[[T2:.*]] = kernel.buffer workspace "t2"
// CHECK: kernel.traverse "sum of kg.dst_pair on kg.node" rows(<kg.node>) entries(<kg.dst_pair>, "node")
// CHECK-SAME: entry_inputs(%[[T1]]["self"] {{.*}} outs(%[[T2]]
// CHECK: %[[OUT:.*]] = kernel.buffer output "out"[%[[NODES]]] on <kg.node>
// CHECK: kernel.gemm "linear on kg.node" rows(<kg.node>) key("none")
// CHECK-SAME: lhs(%[[H]]["self"] {{.*}} rhs(%[[W0]] {{.*}} addends(%[[T2]]["self"], %[[BIAS]]["none"] {{.*}} outs(%[[OUT]]
// CHECK: ^bb0(%[[ACC:.*]]: f32, %[[SUM:.*]]: f32, %[[B:.*]]: f32):
// CHECK: %[[X:.*]] = arith.addf %[[SUM]], %[[ACC]]
// CHECK: %[[Y:.*]] = arith.addf %[[X]], %[[B]]
// CHECK: kernel.yield %[[Y]]
// CHECK-NOT: kernel.gemm
// CHECK-NOT: kernel.traverse
// CHECK-NOT: rgnn.
