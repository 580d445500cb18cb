// Four reductions in one sweep, of two messages.
!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @sweep(%h: !nodes, %x: !edges) -> (!nodes, !nodes, !nodes) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %a = rgnn.aggregate max %u, dst : (!edges) -> !nodes
  %b = rgnn.aggregate min %x, dst : (!edges) -> !nodes
  %d = arith.subf %a, %b : !nodes
  %m = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %s = rgnn.aggregate sum %x, dst : (!edges) -> !nodes
  return %d, %m, %s : !nodes, !nodes, !nodes
}
