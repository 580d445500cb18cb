func.func @f(%x: tensor<16x64xf16>, %w: tensor<32x64x!lowp.int<4>>, %s: tensor<32x4xf16>) {
  %0 = lowp.matmul %x, %w scales(%s) : (tensor<16x64xf16>, tensor<32x64x!lowp.int<4>>, tensor<32x4xf16>) -> tensor<16x32xf16> epilogue {
  ^bb0(%a: f32):
  }
  return
}
