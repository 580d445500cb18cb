// RGCN (Schlichtkrull et al., 2018), one layer from 64 to 64:
//
//   h'_v = W0 h_v + b + sum over relations r and neighbours u in N_r(v) of
//          W_r h_u / |N_r(v)|
//
// The mean over each (destination, relation) is taken before the product with
// W_r, so that the product runs once per pair and not once per edge. The
// activation is left to the caller.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
!per_relation = tensor<?x64x64xf32, #rgnn.on<kg.relation>>

rgnn.graph @kg

func.func @rgcn(%h: !nodes {rgnn.name = "h"},
                %w: !per_relation {rgnn.name = "w"},
                %w0: tensor<64x64xf32> {rgnn.name = "w0"},
                %bias: tensor<64xf32> {rgnn.name = "bias"})
    -> (!nodes {rgnn.name = "out"}) {
  %from = rgnn.gather %h, src : (!nodes) -> !edges
  %mean = rgnn.aggregate mean %from, dst_pair : (!edges) -> !pairs
  %message = rgnn.linear %mean, %w, rel : (!pairs, !per_relation) -> !pairs
  %sum = rgnn.aggregate sum %message, node : (!pairs) -> !nodes
  %self = rgnn.linear %h, %w0, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %b = rgnn.gather %bias, none : (tensor<64xf32>) -> !nodes
  %0 = arith.addf %sum, %self : !nodes
  %out = arith.addf %0, %b : !nodes
  return %out : !nodes
}
