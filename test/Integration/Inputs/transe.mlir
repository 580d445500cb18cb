// TransE (Bordes et al., 2013): the score of each triple of a second graph over
// the same nodes and relations,
//
//   score(h, r, t) = -|| h + z_r - t ||, the Euclidean norm

!nodes = tensor<?x64xf32, #rgnn.on<kg.node>>
!relations = tensor<?x64xf32, #rgnn.on<kg.relation>>
!triples = tensor<?x64xf32, #rgnn.on<test.edge>>
!scores = tensor<?xf32, #rgnn.on<test.edge>>

rgnn.graph @kg
rgnn.graph @test {shares = @kg}

func.func @transe(%h: !nodes {rgnn.name = "h"},
                  %z: !relations {rgnn.name = "z"})
    -> (!scores {rgnn.name = "score"}) {
  %head = rgnn.gather %h, src : (!nodes) -> !triples
  %relation = rgnn.gather %z, rel : (!relations) -> !triples
  %tail = rgnn.gather %h, dst : (!nodes) -> !triples
  %moved = arith.addf %head, %relation : !triples
  %difference = arith.subf %moved, %tail : !triples
  %squares = rgnn.dot %difference, %difference : (!triples, !triples) -> !scores
  %norm = math.sqrt %squares : !scores
  %score = arith.negf %norm : !scores
  return %score : !scores
}
