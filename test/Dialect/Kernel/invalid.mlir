// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// a program's buffers have different names

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-note @+1 {{first buffer of this name}}
  %a = kernel.buffer workspace "a"[%n] : memref<?x4xf32>
  // expected-error @+1 {{repeats the name 'a'}}
  %b = kernel.buffer workspace "a"[%n] : memref<?x4xf32>
}

// -----

// graphs have different names

kernel.program @p {
  kernel.graph @kg
  // expected-error @+1 {{repeats the name 'kg'}}
  kernel.graph @kg
}

// -----

// a shared graph exists

kernel.program @p {
  // expected-error @+1 {{shares with 'kg', which the program does not declare}}
  kernel.graph @test shares "kg"
}

// -----

// the graph of a size exists

kernel.program @p {
  // expected-error @+1 {{names graph 'kg', which the program does not declare}}
  %n = kernel.size <kg.node>
}

// -----

// rows are graph.domain

kernel.program @p {
  // expected-error @+1 {{expected 'graph.domain', found 'kg'}}
  %n = kernel.size <kg>
}

// -----

// a size for each dynamic dimension

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{has 0 sizes for 1 dynamic dimensions}}
  %a = kernel.buffer workspace "a" : memref<?x4xf32>
}

// -----

// dimensions after the rows are static

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{expects positive static dimensions after the rows, found 'memref<?x?xf32>'}}
  %a = kernel.buffer workspace "a"[%n, %n] : memref<?x?xf32>
}

// -----

// memrefs are plain

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{expects plain row-major memrefs}}
  %a = kernel.buffer workspace "a"[%n] : memref<?x4xf32, strided<[8, 1]>>
}

// -----

// the domain of a buffer exists

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{names graph 'other', which the program does not declare}}
  %a = kernel.buffer input "a"[%n] on <other.node> : memref<?x4xf32>
}

// -----

// views have names

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{expects one of the views map, csr, path, pieces, work, cuts, sorted_work, owner_work, found 'coo'}}
  %a = kernel.array "coo"(<kg.edge>, "dst", 0) "index" : memref<?xi32>
}

// -----

// views have certain arrays

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{view 'map' has no array 'offsets'}}
  %a = kernel.array "map"(<kg.edge>, "dst", 0) "offsets" : memref<?xi32>
}

// -----

// work is cut by a tile

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{view 'work' takes a positive parameter, found 0}}
  %a = kernel.array "work"(<kg.edge>, "rel", 0) "key" : memref<?xi32>
}

// -----

// a map has no parameter

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{view 'map' takes parameter 0, found 4}}
  %a = kernel.array "map"(<kg.edge>, "rel", 4) "index" : memref<?xi32>
}

// -----

// a path goes through a role

kernel.program @p {
  kernel.graph @kg
  // expected-error @+1 {{view 'path' needs a role to go through}}
  %a = kernel.array "path"(<kg.edge>, "dst", 0) "index" : memref<?xi32>
}

// -----

// other views do not

kernel.program @p {
  kernel.graph @kg
  // expected-error @+1 {{view 'map' goes through no role}}
  %a = kernel.array "map"(<kg.edge>, "dst", 0) through "src" "index" : memref<?xi32>
}

// -----

// rows are summed into those that a role names

kernel.program @p {
  kernel.graph @kg
  // expected-error @+1 {{view 'owner_work' needs a role to sum into}}
  %a = kernel.array "owner_work"(<kg.edge>, "dst_pair", 4) through "rel" "owner" : memref<?xi32>
}

// -----

kernel.program @p {
  kernel.graph @kg
  // expected-error @+1 {{view 'sorted_work' sums into no role}}
  %a = kernel.array "sorted_work"(<kg.edge>, "dst_pair", 4) through "rel" into "node" "key" : memref<?xi32>
}

// -----

