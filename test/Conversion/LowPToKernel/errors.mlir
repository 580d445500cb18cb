// RUN: pigeon-opt %s --lowp-to-kernel -split-input-file -verify-diagnostics

// expected-error@+1 {{cannot be compiled yet: argument 2 is 'tensor<64x2xf8E4M3FN>'; expected floats, or weights packed into words}}
func.func @f(%x: tensor<16x128xf16>, %w: tensor<1024xi32>, %s: tensor<64x2xf8E4M3FN>) -> tensor<16x64xf16> {
  %0 = lowp.unpack %w : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
  %1 = lowp.matmul %x, %0 scales(%s)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf8E4M3FN>) -> tensor<16x64xf16>
  return %1 : tensor<16x64xf16>
}

// -----

// expected-error@+1 {{cannot be compiled yet: argument 1 is 'tensor<64x128x!lowp.int<4>>'; expected floats, or weights packed into words}}
func.func @f(%x: tensor<16x128xf16>, %w: tensor<64x128x!lowp.int<4>>, %s: tensor<64x2xf16>) -> tensor<16x64xf16> {
  %1 = lowp.matmul %x, %w scales(%s)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf16>) -> tensor<16x64xf16>
  return %1 : tensor<16x64xf16>
}

// -----

func.func @f(%x: tensor<16x160xf16>, %w: tensor<512xi32>, %s: tensor<64x1xf16>) -> tensor<16x64xf16> {
  %0 = lowp.unpack %w : tensor<512xi32> -> tensor<64x160x!lowp.ternary>
  // expected-error@+1 {{cannot be compiled yet: expected int<n>, uint<n> or float<e, m>, found "ternary"}}
  %1 = lowp.matmul %x, %0 scales(%s)
    : (tensor<16x160xf16>, tensor<64x160x!lowp.ternary>, tensor<64x1xf16>) -> tensor<16x64xf16>
  return %1 : tensor<16x64xf16>
}

// -----

func.func @f(%x: tensor<16x128xf16>, %w: tensor<1024xi32>, %s: tensor<64x2xf16>) -> (tensor<16x64xf16>, tensor<16x64xf16>) {
  %0 = lowp.unpack %w : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
  %1 = lowp.matmul %x, %0 scales(%s)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf16>) -> tensor<16x64xf16>
  // expected-error@+1 {{expected each result to be a product of its own, to be compiled; result 1 is not}}
  return %1, %1 : tensor<16x64xf16>, tensor<16x64xf16>
}

// -----

func.func @f(%x: tensor<16x128xf16>, %w: tensor<1024xi32>, %s: tensor<64x2xf16>) -> tensor<16x128xf16> {
  %0 = lowp.unpack %w : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
  %1 = lowp.matmul %x, %0 scales(%s)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf16>) -> tensor<16x64xf16>
  // expected-error@+1 {{expected each result to be a product of its own, to be compiled; result 0 is not}}
  return %x : tensor<16x128xf16>
}

// -----

func.func @f(%x: tensor<16x128xf16>, %w: tensor<1024xi32>, %s: tensor<64x2xf16>) -> tensor<16x64xf32> {
  %0 = lowp.unpack %w : tensor<1024xi32> -> tensor<64x128x!lowp.int<4>>
  %1 = lowp.matmul %x, %0 scales(%s)
    : (tensor<16x128xf16>, tensor<64x128x!lowp.int<4>>, tensor<64x2xf16>) -> tensor<16x64xf32> epilogue {
  ^bb0(%sum: f32):
    %a = memref.alloca() : memref<f32>
    // expected-error@-1 {{cannot be compiled in an epilogue; only scalar operations on its own values can}}
    lowp.yield %sum : f32
  }
  return %1 : tensor<16x64xf32>
}
