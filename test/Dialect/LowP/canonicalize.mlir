// RUN: pigeon-opt %s -canonicalize | FileCheck %s

// What was packed and unpacked again is what it was.
// CHECK-LABEL: func.func @same(
// CHECK-SAME: %[[CODES:.*]]: tensor
// CHECK-NEXT: return %[[CODES]]
func.func @same(%codes: tensor<16x64x!lowp.uint<6>>) -> tensor<16x64x!lowp.uint<6>> {
  %0 = lowp.pack %codes : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  %1 = lowp.unpack %0 : tensor<192xi32> -> tensor<16x64x!lowp.uint<6>>
  return %1 : tensor<16x64x!lowp.uint<6>>
}

// Other planes are other words, and another type reads other numbers.
// CHECK-LABEL: func.func @other(
// CHECK: lowp.unpack
// CHECK: lowp.unpack
func.func @other(%codes: tensor<16x64x!lowp.uint<6>>)
    -> (tensor<16x64x!lowp.uint<6>>, tensor<16x64x!lowp.int<6>>) {
  %0 = lowp.pack %codes : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  %1 = lowp.unpack %0 planes [6] : tensor<192xi32> -> tensor<16x64x!lowp.uint<6>>
  %2 = lowp.unpack %0 : tensor<192xi32> -> tensor<16x64x!lowp.int<6>>
  return %1, %2 : tensor<16x64x!lowp.uint<6>>, tensor<16x64x!lowp.int<6>>
}
