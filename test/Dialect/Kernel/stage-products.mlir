// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-stage-products))" | FileCheck %s
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-stage-products{stages=3 a-path=register items=4}))" | FileCheck %s --check-prefix=GIVEN
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-stage-products{items=2}))" | FileCheck %s --check-prefix=ITEMS
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-stage-products))" --remark-format=emitRemark --remarks-filter-passed=kernel 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

kernel.program @products {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x256xf32>
  %w = kernel.buffer workspace "w" : memref<256x64xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x64xf32>
  %v = kernel.buffer workspace "v" : memref<64x64xf32>
  %z = kernel.buffer workspace "z"[%n] : memref<?x64xf32>
  // Four rounds of 32 KiB: four times as many of 8.
  // CHECK: "long" {{.*}}<block_m = 64, block_n = 64, block_k = 16, step_k = 16, threads = 128, stages = 3>
  // GIVEN: "long" {{.*}}<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128, stages = 3, a_path = register, items = 4>
  // REMARK: [[#@LINE+1]]:3: remark: {{.*}}long: #kernel.gemm_schedule<{{.*}}stages = 3>
  kernel.gemm "long" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x256xf32>) rhs(%w : memref<256x64xf32>)
      outs(%y : memref<?x64xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128>}
      prologue {
  } epilogue {
  }
  // One round: nothing to overlap.
  // CHECK: "short" {{.*}}<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128>
  // GIVEN: "short" {{.*}}threads = 128, stages = 3, a_path = register, items = 4>
  // ITEMS: "short" {{.*}}block_k = 16, step_k = 16, threads = 128, stages = 3, items = 2>
  kernel.gemm "short" rows(<kg.node>) key("none")
      lhs(%y["self"] : memref<?x64xf32>) rhs(%v : memref<64x64xf32>)
      outs(%z : memref<?x64xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128>}
      prologue {
  } epilogue {
  }
  // What is there stays.
  // CHECK: "chosen" {{.*}}threads = 128, stages = 4, items = 2>
  // GIVEN: "chosen" {{.*}}threads = 128, stages = 4, items = 2>
  // REMARK-NOT: chosen
  kernel.gemm "chosen" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x256xf32>) rhs(%w : memref<256x64xf32>)
      outs(%y : memref<?x64xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 64, step_k = 16, threads = 128, stages = 4, items = 2>}
      prologue {
  } epilogue {
  }
  // An item that walks entries is one round, if two of them fit.
  // CHECK: "terms" {{.*}}<block_m = 32, block_n = 64, block_k = 64, step_k = 16, threads = 128>
  // ITEMS: "terms" {{.*}}block_k = 64, step_k = 16, threads = 128, stages = 2, items = 2>
  kernel.gemm "terms" rows(<kg.node>) key("none")
      lhs(%y["self"] : memref<?x64xf32>) rhs(%v : memref<64x64xf32>)
      terms(%y["src"] : memref<?x64xf32>) of(#kernel.segment<sum of <kg.edge> by "dst">)
      outs(%z : memref<?x64xf32>)
      {schedule = #kernel.gemm_schedule<block_m = 32, block_n = 64, block_k = 64, step_k = 16, threads = 128>}
      prologue {
  } epilogue {
  ^bb0(%acc: f32, %t: f32):
    %sum = arith.addf %acc, %t : f32
    kernel.yield %sum : f32
  }
}
