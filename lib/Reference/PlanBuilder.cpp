//===- PlanBuilder.cpp - Functions, types and graphs of a plan ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Walks a function, counts the rows of every value on the graphs given, and
// keeps what evaluation needs. The operations are in PlanOperations.cpp.
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon::reference;
namespace rgnn = pigeon::rgnn;
using pigeon::rgnn::OnAttr;

namespace {

/// More elements than any machine holds; products of fewer do not overflow.
constexpr std::int64_t maxElements = std::int64_t(1) << 40;

FailureOr<pigeon::ElementType> elementType(Type type, Location location) {
  if (type.isF32())
    return pigeon::ElementType::F32;
  if (type.isF64())
    return pigeon::ElementType::F64;
  if (type.isF16())
    return pigeon::ElementType::F16;
  if (type.isBF16())
    return pigeon::ElementType::BF16;
  if (type.isInteger(1))
    return pigeon::ElementType::Bool;
  if (type.isSignlessInteger(32))
    return pigeon::ElementType::I32;
  if (pigeon::lowp::getNumberFormat(type))
    return pigeon::ElementType::U8;
  return emitError(location)
         << "expected elements of type f16, bf16, f32, f64, i32, i1 or of "
            "codes, found "
         << type;
}

/// Codes are data as bytes are.
bool isData(RankedTensorType type) {
  if (!pigeon::lowp::getNumberFormat(type.getElementType()))
    return rgnn::isData(type);
  Type byte = IntegerType::get(type.getContext(), 8);
  return rgnn::isData(
      RankedTensorType::get(type.getShape(), byte, type.getEncoding()));
}

std::string argumentName(func::FuncOp function, unsigned index) {
  std::string name = pigeon::lowp::getName(function.getArgAttrDict(index));
  return name.empty() ? rgnn::getArgumentName(function, index) : name;
}

std::string resultName(func::FuncOp function, unsigned index) {
  std::string name = pigeon::lowp::getName(function.getResultAttrDict(index));
  return name.empty() ? rgnn::getResultName(function, index) : name;
}

} // namespace

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static pigeon::runtime::GraphSpec specOf(pigeon::rgnn::GraphOp op) {
  pigeon::runtime::GraphSpec spec;
  spec.name = op.getSymName().str();
  if (op.getShares())
    spec.shares = op.getShares()->str();
  spec.relations = op.getRelations().value_or(0);
  spec.nodeTypes = op.getNodeTypes().value_or(0);
  if (DictionaryAttr classes = op.getClassesAttr())
    for (NamedAttribute entry : classes)
      if (auto count = dyn_cast<IntegerAttr>(entry.getValue()))
        spec.classes.emplace_back(entry.getName().str(), count.getInt());
  return spec;
}

std::vector<pigeon::runtime::GraphSpec>
pigeon::reference::graphSpecs(ModuleOp module) {
  std::vector<pigeon::runtime::GraphSpec> specs;
  for (auto op : module.getOps<pigeon::rgnn::GraphOp>())
    specs.push_back(specOf(op));
  return specs;
}

LogicalResult PlanBuilder::checkGraphs(func::FuncOp entry) {
  auto module = entry->getParentOfType<ModuleOp>();
  if (!module)
    return entry.emitError("expected a function in a module");
  for (auto op : module.getOps<pigeon::rgnn::GraphOp>()) {
    FailureOr<GraphPtr> graph = findGraph(op.getSymName(), op.getLoc());
    if (failed(graph))
      return failure();
    pigeon::runtime::GraphSpec spec = specOf(op);
    if (pigeon::Status status = (*graph)->check(spec); !status)
      return op.emitError(status.error().message());
    if (spec.shares.empty())
      continue;
    FailureOr<GraphPtr> owner = findGraph(spec.shares, op.getLoc());
    if (failed(owner))
      return failure();
    if (pigeon::Status status = (*graph)->checkShares(**owner); !status)
      return op.emitError(status.error().message());
  }
  return success();
}

