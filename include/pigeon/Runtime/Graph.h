//===- Graph.h - A heterogeneous graph, its domains and views ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A graph has nodes with a type each and edges with a relation each. Inside,
// nodes are sorted by type and edges by (relation, destination, source); the
// order of the user's file is kept as a permutation and restored at the
// boundary.
//
// *Domains* are sets of rows that data can live on:
//
//   node, edge       every node, every edge
//   src_pair         the distinct (source, relation) pairs that occur, sorted
//                    by (relation, source)
//   dst_pair         the distinct (destination, relation) pairs that occur,
//                    sorted by (relation, destination)
//   relation, node_type
//   triple           one row per (source type, relation, destination type) that
//                    occurs, sorted by (relation, source type, destination
//                    type)
//   <class>          a user's classes of relations, e.g. direction
//
// *Roles* are maps between domains, given as one row number per row:
//
//   edge     src, dst -> node;  rel -> relation;  src_pair, dst_pair;
//            src_type, dst_type -> node_type;  triple;  <class>
//   src_pair, dst_pair
//            node -> node;  rel -> relation;  type -> node_type;  <class>
//   node     type -> node_type
//   triple   rel -> relation;  src_type, dst_type -> node_type;  <class>
//   relation <class>
//   any      self -> the same row;  none -> row 0 of one row
//
// For three edges (src -rel-> dst), 0-0->1, 0-0->2, 0-1->2, sorted as
// (rel, dst, src): src_pair rows are (0,r0), (0,r1); role src_pair of the edges
// is [0, 0, 1]; role rel of the src_pairs is [0, 1].
//
// *Views* are what kernels read; each is a set of int32 arrays:
//
//   map(domain, role)           index[rows(domain)]      the image of each row
//   csr(domain, role)           offsets[rows(image)+1], entries[rows(domain)]:
//                               entries[offsets[i] .. offsets[i+1]) are the
//                               rows of `domain` whose image is i, ascending
//   path(domain, role, through) index[rows(domain)]: the entries of
//                               csr(domain, role), each mapped by the role
//                               `through` of `domain`; a kernel that walks the
//                               csr reads one index for each entry, not one
//                               that depends on another
//   pieces(domain, role, chunk) the rows of the csr cut so that no piece has
//                               more than `chunk` entries (chunk > 0):
//                               row[P], begin[P], end[P] (positions in
//                               path(domain, role, ...)), slot[P] (-1: the
//                               whole row is in this piece, write the result;
//                               else the slot for its partial result); rows of
//                               more than one piece: combine_row[C],
//                               combine_begin[C], combine_end[C] (slots, in
//                               order), slots[S] (S zeros; its length sizes the
//                               workspace). Rows without entries have one
//                               piece, begin = end. Pieces of more entries come
//                               first, equal ones by row and place in it, so
//                               that the blocks that take longest start first
//                               and pieces side by side are about as long.
//                               Slots are numbered by row and place, and so are
//                               the combinations.
//   work(domain, role, tile)    blocks of at most `tile` rows with one image:
//                               key[I], begin[I], end[I] (positions in
//                               path(domain, role, ...)); ordered by key, then
//                               row. Role "none": key 0 throughout.
//   cuts(domain, role, chunk)   rows of more than `chunk` entries cut into
//                               pieces of 8 * chunk, which a block walks in 8
//                               ways (chunk > 0): begin[P], end[P] (positions
//                               in path(domain, role, ...)), slot[P] (where the
//                               partial result goes). A row of more than
//                               `chunk` pieces has these cut again, into groups
//                               of 8 * chunk: group_begin[G], group_end[G]
//                               (slots), group_slot[G]. Then the slots from
//                               offsets[i] up to offsets[i+1] together are row
//                               i; none if it is not cut. offsets
//                               [rows(image)+1], empty if no row is cut;
//                               slots[S] (S zeros; sizes the workspace)
//   sorted_work(domain, role, through, tile)
//                               blocks of at most `tile` rows of the image of
//                               `domain` under `role`, with one image under
//                               `through`, a role of theirs: key[I]. Rows of
//                               one key are in falling number of entries, so
//                               that those of a block have about as many:
//                               row[I*tile], first[I*tile], last[I*tile] (the
//                               entries: positions in path(domain, role, ...)),
//                               longest[I] (the largest last - first). Where a
//                               block has fewer rows, row is -1 and the others
//                               are 0. Blocks with longer rows come first,
//                               equal ones by key and place in it
//   owner_work(domain, role, through, into, tile)
//                               blocks of at most `tile` owners, which are the
//                               images under `into` of the rows that
//                               sorted_work has; every owner is in one block,
//                               at one place: owner[B*tile]. The items of block
//                               b are from begin[b] up to end[b], each with one
//                               key: key[I]. At the place of an owner an item
//                               has a row of the owner and of its key:
//                               row[I*tile], first[I*tile], last[I*tile],
//                               longest[I], as in sorted_work. Items of a block
//                               are ordered by key; an owner with n rows of one
//                               key has them, ascending, in the first n items
//                               of that key. Where there is no such owner or
//                               row, owner and row are -1, the others 0. Owners
//                               whose rows have the same keys share a block, so
//                               that its items have few gaps: owners are
//                               ordered by the list of their keys, then in
//                               falling number of entries. Blocks that take
//                               longer (the sum of longest + 1 over the items)
//                               come first, equal ones in the order of
//                               owners
//
// Every view is deterministic, depends on the graph and its parameters only,
// and is built once.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_GRAPH_H
#define PIGEON_RUNTIME_GRAPH_H

