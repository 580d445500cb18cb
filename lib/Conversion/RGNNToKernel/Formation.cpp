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

bool pigeon::isStorable(Type elementType) {
  return isa<Float64Type, Float32Type, Float16Type, BFloat16Type>(
             elementType) ||
         elementType.isInteger(32);
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

namespace {
/// Values, each with the role that reads it, in the order of their finding.
using Reads = llvm::SmallSetVector<std::pair<Value, StringRef>, 8>;
} // namespace

static remark::RemarkOpts formationRemark() {
  return remark::RemarkOpts::name("formation").category("kernel");
}

void pigeon::remarkTaken(Operation *op, const std::string &what) {
  remark::passed(op->getLoc(), formationRemark()) << what;
}

void pigeon::remarkDeclined(Operation *op, const std::string &why) {
  remark::missed(op->getLoc(), formationRemark()) << why;
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

bool Formation::isStoredBefore(Value value, unsigned index) const {
  auto it = producers.find(value);
  return isa<BlockArgument>(value) ||
         (it != producers.end() && it->second < index);
}

ArrayRef<KernelPlan> Formation::getKernel(unsigned index) const {
  ArrayRef<KernelPlan> following = getPlans().drop_front(index + 1);
  size_t others =
      following.take_while([](const KernelPlan &plan) { return plan.isMerged; })
          .size();
  return getPlans().slice(index, 1 + others);
}

SmallVector<Value> Formation::findLeaves(Value root) const {
  SmallVector<Value> leaves;
  llvm::SmallSetVector<Value, 8> found;
  found.insert(root);
  for (size_t i = 0; i < found.size(); ++i) {
    Value value = found[i];
    if (isStored(value))
      leaves.push_back(value);
    else
      found.insert_range(value.getDefiningOp()->getOperands());
  }
  return leaves;
}

int64_t Formation::lastProducer(Value value) const {
  int64_t last = -1;
  for (Value leaf : findLeaves(value))
    if (auto index = producerOf(leaf))
      last = std::max<int64_t>(last, *index);
  return last;
}

/// What no kernel could store must be repeated. Else repeating a computation
/// where it is read must read no more than loading its result: it has one leaf,
/// or one reader who reads each row once.
bool Formation::isRepeated(Value value, StringRef role) const {
  if (rgnn::isOneRow(value.getType()) ||
      !isStorable(getElementTypeOrSelf(value.getType())))
    return true;
  return options.body && (findLeaves(value).size() <= 1 ||
                          (value.hasOneUse() && role == "self"));
}

bool Formation::canInline(Value root, OnAttr domain, StringRef rootRole) const {
  Reads reads;
  reads.insert({root, rootRole});
  for (size_t i = 0; i < reads.size(); ++i) {
    auto [value, role] = reads[i];
    if (isStored(value))
      continue;
    if (inner.contains(value))
      return false;
    Operation *op = value.getDefiningOp();
    if (isConstant(op))
      continue;
    if (auto gather = dyn_cast<rgnn::GatherOp>(op)) {
      auto path = followRole(domain, role, gather.getRole());
      if (!options.gather || !path)
        return false;
      reads.insert({gather.getInput(), *path});
      continue;
    }
    if (!isAccess(op) && !(isRowWise(op) && isRepeated(value, role)))
      return false;
    for (Value operand : op->getOperands())
      reads.insert({operand, role});
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Decisions
//===----------------------------------------------------------------------===//

void Formation::store(Value value) {
  prepare(value, rgnn::getDomain(value.getType()), "self",
          /*mustCompute=*/true);
  producers[value] = plans.size();
  plans.push_back({nullptr, value});
  remarkTaken(value.getDefiningOp(), "a kernel of its own, row-wise");
}

void Formation::prepare(Value root, OnAttr domain, StringRef rootRole,
                        bool mustCompute) {
  Reads reads;
  reads.insert({root, rootRole});
  for (size_t i = 0; i < reads.size(); ++i) {
    auto [value, role] = reads[i];
    bool isRoot = mustCompute && value == root;
    if (isStored(value) || isConstant(value.getDefiningOp()))
      continue;
    Operation *op = value.getDefiningOp();
    if (auto gather = dyn_cast<rgnn::GatherOp>(op)) {
      auto path = followRole(domain, role, gather.getRole());
      if (path && (options.gather || isRoot))
        reads.insert({gather.getInput(), *path});
      else
        store(value);
      continue;
    }
    if (!isAccess(op) && !isRoot && !isRepeated(value, role)) {
      store(value);
      continue;
    }
    for (Value operand : op->getOperands())
      reads.insert({operand, role});
  }
}

void Formation::addAnchor(Operation *op) {
  producers[op->getResult(0)] = plans.size();
  plans.push_back({op, op->getResult(0)});
}

/// True if neither `value` nor what it is a reshape of has another reader.
static bool isOnlyRead(Value value) {
  while (value.hasOneUse()) {
    auto reshape = value.getDefiningOp<rgnn::ReshapeOp>();
    if (!reshape)
      return true;
    value = reshape.getInput();
  }
  return false;
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
  if (plan.outputIndex >= 0 || !isStorable(type.getElementType()) ||
      domain != rgnn::getDomain(planType) ||
      rgnn::getRowSize(type) != rgnn::getRowSize(planType))
    return false;
  bool found = false;
  for (Value operand : op->getOperands()) {
    if (stripReshapes(operand) == plan.result && !found) {
      found = isOnlyRead(operand);
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
  remarkTaken(op, "joins the epilogue of the kernel of its operand");
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
             << value.getType() << ", which " << kNoKernelYet;
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
    // What no reader repeats is a kernel here; else its readers decide.
    if (!joinEpilogue(op) && !options.body &&
        !isRepeated(op->getResult(0), "self"))
      store(op->getResult(0));
    return success();
  }
  if (auto linear = dyn_cast<rgnn::LinearOp>(op)) {
    if (!rgnn::getDomain(linear.getResult().getType()))
      return op->emitOpError("of one row ") << kNoKernelYet;
    visitLinear(linear);
    return success();
  }
  if (auto aggregate = dyn_cast<rgnn::AggregateOp>(op)) {
    if (!rgnn::getDomain(aggregate.getResult().getType()))
      return op->emitOpError("to one row ") << kNoKernelYet;
    prepare(aggregate.getInput(),
            rgnn::getDomain(aggregate.getInput().getType()), "self");
    addAnchor(op);
    return success();
  }
  return op->emitOpError() << kNoKernelYet;
}

LogicalResult Formation::checkArguments() {
  for (BlockArgument argument : func.getArguments()) {
    Type type = argument.getType();
    if (rgnn::isData(type) && isStorable(getElementTypeOrSelf(type)))
      continue;
    return func.emitOpError("has argument ")
           << argument.getArgNumber() << " of type " << type
           << "; only tensors of floats or i32, with static trailing "
              "dimensions, can be compiled";
  }
  return success();
}

LogicalResult Formation::run() {
  if (!func.getBody().hasOneBlock())
    return func.emitOpError("must have one block to be compiled");
  if (func.getNumResults() == 0)
    return func.emitOpError("has no results, so there is nothing to compile");
  if (failed(checkArguments()))
    return failure();
  for (Operation &op : func.getBody().front())
    if (failed(visit(&op)))
      return failure();
  fuseSegments();
  fuseOwners();
  mergeKernels();
  return success();
}
