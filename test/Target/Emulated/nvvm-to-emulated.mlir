// RUN: pigeon-opt %s -split-input-file -nvvm-to-emulated | FileCheck %s

// A read is preceded by a check that is inlined later; a write by a call. Both
// name their site, which the module lists. Address spaces are gone.

gpu.module @kernels {
  llvm.func @copy(%from: !llvm.ptr<1>, %to: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %p = llvm.getelementptr inbounds %from[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %q = llvm.getelementptr inbounds %to[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %x = llvm.load %p : !llvm.ptr<1> -> f32
    llvm.store %x, %q : f32, !llvm.ptr<1>
    llvm.return
  }
}
// CHECK: module attributes {emulated.sites = ["llvm.load at {{.*}}:11:10", "llvm.store at {{.*}}:12:5", "llvm.return at {{.*}}:13:5"]}
// CHECK-NOT: gpu.module
// CHECK-LABEL: llvm.func internal @emulated_check(
// CHECK-SAME: always_inline
// CHECK: llvm.intr.fshr
// CHECK: llvm.icmp "ult"
// CHECK: llvm.call @pigeon_emulated_access
// CHECK-LABEL: llvm.func internal @copy(
// CHECK-SAME: %[[THREAD:[a-z0-9]+]]: !llvm.ptr, %[[FROM:[a-z0-9]+]]: !llvm.ptr, %[[TO:[a-z0-9]+]]: !llvm.ptr)
// CHECK: %[[TID_AT:.*]] = llvm.getelementptr %[[THREAD]][0]
// CHECK: %[[TID:.*]] = llvm.load %[[TID_AT]] invariant : !llvm.ptr -> i32
// CHECK: %[[P:.*]] = llvm.getelementptr %[[FROM]][%[[TID]]] : (!llvm.ptr, i32) -> !llvm.ptr, f32
// CHECK: %[[P_BITS:.*]] = llvm.ptrtoint %[[P]]
// CHECK: llvm.call @emulated_check(%[[THREAD]], %{{.*}}, %[[P_BITS]], %{{.*}})
// CHECK: llvm.load %[[P]]
// CHECK: %[[Q_BITS:.*]] = llvm.ptrtoint
// CHECK: llvm.call @pigeon_emulated_global_store(%[[THREAD]], %{{.*}}, %[[Q_BITS]])
// CHECK: llvm.store
// CHECK-LABEL: llvm.func @emulated_entry_copy(
// CHECK: llvm.call @copy(

// -----

// Shared variables become addresses from the block's table.

gpu.module @kernels {
  llvm.mlir.global internal @tile() {addr_space = 3 : i32} : !llvm.array<32 x f32>
  llvm.func @shared(%x: f32) attributes {nvvm.kernel} {
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    llvm.store %x, %s : f32, !llvm.ptr<3>
    nvvm.barrier0
    llvm.return
  }
}
// CHECK-NOT: llvm.mlir.global
// CHECK-LABEL: llvm.func internal @shared(
// CHECK: %[[S:.*]] = llvm.inttoptr
// CHECK: %[[BITS:.*]] = llvm.ptrtoint %[[S]]
// CHECK: llvm.call @pigeon_emulated_shared_access(%{{.*}}, %{{.*}}, %[[BITS]])
// CHECK: llvm.store %{{.*}}, %[[S]]
// CHECK: llvm.call @pigeon_emulated_barrier(

// -----

// A local array at a fixed offset needs no check.

gpu.module @kernels {
  llvm.func @local(%i: i32) attributes {nvvm.kernel} {
    %n = llvm.mlir.constant(4 : i32) : i32
    %x = llvm.mlir.constant(1.0 : f32) : f32
    %a = llvm.alloca %n x f32 : (i32) -> !llvm.ptr
    %p = llvm.getelementptr %a[3] : (!llvm.ptr) -> !llvm.ptr, f32
    llvm.store %x, %p : f32, !llvm.ptr
    %q = llvm.getelementptr %a[%i] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    llvm.store %x, %q : f32, !llvm.ptr
    llvm.return
  }
}
// CHECK-LABEL: llvm.func internal @local(
// CHECK-NOT: llvm.call
// CHECK: llvm.store
// CHECK: llvm.call @pigeon_emulated_local_access(
// CHECK: llvm.store
// CHECK-NOT: llvm.call
// CHECK: llvm.return

// -----

// Lanes pass words through arrays on the stack; functions that no kernel calls
// are dropped.

gpu.module @kernels {
  llvm.func @unused() {
    nvvm.cluster.arrive
    llvm.return
  }
  llvm.func @sum(%x: f32) -> f32 {
    %all = llvm.mlir.constant(-1 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %y = nvvm.shfl.sync bfly %all, %x, %one, %clamp : f32 -> f32
    llvm.return %y : f32
  }
  llvm.func @shuffle(%x: f32) attributes {gpu.kernel} {
    %y = llvm.call @sum(%x) : (f32) -> f32
    llvm.return
  }
}
// CHECK-NOT: @unused
// CHECK-LABEL: llvm.func internal @sum(
// CHECK-SAME: !llvm.ptr, %{{.*}}: f32) -> f32
// CHECK-COUNT-2: llvm.alloca
// CHECK-COUNT-3: llvm.store
// CHECK: llvm.call @pigeon_emulated_warp_op(
// CHECK-COUNT-2: llvm.load
// CHECK-LABEL: llvm.func internal @shuffle(
// CHECK: llvm.call @sum(%{{.*}}, %{{.*}}) : (!llvm.ptr, f32) -> f32

// -----

// Products that follow each other are one meeting of the lanes: it takes the 4 + 2
// + 4 words of the fragments of A, B and C, and gives the 4 of the last result.
// What a result is needed for comes after; a product that reads one as a factor
// begins anew.

gpu.module @kernels {
  llvm.func @products(%a: i32, %b: i32, %c: f32, %y: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %0 = nvvm.mma.sync A[%a, %a, %a, %a] B[%b, %b] C[%c, %c, %c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
       shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    %d0 = llvm.extractvalue %0[0] : !llvm.struct<(f32, f32, f32, f32)>
    %d1 = llvm.extractvalue %0[1] : !llvm.struct<(f32, f32, f32, f32)>
    %d2 = llvm.extractvalue %0[2] : !llvm.struct<(f32, f32, f32, f32)>
    %d3 = llvm.extractvalue %0[3] : !llvm.struct<(f32, f32, f32, f32)>
    %e = llvm.bitcast %c : f32 to i32
    %1 = nvvm.mma.sync A[%a, %a, %a, %a] B[%b, %b] C[%d0, %d1, %d2, %d3]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
       shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    %f0 = llvm.extractvalue %1[0] : !llvm.struct<(f32, f32, f32, f32)>
    %g = llvm.bitcast %f0 : f32 to i32
    %2 = nvvm.mma.sync A[%g, %g, %g, %g] B[%e, %b] C[%c, %c, %c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
       shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    %h0 = llvm.extractvalue %2[0] : !llvm.struct<(f32, f32, f32, f32)>
    llvm.store %h0, %y : f32, !llvm.ptr<1>
    llvm.return
  }
}
// CHECK: emulated.sites = ["llvm.store at {{[^"]*}}", "nvvm.mma.sync at {{[^"]*}}", "nvvm.mma.sync at {{[^"]*}}", "llvm.return
// CHECK-LABEL: llvm.func internal @products(
// CHECK: %[[WORDS:.*]] = llvm.mlir.constant(10 : i32)
// CHECK: %[[IN:.*]] = llvm.alloca %[[WORDS]] x i32
// CHECK: llvm.call @pigeon_emulated_warp_op(%{{.*}}, %{{.*}}, %{{.*}}, %[[IN]], %[[OUT:.*]])
// CHECK: %[[WORD:.*]] = llvm.load
// CHECK: %[[FIELD:.*]] = llvm.bitcast %[[WORD]] : i32 to f32
// CHECK: %[[FACTOR:.*]] = llvm.bitcast %[[FIELD]] : f32 to i32
// CHECK: llvm.store %[[FACTOR]]
// CHECK: llvm.call @pigeon_emulated_warp_op(
// CHECK-NOT: llvm.call @pigeon_emulated_warp_op(
// CHECK: llvm.return

// -----

// A result is read between and after the ops that look at it.

gpu.module @kernels {
  llvm.func @reads(%a: i32, %b: i32, %c: f32, %y: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %0 = nvvm.mma.sync A[%a, %a, %a, %a] B[%b, %b] C[%c, %c, %c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
       shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
    %d0 = llvm.extractvalue %0[0] : !llvm.struct<(f32, f32, f32, f32)>
    llvm.store %d0, %y : f32, !llvm.ptr<1>
    %d1 = llvm.extractvalue %0[1] : !llvm.struct<(f32, f32, f32, f32)>
    llvm.store %d1, %y : f32, !llvm.ptr<1>
    llvm.return
  }
}
// CHECK-LABEL: llvm.func internal @reads(
// CHECK-COUNT-1: llvm.call @pigeon_emulated_warp_op(
// CHECK-COUNT-4: llvm.bitcast %{{.*}} : i32 to f32
// CHECK-NOT: nvvm.mma
// CHECK-NOT: llvm.extractvalue
// CHECK: llvm.return

// -----

// A prefetch does nothing, but its address is checked.

gpu.module @kernels {
  llvm.func @ask(%from: !llvm.ptr<1>) attributes {nvvm.kernel} {
    llvm.inline_asm has_side_effects "prefetch.global.L2 [$0];", "l" %from : (!llvm.ptr<1>) -> ()
    llvm.return
  }
}
// CHECK-LABEL: llvm.func internal @ask(
// CHECK: %[[BITS:.*]] = llvm.ptrtoint
// CHECK: llvm.call @emulated_check(%{{.*}}, %{{.*}}, %[[BITS]], %{{.*}})
// CHECK-NOT: llvm.inline_asm
// CHECK: llvm.return