#include "pigeon/Runtime/Program.h"
#include "pigeon/Support/Result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pigeon::runtime {

using IndexArray = std::vector<std::int32_t>;

/// The edges and nodes as a user gives them.
struct GraphData {
  std::int64_t numNodes = 0;
  std::int64_t numRelations = 0; // at least the largest edge type plus one
  std::int64_t numNodeTypes = 1;
  IndexArray nodeType;           // numNodes, or empty: all of type 0
  IndexArray src, dst, edgeType; // one entry per edge
  /// User classes: for each relation its class.
  std::map<std::string, IndexArray> classes;
};

/// The named int32 arrays of one view.
///
/// Example: pieces(edge, dst, chunk = 2) of 3 nodes where node 0 has three
/// incoming edges (rows 0, 1, 2), node 1 none and node 2 one (row 3):
///
///   row  = [0, 0,  2,  1]    begin = [0, 2, 3, 3]    end = [2, 3, 4, 3]
///   slot = [0, 1, -1, -1]    slots = [0, 0]
///   combine_row = [0]  combine_begin = [0]  combine_end = [2]
///
/// and sorted_work(edge, dst, none, tile = 2) of the same graph:
///
///   row = [0, 2, 1, -1]  first = [0, 3, 3, 0]  last = [3, 4, 3, 0]
///   key = [0, 0]         longest = [3, 0]
///
/// and owner_work(edge, dst_pair, rel, node, tile = 2) of one where node 0 has
/// an edge of relation 0 (row 0) and two of relation 1 (rows 2, 3), node 2 one
/// of relation 0 (row 1), and pairs 0, 1, 2 are those edges, in that order of
/// rows. By their keys, nodes are ordered 1 (none), 2 (0), 0 (0, 1):
///
///   owner = [0, -1, 1, 2]  begin = [0, 2]  end = [2, 3]
///   key = [0, 1, 0]        longest = [1, 2, 1]
///   row = [0, -1,  2, -1,  -1, 1]
///   first = [0, 0, 2, 0, 0, 1]  last = [1, 0, 4, 0, 0, 2]
using View = std::map<std::string, IndexArray>;

/// What a block of owner_work walks: its items, and the entries of the longest
/// row of each, added up.
struct OwnerBlock {
  std::int64_t items = 0, entries = 0;
};

class Graph {
public:
  /// Checks every index; `what` names the graph in errors ("umls.npz").
  static Result<std::shared_ptr<Graph>> create(GraphData data,
                                               const std::string &what);
  ~Graph();

  std::int64_t numNodes() const;
  std::int64_t numEdges() const;
  std::int64_t numRelations() const;
  std::int64_t numNodeTypes() const;
  /// The graph's name in errors.
  const std::string &what() const;

  /// Number of rows of a domain; an error if there is no such domain.
  Result<std::int64_t> rows(const std::string &domain) const;
  /// The domain that a role leads to ("" for none).
  Result<std::string> image(const std::string &domain,
                            const std::string &role) const;
  /// The image of each row; the array lives as long as the graph.
  Result<const IndexArray *> map(const std::string &domain,
                                 const std::string &role) const;
  /// The view, built at the first call and kept. `spec.graph` is not looked at.
  Result<const View *> view(const ViewSpec &spec) const;

  /// Of the blocks of an owner_work view the one that takes longest, if an item
  /// takes as long as `itemEntries` entries beside those that it walks, of
  /// which no row has more than `chunk`. The view, which can be many times
  /// larger than the graph, is not built.
  Result<OwnerBlock> longestOwnerBlock(const ViewSpec &spec, std::int64_t chunk,
                                       std::int64_t itemEntries) const;

  /// For each internal row, its row in the order of the user's data. Empty:
  /// the two orders are one. Only node and edge can differ; pairs and triples
  /// have no order of the user's.
  const IndexArray &userOrder(const std::string &domain) const;

  /// Whether the graph has the numbers that a model fixes; the error names the
  /// first that differs. `spec.name` is the graph's name in the model.
  Status check(const GraphSpec &spec) const;
  /// Whether data on nodes, relations and their types of `other` is data on
  /// those of this graph too.
  Status checkShares(const Graph &other) const;

private:
  struct Impl;
  Status checkView(const ViewSpec &spec) const;
  explicit Graph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_GRAPH_H
