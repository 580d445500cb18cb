// RUN: pigeon-opt %s --lowp-to-kernel | FileCheck %s

// Two layers; the first with a bias, computed in f32 whatever the text says.
// CHECK-LABEL: kernel.program @layers
// CHECK: %[[X:.*]] = kernel.buffer input "x" : memref<16x128xf16>
// CHECK: %[[W1:.*]] = kernel.buffer input "w1" : memref<1024xi32>
// CHECK: %[[Y:.*]] = kernel.buffer output "y" : memref<16x32xf32>
// CHECK: %[[T:.*]] = kernel.buffer workspace "product0" : memref<16x64xf16>
// CHECK: kernel.gemm "product with int<4>" rows(<16>) key("none") lhs(%[[X]]["self"] : memref<16x128xf16>)
// CHECK-SAME: rhs(%[[W1]] : memref<1024xi32>)
// CHECK-SAME: packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 64>)
// CHECK-SAME: addends(%{{.*}}["none"] : memref<64xf16>) outs(%[[T]]
// CHECK: ^bb0(%[[SUM:.*]]: f32, %[[BIAS:.*]]: f32):
// CHECK-NEXT: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-NEXT: %[[A:.*]] = arith.mulf %[[BIAS]], %[[HALF]] : f32
// CHECK-NEXT: %[[B:.*]] = arith.addf %[[SUM]], %[[A]] : f32
// CHECK-NEXT: kernel.yield %[[B]] : f32
// CHECK: kernel.gemm "product with uint<6>" rows(<16>) key("none") lhs(%[[T]]["self"] : memref<16x64xf16>)
// CHECK-SAME: packed(<"uint<6>", planes = [2, 4], columns = 32, depth = 64, group = 64>)
// CHECK-SAME: scales(%{{.*}}, %{{.*}} : memref<32x1xf16>, memref<32x1xf16>) outs(%[[Y]]
// CHECK-NOT: func.func @layers
func.func @layers(%x: tensor<16x128xf16> {lowp.name = "x"}, %w1: tensor<1024xi32> {lowp.name = "w1"},
                  %s1: tensor<64x2xf16>, %bias: tensor<64xf16>, %w2: tensor<384xi32>, %s2: tensor<32x1xf16>,
                  %z2: tensor<32x1xf16>) -> (tensor<16x32xf32> {lowp.name = "y"}) {
  %0 = lowp.unpack %w1 : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
  %1 = lowp.matmul %x, %0 scales(%s1) addends(%bias)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf16>, tensor<64xf16>)
    -> tensor<16x64xf16> epilogue {
  ^bb0(%sum: f32, %b: f16):
    %half = arith.constant 0.5 : f16
    %4 = arith.mulf %b, %half : f16
    %5 = arith.extf %4 : f16 to f32
    %6 = arith.addf %sum, %5 : f32
    %7 = arith.truncf %6 : f32 to f16
    lowp.yield %7 : f16
  }
  %2 = lowp.unpack %w2 planes [2, 4] : tensor<384xi32> -> tensor<32x64x!lowp.uint<6>>
  %3 = lowp.matmul %1, %2 scales(%s2) zeros(%z2)
    : (tensor<16x64xf16>, tensor<32x64x!lowp.uint<6>>, tensor<32x1xf16>, tensor<32x1xf16>) -> tensor<16x32xf32>
  return %3 : tensor<16x32xf32>
}

// What has no product stays for others.
// CHECK-LABEL: func.func @other
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