// a keyed rhs has a dimension of keys

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{expects an rhs of rank 2 (K, N), found 'memref<?x64x32xf32>'}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// a batched rhs has as many matrices

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x4x16x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has batch 2 but an rhs of 4 matrices per key}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x4x16x8xf32>)
      outs(%y : memref<?x32xf32>) {batch = 2 : i64, rhs_batched} prologue {
  } epilogue {
  }
}

// -----

// the output has batch x N columns

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x16xf32>
  // expected-error @+1 {{expects an output of width batch x N = 32, found 16}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x16xf32>) prologue {
  } epilogue {
  }
}

// -----

// the lhs has K columns

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x32xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has no prologue and expects an lhs of width 64, found 32}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x32xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// widths divide the row's

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %a = kernel.buffer workspace "a"[%n] : memref<?x5xf32>
  // expected-error @+1 {{has addends of width 5, which does not divide the width 32 of a row}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>) addends(%a["self"] : memref<?x5xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32, %e: f32):
    kernel.yield %acc : f32
  }
}

// -----

// addends need an epilogue

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  %a = kernel.buffer workspace "a"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has addends, which need an epilogue}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>) addends(%a["self"] : memref<?x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// two lhs need a prologue

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has 2 lhs, which need a prologue}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"], %x["self"] : memref<?x64xf32>, memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// a region takes the types that its elements are computed in

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{epilogue takes ('f32', 'f32'), expected ('f32')}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32, %e: f32):
    kernel.yield %acc : f32
  }
}

// -----

// a region yields the element type

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{epilogue yields ('i32'), expected ('f32')}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32):
    %c = arith.constant 0 : i32
    kernel.yield %c : i32
  }
}

// -----

// a region ends with a yield

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{epilogue must end with 'kernel.yield'}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32):
    llvm.unreachable
  }
}

// -----

// a region has no side effects

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32):
    // expected-error @+1 {{is not allowed in epilogue: only scalar operations without side effects are}}
    %m = memref.alloc() : memref<4xf32>
    kernel.yield %acc : f32
  }
}

// -----

// batches must not reach into each other

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w"[%r] : memref<?x4x16x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has batches, for which block_n = 64 must divide N = 8}}
  kernel.gemm "g" rows(<kg.node>) key("rel")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x4x16x8xf32>)
      outs(%y : memref<?x32xf32>) {batch = 4 : i64, lhs_batched, rhs_batched, schedule = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256>} prologue {
  } epilogue {
  }
}

// -----

// a reduction has all its parts

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer workspace "h"[%n] : memref<?x64xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x64xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x32xf32>
  // expected-error @+1 {{expects entries, 'reduce' and a message together, or none of them}}
  kernel.traverse "t" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%h["src"] : memref<?x64xf32>)
      outs(%y : memref<?x64xf32>) message {
  } epilogue {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
}

// -----

// outputs have one width

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer workspace "h"[%n] : memref<?x64xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x64xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x32xf32>
  // expected-error @+1 {{expects outputs of one width, found 64 and 32}}
  kernel.traverse "t" rows(<kg.node>) row_inputs(%h["self"] : memref<?x64xf32>)
      outs(%y, %z : memref<?x64xf32>, memref<?x32xf32>) message {
  } epilogue {
  ^bb0(%x: f32):
    kernel.yield %x, %x : f32, f32
  }
}

// -----

// a launch names a kernel

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  // expected-error @+1 {{names kernel @kernels::@gone, which does not exist}}
  kernel.launch "l" @kernels::@gone grid(%n, %n, %n) threads(32) args() bytes(%n) operations(%n)
}

// -----

// schedules that cannot run: block_m must be a power of two from 1 to

kernel.program @p attributes {
  // expected-error @+1 {{block_m must be a power of two from 1 to 1024, found 48}}
  s = #kernel.gemm_schedule<block_m = 48, block_n = 64, block_k = 16, step_k = 8, threads = 256>
} {
}

// -----

// schedules that cannot run: step_k must be a power of two from 1 to

kernel.program @p attributes {
  // expected-error @+1 {{step_k must be a power of two from 1 to 16, found 32}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 32, threads = 256>
} {
}

