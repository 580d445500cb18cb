//===- LowPToKernel.cpp - From products of few bits to kernels ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/LowPToKernel/LowPToKernel.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"
#include "pigeon/Dialect/LowP/IR/LowPOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace pigeon {
#define GEN_PASS_DEF_LOWPTOKERNELPASS
#include "pigeon/Conversion/LowPToKernel/Passes.h.inc"
} // namespace pigeon

using namespace mlir;
using namespace pigeon;
using kernel::BufferKind;

/// Whether a function is products and what they read, and has one of them.
static bool isLowPrecision(func::FuncOp func) {
  if (func.isExternal() || !func.getBody().hasOneBlock())
    return false;
  bool hasProduct = false;
  for (Operation &op : func.front().without_terminator()) {
    hasProduct |= isa<lowp::MatmulOp>(op);
    if (!isa<lowp::MatmulOp, lowp::UnpackOp>(op))
      return false;
  }
  return hasProduct;
}

namespace {

/// Writes the program of one function.
class ProgramWriter {
public:
  explicit ProgramWriter(func::FuncOp func) : func(func), builder(func) {}

  LogicalResult run();

private:
  static MemRefType memrefOf(Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return MemRefType::get(type.getShape(), type.getElementType());
  }
  void declare(Value value, BufferKind kind, StringRef name);
  LogicalResult declareInputs();
  LogicalResult declareOutputs();
  LogicalResult emit(lowp::MatmulOp op);
  FailureOr<kernel::PackedAttr> packedOf(lowp::MatmulOp op,
                                         lowp::UnpackOp unpack);
  void fillEpilogue(lowp::MatmulOp op, kernel::GemmOp gemm);

  func::FuncOp func;
  OpBuilder builder;
  llvm::DenseMap<Value, Value> buffers;
  unsigned numWorkspaces = 0;
};

} // namespace

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

void ProgramWriter::declare(Value value, BufferKind kind, StringRef name) {
  buffers[value] =
      kernel::BufferOp::create(builder, value.getLoc(), memrefOf(value), kind,
                               name, ValueRange(), kernel::RowsAttr());
}

LogicalResult ProgramWriter::declareInputs() {
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    bool isPlain = type && type.hasStaticShape() && !type.getEncoding() &&
                   (lowp::isValue(type.getElementType()) ||
                    type.getElementType().isSignlessInteger(32));
    unsigned index = argument.getArgNumber();
    if (!isPlain)
      return func.emitOpError("cannot be compiled yet: argument ")
             << index << " is " << argument.getType()
             << "; expected floats, or weights packed into words";
    declare(argument, BufferKind::Input, lowp::getArgumentName(func, index));
  }
  return success();
}

