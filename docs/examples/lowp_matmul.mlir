// A linear layer whose weight has 3 bits a number: 16 rows of activations, 256
// wide, give rows of 384. Each 64 weights of a row share a scale.
//
// The weight is stored packed, as words in the order in which a matrix
// instruction reads them, so that memory holds 3 bits a weight and no more.

!words = tensor<9216xi32>
!weight = tensor<384x256x!lowp.int<3>>

func.func @lowp_matmul(%x: tensor<16x256xf16> {lowp.name = "x"},
                       %words: !words {lowp.name = "words"},
                       %scales: tensor<384x4xf16> {lowp.name = "scales"},
                       %bias: tensor<384xf16> {lowp.name = "bias"})
    -> (tensor<16x384xf16> {lowp.name = "y"}) {
  %w = lowp.unpack %words : !words -> !weight
  %y = lowp.matmul %x, %w scales(%scales) addends(%bias)
    : (tensor<16x256xf16>, !weight, tensor<384x4xf16>, tensor<384xf16>)
    -> tensor<16x384xf16> epilogue {
  ^bb0(%sum: f32, %b: f16):
    %0 = arith.extf %b : f16 to f32
    %1 = arith.addf %sum, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    lowp.yield %2 : f16
  }
  return %y : tensor<16x384xf16>
}
