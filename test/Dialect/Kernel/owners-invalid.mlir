// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// the role leads from the rows to the owners

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{sums into #kernel.rows<kg.relation>, but role 'node' of #kernel.rows<kg.dst_pair> leads to 'node'}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.relation> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// the role is one of the rows

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{role 'src' of #kernel.rows<kg.dst_pair> leads to no rows}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "src") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// owners are of a graph that is there

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{names graph 'other', which the program does not declare}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<other.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// rows of no graph have no owners

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{sums rows into others, which takes rows of a graph}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<16> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// own rows have owners

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{has own rows, but no owners that they are of}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>)  own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// own rows are multiplied by one matrix

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{expects one own and one own_rhs, found 2 and 1}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"], %h["self"] : memref<?x64xf32>, memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// the matrix has the width of the output

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{expects an own_rhs of K x 32 elements of 'f32', as those of the rhs, found 'memref<?x64xf32>'}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%h : memref<?x64xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// the matrix has the type of the other one

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{as those of the rhs, found 'memref<64x32xf16>'}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m16 : memref<64x32xf16>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// own rows have the width that the matrix contracts

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{has own of width 64, which does not divide the width 32 of a row}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%narrow : memref<32x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// own rows are not repeated

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{expects an own of width 64, found 32}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%y["self"] : memref<?x32xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// own rows need an epilogue

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{has a product of own rows, which needs an epilogue}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  }
}

// -----

// the epilogue takes both sums

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{epilogue takes ('f32'), expected ('f32', 'f32')}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}

// -----

// without own rows it takes one

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{epilogue takes ('f32', 'f32'), expected ('f32')}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node")
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// owners have no terms

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{goes neither with a packed rhs nor with terms or batches}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>) terms(%t["self"] : memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.dst_pair> by "node">)
      outs(%y : memref<?x32xf32>)  prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}

// -----

// a block takes one tile of owners, an item at a time

kernel.program @p {
  kernel.graph @kg {classes = {direction = 2 : i64}}
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %p = kernel.size <kg.dst_pair>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
  %m = kernel.buffer input "m" : memref<64x32xf32>
  %m16 = kernel.buffer input "m16" : memref<64x32xf16>
  %narrow = kernel.buffer input "narrow" : memref<32x32xf32>
  %t = kernel.buffer workspace "t"[%p] : memref<?x32xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x32xf32>
  // expected-error @+1 {{for which items must be 1 and stages 1 at most, found 1 and 2}}
  kernel.gemm "g" rows(<kg.dst_pair>) key("rel") lhs(%h["node"] : memref<?x64xf32>)
      rhs(%w : memref<?x64x32xf32>) into(<kg.node> by "node") own(%h["self"] : memref<?x64xf32>) own_rhs(%m : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) {schedule = #kernel.gemm_schedule<block_m = 32, block_n = 32, block_k = 16, step_k = 8, threads = 64, stages = 2>} prologue {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    kernel.yield %c : f32
  }
}
