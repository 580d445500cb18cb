// Every product is told how to multiply f32; the default is not printed.

// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-set-precision{precision=ieee}))" | FileCheck %s --check-prefix=IEEE
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-set-precision{precision=tf32}))" | FileCheck %s --check-prefix=TF32
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-set-precision))" | FileCheck %s --check-prefix=THREE
// RUN: pigeon-opt %s | FileCheck %s --check-prefix=GIVEN
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-set-precision{precision=f8}))" 2>&1 | FileCheck %s --check-prefix=ERROR

// IEEE: "first" {{.*}}precision = #kernel.precision<ieee>
// IEEE: "second" {{.*}}precision = #kernel.precision<ieee>
// TF32: "first" {{.*}}precision = #kernel.precision<tf32>
// TF32: "second" {{.*}}precision = #kernel.precision<tf32>
// THREE-NOT: precision
// GIVEN: "second" {{.*}}precision = #kernel.precision<tf32>
// ERROR: Cannot find option named 'f8'
kernel.program @products {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
  %w = kernel.buffer workspace "w" : memref<64x32xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
  kernel.gemm "first" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) prologue {
  } epilogue {
  }
  kernel.gemm "second" rows(<kg.node>) key("none")
      lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
      outs(%y : memref<?x32xf32>) {precision = #kernel.precision<tf32>}
      prologue {
  } epilogue {
  }
}
