// RUN: pigeon-opt %s -split-input-file -verify-diagnostics
//
// The ops' own rules. Those of graphs and domains are in invalid-graph.mlir and
// invalid-domain.mlir.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @gather_to_one_row(%h: !nodes) {
  // expected-error @+1 {{gathers for the rows of a domain, but its result 'tensor<64xf32>' is one row}}
  %0 = rgnn.gather %h, src : (!nodes) -> tensor<64xf32>
  return
}

// -----

rgnn.graph @kg
func.func @gather_one_row_with_role(%b: tensor<64xf32>) {
  // expected-error @+1 {{gathers from one row exactly when its role is none, found role 'src' and an input on one row}}
  %0 = rgnn.gather %b, src : (tensor<64xf32>) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  return
}

// -----

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @gather_none_of_domain(%h: !nodes) {
  // expected-error @+1 {{exactly when its role is none, found role 'none' and an input on kg.node}}
  %0 = rgnn.gather %h, none : (!nodes) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  return
}

// -----

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @gather_other_width(%h: !nodes) {
  // expected-error @+1 {{changes the trailing dimensions from [64] to [4, 16]}}
  %0 = rgnn.gather %h, src : (!nodes) -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  return
}

// -----

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @gather_other_element(%h: !nodes) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f16'}}
  %0 = rgnn.gather %h, src : (!nodes) -> tensor<?x64xf16, #rgnn.on<kg.edge>>
  return
}

// -----

func.func @no_row_dimension_without_domain(%x: tensor<?x64xf32>) {
  // expected-error @+1 {{operand #0 must be data on a domain (encoding #rgnn.on) or one row (no encoding), with static trailing dimensions, but got 'tensor<?x64xf32>'}}
  %0 = rgnn.gather %x, none : (tensor<?x64xf32>) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  return
}

// -----

