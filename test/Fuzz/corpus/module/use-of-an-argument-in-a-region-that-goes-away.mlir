kernel.program @p {
    kernel.yield %a : f32
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>)
      rhs(%w : memref<64x32xf32>) outs(%y : memref<?x32xf32>) prologue {
  ^bb0(%a: f32, %b: f32):
    kernel.yield %a : f32
  } epilogue {!  }
}
