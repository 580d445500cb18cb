//===- GemmOwners.cpp - Products whose rows are summed into others --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"
#include "pigeon/Runtime/Domains.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

int64_t GemmOp::getOwnK() {
  auto type = cast<MemRefType>(getOwnRhs().front().getType());
  return type.getDimSize(0);
}

/// The classes of relations that the graph and the one it shares with declare.
static std::vector<std::string> classesOf(ProgramOp program, GraphOp graph) {
  std::vector<std::string> names;
  GraphOp shared =
      graph.getShares() ? program.lookupGraph(*graph.getShares()) : GraphOp();
  for (GraphOp each : {graph, shared})
    if (each && each.getClassesAttr())
      for (NamedAttribute entry : each.getClassesAttr())
        names.push_back(entry.getName().str());
  return names;
}

/// The role leads from the rows to the owners.
static LogicalResult verifyOwnerRole(GemmOp op) {
  RowsAttr rows = op.getRows(), owners = *op.getOwners();
  if (rows.getCount() || owners.getCount())
    return op.emitOpError("sums rows into others, which takes rows of a graph");
  if (failed(verifyRows(op, owners)))
    return failure();
  auto program = op->getParentOfType<ProgramOp>();
  GraphOp graph = program.lookupGraph(rows.getGraph());
  std::optional<std::string> image =
      runtime::imageOfRole(rows.getDomain().str(), op.getOwnerRole()->str(),
                           classesOf(program, graph));
  if (rows.getGraph() == owners.getGraph() &&
      image == owners.getDomain().getValue().str())
    return success();
  return op.emitOpError("sums into ")
         << owners << ", but role '" << *op.getOwnerRole() << "' of " << rows
         << " leads to "
         << (image ? "'" + *image + "'" : std::string("no rows"));
}

/// One row of each owner as it is, times one matrix.
static LogicalResult verifyOwn(GemmOp op) {
  if (op.getOwn().empty())
    return success();
  if (op.getOwn().size() != 1 || op.getOwnRhs().size() != 1)
    return op.emitOpError("expects one own and one own_rhs, found ")
           << op.getOwn().size() << " and " << op.getOwnRhs().size();
  auto matrix = cast<MemRefType>(op.getOwnRhs().front().getType());
  auto rhs = cast<MemRefType>(op.getRhs().getType());
  if (matrix.getRank() != 2 || matrix.getDimSize(1) != op.getN() ||
      matrix.getElementType() != rhs.getElementType())
    return op.emitOpError("expects an own_rhs of K x ")
           << op.getN() << " elements of " << rhs.getElementType()
           << ", as those of the rhs, found " << matrix;
  if (failed(verifyData(op, matrix, /*hasRows=*/false)) ||
      failed(verifyAccesses(op, "own", op.getOwn(), op.getOwnRoles(),
                            op.getOwnK())))
    return failure();
  auto data = cast<MemRefType>(op.getOwn().front().getType());
  auto role = cast<StringAttr>(op.getOwnRoles()[0]).getValue();
  if (getRowWidth(data, role) != op.getOwnK())
    return op.emitOpError("expects an own of width ")
           << op.getOwnK() << ", found " << getRowWidth(data, role);
  return success();
}

LogicalResult kernel::verifyOwners(GemmOp op) {
  if (op.getOwners().has_value() != op.getOwnerRole().has_value())
    return op.emitOpError("expects owners and their role together");
  if (!op.hasOwners()) {
    if (op.getOwn().empty() && op.getOwnRhs().empty())
      return success();
    return op.emitOpError("has own rows, but no owners that they are of");
  }
  if (op.getOwn().empty() != op.getOwnRhs().empty())
    return op.emitOpError("expects own and own_rhs together");
  if (op.getPacked() || op.getTermSegment() || op.getBatch() != 1)
    return op.emitOpError("sums rows into others, which goes neither with a "
                          "packed rhs nor with terms or batches");
  GemmScheduleAttr schedule = op.getScheduleAttr();
  int64_t stages = op.getLhsSegment() ? 2 : 1;
  if (schedule && (schedule.getItems() != 1 ||
                   static_cast<int64_t>(schedule.getStages()) > stages))
    return op.emitOpError("sums rows into others, for which items must be 1 "
                          "and stages ")
           << stages << " at most, found " << schedule.getItems() << " and "
           << schedule.getStages();
  return failure(failed(verifyOwnerRole(op)) || failed(verifyOwn(op)));
}
