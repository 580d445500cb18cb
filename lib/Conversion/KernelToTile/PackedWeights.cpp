//===- PackedWeights.cpp - A right side of few bits a number --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackedWeights.h"

#include "pigeon/Dialect/Layout/IR/LayoutAttrs.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;
using layout::Layout;

/// Registers of two f16 that a lane has of a tile.
static constexpr int64_t kPairsPerLane = 16, kLanes = 32;
/// f16: the bias, and the bits of its fraction.
static constexpr int kHalfBias = 15, kHalfFraction = 10;
/// Both halves of a word.
static constexpr uint32_t kBoth = 0x00010001;

LogicalResult pigeon::verifyPackedWeights(kernel::GemmOp op) {
  kernel::PackedAttr packed = *op.getPacked();
  NumberFormat format = packed.getNumbers();
  for (Value lhs : op.getLhs())
    if (!cast<MemRefType>(lhs.getType()).getElementType().isF16())
      return op.emitOpError("multiplies packed weights with ")
             << lhs.getType() << "; only f16 can be compiled yet";
  bool isFloat = format.kind == NumberFormat::Kind::Float;
  if (isFloat && (format.exponent > 4 || format.bits == 8))
    return op.emitOpError("has weights of ")
           << format.name()
           << "; only floats below 8 bits with at most 4 exponent bits fit f16";
  layout::Packing packing = packed.getPacking();
  for (const layout::PackedPlane &plane : packing.planes())
    if (16 % plane.bits != 0)
      return op.emitOpError("has codes that lie across words; only planes of "
                            "1, 2, 4 and 8 bits can be compiled yet");
  int64_t depth = packing.tileColumns();
  int64_t group = packed.getGroup();
  if (group % depth != 0 && depth % group != 0 && group != packed.getDepth())
    return op.emitOpError("has a scale for each ")
           << group << " rows; only multiples and divisors of " << depth
           << ", or all of them, can be compiled yet";
  return success();
}

//===----------------------------------------------------------------------===//
// Words and codes
//===----------------------------------------------------------------------===//

RankedTensorType PackedWeights::pairsType() {
  return RankedTensorType::get({tiles(), kLanes * kPairsPerLane},
                               program.i32());
}

Value PackedWeights::constantWords(RankedTensorType type, uint32_t word) {
  return arith::ConstantOp::create(
      builder, program.loc(),
      DenseElementsAttr::get(
          type, builder.getI32IntegerAttr(static_cast<int32_t>(word))));
}

Value PackedWeights::loadWords(Value k0, Value column) {
  Location loc = program.loc();
  // A column of tiles has a row of words for each of its tiles.
  int64_t tileRows = llvm::divideCeil(packed.getColumns(), packing.tileRows());
  int64_t columns = llvm::divideCeil(packed.getDepth(), packing.tileColumns());
  Value ref =
      program.data(op.getRhs(), {columns * tileRows, packing.wordsPerTile()},
                   /*readOnly=*/true);
  Value tileColumn = arith::DivUIOp::create(
      builder, loc, k0, program.constant(packing.tileColumns()));
  Value first = arith::MulIOp::create(builder, loc, tileColumn,
                                      program.constant(tileRows));
  Value tileRow = arith::DivUIOp::create(builder, loc, column,
                                         program.constant(packing.tileRows()));
  Value row = arith::AddIOp::create(builder, loc, first, tileRow);
  auto type = RankedTensorType::get(wordsShape(), program.i32());
  return tile::LoadOp::create(builder, loc, type, ref,
                              ValueRange{row, program.constant(0)});
}

Value PackedWeights::expand(Value vector, int64_t dim, int64_t extent) {
  auto type = cast<RankedTensorType>(vector.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + dim, extent);
  return tile::ExpandOp::create(
      builder, program.loc(),
      RankedTensorType::get(shape, type.getElementType()), vector,
      builder.getI32IntegerAttr(dim));
}

Value PackedWeights::view(Value source, Type element, const Layout &packing) {
  return tile::ViewOp::create(
      builder, program.loc(), RankedTensorType::get(packing.shape(), element),
      source, layout::LayoutAttr::get(builder.getContext(), packing));
}

