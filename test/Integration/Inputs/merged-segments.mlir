// Means that two products read, on the way into the kernel of both.
!rows = tensor<?x64xf32, #rgnn.on<kg.dst_pair>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!narrow = tensor<?x8xf32, #rgnn.on<kg.dst_pair>>
rgnn.graph @kg
func.func @merged(%h: tensor<?x64xf32, #rgnn.on<kg.node>>,
                  %w: tensor<?x64x64xf32, #rgnn.on<kg.relation>>,
                  %a: tensor<?x64x8xf32, #rgnn.on<kg.relation>>) -> (!rows, !narrow) {
  %u = rgnn.gather %h, src : (tensor<?x64xf32, #rgnn.on<kg.node>>) -> !edges
  %m = rgnn.aggregate mean %u, dst_pair : (!edges) -> !rows
  %x = rgnn.linear %m, %w, rel
    : (!rows, tensor<?x64x64xf32, #rgnn.on<kg.relation>>) -> !rows
  %y = rgnn.linear %m, %a, rel
    : (!rows, tensor<?x64x8xf32, #rgnn.on<kg.relation>>) -> !narrow
  return %x, %y : !rows, !narrow
}
