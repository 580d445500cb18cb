// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{only dimension 0 of a ref may be dynamic, but dimension 1 is}}
func.func private @f(!tile.ref<?x?xf32, global>)

// -----

// expected-error@+1 {{a shared ref must be static, but dimension 0 is dynamic}}
func.func private @f(!tile.ref<?x4xf32, shared>)

// -----

// expected-error@+1 {{expected elements of 8, 16, 32 or 64 bits (integer or float), but found 'i1'}}
func.func private @f(!tile.ref<4xi1, global>)

// -----

// expected-error@+1 {{expected positive extents, but dimension 1 has 0}}
func.func private @f(!tile.ref<4x0xf32, global>)

// -----

// expected-error@+1 {{expected at most 1099511627776 elements in the static dimensions of a ref}}
func.func private @f(!tile.ref<?x4611686018427387904x4611686018427387904xf32, global>)

// -----

// expected-error@+1 {{expected a ref of at least one dimension}}
func.func private @f(!tile.ref<f32, global>)

// -----

// expected-error@+1 {{expects parent op 'gpu.module'}}
tile.func @f() attributes {threads = 32 : i32} {
  tile.return
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected no results, but found 1}}
  tile.func @f() -> i32 attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected a body}}
  tile.func private @f() attributes {threads = 32 : i32}
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected a multiple of 32 threads up to 1024, but found 48}}
  tile.func @f() attributes {threads = 48 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{requires attribute 'threads'}}
  tile.func @f() {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected arguments in global memory, but argument 1 is '!tile.ref<4xf32, shared>'}}
  tile.func @f(%n: i32, %s: !tile.ref<4xf32, shared>) attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{expected arguments of type ref, i32, i64 or f32, but argument 0 is 'tensor<4xf32>'}}
  tile.func @f(%t: tensor<4xf32>) attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{'tile.readonly' belongs on a ref, but argument 0 is 'i32'}}
  tile.func @f(%n: i32 {tile.readonly}) attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{unknown argument attribute 'tile.foo'; the tile dialect has 'tile.readonly' and 'tile.unwritten'}}
  tile.func @f(%n: i32 {tile.foo}) attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

gpu.module @m {
  // expected-error@+1 {{'tile.readonly' must be a unit attribute}}
  tile.func @f(%n: !tile.ref<4xf32, global> {tile.readonly = 3}) attributes {threads = 32 : i32} {
    tile.return
  }
}

// -----

func.func @f() {
  // expected-error@+1 {{expected a one-dimensional tile of i32, but found 'tensor<4x4xi32>'}}
  %i = tile.iota : tensor<4x4xi32>
  return
}

// -----

func.func @f(%s: i32) {
  // expected-error@+1 {{expected elements of the scalar's type 'i32', but found 'f32'}}
  %t = tile.splat %s : i32 -> tensor<4xf32>
  return
}

// -----

func.func @f(%s: i32) {
  // expected-error@+1 {{must be register tile}}
  %t = tile.splat %s : i32 -> tensor<i32>
  return
}

// -----

func.func @f(%t: tensor<4xf32>) {
  // expected-error@+1 {{expected elements of type 'f32', but found 'i32'}}
  %u = tile.expand %t {dim = 0 : i32} : tensor<4xf32> -> tensor<8x4xi32>
  return
}

// -----

func.func @f(%t: tensor<4xf32>) {
  // expected-error@+1 {{expected a result of rank 2, but found 3}}
  %u = tile.expand %t {dim = 0 : i32} : tensor<4xf32> -> tensor<8x4x4xf32>
  return
}

// -----

