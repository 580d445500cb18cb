//===- Formation.cpp - Which kernels a function becomes -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Formation.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace pigeon;
using rgnn::OnAttr;

//===----------------------------------------------------------------------===//
// Kinds of operations
//===----------------------------------------------------------------------===//

bool pigeon::isRowWise(Operation *op) {
  if (isa<rgnn::ScaleOp>(op))
    return true;
  return OpTrait::hasElementwiseMappableTraits(op) &&
         op->getNumResults() == 1 &&
         isa<RankedTensorType>(op->getResult(0).getType());
}

/// Values that are there without being computed or loaded.
static bool isConstant(Operation *op) {
  return isa<rgnn::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>();
}

/// Operations that only say how their operand is read.
static bool isAccess(Operation *op) {
  return isa<rgnn::GatherOp, rgnn::ReshapeOp, rgnn::BroadcastOp>(op);
}

Value pigeon::stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<rgnn::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

std::optional<StringRef> pigeon::followRole(OnAttr domain, StringRef first,
                                            StringRef second) {
  if (first == "none")
    return first;
  StringRef name = domain ? domain.getDomain() : StringRef();
  return rgnn::composeRoles(name, first, second);
}

static void remarkOn(Operation *op, StringRef what) {
  remark::passed(op->getLoc(),
                 remark::RemarkOpts::name("formation").category("kernel"))
      << what.str();
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

bool Formation::isStored(Value value) const {
  return isa<BlockArgument>(value) || producers.contains(value);
}

std::optional<unsigned> Formation::producerOf(Value value) const {
  auto it = producers.find(value);
  return it == producers.end() ? std::nullopt : std::optional(it->second);
}

bool Formation::isInside(Value value, unsigned index) const {
  auto it = inner.find(value);
  return (it != inner.end() && it->second == index) ||
         producerOf(value) == index;
}

int64_t Formation::lastProducer(Value value) const {
  if (isa<BlockArgument>(value))
    return -1;
  if (auto index = producerOf(value))
    return *index;
  int64_t last = -1;
  for (Value operand : value.getDefiningOp()->getOperands())
    last = std::max(last, lastProducer(operand));
  return last;
}

/// The stored values that the expression of `value` reads.
static void collectLeaves(const Formation &formation, Value value,
                          llvm::SmallPtrSetImpl<void *> &leaves) {
  if (formation.isStored(value)) {
    leaves.insert(value.getAsOpaquePointer());
    return;
  }
  for (Value operand : value.getDefiningOp()->getOperands())
    collectLeaves(formation, operand, leaves);
}

/// Repeating a computation where it is read must read no more than loading its
/// result: it has one leaf, or one reader who reads each row once.
bool Formation::isWorthRepeating(Value value, StringRef role) const {
  llvm::SmallPtrSet<void *, 4> leaves;
  collectLeaves(*this, value, leaves);
  return leaves.size() <= 1 || (value.hasOneUse() && role == "self");
}

bool Formation::canInline(Value value, OnAttr domain, StringRef role) const {
  if (isStored(value))
    return true;
  if (inner.contains(value))
    return false;
  Operation *op = value.getDefiningOp();
  if (isConstant(op))
    return true;
  if (auto gather = dyn_cast<rgnn::GatherOp>(op)) {
    auto path = followRole(domain, role, gather.getRole());
    return options.gather && path &&
           canInline(gather.getInput(), domain, *path);
  }
  if (isAccess(op))
    return canInline(op->getOperand(0), domain, role);
  return isRowWise(op) && options.body && isWorthRepeating(value, role) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return canInline(operand, domain, role);
         });
}

//===----------------------------------------------------------------------===//
// Decisions
//===----------------------------------------------------------------------===//

void Formation::store(Value value) {
  prepare(value, rgnn::getDomain(value.getType()), "self", /*isRoot=*/true);
  producers[value] = plans.size();
  plans.push_back({nullptr, value});
  remarkOn(value.getDefiningOp(), "a kernel of its own, row-wise");
}