// -----

// schedules that cannot run: threads must be a power of two from 32 (

kernel.program @p attributes {
  // expected-error @+1 {{threads must be a power of two from 32 (one warp) to 1024 (the largest block), found 16}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 16>
} {
}

// -----

// schedules that cannot run: an accumulator of 16384 elements on 128

kernel.program @p attributes {
  // expected-error @+1 {{an accumulator of 16384 elements on 128 threads needs 128 registers in each, at most 64 are allowed}}
  s = #kernel.gemm_schedule<block_m = 128, block_n = 128, block_k = 16, step_k = 8, threads = 128>
} {
}

// -----

// schedules that cannot run: an accumulator of 4 x 4 has fewer elemen

kernel.program @p attributes {
  // expected-error @+1 {{an accumulator of 4 x 4 has fewer elements than the 32 threads}}
  s = #kernel.gemm_schedule<block_m = 4, block_n = 4, block_k = 16, step_k = 8, threads = 32>
} {
}

// -----

// schedules that cannot run: stages must be from 1 to 8

kernel.program @p attributes {
  // expected-error @+1 {{stages must be from 1 to 8, found 9}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256, stages = 9>
} {
}

// -----

// schedules that cannot run: items must be from 1 to 1024

kernel.program @p attributes {
  // expected-error @+1 {{items must be from 1 to 1024, found 0}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256, items = 0>
} {
}

// -----

// schedules that cannot be read: expected 'async' or 'register'

kernel.program @p attributes {
  // expected-error @+1 {{expected 'async' or 'register', found 'pigeon'}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256, a_path = pigeon>
} {
}

// -----

// schedules that cannot be read: expected 'stages', 'a_path' or 'items'

kernel.program @p attributes {
  // expected-error @+1 {{expected 'stages', 'a_path' or 'items', found 'speed'}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256, speed = 9>
} {
}

// -----

// schedules that cannot run: the tiles of both operands take 65536 by

kernel.program @p attributes {
  // expected-error @+1 {{the tiles of both operands take 65536 bytes of shared memory, a block has 49152}}
  s = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 128, step_k = 8, threads = 256>
} {
}

// -----

// schedules that cannot run: chunk must be positive, found 0

kernel.program @p attributes {
  // expected-error @+1 {{chunk must be positive, found 0}}
  s = #kernel.traverse_schedule<rows = 8, block_n = 64, threads = 128, unroll = 4, chunk = 0>
} {
}

// -----

// schedules that cannot run: unroll

kernel.program @p attributes {
  // expected-error @+1 {{unroll must be from 1 to 16, found 17}}
  s = #kernel.traverse_schedule<rows = 8, block_n = 64, threads = 128, unroll = 17, chunk = 128>
} {
}

// -----

// with a prologue a lhs may be narrower, but must divide

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %s = kernel.buffer workspace "s"[%n] : memref<?x5xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has lhs of width 5, which does not divide the width 64 of a row}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"], %s["self"] : memref<?x64xf32>, memref<?x5xf32>)
      rhs(%w : memref<64x32xf32>) outs(%y : memref<?x32xf32>) prologue {
  ^bb0(%a: f32, %b: f32):
    kernel.yield %a : f32
  } epilogue {
  }
}

// -----

// regions see their arguments only

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %c = arith.constant 1.0 : f32
  %y = kernel.buffer workspace "y"[%n] : memref<?x8xf32>
  // expected-note @+1 {{required by region isolation constraints}}
  kernel.traverse "t" rows(<kg.node>) outs(%y : memref<?x8xf32>) message {
  } epilogue {
    // expected-error @+1 {{using value defined outside the region}}
    kernel.yield %c : f32
  }
}

// -----

// regions work on scalars, with what works on tiles too

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x8xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x8xf32>
  kernel.traverse "t" rows(<kg.node>) row_inputs(%x["self"] : memref<?x8xf32>)
      outs(%y : memref<?x8xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    // expected-error @+1 {{is not allowed in epilogue: only scalar operations without side effects are}}
    %v = arith.constant dense<0.0> : vector<4xf32>
    kernel.yield %a : f32
  }
}

