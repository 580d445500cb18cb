// RUN: pigeon-opt %s -tile-choose-shared-layouts -split-input-file --remark-policy=all --remarks-filter="tile-choose-shared-layouts" -o %t 2>%t.remarks
// RUN: FileCheck %s --input-file=%t
// RUN: FileCheck %s --input-file=%t.remarks --check-prefix=REMARK

// Written by rows, 32 accesses of 1 wavefront. Each lane reads a row, 4 floats
// at a time: row-major 8 accesses of 32, with rows of 36 floats 8 of 4. Rows of
// 33 would take as many wavefronts but 32 instructions.

// CHECK: #[[PITCH:.*]] = #layout.shared<[32, 32], [36, 1]>
// CHECK-LABEL: tile.func @transpose
// CHECK: tile.alloc_shared : !tile.ref<32x32xf32, shared, #[[PITCH]]>
// CHECK: tile.store {{.*}} !tile.ref<32x32xf32, shared, #[[PITCH]]>
// REMARK: "#layout.shared<[32, 32], [36, 1]>: 32 wavefronts of loads and 32 of stores; row-major 256 wavefronts of loads and 32 of stores"
#rows = #layout.layout<[32, 32], [[local 32:1], [thread 32:1]]>
#columns = #layout.layout<[32, 32], [[thread 32:1], [local 32:1]]>
gpu.module @kernels {
  tile.func @transpose(%x: !tile.ref<32x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<32x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #rows>
    tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #rows>, !tile.ref<32x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared>, i32, i32 -> tensor<32x32xf32, #columns>
    tile.return
  }
}

// -----

// Where all is well nothing changes: 16 bytes a lane take 4 wavefronts, twice.

// CHECK-LABEL: tile.func @wide
// CHECK: tile.alloc_shared : !tile.ref<8x32xf32, shared>
// REMARK: "row-major: 8 wavefronts of loads and 8 of stores"
#wide = #layout.layout<[8, 32], [[local 2:4, thread 4:8], [thread 8:1, local 4:1]]>
gpu.module @kernels {
  tile.func @wide(%x: !tile.ref<8x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<8x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<8x32xf32, global>, i32, i32 -> tensor<8x32xf32, #wide>
    tile.store %t, %s[%c0, %c0] : tensor<8x32xf32, #wide>, !tile.ref<8x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<8x32xf32, shared>, i32, i32 -> tensor<8x32xf32, #wide>
    tile.return
  }
}

// -----

// A ring of 16 x 64 halves that ldmatrix reads as the left operand of
// m16n8k16, 16 columns at a time in four rounds: one instruction of four
// matrices whose eight rows of 128 bytes all begin in one bank, 32 wavefronts;
// with rows of 144 bytes 4. Copies of 16 bytes: 4 instructions of 4. Slices
// follow.

// CHECK-DAG: #[[RING:.*]] = #layout.shared<[3, 16, 64], [1152, 72, 1]>
// CHECK-DAG: #[[SLOT:.*]] = #layout.shared<[16, 64], [72, 1]>
// CHECK-LABEL: tile.func @matrices
// CHECK: tile.alloc_shared : !tile.ref<3x16x64xf16, shared, #[[RING]]>
// CHECK: tile.subview {{.*}} -> !tile.ref<16x64xf16, shared, #[[SLOT]]>
// REMARK: "#layout.shared<[3, 16, 64], [1152, 72, 1]>: 16 wavefronts of loads and 16 of stores; row-major 128 wavefronts of loads and 16 of stores"
#copy = #layout.layout<[16, 64], [[local 4:8, thread 4:8], [thread 8:1, local 8:1]]>
#a = #layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>
gpu.module @kernels {
  tile.func @matrices(%x: !tile.ref<16x64xf16, global>, %i: i32) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c16 = arith.constant 16 : i32
    %c64 = arith.constant 64 : i32
    %ring = tile.alloc_shared : !tile.ref<3x16x64xf16, shared>
    %s = tile.subview %ring[%i] : !tile.ref<3x16x64xf16, shared> -> !tile.ref<16x64xf16, shared>
    tile.copy_async %x[%c0, %c0], %s {layout = #copy} : !tile.ref<16x64xf16, global>, i32, i32 -> !tile.ref<16x64xf16, shared>
    tile.commit_async
    tile.wait_async {pending = 0 : i32}
    tile.barrier
    scf.for %k = %c0 to %c64 step %c16 : i32 {
      %u = tile.load %s[%c0, %k] : !tile.ref<16x64xf16, shared>, i32, i32 -> tensor<16x16xf16, #a>
    }
    tile.return
  }
}

// -----

// 48 KiB leave no room for a pitch. A swizzle does as well: 96 accesses of a
// warp, of 4 wavefronts instead of 32.

// CHECK: #[[SWIZZLE:.*]] = #layout.shared<[384, 32], [32, 1], swizzle(3, 4, 3)>
// CHECK-LABEL: tile.func @full
// CHECK: tile.alloc_shared : !tile.ref<384x32xf32, shared, #[[SWIZZLE]]>
// REMARK: swizzle(3, 4, 3)>: 384 wavefronts of loads and 384 of stores; row-major 3072 wavefronts of loads and 384 of stores"
#rows = #layout.layout<[384, 32], [[local 12:4, thread 32:8], [thread 8:1, local 4:1]]>
#lanes = #layout.layout<[384, 32], [[local 3:16, thread 128:1], [thread 2:128, local 16:1]]>
gpu.module @kernels {
  tile.func @full(%x: !tile.ref<384x32xf32, global>) attributes {threads = 256 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<384x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<384x32xf32, global>, i32, i32 -> tensor<384x32xf32, #rows>
    tile.store %t, %s[%c0, %c0] : tensor<384x32xf32, #rows>, !tile.ref<384x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<384x32xf32, shared>, i32, i32 -> tensor<384x32xf32, #lanes>
    tile.return
  }
}
