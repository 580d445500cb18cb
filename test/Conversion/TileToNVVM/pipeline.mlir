// RUN: pigeon-opt %s -tile-to-nvvm | FileCheck %s

// What comes out is llvm and nvvm only.

// CHECK-LABEL: llvm.func @segments
// CHECK-NOT: {{(arith|math|scf|cf|tile|vector)\.}}
// CHECK: llvm.return
gpu.module @kernels {
  tile.func @segments(%x: !tile.ref<?x16xf32, global>, %p: !tile.ref<?xi32, global>, %n: i32)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %zero = arith.constant dense<0.0> : tensor<8x16xf32>
    %i = tile.iota : tensor<8xi32>
    %sum = scf.for %e = %c0 to %n step %c1 iter_args(%acc = %zero) -> (tensor<8x16xf32>) : i32 {
      %es = tile.splat %e : i32 -> tensor<8xi32>
      %at = arith.addi %i, %es : tensor<8xi32>
      %r = tile.load %p[%at] : !tile.ref<?xi32, global>, tensor<8xi32> -> tensor<8xi32>
      %t = tile.load %x[%r, %c0] : !tile.ref<?x16xf32, global>, tensor<8xi32>, i32 -> tensor<8x16xf32>
      %u = math.exp %t : tensor<8x16xf32>
      %next = arith.addf %acc, %u : tensor<8x16xf32>
      scf.yield %next : tensor<8x16xf32>
    }
    tile.store %sum, %x[%c0, %c0] : tensor<8x16xf32>, !tile.ref<?x16xf32, global>, i32, i32
    tile.return
  }
}
