// What has no kernel yet says so, where it stands.

// RUN: pigeon-opt %s --rgnn-to-kernel -split-input-file -verify-diagnostics

!heads = tensor<?x2x4xf32, #rgnn.on<kg.node>>
!scores = tensor<?x2xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !heads, %y: !heads) -> !scores {
  // expected-error @+1 {{'rgnn.dot' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.dot %x, %y : (!heads, !heads) -> !scores
  return %s : !scores
}

// -----

!scores = tensor<?x2xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @f(%x: !scores) -> !scores {
  // expected-error @+1 {{'rgnn.softmax' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.softmax %x, dst : (!scores) -> !scores
  return %s : !scores
}

// -----

!heads = tensor<?x2x4xf32, #rgnn.on<kg.node>>
!scores = tensor<?x2xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !heads) -> !scores {
  // expected-error @+1 {{'rgnn.reduce' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.reduce sum %x : (!heads) -> !scores
  return %s : !scores
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!half = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes) -> !half {
  // expected-error @+1 {{'rgnn.slice' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.slice %x [4] [4] : (!nodes) -> !half
  return %s : !half
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!double = tensor<?x16xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes, %y: !nodes) -> !double {
  // expected-error @+1 {{'rgnn.concat' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.concat %x, %y {dim = 0} : (!nodes, !nodes) -> !double
  return %s : !double
}

// -----

!edges = tensor<?x8xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x8x8xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @f(%x: !edges, %y: !edges) -> !weights {
  // expected-error @+1 {{'rgnn.outer' op has no kernel yet; run the model with the reference device}}
  %s = rgnn.outer %x, %y, rel : (!edges, !edges) -> !weights
  return %s : !weights
}

// -----

// One row: as the result of an operation, as a weight, and as what is returned.

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes) -> tensor<8xf32> {
  // expected-error @+1 {{'rgnn.aggregate' op to one row has no kernel yet; run the model with the reference device}}
  %s = rgnn.aggregate sum %x, none : (!nodes) -> tensor<8xf32>
  return %s : tensor<8xf32>
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes, %y: tensor<8xf32>, %w: tensor<8x8xf32>) -> !nodes {
  // expected-error @+1 {{'rgnn.linear' op of one row has no kernel yet; run the model with the reference device}}
  %s = rgnn.linear %y, %w, none : (tensor<8xf32>, tensor<8x8xf32>) -> tensor<8xf32>
  %g = rgnn.gather %s, none : (tensor<8xf32>) -> !nodes
  return %g : !nodes
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes, %v: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> !nodes {
  // expected-error @+1 {{data of one row, 'tensor<8x8xf32>', has no kernel yet; run the model with the reference device}}
  %sum = arith.addf %v, %w : tensor<8x8xf32>
  %s = rgnn.linear %x, %sum, none : (!nodes, tensor<8x8xf32>) -> !nodes
  return %s : !nodes
}

// -----

rgnn.graph @kg
func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{'func.return' op returns data of one row, 'tensor<8xf32>', which has no kernel yet}}
  return %x : tensor<8xf32>
}

// -----

// Heads, and products of each head with several rows.

!in = tensor<?x3x2x8xf32, #rgnn.on<kg.node>>
!out = tensor<?x3x2x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !in, %w: tensor<2x8x4xf32>) -> !out {
  // expected-error @+1 {{'rgnn.linear' op with both heads and batch dimensions has no kernel yet; run the model with the reference device}}
  %s = rgnn.linear %x, %w, none : (!in, tensor<2x8x4xf32>) -> !out
  return %s : !out
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%w: tensor<8x8xf32>) -> !nodes {
  %c = arith.constant 1.0 : f32
  %x = rgnn.fill %c : (f32) -> !nodes
  // expected-error @+1 {{'rgnn.linear' op of constants has no kernel yet; run the model with the reference device}}
  %s = rgnn.linear %x, %w, none : (!nodes, tensor<8x8xf32>) -> !nodes
  return %s : !nodes
}

// -----

