// Every function also runs before and after, see test/Unit/RGNN/RewritesTest.cpp.

// RUN: pigeon-opt %s --rgnn-aggregate-first --canonicalize | FileCheck %s --check-prefixes=CHECK,AUTO
// RUN: pigeon-opt %s --rgnn-aggregate-first=mode=on --canonicalize | FileCheck %s --check-prefixes=CHECK,ON
// RUN: pigeon-opt %s --rgnn-aggregate-first --remark-format=emitRemark --remarks-filter=rgnn 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: pigeon-opt %s > %t.before
// RUN: pigeon-opt %s --rgnn-aggregate-first=mode=off | diff %t.before -

rgnn.graph @kg {stats = {relation = 5, edge = 1000000, src_pair = 900000, dst_pair = 200000,
                         node = 50000}}

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
!scores = tensor<?xf32, #rgnn.on<kg.edge>>
!head_scores = tensor<?x4xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>

// CHECK-LABEL: func.func @sum
// CHECK-SAME: %[[X:.*]]: tensor<?x64xf32, #rgnn.on<kg.edge>>, %[[W:.*]]: tensor
func.func @sum(%x: !edges, %w: !weights) -> !nodes {
  // CHECK: %[[S:.*]] = rgnn.aggregate sum %[[X]], dst_pair
  // CHECK: %[[Y:.*]] = rgnn.linear %[[S]], %[[W]], rel : {{.*}} -> tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  // CHECK: %[[T:.*]] = rgnn.aggregate sum %[[Y]], node
  // CHECK: return %[[T]]
  // REMARK: [[#@LINE+2]]:8: remark: [Passed] aggregate-first {{.*}}goes before the product, which moves to kg.dst_pair (200000 rows): {{[0-9]}} kernels, {{.*}} instead of 2 kernels
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %s = rgnn.aggregate sum %y, dst : (!edges) -> !nodes
  return %s : !nodes
}

