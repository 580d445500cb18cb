//===- PlanOperations.cpp - The operations of a plan ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LowPrecision.h"
#include "PlanBuilder.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon::reference;
using pigeon::rgnn::OnAttr;

namespace {

// How many stages an operation is (see Interpreter.h).
constexpr double movesOnly = 0;
constexpr double computes = 0.25;
constexpr double sums = 1;

ArrayRef<std::int64_t> trailing(Value value) {
  return pigeon::rgnn::getTrailingShape(
      cast<RankedTensorType>(value.getType()));
}

std::int64_t product(ArrayRef<std::int64_t> sizes) {
  std::int64_t result = 1;
  for (std::int64_t size : sizes)
    result *= size;
  return result;
}

OnAttr domainOf(Value value) {
  return pigeon::rgnn::getDomain(value.getType());
}

Reduction reductionOf(pigeon::rgnn::AggregateKind kind) {
  switch (kind) {
  case pigeon::rgnn::AggregateKind::Sum:
    return Reduction::Sum;
  case pigeon::rgnn::AggregateKind::Mean:
    return Reduction::Mean;
  case pigeon::rgnn::AggregateKind::Max:
    return Reduction::Max;
  case pigeon::rgnn::AggregateKind::Min:
    return Reduction::Min;
  }
  return Reduction::Sum;
}

Reduction reductionOf(pigeon::rgnn::ReduceKind kind) {
  switch (kind) {
  case pigeon::rgnn::ReduceKind::Sum:
    return Reduction::Sum;
  case pigeon::rgnn::ReduceKind::Mean:
    return Reduction::Mean;
  case pigeon::rgnn::ReduceKind::Max:
    return Reduction::Max;
  }
  return Reduction::Sum;
}

/// The elements of a box of a row, as positions in the row.
std::vector<std::int64_t> elementsOfBox(ArrayRef<std::int64_t> shape,
                                        ArrayRef<std::int64_t> offsets,
                                        ArrayRef<std::int64_t> sizes) {
  std::vector<std::int64_t> elements = {0};
  for (size_t d = 0; d < shape.size(); ++d) {
    std::vector<std::int64_t> finer;
    finer.reserve(elements.size() * sizes[d]);
    for (std::int64_t element : elements)
      for (std::int64_t i = 0; i < sizes[d]; ++i)
        finer.push_back(element * shape[d] + offsets[d] + i);
    elements = std::move(finer);
  }
  return elements;
}

} // namespace

LogicalResult PlanBuilder::addOperation(Operation *op) {
  using namespace pigeon::rgnn;
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<GatherOp, AggregateOp, LinearOp, OuterOp, ReduceOp, BroadcastOp,
            DotOp, ScaleOp, SoftmaxOp, FillOp, ReshapeOp, SliceOp, ConcatOp,
            pigeon::lowp::QuantizeOp, pigeon::lowp::DequantizeOp,
            pigeon::lowp::PackOp, pigeon::lowp::UnpackOp,
            pigeon::lowp::MatmulOp, arith::ConstantOp, func::CallOp>(
          [&](auto typed) { return add(typed); })
      .Default([&](Operation *other) { return addElementwise(other); });
}

