// RUN: pigeon-opt %s --split-input-file --verify-diagnostics --nvvm-to-ptx="chip=sm_80 output=%t.missing/out.ptx"
// RUN: not pigeon-opt %s --split-input-file --nvvm-to-ptx=chip=sm_42 2>&1 | FileCheck %s

// an architecture that is not known
// CHECK: error: expected one of sm_80, sm_86, sm_89, sm_90a as the architecture, but found 'sm_42'

// a file that cannot be written

// expected-error @+1 {{missing/out.ptx'}}
gpu.module @kernels {
  llvm.func @clear() attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

// two modules and one file

// expected-error @+1 {{expected one gpu.module to write to '}}
module {
  gpu.module @one {
  }
  gpu.module @two {
  }
}

// -----

// operations of a level above

// expected-error @+1 {{expected kernels of llvm and nvvm operations}}
gpu.module @kernels {
  // expected-error @+1 {{cannot be converted to LLVM IR: missing `LLVMTranslationDialectInterface` registration for dialect for op: tile.func}}
  tile.func @copy(%n: i32) attributes {threads = 128 : i32} {
    tile.return
  }
}
