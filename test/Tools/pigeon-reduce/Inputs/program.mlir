kernel.program @two {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %r = kernel.size <kg.relation>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
  %w = kernel.buffer input "w" : memref<64x64xf32>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
  %unused = kernel.buffer workspace "unused"[%r] : memref<?x64xf32>
  kernel.gemm "first" rows(<kg.node>) key("none")
      lhs(%h["self"] : memref<?x64xf32>) rhs(%w : memref<64x64xf32>)
      outs(%x : memref<?x64xf32>) prologue {
  } epilogue {
  ^bb0(%product: f32):
    %0 = arith.mulf %product, %product : f32
    kernel.yield %0 : f32
  }
  kernel.traverse "second" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%x["src"] : memref<?x64xf32>)
      reduce [#kernel.reduction<sum>]
      outs(%y : memref<?x64xf32>) message {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %a : f32
    kernel.yield %0 : f32
  } epilogue {
  ^bb0(%sum: f32):
    %c = arith.constant 2.0 : f32
    %0 = arith.mulf %sum, %c : f32
    %1 = arith.addf %0, %sum : f32
    %2 = arith.maximumf %1, %c : f32
    kernel.yield %2 : f32
  }
}
