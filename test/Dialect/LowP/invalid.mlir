// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{expected a width of 1 to 8 bits, found 0}}
func.func private @f(tensor<2x!lowp.int<0>>)

// -----

// expected-error@+1 {{expected a width of 1 to 8 bits, found 9}}
func.func private @f(tensor<2x!lowp.uint<9>>)

// -----

// expected-error@+1 {{expected a width of 1 to 8 bits, found 16}}
func.func private @f(tensor<2x!lowp.lut<16>>)

// -----

// expected-error@+1 {{expected at least one exponent bit, found 0}}
func.func private @f(tensor<2x!lowp.float<0, 3>>)

// -----

// expected-error@+1 {{expected 3 to 8 bits of sign, exponent and mantissa in all, found 1 + 5 + 3}}
func.func private @f(tensor<2x!lowp.float<5, 3>>)

// -----

// expected-error@+1 {{expected 3 to 8 bits of sign, exponent and mantissa in all, found 1 + 1 + 0}}
func.func private @f(tensor<2x!lowp.float<1, 0>>)

// -----

func.func @f(%w: tensor<32x64xi4>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{operand #0 must be tensor of codes (of a lowp type, or a builtin type of the same meaning), but got 'tensor<32x64xi4>'}}
  %0 = lowp.dequantize %w scales(%s) : (tensor<32x64xi4>, tensor<32x4xf16>) -> tensor<32x64xf16>
  return
}

// -----

func.func @f(%w: tensor<32x64xf8E3M4>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{operand #0 must be tensor of codes (of a lowp type, or a builtin type of the same meaning), but got 'tensor<32x64xf8E3M4>'}}
  %0 = lowp.dequantize %w scales(%s) : (tensor<32x64xf8E3M4>, tensor<32x4xf16>) -> tensor<32x64xf16>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf64>) {
  // expected-error@+1 {{operand #1 must be tensor of scales (f16, bf16, f32, f8E8M0FNU or f8E4M3FN), but got 'tensor<32x4xf64>'}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<32x4xf64>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{'lowp.quantize' op expected a result of the shape of the input 'tensor<32x64xf32>', found 'tensor<64x32x!lowp.int<4>>'}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<32x4xf16>) -> tensor<64x32x!lowp.int<4>>
  return
}

// -----

func.func @f(%w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{'lowp.dequantize' op expected a result of the shape of the input 'tensor<32x64x!lowp.int<4>>', found 'tensor<32x32xf32>'}}
  %0 = lowp.dequantize %w scales(%s) : (tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<32x32xf32>
  return
}

// -----

func.func @f(%x: tensor<32x?xf32>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected codes with a static last dimension that is not empty, found 'tensor<32x?x!lowp.int<4>>'}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x?xf32>, tensor<32x4xf16>) -> tensor<32x?x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<16x4xf16>) {
  // expected-error@+1 {{expected scales with the dimensions of the codes 'tensor<32x64x!lowp.int<4>>' but the last, found 'tensor<16x4xf16>'}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<16x4xf16>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x8xf16>) {
  // expected-error@+1 {{expected a scale for each 16, 32, 64, 128 or all 64 elements of the last dimension, found 8 scales}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<32x8xf16>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x3xf16>) {
  // expected-error@+1 {{expected a scale for each 16, 32, 64, 128 or all 64 elements of the last dimension, found 3 scales}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<32x3xf16>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{has zero points, which belong to integers, but codes of float<3, 2>}}
  %0 = lowp.quantize %x scales(%s) zeros(%s) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<32x4xf16>) -> tensor<32x64x!lowp.float<3, 2>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>, %z: tensor<32x1xf16>) {
  // expected-error@+1 {{expected zero points of the shape of the scales 'tensor<32x4xf16>', found 'tensor<32x1xf16>'}}
  %0 = lowp.quantize %x scales(%s) zeros(%z) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<32x1xf16>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>, %z: tensor<32x4x!lowp.ternary>) {
  // expected-error@+1 {{operand #2 must be tensor of zero points (f16, bf16, f32 or integer codes), but got 'tensor<32x4x!lowp.ternary>'}}
  %0 = lowp.quantize %x scales(%s) zeros(%z) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<32x4x!lowp.ternary>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected a code book for codes of lut<4>}}
  %0 = lowp.quantize %x scales(%s) : (tensor<32x64xf32>, tensor<32x4xf16>) -> tensor<32x64x!lowp.lut<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>, %b: tensor<16xf16>) {
  // expected-error@+1 {{has a code book, but codes of int<4>}}
  %0 = lowp.quantize %x scales(%s) book(%b) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<16xf16>) -> tensor<32x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<32x64xf32>, %s: tensor<32x4xf16>, %b: tensor<8xf16>) {
  // expected-error@+1 {{expected a code book of 16 entries, for all or for each scale of 'tensor<32x4xf16>', found 'tensor<8xf16>'}}
  %0 = lowp.quantize %x scales(%s) book(%b) : (tensor<32x64xf32>, tensor<32x4xf16>, tensor<8xf16>) -> tensor<32x64x!lowp.lut<4>>
  return
}

// -----

func.func @f(%w: tensor<2x16x64x!lowp.int<4>>) {
  // expected-error@+1 {{expected a matrix of codes of static shape, found 'tensor<2x16x64x!lowp.int<4>>'}}
  %0 = lowp.pack %w : tensor<2x16x64x!lowp.int<4>> -> tensor<256xi32>
  return
}

