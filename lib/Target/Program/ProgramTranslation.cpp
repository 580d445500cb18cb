//===- ProgramTranslation.cpp - kernel.program as runtime data ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/Program/ProgramTranslation.h"

#include "pigeon/Dialect/Tile/IR/TileDialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AffineExprVisitor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon;
using runtime::SizeExpression;

/// The buffer or array under reshapes, which do not move data.
static Value stripReshapes(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<memref::CollapseShapeOp, memref::ExpandShapeOp, memref::CastOp>(
            op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

static FailureOr<runtime::ElementType> elementTypeOf(Operation *op, Type type) {
  using runtime::ElementType;
  std::optional<ElementType> result =
      llvm::TypeSwitch<Type, std::optional<ElementType>>(type)
          .Case([](Float32Type) { return ElementType::F32; })
          .Case([](Float64Type) { return ElementType::F64; })
          .Case([](Float16Type) { return ElementType::F16; })
          .Case([](BFloat16Type) { return ElementType::BF16; })
          .Default([](Type other) {
            return other.isInteger(32) ? std::optional(ElementType::I32)
                                       : std::nullopt;
          });
  if (!result)
    return op->emitOpError("has elements of type ")
           << type << ", which programs do not have";
  return *result;
}

namespace {

class ProgramTranslator {
public:
  explicit ProgramTranslator(kernel::ProgramOp op) : op(op) {
    program.name = op.getSymName();
  }

  FailureOr<runtime::Program> run();

private:
  LogicalResult translate(Operation *op);
  void addGraph(kernel::GraphOp graph);
  LogicalResult addBuffer(kernel::BufferOp buffer);
  LogicalResult addLaunch(kernel::LaunchOp launch);
  int64_t addView(kernel::ArrayOp array);
  int64_t addSymbol(runtime::Symbol symbol);
  FailureOr<SizeExpression> sizeOf(Value value);
  FailureOr<runtime::LaunchArgument> argumentOf(Value value);

  kernel::ProgramOp op;
  runtime::Program program;
  llvm::DenseMap<Value, int64_t> buffers;
};

/// Writes an affine expression in postfix order. Its dimensions and then its
/// symbols are `operands`, which are expressions themselves.
class PostfixWriter : public AffineExprVisitor<PostfixWriter> {
public:
  PostfixWriter(unsigned numDims, ArrayRef<SizeExpression> operands,
                SizeExpression &result)
      : numDims(numDims), operands(operands), result(result) {}

  void visitConstantExpr(AffineConstantExpr expr) {
    append(SizeExpression::constant(expr.getValue()));
  }
  void visitSymbolExpr(AffineSymbolExpr expr) {
    append(operands[numDims + expr.getPosition()]);
  }
  void visitDimExpr(AffineDimExpr expr) {
    append(operands[expr.getPosition()]);
  }
  void visitAddExpr(AffineBinaryOpExpr e) {
    binary(e, SizeExpression::Op::Add);
  }
  void visitMulExpr(AffineBinaryOpExpr e) {
    binary(e, SizeExpression::Op::Mul);
  }
  void visitModExpr(AffineBinaryOpExpr e) {
    binary(e, SizeExpression::Op::Mod);
  }
  void visitFloorDivExpr(AffineBinaryOpExpr e) {
    binary(e, SizeExpression::Op::FloorDiv);
  }
  void visitCeilDivExpr(AffineBinaryOpExpr e) {
    binary(e, SizeExpression::Op::CeilDiv);
  }

private:
  void append(const SizeExpression &part) {
    result.terms.insert(result.terms.end(), part.terms.begin(),
                        part.terms.end());
  }
  void binary(AffineBinaryOpExpr expr, SizeExpression::Op operation) {
    visit(expr.getLHS());
    visit(expr.getRHS());
    result.terms.push_back({operation, 0});
  }

  unsigned numDims;
  ArrayRef<SizeExpression> operands;
  SizeExpression &result;
};

} // namespace

void ProgramTranslator::addGraph(kernel::GraphOp graph) {
  runtime::GraphSpec spec;
  spec.name = graph.getName();
  spec.shares = graph.getShares().value_or("");
  spec.relations = graph.getRelations();
  spec.nodeTypes = graph.getNodeTypes();
  if (DictionaryAttr classes = graph.getClassesAttr())
    for (NamedAttribute entry : classes)
      spec.classes.emplace_back(entry.getName().str(),
                                cast<IntegerAttr>(entry.getValue()).getInt());
  program.graphs.push_back(std::move(spec));
}

int64_t ProgramTranslator::addView(kernel::ArrayOp array) {
  runtime::ViewSpec spec;
  spec.graph = array.getRows().getGraph().str();
  spec.kind = array.getView();
  spec.domain = array.getRows().getDomain().str();
  spec.role = array.getRole();
  spec.parameter = array.getParameter();
  spec.through = array.getThrough().value_or("");
  spec.into = array.getInto().value_or("");
  for (auto [index, known] : llvm::enumerate(program.views))
    if (known.graph == spec.graph && known.kind == spec.kind &&
        known.domain == spec.domain && known.role == spec.role &&
        known.parameter == spec.parameter && known.through == spec.through &&
        known.into == spec.into)
      return index;
  program.views.push_back(std::move(spec));
  return program.views.size() - 1;
}

int64_t ProgramTranslator::addSymbol(runtime::Symbol symbol) {
  for (auto [index, known] : llvm::enumerate(program.symbols))
    if (known.kind == symbol.kind && known.graph == symbol.graph &&
        known.domain == symbol.domain && known.view == symbol.view &&
        known.array == symbol.array)
      return index;
  program.symbols.push_back(std::move(symbol));
  return program.symbols.size() - 1;
}

FailureOr<SizeExpression> ProgramTranslator::sizeOf(Value value) {
  Operation *definition = value.getDefiningOp();
  if (auto size = dyn_cast_or_null<kernel::SizeOp>(definition)) {
    runtime::Symbol symbol;
    symbol.kind = runtime::Symbol::Kind::DomainRows;
    symbol.graph = size.getRows().getGraph().str();
    symbol.domain = size.getRows().getDomain().str();
    return SizeExpression::symbol(addSymbol(std::move(symbol)));
  }
  if (auto dim = dyn_cast_or_null<memref::DimOp>(definition)) {
    if (auto array = dim.getSource().getDefiningOp<kernel::ArrayOp>()) {
      runtime::Symbol symbol;
      symbol.kind = runtime::Symbol::Kind::ArrayLength;
      symbol.view = addView(array);
      symbol.array = array.getArray();
      return SizeExpression::symbol(addSymbol(std::move(symbol)));
    }
  }
  IntegerAttr constant;
  if (matchPattern(value, m_Constant(&constant)))
    return SizeExpression::constant(constant.getInt());
  if (auto apply = dyn_cast_or_null<affine::AffineApplyOp>(definition)) {
    SmallVector<SizeExpression> operands;
    for (Value operand : apply.getMapOperands()) {
      FailureOr<SizeExpression> part = sizeOf(operand);
      if (failed(part))
        return failure();
      operands.push_back(std::move(*part));
    }
    SizeExpression result;
    AffineMap map = apply.getAffineMap();
    PostfixWriter(map.getNumDims(), operands, result).visit(map.getResult(0));
    return result;
  }
  return emitError(
      value.getLoc(),
      "a size must be an affine expression of sizes of domains and "
      "lengths of arrays");
}

LogicalResult ProgramTranslator::addBuffer(kernel::BufferOp buffer) {
  MemRefType type = buffer.getResult().getType();
  runtime::BufferSpec spec;
  spec.name = buffer.getName();
  switch (buffer.getKind()) {
  case kernel::BufferKind::Input:
    spec.kind = runtime::BufferSpec::Kind::Input;
    break;
  case kernel::BufferKind::Output:
    spec.kind = runtime::BufferSpec::Kind::Output;
    break;
  case kernel::BufferKind::Workspace:
    spec.kind = runtime::BufferSpec::Kind::Workspace;
    break;
  }
  FailureOr<runtime::ElementType> element =
      elementTypeOf(buffer, type.getElementType());
  if (failed(element))
    return failure();
  spec.type = *element;
  auto nextSize = buffer.getSizes().begin();
  for (int64_t extent : type.getShape()) {
    if (!ShapedType::isDynamic(extent)) {
      spec.shape.push_back(SizeExpression::constant(extent));
      continue;
    }
    FailureOr<SizeExpression> size = sizeOf(*nextSize++);
    if (failed(size))
      return failure();
    spec.shape.push_back(std::move(*size));
  }
  if (auto on = buffer.getOn()) {
    spec.graph = on->getGraph().str();
    spec.domain = on->getDomain().str();
  }
  buffers[buffer] = program.buffers.size();
  program.buffers.push_back(std::move(spec));
  return success();
}

FailureOr<runtime::LaunchArgument> ProgramTranslator::argumentOf(Value value) {
  runtime::LaunchArgument argument;
  if (value.getType().isIndex()) {
    FailureOr<SizeExpression> size = sizeOf(value);
    if (failed(size))
      return failure();
    argument.kind = runtime::LaunchArgument::Kind::SizeI32;
    argument.size = std::move(*size);
    return argument;
  }
  Value base = stripReshapes(value);
  if (auto array = base.getDefiningOp<kernel::ArrayOp>()) {
    argument.kind = runtime::LaunchArgument::Kind::ViewArray;
    argument.index = addView(array);
    argument.array = array.getArray();
    return argument;
  }
  auto buffer = buffers.find(base);
  if (buffer == buffers.end())
    return emitError(base.getLoc(),
                     "a launch takes buffers, arrays of views and "
                     "reshapes of them, found ")
           << base;
  argument.kind = runtime::LaunchArgument::Kind::Buffer;
  argument.index = buffer->second;
  return argument;
}

LogicalResult ProgramTranslator::addLaunch(kernel::LaunchOp launch) {
  runtime::LaunchSpec spec;
  spec.kernel = launch.getKernel().getLeafReference().str();
  spec.label = launch.getLabel();
  spec.block = {static_cast<uint32_t>(launch.getThreads()), 1, 1};
  // The kernel knows its shared memory only when it has been lowered.
  Operation *kernel =
      SymbolTable::lookupNearestSymbolFrom(launch, launch.getKernel());
  if (kernel)
    if (auto bytes = kernel->getAttrOfType<IntegerAttr>(
            tile::TileDialect::kDynamicShared))
      spec.dynamicSharedBytes = static_cast<uint32_t>(bytes.getInt());
  Value grid[] = {launch.getGridX(), launch.getGridY(), launch.getGridZ()};
  for (auto [index, extent] : llvm::enumerate(grid)) {
    FailureOr<SizeExpression> size = sizeOf(extent);
    if (failed(size))
      return failure();
    spec.grid[index] = std::move(*size);
  }
  for (Value value : launch.getArgs()) {
    FailureOr<runtime::LaunchArgument> argument = argumentOf(value);
    if (failed(argument))
      return failure();
    spec.arguments.push_back(std::move(*argument));
  }
  FailureOr<SizeExpression> bytes = sizeOf(launch.getBytes());
  FailureOr<SizeExpression> operations = sizeOf(launch.getOperations());
  if (failed(bytes) || failed(operations))
    return failure();
  spec.bytes = std::move(*bytes);
  spec.operations = std::move(*operations);
  program.launches.push_back(std::move(spec));
  return success();
}

LogicalResult ProgramTranslator::translate(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](kernel::GraphOp graph) {
        addGraph(graph);
        return success();
      })
      .Case([&](kernel::BufferOp buffer) { return addBuffer(buffer); })
      .Case([&](kernel::LaunchOp launch) { return addLaunch(launch); })
      .Case<kernel::GemmOp, kernel::TraverseOp>([](Operation *op) {
        return op->emitOpError("is still a template; run kernel-to-tile first");
      })
      .Default([](Operation *op) -> LogicalResult {
        if (isPure(op))
          return success();
        return op->emitOpError("is nothing that a program can hold");
      });
}

FailureOr<runtime::Program> ProgramTranslator::run() {
  for (Operation &inner : op.getBody().getOps())
    if (failed(translate(&inner)))
      return failure();
  if (Status status = runtime::verify(program); !status)
    return op.emitOpError("makes no valid program: ")
           << status.error().message();
  return std::move(program);
}

FailureOr<runtime::Program>
pigeon::translateProgram(kernel::ProgramOp program) {
  return ProgramTranslator(program).run();
}
