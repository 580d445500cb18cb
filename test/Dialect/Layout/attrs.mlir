// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

// Each attribute is printed once, under a name.

// CHECK-DAG: #[[ACCUMULATOR:.*]] = #layout.layout<[16, 8], {{\[\[}}local 2:2, thread 8:4], [thread 4:1, local 2:1]]>
// CHECK-DAG: #[[SCALAR:.*]] = #layout.layout<[], [], replicas = [thread 32:1]>
// CHECK-DAG: #[[ROW:.*]] = #layout.layout<[8], {{\[\[}}thread 4:3, local 2:1]], replicas = [thread 2:12, thread 3:1]>
// CHECK-DAG: #[[UNIT:.*]] = #layout.layout<[1, 4], {{\[\[}}], [local 4:1]]>
// CHECK-DAG: #[[MIXED:.*]] = #layout.layout<[30], {{\[\[}}thread 3:1, local 5:1, thread 2:3]]>
// CHECK-DAG: #[[CANONICAL:.*]] = #layout.layout<[32], {{\[\[}}thread 32:1]], replicas = [thread 4:32]>
// CHECK-DAG: #[[PADDED:.*]] = #layout.shared<[32, 32], [33, 1]>
// CHECK-DAG: #[[PLAIN:.*]] = #layout.shared<[2, 3, 4], [12, 4, 1]>
// CHECK-DAG: #[[SWIZZLED:.*]] = #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>

// CHECK: func.func private @accumulator(tensor<16x8xf32, #[[ACCUMULATOR]]>)
func.func private @accumulator(
  tensor<16x8xf32, #layout.layout<[16, 8],
    [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>>)

// A scalar that every lane of a warp holds.
// CHECK: func.func private @replicated_scalar(tensor<f32, #[[SCALAR]]>)
func.func private @replicated_scalar(
  tensor<f32, #layout.layout<[], [], replicas = [thread 32:1]>>)

// Replica digits on both sides of a digit of the dimension, in any order.
// CHECK: func.func private @replicated_row(tensor<8xf16, #[[ROW]]>)
func.func private @replicated_row(
  tensor<8xf16, #layout.layout<[8], [[thread 4:3, local 2:1]],
                               replicas = [thread 3:1, thread 2:12]>>)

// A dimension of extent 1 has no digits.
// CHECK: func.func private @unit_dimension(tensor<1x4xf32, #[[UNIT]]>)
func.func private @unit_dimension(
  tensor<1x4xf32, #layout.layout<[1, 4], [[], [local 4:1]]>>)

// Mixed radices.
// CHECK: func.func private @mixed_radix(tensor<30xf32, #[[MIXED]]>)
func.func private @mixed_radix(
  tensor<30xf32, #layout.layout<[30], [[thread 3:1, local 5:1, thread 2:3]]>>)

// Three texts of one map are one type: digits of extent 1 go, digits that
// continue each other are joined. Else the value's type would not match.
// CHECK: func.func @canonical(%{{.*}}: tensor<32xf32, #[[CANONICAL]]>) -> tensor<32xf32, #[[CANONICAL]]>
func.func @canonical(
    %arg0: tensor<32xf32, #layout.layout<[32],
      [[thread 4:8, local 1:1, thread 8:1]],
      replicas = [thread 2:32, thread 2:64]>>)
    -> tensor<32xf32, #layout.layout<[32], [[thread 32:1]],
      replicas = [thread 4:32]>> {
  return %arg0 : tensor<32xf32, #layout.layout<[32],
    [[thread 16:2, thread 2:1]], replicas = [thread 4:32]>>
}

// CHECK: module @shared
// CHECK-SAME: example.padded = #[[PADDED]]
// CHECK-SAME: example.plain = #[[PLAIN]]
// CHECK-SAME: example.swizzled = #[[SWIZZLED]]
module @shared attributes {
  example.padded = #layout.shared<[32, 32], [33, 1], swizzle(0, 4, 3)>,
  example.plain = #layout.shared<[2, 3, 4], [12, 4, 1]>,
  example.swizzled = #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>
} {}
