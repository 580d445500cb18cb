//===- GemmRounds.cpp - One round of a product ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GemmRounds.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace pigeon;

GemmRounds::Values
GemmRounds::loop(int64_t extent, int64_t step, ValueRange inits,
                 function_ref<Values(Value, ValueRange)> body) {
  Value zero = program.constant(0);
  if (extent <= step)
    return body(zero, inits);
  Location loc = program.loc();
  auto loopOp = scf::ForOp::create(builder, loc, zero, program.constant(extent),
                                   program.constant(step), inits);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loopOp.getBody());
  Values results = body(loopOp.getInductionVar(), loopOp.getRegionIterArgs());
  builder.setInsertionPointToEnd(loopOp.getBody());
  scf::YieldOp::create(builder, loc, results);
  return Values(loopOp.getResults());
}

/// Operands of 16 bits know no choice.
tile::Precision GemmRounds::dotPrecision() {
  if (!operandType().isF32())
    return tile::Precision::IEEE;
  switch (op.getPrecision()) {
  case kernel::Precision::IEEE:
    return tile::Precision::IEEE;
  case kernel::Precision::TF32:
    return tile::Precision::TF32;
  case kernel::Precision::TF32x3:
    return tile::Precision::TF32x3;
  }
  llvm_unreachable("unknown precision");
}

