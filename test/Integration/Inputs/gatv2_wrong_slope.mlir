// gatv2.mlir with a slope that is not quite right.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!node_heads = tensor<?x4x16xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!edge_heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!scores = tensor<?x4xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>
!attention = tensor<?x4x16xf32, #rgnn.on<kg.relation>>

rgnn.graph @kg

func.func @gatv2(%h: !nodes {rgnn.name = "h"},
                 %w_src: !weights {rgnn.name = "w_src"},
                 %w_dst: !weights {rgnn.name = "w_dst"},
                 %a: !attention {rgnn.name = "a"})
    -> (!nodes {rgnn.name = "out"}) {
  %from = rgnn.gather %h, src : (!nodes) -> !edges
  %to = rgnn.gather %h, dst : (!nodes) -> !edges
  %w_from = rgnn.linear %from, %w_src, rel : (!edges, !weights) -> !edge_heads
  %w_to = rgnn.linear %to, %w_dst, rel : (!edges, !weights) -> !edge_heads
  %sum = arith.addf %w_from, %w_to : !edge_heads

  %slope = arith.constant 0.2001 : f32
  %slopes = rgnn.fill %slope : (f32) -> !edge_heads
  %steep = arith.mulf %sum, %slopes : !edge_heads
  %leaky = arith.maximumf %sum, %steep : !edge_heads

  %a_e = rgnn.gather %a, rel : (!attention) -> !edge_heads
  %e = rgnn.dot %leaky, %a_e : (!edge_heads, !edge_heads) -> !scores
  %alpha = rgnn.softmax %e, dst : (!scores) -> !scores
  %message = rgnn.scale %w_from, %alpha : (!edge_heads, !scores) -> !edge_heads
  %heads = rgnn.aggregate sum %message, dst : (!edge_heads) -> !node_heads
  %out = rgnn.reshape %heads : (!node_heads) -> !nodes
  return %out : !nodes
}
