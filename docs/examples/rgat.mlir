// RGAT (Busbridge et al., 2019), additive attention with the softmax across
// relations, one layer from 64 to 4 heads of 16, concatenated:
//
//   e_uv  = LeakyReLU(a_dst_r . W_r h_v + a_src_r . W_r h_u), slope 0.2
//   alpha = softmax of e over all edges that enter v
//   h'_v  = sum over the edges that enter v of alpha W_r h_u

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!node_heads = tensor<?x4x16xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!edge_heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!scores = tensor<?x4xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>
!attention = tensor<?x4x16xf32, #rgnn.on<kg.relation>>

rgnn.graph @kg

func.func @rgat(%h: !nodes {rgnn.name = "h"},
                %w: !weights {rgnn.name = "w"},
                %a_src: !attention {rgnn.name = "a_src"},
                %a_dst: !attention {rgnn.name = "a_dst"})
    -> (!nodes {rgnn.name = "out"}) {
  // W_r h of both ends of each edge.
  %from = rgnn.gather %h, src : (!nodes) -> !edges
  %to = rgnn.gather %h, dst : (!nodes) -> !edges
  %w_from = rgnn.linear %from, %w, rel : (!edges, !weights) -> !edge_heads
  %w_to = rgnn.linear %to, %w, rel : (!edges, !weights) -> !edge_heads

  // One score per edge and head.
  %a_from = rgnn.gather %a_src, rel : (!attention) -> !edge_heads
  %a_to = rgnn.gather %a_dst, rel : (!attention) -> !edge_heads
  %e_from = rgnn.dot %w_from, %a_from : (!edge_heads, !edge_heads) -> !scores
  %e_to = rgnn.dot %w_to, %a_to : (!edge_heads, !edge_heads) -> !scores
  %e = arith.addf %e_from, %e_to : !scores

  // With a slope below 1, LeakyReLU is the larger of e and slope * e.
  %slope = arith.constant 0.2 : f32
  %slopes = rgnn.fill %slope : (f32) -> !scores
  %steep = arith.mulf %e, %slopes : !scores
  %leaky = arith.maximumf %e, %steep : !scores

  %alpha = rgnn.softmax %leaky, dst : (!scores) -> !scores
  %message = rgnn.scale %w_from, %alpha : (!edge_heads, !scores) -> !edge_heads
  %sum = rgnn.aggregate sum %message, dst : (!edge_heads) -> !node_heads
  %out = rgnn.reshape %sum : (!node_heads) -> !nodes
  return %out : !nodes
}
