//===- LowerComputation.cpp - What tiles compute, in one thread -------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "FunctionLowering.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <map>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

static SmallVector<int64_t> offsetOf(const Layout &layout, int64_t local) {
  SmallVector<int64_t> offset;
  for (int64_t dim = 0; dim < layout.rank(); ++dim)
    offset.push_back(layout.localOffset(local, dim));
  return offset;
}

LogicalResult tile::unexpectedLayouts(Operation *op, StringRef rule) {
  InFlightDiagnostic diagnostic = op->emitOpError("expected ") << rule;
  diagnostic << ", but found ";
  llvm::interleaveComma(op->getOperandTypes(), diagnostic);
  diagnostic << " -> ";
  llvm::interleaveComma(op->getResultTypes(), diagnostic);
  return diagnostic;
}

LogicalResult FunctionLowering::lowerConstant(Operation *op) {
  auto constant = cast<arith::ConstantOp>(op);
  auto type = dyn_cast<RankedTensorType>(constant.getType());
  if (!type)
    return lowerScalar(op);
  FailureOr<Layout> layout = layoutOf(op, constant);
  if (failed(layout))
    return failure();
  auto elements = dyn_cast<SplatElementsAttr>(constant.getValue());
  if (!elements)
    return op->emitOpError("expected a tile constant of equal elements");
  Value scalar = arith::ConstantOp::create(
      code.builder, code.loc,
      cast<TypedAttr>(elements.getSplatValue<Attribute>()));
  values[constant] = Locals(layout->numLocals(), scalar);
  return success();
}

LogicalResult FunctionLowering::lowerScalar(Operation *op) {
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()))
    return op->emitOpError("is not supported in a tile function");
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, scalarOf(operand));
  Operation *clone = code.builder.clone(*op, mapping);
  for (auto [result, value] :
       llvm::zip_equal(op->getResults(), clone->getResults()))
    values[result] = {value};
  return success();
}

LogicalResult FunctionLowering::lowerElementwise(Operation *op) {
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) ||
      !op->hasTrait<OpTrait::Elementwise>() || op->getNumResults() != 1)
    return op->emitOpError("is not supported on register tiles");
  Value result = op->getResult(0);
  FailureOr<Layout> layout = layoutOf(op, result);
  if (failed(layout))
    return failure();
  for (Value operand : op->getOperands()) {
    if (!isa<RankedTensorType>(operand.getType()))
      continue;
    FailureOr<Layout> other = layoutOf(op, operand);
    if (failed(other))
      return failure();
    if (*other != *layout)
      return unexpectedLayouts(op, "operands and result in one layout");
  }
  // Locals that broadcasts made equal are computed once.
  std::map<SmallVector<void *>, Value> known;
  Locals locals;
  for (int64_t local = 0; local < layout->numLocals(); ++local) {
    IRMapping mapping;
    SmallVector<void *> key;
    for (Value operand : op->getOperands()) {
      ArrayRef<Value> scalars = localsOf(operand);
      Value scalar = scalars[scalars.size() == 1 ? 0 : local];
      mapping.map(operand, scalar);
      key.push_back(scalar.getAsOpaquePointer());
    }
    Value &computed = known[key];
    if (!computed) {
      Operation *clone = op->clone(mapping);
      clone->getResult(0).setType(getElementTypeOrSelf(result.getType()));
      computed = code.builder.insert(clone)->getResult(0);
    }
    locals.push_back(computed);
  }
  values[result] = std::move(locals);
  return success();
}

LogicalResult FunctionLowering::lowerIota(IotaOp op) {
  FailureOr<Layout> layout = layoutOf(op, op);
  if (failed(layout))
    return failure();
  Value thread = code.threadOffset(layout->threadDigits(0));
  Locals locals;
  for (int64_t local = 0; local < layout->numLocals(); ++local) {
    int64_t offset = layout->localOffset(local, 0);
    if (thread && offset == 0)
      locals.push_back(thread);
    else
      locals.push_back(code.add(thread, code.i32(offset)));
  }
  values[op] = std::move(locals);
  return success();
}

LogicalResult FunctionLowering::lowerExpand(ExpandOp op) {
  FailureOr<Layout> from = layoutOf(op, op.getSource()), to = layoutOf(op, op);
  if (failed(from) || failed(to))
    return failure();
  int64_t dim = op.getDim();
  for (int64_t d = 0; d < from->rank(); ++d)
    if (from->threadDigits(d) != to->threadDigits(d < dim ? d : d + 1))
      return unexpectedLayouts(op, "each thread to have what it repeats");
  std::map<SmallVector<int64_t>, Value> at;
  for (auto [local, value] : llvm::enumerate(localsOf(op.getSource())))
    at[offsetOf(*from, local)] = value;
  Locals locals;
  for (int64_t local = 0; local < to->numLocals(); ++local) {
    SmallVector<int64_t> offset = offsetOf(*to, local);
    offset.erase(offset.begin() + dim);
    locals.push_back(at[offset]);
    if (!locals.back())
      return unexpectedLayouts(op, "each thread to have what it repeats");
  }
  values[op] = std::move(locals);
  return success();
}

LogicalResult FunctionLowering::lowerReduce(ReduceOp op) {
  FailureOr<Layout> from = layoutOf(op, op.getSource());
  if (failed(from))
    return failure();
  int64_t dim = op.getDim();
  if (isa<RankedTensorType>(op.getType())) {
    FailureOr<Layout> to = layoutOf(op, op.getResult());
    if (failed(to))
      return failure();
    if (*to != from->reduce(dim, /*keepDim=*/false))
      return unexpectedLayouts(op, "a result held as the reduced operand");
  }
  values[op] =
      reduceTile(code, localsOf(op.getSource()), *from, dim, op.getKind());
  return success();
}

LogicalResult FunctionLowering::lowerConvert(ConvertLayoutOp op) {
  FailureOr<Layout> from = layoutOf(op, op.getSource()), to = layoutOf(op, op);
  if (failed(from) || failed(to))
    return failure();
  values[op] = convertLayout(code, localsOf(op.getSource()), *from, *to);
  return success();
}

LogicalResult FunctionLowering::lowerView(ViewOp op) {
  FailureOr<Layout> from = layoutOf(op, op.getSource()), to = layoutOf(op, op);
  if (failed(from) || failed(to))
    return failure();
  layout::View view = op.getView();
  if (view.sourceOf(*to) != from)
    return unexpectedLayouts(op, "registers that are those of the result");
  Type element = op.getType().getElementType();
  Type word =
      view.fields == 1 ? element : VectorType::get(view.fields, element);
  Locals locals;
  for (Value value : localsOf(op.getSource())) {
    if (value.getType() != word)
      value = LLVM::BitcastOp::create(code.builder, code.loc, word, value);
    if (view.fields == 1)
      locals.push_back(value);
    for (int64_t field = 0; view.fields > 1 && field < view.fields; ++field)
      locals.push_back(LLVM::ExtractElementOp::create(code.builder, code.loc,
                                                      value, code.i32(field)));
  }
  values[op] = std::move(locals);
  return success();
}
