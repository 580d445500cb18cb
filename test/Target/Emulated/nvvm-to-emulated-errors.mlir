// RUN: pigeon-opt %s -split-input-file -verify-diagnostics -nvvm-to-emulated

// expected-error@+1 {{expected one gpu.module, found 0}}
module {}

// -----

// expected-error@+1 {{expected a kernel (a function with nvvm.kernel or gpu.kernel), found none}}
gpu.module @m {}

// -----

gpu.module @m {
  // expected-error@+1 {{expected llvm.func or llvm.mlir.global in the module of kernels, found 'gpu.func'}}
  gpu.func @k() kernel {
    gpu.return
  }
}

// -----

gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} {
    // expected-error@+1 {{'nvvm.cluster.arrive' is not emulated}}
    nvvm.cluster.arrive
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%x: f32) attributes {nvvm.kernel} {
    // expected-error@+1 {{inline PTX 'sin.approx.f32 $0, $1;' is not emulated}}
    %0 = nvvm.inline_ptx "sin.approx.f32 $0, $1;" ro(%x : f32) -> f32
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%x: i32) attributes {nvvm.kernel} {
    // expected-error@+1 {{expected one f32 argument and one f32 result}}
    %0 = nvvm.inline_ptx "ex2.approx.f32 $0, $1;" ro(%x : i32) -> i32
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} {
    // expected-error@+1 {{inline assembly 'bar.sync 0;' is not emulated}}
    llvm.inline_asm has_side_effects "bar.sync 0;", "" : () -> ()
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k() attributes {nvvm.kernel} {
    // expected-error@+1 {{intrinsic 'llvm.nvvm.read.ptx.sreg.clock' is not emulated}}
    %0 = llvm.call_intrinsic "llvm.nvvm.read.ptx.sreg.clock"() : () -> i32
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @__nv_expf(f32) -> f32
  llvm.func @k(%x: f32) attributes {nvvm.kernel} {
    // expected-error@+1 {{expected a call of a function of the module, found one of '__nv_expf'}}
    %0 = llvm.call @__nv_expf(%x) : (f32) -> f32
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%f: !llvm.ptr) attributes {nvvm.kernel} {
    // expected-error@+1 {{expected a call of a function of the module, found an indirect one}}
    llvm.call %f() : !llvm.ptr, () -> ()
    llvm.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{recursion is not emulated}}
  llvm.func @f() {
    llvm.call @f() : () -> ()
    llvm.return
  }
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.call @f() : () -> ()
    llvm.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected arguments of 32 or 64 bits or addresses, found 'i8'}}
  llvm.func @k(%x: i8) attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected local arrays of constant size, together at most 131072 bytes, found more or others}}
  llvm.func @k(%n: i32) attributes {nvvm.kernel} {
    %a = llvm.alloca %n x f32 : (i32) -> !llvm.ptr
    llvm.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected a shared array of numbers or of numbers of size 0 with external linkage, found '!llvm.array<0 x f32>'}}
  llvm.mlir.global internal @tile() {addr_space = 3 : i32} : !llvm.array<0 x f32>
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected a variable of numbers with a value, found '!llvm.array<4 x f32>'}}
  llvm.mlir.global external @table() {addr_space = 1 : i32} : !llvm.array<4 x f32>
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel} {
    // expected-error@+1 {{expected an access of an integer, a float, a pointer or a vector or array of them, found '!llvm.struct<(i32, f32)>'}}
    %0 = llvm.load %p : !llvm.ptr<1> -> !llvm.struct<(i32, f32)>
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel} {
    %n = llvm.mlir.constant(4 : i64) : i64
    %a = llvm.alloca %n x f32 : (i64) -> !llvm.ptr
    // expected-error@+1 {{copies into, out of or within local arrays are not emulated}}
    "llvm.intr.memcpy"(%p, %a, %n) <{isVolatile = false}> : (!llvm.ptr<1>, !llvm.ptr, i64) -> ()
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%x: f32) attributes {nvvm.kernel} {
    // expected-error@+1 {{saturation is not emulated}}
    %0 = nvvm.convert.float.to.tf32 %x {rnd = #nvvm.fp_rnd_mode<rna>, sat = #nvvm.sat_mode<satfinite>}
    llvm.return
  }
}

// -----

gpu.module @m {
  llvm.func @k(%a: i32, %c: i32) attributes {nvvm.kernel} {
    // expected-error@+1 {{found another product, which is not emulated}}
    %d = nvvm.mma.sync A[%a] B[%a] C[%c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<s8>, multiplicandBPtxType = #nvvm.mma_type<s8>,
       intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>,
       shape = #nvvm.shape<m = 8, n = 8, k = 16>}
      : (i32, i32, i32) -> !llvm.struct<(i32, i32)>
    llvm.return
  }
}
