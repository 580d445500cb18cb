// The layer of rgcn.mlir as one writes it down first: a product for each edge.
//
//   h'_v = W0 h_v + b + sum over relations r of
//          the mean over neighbours u in N_r(v) of W_r h_u
//
// The rewrites of the compiler take the product to where there are fewer rows.
// A mean commutes with it, so one per (destination, relation) will do, as in
// rgcn.mlir; or one per (source, relation), whose result the edges share.

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
  %message = rgnn.linear %from, %w, rel : (!edges, !per_relation) -> !edges
  %mean = rgnn.aggregate mean %message, dst_pair : (!edges) -> !pairs
  %sum = rgnn.aggregate sum %mean, node : (!pairs) -> !nodes
  %self = rgnn.linear %h, %w0, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %b = rgnn.gather %bias, none : (tensor<64xf32>) -> !nodes
  %0 = arith.addf %sum, %self : !nodes
  %out = arith.addf %0, %b : !nodes
  return %out : !nodes
}
