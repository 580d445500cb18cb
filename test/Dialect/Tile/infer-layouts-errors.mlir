// RUN: pigeon-opt %s -tile-infer-layouts -split-input-file -verify-diagnostics

gpu.module @kernels {
  tile.func @other_dialect(%x: !tile.ref<8xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0] : !tile.ref<8xf32, global>, i32 -> tensor<8xf32>
    // expected-error@+1 {{is not supported on register tiles}}
    %u = tensor.cast %t : tensor<8xf32> to tensor<?xf32>
    tile.return
  }
}

// -----

#wide = #layout.layout<[64], [[thread 64:1]]>
gpu.module @kernels {
  tile.func @threads(%x: !tile.ref<64xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // expected-error@+1 {{expected a layout over the 32 threads of the function, but found one over 64}}
    %t = tile.load %x[%c0] : !tile.ref<64xf32, global>, i32 -> tensor<64xf32, #wide>
    tile.return
  }
}

// -----

gpu.module @kernels {
  tile.func @large(%x: !tile.ref<?x1048576xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // expected-error@+1 {{expected tiles of at most 32768 elements over 32 threads, but found 'tensor<65536x1048576xf32>'}}
    %t = tile.load %x[%c0, %c0] : !tile.ref<?x1048576xf32, global>, i32, i32 -> tensor<65536x1048576xf32>
    tile.return
  }
}

// -----

gpu.module @kernels {
  tile.func @region(%x: !tile.ref<8xi32, global>) attributes {threads = 32 : i32} {
    // expected-error@+1 {{is not supported on register tiles}}
    %t = scf.execute_region -> tensor<8xi32> {
      %u = tile.iota : tensor<8xi32>
      scf.yield %u : tensor<8xi32>
    }
    tile.return
  }
}