Value PackedWeights::transposed(Value matrix) {
  auto type = cast<RankedTensorType>(matrix.getType());
  return view(
      matrix, type.getElementType(),
      Layout::localOrder({type.getDimSize(1), type.getDimSize(0)}, {1, 0}));
}

/// Pairs of one plane's fields in the low bits of both halves.
Value PackedWeights::loadPlane(Value words, const layout::PackedPlane &plane) {
  Location loc = program.loc();
  int64_t slots = 16 / plane.bits, perTile = kLanes * plane.bits;
  auto type = RankedTensorType::get({tiles(), perTile}, program.i32());
  Value part = tile::LoadOp::create(
      builder, loc, type, words,
      ValueRange{program.constant(0), program.constant(plane.firstWord)});
  Value spread = expand(part, 2, slots);
  auto spreadType = cast<RankedTensorType>(spread.getType());
  auto slotType = RankedTensorType::get({slots}, program.i32());
  Value slot = tile::IotaOp::create(builder, loc, slotType);
  Value shift = arith::MulIOp::create(builder, loc, slot,
                                      constantWords(slotType, plane.bits));
  shift = expand(expand(shift, 0, perTile), 0, tiles());
  Value moved = arith::ShRUIOp::create(builder, loc, spread, shift);
  Value fields = arith::AndIOp::create(
      builder, loc, moved,
      constantWords(spreadType, ((1u << plane.bits) - 1) * kBoth));
  return view(fields, program.i32(), Layout::local(pairsType().getShape()));
}

Value PackedWeights::loadCodes(Value words) {
  Location loc = program.loc();
  Value codes;
  for (const layout::PackedPlane &plane : packing.planes()) {
    Value fields = loadPlane(words, plane);
    if (plane.shift > 0)
      fields = arith::ShLIOp::create(builder, loc, fields,
                                     constantWords(pairsType(), plane.shift));
    codes = codes
                ? arith::OrIOp::create(builder, loc, codes, fields).getResult()
                : fields;
  }
  return codes;
}

//===----------------------------------------------------------------------===//
// Codes as f16
//===----------------------------------------------------------------------===//

/// The tile of weights whose bits these are.
Value PackedWeights::asHalves(Value pairs) {
  return view(pairs, builder.getF16Type(),
              Layout::spatial({tiles(), 1}) * packing.fragment());
}

Value PackedWeights::integers(Value codes, unsigned bits, bool isSigned) {
  Location loc = program.loc();
  uint32_t half = isSigned ? 1u << (bits - 1) : 0;
  if (isSigned)
    codes = arith::XOrIOp::create(builder, loc, codes,
                                  constantWords(pairsType(), half * kBoth));
  // 0x6400 is 1024, and the lowest bit of its fraction is 1.
  Value magic = arith::OrIOp::create(
      builder, loc, codes, constantWords(pairsType(), 0x6400u * kBoth));
  Value halves = asHalves(magic);
  auto type = cast<RankedTensorType>(halves.getType());
  return arith::SubFOp::create(builder, loc, halves,
                               program.splatConstant(type, 1024.0 + half));
}

Value PackedWeights::floats(Value codes, const NumberFormat &format) {
  Location loc = program.loc();
  unsigned below = format.exponent + format.mantissa;
  auto moved = [&](uint32_t mask, unsigned shift) -> Value {
    Value bits = arith::AndIOp::create(
        builder, loc, codes, constantWords(pairsType(), mask * kBoth));
    return arith::ShLIOp::create(builder, loc, bits,
                                 constantWords(pairsType(), shift));
  };
  Value magnitude = moved((1u << below) - 1, kHalfFraction - format.mantissa);
  Value sign = moved(1u << below, 15 - below);
  return asHalves(arith::OrIOp::create(builder, loc, magnitude, sign));
}

Value PackedWeights::numbers(Value codes) {
  NumberFormat format = packed.getNumbers();
  if (format.kind == NumberFormat::Kind::Float)
    return floats(codes, format);
  return integers(codes, format.bits, format.kind == NumberFormat::Kind::Int);
}

