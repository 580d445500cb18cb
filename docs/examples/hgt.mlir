// HGT (Hu et al., 2020), one layer of width 64 with 4 heads of 16. For an edge
// from u to v of relation r, and tau the type of a node:
//
//   K_u = W^K_tau(u) h_u,  Q_v = W^Q_tau(v) h_v,  V_u = W^V_tau(u) h_u
//   e     = (K_u W^att_r) . Q_v * mu_{tau(u),r,tau(v)} / sqrt(16)
//   alpha = softmax of e over all edges that enter v
//   a_v   = sum over the edges that enter v of alpha (V_u W^msg_r)
//   h'_v  = s W^O_tau(v) GELU(a_v) + (1 - s) h_v,  s = sigmoid(skip_tau(v))
//
// K, Q and V are computed once per node. The prior mu lives on `triple`: one row
// per (source type, relation, destination type) that occurs.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!node_heads = tensor<?x4x16xf32, #rgnn.on<kg.node>>
!node_scalars = tensor<?xf32, #rgnn.on<kg.node>>
!edge_heads = tensor<?x4x16xf32, #rgnn.on<kg.edge>>
!scores = tensor<?x4xf32, #rgnn.on<kg.edge>>
!projection = tensor<?x4x64x16xf32, #rgnn.on<kg.node_type>>
!output = tensor<?x64x64xf32, #rgnn.on<kg.node_type>>
!type_scalars = tensor<?xf32, #rgnn.on<kg.node_type>>
!relation_matrix = tensor<?x4x16x16xf32, #rgnn.on<kg.relation>>
!prior = tensor<?x4xf32, #rgnn.on<kg.triple>>

rgnn.graph @kg

func.func @hgt(%h: !nodes {rgnn.name = "h"},
               %wk: !projection {rgnn.name = "wk"},
               %wq: !projection {rgnn.name = "wq"},
               %wv: !projection {rgnn.name = "wv"},
               %w_att: !relation_matrix {rgnn.name = "w_att"},
               %w_msg: !relation_matrix {rgnn.name = "w_msg"},
               %mu: !prior {rgnn.name = "mu"},
               %wo: !output {rgnn.name = "wo"},
               %skip: !type_scalars {rgnn.name = "skip"})
    -> (!nodes {rgnn.name = "out"}) {
  %k = rgnn.linear %h, %wk, type : (!nodes, !projection) -> !node_heads
  %q = rgnn.linear %h, %wq, type : (!nodes, !projection) -> !node_heads
  %v = rgnn.linear %h, %wv, type : (!nodes, !projection) -> !node_heads

  // Scores.
  %k_e = rgnn.gather %k, src : (!node_heads) -> !edge_heads
  %q_e = rgnn.gather %q, dst : (!node_heads) -> !edge_heads
  %k_att = rgnn.linear %k_e, %w_att, rel
    : (!edge_heads, !relation_matrix) -> !edge_heads
  %product = rgnn.dot %k_att, %q_e : (!edge_heads, !edge_heads) -> !scores
  %mu_e = rgnn.gather %mu, triple : (!prior) -> !scores
  %weighted = arith.mulf %product, %mu_e : !scores
  %quarter = arith.constant 0.25 : f32
  %quarters = rgnn.fill %quarter : (f32) -> !scores
  %e = arith.mulf %weighted, %quarters : !scores
  %alpha = rgnn.softmax %e, dst : (!scores) -> !scores

  // Messages.
  %v_e = rgnn.gather %v, src : (!node_heads) -> !edge_heads
  %v_msg = rgnn.linear %v_e, %w_msg, rel
    : (!edge_heads, !relation_matrix) -> !edge_heads
  %message = rgnn.scale %v_msg, %alpha : (!edge_heads, !scores) -> !edge_heads
  %heads = rgnn.aggregate sum %message, dst : (!edge_heads) -> !node_heads
  %a = rgnn.reshape %heads : (!node_heads) -> !nodes

  // GELU(x) = x / 2 * (1 + erf(x / sqrt(2))), exactly.
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %sqrt_half = arith.constant 0.70710678118654752 : f32
  %halves = rgnn.fill %half : (f32) -> !nodes
  %ones = rgnn.fill %one : (f32) -> !nodes
  %sqrt_halves = rgnn.fill %sqrt_half : (f32) -> !nodes
  %scaled = arith.mulf %a, %sqrt_halves : !nodes
  %erf = math.erf %scaled : !nodes
  %erf_1 = arith.addf %erf, %ones : !nodes
  %a_half = arith.mulf %a, %halves : !nodes
  %gelu = arith.mulf %a_half, %erf_1 : !nodes
  %update = rgnn.linear %gelu, %wo, type : (!nodes, !output) -> !nodes

  // The gate is the sigmoid of one scalar per node type.
  %type_ones = rgnn.fill %one : (f32) -> !type_scalars
  %minus = arith.negf %skip : !type_scalars
  %exp = math.exp %minus : !type_scalars
  %exp_1 = arith.addf %exp, %type_ones : !type_scalars
  %s_type = arith.divf %type_ones, %exp_1 : !type_scalars
  %rest_type = arith.subf %type_ones, %s_type : !type_scalars
  %s = rgnn.gather %s_type, type : (!type_scalars) -> !node_scalars
  %rest = rgnn.gather %rest_type, type : (!type_scalars) -> !node_scalars
  %new = rgnn.scale %update, %s : (!nodes, !node_scalars) -> !nodes
  %old = rgnn.scale %h, %rest : (!nodes, !node_scalars) -> !nodes
  %out = arith.addf %new, %old : !nodes
  return %out : !nodes
}
