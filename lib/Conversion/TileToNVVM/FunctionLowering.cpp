//===- FunctionLowering.cpp - One tile function to one kernel ---------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walk, control flow and memory. LowerComputation.cpp, AsyncCopy.cpp and
// Prefetch.cpp have the rest.
//
//===----------------------------------------------------------------------===//

#include "FunctionLowering.h"
#include "AccessCode.h"
#include "MatrixAccess.h"
#include "ScalarFacts.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <numeric>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

FunctionLowering::FunctionLowering(FuncOp source, LLVM::LLVMFuncOp target)
    : source(source), target(target), code(target) {}

static Type scalarType(Type type) {
  if (auto ref = dyn_cast<RefType>(type))
    return LLVM::LLVMPointerType::get(
        type.getContext(), ref.isShared() ? kSharedSpace : kGlobalSpace);
  return getElementTypeOrSelf(type);
}

LLVM::LLVMFunctionType FunctionLowering::kernelType(FuncOp source) {
  SmallVector<Type> inputs;
  for (Type type : source.getArgumentTypes())
    inputs.push_back(scalarType(type));
  return LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(source.getContext()), inputs);
}

LogicalResult FunctionLowering::run() {
  assign(source.getArguments(), target.getArguments());
  if (!llvm::hasSingleElement(source.getBody()))
    return source.emitError("expected one block, but found ")
           << source.getBody().getBlocks().size();
  if (failed(lowerBlock(source.getBody().front())))
    return failure();
  return code.finish();
}

LogicalResult FunctionLowering::lowerBlock(Block &block) {
  for (Operation &op : block) {
    code.loc = op.getLoc();
    if (failed(lower(&op)))
      return failure();
  }
  return success();
}

LogicalResult FunctionLowering::lower(Operation *op) {
  OpBuilder &builder = code.builder;
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](LoadOp load) { return lowerLoad(load); })
      .Case([&](StoreOp store) { return lowerStore(store); })
      .Case([&](LoadScalarOp load) { return lowerLoadScalar(load); })
      .Case([&](CopyAsyncOp copy) { return lowerCopyAsync(copy); })
      .Case([&](PrefetchOp prefetch) { return lowerPrefetch(prefetch); })
      .Case([&](CommitAsyncOp) {
        NVVM::CpAsyncCommitGroupOp::create(builder, code.loc);
        return success();
      })
      .Case([&](WaitAsyncOp wait) {
        NVVM::CpAsyncWaitGroupOp::create(builder, code.loc, wait.getPending());
        return success();
      })
      .Case([&](SubviewOp view) { return lowerSubview(view); })
      .Case([&](AllocSharedOp alloc) {
        RefType type = alloc.getType();
        values[alloc] = {
            code.allocateShared(type.getByteSize(), type.getSharedAlignment())};
        return success();
      })
      .Case([&](BarrierOp) {
        code.barrier();
        return success();
      })
      .Case([&](BlockIdOp id) {
        Type type = builder.getI32Type();
        switch (id.getAxis()) {
        case Axis::X:
          values[id] = {NVVM::BlockIdXOp::create(builder, code.loc, type)};
          break;
        case Axis::Y:
          values[id] = {NVVM::BlockIdYOp::create(builder, code.loc, type)};
          break;
        case Axis::Z:
          values[id] = {NVVM::BlockIdZOp::create(builder, code.loc, type)};
          break;
        }
        return success();
      })
      .Case([&](ReturnOp) {
        LLVM::ReturnOp::create(builder, code.loc, ValueRange());
        return success();
      })
      .Case([&](IotaOp iota) { return lowerIota(iota); })
      .Case([&](SplatOp splat) {
        FailureOr<Layout> layout = layoutOf(splat, splat);
        if (failed(layout))
          return failure();
        values[splat] =
            Locals(layout->numLocals(), scalarOf(splat.getScalar()));
        return success();
      })
      .Case([&](ExpandOp expand) { return lowerExpand(expand); })
      .Case([&](DotOp dot) { return lowerDot(dot); })
      .Case([&](ReduceOp reduce) { return lowerReduce(reduce); })
      .Case([&](ConvertLayoutOp convert) { return lowerConvert(convert); })
      .Case([&](ViewOp view) { return lowerView(view); })
      .Case([&](scf::ForOp loop) { return lowerFor(loop); })
      .Case([&](scf::IfOp branch) { return lowerIf(branch); })
      .Case([&](scf::WhileOp loop) { return lowerWhile(loop); })
      .Case([&](scf::YieldOp yield) {
        scf::YieldOp::create(builder, code.loc, flatten(yield.getOperands()));
        return success();
      })
      .Case([&](scf::ConditionOp condition) {
        scf::ConditionOp::create(builder, code.loc,
                                 scalarOf(condition.getCondition()),
                                 flatten(condition.getArgs()));
        return success();
      })
      .Case([&](arith::ConstantOp) { return lowerConstant(op); })
      .Default([&](Operation *) {
        bool tiles =
            llvm::any_of(op->getOperandTypes(),
                         llvm::IsaPred<RankedTensorType>) ||
            llvm::any_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>);
        return tiles ? lowerElementwise(op) : lowerScalar(op);
      });
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

