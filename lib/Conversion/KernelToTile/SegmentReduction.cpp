//===- SegmentReduction.cpp - Rows that are made of entries ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SegmentReduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace pigeon;
using kernel::Reduction;

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// The value that changes nothing.
static double neutral(Reduction kind) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return 0;
  case Reduction::Max:
    return -infinity;
  case Reduction::Min:
    return infinity;
  }
  llvm_unreachable("all reductions are covered");
}

Value pigeon::combine(BlockProgram &program, Reduction kind, Value acc,
                      Value value) {
  OpBuilder &builder = program.body();
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return arith::AddFOp::create(builder, program.loc(), acc, value);
  case Reduction::Max:
    return arith::MaximumFOp::create(builder, program.loc(), acc, value);
  case Reduction::Min:
    return arith::MinimumFOp::create(builder, program.loc(), acc, value);
  }
  llvm_unreachable("all reductions are covered");
}

tile::ReduceKind pigeon::toReduceKind(Reduction kind) {
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return tile::ReduceKind::Sum;
  case Reduction::Max:
    return tile::ReduceKind::Max;
  case Reduction::Min:
    return tile::ReduceKind::Min;
  }
  llvm_unreachable("all reductions are covered");
}

int64_t pigeon::registersOfWalk(int64_t elements, int64_t unroll) {
  constexpr int64_t others = 24;
  return others + elements * (1 + unroll) +
         llvm::divideCeil(elements, 4) * 4 * unroll;
}

Value pigeon::finishReduction(BlockProgram &program, Reduction kind, Value acc,
                              Value count) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  if (kind == Reduction::Sum)
    return acc;
  auto countType = cast<RankedTensorType>(count.getType());
  auto type = cast<RankedTensorType>(acc.getType());
  auto expand = [&](Value rows, Type element) -> Value {
    return tile::ExpandOp::create(
        builder, loc, RankedTensorType::get(type.getShape(), element), rows,
        builder.getI32IntegerAttr(1));
  };
  if (kind == Reduction::Mean) {
    // One division for a row; it is exact for rows of one entry.
    auto realType =
        RankedTensorType::get(countType.getShape(), type.getElementType());
    Value one = program.splatConstant(countType, 1);
    Value divisor = arith::MaxSIOp::create(builder, loc, count, one);
    Value real = arith::SIToFPOp::create(builder, loc, realType, divisor);
    Value factor = arith::DivFOp::create(
        builder, loc, program.splatConstant(realType, 1.0), real);
    return arith::MulFOp::create(builder, loc, acc,
                                 expand(factor, type.getElementType()));
  }
  Value none =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, count,
                            program.splatConstant(countType, 0));
  return arith::SelectOp::create(builder, loc,
                                 expand(none, builder.getI1Type()),
                                 program.splatConstant(type, 0.0), acc);
}

SplitRange pigeon::splitRange(BlockProgram &program, Value begin, Value end,
                              int64_t ways) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  Value rounded =
      arith::AddIOp::create(builder, loc, count, program.constant(ways - 1));
  Value part =
      arith::DivUIOp::create(builder, loc, rounded, program.constant(ways));
  auto startOf = [&](int64_t first) -> Value {
    Value way = program.range(program.constant(first), ways);
    auto type = cast<RankedTensorType>(way.getType());
    Value offset =
        arith::MulIOp::create(builder, loc, way, program.splat(part, type));
    Value start =
        arith::AddIOp::create(builder, loc, offset, program.splat(begin, type));
    return arith::MinSIOp::create(builder, loc, start,
                                  program.splat(end, type));
  };
  Value starts = startOf(0), ends = startOf(1);
  // Other blocks may write what lies outside of the range.
  auto type = cast<RankedTensorType>(starts.getType());
  return {{starts, ends, program.splat(begin, type)}, part};
}

//===----------------------------------------------------------------------===//
// Walks
//===----------------------------------------------------------------------===//

RankedTensorType SegmentReduction::tileType() {
  auto rows = cast<RankedTensorType>(place.rows.getType());
  return RankedTensorType::get({rows.getDimSize(0), place.columns},
                               program.f32());
}

SmallVector<Value> SegmentReduction::start() {
  return llvm::map_to_vector(segment.reductions, [&](Reduction kind) {
    return program.splatConstant(tileType(), neutral(kind));
  });
}

Value SegmentReduction::longest(const Ranges &ranges) {
  Value lengths = arith::SubIOp::create(program.body(), program.loc(),
                                        ranges.end, ranges.begin);
  return tile::ReduceOp::create(program.body(), program.loc(), program.i32(),
                                tile::ReduceKind::Max, lengths, /*dim=*/0u);
}

