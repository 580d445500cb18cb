//===- RowCosts.cpp - What operations on domains cost ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowCosts.h"

#include "pigeon/Analysis/DomainRows.h"
#include "pigeon/Dialect/RGNN/IR/Domains.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::rgnn;

SmallVector<Leaf> pigeon::rgnn::getLeaves(Value root) {
  OnAttr domain = getDomain(root.getType());
  llvm::SmallSetVector<std::pair<Value, StringRef>, 8> reads;
  SmallVector<Leaf> leaves;
  auto visit = [&](Value value, StringRef role) {
    if (getDomain(value.getType()) && role != "none")
      reads.insert({value, role});
  };
  visit(root, "self");
  for (size_t i = 0; i < reads.size(); ++i) {
    auto [value, role] = reads[i];
    Operation *op = value.getDefiningOp();
    if (auto gather = dyn_cast_or_null<GatherOp>(op)) {
      if (auto path = composeRoles(domain.getDomain(), role, gather.getRole()))
        visit(gather.getInput(), *path);
      else
        leaves.push_back({value, role});
    } else if (op && isRowFunction(op) && !isa<LinearOp>(op)) {
      for (Value operand : op->getOperands())
        visit(operand, role);
    } else if (!isa_and_nonnull<FillOp>(op)) {
      leaves.push_back({value, role});
    }
  }
  return leaves;
}

double RowCosts::rows(OnAttr domain) const {
  return estimateRows(user, domain);
}

double RowCosts::rowBytes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return static_cast<double>(getRowSize(type)) *
         std::max<double>(type.getElementTypeBitWidth(), 8) / 8;
}

void RowCosts::addLeaf(KernelCost &cost, const Leaf &leaf, double reads,
                       bool inOrder) const {
  double bytes = rowBytes(leaf.value);
  if (inOrder)
    cost.read(reads, bytes);
  else
    cost.gather(reads, rows(getDomain(leaf.value.getType())), bytes);
}

void RowCosts::addReads(KernelCost &cost, Value value, const Step *step) const {
  double reads = rows(step ? step->to : getDomain(value.getType()));
  for (const Leaf &leaf : getLeaves(value))
    addLeaf(cost, leaf, reads,
            leaf.role == (step ? step->role : StringRef("self")));
}

void RowCosts::addReads(KernelCost &cost, Value value, StringRef path,
                        double reads) const {
  for (const Leaf &leaf : getLeaves(value))
    addLeaf(cost, leaf, reads, path == "self" && leaf.role == "self");
}

/// f32 products are three TF32 products unless the user asks otherwise.
static Arithmetic productArithmetic(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element.isF16())
    return Arithmetic::F16;
  if (element.isBF16())
    return Arithmetic::BF16;
  return element.isF64() ? Arithmetic::F64 : Arithmetic::ThreeTF32;
}

void RowCosts::addProduct(KernelCost &cost, LinearOp op, double count) const {
  RankedTensorType type = op.getResult().getType();
  double in = static_cast<double>(op.getInputWidth());
  double out = static_cast<double>(op.getOutputWidth());
  // What stands side by side in a row: heads with a matrix each, or batches
  // with one for all.
  double parts = static_cast<double>(getRowSize(type)) / out;
  double heads = static_cast<double>(std::max<int64_t>(op.getNumHeads(), 1));
  double keys = rows(getDomain(op.getWeight().getType()));
  cost.write(count, rowBytes(op.getResult()));
  cost.multiply(count * parts / heads, keys, in, out * heads,
                type.getElementTypeBitWidth() / 8.0, productArithmetic(type));
}

Cost RowCosts::product(LinearOp op, const Step *step) const {
  KernelCost cost = kernel();
  addReads(cost, op.getInput(), step);
  addProduct(cost, op,
             rows(step ? step->to : getDomain(op.getResult().getType())));
  return cost.total();
}

Cost RowCosts::readers(Value value, unsigned numReaders) const {
  KernelCost cost = kernel();
  cost.read(numReaders * rows(getDomain(value.getType())), rowBytes(value));
  return cost.partial();
}

Cost RowCosts::gatheringReaders(Value value, unsigned numReaders,
                                double tableRows) const {
  KernelCost cost = kernel();
  for (unsigned i = 0; i < numReaders; ++i)
    cost.gather(rows(getDomain(value.getType())), tableRows, rowBytes(value));
  return cost.partial();
}

std::string pigeon::rgnn::describeRows(OnAttr domain, double rows) {
  return llvm::formatv("{0} ({1} rows)", describeDomain(domain),
                       static_cast<int64_t>(rows));
}