LogicalResult PlanBuilder::add(pigeon::rgnn::GatherOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Gather);
  if (failed(step))
    return failure();
  FailureOr<RowMap> map = findMap(domainOf(op.getResult()), op.getRole(),
                                  operandStep(op.getInput()).rows, op.getLoc());
  if (failed(map))
    return failure();
  step->map = *map;
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::AggregateOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Aggregate);
  if (failed(step))
    return failure();
  FailureOr<Segments> segments = findSegments(
      domainOf(op.getInput()), op.getRole(), step->rows, op.getLoc());
  if (failed(segments))
    return failure();
  step->segments = *segments;
  step->reduction = reductionOf(op.getKind());
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::LinearOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Linear);
  if (failed(step))
    return failure();
  step->isProduct = true;
  FailureOr<RowMap> map =
      findMap(domainOf(op.getInput()), op.getKey(),
              operandStep(op.getWeight()).rows, op.getLoc());
  if (failed(map))
    return failure();
  step->map = *map;

  ArrayRef<std::int64_t> x = trailing(op.getInput());
  ArrayRef<std::int64_t> w = trailing(op.getWeight());
  if (x.empty() || w.size() < 2 || w.size() > 3 || x.back() != w[w.size() - 2])
    return op.emitError("expected a weight of shape [(H,) in, out]");
  step->in = w[w.size() - 2];
  step->out = w.back();
  step->weightHasHeads = w.size() == 3;
  step->heads = step->weightHasHeads ? w.front() : 1;
  step->xHasHeads = step->weightHasHeads && x.size() >= 2;
  if (step->xHasHeads && x[x.size() - 2] != step->heads)
    return op.emitError("expected ")
           << step->heads << " heads in the input, found " << x[x.size() - 2];
  step->batch = product(x.drop_back(step->xHasHeads ? 2 : 1));
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::OuterOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Outer);
  if (failed(step))
    return failure();
  step->isProduct = true;
  FailureOr<Segments> segments =
      findSegments(domainOf(op.getLhs()), op.getKey(), step->rows, op.getLoc());
  if (failed(segments))
    return failure();
  step->segments = *segments;

  ArrayRef<std::int64_t> x = trailing(op.getLhs());
  ArrayRef<std::int64_t> y = trailing(op.getRhs());
  if (x.empty() || x.size() > 2 || y.empty() || y.size() > 2)
    return op.emitError("expected operands of shape [rows, (H,) d]");
  step->in = x.back();
  step->out = y.back();
  step->xHasHeads = x.size() == 2;
  step->yHasHeads = y.size() == 2;
  if (step->xHasHeads || step->yHasHeads)
    step->heads = step->xHasHeads ? x.front() : y.front();
  if (step->xHasHeads && step->yHasHeads && x.front() != y.front())
    return op.emitError("expected equal numbers of heads, found ")
           << x.front() << " and " << y.front();
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::ReduceOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Reduce);
  if (failed(step))
    return failure();
  step->reduction = reductionOf(op.getKind());
  step->outer = step->width;
  step->inner = product(trailing(op.getInput())) / step->outer;
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::BroadcastOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Broadcast);
  if (failed(step))
    return failure();
  step->outer = product(trailing(op.getInput()));
  step->inner = step->width / step->outer;
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::DotOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Dot);
  if (failed(step))
    return failure();
  step->isProduct = true;
  step->outer = step->width;
  step->inner = product(trailing(op.getLhs())) / step->outer;
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::ScaleOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Scale);
  if (failed(step))
    return failure();
  step->isProduct = true;
  step->outer = product(trailing(op.getFactor()));
  step->inner = step->width / step->outer;
  return append(op, std::move(*step), computes);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::SoftmaxOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Softmax);
  if (failed(step))
    return failure();
  OnAttr domain = domainOf(op.getInput());
  // The image has no data to be counted on, so the graph counts it.
  StringRef role = op.getRole();
  if (role == "self") {
    step->numSegments = step->rows;
  } else if (role == "none" || !domain) {
    step->numSegments = 1;
  } else {
    FailureOr<GraphPtr> graph = findGraph(domain.getGraph(), op.getLoc());
    if (failed(graph))
      return failure();
    auto image = (*graph)->image(domain.getDomain().str(), role.str());
    if (!image)
      return op.emitError(image.error().message());
    auto rows = (*graph)->rows(*image);
    if (!rows)
      return op.emitError(rows.error().message());
    step->numSegments = *rows;
  }
  FailureOr<RowMap> map = findMap(domain, role, step->numSegments, op.getLoc());
  FailureOr<Segments> segments =
      findSegments(domain, role, step->numSegments, op.getLoc());
  if (failed(map) || failed(segments))
    return failure();
  step->map = *map;
  step->segments = *segments;
  return append(op, std::move(*step), sums);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::FillOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Fill);
  if (failed(step))
    return failure();
  step->inner = step->width;
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::ReshapeOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Reshape);
  if (failed(step))
    return failure();
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::SliceOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Slice);
  if (failed(step))
    return failure();
  step->elements =
      elementsOfBox(trailing(op.getInput()), op.getOffsets(), op.getSizes());
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(pigeon::rgnn::ConcatOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Concat);
  if (failed(step))
    return failure();
  step->outer = product(trailing(op.getResult()).take_front(op.getDim()));
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(arith::ConstantOp op) {
  FailureOr<Step> step = makeStep(op, Step::Kind::Constant);
  if (failed(step))
    return failure();
  auto asDouble = [](const APFloat &value) {
    APFloat copy = value;
    bool losesInfo = false;
    copy.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
    return copy.convertToDouble();
  };
  if (auto value = dyn_cast<FloatAttr>(op.getValue())) {
    step->constant = {asDouble(value.getValue())};
  } else if (auto value = dyn_cast<IntegerAttr>(op.getValue())) {
    step->constant = {value.getValue().isZero() ? 0.0 : 1.0};
  } else if (auto elements = dyn_cast<DenseFPElementsAttr>(op.getValue())) {
    // A constant on a domain has all its rows in the text; only a splat is
    // the same in every row.
    if (pigeon::rgnn::getDomain(op.getType()) && !elements.isSplat())
      return op.emitError("expected a constant on a domain to be one value in "
                          "every row; pass the data as an argument");
    if (elements.isSplat())
      step->constant = {asDouble(elements.getSplatValue<APFloat>())};
    else
      for (const APFloat &value : elements.getValues<APFloat>())
        step->constant.push_back(asDouble(value));
  } else {
    return op.emitError("expected a constant of floats");
  }
  return append(op, std::move(*step), movesOnly);
}

