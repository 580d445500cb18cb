//===- GraphImpl.h - What a graph keeps -------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Runtime. A graph is its sorted arrays, and maps and views that
// are built when first asked for, each by a function of its own:
//
//   Graph.cpp         checks, sorting, the public functions
//   GraphDomains.cpp  pairs, triples, the map of each role
//   GraphViews.cpp    csr, path, pieces and work from a map
//   GraphSegments.cpp cuts and sorted_work, for rows that are made of entries
//   GraphOwners.cpp   owner_work, for rows that are summed into others
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_RUNTIME_GRAPHIMPL_H
#define PIGEON_LIB_RUNTIME_GRAPHIMPL_H

#include "pigeon/Runtime/Domains.h"
#include "pigeon/Runtime/Graph.h"

#include <mutex>
#include <tuple>

namespace pigeon::runtime {

/// The row numbers 0..keys.size()-1 ordered by key, rows of one key in order.
/// Keys lie in [0, numKeys). `order`, if not empty, is the order to start from.
IndexArray stableOrder(const IndexArray &keys, std::int64_t numKeys,
                       IndexArray order = {});

/// Where the rows of each image begin and end once they are grouped.
IndexArray offsetsByImage(const IndexArray &image, std::int64_t numImages);

/// How many blocks of at most `size` cover `count` things.
std::int64_t blocksOf(std::int64_t count, std::int64_t size);

/// The ranges from the longest to the empty ones; equal ones keep their order.
IndexArray longestFirst(const IndexArray &begin, const IndexArray &end);

/// array[row] for each of the rows.
IndexArray gather(const IndexArray &array, const IndexArray &rows);

/// The views that rows made of entries need (GraphSegments.cpp). `offsets` are
/// those of the entries of each row.
View buildCuts(const IndexArray &offsets, std::int64_t chunk);
Result<View> buildSortedWork(const IndexArray &offsets, const IndexArray &keys,
                             std::int64_t numKeys, std::int64_t tile);

/// The view of rows that are summed into their owners (GraphOwners.cpp).
/// `offsets` are those of the entries of each row.
struct OwnedRows {
  IndexArray offsets;
  const IndexArray &keys, &owners;
  std::int64_t numKeys, numOwners;
};
Result<View> buildOwnerWork(const OwnedRows &rows, std::int64_t tile);
OwnerBlock findLongestBlock(const OwnedRows &rows, std::int64_t tile,
                            std::int64_t chunk, std::int64_t itemEntries);

/// Whether a kind of view takes the numbers and roles that `spec` gives.
Status checkParameters(const ViewSpec &spec, const ViewKind &kind);

/// A domain made of distinct keys: the row of each edge, and for each row its
/// relation and two more columns.
struct DerivedDomain {
  IndexArray rowOfEdge;
  IndexArray relation;
  IndexArray first;  // node of a pair; source type of a triple
  IndexArray second; // destination type of a triple
  std::int64_t rows() const {
    return static_cast<std::int64_t>(relation.size());
  }
};

struct Graph::Impl {
  using MapKey = std::pair<std::string, std::string>;
  using ViewKey = std::tuple<std::string, std::string, std::string,
                             std::int64_t, std::string, std::string>;

  std::string what;
  /// Sorted. `nodeType` is empty if all nodes are of type 0.
  GraphData data;
  std::vector<std::string> classNames;
  std::map<std::string, std::int64_t> classSizes;
  /// Internal row to user's row; empty where the orders are one.
  IndexArray nodeOrder, edgeOrder;
  const IndexArray noOrder;

  /// Guards everything below. Elements of a std::map never move, so pointers
  /// to them outlive the lock.
  std::mutex mutex;
  std::map<std::string, DerivedDomain> derived;
  std::map<MapKey, IndexArray> maps;
  std::map<ViewKey, View> views;

  std::int64_t numEdges() const {
    return static_cast<std::int64_t>(data.src.size());
  }

  // With the mutex held; domain and roles are known to exist.
  const DerivedDomain &derivedDomain(const std::string &domain);
  std::int64_t rows(const std::string &domain);
  const IndexArray &map(const std::string &domain, const std::string &role);
  IndexArray buildMap(const std::string &domain, const std::string &role);
  View buildPath(IndexArray entries, const ViewSpec &spec);
  OwnedRows ownedRows(const ViewSpec &spec);
  Result<View> buildView(const ViewSpec &spec);

  Result<std::string> image(const std::string &domain,
                            const std::string &role) const;
};

} // namespace pigeon::runtime

#endif // PIGEON_LIB_RUNTIME_GRAPHIMPL_H