/// Results are the outputs of their products.
LogicalResult ProgramWriter::declareOutputs() {
  Operation *end = func.front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    bool isProduct = value.getDefiningOp<lowp::MatmulOp>() != nullptr;
    if (!isProduct || buffers.count(value))
      return end->emitOpError("expected each result to be a product of its "
                              "own, to be compiled; result ")
             << index << " is not";
    declare(value, BufferKind::Output, lowp::getResultName(func, index));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

FailureOr<kernel::PackedAttr> ProgramWriter::packedOf(lowp::MatmulOp op,
                                                      lowp::UnpackOp unpack) {
  RankedTensorType type = op.getWeight().getType();
  NumberFormat format = *lowp::getNumberFormat(type.getElementType());
  SmallVector<int32_t> planes(unpack.getPlanes().value_or(ArrayRef<int32_t>()));
  if (planes.empty())
    llvm::append_range(planes, layout::Packing::defaultPlanes(format.bits));
  auto packed = kernel::PackedAttr::getChecked(
      [&] { return op.emitOpError("cannot be compiled yet: "); },
      op.getContext(), builder.getStringAttr(format.name()), ArrayRef(planes),
      type.getDimSize(0), type.getDimSize(1),
      lowp::getGroupSize(type, op.getScales().getType()));
  if (!packed)
    return failure();
  return packed;
}

/// Writes one operation of an epilogue on what kernels compute in: f16 and bf16
/// are storage there, read and written as f32.
static void cloneScalar(OpBuilder &builder, Operation &op, IRMapping &mapping) {
  Value result = op.getResult(0);
  Type type = kernel::getComputeType(result.getType());
  bool onlyMoves = isa<arith::ExtFOp, arith::TruncFOp>(op) &&
                   mapping.lookup(op.getOperand(0)).getType() == type;
  if (onlyMoves) {
    mapping.map(result, mapping.lookup(op.getOperand(0)));
    return;
  }
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (constant && type != result.getType()) {
    double value = cast<FloatAttr>(constant.getValue()).getValueAsDouble();
    mapping.map(result,
                arith::ConstantOp::create(builder, op.getLoc(),
                                          builder.getFloatAttr(type, value)));
    return;
  }
  builder.clone(op, mapping)->getResult(0).setType(type);
}

void ProgramWriter::fillEpilogue(lowp::MatmulOp op, kernel::GemmOp gemm) {
  if (op.getEpilogue().empty())
    return;
  Block &from = op.getEpilogue().front();
  OpBuilder::InsertionGuard guard(builder);
  Block *to = builder.createBlock(&gemm.getEpilogue());
  IRMapping mapping;
  for (BlockArgument argument : from.getArguments())
    mapping.map(argument,
                to->addArgument(kernel::getComputeType(argument.getType()),
                                argument.getLoc()));
  for (Operation &inner : from.without_terminator())
    cloneScalar(builder, inner, mapping);
  kernel::YieldOp::create(builder, op.getLoc(),
                          mapping.lookup(from.getTerminator()->getOperand(0)));
}

/// What the epilogue of a kernel can do: one result from operands of its own.
static LogicalResult verifyEpilogue(lowp::MatmulOp op) {
  WalkResult result = op.getEpilogue().walk([&](Operation *inner) {
    bool isOutside = llvm::any_of(inner->getOperands(), [&](Value operand) {
      return operand.getParentRegion() != &op.getEpilogue();
    });
    bool isScalar = inner->getNumResults() == 1 && isPure(inner) &&
                    inner->getNumRegions() == 0;
    if (!isOutside && (isScalar || isa<lowp::YieldOp>(inner)))
      return WalkResult::advance();
    inner->emitOpError("cannot be compiled in an epilogue; only scalar "
                       "operations on its own values can");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult ProgramWriter::emit(lowp::MatmulOp op) {
  auto unpack = op.getWeight().getDefiningOp<lowp::UnpackOp>();
  if (!unpack)
    return op.emitOpError("cannot be compiled yet with a weight that is not "
                          "packed; pass words and use lowp.unpack");
  FailureOr<kernel::PackedAttr> packed = packedOf(op, unpack);
  if (failed(packed) || failed(verifyEpilogue(op)))
    return failure();
  SmallVector<Value> scales = {buffers.lookup(op.getScales())};
  if (op.getZeros())
    scales.push_back(buffers.lookup(op.getZeros()));
  SmallVector<Value> addends;
  SmallVector<StringRef> roles;
  for (Value addend : op.getAddends()) {
    addends.push_back(buffers.lookup(addend));
    bool perRow = cast<RankedTensorType>(addend.getType()).getRank() == 2;
    roles.push_back(perRow ? kernel::kSelfRole : kernel::kNoneRole);
  }
  Value x = buffers.lookup(op.getInput()),
        words = buffers.lookup(unpack.getWords());
  if (!buffers.count(op.getResult()))
    declare(op.getResult(), BufferKind::Workspace,
            "product" + std::to_string(numWorkspaces++));
  auto rows = kernel::RowsAttr::getCounted(
      op.getContext(), op.getInput().getType().getDimSize(0));
  auto gemm = kernel::GemmOp::create(
      builder, op.getLoc(), "product with " + packed->getFormat().str(), rows,
      kernel::kNoneRole, x, builder.getStrArrayAttr({kernel::kSelfRole}),
      kernel::SegmentAttr(), words, ValueRange(), *packed, scales,
      kernel::RowsAttr(), StringAttr(), ValueRange(),
      builder.getStrArrayAttr({}), ValueRange(), addends,
      builder.getStrArrayAttr(roles), ValueRange(), builder.getStrArrayAttr({}),
      kernel::SegmentAttr(), buffers.lookup(op.getResult()), ValueRange(),
      /*batch=*/1,
      /*lhs_batched=*/false, /*rhs_batched=*/false, kernel::GemmScheduleAttr(),
      kernel::SegmentScheduleAttr());
  fillEpilogue(op, gemm);
  return success();
}

LogicalResult ProgramWriter::run() {
  auto program =
      kernel::ProgramOp::create(builder, func.getLoc(), func.getSymName());
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  if (failed(declareInputs()) || failed(declareOutputs()))
    return failure();
  for (auto op : func.front().getOps<lowp::MatmulOp>())
    if (failed(emit(op)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct LowPToKernelPass : pigeon::impl::LowPToKernelPassBase<LowPToKernelPass> {
  using LowPToKernelPassBase::LowPToKernelPassBase;

  void runOnOperation() override {
    for (auto func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!isLowPrecision(func))
        continue;
      if (failed(ProgramWriter(func).run()))
        return signalPassFailure();
      func.erase();
    }
  }
};
} // namespace
