//===- PlanLowPrecision.cpp - The operations of lowp in a plan ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LowPrecision.h"
#include "PlanBuilder.h"

#include "pigeon/Dialect/LowP/IR/LowPOps.h"

using namespace mlir;
using namespace pigeon::reference;
namespace lowp = pigeon::lowp;

// See Interpreter.h. What is rounded to a code is exact once it is one.
constexpr double movesOnly = 0;
constexpr double computes = 0.25;
constexpr double sums = 1;

static CodedOperand operandAt(Value value, OperandRange all) {
  CodedOperand operand;
  if (!value)
    return operand;
  operand.index =
      static_cast<int>(std::distance(all.begin(), llvm::find(all, value)));
  operand.format = lowp::getNumberFormat(getElementTypeOrSelf(value));
  return operand;
}

/// What quantize, dequantize and matmul say of the numbers behind codes.
template <typename Op>
static LowPrecision describeNumbers(Op op, RankedTensorType codes) {
  LowPrecision numbers;
  numbers.format = *lowp::getNumberFormat(codes.getElementType());
  numbers.group = lowp::getGroupSize(codes, op.getScales().getType());
  OperandRange all = op->getOperands();
  numbers.scales = operandAt(op.getScales(), all);
  numbers.zeros = operandAt(op.getZeros(), all);
  numbers.book = operandAt(op.getBook(), all);
  if (Value book = op.getBook())
    numbers.bookPerGroup = cast<RankedTensorType>(book.getType()).getRank() > 1;
  return numbers;
}

/// Appends a step of `kind` with what it needs to know.
LogicalResult PlanBuilder::addLowPrecision(Operation *op, Step::Kind kind,
                                           LowPrecision numbers,
                                           double stages) {
  FailureOr<Step> step = makeStep(op, kind);
  if (failed(step))
    return failure();
  step->isProduct = kind == Step::Kind::Matmul;
  step->lowPrecision = std::make_shared<const LowPrecision>(std::move(numbers));
  return append(op, std::move(*step), stages);
}

LogicalResult PlanBuilder::add(lowp::QuantizeOp op) {
  return addLowPrecision(op, Step::Kind::Quantize,
                         describeNumbers(op, op.getResult().getType()),
                         movesOnly);
}

LogicalResult PlanBuilder::add(lowp::DequantizeOp op) {
  return addLowPrecision(op, Step::Kind::Dequantize,
                         describeNumbers(op, op.getInput().getType()),
                         computes);
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

template <typename Op> static LowPrecision describePacking(Op op) {
  RankedTensorType type = op.getCodes().getType();
  LowPrecision codes;
  codes.format = *lowp::getNumberFormat(type.getElementType());
  codes.packing = lowp::getPacking(
      codes.format, op.getPlanes().value_or(ArrayRef<int32_t>()));
  codes.rows = type.getDimSize(0);
  codes.columns = type.getDimSize(1);
  return codes;
}

LogicalResult PlanBuilder::add(lowp::PackOp op) {
  return addLowPrecision(op, Step::Kind::Pack, describePacking(op), movesOnly);
}

LogicalResult PlanBuilder::add(lowp::UnpackOp op) {
  return addLowPrecision(op, Step::Kind::Unpack, describePacking(op),
                         movesOnly);
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

/// Adds the function of one operation, or says that there is none.
static LogicalResult addScalarStep(Operation &op, ScalarFunction &function,
                                   DenseMap<Value, unsigned> &places,
                                   double &stages) {
  ScalarFunction::Step step;
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto value = dyn_cast<FloatAttr>(constant.getValue());
    if (!value)
      return op.emitError("expected a constant of floats");
    step.constant.value = value.getValueAsDouble();
    step.constant.magnitude = std::abs(step.constant.value);
  } else {
    Elementwise elementwise = elementwiseFunction(&op);
    if (!elementwise.apply || op.getNumResults() != 1 ||
        op.getNumOperands() > maxArity || op.getNumRegions() != 0)
      return op.emitError("the reference interpreter does not know '")
             << op.getName() << "'";
    step.apply = elementwise.apply;
    stages += elementwise.stages;
    for (Value operand : op.getOperands()) {
      auto place = places.find(operand);
      if (place == places.end())
        return op.emitError("uses a value that is not of the epilogue");
      step.operands.push_back(place->second);
    }
  }
  places[op.getResult(0)] = places.size();
  function.steps.push_back(std::move(step));
  return success();
}

static FailureOr<ScalarFunction> describeEpilogue(lowp::MatmulOp op,
                                                  double &stages) {
  Block &block = op.getEpilogue().front();
  ScalarFunction function;
  DenseMap<Value, unsigned> places;
  for (Value argument : block.getArguments())
    places[argument] = places.size();
  for (Operation &inner : block.without_terminator())
    if (failed(addScalarStep(inner, function, places, stages)))
      return failure();
  auto result = places.find(block.getTerminator()->getOperand(0));
  if (result == places.end())
    return op.emitError("yields a value that is not of the epilogue");
  function.result = result->second;
  return function;
}

LogicalResult PlanBuilder::add(lowp::MatmulOp op) {
  LowPrecision product = describeNumbers(op, op.getWeight().getType());
  product.rows = op.getInput().getType().getDimSize(0);
  product.depth = op.getInput().getType().getDimSize(1);
  product.columns = op.getWeight().getType().getDimSize(0);
  for (Value addend : op.getAddends())
    product.perColumn.push_back(
        cast<RankedTensorType>(addend.getType()).getRank() == 1);
  double stages = sums;
  if (!op.getEpilogue().empty()) {
    FailureOr<ScalarFunction> epilogue = describeEpilogue(op, stages);
    if (failed(epilogue))
      return failure();
    product.epilogue = std::move(*epilogue);
  }
  return addLowPrecision(op, Step::Kind::Matmul, std::move(product), stages);
}
