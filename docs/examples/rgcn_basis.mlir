// RGCN with basis decomposition (Schlichtkrull et al., 2018, equation 3): the
// layer of rgcn.mlir, where the weight of each relation is a combination of
// four bases,
//
//   W_r = sum over b of a_rb V_b
//
// That is a linear map on the relations, whose rows are the coefficients a_r.

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!pairs = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
!coefficients = tensor<?x4xf32, #rgnn.on<kg.relation>>
!flat_weights = tensor<?x4096xf32, #rgnn.on<kg.relation>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>

rgnn.graph @kg

func.func @rgcn_basis(%h: !nodes {rgnn.name = "h"},
                      %a: !coefficients {rgnn.name = "a"},
                      %v: tensor<4x64x64xf32> {rgnn.name = "v"},
                      %w0: tensor<64x64xf32> {rgnn.name = "w0"},
                      %bias: tensor<64xf32> {rgnn.name = "bias"})
    -> (!nodes {rgnn.name = "out"}) {
  %flat_v = rgnn.reshape %v : (tensor<4x64x64xf32>) -> tensor<4x4096xf32>
  %flat_w = rgnn.linear %a, %flat_v, none
    : (!coefficients, tensor<4x4096xf32>) -> !flat_weights
  %w = rgnn.reshape %flat_w : (!flat_weights) -> !weights

  %from = rgnn.gather %h, src : (!nodes) -> !edges
  %mean = rgnn.aggregate mean %from, dst_pair : (!edges) -> !pairs
  %message = rgnn.linear %mean, %w, rel : (!pairs, !weights) -> !pairs
  %sum = rgnn.aggregate sum %message, node : (!pairs) -> !nodes
  %self = rgnn.linear %h, %w0, none : (!nodes, tensor<64x64xf32>) -> !nodes
  %b = rgnn.gather %bias, none : (tensor<64xf32>) -> !nodes
  %0 = arith.addf %sum, %self : !nodes
  %out = arith.addf %0, %b : !nodes
  return %out : !nodes
}
