// RUN: pigeon-opt %s -tile-to-threads -split-input-file -verify-diagnostics

gpu.module @kernels {
  tile.func @no_layout(%x: !tile.ref<8xf32, global>, %i: i32) attributes {threads = 32 : i32} {
    // expected-error@+1 {{expected tiles with a layout, but found 'tensor<8xf32>'}}
    %t = tile.load %x[%i] : !tile.ref<8xf32, global>, i32 -> tensor<8xf32>
    tile.return
  }
}

// -----

#l = #layout.layout<[64], [[thread 64:1]]>
gpu.module @kernels {
  tile.func @threads() attributes {threads = 32 : i32} {
    // expected-error@+1 {{expected a layout over the 32 threads of the function, but found}}
    %t = tile.iota : tensor<64xi32, #l>
    tile.return
  }
}

// -----

#l = #layout.layout<[2], [[local 2:1]], replicas = [thread 32:1]>
gpu.module @kernels {
  tile.func @constant() attributes {threads = 32 : i32} {
    // expected-error@+1 {{expected a tile constant of equal elements}}
    %t = arith.constant dense<[1, 2]> : tensor<2xi32, #l>
    tile.return
  }
}

// -----

#l = #layout.layout<[32], [[thread 32:1]]>
#m = #layout.layout<[4, 32], [[thread 4:8], [thread 8:1, local 4:1]]>
gpu.module @kernels {
  tile.func @index(%x: !tile.ref<?x32xi32, global>, %i: i32) attributes {threads = 32 : i32} {
    %j = tile.iota : tensor<32xi32, #l>
    // expected-error@+1 {{expected an index or mask held like dimension 1 of the tile}}
    %t = tile.load %x[%i, %j] : !tile.ref<?x32xi32, global>, i32, tensor<32xi32, #l> -> tensor<4x32xi32, #m>
    tile.return
  }
}

// -----

#l = #layout.layout<[32], [[thread 32:1]]>
#m = #layout.layout<[4, 32], [[thread 4:8], [thread 8:1, local 4:1]]>
gpu.module @kernels {
  tile.func @expand() attributes {threads = 32 : i32} {
    %j = tile.iota : tensor<32xi32, #l>
    // expected-error@+1 {{expected each thread to have what it repeats}}
    %t = tile.expand %j {dim = 0 : i32} : tensor<32xi32, #l> -> tensor<4x32xi32, #m>
    tile.return
  }
}

// -----

#l = #layout.layout<[8, 8], [[local 2:1, thread 4:8], [thread 8:1]]>
gpu.module @kernels {
  tile.func @dot(%t: f32) attributes {threads = 32 : i32} {
    %a = tile.splat %t : f32 -> tensor<8x8xf32, #l>
    // expected-error@+1 {{expected each thread to have the rows of a and columns of b that it multiplies}}
    %d = tile.dot %a, %a, %a : tensor<8x8xf32, #l>, tensor<8x8xf32, #l> -> tensor<8x8xf32, #l>
    tile.return
  }
}

// -----

#l = #layout.layout<[8, 8], [[local 2:1, thread 4:8], [thread 8:1]]>
#r = #layout.layout<[8], [[local 8:1]], replicas = [thread 32:1]>
gpu.module @kernels {
  tile.func @reduce(%t: f32) attributes {threads = 32 : i32} {
    %a = tile.splat %t : f32 -> tensor<8x8xf32, #l>
    // expected-error@+1 {{expected a result held as the reduced operand}}
    %d = tile.reduce sum %a {dim = 1 : i32} : tensor<8x8xf32, #l> -> tensor<8xf32, #r>
    tile.return
  }
}

// -----

gpu.module @kernels {
  // expected-error@+1 {{kernel 'large' needs 262144 bytes of shared memory (0 for exchanges between threads), but expected at most 232448}}
  tile.func @large() attributes {threads = 32 : i32} {
    %a = tile.alloc_shared : !tile.ref<512x128xf32, shared>
    tile.return
  }
}

// -----

gpu.module @kernels {
  tile.func @call() attributes {threads = 32 : i32} {
    // expected-error@+1 {{is not supported in a tile function}}
    %t = gpu.thread_id x
    tile.return
  }
}

// -----

gpu.module @kernels {
  // expected-error@+1 {{expected one block, but found 2}}
  tile.func @blocks() attributes {threads = 32 : i32} {
    cf.br ^bb1
  ^bb1:
    tile.return
  }
}

// -----

gpu.module @kernels {
  tile.func @copy(%x: !tile.ref<8x8xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<8x8xf32, shared>
    // expected-error@+1 {{expected a layout over the 32 threads of the function; run tile-infer-layouts first}}
    tile.copy_async %x[%c0, %c0], %s : !tile.ref<8x8xf32, global>, i32, i32 -> !tile.ref<8x8xf32, shared>
    tile.return
  }
}

// -----

#rows = #layout.layout<[32], [[thread 32:1]]>
#mask = #layout.layout<[32], [[local 32:1]], replicas = [thread 32:1]>
gpu.module @kernels {
  tile.func @prefetch(%x: !tile.ref<?x8xf32, global>) attributes {threads = 32 : i32} {
    %rows = tile.iota : tensor<32xi32, #rows>
    %mask = arith.constant dense<true> : tensor<32xi1, #mask>
    // expected-error@+1 {{expected rows and mask in one layout, but found}}
    tile.prefetch %x[%rows] mask(%mask) : !tile.ref<?x8xf32, global>, tensor<32xi32, #rows> masked(tensor<32xi1, #mask>)
    tile.return
  }
}
