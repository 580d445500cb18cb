//===- DomainRows.h - Rows of a domain, by the graph's stats ----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_ANALYSIS_DOMAINROWS_H
#define PIGEON_ANALYSIS_DOMAINROWS_H

#include "pigeon/Analysis/RowEstimates.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

namespace pigeon {

/// The estimates for a graph of the model; those without any knowledge if the
/// module of `user` has no such graph.
RowEstimates getRowEstimates(mlir::Operation *user, llvm::StringRef graph);

/// How many rows a domain has; a null domain is one row.
double estimateRows(mlir::Operation *user, rgnn::OnAttr domain);

/// The entries of the rows of an aggregate.
EntryCounts estimateEntries(rgnn::AggregateOp op);

} // namespace pigeon

#endif // PIGEON_ANALYSIS_DOMAINROWS_H