// The target has one key for each row: nothing is left to be summed, and a mean
// will do.
// CHECK-LABEL: func.func @nothing_left
func.func @nothing_left(%x: !edges, %w: !weights, %w0: tensor<64x64xf32>,
                        %v: tensor<?x64x64xf32, #rgnn.on<kg.node_type>>)
    -> (!pairs, !nodes, !nodes) {
  // CHECK: rgnn.aggregate mean %{{.*}}, dst_pair
  // CHECK-NEXT: rgnn.linear {{.*}}, rel
  // CHECK-NEXT: rgnn.aggregate sum %{{.*}}, dst :
  // CHECK-NEXT: rgnn.linear {{.*}}, none
  // CHECK-NEXT: rgnn.aggregate mean %{{.*}}, dst :
  // CHECK-NEXT: rgnn.linear {{.*}}, type
  // CHECK-NEXT: return
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %a = rgnn.aggregate mean %y, dst_pair : (!edges) -> !pairs
  %z = rgnn.linear %x, %w0, none : (!edges, tensor<64x64xf32>) -> !edges
  %b = rgnn.aggregate sum %z, dst : (!edges) -> !nodes
  %t = rgnn.linear %x, %v, dst_type
    : (!edges, tensor<?x64x64xf32, #rgnn.on<kg.node_type>>) -> !edges
  %c = rgnn.aggregate mean %t, dst : (!edges) -> !nodes
  return %a, %b, %c : !pairs, !nodes, !nodes
}

// A number for each row goes along, however it is written.
// CHECK-LABEL: func.func @factors
func.func @factors(%x: !edges, %w: !weights, %s: !scores,
                   %c: tensor<?xf32, #rgnn.on<kg.node>>) -> !nodes {
  // CHECK: %[[A:.*]] = rgnn.scale %{{.*}}, %{{.*}} :
  // CHECK: %[[B:.*]] = rgnn.broadcast
  // CHECK: %[[C:.*]] = arith.divf %[[A]], %[[B]]
  // CHECK: %[[D:.*]] = rgnn.scale %[[C]], %{{.*}} :
  // CHECK: rgnn.aggregate sum %[[D]], dst_pair
  // CHECK: rgnn.linear
  // CHECK: rgnn.aggregate sum {{.*}}, node
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %p = rgnn.scale %y, %s : (!edges, !scores) -> !edges
  %d = rgnn.gather %c, dst : (tensor<?xf32, #rgnn.on<kg.node>>) -> !scores
  %e = math.absf %d : !scores
  %o = arith.constant 1.0 : f32
  %ones = rgnn.fill %o : (f32) -> !scores
  %f = arith.addf %e, %ones : !scores
  %g = rgnn.broadcast %f : (!scores) -> !edges
  %q = arith.divf %p, %g : !edges
  %k = rgnn.broadcast %s : (!scores) -> !edges
  %r = arith.mulf %k, %q : !edges
  %t = rgnn.aggregate sum %r, dst : (!edges) -> !nodes
  return %t : !nodes
}

// So does one for each head that the product's input has; reshapes are no
// matter.
// CHECK-LABEL: func.func @heads
func.func @heads(%x: !heads, %w: tensor<?x4x16x16xf32, #rgnn.on<kg.relation>>,
                 %s: !head_scores) -> !nodes {
  // CHECK: rgnn.scale
  // CHECK: rgnn.aggregate sum {{.*}}, dst_pair
  // CHECK: rgnn.linear {{.*}}dst_pair
  // CHECK: rgnn.aggregate sum {{.*}}, node
  // CHECK: rgnn.reshape
  %y = rgnn.linear %x, %w, rel
    : (!heads, tensor<?x4x16x16xf32, #rgnn.on<kg.relation>>) -> !heads
  %p = rgnn.scale %y, %s : (!heads, !head_scores) -> !heads
  %q = rgnn.reshape %p : (!heads) -> !edges
  %t = rgnn.aggregate sum %q, dst : (!edges) -> !nodes
  return %t : !nodes
}

// Heads that the product makes cannot be scaled before it.
// CHECK-LABEL: func.func @made_heads
func.func @made_heads(%x: !edges, %w: tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>,
                      %s: !head_scores) -> tensor<?x4x16xf32, #rgnn.on<kg.node>> {
  // CHECK: rgnn.linear {{.*}}kg.edge
  // CHECK: rgnn.scale
  // CHECK: rgnn.aggregate sum {{.*}}, dst :
  // REMARK: [[#@LINE+4]]:8: remark: [Missed] aggregate-first {{.*}}a factor between them has dimensions that the product makes
  %y = rgnn.linear %x, %w, rel
    : (!edges, tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>) -> !heads
  %p = rgnn.scale %y, %s : (!heads, !head_scores) -> !heads
  %t = rgnn.aggregate sum %p, dst
    : (!heads) -> tensor<?x4x16xf32, #rgnn.on<kg.node>>
  return %t : tensor<?x4x16xf32, #rgnn.on<kg.node>>
}

// A product that stands behind a gather is found; the number of rows that it
// had does not matter any more.
// CHECK-LABEL: func.func @gathered
func.func @gathered(%x: tensor<?x64xf32, #rgnn.on<kg.src_pair>>, %w: !weights) -> !nodes {
  // CHECK: %[[X:.*]] = rgnn.gather %{{.*}}, src_pair
  // CHECK: rgnn.aggregate sum %[[X]], dst_pair
  // CHECK: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  %y = rgnn.linear %x, %w, rel
    : (tensor<?x64xf32, #rgnn.on<kg.src_pair>>, !weights)
    -> tensor<?x64xf32, #rgnn.on<kg.src_pair>>
  %g = rgnn.gather %y, src_pair : (tensor<?x64xf32, #rgnn.on<kg.src_pair>>) -> !edges
  %t = rgnn.aggregate sum %g, dst : (!edges) -> !nodes
  return %t : !nodes
}

// One after the other.
// CHECK-LABEL: func.func @two_products
func.func @two_products(%x: !edges, %w: !weights, %w0: tensor<64x64xf32>) -> !pairs {
  // CHECK: rgnn.aggregate sum {{.*}}, dst_pair
  // CHECK-NEXT: rgnn.linear {{.*}}, none : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  // CHECK-NEXT: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  %y = rgnn.linear %x, %w0, none : (!edges, tensor<64x64xf32>) -> !edges
  %z = rgnn.linear %y, %w, rel : (!edges, !weights) -> !edges
  %t = rgnn.aggregate sum %z, dst_pair : (!edges) -> !pairs
  return %t : !pairs
}

// A product that remains for another reader is not worth another one of many
// rows.
// CHECK-LABEL: func.func @several_readers
func.func @several_readers(%h: tensor<?x8xf32, #rgnn.on<kg.edge>>,
                           %w: tensor<?x8x8xf32, #rgnn.on<kg.relation>>)
    -> (tensor<?x8xf32, #rgnn.on<kg.node>>, tensor<?x8xf32, #rgnn.on<kg.edge>>) {
  // AUTO: rgnn.aggregate sum {{.*}}, dst :
  // ON: rgnn.linear {{.*}} : (tensor<?x8xf32, #rgnn.on<kg.edge>>
  // ON: rgnn.linear {{.*}} : (tensor<?x8xf32, #rgnn.on<kg.dst_pair>>
  // REMARK: [[#@LINE+4]]:8: remark: [Missed] aggregate-first {{.*}}, besides the product for its other readers
  %y = rgnn.linear %h, %w, rel
    : (tensor<?x8xf32, #rgnn.on<kg.edge>>, tensor<?x8x8xf32, #rgnn.on<kg.relation>>)
    -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  %s = rgnn.aggregate sum %y, dst
    : (tensor<?x8xf32, #rgnn.on<kg.edge>>) -> tensor<?x8xf32, #rgnn.on<kg.node>>
  return %s, %y : tensor<?x8xf32, #rgnn.on<kg.node>>, tensor<?x8xf32, #rgnn.on<kg.edge>>
}

// Wide rows would be summed to save the products of narrow ones.
// CHECK-LABEL: func.func @narrow_results
func.func @narrow_results(%h: !nodes, %w0: tensor<64x4xf32>)
    -> tensor<?x4xf32, #rgnn.on<kg.node>> {
  // AUTO: rgnn.linear {{.*}} : (tensor<?x64xf32, #rgnn.on<kg.node>>
  // AUTO: rgnn.aggregate sum
  // ON: rgnn.aggregate sum
  // ON: rgnn.linear
  // REMARK: [[#@LINE+4]]:8: remark: [Missed] aggregate-first {{.*}}stays after the product: 2 kernels, {{.*}}; on kg.node (50000 rows) before it:
  %y = rgnn.linear %h, %w0, none
    : (!nodes, tensor<64x4xf32>) -> tensor<?x4xf32, #rgnn.on<kg.node>>
  %g = rgnn.gather %y, src : (tensor<?x4xf32, #rgnn.on<kg.node>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  %s = rgnn.aggregate sum %g, dst
    : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.node>>
  return %s : tensor<?x4xf32, #rgnn.on<kg.node>>
}

// A sum of many f16 rows may be infinite where that of their products is not; a
// mean is not.
!halves = tensor<?x64xf16, #rgnn.on<kg.edge>>
!half_pairs = tensor<?x64xf16, #rgnn.on<kg.dst_pair>>
!half_weights = tensor<?x64x64xf16, #rgnn.on<kg.relation>>
// CHECK-LABEL: func.func @half_precision
func.func @half_precision(%x: !halves, %w: !half_weights) -> (!half_pairs, !half_pairs) {
  // AUTO: rgnn.linear {{.*}} : (tensor<?x64xf16, #rgnn.on<kg.edge>>
  // AUTO: rgnn.aggregate sum
  // AUTO: rgnn.aggregate mean
  // AUTO: rgnn.linear {{.*}} : (tensor<?x64xf16, #rgnn.on<kg.dst_pair>>
  // ON-COUNT-2: rgnn.linear {{.*}} : (tensor<?x64xf16, #rgnn.on<kg.dst_pair>>
  // REMARK: [[#@LINE+2]]:8: remark: [Missed] aggregate-first {{.*}}sums of f16 rows may overflow
  %y = rgnn.linear %x, %w, rel : (!halves, !half_weights) -> !halves
  %s = rgnn.aggregate sum %y, dst_pair : (!halves) -> !half_pairs
  %z = rgnn.linear %x, %w, rel : (!halves, !half_weights) -> !halves
  %m = rgnn.aggregate mean %z, dst_pair : (!halves) -> !half_pairs
  return %s, %m : !half_pairs, !half_pairs
}

// What does not commute, and why.
// CHECK-LABEL: func.func @illegal
// CHECK-COUNT-4: rgnn.linear {{.*}} : (tensor<?x64xf32, #rgnn.on<kg.edge>>
func.func @illegal(%x: !edges, %w: !weights) -> (!nodes, !nodes, !nodes, !nodes) {
  // REMARK: [[#@LINE+2]]:8: remark: [Missed] aggregate-first {{.*}}a max does not commute with it
  %y = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %a = rgnn.aggregate max %y, dst : (!edges) -> !nodes
  // REMARK: [[#@LINE+2]]:8: remark: [Missed] aggregate-first {{.*}}a mean along 'dst' takes rows of different keys 'rel' together
  %z = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %b = rgnn.aggregate mean %z, dst : (!edges) -> !nodes
  // REMARK: [[#@LINE+3]]:8: remark: [Missed] aggregate-first {{.*}}'math.tanh' stands between them and is not linear
  %t = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %u = math.tanh %t : !edges
  %c = rgnn.aggregate sum %u, dst : (!edges) -> !nodes
  // A square is no factor of one number for each row.
  %v = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %p = arith.mulf %v, %v : !edges
  %d = rgnn.aggregate sum %p, dst : (!edges) -> !nodes
  return %a, %b, %c, %d : !nodes, !nodes, !nodes, !nodes
}

// No domain has one row for each source and destination, or target and key.
// CHECK-LABEL: func.func @no_domain
func.func @no_domain(%x: !edges, %y: !pairs, %w: !weights,
                     %v: tensor<?x64x64xf32, #rgnn.on<kg.node_type>>) -> (!nodes, !nodes) {
  // CHECK: rgnn.linear {{.*}}, src_type : (tensor<?x64xf32, #rgnn.on<kg.edge>>
  // CHECK: rgnn.aggregate sum {{.*}}, dst :
  // CHECK: rgnn.linear {{.*}}, rel : (tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
  // CHECK: rgnn.aggregate sum {{.*}}, node :
  // REMARK: [[#@LINE+3]]:8: remark: [Missed] aggregate-first {{.*}}no smaller domain tells apart the keys 'src_type' and the rows that 'dst' leads to
  %t = rgnn.linear %x, %v, src_type
    : (!edges, tensor<?x64x64xf32, #rgnn.on<kg.node_type>>) -> !edges
  %a = rgnn.aggregate sum %t, dst : (!edges) -> !nodes
  // REMARK: [[#@LINE+2]]:8: remark: [Missed] aggregate-first {{.*}}no smaller domain tells apart the keys 'rel' and the rows that 'node' leads to
  %u = rgnn.linear %y, %w, rel : (!pairs, !weights) -> !pairs
  %b = rgnn.aggregate sum %u, node : (!pairs) -> !nodes
  return %a, %b : !nodes, !nodes
}
