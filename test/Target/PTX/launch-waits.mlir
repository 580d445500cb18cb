// Kernels for sm_90a wait for those before them: before all that others may
// write, after what nobody writes, and every thread does.

// RUN: pigeon-opt %s --nvvm-to-ptx="output=-" -o /dev/null | FileCheck %s
// RUN: pigeon-opt %s --nvvm-to-ptx="chip=sm_89 output=-" -o /dev/null | FileCheck %s --check-prefix=OLD --implicit-check-not=griddepcontrol

// OLD: .entry reads(

gpu.module @kernels {
  llvm.mlir.global internal @buffer() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<64 x f32>

  // CHECK-LABEL: .entry reads(
  // CHECK: griddepcontrol.launch_dependents
  // CHECK: ld.global.nc
  // CHECK: griddepcontrol.wait
  // CHECK: ld.global.b32
  // CHECK-NOT: griddepcontrol
  // CHECK: st.{{.*}}global
  llvm.func @reads(%constant: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %x: !llvm.ptr<1>, %y: !llvm.ptr<1>)
      attributes {nvvm.kernel} {
    %i = llvm.load %constant : !llvm.ptr<1> -> i32
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.load %p : !llvm.ptr<1> -> f32
    llvm.store %v, %y : f32, !llvm.ptr<1>
    llvm.return
  }

  // A copy to shared memory reads what others write, or not.
  // CHECK-LABEL: .entry copies(
  // CHECK: cp.async.cg.shared.global
  // CHECK: griddepcontrol.wait
  // CHECK: cp.async.cg.shared.global
  llvm.func @copies(%constant: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %x: !llvm.ptr<1>, %y: !llvm.ptr<1>)
      attributes {nvvm.kernel} {
    %s = llvm.mlir.addressof @buffer : !llvm.ptr<3>
    %t = llvm.getelementptr %s[4] : (!llvm.ptr<3>) -> !llvm.ptr<3>, f32
    nvvm.cp.async.shared.global %s, %constant, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.shared.global %t, %x, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.wait.group 0
    nvvm.barrier0
    %v = llvm.load %t : !llvm.ptr<3> -> f32
    llvm.store %v, %y : f32, !llvm.ptr<1>
    llvm.return
  }

  // Threads that store nothing wait as well.
  // CHECK-LABEL: .entry stores(
  // CHECK: griddepcontrol.wait
  // CHECK: bra
  // CHECK: st.{{.*}}global
  llvm.func @stores(%constant: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %y: !llvm.ptr<1>)
      attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %i = llvm.load %constant : !llvm.ptr<1> -> i32
    %some = llvm.icmp "sgt" %i, %zero : i32
    llvm.cond_br %some, ^then, ^done
  ^then:
    llvm.store volatile %i, %y : i32, !llvm.ptr<1>
    llvm.br ^done
  ^done:
    llvm.return
  }

  // One wait, not one each round.
  // CHECK-LABEL: .entry loops(
  // CHECK: griddepcontrol.wait
  // CHECK: $L__BB
  // CHECK-NOT: griddepcontrol
  // CHECK: ld.global.b32
  llvm.func @loops(%n: i32, %x: !llvm.ptr<1>, %y: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %empty = llvm.mlir.constant(0.0 : f32) : f32
    llvm.br ^loop(%zero, %empty : i32, f32)
  ^loop(%i: i32, %sum: f32):
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.load %p : !llvm.ptr<1> -> f32
    %next = llvm.fadd %sum, %v : f32
    %j = llvm.add %i, %one : i32
    %more = llvm.icmp "slt" %j, %n : i32
    llvm.cond_br %more, ^loop(%j, %next : i32, f32), ^done
  ^done:
    llvm.store %next, %y : f32, !llvm.ptr<1>
    llvm.return
  }

  // Blocks that have nothing to do wait before they go.
  // CHECK-LABEL: .entry leaves(
  // CHECK: griddepcontrol.wait
  // CHECK: ret
  // CHECK-LABEL: .entry nothing(
  // CHECK: griddepcontrol.wait
  // CHECK: ret
  llvm.func @leaves(%n: i32, %y: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %zero = llvm.mlir.constant(0 : i32) : i32
    %some = llvm.icmp "sgt" %n, %zero : i32
    llvm.cond_br %some, ^work, ^leave
  ^leave:
    llvm.return
  ^work:
    llvm.store volatile %n, %y : i32, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @nothing() attributes {nvvm.kernel} {
    llvm.return
  }
}
