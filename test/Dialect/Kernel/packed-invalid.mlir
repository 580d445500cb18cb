// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{expected int<n>, uint<n> or float<e, m>, found "ternary"}}
module attributes {a = #kernel.packed<"ternary", planes = [2], columns = 64, depth = 128, group = 128>} {}

// -----

// expected-error@+1 {{expected int<n>, uint<n> or float<e, m>, found "int<9>"}}
module attributes {a = #kernel.packed<"int<9>", planes = [2], columns = 64, depth = 128, group = 128>} {}

// -----

// expected-error@+1 {{expected planes of 6 bits in all, found 5}}
module attributes {a = #kernel.packed<"uint<6>", planes = [4, 1], columns = 64, depth = 128, group = 128>} {}

// -----

// expected-error@+1 {{expected 1 to 2^31 - 1 codes, found 0 x 128}}
module attributes {a = #kernel.packed<"uint<6>", planes = [4, 2], columns = 0, depth = 128, group = 128>} {}

// -----

// expected-error@+1 {{expected groups that divide the depth 128, found 96}}
module attributes {a = #kernel.packed<"uint<6>", planes = [4, 2], columns = 64, depth = 128, group = 96>} {}

// -----

// expected-error@+1 {{expected 1 to 2^31 - 1 rows, found 0}}
module attributes {a = #kernel.rows<0>} {}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has a packed rhs, which can have no keys, batches or segments yet}}
  kernel.gemm "p" rows(<kg.edge>) key("rel") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1000xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects a packed rhs of memref<1024xi32>, found 'memref<1000xi32>'}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1000xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xf32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects a packed rhs of memref<1024xi32>, found 'memref<1024xf32>'}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xf32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects scales and perhaps zero points for a packed rhs, found 3 arrays}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s, %s, %s : memref<64x1xf16>, memref<64x1xf16>, memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<1x64xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects scales and zero points of f16, bf16 or f32 and of shape 64 x 1, found 'memref<1x64xf16>'}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<1x64xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xi32>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects scales and zero points of f16, bf16 or f32 and of shape 64 x 1, found 'memref<64x1xi32>'}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xi32>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{expects data of 17 rows, found 'memref<16x128xf16>'}}
  kernel.gemm "p" rows(<17>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has rows of no graph, which have no role 'src'}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["src"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>) scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>)  prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf32>
  %w = kernel.buffer input "w" : memref<3x128x64xf32>
  %y = kernel.buffer output "y" : memref<16x64xf32>
  // expected-error@+1 {{has rows of no graph, which have no key 'rel'}}
  kernel.gemm "p" rows(<16>) key("rel") lhs(%x["self"] : memref<16x128xf32>) rhs(%w : memref<3x128x64xf32>)
      outs(%y : memref<16x64xf32>) prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  kernel.graph @kg
  %x = kernel.buffer input "x" : memref<16x128xf32>
  %w = kernel.buffer input "w" : memref<128x64xf32>
  %y = kernel.buffer output "y" : memref<16x64xf32>
  // expected-error@+1 {{has rows of no graph, which are not made of entries}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf32>) of(#kernel.segment<sum of <kg.edge> by "dst">) rhs(%w : memref<128x64xf32>)
      outs(%y : memref<16x64xf32>) prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  // expected-error@+1 {{expects the rows of a graph, found #kernel.rows<16>}}
  %n = kernel.size <16>
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has a packed rhs, for which block_k must be 64 and block_n a multiple of 16}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 64, block_k = 32, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

kernel.program @p {
  %x = kernel.buffer input "x" : memref<16x128xf16>
  %w = kernel.buffer input "w" : memref<1024xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<16x64xf16>
  // expected-error@+1 {{has a packed rhs, for which block_k must be 64 and block_n a multiple of 16}}
  kernel.gemm "p" rows(<16>) key("none") lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
      packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>)
      scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) {schedule = #kernel.gemm_schedule<block_m = 16, block_n = 8, block_k = 64, step_k = 16, threads = 32>} prologue {
  } epilogue {
  }
}
