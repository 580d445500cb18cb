// RUN: pigeon-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected the digits of dimension 0 to multiply up to its extent 16, but found 8}}
func.func private @product(tensor<16xf32, #layout.layout<[16], [[thread 8:1]]>>)

// -----

// expected-error @below {{expected the digits of dimension 1 to multiply up to its extent 4, but found 1}}
func.func private @product(tensor<2x4xf32, #layout.layout<[2, 4], [[local 2:1], []]>>)

// -----

// expected-error @below {{expected a thread digit with stride 4, but the next one found has 8}}
func.func private @gap(tensor<4x4xf32, #layout.layout<[4, 4], [[thread 4:8], [thread 4:1]]>>)

// -----

// expected-error @below {{expected a thread digit with stride 4, but the next one found has 2}}
func.func private @overlap(tensor<4x4xf32, #layout.layout<[4, 4], [[thread 4:2], [thread 4:1]]>>)

// -----

// expected-error @below {{expected a local digit with stride 1, but the next one found has 2}}
func.func private @local_gap(tensor<4xf32, #layout.layout<[4], [[local 4:2]]>>)

// -----

// expected-error @below {{expected digits for 2 dimensions, but found 1}}
func.func private @rank(tensor<4x4xf32, #layout.layout<[4, 4], [[local 4:1]]>>)

// -----

// expected-error @below {{expected a positive extent for dimension 0, but found 0}}
func.func private @zero(tensor<0xf32, #layout.layout<[0], [[]]>>)

// -----

// expected-error @below {{expected a positive extent for dimension 1, but found -4}}
func.func private @negative(tensor<4x4xf32, #layout.layout<[4, -4], [[local 4:1], []]>>)

// -----

// expected-error @below {{expected a digit with positive extent and stride, but found -4:1}}
func.func private @negative_digit(tensor<4xf32, #layout.layout<[4], [[local -4:1]]>>)

// -----

// expected-error @below {{expected a digit with positive extent and stride, but found 4:0}}
func.func private @zero_stride(tensor<4xf32, #layout.layout<[4], [[local 4:0]]>>)

// -----

// expected-error @below {{expected a replica digit to belong to the threads, but found a local one}}
func.func private @local_replica(tensor<4xf32, #layout.layout<[4], [[local 4:1]], replicas = [local 2:4]>>)

// -----

// expected-error @below {{expected 'thread' or 'local', but found 'warp'}}
func.func private @owner(tensor<4xf32, #layout.layout<[4], [[warp 4:1]]>>)

// -----

// expected-error @below {{expected a tensor of the layout's shape [16, 8], but found [8, 16]}}
func.func private @shape(tensor<8x16xf32, #layout.layout<[16, 8], [[local 16:1], [thread 8:1]]>>)

// -----

// expected-error @below {{expected a tensor of the layout's shape [16], but found [16, 1]}}
func.func private @tensor_rank(tensor<16x1xf32, #layout.layout<[16], [[local 16:1]]>>)

// -----

// expected-error @below {{expected a tensor of the layout's shape [16], but found [?]}}
func.func private @dynamic(tensor<?xf32, #layout.layout<[16], [[local 16:1]]>>)

// -----

// Extents that overflow when they are multiplied.

// expected-error @below {{expected at most 2147483648 elements, but there are more}}
func.func private @elements(tensor<4xf32, #layout.layout<[4294967296, 4294967296], [[], []]>>)

// -----

// expected-error @below {{expected digits that multiply up to the extent of dimension 0, but their product does not fit 64 bits}}
func.func private @digits(tensor<4xf32, #layout.layout<[4], [[local 4294967296:1, local 4294967296:1]]>>)

// -----

// expected-error @below {{expected at most 2147483648 pairs of a thread and a local, but there are more}}
func.func private @places(tensor<4xf32, #layout.layout<[4], [[local 4:1]], replicas = [thread 4294967296:1, thread 4294967296:4294967296]>>)

// -----

// expected-error @below {{integer value too large}}
func.func private @too_large(tensor<4xf32, #layout.layout<[99999999999999999999], [[local 4:1]]>>)

// -----

// expected-error @below {{expected 2 strides, but found 1}}
module attributes {example.shared = #layout.shared<[4, 4], [4]>} {}

// -----

// expected-error @below {{expected positive extents and strides, but found extent 4 with stride 0}}
module attributes {example.shared = #layout.shared<[4], [0]>} {}

// -----

// expected-error @below {{expected a stride of at least 4, so that elements do not overlap, but found 3}}
module attributes {example.shared = #layout.shared<[4, 4], [3, 1]>} {}

// -----

// expected-error @below {{expected at most 2147483648 elements of shared memory, but found stride 4294967296 with extent 4294967296}}
module attributes {example.shared = #layout.shared<[4294967296], [4294967296]>} {}

// -----

// expected-error @below {{expected a swizzle that shifts by at least its 3 bits, but found 2}}
module attributes {example.shared = #layout.shared<[64], [1], swizzle(3, 4, 2)>} {}

// -----

// expected-error @below {{expected a swizzle of at most 31 address bits, but found (3, 4, 40)}}
module attributes {example.shared = #layout.shared<[64], [1], swizzle(3, 4, 40)>} {}

// -----

// expected-error @below {{expected a swizzle of at most 31 address bits, but found (-1, 4, 3)}}
module attributes {example.shared = #layout.shared<[64], [1], swizzle(-1, 4, 3)>} {}
