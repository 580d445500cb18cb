// RUN: pigeon-opt %s -split-input-file -verify-diagnostics
//
// What rgnn.graph refuses.

// expected-error @+1 {{expected 'relations' to be an integer, found "many"}}
rgnn.graph @kg {relations = "many"}

// -----

// expected-error @+1 {{expected 'bipartite' to be without a value, found true}}
rgnn.graph @kg {bipartite = true}

// -----

// expected-error @+1 {{expected one of relations, node_types, classes, bipartite, shares, stats, found 'edges'}}
rgnn.graph @kg {edges = 3}

// -----

// expected-error @+1 {{attribute 'relations' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
rgnn.graph @kg {relations = 0}

// -----

// expected-error @+1 {{attribute 'node_types' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
rgnn.graph @kg {node_types = -1}

// -----

// expected-error @+1 {{class 'src' has the name of a domain or role}}
rgnn.graph @kg {classes = {src = 2}}

// -----

// expected-error @+1 {{class 'none' has the name of a domain or role}}
rgnn.graph @kg {classes = {none = 2}}

// -----

// expected-error @+1 {{class 'time.era' must have a name without a dot}}
rgnn.graph @kg {classes = {time.era = 2}}

// -----

// expected-error @+1 {{class 'direction' must be a 64-bit integer of at least 0, found -2}}
rgnn.graph @kg {classes = {direction = -2}}

// -----

// expected-error @+1 {{class 'direction' must be a 64-bit integer of at least 0, found "two"}}
rgnn.graph @kg {classes = {direction = "two"}}

// -----

// expected-error @+1 {{stats name 'edges', expected domains of the graph: edge, src_pair, dst_pair, node, relation, node_type, triple, direction}}
rgnn.graph @kg {classes = {direction = 2}, stats = {edges = 5}}

// -----

// expected-error @+1 {{stats name 'node', expected domains of the graph: edge, src_pair, dst_pair, src_node, dst_node}}
rgnn.graph @kg {bipartite, stats = {node = 5}}

// -----

// expected-error @+1 {{stats name 'dst_pair.dst', expected roles of dst_pair: }}
rgnn.graph @kg {stats = {dst_pair.dst = 5}}

// -----

// expected-error @+1 {{stats name 'dst_pair.node.rows', expected dst_pair.node, and then nothing, items or entries}}
rgnn.graph @kg {stats = {dst_pair.node.rows = 5}}

// -----

// expected-error @+1 {{stats of 'edge' must be a 64-bit integer of at least 0, found 5 : i32}}
rgnn.graph @kg {stats = {edge = 5 : i32}}

// -----

rgnn.graph @kg
// expected-error @+1 {{stats name 'node', expected domains of the graph: edge, src_pair, dst_pair, triple}}
rgnn.graph @test {shares = @kg, stats = {node = 5}}

// -----

// expected-error @+1 {{shares @kg, which is no graph of this module}}
rgnn.graph @test {shares = @kg}

// -----

func.func private @kg()
// expected-error @+1 {{shares @kg, which is no graph of this module}}
rgnn.graph @test {shares = @kg}

// -----

rgnn.graph @kg
// expected-note @+1 {{the other graph is here}}
rgnn.graph @a {shares = @kg}
// expected-error @+1 {{shares @a, which itself shares @kg; name the owner}}
rgnn.graph @b {shares = @a}

// -----

// expected-error @+2 {{shares @a, which itself shares @a; name the owner}}
// expected-note @+1 {{the other graph is here}}
rgnn.graph @a {shares = @a}

// -----

rgnn.graph @kg
// expected-error @+1 {{shares its 'relations' with @kg and cannot give its own}}
rgnn.graph @test {relations = 5, shares = @kg}

// -----

rgnn.graph @kg
// expected-error @+1 {{shares its 'node_types' with @kg and cannot give its own}}
rgnn.graph @test {node_types = 5, shares = @kg}

// -----

rgnn.graph @kg
// expected-error @+1 {{shares its 'classes' with @kg and cannot give its own}}
rgnn.graph @test {classes = {}, shares = @kg}

// -----

rgnn.graph @kg
// expected-error @+1 {{shares its 'bipartite' with @kg and cannot give its own}}
rgnn.graph @test {bipartite, shares = @kg}

// -----

// expected-error @+1 {{must be public, since its uses in types are no uses of a symbol}}
rgnn.graph @kg attributes {sym_visibility = "private"}

// -----

func.func @inside() {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  rgnn.graph @kg
  return
}
