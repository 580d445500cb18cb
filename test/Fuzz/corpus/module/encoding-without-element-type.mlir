rgnn.graph @kg
func.func @f(%s: tensor<?x, #rgnn.on<kg.edge>>) {
  return
}
