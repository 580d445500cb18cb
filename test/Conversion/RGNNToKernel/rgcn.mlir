// The README's model: two sweeps over rows, one product per pair, and one whose
// epilogue adds the neighbours and the bias.

// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-to-kernel | FileCheck %s

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
