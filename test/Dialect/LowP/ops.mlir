// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s -mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

// CHECK-LABEL: func.func private @types(
// CHECK-SAME: tensor<2x!lowp.int<1>>, tensor<2x!lowp.uint<8>>, tensor<2x!lowp.float<3, 2>>
// CHECK-SAME: tensor<2x!lowp.float<1, 1>>, tensor<2x!lowp.float<7, 0>>, tensor<2x!lowp.ternary>, tensor<2x!lowp.lut<4>>
func.func private @types(tensor<2x!lowp.int<1>>, tensor<2x!lowp.uint<8>>, tensor<2x!lowp.float<3, 2>>,
    tensor<2x!lowp.float<1, 1>>, tensor<2x!lowp.float<7, 0>>, tensor<2x!lowp.ternary>, tensor<2x!lowp.lut<4>>)

// CHECK-LABEL: func.func @quantize(
// CHECK-SAME: {lowp.name = "w"}
func.func @quantize(%w: tensor<32x64xf32> {lowp.name = "w"}, %s: tensor<32x4xf16>,
                    %channel: tensor<32x1xf8E8M0FNU>, %z: tensor<32x4x!lowp.uint<4>>,
                    %book: tensor<16xf16>, %books: tensor<32x4x16xf32>)
    -> (tensor<32x64x!lowp.int<3>> {lowp.name = "codes"}) {
  // CHECK: lowp.quantize %{{.*}} scales(%{{.*}}) : (tensor<32x64xf32>, tensor<32x4xf16>) -> tensor<32x64x!lowp.int<3>>
  %0 = lowp.quantize %w scales(%s) : (tensor<32x64xf32>, tensor<32x4xf16>) -> tensor<32x64x!lowp.int<3>>
  // CHECK: lowp.quantize %{{.*}} scales(%{{.*}}) zeros(%{{.*}}) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<32x4x!lowp.uint<4>>) -> tensor<32x64x!lowp.uint<4>>
  %1 = lowp.quantize %w scales(%s) zeros(%z)
    : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<32x4x!lowp.uint<4>>) -> tensor<32x64x!lowp.uint<4>>
  // CHECK: lowp.quantize %{{.*}} scales(%{{.*}}) book(%{{.*}}) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<16xf16>) -> tensor<32x64x!lowp.lut<4>>
  %2 = lowp.quantize %w scales(%s) book(%book)
    : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<16xf16>) -> tensor<32x64x!lowp.lut<4>>
  // CHECK: lowp.dequantize %{{.*}} scales(%{{.*}}) book(%{{.*}}) : (tensor<32x64x!lowp.lut<4>>, tensor<32x4xf16>, tensor<32x4x16xf32>) -> tensor<32x64xbf16>
  %3 = lowp.dequantize %2 scales(%s) book(%books)
    : (tensor<32x64x!lowp.lut<4>>, tensor<32x4xf16>, tensor<32x4x16xf32>) -> tensor<32x64xbf16>
  // CHECK: lowp.quantize %{{.*}} scales(%{{.*}}) : (tensor<32x64xf32>, tensor<32x1xf8E8M0FNU>) -> tensor<32x64xf4E2M1FN>
  %4 = lowp.quantize %w scales(%channel) : (tensor<32x64xf32>, tensor<32x1xf8E8M0FNU>) -> tensor<32x64xf4E2M1FN>
  // CHECK: lowp.dequantize %{{.*}} scales(%{{.*}}) : (tensor<32x64xf4E2M1FN>, tensor<32x1xf8E8M0FNU>) -> tensor<32x64xf32>
  %5 = lowp.dequantize %4 scales(%channel) : (tensor<32x64xf4E2M1FN>, tensor<32x1xf8E8M0FNU>) -> tensor<32x64xf32>
  return %0 : tensor<32x64x!lowp.int<3>>
}

// CHECK-LABEL: func.func @pack(
func.func @pack(%six: tensor<17x65x!lowp.uint<6>>, %ternary: tensor<16x80x!lowp.ternary>, %si: tensor<16x64xsi4>) {
  // CHECK: lowp.pack %{{.*}} : tensor<17x65x!lowp.uint<6>> -> tensor<768xi32>
  %0 = lowp.pack %six : tensor<17x65x!lowp.uint<6>> -> tensor<768xi32>
  // CHECK: lowp.pack %{{.*}} planes [6] : tensor<17x65x!lowp.uint<6>> -> tensor<768xi32>
  %1 = lowp.pack %six planes [6] : tensor<17x65x!lowp.uint<6>> -> tensor<768xi32>
  // CHECK: lowp.unpack %{{.*}} planes [2, 4] : tensor<768xi32> -> tensor<17x65x!lowp.uint<6>>
  %2 = lowp.unpack %1 planes [2, 4] : tensor<768xi32> -> tensor<17x65x!lowp.uint<6>>
  // CHECK: lowp.pack %{{.*}} : tensor<16x80x!lowp.ternary> -> tensor<64xi32>
  %3 = lowp.pack %ternary : tensor<16x80x!lowp.ternary> -> tensor<64xi32>
  // CHECK: lowp.pack %{{.*}} : tensor<16x64xsi4> -> tensor<128xi32>
  %4 = lowp.pack %si : tensor<16x64xsi4> -> tensor<128xi32>
  return
}

// CHECK-LABEL: func.func @matmul(
func.func @matmul(%x: tensor<16x256xf16>, %w: tensor<384x256x!lowp.uint<6>>, %s: tensor<384x2xf16>,
                  %z: tensor<384x2xf16>, %bias: tensor<384xf16>, %residual: tensor<16x384xf32>) {
  // CHECK: lowp.matmul %{{.*}}, %{{.*}} scales(%{{.*}}) : (tensor<16x256xf16>, tensor<384x256x!lowp.uint<6>>, tensor<384x2xf16>) -> tensor<16x384xf16>
  // CHECK-NOT: epilogue
  %0 = lowp.matmul %x, %w scales(%s)
    : (tensor<16x256xf16>, tensor<384x256x!lowp.uint<6>>, tensor<384x2xf16>) -> tensor<16x384xf16>
  // CHECK: lowp.matmul %{{.*}}, %{{.*}} scales(%{{.*}}) zeros(%{{.*}}) addends(%{{.*}}, %{{.*}}) :
  // CHECK-SAME: -> tensor<16x384xf32> epilogue {
  // CHECK-NEXT: ^bb0(%{{.*}}: f32, %{{.*}}: f16, %{{.*}}: f32):
  // CHECK: lowp.yield %{{.*}} : f32
  %1 = lowp.matmul %x, %w scales(%s) zeros(%z) addends(%bias, %residual)
    : (tensor<16x256xf16>, tensor<384x256x!lowp.uint<6>>, tensor<384x2xf16>, tensor<384x2xf16>,
       tensor<384xf16>, tensor<16x384xf32>) -> tensor<16x384xf32> epilogue {
  ^bb0(%sum: f32, %b: f16, %r: f32):
    %2 = arith.extf %b : f16 to f32
    %3 = arith.addf %sum, %2 : f32
    %4 = arith.addf %3, %r : f32
    lowp.yield %4 : f32
  }
  return
}
