//===- Expression.cpp - A value as a computation on one element -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expression.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace pigeon;

Type pigeon::computeTypeOf(Value value) {
  return kernel::getComputeType(getElementTypeOrSelf(value.getType()));
}

Expression::Expression(const Formation &formation, unsigned index,
                       ValueRange roots, rgnn::OnAttr domain,
                       ValueRange inRegisters)
    : formation(formation), index(index), roots(roots), domain(domain),
      registers(inRegisters) {
  collect();
}

/// A cast between types that are computed in one type.
static bool isStorageCast(Operation *op) {
  return isa<arith::ExtFOp, arith::TruncFOp>(op) &&
         computeTypeOf(op->getOperand(0)) == computeTypeOf(op->getResult(0));
}

/// Data of one row is read by `none`, whatever the path to it was.
static std::pair<Value, StringRef> keyOf(Read read) {
  bool isOneRow = rgnn::isOneRow(read.value.getType());
  return {read.value, isOneRow ? StringRef("none") : read.role};
}

SmallVector<Read, 3> Expression::operandsOf(Operation *op,
                                            StringRef role) const {
  SmallVector<Read, 3> operands;
  // A fill's scalar is a constant, which the fill's own step builds.
  if (isa<rgnn::FillOp>(op))
    return operands;
  // Formation stores a gather whose path has no name.
  if (auto gather = dyn_cast<rgnn::GatherOp>(op))
    role = *followRole(domain, role, gather.getRole());
  for (Value operand : op->getOperands())
    operands.push_back({operand, role});
  return operands;
}

/// Finds what is read, and then sorts what is computed by its place in the
/// function. Both without recursion: a model may be a long chain.
void Expression::collect() {
  llvm::DenseSet<std::pair<Value, StringRef>> found;
  SmallVector<std::pair<Value, StringRef>> pending;
  for (Value root : llvm::reverse(roots))
    pending.push_back(keyOf({root, "self"}));
  while (!pending.empty()) {
    auto [value, role] = pending.pop_back_val();
    if (!found.insert({value, role}).second ||
        llvm::is_contained(registers, value))
      continue;
    if (formation.isStoredBefore(value, index)) {
      leaves.push_back({value, role});
      continue;
    }
    steps.push_back({value, role});
    // The first operand is visited first.
    SmallVector<Read, 3> operands = operandsOf(value.getDefiningOp(), role);
    for (Read operand : llvm::reverse(operands))
      pending.push_back(keyOf(operand));
  }
  llvm::sort(steps, [](Read a, Read b) {
    Operation *first = a.value.getDefiningOp();
    Operation *second = b.value.getDefiningOp();
    return first != second && first->isBeforeInBlock(second);
  });
}

bool Expression::isAccess() const {
  return roots.size() == 1 && leaves.size() == 1 &&
         llvm::all_of(steps, [](Read step) {
           Operation *op = step.value.getDefiningOp();
           return isa<rgnn::GatherOp, rgnn::ReshapeOp>(op) || isStorageCast(op);
         });
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// True if an operand or the result has a type that is storage only.
static bool seesStorage(Operation *op) {
  auto isStorage = [](Type type) {
    Type element = getElementTypeOrSelf(type);
    return kernel::getComputeType(element) != element;
  };
  return llvm::any_of(op->getOperandTypes(), isStorage) ||
         llvm::any_of(op->getResultTypes(), isStorage);
}

/// The steps of an expression, as operations on scalars.
struct Expression::Builder {
  const Expression &expression;
  OpBuilder &builder;
  using Scalars = llvm::DenseMap<std::pair<Value, StringRef>, Value>;
  Scalars built;

  FailureOr<Value> buildConstant(Operation *op);
  FailureOr<Value> buildStep(Operation *op, StringRef role);
};

FailureOr<Value> Expression::Builder::buildConstant(Operation *op) {
  Attribute attr;
  if (auto fill = dyn_cast<rgnn::FillOp>(op)) {
    if (!matchPattern(fill.getValue(), m_Constant(&attr)))
      return op->emitOpError("of a scalar that is no constant ")
             << kNoKernelYet;
  } else if (auto dense =
                 dyn_cast_or_null<DenseElementsAttr>(op->getAttr("value"));
             dense && dense.isSplat()) {
    attr = dense.getSplatValue<Attribute>();
  } else {
    return op->emitOpError("of more than one value ") << kNoKernelYet;
  }
  // Every f16 and bf16 is an f32.
  if (auto real = dyn_cast<FloatAttr>(attr))
    attr = builder.getFloatAttr(kernel::getComputeType(real.getType()),
                                real.getValueAsDouble());
  return arith::ConstantOp::create(builder, op->getLoc(), cast<TypedAttr>(attr))
      .getResult();
}

FailureOr<Value> Expression::Builder::buildStep(Operation *op, StringRef role) {
  if (isa<rgnn::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return buildConstant(op);
  SmallVector<Value> operands;
  for (Read operand : expression.operandsOf(op, role))
    operands.push_back(built.at(keyOf(operand)));
  // These say how their operand is read, and change no element.
  if (isa<rgnn::GatherOp, rgnn::ReshapeOp, rgnn::BroadcastOp>(op) ||
      isStorageCast(op))
    return operands.front();
  if (isa<arith::BitcastOp>(op) && seesStorage(op))
    return op->emitOpError("of the bits of f16 or bf16, which are computed in "
                           "f32, ")
           << kNoKernelYet;
  if (isa<rgnn::ScaleOp>(op))
    return arith::MulFOp::create(builder, op->getLoc(), operands[0],
                                 operands[1])
        .getResult();
  Type type = computeTypeOf(op->getResult(0));
  if (isa<FloatType>(type) && !isStorable(type))
    return op->emitOpError("of ") << type << " " << kNoKernelYet;
  OperationState state(op->getLoc(), op->getName(), operands, type,
                       op->getAttrs());
  return builder.create(state)->getResult(0);
}

FailureOr<SmallVector<Value>>
Expression::build(OpBuilder &builder, ValueRange leafScalars,
                  ValueRange registerScalars) const {
  Builder state{*this, builder, Builder::Scalars()};
  for (auto [leaf, scalar] : llvm::zip_equal(leaves, leafScalars))
    state.built[keyOf(leaf)] = scalar;
  // Values in registers are those of the row itself.
  for (auto [value, scalar] : llvm::zip_equal(registers, registerScalars))
    state.built[keyOf({value, "self"})] = scalar;
  for (Read step : steps) {
    FailureOr<Value> scalar =
        state.buildStep(step.value.getDefiningOp(), step.role);
    if (failed(scalar))
      return failure();
    state.built[keyOf(step)] = *scalar;
  }
  return llvm::map_to_vector(
      roots, [&](Value root) { return state.built.at(keyOf({root, "self"})); });
}
