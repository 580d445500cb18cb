// RUN: pigeon-opt %s -split-input-file -verify-diagnostics
//
// Encodings, where roles lead, and names of arguments and results.

// expected-error @+1 {{expected a graph and a domain, as in kg.edge, found 'edge.'}}
func.func private @no_domain(tensor<?x64xf32, #rgnn.on<edge>>)

// -----

// expected-error @+1 {{expected a graph and a domain, as in kg.edge, found '.edge'}}
func.func private @no_graph(tensor<?x64xf32, #rgnn.on<".edge">>)

// -----

// expected-error @+1 {{data on kg.edge must have a row dimension, found rank 0}}
func.func private @no_rows(tensor<f32, #rgnn.on<kg.edge>>)

// -----

// expected-error @+1 {{trailing dimension 1 of data on kg.edge must be static and positive, found ?}}
func.func private @dynamic(tensor<?x4x?xf32, #rgnn.on<kg.edge>>)

// -----

// expected-error @+1 {{trailing dimension 0 of data on kg.edge must be static and positive, found 0}}
func.func private @empty(tensor<?x0xf32, #rgnn.on<kg.edge>>)

// -----

// expected-error @+1 {{data on kg.edge must have float, integer or index elements, found 'complex<f32>'}}
func.func private @complex(tensor<?xcomplex<f32>, #rgnn.on<kg.edge>>)

// -----

// expected-error @+1 {{a row of data on kg.edge must have at most 2147483647 elements}}
func.func private @huge(tensor<?x4294967296x4294967296xf32, #rgnn.on<kg.edge>>)

// -----

func.func @huge_one_row(%w: tensor<65536x32768xf32>) {
  // expected-error @+1 {{operand #0 must be data on a domain}}
  %0 = rgnn.reshape %w : (tensor<65536x32768xf32>) -> tensor<65536x32768xf32>
  return
}

// -----

rgnn.graph @kg {relations = 92, node_types = 7, classes = {direction = 2}}
func.func @rows_of_a_weight(%x: tensor<?x8xf32, #rgnn.on<kg.edge>>, %w: tensor<91x8x8xf32, #rgnn.on<kg.relation>>) {
  // expected-error @+1 {{has 91 rows on kg.relation, but the graph has 92}}
  %0 = rgnn.linear %x, %w, rel : (tensor<?x8xf32, #rgnn.on<kg.edge>>, tensor<91x8x8xf32, #rgnn.on<kg.relation>>) -> tensor<?x8xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg {relations = 92, node_types = 7, classes = {direction = 2}}
func.func @rows_of_types(%c: f32) {
  %0 = rgnn.fill %c : (f32) -> tensor<7xf32, #rgnn.on<kg.node_type>>
  // expected-error @+1 {{has 6 rows on kg.node_type, but the graph has 7}}
  %1 = rgnn.fill %c : (f32) -> tensor<6xf32, #rgnn.on<kg.node_type>>
  return
}

// -----

rgnn.graph @kg {relations = 92, node_types = 7, classes = {direction = 2, era = 0}}
func.func @rows_of_a_class(%c: f32) {
  %0 = rgnn.fill %c : (f32) -> tensor<3xf32, #rgnn.on<kg.era>>
  // expected-error @+1 {{has 3 rows on kg.direction, but the graph has 2}}
  %1 = rgnn.fill %c : (f32) -> tensor<3xf32, #rgnn.on<kg.direction>>
  return
}

// -----

func.func @no_graph(%h: tensor<?xf32, #rgnn.on<kg.node>>) {
  // expected-error @+1 {{there is no graph 'kg', expected an rgnn.graph @kg in the module}}
  %0 = rgnn.gather %h, src : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

func.func private @kg()
func.func @no_graph_but_a_function(%h: tensor<?xf32, #rgnn.on<kg.node>>) {
  // expected-error @+1 {{there is no graph 'kg', expected an rgnn.graph @kg in the module}}
  %0 = rgnn.gather %h, src : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg {classes = {era = 0}}
func.func @no_such_domain(%c: f32) {
  // expected-error @+1 {{graph 'kg' has no domain 'egde', expected one of edge, src_pair, dst_pair, node, relation, node_type, triple, era}}
  %0 = rgnn.fill %c : (f32) -> tensor<?xf32, #rgnn.on<kg.egde>>
  return
}

// -----

rgnn.graph @kg
rgnn.graph @test {shares = @kg}
func.func @shared_domain(%c: f32) {
  // expected-error @+1 {{graph 'test' shares 'node' with 'kg', write kg.node instead of test.node}}
  %0 = rgnn.fill %c : (f32) -> tensor<?xf32, #rgnn.on<test.node>>
  return
}

// -----

rgnn.graph @kg {bipartite}
func.func @bipartite_has_no_node(%c: f32) {
  // expected-error @+1 {{graph 'kg' has no domain 'node', expected one of edge, src_pair, dst_pair, src_node, dst_node, relation}}
  %0 = rgnn.fill %c : (f32) -> tensor<?xf32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @no_such_role(%h: tensor<?xf32, #rgnn.on<kg.node>>) {
  // expected-error @+1 {{'source' is no role of kg.edge, expected one of src, dst, rel, src_pair, dst_pair, src_type, dst_type, triple, self, none}}
  %0 = rgnn.gather %h, source : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg {classes = {era = 3}}
func.func @role_of_other_domain(%h: tensor<?xf32, #rgnn.on<kg.dst_pair>>) {
  // expected-error @+1 {{'dst' is no role of kg.dst_pair, expected one of node, rel, type, era, self, none}}
  %0 = rgnn.aggregate sum %h, dst : (tensor<?xf32, #rgnn.on<kg.dst_pair>>) -> tensor<?xf32, #rgnn.on<kg.node>>
  return
}

// -----

rgnn.graph @kg
func.func @gather_input_domain(%h: tensor<?xf32, #rgnn.on<kg.node>>) {
  // expected-error @+1 {{role 'rel' leads from kg.edge to kg.relation, but the input is on kg.node}}
  %0 = rgnn.gather %h, rel : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg {bipartite}
func.func @gather_side(%h: tensor<?xf32, #rgnn.on<kg.dst_node>>) {
  // expected-error @+1 {{role 'src' leads from kg.edge to kg.src_node, but the input is on kg.dst_node}}
  %0 = rgnn.gather %h, src : (tensor<?xf32, #rgnn.on<kg.dst_node>>) -> tensor<?xf32, #rgnn.on<kg.edge>>
  return
}

// -----

rgnn.graph @kg
rgnn.graph @other
func.func @gather_other_graph(%h: tensor<?xf32, #rgnn.on<kg.node>>) {
  // expected-error @+1 {{role 'src' leads from other.edge to other.node, but the input is on kg.node}}
  %0 = rgnn.gather %h, src : (tensor<?xf32, #rgnn.on<kg.node>>) -> tensor<?xf32, #rgnn.on<other.edge>>
  return
}

// -----

rgnn.graph @kg
func.func @aggregate_result_domain(%e: tensor<?xf32, #rgnn.on<kg.edge>>) {
  // expected-error @+1 {{role 'dst' leads from kg.edge to kg.node, but the result is on kg.dst_pair}}
  %0 = rgnn.aggregate sum %e, dst : (tensor<?xf32, #rgnn.on<kg.edge>>) -> tensor<?xf32, #rgnn.on<kg.dst_pair>>
  return
}

// -----

!scores = tensor<?x4xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @softmax_role(%s: !scores) {
  // expected-error @+1 {{'dst' is no role of kg.node, expected one of type, self, none}}
  %0 = rgnn.softmax %s, dst : (!scores) -> !scores
  return
}

// -----

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>
!weights = tensor<?x64x64xf32, #rgnn.on<kg.node_type>>
rgnn.graph @kg
func.func @linear_weight_domain(%x: !edges, %w: !weights) {
  // expected-error @+1 {{role 'rel' leads from kg.edge to kg.relation, but the weight is on kg.node_type}}
  %0 = rgnn.linear %x, %w, rel : (!edges, !weights) -> !edges
  return
}

// -----

!edges = tensor<?x8xf32, #rgnn.on<test.edge>>
rgnn.graph @kg
rgnn.graph @test {shares = @kg}
func.func @outer_result_domain(%x: !edges) {
  // expected-error @+1 {{role 'triple' leads from test.edge to test.triple, but the result is on kg.triple}}
  %0 = rgnn.outer %x, %x, triple : (!edges, !edges) -> tensor<?x8x8xf32, #rgnn.on<kg.triple>>
  return
}

// -----

// expected-error @+1 {{'rgnn.name' of argument 0 must be a string that is not empty, found 3 : i64}}
func.func @name_type(%x: tensor<4xf32> {rgnn.name = 3}) {
  return
}

// -----

// expected-error @+1 {{'rgnn.name' of argument 0 must be a string that is not empty, found ""}}
func.func @name_empty(%x: tensor<4xf32> {rgnn.name = ""}) {
  return
}

// -----

// expected-error @+1 {{argument 1 has the attribute 'rgnn.nam', expected 'rgnn.name'}}
func.func @name_misspelt(%x: tensor<4xf32>, %y: tensor<4xf32> {rgnn.nam = "y"}) {
  return
}

// -----

// expected-error @+1 {{arguments 0 and 2 have one name, 'x'}}
func.func @name_twice(%x: tensor<4xf32> {rgnn.name = "x"}, %y: tensor<4xf32>, %z: tensor<4xf32> {rgnn.name = "x"}) {
  return
}

// -----

// expected-error @+1 {{arguments 0 and 1 have one name, 'arg1'}}
func.func @name_of_another(%x: tensor<4xf32> {rgnn.name = "arg1"}, %y: tensor<4xf32>) {
  return
}

// -----

// expected-error @+1 {{results 0 and 1 have one name, 'x'}}
func.func @result_twice(%x: tensor<4xf32>) -> (tensor<4xf32> {rgnn.name = "x"}, tensor<4xf32> {rgnn.name = "x"}) {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// expected-error @+1 {{'rgnn.name' of result 0 must be a string that is not empty, found unit}}
func.func @result_type(%x: tensor<4xf32>) -> (tensor<4xf32> {rgnn.name}) {
  return %x : tensor<4xf32>
}