// -----

func.func @f(%w: tensor<0x64x!lowp.int<4>>) {
  // expected-error@+1 {{expected 1 to 2^40 codes, found 'tensor<0x64x!lowp.int<4>>'}}
  %0 = lowp.pack %w : tensor<0x64x!lowp.int<4>> -> tensor<0xi32>
  return
}

// -----

func.func @f(%w: tensor<17x64x!lowp.int<4>>) {
  // expected-error@+1 {{expected 256 words for 'tensor<17x64x!lowp.int<4>>', found 'tensor<136xi32>'}}
  %0 = lowp.pack %w : tensor<17x64x!lowp.int<4>> -> tensor<136xi32>
  return
}

// -----

func.func @f(%w: tensor<16x64x!lowp.uint<6>>) {
  // expected-error@+1 {{expected planes of 6 bits in all, found 5}}
  %0 = lowp.pack %w planes [4, 1] : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  return
}

// -----

func.func @f(%w: tensor<16x64x!lowp.uint<6>>) {
  // expected-error@+1 {{expected planes of 1, 2, 4 or 8 bits, found 3}}
  %0 = lowp.pack %w planes [3, 3] : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  return
}

// -----

func.func @f(%w: tensor<16x64x!lowp.uint<6>>) {
  // expected-error@+1 {{expected planes of 1, 2, 4 or 8 bits, found 0}}
  %0 = lowp.pack %w planes [4, 0, 2] : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  return
}

// -----

func.func @f(%w: tensor<64xi32>) {
  // expected-error@+1 {{ternary codes are digits of bytes and have no planes}}
  %0 = lowp.unpack %w planes [2] : tensor<64xi32> -> tensor<16x80x!lowp.ternary>
  return
}

// -----

func.func @f(%w: tensor<8x16xi32>) {
  // expected-error@+1 {{operand #0 must be one-dimensional tensor of i32 words, but got 'tensor<8x16xi32>'}}
  %0 = lowp.unpack %w : tensor<8x16xi32> -> tensor<16x64x!lowp.int<4>>
  return
}

// -----

func.func @f(%x: tensor<?x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected matrices of static shape that are not empty, found 'tensor<?x64xf16>'}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<?x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<?x32xf16>
  return
}

// -----

func.func @f(%x: tensor<16x32xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{contracts the input's last dimension, 32, with the weight's last dimension, 64}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x32xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<16x32xf16>
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected a result of shape [16, 32], found 'tensor<32x16xf16>'}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<32x16xf16>
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x32xf16>) {
  // expected-error@+1 {{expected a scale for each 16, 32, 64, 128 or all 64 elements of the last dimension, found 32 scales}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x32xf16>) -> tensor<16x32xf16>
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>, %b: tensor<16xf16>) {
  // expected-error@+1 {{expected addends of shape [16, 32] or [32], found 'tensor<16xf16>'}}
  %0 = lowp.matmul %x, %w scales(%s) addends(%b) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>, tensor<16xf16>) -> tensor<16x32xf16>
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>, %b: tensor<32xf16>) {
  // expected-error@+1 {{has addends, but no epilogue that reads them}}
  %0 = lowp.matmul %x, %w scales(%s) addends(%b) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>, tensor<32xf16>) -> tensor<16x32xf16>
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>, %b: tensor<32xf16>) {
  // expected-error@+1 {{expected an epilogue of ('f32', 'f16'), found ('f32', 'f32')}}
  %0 = lowp.matmul %x, %w scales(%s) addends(%b) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>, tensor<32xf16>) -> tensor<16x32xf32> epilogue {
  ^bb0(%a: f32, %c: f32):
    lowp.yield %a : f32
  }
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected an epilogue that yields 'f16', found 'f32'}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<16x32xf16> epilogue {
  ^bb0(%a: f32):
    lowp.yield %a : f32
  }
  return
}

// -----

func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  // expected-error@+1 {{expected an epilogue that ends in lowp.yield}}
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<16x32xf32> epilogue {
  ^bb0(%a: f32):
    llvm.unreachable
  }
  return
}

// -----

// expected-error@+1 {{argument 0 has the attribute 'lowp.nam', expected 'lowp.name'}}
func.func @f(%x: f32 {lowp.nam = "x"}) {
  return
}

// -----

// expected-error@+1 {{'lowp.name' of argument 0 must be a string that is not empty, found ""}}
func.func @f(%x: f32 {lowp.name = ""}) {
  return
}

// -----

// expected-error@+1 {{arguments 0 and 1 have one name, 'x'}}
func.func @f(%x: f32 {lowp.name = "x"}, %y: f32 {lowp.name = "x"}) {
  return
}

// -----

// expected-error@+1 {{arguments 0 and 1 have one name, 'arg1'}}
func.func @f(%x: f32 {lowp.name = "arg1"}, %y: f32) {
  return
}

// -----

// expected-error@+1 {{results 0 and 1 have one name, 'y'}}
func.func @f(%x: f32) -> (f32 {lowp.name = "y"}, f32 {lowp.name = "y"}) {
  return %x, %x : f32, f32
}

// -----

func.func @f(%w: tensor<16x64x!lowp.uint<6>>) {
  // expected-error@+1 {{expected planes of 1, 2, 4 or 8 bits, found 0}}
  %0 = lowp.pack %w planes [0] : tensor<16x64x!lowp.uint<6>> -> tensor<192xi32>
  return
}
