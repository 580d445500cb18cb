// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

// CHECK-LABEL: func.func private @accumulator(
// CHECK-SAME: tensor<16x8xf32, #layout.layout<[16, 8], {{\[\[}}local 2:2, thread 8:4], [thread 4:1, local 2:1]]>>
func.func private @accumulator(
  tensor<16x8xf32, #layout.layout<[16, 8],
    [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>>)

// A scalar that every lane of a warp holds.
// CHECK-LABEL: func.func private @replicated_scalar(
// CHECK-SAME: tensor<f32, #layout.layout<[], [], replicas = [thread 32:1]>>
func.func private @replicated_scalar(
  tensor<f32, #layout.layout<[], [], replicas = [thread 32:1]>>)

// Replica digits on both sides of a digit of the dimension.
// CHECK-LABEL: func.func private @replicated_row(
// CHECK-SAME: tensor<8xf16, #layout.layout<[8], {{\[\[}}thread 4:3, local 2:1]], replicas = [thread 2:12, thread 3:1]>>
func.func private @replicated_row(
  tensor<8xf16, #layout.layout<[8], [[thread 4:3, local 2:1]],
                               replicas = [thread 3:1, thread 2:12]>>)

// A dimension of extent 1 has no digits.
// CHECK-LABEL: func.func private @unit_dimension(
// CHECK-SAME: tensor<1x4xf32, #layout.layout<[1, 4], {{\[\[}}], [local 4:1]]>>
func.func private @unit_dimension(
  tensor<1x4xf32, #layout.layout<[1, 4], [[], [local 4:1]]>>)

// Mixed radices.
// CHECK-LABEL: func.func private @mixed_radix(
// CHECK-SAME: tensor<30xf32, #layout.layout<[30], {{\[\[}}thread 3:1, local 5:1, thread 2:3]]>>
func.func private @mixed_radix(
  tensor<30xf32, #layout.layout<[30], [[thread 3:1, local 5:1, thread 2:3]]>>)

// Two texts of one map are one type: digits of extent 1 go, digits that continue
// each other are joined. The function's type would not match its body otherwise.
// CHECK-LABEL: func.func @canonical(
// CHECK-SAME: -> tensor<32xf32, #layout.layout<[32], {{\[\[}}thread 32:1]], replicas = [thread 4:32]>>
func.func @canonical(
    %arg0: tensor<32xf32, #layout.layout<[32],
      [[thread 4:8, local 1:1, thread 8:1]],
      replicas = [thread 2:32, thread 2:64]>>)
    -> tensor<32xf32, #layout.layout<[32], [[thread 32:1]],
      replicas = [thread 4:32]>> {
  return %arg0 : tensor<32xf32, #layout.layout<[32],
    [[thread 16:2, thread 2:1]], replicas = [thread 4:32]>>
}

// CHECK-LABEL: module @shared
// CHECK-SAME: example.padded = #layout.shared<[32, 32], [33, 1]>
// CHECK-SAME: example.plain = #layout.shared<[2, 3, 4], [12, 4, 1]>
// CHECK-SAME: example.swizzled = #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>
module @shared attributes {
  example.padded = #layout.shared<[32, 32], [33, 1], swizzle(0, 4, 3)>,
  example.plain = #layout.shared<[2, 3, 4], [12, 4, 1]>,
  example.swizzled = #layout.shared<[64, 64], [64, 1], swizzle(3, 4, 3)>
} {}
