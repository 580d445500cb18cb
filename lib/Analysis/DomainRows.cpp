//===- DomainRows.cpp - Rows of a domain, by the graph's stats ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/DomainRows.h"

using namespace mlir;
using namespace pigeon;

RowEstimates pigeon::getRowEstimates(Operation *user, StringRef name) {
  SymbolTableCollection symbolTable;
  rgnn::GraphOp graph = rgnn::lookupGraph(symbolTable, user, name);
  if (!graph)
    return RowEstimates({}, 0, 0, {});
  return RowEstimates(graph.getStatsAttr(), graph.getFixedRows("relation"),
                      graph.getFixedRows("node_type"), graph.getClassesAttr());
}

double pigeon::estimateRows(Operation *user, rgnn::OnAttr domain) {
  if (!domain)
    return 1;
  return getRowEstimates(user, domain.getGraph()).rows(domain.getDomain());
}

EntryCounts pigeon::estimateEntries(rgnn::AggregateOp op) {
  rgnn::OnAttr entries = rgnn::getDomain(op.getInput().getType());
  double rows = estimateRows(op, rgnn::getDomain(op.getType()));
  return getRowEstimates(op, entries.getGraph())
      .entries(entries.getDomain(), op.getRole(), rows);
}
