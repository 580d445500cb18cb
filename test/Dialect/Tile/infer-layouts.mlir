// RUN: pigeon-opt %s -tile-infer-layouts -split-input-file | FileCheck %s

// A matrix that comes from and goes to memory is held in rows of vectors.

// CHECK: #[[L:.*]] = #layout.layout<[2, 4], {{\[}}[thread 2:4], [thread 4:1]]
// CHECK-LABEL: tile.func @small
// CHECK: tile.load {{.*}} -> tensor<2x4xf32, #[[L]]>
gpu.module @kernels {
  tile.func @small(%x: !tile.ref<2x4xf32, global>, %y: !tile.ref<2x4xf32, global>)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<2x4xf32, global>, i32, i32 -> tensor<2x4xf32>
    tile.store %t, %y[%c0, %c0] : tensor<2x4xf32>, !tile.ref<2x4xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Vectors of 16 bytes, or as much as the rows of the ref are aligned to.

// CHECK-DAG: #[[F32:.*]] = #layout.layout<[32, 64], {{.*}}[thread 16:1, local 4:1]]>
// CHECK-DAG: #[[F16:.*]] = #layout.layout<[32, 64], {{.*}}[thread 8:1, local 8:1]]>
// CHECK-DAG: #[[ODD:.*]] = #layout.layout<[32, 8], {{.*}}[thread 4:1, local 2:1]]>
// CHECK-LABEL: tile.func @vectors
gpu.module @kernels {
  tile.func @vectors(%x: !tile.ref<?x64xf32, global>, %y: !tile.ref<?x64xf16, global>,
                     %z: !tile.ref<?x6xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // CHECK: tile.load {{.*}} -> tensor<32x64xf32, #[[F32]]>
    %a = tile.load %x[%c0, %c0] : !tile.ref<?x64xf32, global>, i32, i32 -> tensor<32x64xf32>
    // CHECK: tile.load {{.*}} -> tensor<32x64xf16, #[[F16]]>
    %b = tile.load %y[%c0, %c0] : !tile.ref<?x64xf16, global>, i32, i32 -> tensor<32x64xf16>
    // CHECK: tile.load {{.*}} -> tensor<32x8xf32, #[[ODD]]>
    %c = tile.load %z[%c0, %c0] : !tile.ref<?x6xf32, global>, i32, i32 -> tensor<32x8xf32>
    tile.return
  }
}

// -----

// Two warps by two, each 32 x 32 in products of 16 x 8 x 8; neighbouring columns
// go to neighbouring products.

// CHECK-DAG: #[[ACC:.*]] = #layout.layout<[64, 64], {{\[}}[thread 2:64, local 2:16, local 2:4, thread 8:4], [thread 2:32, local 2:8, thread 4:1, local 4:1]]>
// CHECK-LABEL: tile.func @tf32
gpu.module @kernels {
  tile.func @tf32(%x: !tile.ref<64x64xf32, global>) attributes {threads = 128 : i32} {
    %c0 = arith.constant 0 : i32
    %zero = arith.constant dense<0.0> : tensor<64x64xf32>
    %sa = tile.alloc_shared : !tile.ref<64x8xf32, shared>
    %sb = tile.alloc_shared : !tile.ref<8x64xf32, shared>
    %a = tile.load %sa[%c0, %c0] : !tile.ref<64x8xf32, shared>, i32, i32 -> tensor<64x8xf32>
    %b = tile.load %sb[%c0, %c0] : !tile.ref<8x64xf32, shared>, i32, i32 -> tensor<8x64xf32>
    // CHECK: tile.dot {{.*}} precision tf32x3 {{.*}} -> tensor<64x64xf32, #[[ACC]]>
    %d = tile.dot %a, %b, %zero precision tf32x3 : tensor<64x8xf32>, tensor<8x64xf32> -> tensor<64x64xf32>
    // CHECK-NOT: tile.convert_layout
    tile.store %d, %x[%c0, %c0] : tensor<64x64xf32>, !tile.ref<64x64xf32, global>, i32, i32
    tile.return
  }
}

// -----

// A dot decides: 4 x 4 elements of the accumulator per thread, all k of the
// operands. What is tied to the accumulator follows, through the loop.

// CHECK-DAG: #[[ACC:.*]] = #layout.layout<[64, 64], {{\[}}[local 4:4, thread 16:16], [thread 16:1, local 4:1]]>
// CHECK-DAG: #[[A:.*]] = #layout.layout<[64, 8], {{\[}}[local 4:1, thread 16:16], [local 8:4]], replicas = [thread 16:1]>
// CHECK-DAG: #[[B:.*]] = #layout.layout<[8, 64], {{\[}}[local 8:4], [thread 16:1, local 4:1]], replicas = [thread 16:16]>
// CHECK-LABEL: tile.func @dot
gpu.module @kernels {
  tile.func @dot(%x: !tile.ref<64x64xf32, global>) attributes {threads = 256 : i32} {
    %c0 = arith.constant 0 : i32
    %c4 = arith.constant 4 : i32
    %c1 = arith.constant 1 : i32
    %sa = tile.alloc_shared : !tile.ref<64x8xf32, shared>
    %sb = tile.alloc_shared : !tile.ref<8x64xf32, shared>
    // CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<64x64xf32, #[[ACC]]>
    %zero = arith.constant dense<0.0> : tensor<64x64xf32>
    // CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[ZERO]]) -> (tensor<64x64xf32, #[[ACC]]>)
    %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%acc = %zero) -> (tensor<64x64xf32>) : i32 {
      // CHECK: tile.load {{.*}} -> tensor<64x8xf32, #[[A]]>
      %a = tile.load %sa[%c0, %c0] : !tile.ref<64x8xf32, shared>, i32, i32 -> tensor<64x8xf32>
      // CHECK: tile.load {{.*}} -> tensor<8x64xf32, #[[B]]>
      %b = tile.load %sb[%c0, %c0] : !tile.ref<8x64xf32, shared>, i32, i32 -> tensor<8x64xf32>
      // CHECK: tile.dot {{.*}} -> tensor<64x64xf32, #[[ACC]]>
      %d = tile.dot %a, %b, %acc : tensor<64x8xf32>, tensor<8x64xf32> -> tensor<64x64xf32>
      scf.yield %d : tensor<64x64xf32>
    }
    // The addend is loaded as the accumulator is held, and nothing is converted.
    // CHECK: tile.load {{.*}} -> tensor<64x64xf32, #[[ACC]]>
    %addend = tile.load %x[%c0, %c0] : !tile.ref<64x64xf32, global>, i32, i32 -> tensor<64x64xf32>
    %y = arith.addf %sum, %addend : tensor<64x64xf32>
    // CHECK-NOT: convert_layout
    // CHECK: tile.store {{.*}} : tensor<64x64xf32, #[[ACC]]>
    tile.store %y, %x[%c0, %c0] : tensor<64x64xf32>, !tile.ref<64x64xf32, global>, i32, i32
    tile.return
  }
}