/// What the numbers above are to be multiplied with.
static double powerOf(const NumberFormat &format) {
  if (format.kind != NumberFormat::Kind::Float)
    return 1;
  int bias = (1 << (format.exponent - 1)) - 1;
  return std::ldexp(1.0, kHalfBias - bias);
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

/// Groups that share a round; one where a group has several rounds.
int64_t PackedWeights::groupsInRound() {
  int64_t depth = packing.tileColumns(), group = packed.getGroup();
  return group < depth && group < packed.getDepth() ? depth / group : 1;
}

/// The number of a group of the round that begins at k0. What lies past the
/// last group has no activations, and any scale will do for it.
Value PackedWeights::numberOf(int64_t part, Value k0) {
  Location loc = program.loc();
  Value first = arith::DivUIOp::create(builder, loc, k0,
                                       program.constant(packed.getGroup()));
  if (part == 0)
    return first;
  Value number =
      arith::AddIOp::create(builder, loc, first, program.constant(part));
  return arith::MinUIOp::create(builder, loc, number,
                                program.constant(packed.getNumGroups() - 1));
}

Value PackedWeights::loadOfGroup(Value buffer, Value group, Value column) {
  Location loc = program.loc();
  int64_t groups = packed.getNumGroups();
  Value ref = program.data(buffer, {packed.getColumns() * groups},
                           /*readOnly=*/true);
  Value columns = program.range(column, blockN);
  auto type = cast<RankedTensorType>(columns.getType());
  Value mask = program.compare(arith::CmpIPredicate::slt, columns,
                               program.constant(packed.getColumns()));
  Value first =
      arith::MulIOp::create(builder, loc, columns, constantWords(type, groups));
  Value places =
      arith::AddIOp::create(builder, loc, first, program.splat(group, type));
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  Value loaded = tile::LoadOp::create(builder, loc,
                                      RankedTensorType::get({blockN}, element),
                                      ref, ValueRange{places}, mask);
  return program.convert(loaded, program.f32());
}

/// The activations of one group of the round, zeros in place of the others.
Value PackedWeights::onlyGroup(int64_t part, Value rows) {
  if (groupsInRound() == 1)
    return rows;
  Location loc = program.loc();
  auto type = cast<RankedTensorType>(rows.getType());
  Value columns = program.range(program.constant(0), type.getDimSize(1));
  auto vector = cast<RankedTensorType>(columns.getType());
  Value number = arith::DivUIOp::create(
      builder, loc, columns, constantWords(vector, packed.getGroup()));
  Value mask =
      program.compare(arith::CmpIPredicate::eq, number, program.constant(part));
  return arith::SelectOp::create(builder, loc,
                                 expand(mask, 0, type.getDimSize(0)), rows,
                                 program.splatConstant(type, 0.0));
}

/// What one group of the round gives, m x n.
Value PackedWeights::multiplyGroup(int64_t part, Value weights, Value rows,
                                   Value k0, Value column) {
  Location loc = program.loc();
  Value group = numberOf(part, k0);
  if (op.getScales().size() > 1) {
    Value zeros = program.convert(loadOfGroup(op.getScales()[1], group, column),
                                  builder.getF16Type());
    weights = arith::SubFOp::create(builder, loc, weights,
                                    expand(zeros, 1, packing.tileColumns()));
  }
  auto sumType = RankedTensorType::get({blockN, blockM}, program.f32());
  Value sum = tile::DotOp::create(
      builder, loc, sumType, weights, transposed(onlyGroup(part, rows)),
      program.splatConstant(sumType, 0.0), tile::Precision::IEEE);
  Value scale = loadOfGroup(op.getScales()[0], group, column);
  if (double power = powerOf(packed.getNumbers()); power != 1) {
    auto type = cast<RankedTensorType>(scale.getType());
    scale = arith::MulFOp::create(builder, loc, scale,
                                  program.splatConstant(type, power));
  }
  return arith::MulFOp::create(builder, loc, transposed(sum),
                               expand(scale, 0, blockM));
}

Value PackedWeights::multiply(const OperandTiles &shared, Value k0,
                              Value column, Value acc) {
  Location loc = program.loc();
  Value weights = numbers(loadCodes(shared.b));
  Value rows = tile::LoadOp::create(
      builder, loc,
      RankedTensorType::get({blockM, packing.tileColumns()},
                            builder.getF16Type()),
      shared.a, ValueRange{program.constant(0), program.constant(0)});
  for (int64_t part = 0; part < groupsInRound(); ++part)
    acc = arith::AddFOp::create(builder, loc, acc,
                                multiplyGroup(part, weights, rows, k0, column));
  return acc;
}
