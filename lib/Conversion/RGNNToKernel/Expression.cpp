//===- Expression.cpp - A value as a computation on one element -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expression.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <map>

using namespace mlir;
using namespace pigeon;

Expression::Expression(const Formation &formation, Value root,
                       rgnn::OnAttr domain, ValueRange inRegisters,
                       bool compute)
    : formation(formation), root(root), domain(domain), registers(inRegisters),
      compute(compute) {
  collect(root, "self");
}

bool Expression::isLeaf(Value value) const {
  return formation.isStored(value) && !(compute && value == root);
}

std::string Expression::follow(StringRef role, rgnn::GatherOp gather) const {
  // Formation stores the input of a gather whose path has no name.
  return followRole(domain, role, gather.getRole())
      .value_or(StringRef("self"))
      .str();
}

unsigned Expression::findLeaf(Value value, StringRef role) const {
  for (auto [index, leaf] : llvm::enumerate(leaves))
    if (leaf.value == value && leaf.role == role)
      return index;
  return leaves.size();
}

void Expression::collect(Value value, StringRef role) {
  if (llvm::is_contained(registers, value))
    return;
  if (isLeaf(value)) {
    if (rgnn::isOneRow(value.getType()))
      role = "none";
    if (findLeaf(value, role) == leaves.size())
      leaves.push_back({value, role.str()});
    return;
  }
  Operation *op = value.getDefiningOp();
  if (isa<rgnn::FillOp>(op))
    return;
  if (auto gather = dyn_cast<rgnn::GatherOp>(op))
    return collect(gather.getInput(), follow(role, gather));
  for (Value operand : op->getOperands())
    collect(operand, role);
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// Builds each value once for each role that it is read by.
struct Expression::Builder {
  const Expression &expression;
  OpBuilder &builder;
  ValueRange leafScalars, registerScalars;
  std::map<std::pair<void *, std::string>, Value> built;

  FailureOr<Value> build(Value value, StringRef role);
  FailureOr<Value> buildConstant(Operation *op);
  FailureOr<Value> buildOperation(Operation *op, StringRef role);
};

FailureOr<Value> Expression::Builder::build(Value value, StringRef role) {
  auto inRegister = llvm::find(expression.registers, value);
  if (inRegister != expression.registers.end())
    return registerScalars[inRegister - expression.registers.begin()];
  if (expression.isLeaf(value)) {
    StringRef leafRole = rgnn::isOneRow(value.getType()) ? "none" : role;
    return leafScalars[expression.findLeaf(value, leafRole)];
  }
  std::pair key(value.getAsOpaquePointer(), role.str());
  if (auto done = built.find(key); done != built.end())
    return done->second;
  FailureOr<Value> result = buildOperation(value.getDefiningOp(), role);
  if (succeeded(result))
    built[key] = *result;
  return result;
}

FailureOr<Value> Expression::Builder::buildConstant(Operation *op) {
  Attribute attr;
  if (auto fill = dyn_cast<rgnn::FillOp>(op)) {
    if (!matchPattern(fill.getValue(), m_Constant(&attr)))
      return op->emitOpError(
          "of a scalar that is no constant has no kernel yet");
  } else if (auto dense =
                 dyn_cast_or_null<DenseElementsAttr>(op->getAttr("value"));
             dense && dense.isSplat()) {
    attr = dense.getSplatValue<Attribute>();
  } else {
    return op->emitOpError("has no kernel yet: it is no splat");
  }
  return arith::ConstantOp::create(builder, op->getLoc(), cast<TypedAttr>(attr))
      .getResult();
}

FailureOr<Value> Expression::Builder::buildOperation(Operation *op,
                                                     StringRef role) {
  if (isa<rgnn::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return buildConstant(op);
  if (auto gather = dyn_cast<rgnn::GatherOp>(op))
    return build(gather.getInput(), expression.follow(role, gather));
  if (isa<rgnn::ReshapeOp, rgnn::BroadcastOp>(op))
    return build(op->getOperand(0), role);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    FailureOr<Value> scalar = build(operand, role);
    if (failed(scalar))
      return failure();
    operands.push_back(*scalar);
  }
  if (isa<rgnn::ScaleOp>(op))
    return arith::MulFOp::create(builder, op->getLoc(), operands[0],
                                 operands[1])
        .getResult();
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  OperationState state(op->getLoc(), op->getName(), operands, type,
                       op->getAttrs());
  return builder.create(state)->getResult(0);
}

FailureOr<Value> Expression::build(OpBuilder &builder, ValueRange leafScalars,
                                   ValueRange registerScalars) const {
  Builder state{*this, builder, leafScalars, registerScalars, {}};
  return state.build(root, "self");
}
