// RUN: pigeon-opt %s | FileCheck %s
// RUN: pigeon-opt %s | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s -mlir-print-op-generic | pigeon-opt | FileCheck %s
// RUN: pigeon-opt %s --emit-bytecode | pigeon-opt | FileCheck %s

// Weights of 6 bits with zero points, over rows of no graph.
// CHECK-LABEL: kernel.program @packed
kernel.program @packed {
  %x = kernel.buffer input "x" : memref<33x128xf16>
  %w = kernel.buffer input "w" : memref<1536xi32>
  %s = kernel.buffer input "s" : memref<64x1xf16>
  %z = kernel.buffer input "z" : memref<64x1xf16>
  %y = kernel.buffer output "y" : memref<33x64xf32>
  // CHECK: kernel.gemm "p" rows(<33>) key("none") lhs(%{{.*}}["self"] : memref<33x128xf16>)
  // CHECK-SAME: rhs(%{{.*}} : memref<1536xi32>)
  // CHECK-SAME: packed(<"uint<6>", planes = [4, 2], columns = 64, depth = 128, group = 128>)
  // CHECK-SAME: scales(%{{.*}}, %{{.*}} : memref<64x1xf16>, memref<64x1xf16>)
  kernel.gemm "p" rows(<33>) key("none") lhs(%x["self"] : memref<33x128xf16>)
      rhs(%w : memref<1536xi32>)
      packed(<"uint<6>", planes = [4, 2], columns = 64, depth = 128, group = 128>)
      scales(%s, %z : memref<64x1xf16>, memref<64x1xf16>)
      outs(%y : memref<33x64xf32>) prologue {
  } epilogue {
  }
}
