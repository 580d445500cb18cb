// RUN: pigeon-opt %s --rgnn-verify-domains -split-input-file -verify-diagnostics

// expected-error @+1 {{there is no graph 'kg', expected an rgnn.graph @kg in the module}}
func.func @unknown_graph(%x: tensor<?xf32, #rgnn.on<kg.edge>>) {
  return
}

// -----

// A declaration has no block arguments, only a type.
rgnn.graph @kg
// expected-error @+1 {{graph 'kg' has no domain 'edges'}}
func.func private @unknown_domain(tensor<?xf32, #rgnn.on<kg.edges>>)

// -----

rgnn.graph @kg {relations = 4}
// expected-error @+1 {{has 5 rows on kg.relation, but the graph has 4}}
func.func private @rows(tuple<tensor<5xf32, #rgnn.on<kg.relation>>>)

// -----

rgnn.graph @kg
// expected-error @+1 {{graph 'kg' has no domain 'era'}}
func.func private @in_attribute() attributes {mark = #rgnn.on<kg.era>}

// -----

rgnn.graph @kg
rgnn.graph @test {shares = @kg}
func.func @in_result(%n: index) {
  // expected-error @+1 {{graph 'test' shares 'relation' with 'kg', write kg.relation instead of test.relation}}
  %0 = tensor.empty(%n) : tensor<?xf32, #rgnn.on<test.relation>>
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @cast(%x: !nodes) {
  // expected-error @+1 {{does not keep track of domains, but has data on kg.node; use rgnn.gather along a role to change the domain}}
  %0 = tensor.cast %x : !nodes to tensor<?x4xf32>
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @cast_to(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{does not keep track of domains, but has data on kg.node; use rgnn.gather}}
  %0 = tensor.cast %x : tensor<?x4xf32> to !nodes
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @several(%x: !nodes, %y: !nodes) {
  // expected-error @+1 {{use rgnn.reshape for trailing dimensions}}
  %0 = tensor.collapse_shape %x [[0, 1]] : !nodes into tensor<?xf32>
  // Every one of them is told.
  // expected-error @+1 {{use arith.addf}}
  %1 = linalg.add ins(%x, %y : !nodes, !nodes) outs(%x : !nodes) -> !nodes
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @loop(%x: !nodes, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{use the ops of rgnn, or arith and math for elementwise work}}
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> !nodes {
    // expected-error @+1 {{does not keep track of domains}}
    scf.yield %a : !nodes
  }
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
!powers = tensor<?x4xi32, #rgnn.on<kg.edge>>
rgnn.graph @kg
func.func @elementwise(%x: !nodes, %i: !powers) {
  // expected-error @+1 {{mixes data on kg.node with 'tensor<?x4xi32, #rgnn.on<kg.edge>>'; use rgnn.gather along a role to change the domain}}
  %0 = math.fpowi %x, %i : !nodes, !powers
  return
}

// -----

!nodes = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @elementwise_without_domain(%x: !nodes, %i: tensor<?x4xi32>) {
  // expected-error @+1 {{mixes data on kg.node with 'tensor<?x4xi32>'; use rgnn.gather}}
  %0 = math.fpowi %x, %i : !nodes, tensor<?x4xi32>
  return
}