void Formation::prepare(Value value, OnAttr domain, StringRef role,
                        bool isRoot) {
  if (isStored(value))
    return;
  Operation *op = value.getDefiningOp();
  if (isConstant(op))
    return;
  if (auto gather = dyn_cast<rgnn::GatherOp>(op)) {
    auto path = followRole(domain, role, gather.getRole());
    if (path && (options.gather || isRoot))
      return prepare(gather.getInput(), domain, *path);
    return store(value);
  }
  if (isAccess(op))
    return prepare(op->getOperand(0), domain, role);
  bool inlined = isRoot || (options.body && isWorthRepeating(value, role));
  if (!inlined)
    return store(value);
  for (Value operand : op->getOperands())
    prepare(operand, domain, role);
}

void Formation::addAnchor(Operation *op) {
  producers[op->getResult(0)] = plans.size();
  plans.push_back({op, op->getResult(0)});
}

/// Row-wise work joins the last of its operands' kernels.
bool Formation::joinEpilogue(Operation *op) {
  Value result = op->getResult(0);
  int64_t index = lastProducer(result);
  if (!options.epilogue || index < 0)
    return false;
  KernelPlan &plan = plans[index];
  OnAttr domain = rgnn::getDomain(result.getType());
  auto type = cast<RankedTensorType>(result.getType());
  auto planType = cast<RankedTensorType>(plan.result.getType());
  if (plan.outputIndex >= 0 || !plan.result.hasOneUse() ||
      domain != rgnn::getDomain(planType) ||
      rgnn::getRowSize(type) != rgnn::getRowSize(planType))
    return false;
  bool found = false;
  for (Value operand : op->getOperands()) {
    if (stripReshapes(operand) == plan.result && !found) {
      found = operand == plan.result || operand.hasOneUse();
      if (!found)
        return false;
    } else if (lastProducer(operand) >= index ||
               !canInline(operand, domain, "self")) {
      return false;
    }
  }
  if (!found)
    return false;
  producers.erase(plan.result);
  inner[plan.result] = index;
  plan.result = result;
  producers[result] = index;
  remarkOn(op, "joins the epilogue of the kernel of its operand");
  return true;
}

void Formation::visitLinear(rgnn::LinearOp op) {
  prepare(op.getInput(), rgnn::getDomain(op.getInput().getType()), "self");
  Value weight = stripReshapes(op.getWeight());
  if (!isStored(weight))
    store(weight);
  addAnchor(op);
}

LogicalResult Formation::visitReturn(func::ReturnOp op) {
  for (auto [index, value] : llvm::enumerate(op.getOperands())) {
    if (!rgnn::getDomain(value.getType()))
      return op.emitOpError("returns data of one row, ")
             << value.getType() << ", which has no kernel yet";
    Value base = stripReshapes(value);
    auto producer = producerOf(base);
    if (!producer && !isa<BlockArgument>(base)) {
      store(base);
      producer = producerOf(base);
    }
    // An argument that is returned, or a value that is returned twice, is
    // copied: each result has a buffer of its own.
    if (!producer || plans[*producer].outputIndex >= 0) {
      plans.push_back({nullptr, base, static_cast<int64_t>(index)});
      continue;
    }
    plans[*producer].outputIndex = index;
  }
  return success();
}

LogicalResult Formation::visit(Operation *op) {
  if (auto ret = dyn_cast<func::ReturnOp>(op))
    return visitReturn(ret);
  if (op->use_empty() || isConstant(op) || isAccess(op))
    return success();
  if (isRowWise(op)) {
    joinEpilogue(op);
    return success();
  }
  if (auto linear = dyn_cast<rgnn::LinearOp>(op)) {
    if (!rgnn::getDomain(linear.getResult().getType()))
      return op->emitOpError("of one row has no kernel yet; run with the "
                             "reference device");
    visitLinear(linear);
    return success();
  }
  if (auto aggregate = dyn_cast<rgnn::AggregateOp>(op)) {
    if (!rgnn::getDomain(aggregate.getResult().getType()))
      return op->emitOpError("to one row has no kernel yet; run with the "
                             "reference device");
    prepare(aggregate.getInput(),
            rgnn::getDomain(aggregate.getInput().getType()), "self");
    addAnchor(op);
    return success();
  }
  return op->emitOpError(
      "has no kernel yet; run the model with the reference device");
}

LogicalResult Formation::run() {
  if (!func.getBody().hasOneBlock())
    return func.emitOpError("must have one block to be compiled");
  for (Operation &op : func.getBody().front())
    if (failed(visit(&op)))
      return failure();
  return success();
}