FailureOr<PlanBuilder::GraphPtr> PlanBuilder::findGraph(StringRef name,
                                                        Location location) {
  auto found = plan.graphs.find(name.str());
  if (found == plan.graphs.end() || !found->second) {
    auto diagnostic = emitError(location)
                      << "the model runs on a graph '" << name
                      << "', and none was given under this name";
    return diagnostic;
  }
  return found->second;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

FailureOr<std::int64_t> PlanBuilder::countRows(OnAttr domain,
                                               Location location) {
  if (!domain)
    return 1;
  FailureOr<GraphPtr> graph = findGraph(domain.getGraph(), location);
  if (failed(graph))
    return failure();
  pigeon::Result<std::int64_t> rows = (*graph)->rows(domain.getDomain().str());
  if (!rows)
    return emitError(location) << rows.error().message();
  return *rows;
}

FailureOr<ValueInfo> PlanBuilder::describe(Type type, Location location) {
  ValueInfo info;
  FailureOr<ElementType> element =
      elementType(getElementTypeOrSelf(type), location);
  if (failed(element))
    return failure();
  info.type = *element;
  info.format = pigeon::lowp::getNumberFormat(getElementTypeOrSelf(type));
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor) {
    if (isa<ShapedType>(type))
      return emitError(location)
             << "expected a ranked tensor or a float, found " << type;
    return info;
  }
  if (!isData(tensor))
    return emitError(location) << "expected data on a domain, found " << type;

  OnAttr domain = pigeon::rgnn::getDomain(type);
  FailureOr<std::int64_t> rows = countRows(domain, location);
  if (failed(rows))
    return failure();
  if (domain) {
    info.graph = domain.getGraph().str();
    info.domain = domain.getDomain().str();
    info.shape.push_back(*rows);
    if (!tensor.isDynamicDim(0) && tensor.getDimSize(0) != *rows)
      return emitError(location)
             << "the model fixes " << tensor.getDimSize(0) << " rows of "
             << domain.getFullName() << ", the graph has " << *rows;
  }
  std::int64_t elements = *rows;
  for (std::int64_t size : pigeon::rgnn::getTrailingShape(tensor)) {
    info.shape.push_back(size);
    if (llvm::MulOverflow(elements, size, elements) || elements > maxElements)
      return emitError(location) << "data of type " << type << " with " << *rows
                                 << " rows has more than 2^40 elements";
  }
  return info;
}