/// What every round needs to know of the ranges.
SegmentReduction::Walk SegmentReduction::startWalk(const Ranges &ranges) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  auto type = cast<RankedTensorType>(ranges.end.getType());
  Value zero = program.splatConstant(type, 0);
  Value count = arith::SubIOp::create(builder, loc, ranges.end, ranges.begin);
  Value isEmpty = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        count, zero);
  Walk walk;
  walk.begin = arith::SelectOp::create(
      builder, loc, isEmpty, ranges.spare ? ranges.spare : zero, ranges.begin);
  walk.last = arith::SubIOp::create(builder, loc, count,
                                    program.splatConstant(type, 1));
  return walk;
}

/// Whether each range has a position so far from its beginning.
Value SegmentReduction::isWithin(const Walk &walk, Value offset) {
  auto type = cast<RankedTensorType>(walk.last.getType());
  return arith::CmpIOp::create(program.body(), program.loc(),
                               arith::CmpIPredicate::sle,
                               program.splat(offset, type), walk.last);
}

/// The positions so far from the beginnings, or the last ones.
Value SegmentReduction::positionsAt(const Walk &walk, Value offset) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  auto type = cast<RankedTensorType>(walk.last.getType());
  Value within = arith::MinSIOp::create(builder, loc,
                                        program.splat(offset, type), walk.last);
  within = arith::MaxSIOp::create(builder, loc, within,
                                  program.splatConstant(type, 0));
  return arith::AddIOp::create(builder, loc, walk.begin, within);
}

/// Adds one value of each row to the accumulators, where there is one.
SmallVector<Value> SegmentReduction::addValues(const Walk &walk, Value offset,
                                               ValueRange accumulators,
                                               ValueRange values) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  auto maskType =
      RankedTensorType::get(tileType().getShape(), builder.getI1Type());
  Value here =
      tile::ExpandOp::create(builder, loc, maskType, isWithin(walk, offset),
                             builder.getI32IntegerAttr(1));
  SmallVector<Value> next;
  for (auto [kind, acc, value] :
       llvm::zip(segment.reductions, accumulators, values)) {
    Value combined = combine(program, kind, acc, value);
    next.push_back(arith::SelectOp::create(builder, loc, here, combined, acc));
  }
  return next;
}

/// The first position alone, where `isAlone`.
SmallVector<Value> SegmentReduction::addFirst(ArrayRef<Value> init,
                                              const Walk &walk, Value isAlone) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  auto branch =
      scf::IfOp::create(builder, loc, TypeRange(ValueRange(init)), isAlone,
                        /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value zero = program.constant(0);
  Value position = positionsAt(walk, zero);
  SmallVector<Value> indices = walk.indices(position, isWithin(walk, zero));
  scf::YieldOp::create(
      builder, loc,
      addValues(walk, zero, init, walk.values(position, indices)));
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, init);
  return llvm::to_vector_of<Value>(branch.getResults());
}

/// One round: the rows that `indices` name are loaded, then the indices of the
/// next round, then the values are added. Returns accumulators and indices.
SmallVector<Value> SegmentReduction::addRound(const Walk &walk, Value offset,
                                              ValueRange accumulators,
                                              ValueRange indices) {
  OpBuilder &builder = program.body();
  int64_t unroll = segment.unroll;
  size_t perEntry = indices.size() / unroll;
  auto offsetOf = [&](int64_t u) -> Value {
    return arith::AddIOp::create(builder, program.loc(), offset,
                                 program.constant(u));
  };
  SmallVector<SmallVector<Value>> values;
  for (int64_t u = 0; u < unroll; ++u)
    values.push_back(
        walk.values(positionsAt(walk, offsetOf(u)),
                    indices.drop_front(u * perEntry).take_front(perEntry)));
  SmallVector<Value> ahead;
  for (int64_t u = 0; u < unroll; ++u)
    llvm::append_range(
        ahead, walk.indices(positionsAt(walk, offsetOf(unroll + u)), Value()));
  SmallVector<Value> sums = llvm::to_vector_of<Value>(accumulators);
  for (int64_t u = 0; u < unroll; ++u)
    sums = addValues(walk, offsetOf(u), sums, values[u]);
  llvm::append_range(sums, ahead);
  return sums;
}

SmallVector<Value> SegmentReduction::run(ArrayRef<Value> init, const Walk &walk,
                                         Value length) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  int64_t unroll = segment.unroll;
  Value first = program.constant(0), isAlone;
  if (unroll > 1) {
    Value rest =
        arith::RemUIOp::create(builder, loc, length, program.constant(unroll));
    isAlone = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                    rest, program.constant(1));
    first = arith::ExtUIOp::create(builder, loc, program.i32(), isAlone);
  }
  SmallVector<Value> ahead;
  for (int64_t u = 0; u < unroll; ++u) {
    Value offset =
        arith::AddIOp::create(builder, loc, first, program.constant(u));
    llvm::append_range(
        ahead, walk.indices(positionsAt(walk, offset), isWithin(walk, offset)));
  }
  SmallVector<Value> carried =
      isAlone ? addFirst(init, walk, isAlone) : SmallVector<Value>(init);
  llvm::append_range(carried, ahead);

  auto loop = scf::ForOp::create(builder, loc, first, length,
                                 program.constant(unroll), carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  auto arguments = ValueRange(loop.getRegionIterArgs());
  SmallVector<Value> next =
      addRound(walk, loop.getInductionVar(), arguments.take_front(init.size()),
               arguments.drop_front(init.size()));
  builder.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(builder, loc, next);
  return llvm::to_vector_of<Value>(loop.getResults().take_front(init.size()));
}