LogicalResult PlanBuilder::add(func::CallOp op) {
  auto module = op->getParentOfType<ModuleOp>();
  auto callee = module.lookupSymbol<func::FuncOp>(op.getCallee());
  if (!callee)
    return op.emitError("calls '") << op.getCallee() << "', which is not here";
  SmallVector<unsigned> arguments;
  for (Value operand : op.getOperands())
    arguments.push_back(values.lookup(operand));
  FailureOr<SmallVector<unsigned>> results = addBody(callee, arguments);
  if (failed(results))
    return failure();
  for (auto [value, step] : llvm::zip_equal(op.getResults(), *results))
    values[value] = step;
  return success();
}

LogicalResult PlanBuilder::addElementwise(Operation *op) {
  Elementwise function = elementwiseFunction(op);
  if (!function.apply || op->getNumResults() != 1 ||
      op->getNumOperands() > maxArity || op->getNumRegions() != 0)
    return op->emitError("the reference interpreter does not know '")
           << op->getName() << "'";
  FailureOr<Step> step = makeStep(op, Step::Kind::Elementwise);
  if (failed(step))
    return failure();
  step->function = function.apply;
  step->isProduct = function.isProduct;
  for (unsigned operand : step->operands) {
    const Step &from = plan.steps[operand];
    bool fits = from.rows == step->rows && from.width == step->width;
    if (!fits && !from.isScalar)
      return op->emitError("expected operands of one shape");
  }
  return append(op, std::move(*step), function.stages);
}

double pigeon::reference::operations(const Plan &plan, const Step &step) {
  double elements = static_cast<double>(step.rows) * step.width;
  switch (step.kind) {
  case Step::Kind::Argument:
  case Step::Kind::Gather:
  case Step::Kind::Reshape:
    return 0;
  case Step::Kind::Linear:
    return elements * step.in;
  case Step::Kind::Matmul:
    return elements * step.lowPrecision->depth;
  case Step::Kind::Outer:
    return static_cast<double>(plan.steps[step.operands[0]].rows) * step.width;
  case Step::Kind::Aggregate: {
    const Step &from = plan.steps[step.operands[0]];
    return elements + 2.0 * from.rows * from.width;
  }
  case Step::Kind::Reduce:
  case Step::Kind::Dot:
    return elements * step.inner;
  case Step::Kind::Softmax:
  case Step::Kind::Elementwise:
    return elements * 10;
  default:
    return elements;
  }
}