// -----

// a row has a size

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  // expected-error @+1 {{expects rows of at most 2147483647 elements, found 'memref<?x65536x32768xf32>'}}
  %x = kernel.buffer workspace "x"[%n] : memref<?x65536x32768xf32>
}

// -----

// and its size is a number

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  // expected-error @+1 {{expects rows of at most 2147483647 elements}}
  %x = kernel.buffer workspace "x"[%n] : memref<?x4294967296x4294967296xf32>
}

// -----

kernel.program @p {
  // expected-error @+1 {{expects counts of at least 0, found -1}}
  kernel.graph @kg {relations = -1 : i64}
}

// -----

kernel.program @p {
  // expected-error @+1 {{expects class 'direction' to have a number of values, found "two"}}
  kernel.graph @kg {classes = {direction = "two"}}
}

// -----

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x8xf32>
  %w = kernel.buffer workspace "w" : memref<8x8xf32>
  // expected-error @+3 {{attribute 'batch' failed to satisfy constraint}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x8xf32>) rhs(%w : memref<8x8xf32>)
      outs(%x : memref<?x8xf32>) {batch = 9223372036854775807 : i64} prologue {
  } epilogue {
  }
}

// -----

// terms have a segment

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{expects terms and their segment together}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) {term_segment = #kernel.segment<sum of <kg.edge> by "dst">} prologue {
  } epilogue {
  }
}

// -----

// a message has terms

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has a message but no terms}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  } message {
  ^bb0:
    kernel.yield
  }
}

// -----

// several terms have a message

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has 2 terms, which need a message}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      terms(%y["src"], %y["dst"] : memref<?x32xf32>, memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32, %sum: f32):
    kernel.yield %acc : f32
  }
}

// -----

// terms need an epilogue

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has terms, which need an epilogue}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      terms(%y["src"] : memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// terms have the width of the output

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has terms of width 64, which does not divide the width 32 of a row}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      terms(%x["src"] : memref<?x64xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32, %sum: f32):
    kernel.yield %acc : f32
  }
}

// -----

// the epilogue sees what the terms give

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{epilogue takes ('f32'), expected ('f32', 'f32')}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      terms(%y["src"] : memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
}

// -----

// a message yields one value

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{message yields ('f32', 'f32'), expected ('f32')}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      terms(%y["src"] : memref<?x32xf32>)
      of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  ^bb0(%acc: f32, %sum: f32):
    kernel.yield %acc : f32
  } message {
  ^bb0(%a: f32):
    kernel.yield %a, %a : f32, f32
  }
}

// -----

// a schedule of segments has segments

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{has a schedule for segments but no segment}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) {segment_schedule = #kernel.segment_schedule<chunk = 4, unroll = 1>} prologue {
  } epilogue {
  }
}

// -----

// entries are of a graph of the program

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{names graph 'other', which the program does not declare}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["src"] : memref<?x64xf32>)
      of(#kernel.segment<mean of <other.edge> by "dst">) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}

// -----

// chunks of segments are positive

kernel.program @p {
  // expected-error @+1 {{chunk must be from 1 to 134217728, found 0}}
  kernel.graph @kg {schedule = #kernel.segment_schedule<chunk = 0, unroll = 1>}
}

// -----

// rounds of segments have entries

kernel.program @p {
  // expected-error @+1 {{unroll must be from 1 to 16, found 17}}
  kernel.graph @kg {schedule = #kernel.segment_schedule<chunk = 1, unroll = 17>}
}

// -----

// entries are of a graph

kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  // expected-error @+1 {{expects entries of a graph, found #kernel.rows<16>}}
  kernel.gemm "g" rows(<kg.node>) key("none")
      lhs(%x["src"] : memref<?x64xf32>)
      of(#kernel.segment<mean of <16> by "dst">) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
}