rgnn.graph @kg
func.func @f() -> tensor<2x2xf32, #rgnn.on<kg.relation>> {
  // expected-error @+1 {{'arith.constant' op of more than one value has no kernel yet}}
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32, #rgnn.on<kg.relation>>
  return %x : tensor<2x2xf32, #rgnn.on<kg.relation>>
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
// expected-error @+1 {{has argument 1 of type 'f32'; only tensors of floats or i32, with static trailing dimensions, can be compiled}}
func.func @f(%x: !nodes, %c: f32) -> !nodes {
  return %x : !nodes
}

// -----

!truths = tensor<?x8xi1, #rgnn.on<kg.node>>
rgnn.graph @kg
// expected-error @+1 {{has argument 0 of type 'tensor<?x8xi1, #rgnn.on<kg.node>>'; only tensors of floats or i32}}
func.func @f(%x: !truths) -> !truths {
  return %x : !truths
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
!truths = tensor<?x8xi1, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes, %y: !nodes) -> !truths {
  // expected-error @+1 {{data of type 'tensor<?x8xi1, #rgnn.on<kg.node>>' must be stored here, and buffers hold only floats and i32}}
  %c = arith.cmpf olt, %x, %y : !nodes
  return %c : !truths
}

// -----

// Functions that compute nothing, or elsewhere.

rgnn.graph @kg
// expected-error @+1 {{has no results, so there is nothing to compile}}
func.func @f(%x: tensor<?x8xf32, #rgnn.on<kg.node>>) {
  return
}

// -----

rgnn.graph @kg
// expected-error @+1 {{has no body to form kernels from}}
func.func private @f(%x: tensor<?x8xf32, #rgnn.on<kg.node>>) -> tensor<?x8xf32, #rgnn.on<kg.node>>

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func private @g(%x: !nodes) -> !nodes {
  %y = math.exp %x : !nodes
  return %y : !nodes
}
func.func @f(%x: !nodes) -> !nodes {
  // expected-error @+1 {{'func.call' op has no kernel yet; run the model with the reference device}}
  %y = func.call @g(%x) : (!nodes) -> !nodes
  return %y : !nodes
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
// expected-error @+1 {{must have one block to be compiled}}
func.func @f(%x: !nodes) -> !nodes {
  cf.br ^bb1
^bb1:
  return %x : !nodes
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
// expected-error @+1 {{has an argument and a result called 'h'; a program has one list of names for both}}
func.func @f(%x: !nodes {rgnn.name = "h"}) -> (!nodes {rgnn.name = "h"}) {
  return %x : !nodes
}

// -----

!nodes = tensor<?x8xf32, #rgnn.on<kg.src_node>>
// expected-error @+1 {{is bipartite; models on such graphs cannot be compiled yet}}
rgnn.graph @kg {bipartite}
func.func @f(%x: !nodes) -> !nodes {
  return %x : !nodes
}

// -----

// A scalar that no pass has folded.

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes) -> !nodes {
  %a = arith.constant 1.0 : f32
  // expected-error @+1 {{'arith.addf' op has no kernel yet; run the model with the reference device}}
  %b = arith.addf %a, %a : f32
  %c = rgnn.fill %b : (f32) -> !nodes
  %y = arith.addf %x, %c : !nodes
  return %y : !nodes
}

// -----

// Kernels compute in f32 what is stored as bf16, so its bits are not there.

!nodes = tensor<?x8xbf16, #rgnn.on<kg.node>>
!bits = tensor<?x8xi16, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes) -> !nodes {
  // expected-error @+1 {{'arith.bitcast' op of the bits of f16 or bf16, which are computed in f32, has no kernel yet; run the model with the reference device}}
  %b = arith.bitcast %x : !nodes to !bits
  %y = arith.sitofp %b : !bits to !nodes
  return %y : !nodes
}

// -----

// Elements of eight bits.

!nodes = tensor<?x8xbf16, #rgnn.on<kg.node>>
!tiny = tensor<?x8xf8E4M3FN, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes) -> !nodes {
  // expected-error @+1 {{'arith.truncf' op of 'f8E4M3FN' has no kernel yet; run the model with the reference device}}
  %t = arith.truncf %x : !nodes to !tiny
  %y = arith.extf %t : !tiny to !nodes
  return %y : !nodes
}
