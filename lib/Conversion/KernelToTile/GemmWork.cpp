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

Value GemmWork::workArray(StringRef name) {
  if (SegmentOperand *segment = sortingSegment())
    return segment->workArray(program, name);
  return program.array("work", op.getRows(), op.getKey(), schedule.getBlockM(),
                       name);
}

Value GemmWork::readScalar(Value array, Value at) {
  return tile::LoadScalarOp::create(builder, program.loc(), program.i32(),
                                    array, ValueRange{at});
}

Value GemmWork::hostItems() {
  if (std::optional<int64_t> count = op.getRows().getCount())
    return program.hostConstant(llvm::divideCeil(*count, schedule.getBlockM()));
  SegmentOperand *sorting = sortingSegment();
  return program.hostLength(
      sorting ? sorting->hostWorkArray(program, "key")
              : program.hostArray("work", op.getRows(), op.getKey(),
                                  schedule.getBlockM(), "begin"));
}

/// The K x N matrix of the item's key and of the block's batch.
Value GemmWork::rhsOfKey(Value key, Value batch) {
  if (op.getPacked())
    return Value();
  auto type = cast<MemRefType>(op.getRhs().getType());
  Value ref = program.data(op.getRhs(), type.getShape(), /*readOnly=*/true);
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

/// The rows of an item of sorted work, which has block_m places.
void GemmWork::startSortedRows(GemmItem &item, Value number) {
  Value begin = arith::MulIOp::create(builder, program.loc(), number,
                                      program.constant(schedule.getBlockM()));
  item.places = program.range(begin, schedule.getBlockM());
  auto read = [&](StringRef name) {
    return program.loadIndices(workArray(name), item.places, /*mask=*/Value());
  };
  item.entries = {read("first"), read("last")};
  item.longest = readScalar(workArray("longest"), number);
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
  item.rhs = rhsOfKey(key, number);
  item.position.col = column;
  item.position.columns = schedule.getBlockN();
  item.position.width = op.getN() * batch;
}

GemmItem GemmWork::start(Value number) {
  Value key = op.getKey() == kernel::kNoneRole
                  ? program.constant(0)
                  : readScalar(workArray("key"), number);
  GemmItem item;
  if (sortingSegment()) {
    startSortedRows(item, number);
  } else {
    auto [begin, end] = rangeOf(number);
    startRows(item, begin, end);
  }
  startColumns(item, key);
  return item;
}

Value GemmWork::readRowsAgain(const GemmItem &item) {
  return program.loadIndices(workArray("row"), item.places, /*mask=*/Value());
}
