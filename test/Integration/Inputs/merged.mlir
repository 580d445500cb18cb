// Four reductions in one sweep, of two messages; three products of the same rows;
// a product and a narrow one.
!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!narrow = tensor<?x8xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.relation>>
!weight = tensor<64x64xf32>
rgnn.graph @kg
func.func @merged(%h: !nodes, %x: !edges, %q: !weight, %k: !weight, %v: !weight,
                  %b: tensor<64xf32>, %w: !weights,
                  %a: tensor<?x64x8xf32, #rgnn.on<kg.relation>>)
    -> (!nodes, !nodes, !nodes, !nodes, !nodes, !nodes, !edges, !narrow) {
  %u = rgnn.gather %h, src : (!nodes) -> !edges
  %0 = rgnn.aggregate max %u, dst : (!edges) -> !nodes
  %1 = rgnn.aggregate min %x, dst : (!edges) -> !nodes
  %2 = arith.subf %0, %1 : !nodes
  %3 = rgnn.aggregate mean %u, dst : (!edges) -> !nodes
  %4 = rgnn.aggregate sum %x, dst : (!edges) -> !nodes
  %5 = rgnn.linear %h, %q, none : (!nodes, !weight) -> !nodes
  %6 = rgnn.linear %h, %k, none : (!nodes, !weight) -> !nodes
  %7 = rgnn.linear %h, %v, none : (!nodes, !weight) -> !nodes
  %g = rgnn.gather %b, none : (tensor<64xf32>) -> !nodes
  %8 = arith.addf %7, %g : !nodes
  %9 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  %10 = rgnn.linear %x, %a, rel
    : (!edges, tensor<?x64x8xf32, #rgnn.on<kg.relation>>) -> !narrow
  return %2, %3, %4, %5, %6, %8, %9, %10
    : !nodes, !nodes, !nodes, !nodes, !nodes, !nodes, !edges, !narrow
}