SmallVector<Value> SegmentReduction::addEntries(ArrayRef<Value> init,
                                                const Ranges &ranges,
                                                Value length,
                                                ValueRange rowTiles) {
  auto indices = [&](Value positions, Value mask) {
    return loadIndices(positions, mask);
  };
  auto values = [&](Value positions, ValueRange indices) {
    return message(positions, indices, rowTiles);
  };
  Walk walk = startWalk(ranges);
  walk.indices = indices;
  walk.values = values;
  return run(init, walk, length);
}

SmallVector<Value> SegmentReduction::addSlots(ArrayRef<Value> init,
                                              const Ranges &ranges,
                                              Value length,
                                              ArrayRef<Value> partials) {
  auto indices = [](Value, Value) { return Tiles(); };
  auto values = [&](Value positions, ValueRange) {
    return llvm::map_to_vector(partials, [&](Value workspace) -> Value {
      Value ref = program.data(workspace, {ShapedType::kDynamic, place.width},
                               /*readOnly=*/true);
      return tile::LoadOp::create(program.body(), program.loc(), tileType(),
                                  ref, ValueRange{positions, place.col});
    });
  };
  Walk walk = startWalk(ranges);
  walk.indices = indices;
  walk.values = values;
  return run(init, walk, length);
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

SmallVector<StringRef> SegmentReduction::listedRoles() {
  bool isSorted =
      kernel::isSortedBy(segment.entries.getDomain().getValue(), segment.role);
  SmallVector<StringRef> listed;
  for (auto role : segment.inputRoles.getAsValueRange<StringAttr>()) {
    bool isPosition = isSorted && role == kernel::kSelfRole;
    if (role != kernel::kNoneRole && !isPosition &&
        !llvm::is_contained(listed, role))
      listed.push_back(role);
  }
  return listed;
}

/// The rows that the listed roles read for entries at `positions` of the csr.
SmallVector<Value> SegmentReduction::loadIndices(Value positions, Value mask) {
  return llvm::map_to_vector(listedRoles(), [&](StringRef role) {
    return program.loadIndices(
        program.path(segment.entries, segment.role, role), positions, mask);
  });
}

SmallVector<Value> SegmentReduction::message(Value positions,
                                             ValueRange indices,
                                             ValueRange rowTiles) {
  SmallVector<StringRef> listed = listedRoles();
  SmallVector<Value> arguments;
  for (auto [input, role] : llvm::zip(
           segment.inputs, segment.inputRoles.getAsValueRange<StringAttr>())) {
    BlockProgram::Position entry = place;
    entry.domain = segment.entries;
    entry.rows = positions;
    entry.mask = Value();
    StringRef readBy = role;
    if (const auto *found = llvm::find(listed, role); found != listed.end()) {
      entry.rows = indices[found - listed.begin()];
      readBy = kernel::kSelfRole;
    }
    arguments.push_back(program.loadElements(input, readBy, entry));
  }
  if (!segment.message)
    return {arguments.front()};
  llvm::append_range(arguments, rowTiles);
  return program.inlineRegion(*segment.message, tileType().getShape(),
                              arguments);
}

//===----------------------------------------------------------------------===//
// What comes next
//===----------------------------------------------------------------------===//

SmallVector<Value> SegmentReduction::firstRows(const Ranges &ranges) {
  Walk walk = startWalk(ranges);
  Value zero = program.constant(0);
  return loadIndices(positionsAt(walk, zero), isWithin(walk, zero));
}

void SegmentReduction::prefetch(ValueRange firstRows) {
  SmallVector<StringRef> listed = listedRoles();
  for (auto [input, role] : llvm::zip(
           segment.inputs, segment.inputRoles.getAsValueRange<StringAttr>())) {
    const auto *found = llvm::find(listed, role);
    auto type = cast<MemRefType>(input.getType());
    if (found == listed.end() || kernel::getRowWidth(type, role) != place.width)
      continue;
    Value ref = program.data(input, {ShapedType::kDynamic, place.width},
                             /*readOnly=*/true);
    tile::PrefetchOp::create(program.body(), program.loc(), ref,
                             firstRows[found - listed.begin()], Value());
  }
}
