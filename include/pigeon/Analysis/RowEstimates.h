//===- RowEstimates.h - How many rows a domain may have ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decisions by cost need numbers of rows. A graph's `stats` give them; what
// they leave out is guessed from what they have:
//
//   domain                         rows, if `stats` do not say
//   edge                           twice the pairs of either kind, else ten for
//                                  each node, else 1,000,000
//   node, src_node, dst_node       a tenth of the edges
//   src_pair, dst_pair             half of the edges
//   relation, node_type, a class   what the model fixes, else 64, 4, 2
//   triple                         two for each relation
//
// Of the graphs that ship with the project and of the usual benchmarks, pairs
// are between 0.03 and 0.83 of the edges; a half is in the middle.
//
// Where one row waits for many others, the average says little. So `stats` may
// also say how many rows of a domain a role leads to one row at most:
// `dst_pair.node = 60`. If they do not, it is taken to be 16 times the average;
// but a node has a pair with each relation at most, and one may have all.
// `dst_pair.node.items = 14` and `dst_pair.node.entries = 118` are the items and
// the entries of the longest block that owns nodes (LongestBlock).
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_ANALYSIS_ROWESTIMATES_H
#define PIGEON_ANALYSIS_ROWESTIMATES_H

#include "pigeon/Analysis/CostModel.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <optional>

namespace pigeon {

class RowEstimates {
public:
  /// The attributes of a graph; null or 0 where it has none.
  RowEstimates(mlir::DictionaryAttr stats, int64_t relations, int64_t nodeTypes,
               mlir::DictionaryAttr classes)
      : stats(stats), classes(classes), relations(relations),
        nodeTypes(nodeTypes) {}

  /// "" is one row. Never less than 1: a graph that has no rows now may have
  /// some tomorrow.
  double rows(llvm::StringRef domain) const;
  /// The rows of `domain` as entries of the rows that `role` leads to.
  EntryCounts entries(llvm::StringRef domain, llvm::StringRef role,
                      double imageRows) const;

private:
  std::optional<double> given(llvm::StringRef domain) const;
  double edges() const;

  mlir::DictionaryAttr stats, classes;
  int64_t relations, nodeTypes;
};

} // namespace pigeon

#endif // PIGEON_ANALYSIS_ROWESTIMATES_H
