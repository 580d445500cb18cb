// Small kernels whose wavefronts in shared memory are predicted here and can be
// counted on a GPU (docs/shared-memory.md). One block each; test/Unit/Tile/
// WavefrontsTest.cpp runs them.

// RUN: pigeon-opt %s -tile-choose-shared-layouts --remark-policy=all --remarks-filter="tile-choose-shared-layouts" -o /dev/null 2>&1 | FileCheck %s
// RUN: pigeon-opt %s -tile-to-nvvm -nvvm-to-ptx | FileCheck %s --check-prefix=PTX

#rows = #layout.layout<[32, 32], [[local 32:1], [thread 32:1]]>
#columns = #layout.layout<[32, 32], [[thread 32:1], [local 32:1]]>
#rowMajor = #layout.shared<[32, 32], [32, 1]>
#swizzled = #layout.shared<[16, 64], [64, 1], swizzle(3, 4, 3)>
#wide = #layout.layout<[16, 64], [[local 4:8, thread 4:8], [thread 8:1, local 8:1]]>
#a = #layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>
#far = #layout.layout<[32, 32], [[local 32:4], [thread 8:1, local 4:1]], replicas = [thread 8:8]>
#farSum = #layout.layout<[32], [[thread 8:1, local 4:1]], replicas = [thread 8:8]>
#farSums = #layout.layout<[8, 32], [[thread 8:8], [thread 8:1, local 4:1]]>
#near = #layout.layout<[32, 32], [[local 32:4], [thread 8:4, local 4:1]], replicas = [thread 2:32, thread 4:1]>
#nearSum = #layout.layout<[32], [[thread 8:4, local 4:1]], replicas = [thread 2:32, thread 4:1]>
#nearSums = #layout.layout<[8, 32], [[thread 2:32, thread 4:1], [thread 8:4, local 4:1]]>
#blocked = #layout.layout<[32, 32], [[local 4:4, thread 8:8], [thread 8:1, local 4:1]]>

gpu.module @kernels {
  // Each lane reads a row of 128 bytes in 8 pieces; all pieces in 4 banks.
  // CHECK: Function=columns_row_major | Remark="given: 256 wavefronts of loads and 32 of stores"
  // PTX-LABEL: .entry columns_row_major(
  // PTX-COUNT-32: st.shared.b32
  // PTX-COUNT-8: ld.shared.v4
  tile.func @columns_row_major(%x: !tile.ref<32x32xf32, global> {tile.readonly}, %y: !tile.ref<32x32xf32, global>)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<32x32xf32, shared, #rowMajor>
    %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #rows>
    tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #rows>, !tile.ref<32x32xf32, shared, #rowMajor>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared, #rowMajor>, i32, i32 -> tensor<32x32xf32, #columns>
    tile.store %u, %y[%c0, %c0] : tensor<32x32xf32, #columns>, !tile.ref<32x32xf32, global>, i32, i32
    tile.return
  }

  // The same with the pitch that is chosen.
  // CHECK: Function=columns | Remark="#layout.shared<[32, 32], [36, 1]>: 32 wavefronts of loads and 32 of stores; row-major 256
  // PTX-LABEL: .entry columns(
  tile.func @columns(%x: !tile.ref<32x32xf32, global> {tile.readonly}, %y: !tile.ref<32x32xf32, global>)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<32x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #rows>
    tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #rows>, !tile.ref<32x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared>, i32, i32 -> tensor<32x32xf32, #columns>
    tile.store %u, %y[%c0, %c0] : tensor<32x32xf32, #columns>, !tile.ref<32x32xf32, global>, i32, i32
    tile.return
  }

  // ldmatrix over swizzled rows: 4 instructions of 4 wavefronts. Row-major they
  // would take 32 each.
  // CHECK: Function=matrices | Remark="given: 16 wavefronts of loads and 16 of stores"
  // PTX-LABEL: .entry matrices(
  // PTX: ldmatrix.sync.aligned.m8n8.x4.shared.b16
  tile.func @matrices(%x: !tile.ref<16x64xf16, global> {tile.readonly}, %y: !tile.ref<16x64xf16, global>)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c16 = arith.constant 16 : i32
    %c64 = arith.constant 64 : i32
    %s = tile.alloc_shared : !tile.ref<16x64xf16, shared, #swizzled>
    %t = tile.load %x[%c0, %c0] : !tile.ref<16x64xf16, global>, i32, i32 -> tensor<16x64xf16, #wide>
    tile.store %t, %s[%c0, %c0] : tensor<16x64xf16, #wide>, !tile.ref<16x64xf16, shared, #swizzled>, i32, i32
    tile.barrier
    scf.for %k = %c0 to %c64 step %c16 : i32 {
      %u = tile.load %s[%c0, %k] : !tile.ref<16x64xf16, shared, #swizzled>, i32, i32 -> tensor<16x16xf16, #a>
      tile.store %u, %y[%c0, %k] : tensor<16x16xf16, #a>, !tile.ref<16x64xf16, global>, i32, i32
    }
    tile.return
  }

  // Four lanes want the same 16 bytes, a warp one row of 128. The lanes are 8
  // apart, so each quarter of a warp wants the whole row, and they go one after the
  // other. All lanes store, or some would not load.
  // CHECK: Function=broadcast_far | Remark="row-major: 256 wavefronts of loads and 32 of stores
  // PTX-LABEL: .entry broadcast_far(
  // PTX-COUNT-32: ld.shared.v4
  // PTX: st.global.v4
  tile.func @broadcast_far(%x: !tile.ref<32x32xf32, global> {tile.readonly}, %y: !tile.ref<8x32xf32, global>)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<32x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #blocked>
    tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #blocked>, !tile.ref<32x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared>, i32, i32 -> tensor<32x32xf32, #far>
    %v = tile.reduce sum %u {dim = 0 : i32} : tensor<32x32xf32, #far> -> tensor<32xf32, #farSum>
    %w = tile.expand %v {dim = 0 : i32} : tensor<32xf32, #farSum> -> tensor<8x32xf32, #farSums>
    tile.store %w, %y[%c0, %c0] : tensor<8x32xf32, #farSums>, !tile.ref<8x32xf32, global>, i32, i32
    tile.return
  }

  // The same, but the four lanes are neighbours: two quarters go together.
  // CHECK: Function=broadcast_near | Remark="row-major: 128 wavefronts of loads and 32 of stores
  // PTX-LABEL: .entry broadcast_near(
  // PTX-COUNT-32: ld.shared.v4
  // PTX: st.global.v4
  tile.func @broadcast_near(%x: !tile.ref<32x32xf32, global> {tile.readonly}, %y: !tile.ref<8x32xf32, global>)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<32x32xf32, shared>
    %t = tile.load %x[%c0, %c0] : !tile.ref<32x32xf32, global>, i32, i32 -> tensor<32x32xf32, #blocked>
    tile.store %t, %s[%c0, %c0] : tensor<32x32xf32, #blocked>, !tile.ref<32x32xf32, shared>, i32, i32
    tile.barrier
    %u = tile.load %s[%c0, %c0] : !tile.ref<32x32xf32, shared>, i32, i32 -> tensor<32x32xf32, #near>
    %v = tile.reduce sum %u {dim = 0 : i32} : tensor<32x32xf32, #near> -> tensor<32xf32, #nearSum>
    %w = tile.expand %v {dim = 0 : i32} : tensor<32xf32, #nearSum> -> tensor<8x32xf32, #nearSums>
    tile.store %w, %y[%c0, %c0] : tensor<8x32xf32, #nearSums>, !tile.ref<8x32xf32, global>, i32, i32
    tile.return
  }
}