// -----

// An operand that was loaded from global memory in another layout is
// converted, outside of the loop that uses it.

// CHECK-LABEL: tile.func @converted
gpu.module @kernels {
  tile.func @converted(%x: !tile.ref<16x16xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %zero = arith.constant dense<0.0> : tensor<16x16xf32>
    // CHECK: %[[A:.*]] = tile.load
    %a = tile.load %x[%c0, %c0] : !tile.ref<16x16xf32, global>, i32, i32 -> tensor<16x16xf32>
    // CHECK-COUNT-2: tile.convert_layout %[[A]]
    // CHECK: scf.for
    %d = scf.for %i = %c0 to %c1 step %c1 iter_args(%acc = %zero) -> (tensor<16x16xf32>) : i32 {
      // CHECK-NOT: tile.convert_layout
      // CHECK: tile.dot
      %d = tile.dot %a, %a, %acc : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
      scf.yield %d : tensor<16x16xf32>
    }
    tile.store %d, %x[%c0, %c0] : tensor<16x16xf32>, !tile.ref<16x16xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Indices and masks stand along the rows they serve; what is cheap is computed
// once for each layout that wants it.

// CHECK-DAG: #[[ROWS:.*]] = #layout.layout<[8], {{\[}}[thread 8:4]], replicas = [thread 4:1]>
// CHECK-DAG: #[[COLUMN:.*]] = #layout.layout<[8], {{\[}}[thread 8:1]], replicas = [thread 4:8]>
// CHECK-DAG: #[[TILE:.*]] = #layout.layout<[8, 16], {{\[}}[thread 8:4], [thread 4:1, local 4:1]]>
// CHECK-LABEL: tile.func @gather
gpu.module @kernels {
  tile.func @gather(%x: !tile.ref<?x16xf32, global>, %p: !tile.ref<?xi32, global>, %n: i32)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // CHECK-DAG: %[[I0:.*]] = tile.iota : tensor<8xi32, #[[ROWS]]>
    // CHECK-DAG: %[[I1:.*]] = tile.iota : tensor<8xi32, #[[COLUMN]]>
    %i = tile.iota : tensor<8xi32>
    %ns = tile.splat %n : i32 -> tensor<8xi32>
    // CHECK: %[[M:.*]] = arith.cmpi slt, %[[I0]], %{{.*}} : tensor<8xi32, #[[ROWS]]>
    %m = arith.cmpi slt, %i, %ns : tensor<8xi32>
    // CHECK: %[[R:.*]] = tile.load %{{.*}}[%{{.*}}] mask(%[[M]]) : {{.*}} -> tensor<8xi32, #[[ROWS]]> masked(tensor<8xi1, #[[ROWS]]>)
    %r = tile.load %p[%c0] mask(%m) : !tile.ref<?xi32, global>, i32 -> tensor<8xi32>
    // CHECK: tile.load %{{.*}}[%[[R]], %{{.*}}] mask(%[[M]]) : {{.*}} -> tensor<8x16xf32, #[[TILE]]> masked(tensor<8xi1, #[[ROWS]]>)
    %t = tile.load %x[%r, %c0] mask(%m) : !tile.ref<?x16xf32, global>, tensor<8xi32>, i32 -> tensor<8x16xf32>
    tile.store %t, %x[%c0, %c0] : tensor<8x16xf32>, !tile.ref<?x16xf32, global>, i32, i32
    // CHECK: tile.store %[[I1]]
    tile.store %i, %p[%c0] : tensor<8xi32>, !tile.ref<?xi32, global>, i32
    tile.return
  }
}

// -----

// A reduction leaves the rows where they are; expanding them again moves
// nothing.

// CHECK-DAG: #[[TILE:.*]] = #layout.layout<[8, 16], {{\[}}[thread 8:4], [thread 4:1, local 4:1]]>
// CHECK-DAG: #[[ROWS:.*]] = #layout.layout<[8], {{\[}}[thread 8:4]], replicas = [thread 4:1]>
// CHECK-LABEL: tile.func @normalize
gpu.module @kernels {
  tile.func @normalize(%x: !tile.ref<8x16xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<8x16xf32, global>, i32, i32 -> tensor<8x16xf32>
    // CHECK: tile.reduce sum %{{.*}} -> tensor<8xf32, #[[ROWS]]>
    %s = tile.reduce sum %t {dim = 1 : i32} : tensor<8x16xf32> -> tensor<8xf32>
    // CHECK-NOT: convert_layout
    // CHECK: tile.expand %{{.*}} : tensor<8xf32, #[[ROWS]]> -> tensor<8x16xf32, #[[TILE]]>
    %e = tile.expand %s {dim = 1 : i32} : tensor<8xf32> -> tensor<8x16xf32>
    %q = arith.divf %t, %e : tensor<8x16xf32>
    tile.store %q, %x[%c0, %c0] : tensor<8x16xf32>, !tile.ref<8x16xf32, global>, i32, i32
    tile.return
  }
}

// -----

// A layout that is there stays.

// CHECK: #[[GIVEN:.*]] = #layout.layout<[64], {{\[}}[thread 32:1, local 2:1]]>
// CHECK-LABEL: tile.func @given
#given = #layout.layout<[64], [[thread 32:1, local 2:1]]>
gpu.module @kernels {
  tile.func @given(%x: !tile.ref<64xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // CHECK: tile.load {{.*}} -> tensor<64xf32, #[[GIVEN]]>
    %t = tile.load %x[%c0] : !tile.ref<64xf32, global>, i32 -> tensor<64xf32, #given>
    // CHECK: tile.store {{.*}} : tensor<64xf32, #[[GIVEN]]>
    tile.store %t, %x[%c0] : tensor<64xf32, #given>, !tile.ref<64xf32, global>, i32
    tile.return
  }
}

// -----

// One row left of many: it is stored as the reduction left it.

// CHECK-DAG: #[[ROW:.*]] = #layout.layout<[1, 64], {{\[}}[], [thread 16:1, local 4:1]], replicas = [thread 8:16]>
// CHECK-LABEL: tile.func @one_row
gpu.module @kernels {
  tile.func @one_row(%x: !tile.ref<?x64xf32, global>) attributes {threads = 128 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0, %c0] : !tile.ref<?x64xf32, global>, i32, i32 -> tensor<8x64xf32>
    %s = tile.reduce sum %t {dim = 0 : i32} : tensor<8x64xf32> -> tensor<64xf32>
    %row = tile.expand %s {dim = 0 : i32} : tensor<64xf32> -> tensor<1x64xf32>
    // CHECK-NOT: convert_layout
    // CHECK: tile.store %{{.*}} : tensor<1x64xf32, #[[ROW]]>
    tile.store %row, %x[%c0, %c0] : tensor<1x64xf32>, !tile.ref<?x64xf32, global>, i32, i32
    tile.return
  }
}

