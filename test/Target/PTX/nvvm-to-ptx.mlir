// RUN: pigeon-opt %s --nvvm-to-ptx=chip=sm_80 | FileCheck %s
// RUN: pigeon-opt %s --nvvm-to-ptx | FileCheck %s --check-prefix=DEFAULT
// RUN: pigeon-opt %s --nvvm-to-ptx="chip=sm_86 output=%t.ptx" | FileCheck %s --check-prefix=MODULE
// RUN: FileCheck %s --check-prefix=TEXT < %t.ptx
// RUN: pigeon-opt %s --nvvm-to-ptx="chip=sm_86 output=-" -o %t.mlir | diff - %t.ptx
// The launch is checked against the table of the binary.
// RUN: pigeon-opt %t.mlir | FileCheck %s --check-prefix=MODULE
// RUN: sed 's/@kernels::@clear/@kernels::@other/' %t.mlir | not pigeon-opt 2>&1 | FileCheck %s --check-prefix=GONE

// CHECK: gpu.binary @kernels [#gpu.object<#nvvm.target<O = 3, chip = "sm_80">
// CHECK-SAME: kernels = <[#gpu.kernel_metadata<"clear", !llvm.func<void (ptr<1>)>
// CHECK-NOT: "helper"
// CHECK-SAME: assembly = "{{.*}}.version 7.0{{.*}}.target sm_80{{.*}}.entry clear(
// CHECK-NOT: gpu.module
// DEFAULT: .version 8.0{{.*}}.target sm_90a

// MODULE: gpu.binary @kernels
// MODULE: kernel.launch "clear" @kernels::@clear

// TEXT: .version 7.1
// TEXT: .target sm_86
// TEXT: .visible .entry clear(

// GONE: error: 'kernel.launch' op names kernel @kernels::@other, which does not exist

gpu.module @kernels {
  llvm.func internal @helper(%x: f32) -> f32 attributes {no_inline} {
    %y = llvm.fadd %x, %x : f32
    llvm.return %y : f32
  }
  llvm.func @clear(%to: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0.0 : f32) : f32
    %y = llvm.call @helper(%zero) : (f32) -> f32
    llvm.store %y, %to : f32, !llvm.ptr<1>
    llvm.return
  }
}
kernel.program @p {
  kernel.graph @kg
  %one = affine.apply affine_map<() -> (1)>()
  %x = kernel.buffer output "x" : memref<1xf32>
  kernel.launch "clear" @kernels::@clear grid(%one, %one, %one) threads(1)
      args(%x : memref<1xf32>) bytes(%one) operations(%one)
}
