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
