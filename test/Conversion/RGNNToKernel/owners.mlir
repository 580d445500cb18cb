// Products whose rows are summed at once: RGCN is one kernel, whose blocks own
// nodes. Without segments the means are a kernel and the product reads them.

// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=on" | FileCheck %s
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=on fuse-rows=off fuse-terms=off" | FileCheck %s --check-prefix=STORED
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel="destination-stationary=on" --remark-format=emitRemark --remarks-filter-passed=kernel 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK: %[[H:.*]] = kernel.buffer input "h"
// CHECK: %[[W:.*]] = kernel.buffer input "w"{{.*}} on <kg.relation>
// CHECK: %[[W0:.*]] = kernel.buffer input "w0"
// CHECK: %[[BIAS:.*]] = kernel.buffer input "bias"
// CHECK-NOT: kernel.buffer workspace
// CHECK: %[[OUT:.*]] = kernel.buffer output "out"
// CHECK: kernel.gemm "linear of mean of kg.edge on kg.dst_pair, summed, plus linear on kg.node"
// CHECK-SAME: rows(<kg.dst_pair>) key("rel")
// CHECK-SAME: lhs(%[[H]]["src"] {{.*}}) of(<mean of <kg.edge> by "dst_pair">) rhs(%[[W]]
// CHECK-SAME: into(<kg.node> by "node") own(%[[H]]["self"] {{.*}}) own_rhs(%[[W0]]
// CHECK-SAME: addends(%[[BIAS]]["none"] {{.*}} outs(%[[OUT]]
// CHECK: ^bb0(%[[SUM:.*]]: f32, %[[OWN:.*]]: f32, %[[B:.*]]: f32):
// CHECK: %[[X:.*]] = arith.addf %[[SUM]], %[[OWN]]
// CHECK: %[[Y:.*]] = arith.addf %[[X]], %[[B]]
// CHECK: kernel.yield %[[Y]]
// CHECK-NOT: kernel.gemm
// CHECK-NOT: kernel.traverse

// STORED: kernel.traverse "mean of kg.edge on kg.dst_pair"
// STORED: kernel.gemm "linear on kg.dst_pair, summed on kg.node"
// STORED-SAME: lhs(%{{.*}}["self"] {{.*}}into(<kg.node> by "node") outs(
// STORED: kernel.gemm "linear on kg.node"

// REMARK: remark: {{.*}}is computed in blocks that own sums of its rows: {{.*}} instead of {{[0-9]}} kernels
