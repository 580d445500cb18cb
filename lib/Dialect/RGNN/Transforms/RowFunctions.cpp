//===- RowFunctions.cpp - Work on rows, moved to other rows ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowFunctions.h"

#include "pigeon/Dialect/RGNN/IR/Domains.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace pigeon::rgnn;

bool pigeon::rgnn::isRowWise(Operation *op) {
  if (isa<ScaleOp>(op))
    return true;
  return OpTrait::hasElementwiseMappableTraits(op) &&
         op->getNumResults() == 1 &&
         isa<RankedTensorType>(op->getResult(0).getType());
}

bool pigeon::rgnn::isRowFunction(Operation *op) {
  return isRowWise(op) || isa<LinearOp, DotOp, ReduceOp, BroadcastOp, ReshapeOp,
                              SliceOp, ConcatOp>(op);
}

//===----------------------------------------------------------------------===//
// Step
//===----------------------------------------------------------------------===//

std::optional<StringRef> Step::divide(StringRef whole) const {
  for (StringRef rest : next)
    if (composeRoles(from.getDomain(), role, rest) == whole)
      return rest;
  return std::nullopt;
}

/// The roles of a domain, with those of the graph's classes.
static SmallVector<StringRef> rolesOf(Operation *user, OnAttr domain) {
  SymbolTableCollection symbolTable;
  GraphOp graph = lookupGraph(symbolTable, user, domain.getGraph());
  GraphOp owner = graph ? graph.getOwner(symbolTable) : GraphOp();
  if (!owner)
    return {};
  return getRoleNames(domain.getDomain(), owner.getClassNames());
}

SmallVector<Step> pigeon::rgnn::getSteps(Operation *user, OnAttr domain) {
  SmallVector<Step> steps;
  for (StringRef role : rolesOf(user, domain)) {
    if (role == "self" || role == "none")
      continue;
    FailureOr<OnAttr> image = resolveImage(user, domain, role);
    if (succeeded(image) && *image)
      steps.push_back({domain, role, *image, rolesOf(user, *image)});
  }
  return steps;
}

//===----------------------------------------------------------------------===//
// RowMover
//===----------------------------------------------------------------------===//

/// What an operation reads row by row: everything on its rows' domain but the
/// weight of a product, which is read by key.
static ValueRange rowOperands(Operation *op) {
  if (auto linear = dyn_cast<LinearOp>(op))
    return linear->getOperands().take_front();
  return op->getOperands();
}

bool RowMover::canRead(Value operand) {
  if (!getDomain(operand.getType()))
    return true;
  Operation *op = operand.getDefiningOp();
  if (!op || getDomain(operand.getType()) != step.from)
    return false;
  if (auto gather = dyn_cast<GatherOp>(op)) {
    if (!step.divide(gather.getRole()))
      return false;
  } else if (!isa<FillOp>(op) && (!isRowFunction(op) || isa<LinearOp>(op))) {
    return false;
  }
  moved.insert(op);
  return true;
}

bool RowMover::canMove(Operation *root) {
  moved.clear();
  auto linear = dyn_cast<LinearOp>(root);
  if (!isRowFunction(root) ||
      getDomain(root->getResult(0).getType()) != step.from ||
      (linear && !step.divide(linear.getKey())))
    return false;
  moved.insert(root);
  for (size_t i = 0; i < moved.size(); ++i) {
    Operation *op = moved[i];
    if (op->getBlock() != root->getBlock())
      return false;
    if (!isa<GatherOp, FillOp>(op) &&
        !llvm::all_of(rowOperands(op),
                      [&](Value operand) { return canRead(operand); }))
      return false;
  }
  return true;
}

Value RowMover::move(Operation *root) {
  auto operations = llvm::to_vector(moved);
  llvm::sort(operations,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  OpBuilder builder(root);
  IRMapping mapping;
  for (Operation *op : operations) {
    Value result = op->getResult(0);
    auto type = withDomain(cast<RankedTensorType>(result.getType()), step.to);
    if (auto gather = dyn_cast<GatherOp>(op)) {
      mapping.map(result, builder.createOrFold<GatherOp>(
                              op->getLoc(), type, gather.getInput(),
                              *step.divide(gather.getRole())));
      continue;
    }
    Operation *clone = builder.clone(*op, mapping);
    clone->getResult(0).setType(type);
    if (auto linear = dyn_cast<LinearOp>(clone))
      linear.setKey(*step.divide(linear.getKey()));
  }
  return mapping.lookup(root->getResult(0));
}

void pigeon::rgnn::eraseDead(Operation *root) {
  llvm::SmallSetVector<Operation *, 8> candidates;
  candidates.insert(root);
  while (!candidates.empty()) {
    Operation *op = candidates.pop_back_val();
    if (!isOpTriviallyDead(op))
      continue;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        candidates.insert(producer);
    op->erase();
  }
}
