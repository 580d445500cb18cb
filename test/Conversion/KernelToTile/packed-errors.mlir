// RUN: pigeon-opt %s --kernel-to-tile -split-input-file -verify-diagnostics

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf32>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{multiplies packed weights with 'memref<16x128xf32>'; only f16 can be compiled yet}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf32>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xbf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{multiplies packed weights with 'memref<16x128xbf16>'; only f16 can be compiled yet}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xbf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1792xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has weights of float<5, 1>; only floats below 8 bits with at most 4 exponent bits fit f16}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1792xi32>)
      packed(<"float<5, 1>", planes = [4, 2, 1], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<2048xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has weights of float<4, 3>; only floats below 8 bits with at most 4 exponent bits fit f16}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<2048xi32>)
      packed(<"float<4, 3>", planes = [8], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1536xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has codes that lie across words; only planes of 1, 2, 4 and 8 bits can be compiled yet}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1536xi32>)
      packed(<"uint<6>", planes = [6], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x144xf16>
  %w = kernel.buffer input "w" : memref<1536xi32>
  %s = kernel.buffer input "s" : memref<64x3xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has a scale for each 48 rows; only multiples and divisors of 64, or all of them, can be compiled yet}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x144xf16>) rhs(%w : memref<1536xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 144, group = 48>)
      scales(%s : memref<64x3xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 64, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}
