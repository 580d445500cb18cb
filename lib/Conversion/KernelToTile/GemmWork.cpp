//===- GemmWork.cpp - What the blocks of a product work on ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GemmWork.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

/// The segment that sorts the work; null if there is none.
SegmentOperand *GemmWork::sortingSegment() {
  if (segments.lhs)
    return &*segments.lhs;
  return segments.terms ? &*segments.terms : nullptr;
}

/// One array of the view that lists the work.
Value GemmWork::hostArray(StringRef name) {
  SegmentOperand *sorting = sortingSegment();
  int64_t tile = schedule.getBlockM();
  if (op.hasOwners()) {
    kernel::RowsAttr entries =
        sorting ? sorting->getSegment().entries : op.getRows();
    StringRef role = sorting ? sorting->getSegment().role : kernel::kSelfRole;
    return program.hostArray("owner_work", entries, role, tile, name,
                             op.getKey(), *op.getOwnerRole());
  }
  return sorting
             ? sorting->hostWorkArray(program, name)
             : program.hostArray("work", op.getRows(), op.getKey(), tile, name);
}

Value GemmWork::workArray(StringRef name) {
  return program.data(hostArray(name), {ShapedType::kDynamic},
                      /*readOnly=*/true);
}

/// The places of an item in arrays that have block_m for each.
Value GemmWork::placesOf(Value number) {
  Value begin = arith::MulIOp::create(builder, program.loc(), number,
                                      program.constant(schedule.getBlockM()));
  return program.range(begin, schedule.getBlockM());
}

Value GemmWork::readScalar(Value array, Value at) {
  return tile::LoadScalarOp::create(builder, program.loc(), program.i32(),
                                    array, ValueRange{at});
}

Value GemmWork::hostItems() {
  if (std::optional<int64_t> count = op.getRows().getCount())
    return program.hostConstant(llvm::divideCeil(*count, schedule.getBlockM()));
  bool isSorted = sortingSegment() && !op.hasOwners();
  return program.hostLength(hostArray(isSorted ? "key" : "begin"));
}

/// The K x N matrix of the item's key and of the block's batch.
Value GemmWork::rhsOfKey(Value rhs, Value key, Value batch) {
  if (op.getPacked())
    return Value();
  auto type = cast<MemRefType>(rhs.getType());
  Value ref = program.data(rhs, type.getShape(), /*readOnly=*/true);
  auto select = [&](Value index) {
    auto refType = cast<tile::RefType>(ref.getType());
    auto inner = tile::RefType::get(
        builder.getContext(), refType.getShape().drop_front(),
        refType.getElementType(), refType.getSpace());
    ref = tile::SubviewOp::create(builder, program.loc(), inner, ref, index);
  };
  if (op.getKey() != kernel::kNoneRole)
    select(key);
  if (op.getRhsBatched())
    select(batch);
  return ref;
}

/// The positions in the work that an item begins and ends at.
std::pair<Value, Value> GemmWork::rangeOf(Value number) {
  std::optional<int64_t> count = op.getRows().getCount();
  if (!count)
    return {readScalar(workArray("begin"), number),
            readScalar(workArray("end"), number)};
  Value begin = arith::MulIOp::create(builder, program.loc(), number,
                                      program.constant(schedule.getBlockM()));
  return {begin, program.constant(*count)};
}

/// The rows at the positions [begin, end) of the work.
void GemmWork::startRows(GemmItem &item, Value begin, Value end) {
  Value positions = program.range(begin, schedule.getBlockM());
  item.position.domain = op.getRows();
  item.position.rows = positions;
  item.position.mask =
      program.compare(arith::CmpIPredicate::slt, positions, end);
  if (!op.getRows().getCount() &&
      !kernel::isSortedBy(op.getRows().getDomain().getValue(), op.getKey()))
    item.position.rows = program.loadIndices(
        program.path(op.getRows(), op.getKey(), kernel::kSelfRole), positions,
        item.position.mask);
}

