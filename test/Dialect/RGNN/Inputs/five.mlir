rgnn.graph @kg
func.func @f(%x: tensor<?x5xf32, #rgnn.on<kg.node>>) -> tensor<?x5xf32, #rgnn.on<kg.edge>> {
  %0 = rgnn.gather %x, src : (tensor<?x5xf32, #rgnn.on<kg.node>>) -> tensor<?x5xf32, #rgnn.on<kg.edge>>
  %1 = rgnn.reshape %0 : (tensor<?x5xf32, #rgnn.on<kg.edge>>) -> tensor<?x5xf32, #rgnn.on<kg.edge>>
  return %1 : tensor<?x5xf32, #rgnn.on<kg.edge>>
}
