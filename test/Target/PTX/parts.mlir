// Modules that cannot be divided are compiled as a whole: kernels that share a
// variable, and functions that are no kernels. Modules that can are joined again
// under one header, each kernel below its variables.
// RUN: pigeon-opt %s --split-input-file --nvvm-to-ptx=output=- -o %t | FileCheck %s

// CHECK:      // .globl write
// CHECK-NEXT: .extern .shared .align 4 .u32 both;
// CHECK:      .visible .entry write(
// CHECK:      // .globl read
// CHECK-NEXT: .visible .entry read(
gpu.module @shared {
  llvm.mlir.global external @both() {addr_space = 3 : i32, alignment = 4 : i64} : i32
  llvm.func @write(%x: i32) attributes {nvvm.kernel} {
    %at = llvm.mlir.addressof @both : !llvm.ptr<3>
    llvm.store volatile %x, %at : i32, !llvm.ptr<3>
    llvm.return
  }
  llvm.func @read(%to: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %at = llvm.mlir.addressof @both : !llvm.ptr<3>
    %x = llvm.load volatile %at : !llvm.ptr<3> -> i32
    llvm.store %x, %to : i32, !llvm.ptr<1>
    llvm.return
  }
}

// -----

// CHECK:      .version
// CHECK:      // .globl first
// CHECK:      .visible .entry first(
// CHECK:      // .globl second
// CHECK-NEXT: .extern .shared .align 16 .b8 of_second[];
// CHECK:      .visible .entry second(
// CHECK:      // .globl third
// CHECK:      .visible .entry third(
// CHECK-NOT:  .version
gpu.module @divided {
  llvm.mlir.global external @of_second() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i32>
  llvm.func @first(%to: !llvm.ptr<1>) attributes {nvvm.kernel} {
    llvm.br ^again
  ^again:
    %x = llvm.load volatile %to : !llvm.ptr<1> -> i32
    %true = llvm.trunc %x : i32 to i1
    llvm.cond_br %true, ^again, ^done
  ^done:
    llvm.return
  }
  llvm.func @second() attributes {nvvm.kernel} {
    %at = llvm.mlir.addressof @of_second : !llvm.ptr<3>
    llvm.br ^again
  ^again:
    %x = llvm.load volatile %at : !llvm.ptr<3> -> i32
    %true = llvm.trunc %x : i32 to i1
    llvm.cond_br %true, ^again, ^done
  ^done:
    llvm.return
  }
  llvm.func @third() attributes {nvvm.kernel} {
    llvm.return
  }
}