Ranges GemmWork::entriesOf(Value number, Value mask) {
  Value places = placesOf(number);
  return {program.loadIndices(workArray("first"), places, mask),
          program.loadIndices(workArray("last"), places, mask)};
}

/// The rows of an item that lists them, with a gap where there is none.
void GemmWork::startListedRows(GemmItem &item, Value number) {
  item.places = placesOf(number);
  auto read = [&](StringRef name) {
    return program.loadIndices(workArray(name), item.places, /*mask=*/Value());
  };
  if (sortingSegment()) {
    item.entries = entriesOf(number);
    item.longest = readScalar(workArray("longest"), number);
  }
  item.position.domain = op.getRows();
  item.position.rows = read("row");
  item.position.mask = program.compare(arith::CmpIPredicate::sge,
                                       item.position.rows, program.constant(0));
}

/// Batches lie side by side in the rows of the lhs and of the result.
void GemmWork::startColumns(GemmItem &item, Value key) {
  Location loc = program.loc();
  int64_t batch = op.getBatch();
  item.lhsStart = program.constant(0);
  item.rhsStart = program.firstColumn(op.getN(), schedule.getBlockN());
  Value number = program.constant(0), column = item.rhsStart;
  if (batch > 1) {
    number = blockId(tile::Axis::Z);
    Value start = arith::MulIOp::create(builder, loc, number,
                                        program.constant(op.getN()));
    column = arith::AddIOp::create(builder, loc, item.rhsStart, start);
    if (op.getLhsBatched())
      item.lhsStart = arith::MulIOp::create(builder, loc, number,
                                            program.constant(op.getK()));
  }
  item.rhs = rhsOfKey(op.getRhs(), key, number);
  item.position.col = column;
  item.position.columns = schedule.getBlockN();
  item.position.width = op.getN() * batch;
  startOthers(item, key, number);
}

/// Each of the other products has one tile.
void GemmWork::startOthers(GemmItem &item, Value key, Value batch) {
  for (unsigned i = 1, e = op.getNumProducts(); i != e; ++i) {
    int64_t columns = op.getColumnsOf(i);
    OtherProduct other = {rhsOfKey(op.getRhsOf(i), key, batch), item.position};
    other.position.col = arith::MulIOp::create(builder, program.loc(), batch,
                                               program.constant(columns));
    other.position.columns = op.getTileColumnsOf(i, schedule.getBlockN());
    other.position.width = columns * static_cast<int64_t>(op.getBatch());
    item.others.push_back(other);
  }
}

GemmItem GemmWork::start(Value number) {
  Value key = op.getKey() == kernel::kNoneRole
                  ? program.constant(0)
                  : readScalar(workArray("key"), number);
  GemmItem item;
  if (sortingSegment() || op.hasOwners()) {
    startListedRows(item, number);
  } else {
    auto [begin, end] = rangeOf(number);
    startRows(item, begin, end);
  }
  startColumns(item, key);
  return item;
}

BlockProgram::Position GemmWork::owners(Value tile) {
  BlockProgram::Position position;
  position.domain = *op.getOwners();
  position.rows =
      program.loadIndices(workArray("owner"), placesOf(tile), /*mask=*/Value());
  position.mask = program.compare(arith::CmpIPredicate::sge, position.rows,
                                  program.constant(0));
  position.col = program.firstColumn(op.getN(), schedule.getBlockN());
  position.columns = schedule.getBlockN();
  position.width = op.getN();
  return position;
}

std::pair<Value, Value> GemmWork::itemsOf(Value tile) {
  return {readScalar(workArray("begin"), tile),
          readScalar(workArray("end"), tile)};
}

Value GemmWork::readRowsAgain(const GemmItem &item) {
  return program.loadIndices(workArray("row"), item.places, /*mask=*/Value());
}