// -----

// A list of numbers that two layouts want is read twice, which costs less than
// an exchange; so is what is computed from it.

// CHECK-LABEL: tile.func @list
// CHECK-NOT: tile.convert_layout
// CHECK: tile.load %arg0{{.*}} -> tensor<64xi32, #[[A:.*]]>
// CHECK-NOT: tile.convert_layout
// CHECK: tile.load %arg0{{.*}} -> tensor<64xi32, #[[B:.*]]>
// CHECK-NOT: tile.convert_layout
// CHECK: tile.return
gpu.module @kernels {
  tile.func @list(%p: !tile.ref<?xi32, global>, %x: !tile.ref<?x64xf32, global>,
                  %y: !tile.ref<?x8xf32, global>) attributes {threads = 128 : i32} {
    %c0 = arith.constant 0 : i32
    %at = tile.iota : tensor<64xi32>
    %none = tile.splat %c0 : i32 -> tensor<64xi32>
    %rows = tile.load %p[%at] : !tile.ref<?xi32, global>, tensor<64xi32> -> tensor<64xi32>
    %mask = arith.cmpi sge, %rows, %none : tensor<64xi32>
    %a = tile.load %x[%rows, %c0] mask(%mask) : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> tensor<64x64xf32>
    %b = tile.load %y[%rows, %c0] mask(%mask) : !tile.ref<?x8xf32, global>, tensor<64xi32>, i32 -> tensor<64x8xf32>
    tile.return
  }
}
