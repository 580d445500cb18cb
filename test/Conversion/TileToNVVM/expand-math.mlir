// RUN: pigeon-opt %s -tile-expand-math -split-input-file -verify-diagnostics | FileCheck %s

// exp is 2^t, corrected by what rounding t lost.

// CHECK-LABEL: llvm.func @exp
// CHECK: %[[T:.*]] = arith.mulf %arg0
// CHECK: math.fma
// CHECK: math.fma
// CHECK: %[[P:.*]] = math.exp2 %[[T]]
// CHECK: math.fma %[[P]]
// CHECK: arith.select
// CHECK-NOT: math.exp %
gpu.module @kernels {
  llvm.func @exp(%x: f32) -> f32 {
    %y = math.exp %x : f32
    llvm.return %y : f32
  }
}

// -----

// CHECK-LABEL: llvm.func @polynomials
// CHECK-NOT: math.tanh
// CHECK-NOT: math.erf
// CHECK-NOT: math.log
// CHECK: llvm.return
gpu.module @kernels {
  llvm.func @polynomials(%x: f32) -> f32 {
    %a = math.tanh %x : f32
    %b = math.erf %a : f32
    %c = math.log %b : f32
    llvm.return %c : f32
  }
}

// -----

gpu.module @kernels {
  llvm.func @pow(%x: f32) -> f32 {
    // expected-error@+1 {{has no code for the device on 'f32'}}
    %y = math.powf %x, %x : f32
    llvm.return %y : f32
  }
}