func.func @other_encoding(%x: tensor<?x64xf32, "csr">) {
  // expected-error @+1 {{operand #0 must be data on a domain}}
  %0 = rgnn.reshape %x : (tensor<?x64xf32, "csr">) -> tensor<?x64xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @aggregate_integers(%x: tensor<?xi32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{operand #0 must be floats on a domain}}
  %0 = rgnn.aggregate sum %x, dst : (tensor<?xi32, #rgnn.on<kg.edge>>) -> tensor<?xi32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @aggregate_one_row(%b: tensor<64xf32>) {
  // expected-error @+1 {{aggregates the rows of a domain, but its input 'tensor<64xf32>' is one row}}
  %0 = rgnn.aggregate sum %b, none : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @aggregate_to_one_row(%e: !edges) {
  // expected-error @+1 {{aggregates into one row exactly when its role is none, found role 'dst' and a result on one row}}
  %0 = rgnn.aggregate sum %e, dst : (!edges) -> tensor<64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @aggregate_other_width(%e: !edges) {
  // expected-error @+1 {{changes the trailing dimensions from [64] to []}}
  %0 = rgnn.aggregate sum %e, dst : (!edges) -> tensor<?xf32, #rgnn.on<kg.node>>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
func.func @aggregate_unknown_kind(%e: !edges) {
  // expected-error-re @+2 {{expected {{.*}} to be one of: sum, mean, max, min}}
  // expected-error @+1 {{failed to parse RGNN_AggregateKindAttr}}
  %0 = rgnn.aggregate median %e, dst : (!edges) -> tensor<?x64xf32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @softmax_one_row(%b: tensor<64xf32>) {
  // expected-error @+1 {{runs over the rows of a domain, but its input 'tensor<64xf32>' is one row}}
  %0 = rgnn.softmax %b, none : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

rgnn.graph @kg
func.func @softmax_other_type(%s: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{all of {input, result} have same type}}
  %0 = rgnn.softmax %s, dst : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.node>>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_weight_rank(%x: !edges, %w: !weights) {
  // expected-error @+1 {{expected a weight of trailing dimensions [in, out] or [H, in, out], found []}}
  %0 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return
}

// -----

!scalars = tensor<?xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_nothing_to_contract(%x: !scalars, %w: !weights) {
  // expected-error @+1 {{has nothing to contract, its input has no trailing dimension}}
  %0 = rgnn.linear %x, %w, rel : (!scalars, !weights) -> !scalars
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x32x64xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_width(%x: !edges, %w: !weights) {
  // expected-error @+1 {{contracts the input's last dimension, 64, with the weight's last but one, 32}}
  %0 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return
}

// -----

!heads = tensor<?x8x16xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x4x16x16xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_heads(%x: !heads, %w: !weights) {
  // expected-error @+1 {{expected the input's last but one dimension to be the weight's 4 heads, found 8}}
  %0 = rgnn.linear %x, %w, rel : (!heads, !weights) -> !heads
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf16, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_element_type(%x: !edges, %w: !weights) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f16'}}
  %0 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @linear_key_without_rows(%x: !edges, %w: tensor<64x64xf32>) {
  // expected-error @+1 {{has a weight of one row exactly when its key is none, found key 'rel' and a weight on one row}}
  %0 = rgnn.linear %x, %w, rel : (!edges, tensor<64x64xf32>) -> !edges
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_rows_without_key(%x: !edges, %w: !weights) {
  // expected-error @+1 {{exactly when its key is none, found key 'none' and a weight on kg.relation}}
  %0 = rgnn.linear %x, %w, none : (!edges, !weights) -> !edges
  return
}

// -----

!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_one_row_with_key(%x: tensor<64xf32>, %w: !weights) {
  // expected-error @+1 {{has an input of one row, which takes the key none, found 'rel'}}
  %0 = rgnn.linear %x, %w, rel : (tensor<64xf32>, !weights) -> tensor<64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x32xf32, #rgnn.on<kg.relation>>
rgnn.graph @kg
func.func @linear_result(%x: !edges, %w: !weights) {
  // expected-error @+1 {{expected a result of type 'tensor<?x32xf32, #rgnn.on<kg.edge>>', found 'tensor<?x64xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @outer_domains(%x: !edges, %y: !nodes) {
  // expected-error @+1 {{expected operands on one domain, found kg.edge and kg.node}}
  %0 = rgnn.outer %x, %y, rel : (!edges, !nodes) -> tensor<?x64x64xf32, #rgnn.on<kg.relation>>
  return
}

// -----

func.func @outer_one_row(%x: tensor<64xf32>) {
  // expected-error @+1 {{expected operands on one domain, found one row and one row}}
  %0 = rgnn.outer %x, %x, none : (tensor<64xf32>, tensor<64xf32>) -> tensor<64x64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_key(%x: !edges) {
  // expected-error @+1 {{sums into one row exactly when its key is none, found key 'rel' and a result on one row}}
  %0 = rgnn.outer %x, %x, rel : (!edges, !edges) -> tensor<64x64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_operand_elements(%x: !edges, %y: tensor<?x64xf16, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f16'}}
  %0 = rgnn.outer %x, %y, none : (!edges, tensor<?x64xf16, #rgnn.on<kg.edge>>) -> tensor<64x64xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_result_elements(%x: !edges) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f64'}}
  %0 = rgnn.outer %x, %x, none : (!edges, !edges) -> tensor<64x64xf64>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_ranks(%x: !edges, %y: !heads) {
  // expected-error @+1 {{expected operands of trailing dimensions [in] and [out], or [H, in] and [H, out], found [64] and [4, 16]}}
  %0 = rgnn.outer %x, %y, none : (!edges, !heads) -> tensor<4x64x16xf32>
  return
}

// -----

!four = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!eight = tensor<?x8x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_heads(%x: !four, %y: !eight) {
  // expected-error @+1 {{expected as many heads on both operands, found 4 and 8}}
  %0 = rgnn.outer %x, %y, none : (!four, !eight) -> tensor<4x16x16xf32>
  return
}

// -----

!heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @outer_result(%x: !heads) {
  // expected-error @+1 {{expected a result of trailing dimensions [4, 16, 16], found [16, 16]}}
  %0 = rgnn.outer %x, %x, none : (!heads, !heads) -> tensor<16x16xf32>
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @dot_domains(%x: !edges, %y: !nodes) {
  // expected-error @+1 {{all of {lhs, rhs} have same type}}
  %0 = rgnn.dot %x, %y : (!edges, !nodes) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

!scalars = tensor<?xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @dot_scalars(%x: !scalars) {
  // expected-error @+1 {{expected operands with a trailing dimension, found 'tensor<?xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.dot %x, %x : (!scalars, !scalars) -> !scalars
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!scalars = tensor<?xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @scale_domain(%x: !edges, %s: !scalars) {
  // expected-error @+1 {{expected the factor on the input's domain, kg.edge, found kg.node}}
  %0 = rgnn.scale %x, %s : (!edges, !scalars) -> !edges
  return
}

// -----

!edges = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!factors = tensor<?x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @scale_prefix(%x: !edges, %s: !factors) {
  // expected-error @+1 {{expected the factor's trailing dimensions to be the first of the input's, found [16] and [4, 16]}}
  %0 = rgnn.scale %x, %s : (!edges, !factors) -> !edges
  return
}

// -----

!edges = tensor<?x4xf32, #rgnn.on<kg.edge>>
!factors = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @scale_longer_factor(%x: !edges, %s: !factors) {
  // expected-error @+1 {{to be the first of the input's, found [4, 16] and [4]}}
  %0 = rgnn.scale %x, %s : (!edges, !factors) -> !edges
  return
}

// -----

!edges = tensor<?x4xf32, #rgnn.on<kg.edge>>
!factors = tensor<?x4xf16, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @scale_elements(%x: !edges, %s: !factors) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f16'}}
  %0 = rgnn.scale %x, %s : (!edges, !factors) -> !edges
  return
}

// -----

rgnn.graph @kg
func.func @reduce_too_much(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{reduces 2 trailing dimensions, but its input has 1}}
  %0 = rgnn.reduce sum %x {dims = 2} : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @reduce_nothing(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{attribute 'dims' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = rgnn.reduce sum %x {dims = 0} : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @broadcast_domain(%x: tensor<4xf32>) {
  // expected-error @+1 {{cannot change the domain from one row to kg.edge; rgnn.gather can}}
  %0 = rgnn.broadcast %x : (tensor<4xf32>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @broadcast_prefix(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected the result's trailing dimensions to start with the input's, found [16, 4] and [4]}}
  %0 = rgnn.broadcast %x : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x16x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @broadcast_rows(%x: tensor<9xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{cannot change the number of rows, found 'tensor<9xf32, #rgnn.on<kg.edge>>' and 'tensor<?x4xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.broadcast %x : (tensor<9xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @broadcast_elements(%x: tensor<?xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{must have one element type, found 'f32' and 'f16'}}
  %0 = rgnn.broadcast %x : (tensor<?xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf16, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @fill_elements(%x: f32) {
  // expected-error @+1 {{expected a value of the result's element type, 'f16', found 'f32'}}
  %0 = rgnn.fill %x : (f32) -> tensor<?x4xf16, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @fill_tensor(%x: tensor<f32>) {
  // expected-error @+1 {{operand #0 must be floating-point, but got 'tensor<f32>'}}
  %0 = rgnn.fill %x : (tensor<f32>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @reshape_domain(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{cannot change the domain from kg.edge to kg.node; rgnn.gather can}}
  %0 = rgnn.reshape %x : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @reshape_size(%x: tensor<?x4x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected as many elements per row, found [4, 16] and [63]}}
  %0 = rgnn.reshape %x : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x63xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_lists(%x: tensor<?x4x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected one offset and one size for each of 2 trailing dimensions, found 1 offsets and 2 sizes}}
  %0 = rgnn.slice %x [0] [4, 16] : (tensor<?x4x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_beyond(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{takes 8 elements from 12 on of a dimension of 16}}
  %0 = rgnn.slice %x [12] [8] : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_before(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{takes 8 elements from -1 on of a dimension of 16}}
  %0 = rgnn.slice %x [-1] [8] : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_huge(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{takes 9223372036854775807 elements from 9223372036854775807 on of a dimension of 16}}
  %0 = rgnn.slice %x [9223372036854775807] [9223372036854775807] : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_nothing(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{takes 0 elements from 1 on of a dimension of 16}}
  %0 = rgnn.slice %x [1] [0] : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  return
}

// -----

func.func @concat_nothing() {
  // expected-error @+1 {{expected at least one input}}
  %0 = rgnn.concat {dim = 0} : () -> tensor<4xf32>
  return
}

// -----

rgnn.graph @kg
func.func @concat_dim(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{joins along trailing dimension 1, but its inputs have 1}}
  %0 = rgnn.concat %x {dim = 1} : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x16xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @concat_negative(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{attribute 'dim' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  %0 = rgnn.concat %x {dim = -1} : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x16xf32, #rgnn.on<kg.edge>>
  return
}

// -----

!a = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!b = tensor<?x8x16xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @concat_shape(%x: !a, %y: !b) {
  // expected-error @+1 {{expected inputs that agree in all but trailing dimension 1, found 'tensor<?x4x16xf32, #rgnn.on<kg.edge>>' and 'tensor<?x8x16xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.concat %x, %y {dim = 1} : (!a, !b) -> !a
  return
}

// -----

!a = tensor<?x16xf32, #rgnn.on<kg.edge>>
!b = tensor<?x16xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @concat_domain(%x: !a, %y: !b) {
  // expected-error @+1 {{expected inputs that agree in all but trailing dimension 0}}
  %0 = rgnn.concat %x, %y {dim = 0} : (!a, !b) -> tensor<?x32xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @dot_result(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected a result of type 'tensor<?xf32, #rgnn.on<kg.edge>>', found 'tensor<?x4xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.dot %x, %x : (tensor<?x4xf32, #rgnn.on<kg.edge>>, tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @reduce_result(%x: tensor<?x4xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected a result of type 'tensor<?xf32, #rgnn.on<kg.edge>>', found 'tensor<?xf32, #rgnn.on<kg.node>>'}}
  %0 = rgnn.reduce sum %x : (tensor<?x4xf32, #rgnn.on<kg.edge>>) -> tensor<?xf32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @slice_result(%x: tensor<?x16xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{expected a result of type 'tensor<?x8xf32, #rgnn.on<kg.edge>>', found 'tensor<?x4xf32, #rgnn.on<kg.edge>>'}}
  %0 = rgnn.slice %x [1] [8] : (tensor<?x16xf32, #rgnn.on<kg.edge>>) -> tensor<?x4xf32, #rgnn.on<kg.edge>>
  return
}

// -----

func.func @concat_result(%x: tensor<16xf32>) {
  // expected-error @+1 {{expected a result of type 'tensor<32xf32>', found 'tensor<16xf32>'}}
  %0 = rgnn.concat %x, %x {dim = 0} : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  return
}