FailureOr<Layout> FunctionLowering::layoutOf(Operation *op, Value value) {
  if (std::optional<Layout> layout = getLayout(value.getType())) {
    if (layout->numThreads() == source.getThreads())
      return *layout;
    return op->emitOpError("expected a layout over the ")
           << source.getThreads() << " threads of the function, but found "
           << value.getType();
  }
  return op->emitOpError("expected tiles with a layout, but found ")
         << value.getType();
}

Locals FunctionLowering::flatten(ValueRange range) {
  Locals result;
  for (Value value : range)
    llvm::append_range(result, localsOf(value));
  return result;
}

/// The number of scalars that stand for a value of this type.
static int64_t numLocals(Type type) {
  std::optional<Layout> layout = getLayout(type);
  return layout ? layout->numLocals() : 1;
}

SmallVector<Type> FunctionLowering::flattenTypes(TypeRange types) {
  SmallVector<Type> result;
  for (Type type : types)
    result.append(numLocals(type), scalarType(type));
  return result;
}

void FunctionLowering::assign(ValueRange range, ValueRange scalars) {
  for (Value value : range) {
    int64_t count = numLocals(value.getType());
    values[value] = Locals(scalars.take_front(count));
    scalars = scalars.drop_front(count);
  }
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

LogicalResult FunctionLowering::lowerInto(Block &from, Block *to) {
  OpBuilder::InsertionGuard guard(code.builder);
  code.builder.setInsertionPointToEnd(to);
  return lowerBlock(from);
}

LogicalResult FunctionLowering::lowerFor(scf::ForOp op) {
  auto loop =
      scf::ForOp::create(code.builder, code.loc, scalarOf(op.getLowerBound()),
                         scalarOf(op.getUpperBound()), scalarOf(op.getStep()),
                         flatten(op.getInitArgs()),
                         [](OpBuilder &, Location, Value, ValueRange) {});
  values[op.getInductionVar()] = {loop.getInductionVar()};
  assign(op.getRegionIterArgs(), loop.getRegionIterArgs());
  if (failed(lowerInto(*op.getBody(), loop.getBody())))
    return failure();
  assign(op.getResults(), loop.getResults());
  return success();
}

LogicalResult FunctionLowering::lowerIf(scf::IfOp op) {
  bool hasElse = !op.getElseRegion().empty();
  auto branch = scf::IfOp::create(
      code.builder, code.loc, flattenTypes(op.getResultTypes()),
      scalarOf(op.getCondition()), /*addThenBlock=*/true,
      /*addElseBlock=*/hasElse);
  if (failed(lowerInto(*op.thenBlock(), branch.thenBlock())))
    return failure();
  if (hasElse && failed(lowerInto(*op.elseBlock(), branch.elseBlock())))
    return failure();
  assign(op.getResults(), branch.getResults());
  return success();
}

LogicalResult FunctionLowering::lowerWhile(scf::WhileOp op) {
  auto loop = scf::WhileOp::create(code.builder, code.loc,
                                   flattenTypes(op.getResultTypes()),
                                   flatten(op.getInits()));
  auto fill = [&](Block &from, Region &to) {
    SmallVector<Type> types = flattenTypes(from.getArgumentTypes());
    SmallVector<Location> locations(types.size(), code.loc);
    Block *block = code.builder.createBlock(&to, {}, types, locations);
    assign(from.getArguments(), block->getArguments());
    return lowerInto(from, block);
  };
  OpBuilder::InsertionGuard guard(code.builder);
  if (failed(fill(*op.getBeforeBody(), loop.getBefore())) ||
      failed(fill(*op.getAfterBody(), loop.getAfter())))
    return failure();
  assign(op.getResults(), loop.getResults());
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int64_t FunctionLowering::alignmentOf(Value ref) {
  auto type = cast<RefType>(ref.getType());
  if (ref.getDefiningOp<AllocSharedOp>() ||
      llvm::is_contained(source.getArguments(), ref))
    return kMaxAlignment;
  auto view = ref.getDefiningOp<SubviewOp>();
  // What control flow carries may be any view.
  if (!view)
    return type.getElementBytes();
  RefType whole = view.getRef().getType();
  int64_t slice = whole.getStride(0) * whole.getElementBytes();
  int64_t factor = ScalarFacts::of(view.getIndex()).divisor;
  // Only the power of two matters, and the product must not overflow.
  int64_t offset =
      std::gcd(slice, kMaxAlignment) * std::gcd(factor, kMaxAlignment);
  return std::gcd(alignmentOf(view.getRef()), offset);
}

FailureOr<Access> FunctionLowering::accessOf(Operation *op, Value ref,
                                             ValueRange indices, Value mask,
                                             const Layout &layout) {
  auto type = cast<RefType>(ref.getType());
  Access access;
  access.base = scalarOf(ref);
  access.element = type.getElementType();
  access.shared = type.isShared();
  access.alignment = alignmentOf(ref);
  access.swizzle = type.getSwizzle();
  access.extents.assign(type.getShape().begin(), type.getShape().end());
  auto along = [&](Value tile, int64_t dim, Along &result) -> LogicalResult {
    FailureOr<Layout> held = layoutOf(op, tile);
    if (failed(held))
      return failure();
    if (!isAlong(*held, layout, dim))
      return op->emitOpError("expected an index or mask held like dimension ")
             << dim << " of the tile, " << layout.str() << ", but found "
             << held->str();
    result = {Locals(localsOf(tile)), *held};
    return success();
  };
  for (auto [dim, index] : llvm::enumerate(indices)) {
    access.strides.push_back(type.getStride(dim));
    AccessIndex &accessIndex = access.indices.emplace_back();
    if (isa<RankedTensorType>(index.getType())) {
      if (failed(along(index, dim, accessIndex.positions)))
        return failure();
      continue;
    }
    ScalarFacts facts = ScalarFacts::of(index);
    accessIndex.divisor = facts.divisor;
    accessIndex.max = facts.max;
    if (facts.divisor != 0)
      accessIndex.start = scalarOf(index);
  }
  if (mask && failed(along(mask, 0, access.mask)))
    return failure();
  return access;
}

/// Says how wide accesses to global memory became: the first thing to ask about
/// a kernel that is slower than its bytes.
static void remarkWidth(Operation *op, const Access &access,
                        const Layout &layout) {
  auto remark = remark::analysis(
      op->getLoc(),
      remark::RemarkOpts::name("tile-access").category("tile-to-threads"));
  if (access.shared || !remark)
    return;
  SmallVector<AccessGroup> groups = accessGroups(access, layout);
  remark << llvm::formatv("{0} accesses of {1} x {2} in each thread",
                          groups.size(), groups.front().locals.size(),
                          access.element)
                .str();
}

LogicalResult FunctionLowering::lowerLoad(LoadOp op) {
  FailureOr<Layout> layout = layoutOf(op, op);
  if (failed(layout))
    return failure();
  FailureOr<Access> access =
      accessOf(op, op.getRef(), op.getIndices(), op.getMask(), *layout);
  if (failed(access))
    return failure();
  Value other = op.getOther() ? scalarOf(op.getOther()) : Value();
  remarkWidth(op, *access, *layout);
  if (std::optional<Locals> matrices = loadMatrices(code, *access, *layout))
    values[op] = *matrices;
  else
    values[op] = loadTile(code, *access, *layout, other);
  return success();
}

LogicalResult FunctionLowering::lowerStore(StoreOp op) {
  FailureOr<Layout> layout = layoutOf(op, op.getValue());
  if (failed(layout))
    return failure();
  FailureOr<Access> access =
      accessOf(op, op.getRef(), op.getIndices(), op.getMask(), *layout);
  if (failed(access))
    return failure();
  remarkWidth(op, *access, *layout);
  ArrayRef<Value> tile = localsOf(op.getValue());
  if (!source.getStmatrix() || !storeMatrices(code, *access, *layout, tile))
    storeTile(code, *access, *layout, tile);
  return success();
}

LogicalResult FunctionLowering::lowerLoadScalar(LoadScalarOp op) {
  RefType type = op.getRef().getType();
  Value offset;
  for (auto [dim, index] : llvm::enumerate(op.getIndices()))
    offset = code.add(offset, code.scaled(scalarOf(index), type.getStride(dim),
                                          !type.isShared()));
  Value pointer = scalarOf(op.getRef());
  if (type.getSwizzle().isNone())
    pointer = code.advance(pointer, type.getElementType(), offset);
  else
    pointer =
        sharedAddress(code, pointer, type.getSwizzle(),
                      code.scaled(offset, type.getElementBytes(), false), 0);
  values[op] = {LLVM::LoadOp::create(code.builder, code.loc,
                                     type.getElementType(), pointer,
                                     type.getElementBytes())};
  return success();
}

LogicalResult FunctionLowering::lowerSubview(SubviewOp op) {
  RefType type = op.getRef().getType();
  values[op] = {code.advance(
      scalarOf(op.getRef()), type.getElementType(),
      code.scaled(scalarOf(op.getIndex()), type.getStride(0), /*wide=*/true))};
  return success();
}
