// CompGCN (Vashishth et al., 2020) with the product as composition:
//
//   h'_v = sum over the edges that enter v of W_dir(r) (h_u * z_r)
//   z'_r = W_rel z_r
//
// The direction of a relation is a class: inverse relations have another one.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!relations = tensor<?x64xf32, #rgnn.on<kg.relation>>
!per_direction = tensor<?x64x64xf32, #rgnn.on<kg.direction>>

rgnn.graph @kg {classes = {direction = 2}}

func.func @compgcn(%h: !nodes {rgnn.name = "h"},
                   %z: !relations {rgnn.name = "z"},
                   %w_dir: !per_direction {rgnn.name = "w_dir"},
                   %w_rel: tensor<64x64xf32> {rgnn.name = "w_rel"})
    -> (!nodes {rgnn.name = "h_out"}, !relations {rgnn.name = "z_out"}) {
  %h_u = rgnn.gather %h, src : (!nodes) -> !edges
  %z_r = rgnn.gather %z, rel : (!relations) -> !edges
  %phi = arith.mulf %h_u, %z_r : !edges
  %message = rgnn.linear %phi, %w_dir, direction
    : (!edges, !per_direction) -> !edges
  %h_out = rgnn.aggregate sum %message, dst : (!edges) -> !nodes
  %z_out = rgnn.linear %z, %w_rel, none
    : (!relations, tensor<64x64xf32>) -> !relations
  return %h_out, %z_out : !nodes, !relations
}