Type GemmRounds::operandType() {
  if (packed)
    return builder.getF16Type();
  return cast<MemRefType>(op.getRhs().getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The place of the lhs tile at k0.
BlockProgram::Position GemmRounds::lhsPosition(const GemmItem &item, Value k0) {
  BlockProgram::Position position = item.position;
  position.col =
      arith::AddIOp::create(builder, program.loc(), item.lhsStart, k0);
  position.columns = schedule.getBlockK();
  position.width = op.getK() * (op.getLhsBatched() ? op.getBatch() : 1);
  return position;
}

/// The lhs tile at k0, in the type of the product, and zero beyond K: there a
/// prologue makes anything of what is not there, and a batch has a neighbour.
Value GemmRounds::finishLhs(Value tile, Value k0) {
  int64_t k = schedule.getBlockK();
  bool mayBeAnything = op.getLhsBatched() || !op.getPrologue().empty();
  if (mayBeAnything && op.getK() % k != 0) {
    auto type = cast<RankedTensorType>(tile.getType());
    Value here =
        program.compare(arith::CmpIPredicate::slt, program.range(k0, k),
                        program.constant(op.getK()));
    here = tile::ExpandOp::create(
        builder, program.loc(),
        RankedTensorType::get(type.getShape(), builder.getI1Type()), here,
        builder.getI32IntegerAttr(0));
    tile = arith::SelectOp::create(builder, program.loc(), here, tile,
                                   program.splatConstant(type, 0));
  }
  return program.convert(tile, operandType());
}

/// The lhs tile at k0, from the entries of its rows.
Value GemmRounds::aggregateLhs(const GemmItem &item, Value k0) {
  Value tile = segments.lhs->aggregate(
      program, lhsPosition(item, k0), item.entries, item.longest,
      [&] { return work.readRowsAgain(item); });
  return finishLhs(tile, k0);
}

SegmentReduction GemmRounds::walkOfRows() {
  BlockProgram::Position place;
  place.width = op.getK();
  return SegmentReduction(program, segments.lhs->getSegment(), place);
}

Value GemmRounds::aggregateTerms(const GemmItem &item) {
  if (!segments.lhs)
    return segments.terms->aggregate(program, item.position, item.entries,
                                     item.longest,
                                     [&] { return work.readRowsAgain(item); });
  Ranges ranges = segments.terms->rangesOf(program, item.position);
  Value longest =
      SegmentReduction(program, segments.terms->getSegment(), item.position)
          .longest(ranges);
  return segments.terms->aggregate(program, item.position, ranges, longest,
                                   [&] { return item.position.rows; });
}

/// The lhs tile at k0, through the prologue.
Value GemmRounds::loadLhs(const GemmItem &item, Value k0) {
  if (segments.lhs)
    return aggregateLhs(item, k0);
  BlockProgram::Position position = lhsPosition(item, k0);
  // What no prologue computes is loaded as it is multiplied.
  Type loaded = op.getPrologue().empty() ? operandType() : Type();
  SmallVector<Value> tiles;
  for (auto [lhs, role] : llvm::zip(op.getLhs(), op.getLhsRoles()))
    tiles.push_back(program.loadElements(lhs, cast<StringAttr>(role).getValue(),
                                         position, loaded));
  if (op.getPrologue().empty())
    return finishLhs(tiles.front(), k0);
  Value computed =
      program
          .inlineRegion(op.getPrologue(),
                        {schedule.getBlockM(), schedule.getBlockK()}, tiles)
          .front();
  return finishLhs(computed, k0);
}

Value GemmRounds::loadRhs(const GemmItem &item, Value k0) {
  if (packed)
    return packed->loadWords(k0, item.rhsStart);
  return tile::LoadOp::create(
      builder, program.loc(),
      operandTile(schedule.getBlockK(), schedule.getBlockN()), item.rhs,
      ValueRange{k0, item.rhsStart});
}

SmallVector<Value> GemmRounds::loadOthers(const GemmItem &item, Value k0) {
  return llvm::map_to_vector(
      item.others, [&](const OtherProduct &other) -> Value {
        return tile::LoadOp::create(
            builder, program.loc(),
            operandTile(schedule.getBlockK(), other.position.columns),
            other.rhs, ValueRange{k0, program.constant(0)});
      });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

OperandTiles GemmRounds::allocateTiles() {
  auto shared = [&](ArrayRef<int64_t> shape, Type element) -> Value {
    auto type = tile::RefType::get(builder.getContext(), shape, element,
                                   tile::Space::Shared);
    return tile::AllocSharedOp::create(builder, program.loc(), type);
  };
  int64_t k = schedule.getBlockK();
  Value a = shared({schedule.getBlockM(), k}, operandType());
  if (packed)
    return {a, shared(packed->wordsShape(), program.i32())};
  OperandTiles tiles = {a, shared({k, schedule.getBlockN()}, operandType())};
  for (unsigned i = 1, e = op.getNumProducts(); i != e; ++i)
    tiles.others.push_back(shared(
        {k, op.getTileColumnsOf(i, schedule.getBlockN())}, operandType()));
  return tiles;
}

void GemmRounds::fillTiles(const OperandTiles &tiles, const GemmItem &item,
                           Value k0) {
  Value a = loadLhs(item, k0);
  if (schedule.getAPath() == kernel::OperandPath::Registers)
    keepFromCopies(a);
  Value b = loadRhs(item, k0);
  tiles.fill(builder, a, b, loadOthers(item, k0));
}

void GemmRounds::fillTilesOnce(const OperandTiles &tiles, const GemmItem &item,
                               Value k0, function_ref<void()> meanwhile) {
  Value b = loadRhs(item, k0);
  tiles.copyB(builder, b, loadOthers(item, k0));
  Value a = loadLhs(item, k0);
  if (schedule.getAPath() == kernel::OperandPath::Registers)
    keepFromCopies(a);
  tiles.startOnce(builder, a);
  meanwhile();
  tiles.finishOnce(builder, program.loc());
}

void GemmRounds::fillOwnTiles(const OperandTiles &tiles,
                              const BlockProgram::Position &owners, Value k0,
                              function_ref<void()> meanwhile) {
  auto type = cast<MemRefType>(op.getOwnRhs().front().getType());
  Value rhs =
      program.data(op.getOwnRhs().front(), type.getShape(), /*readOnly=*/true);
  tiles.copyB(builder, tile::LoadOp::create(builder, program.loc(),
                                            operandTile(schedule.getBlockK(),
                                                        schedule.getBlockN()),
                                            rhs, ValueRange{k0, owners.col}));
  BlockProgram::Position position = owners;
  position.col = k0;
  position.columns = schedule.getBlockK();
  position.width = op.getOwnK();
  Value a = program.loadElements(
      op.getOwn().front(), cast<StringAttr>(op.getOwnRoles()[0]).getValue(),
      position, operandType());
  if (schedule.getAPath() == kernel::OperandPath::Registers)
    keepFromCopies(a);
  tiles.startOnce(builder, a);
  meanwhile();
  tiles.finishOnce(builder, program.loc());
}

/// Sums of owners grow only where the item has a row of theirs: what stands in
/// a gap, times a weight that is not finite, is no number.
Value GemmRounds::whereThere(const GemmItem &item, Value sum, Value before) {
  if (!op.hasOwners() || !item.position.mask)
    return sum;
  auto type = cast<RankedTensorType>(sum.getType());
  Value there = tile::ExpandOp::create(
      builder, program.loc(),
      RankedTensorType::get(type.getShape(), builder.getI1Type()),
      item.position.mask, builder.getI32IntegerAttr(1));
  return arith::SelectOp::create(builder, program.loc(), there, sum, before);
}

GemmRounds::Values GemmRounds::multiply(const OperandTiles &tiles,
                                        const GemmItem &item, Value k0,
                                        ValueRange acc) {
  if (packed)
    return {packed->multiply(tiles, k0, item.rhsStart, acc.front())};
  Location loc = program.loc();
  Value zero = program.constant(0);
  SmallVector<Value> right = {tiles.b};
  llvm::append_range(right, tiles.others);
  auto step = [&](Value k, ValueRange sums) {
    Value a = tile::LoadOp::create(
        builder, loc, operandTile(schedule.getBlockM(), schedule.getStepK()),
        tiles.a, ValueRange{zero, k});
    Values results;
    for (auto [shared, sum] : llvm::zip_equal(right, sums)) {
      int64_t columns = cast<RankedTensorType>(sum.getType()).getDimSize(1);
      Value b = tile::LoadOp::create(builder, loc,
                                     operandTile(schedule.getStepK(), columns),
                                     shared, ValueRange{k, zero});
      Value product = tile::DotOp::create(builder, loc, sum.getType(), a, b,
                                          sum, dotPrecision());
      results.push_back(whereThere(item, product, sum));
    }
    return results;
  };
  return loop(schedule.getBlockK(), schedule.getStepK(), acc, step);
}