FailureOr<Step> PlanBuilder::makeStep(Operation *op, Step::Kind kind) {
  Type type = op->getResult(0).getType();
  FailureOr<ValueInfo> info = describe(type, op->getLoc());
  if (failed(info))
    return failure();
  Step step(op->getLoc());
  step.kind = kind;
  step.name = op->getName().getStringRef().str();
  step.isScalar = !isa<ShapedType>(type);
  step.rows = info->domain.empty() ? 1 : info->shape.front();
  for (std::int64_t size :
       ArrayRef(info->shape).drop_front(info->domain.empty() ? 0 : 1))
    step.width *= size;
  for (Value operand : op->getOperands()) {
    auto found = values.find(operand);
    if (found == values.end())
      return op->emitError("uses a value that the interpreter does not know");
    step.operands.push_back(found->second);
  }
  return step;
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

LogicalResult PlanBuilder::checkImage(OnAttr domain, StringRef role,
                                      std::int64_t imageRows,
                                      Location location) {
  if (!domain)
    return emitError(location) << "one row has no role '" << role << "'";
  FailureOr<GraphPtr> graph = findGraph(domain.getGraph(), location);
  if (failed(graph))
    return failure();
  pigeon::Result<std::string> image =
      (*graph)->image(domain.getDomain().str(), role.str());
  if (!image)
    return emitError(location) << image.error().message();
  pigeon::Result<std::int64_t> rows = (*graph)->rows(*image);
  if (!rows)
    return emitError(location) << rows.error().message();
  if (*rows > imageRows)
    return emitError(location)
           << "role '" << role << "' of " << domain.getFullName()
           << " leads to " << *rows << " rows, the data has " << imageRows;
  return success();
}

FailureOr<RowMap> PlanBuilder::findMap(OnAttr domain, StringRef role,
                                       std::int64_t imageRows,
                                       Location location) {
  if (role == "none")
    return RowMap::one();
  if (role == "self")
    return RowMap::same();
  if (failed(checkImage(domain, role, imageRows, location)))
    return failure();
  auto &graph = plan.graphs[domain.getGraph().str()];
  pigeon::Result<const pigeon::runtime::IndexArray *> images =
      graph->map(domain.getDomain().str(), role.str());
  if (!images)
    return emitError(location) << images.error().message();
  return RowMap::table(**images);
}

FailureOr<Segments> PlanBuilder::findSegments(OnAttr domain, StringRef role,
                                              std::int64_t imageRows,
                                              Location location) {
  if (role == "self")
    return Segments::same();
  if (role == "none") {
    FailureOr<std::int64_t> rows = countRows(domain, location);
    if (failed(rows))
      return failure();
    return Segments::one(*rows);
  }
  if (failed(checkImage(domain, role, imageRows, location)))
    return failure();
  pigeon::runtime::ViewSpec spec;
  spec.graph = domain.getGraph().str();
  spec.kind = "csr";
  spec.domain = domain.getDomain().str();
  spec.role = role.str();
  auto view = plan.graphs[spec.graph]->view(spec);
  if (!view)
    return emitError(location) << view.error().message();
  return Segments::csr((*view)->at("offsets"), (*view)->at("entries"));
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

unsigned PlanBuilder::append(Step step) {
  plan.steps.push_back(std::move(step));
  return plan.steps.size() - 1;
}

LogicalResult PlanBuilder::append(Operation *op, Step step, double stages) {
  for (unsigned operand : step.operands) {
    double before = plan.steps[operand].stages;
    step.stages =
        step.isProduct ? step.stages + before : std::max(step.stages, before);
    step.dependsOnSoftmax |= plan.steps[operand].dependsOnSoftmax;
    step.arithmetic = coarser(step.arithmetic, plan.steps[operand].arithmetic);
  }
  // What only moves data rounds nothing.
  if (stages > 0) {
    FailureOr<ElementType> type = elementType(
        getElementTypeOrSelf(op->getResult(0).getType()), op->getLoc());
    if (failed(type))
      return failure();
    step.arithmetic = coarser(step.arithmetic, arithmeticOf(*type));
  }
  step.stages += stages;
  step.dependsOnSoftmax |= step.kind == Step::Kind::Softmax;
  values[op->getResult(0)] = append(std::move(step));
  return success();
}

FailureOr<SmallVector<unsigned>>
PlanBuilder::addBody(func::FuncOp function, ArrayRef<unsigned> arguments) {
  if (function.isExternal())
    return function.emitError("expected a function with a body");
  if (!function.getBody().hasOneBlock())
    return function.emitError("expected a function of one block, found ")
           << function.getBody().getBlocks().size();
  if (!active.insert(function).second)
    return function.emitError("recursive calls cannot be run");
  Block &body = function.getBody().front();
  for (auto [argument, step] : llvm::zip_equal(body.getArguments(), arguments))
    values[argument] = step;
  for (Operation &op : body.without_terminator())
    if (failed(addOperation(&op)))
      return failure();
  SmallVector<unsigned> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(values.lookup(value));
  active.erase(function);
  return results;
}

LogicalResult PlanBuilder::addFunction(func::FuncOp entry) {
  SmallVector<unsigned> arguments;
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes())) {
    FailureOr<ValueInfo> info = describe(type, entry.getLoc());
    if (failed(info))
      return failure();
    info->name = argumentName(entry, i);
    Step step(entry.getLoc());
    step.kind = Step::Kind::Argument;
    step.name = info->name;
    step.argument = i;
    step.isScalar = !isa<ShapedType>(type);
    step.rows = info->domain.empty() ? 1 : info->shape.front();
    for (std::int64_t size :
         ArrayRef(info->shape).drop_front(info->domain.empty() ? 0 : 1))
      step.width *= size;
    plan.arguments.push_back(std::move(*info));
    arguments.push_back(append(std::move(step)));
  }
  plan.argumentSteps.assign(arguments.begin(), arguments.end());
  FailureOr<SmallVector<unsigned>> results = addBody(entry, arguments);
  if (failed(results))
    return failure();
  plan.resultSteps.assign(results->begin(), results->end());
  for (auto [i, type] : llvm::enumerate(entry.getResultTypes())) {
    FailureOr<ValueInfo> info = describe(type, entry.getLoc());
    if (failed(info))
      return failure();
    info->name = resultName(entry, i);
    plan.results.push_back(std::move(*info));
  }
  return success();
}

FailureOr<Plan> pigeon::reference::buildPlan(func::FuncOp entry,
                                             const GraphMap &graphs) {
  Plan plan(entry.getLoc());
  plan.graphs = graphs;
  PlanBuilder builder(plan);
  if (failed(builder.checkGraphs(entry)) || failed(builder.addFunction(entry)))
    return failure();
  return plan;
}