func.func @f(%t: tensor<4xf32>) {
  // expected-error@+1 {{expected a dimension below 2, but found 2}}
  %u = tile.expand %t {dim = 2 : i32} : tensor<4xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @f(%t: tensor<4xf32>) {
  // expected-error@+1 {{expected a result of shape 4, 4, but found 8, 4}}
  %u = tile.expand %t {dim = 1 : i32} : tensor<4xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32) {
  // expected-error@+1 {{expected elements of the ref's type 'f32', but found 'i32'}}
  %t = tile.load %r[%i, %i] : !tile.ref<?x8xf32, global>, i32, i32 -> tensor<4x8xi32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32) {
  // expected-error@+1 {{expected a tile of the ref's rank 2, but found 1}}
  %t = tile.load %r[%i, %i] : !tile.ref<?x8xf32, global>, i32, i32 -> tensor<4xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32) {
  // expected-error@+1 {{expected one index for each of 2 dimensions, but found 1}}
  %t = tile.load %r[%i] : !tile.ref<?x8xf32, global>, i32 -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32, %p: tensor<5xi32>) {
  // expected-error@+1 {{expected 4 positions along dimension 0, but found 5}}
  %t = tile.load %r[%p, %i] : !tile.ref<?x8xf32, global>, tensor<5xi32>, i32 -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32, %m: tensor<5xi1>) {
  // expected-error@+1 {{expected a mask of extent 4 (dimension 0 of the tile), but found 5}}
  %t = "tile.load"(%r, %i, %i, %m) <{operandSegmentSizes = array<i32: 1, 2, 1, 0>}>
    : (!tile.ref<?x8xf32, global>, i32, i32, tensor<5xi1>) -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?x8xf32, global>, %i: i32) {
  // expected-error@+1 {{expected an else value of type 'f32', but found 'i32'}}
  %t = "tile.load"(%r, %i, %i, %i) <{operandSegmentSizes = array<i32: 1, 2, 0, 1>}>
    : (!tile.ref<?x8xf32, global>, i32, i32, i32) -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%r: !tile.ref<?xi32, global>, %i: i32) {
  // expected-error@+1 {{expected no mask type without a mask}}
  %t = tile.load %r[%i] : !tile.ref<?xi32, global>, i32 -> tensor<4xi32> masked(tensor<4xi1>)
  return
}

// -----

func.func @f(%r: !tile.ref<?xi32, global>, %i: i32, %t: tensor<4xf32>) {
  // expected-error@+1 {{expected elements of the ref's type 'i32', but found 'f32'}}
  tile.store %t, %r[%i] : tensor<4xf32>, !tile.ref<?xi32, global>, i32
  return
}

// -----

func.func @f(%r: !tile.ref<?xi32, global>, %i: i32) {
  // expected-error@+1 {{expected a result of the ref's element type 'i32', but found 'f32'}}
  %s = tile.load_scalar %r[%i] : !tile.ref<?xi32, global> -> f32
  return
}

// -----

func.func @f(%r: !tile.ref<?xi32, global>, %i: i32) {
  // expected-error@+1 {{expected one index for each of 1 dimensions, but found 2}}
  %s = tile.load_scalar %r[%i, %i] : !tile.ref<?xi32, global> -> i32
  return
}

// -----

func.func @f(%r: !tile.ref<?xi32, global>, %i: i32) {
  // expected-error@+1 {{expected a ref of at least two dimensions, but found '!tile.ref<?xi32, global>'}}
  %s = tile.subview %r[%i] : !tile.ref<?xi32, global> -> !tile.ref<?xi32, global>
  return
}

// -----

func.func @f(%r: !tile.ref<?x4xi32, global>, %i: i32) {
  // expected-error@+1 {{expected a result of type '!tile.ref<4xi32, global>', but found '!tile.ref<?xi32, global>'}}
  %s = tile.subview %r[%i] : !tile.ref<?x4xi32, global> -> !tile.ref<?xi32, global>
  return
}

// -----

func.func @f() {
  // expected-error@+1 {{expected a shared ref, but found '!tile.ref<4xi32, global>'}}
  %s = tile.alloc_shared : !tile.ref<4xi32, global>
  return
}

// -----

func.func @f(%a: tensor<4x8xf32>, %b: tensor<4x4xf32>, %c: tensor<4x4xf32>) {
  // expected-error@+1 {{expected as many columns of a as rows of b, but found 8 and 4}}
  %d = tile.dot %a, %b, %c : tensor<4x8xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %c: tensor<4x8xf32>) {
  // expected-error@+1 {{expected an accumulator of shape 4x4, but found 4x8}}
  %d = tile.dot %a, %b, %c : tensor<4x8xf32>, tensor<8x4xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%a: tensor<8xf32>, %b: tensor<8x4xf32>, %c: tensor<4x8xf32>) {
  // expected-error@+1 {{expected matrices, but found ranks 1, 2 and 2}}
  %d = tile.dot %a, %b, %c : tensor<8xf32>, tensor<8x4xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @f(%a: tensor<4x8xf64>, %b: tensor<8x4xf64>, %c: tensor<4x4xf64>) {
  // expected-error@+1 {{expected operands of type f32, f16 or bf16, but found 'f64'}}
  %d = tile.dot %a, %b, %c : tensor<4x8xf64>, tensor<8x4xf64> -> tensor<4x4xf64>
  return
}

// -----

func.func @f(%a: tensor<4x8xf16>, %b: tensor<8x4xbf16>, %c: tensor<4x4xf32>) {
  // expected-error@+1 {{expected operands of one type, but found 'f16' and 'bf16'}}
  %d = tile.dot %a, %b, %c : tensor<4x8xf16>, tensor<8x4xbf16> -> tensor<4x4xf32>
  return
}

// -----

func.func @f(%a: tensor<4x8xf16>, %b: tensor<8x4xf16>, %c: tensor<4x4xf16>) {
  // expected-error@+1 {{expected an accumulator of type f32, but found 'f16'}}
  %d = tile.dot %a, %b, %c : tensor<4x8xf16>, tensor<8x4xf16> -> tensor<4x4xf16>
  return
}

// -----

func.func @f(%a: tensor<4x8xbf16>, %b: tensor<8x4xbf16>, %c: tensor<4x4xf32>) {
  // expected-error@+1 {{expected a precision for operands of type f32 only, but found tf32 for 'bf16'}}
  %d = tile.dot %a, %b, %c precision tf32 : tensor<4x8xbf16>, tensor<8x4xbf16> -> tensor<4x4xf32>
  return
}

// -----

func.func @f(%a: tensor<4x8xf32>) {
  // expected-error@+1 {{expected a dimension below 2, but found 2}}
  %d = tile.reduce sum %a {dim = 2 : i32} : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<4x8xi8>) {
  // expected-error@+1 {{expected elements of type f32 or i32, but found 'i8'}}
  %d = tile.reduce sum %a {dim = 1 : i32} : tensor<4x8xi8> -> tensor<4xi8>
  return
}

// -----

func.func @f(%a: tensor<4x8xf32>) {
  // expected-error@+1 {{expected a result of type 'tensor<8xf32>', but found 'tensor<4xf32>'}}
  %d = tile.reduce sum %a {dim = 0 : i32} : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<8xf32>) {
  // expected-error@+1 {{expected a result of type 'f32', but found 'i32'}}
  %d = tile.reduce sum %a {dim = 0 : i32} : tensor<8xf32> -> i32
  return
}

// -----

func.func @f(%a: tensor<8xf32>) {
  // expected-error@+1 {{expected types that differ only in layout, but found 'tensor<8xf32>' and 'tensor<4xf32>'}}
  %d = tile.convert_layout %a : tensor<8xf32> -> tensor<4xf32>
  return
}

// -----

// expected-error@+1 {{expected a layout on a shared ref only, but the ref is in global memory}}
func.func private @f(!tile.ref<4x8xf32, global, #layout.shared<[4, 8], [8, 1]>>)

// -----

// expected-error@+1 {{expected a layout of the ref's shape 4, 8, but found one of 4, 4}}
func.func private @f(!tile.ref<4x8xf32, shared, #layout.shared<[4, 4], [8, 1]>>)

// -----

// expected-error@+1 {{expected a swizzle that leaves elements of 4 bytes whole, but its lowest bit is 1}}
func.func private @f(!tile.ref<64x32xf32, shared, #layout.shared<[64, 32], [32, 1], swizzle(2, 1, 3)>>)

// -----

// Slices of 512 bytes, of which the swizzle exchanges 1024.
gpu.module @m {
  tile.func @f(%i: i32) attributes {threads = 32 : i32} {
    %r = tile.alloc_shared : !tile.ref<2x4x32xf32, shared, #layout.shared<[2, 4, 32], [128, 32, 1], swizzle(3, 4, 3)>>
    // expected-error@+1 {{expected slices at multiples of the 1024 bytes that the swizzle permutes, but found slices of 512 bytes}}
    %s = tile.subview %r[%i] : !tile.ref<2x4x32xf32, shared, #layout.shared<[2, 4, 32], [128, 32, 1], swizzle(3, 4, 3)>>
      -> !tile.ref<4x32xf32, shared, #layout.shared<[4, 32], [32, 1], swizzle(3, 4, 3)>>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%i: i32) attributes {threads = 32 : i32} {
    %r = tile.alloc_shared : !tile.ref<2x4x32xf32, shared, #layout.shared<[2, 4, 32], [144, 36, 1]>>
    // expected-error@+1 {{expected a result of type '!tile.ref<4x32xf32, shared, #layout.shared<[4, 32], [36, 1]>>', but found '!tile.ref<4x32xf32, shared>'}}
    %s = tile.subview %r[%i] : !tile.ref<2x4x32xf32, shared, #layout.shared<[2, 4, 32], [144, 36, 1]>>
      -> !tile.ref<4x32xf32, shared>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %rows = tile.iota : tensor<4xi32>
    %s = tile.alloc_shared : !tile.ref<4x32xf32, shared>
    // expected-error@+1 {{expected an array in global memory, but found '!tile.ref<4x32xf32, shared>'}}
    tile.prefetch %s[%rows] : !tile.ref<4x32xf32, shared>, tensor<4xi32>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%x: !tile.ref<?x32xf32, global>) attributes {threads = 32 : i32} {
    %rows = tile.iota : tensor<4xi32>
    %mask = arith.constant dense<true> : tensor<8xi1>
    // expected-error@+1 {{expected a mask of 4 rows, but found one of 8}}
    "tile.prefetch"(%x, %rows, %mask) : (!tile.ref<?x32xf32, global>, tensor<4xi32>, tensor<8xi1>) -> ()
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%x: !tile.ref<4x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    // expected-error@+1 {{expected a target in shared memory, but found '!tile.ref<4x32xf32, global>'}}
    tile.copy_async %x[%c0, %c0], %x : !tile.ref<4x32xf32, global>, i32, i32 -> !tile.ref<4x32xf32, global>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<4x32xf32, shared>
    // expected-error@+1 {{expected a source in global memory, but found '!tile.ref<4x32xf32, shared>'}}
    tile.copy_async %s[%c0, %c0], %s : !tile.ref<4x32xf32, shared>, i32, i32 -> !tile.ref<4x32xf32, shared>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%x: !tile.ref<4x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<4x32xf16, shared>
    // expected-error@+1 {{expected elements of the ref's type 'f32', but found 'f16'}}
    tile.copy_async %x[%c0, %c0], %s : !tile.ref<4x32xf32, global>, i32, i32 -> !tile.ref<4x32xf16, shared>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%x: !tile.ref<?x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %rows = tile.iota : tensor<8xi32>
    %s = tile.alloc_shared : !tile.ref<4x32xf32, shared>
    // expected-error@+1 {{expected 4 positions along dimension 0, but found 8}}
    tile.copy_async %x[%rows, %c0], %s : !tile.ref<?x32xf32, global>, tensor<8xi32>, i32 -> !tile.ref<4x32xf32, shared>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%x: !tile.ref<?x32xf32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<4x32xf32, shared>
    // expected-error@+1 {{expected a layout of the target's shape 4, 32, but found one of 4, 16}}
    tile.copy_async %x[%c0, %c0], %s {layout = #layout.layout<[4, 16], [[thread 4:8], [thread 8:1, local 2:1]]>}
      : !tile.ref<?x32xf32, global>, i32, i32 -> !tile.ref<4x32xf32, shared>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f(%n: i32) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    // expected-error@+1 {{expected 'tile.stages' to be an i32 from 1 to 8, but found 9 : i32}}
    scf.for %i = %c0 to %n step %c1 : i32 {
    } {tile.stages = 9 : i32}
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    // expected-error@+1 {{expected 'tile.stages' on an scf.for}}
    tile.barrier {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    // expected-error@+1 {{expected 'tile.through_registers' on a tile.load}}
    tile.barrier {tile.through_registers}
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    // expected-error@+1 {{unknown attribute 'tile.colour' of the tile dialect}}
    tile.barrier {tile.colour}
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x4xi32>
    // expected-error@+1 {{expected elements that divide those of the source, 'i32', found 'f64'}}
    %a = tile.view %w as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>) : tensor<32x4xi32> -> tensor<16x16xf64>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x8xi32>
    // expected-error@+1 {{expected a packing of 'tensor<32x16xf16>' without replicas, found <[16, 16]}}
    %a = tile.view %w as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>) : tensor<32x8xi32> -> tensor<32x16xf16>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x4xi32>
    // expected-error@+1 {{expected a packing of 'tensor<16x16xf16>' without replicas, found <[16, 16]}}
    %a = tile.view %w as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]], replicas = [thread 2:32]>) : tensor<32x4xi32> -> tensor<16x16xf16>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x8xi32>
    // expected-error@+1 {{expected words of 2 elements for the result 'tensor<16x16xf16>', found 'tensor<32x8xi32>' and 8 elements to a run of words}}
    %a = tile.view %w as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>) : tensor<32x8xi32> -> tensor<16x16xf16>
    tile.return
  }
}

// -----

gpu.module @m {
  tile.func @f() attributes {threads = 32 : i32} {
    %w = arith.constant dense<1> : tensor<32x4xi32>
    // expected-error@+1 {{expected words of 2 elements for the result 'tensor<16x16xf16>', found 'tensor<32x4xi32>' and 1 elements to a run of words}}
    %a = tile.view %w as (#layout.layout<[16, 16], [[thread 16:16], [thread 16:1]]>) : tensor<32x4xi32> -> tensor<16x16xf16>
    tile.return
  }
}

// -----

// As many bits, and other weights.
gpu.module @m {
  tile.func @f(%w: !tile.ref<32x4xi32, global>) attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %words = tile.load %w[%c0, %c0] : !tile.ref<32x4xi32, global>, i32, i32
      -> tensor<32x4xi32, #layout.layout<[32, 4], [[thread 32:1], [local 4:1]]>>
    // expected-error@+1 {{expected layouts in which the source's registers are the result's, found}}
    %a = tile.view %words as (#layout.layout<[16, 16], [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>)
      : tensor<32x4xi32, #layout.layout<[32, 4], [[thread 32:1], [local 4:1]]>>
      -> tensor<16x16xf16, #layout.layout<[16, 16], [[local 2:4, thread 8:4], [local 2:2, thread 4:1, local 2:1]]>>
    tile.return
  }
}
