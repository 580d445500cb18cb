func.func @groups(%x: tensor<64x384xf16>, %w1: tensor<13824xi32>, %s1: tensor<192x12xf16>, %z1: tensor<192x12xf16>,
                  %w2: tensor<6144xi32>, %s2: tensor<256x12xf16>, %w3: tensor<7168xi32>, %s3: tensor<128x2xf16>)
    -> (tensor<64x128xf32>) {
  // 32 and 16 weights to a scale: two and four groups share a round.
  %0 = lowp.unpack %w1 : tensor<13824xi32> -> tensor<192x384x!lowp.uint<6>>
  %1 = lowp.matmul %x, %0 scales(%s1) zeros(%z1)
    : (tensor<64x384xf16>, tensor<192x384x!lowp.uint<6>>, tensor<192x12xf16>, tensor<192x12xf16>) -> tensor<64x192xf16>
  %2 = lowp.unpack %w2 : tensor<6144xi32> -> tensor<256x192x!lowp.int<4>>
  %3 = lowp.matmul %1, %2 scales(%s2)
    : (tensor<64x192xf16>, tensor<256x192x!lowp.int<4>>, tensor<256x12xf16>) -> tensor<64x256xf16>
  %4 = lowp.unpack %w3 : tensor<7168xi32> -> tensor<128x256x!lowp.float<3, 3>>
  %5 = lowp.matmul %3, %4 scales(%s3)
    : (tensor<64x256xf16>, tensor<128x256x!lowp.float<3, 3>>, tensor<128x2xf16>) -> tensor<64x128xf32>
  return %5 : tensor<64x128xf32>
}
