// Several products of one set of rows.

// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// every product has an output

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has 1 other rhs but 0 outputs for them}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// other weights differ in their columns alone

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  %u = kernel.buffer workspace "u" : memref<32x8xf32>
  // expected-error @+1 {{expects another rhs that differs from 'memref<64x32xf32>' in nothing but its columns, found 'memref<32x8xf32>'}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%u : memref<32x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) prologue {
  } epilogue {
  }
}

// -----

// the output of another product is as wide as its weight

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  %u = kernel.buffer workspace "u"[%n] : memref<?x16xf32>
  // expected-error @+1 {{expects another output of width batch x N = 8, found 16}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%u : memref<?x16xf32>) prologue {
  } epilogue {
  }
}

// -----

// a product is no part of another

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{epilogue yields for product 1 what depends on product 0}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %a, %c : f32, f32
  }
}

// -----

// addends fit the product that reads them

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  %b = kernel.buffer workspace "b" : memref<32xf32>
  // expected-error @+1 {{has addends of width 32, which does not divide the width 8 of the product that reads them}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>) addends(%b["none"] : memref<32xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) prologue {
  } epilogue {
  ^bb0(%a: f32, %s: f32, %c: f32):
    %d = arith.addf %s, %c : f32
    kernel.yield %a, %d : f32, f32
  }
}

// -----

// the epilogue yields a value for each

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{epilogue yields ('f32'), expected ('f32', 'f32')}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    kernel.yield %a : f32
  }
}

// -----

// each product has one tile

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has several products, each in one tile, but one of 32 columns in a tile of 16}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 16, block_k = 16, step_k = 16, threads = 128>} prologue {
  } epilogue {
  }
}

// -----

// several products take one item

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has several products, of which a block takes one item, found 2}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 32, block_k = 16, step_k = 16, threads = 128, items = 2>} prologue {
  } epilogue {
  }
}

// -----

// tiles of several products fit the registers

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has several products with 96 accumulators in each thread, expected at most 64}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v, %v : memref<64x8xf32>, memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z, %z : memref<?x8xf32>, memref<?x8xf32>) {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 32, block_k = 16, step_k = 16, threads = 32>} prologue {
  } epilogue {
  }
}

// -----

// tiles of several products fit shared memory

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  // expected-error @+1 {{has tiles of several products that take 51200 bytes of shared memory, a block has 49152}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v, %v, %v, %v, %v : memref<64x8xf32>, memref<64x8xf32>, memref<64x8xf32>, memref<64x8xf32>, memref<64x8xf32>)
      outs(%y : memref<?x32xf32>) other_outs(%z, %z, %z, %z, %z : memref<?x8xf32>, memref<?x8xf32>, memref<?x8xf32>, memref<?x8xf32>, memref<?x8xf32>) {schedule = #kernel.gemm_schedule<block_m = 128, block_n = 32, block_k = 64, step_k = 16, threads = 256>} prologue {
  } epilogue {
  }
}

// -----

// several products have no terms

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %v = kernel.buffer workspace "v" : memref<64x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x8xf32>
  %p = kernel.size <kg.dst_pair>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  // expected-error @+1 {{has several products, of which none can be packed, summed into owners or have terms yet}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      other_rhs(%v : memref<64x8xf32>)
      terms(%t["self"] : memref<?x32xf32>) of(#kernel.segment<sum of <kg.dst_pair> by "node">)
      outs(%y : memref<?x32xf32>) other_outs(%z : memref<?x8xf32>) prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %c = arith.addf %a, %s : f32
    kernel.yield %c, %b : f32, f32
  }
}
