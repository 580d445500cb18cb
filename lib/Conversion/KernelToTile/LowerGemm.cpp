//===- LowerGemm.cpp - kernel.gemm as a tile function ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block takes one item of the work list (rows with one key), block_n
// columns and one batch. The contracted dimension goes through two tiles in
// shared memory, block_k at a time; registers take step_k of them at a time:
//
//   for k0 in 0, block_k, ... K:
//     a = prologue(lhs[rows, k0 ..])          in registers, coalesced
//     b = rhs[key][k0 .., the block's columns]
//     barrier; sharedA = a; sharedB = b; barrier
//     for k in 0, step_k, ... block_k:
//       acc += sharedA[:, k ..] x sharedB[k .., :]
//
// Where rows are made of entries (SegmentOperand.h), an item is a list of rows
// with about as many entries; the lhs at k0 is walked into registers, and what
// terms give is what the accumulators start from, where the epilogue adds it.
//
// Rows past the end of the item are masked; columns and k past the ends of the
// arrays are masked by the static extents of the refs.
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"
#include "SegmentOperand.h"
#include "Templates.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

namespace {

/// What the block knows before it starts to multiply.
struct GemmBlock {
  BlockProgram::Position position; // of the output tile
  Value rhs;                       // ref of K x N
  Value rhsStart;                  // first column of the tile in the rhs
  Value lhsStart;                  // first column of the batch in the lhs
  Ranges entries;                  // of each row, where the work is sorted
  Value longest;                   // i32, the length of the longest of them
};

class GemmLowering {
public:
  GemmLowering(kernel::GemmOp op, gpu::GPUModuleOp kernels, StringRef name,
               Segments &segments)
      : op(op), schedule(*op.getSchedule()),
        program(op, kernels, name, schedule.getThreads()),
        builder(program.body()), segments(segments) {}

  void run();

private:
  /// The segment that sorts the work; null if there is none.
  SegmentOperand *sortingSegment() {
    if (segments.lhs)
      return &*segments.lhs;
    return segments.terms ? &*segments.terms : nullptr;
  }
  Value workArray(StringRef name) {
    if (SegmentOperand *segment = sortingSegment())
      return segment->workArray(program, name);
    return program.array("work", op.getRows(), op.getKey(),
                         schedule.getBlockM(), name);
  }
  Value readScalar(Value array, Value at) {
    return tile::LoadScalarOp::create(builder, program.loc(), program.i32(),
                                      array, ValueRange{at});
  }
  GemmBlock startBlock();
  void startRows(GemmBlock &block, Value begin, Value end);
  void startSortedRows(GemmBlock &block, Value begin);
  BlockProgram::Position lhsPosition(const GemmBlock &block, Value k0);
  Value aggregateLhs(const GemmBlock &block, Value k0);
  Value aggregateTerms(const GemmBlock &block);
  Value rhsOfKey(Value key, Value batch);
  Value loadLhs(const GemmBlock &block, Value k0);
  Value multiply(const GemmBlock &block, Value init);
  Value multiplyShared(Value sharedA, Value sharedB, Value acc);
  void storeResult(const GemmBlock &block, Value acc, Value terms);
  /// Operands of 16 bits know no choice.
  tile::Precision dotPrecision() {
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
  Value loop(int64_t extent, int64_t step, Value init,
             function_ref<Value(Value, Value)> body);
  RankedTensorType f32Tile(int64_t rows, int64_t columns) {
    return RankedTensorType::get({rows, columns}, program.f32());
  }
  /// The type of both operands of the product, in shared memory too.
  Type operandType() {
    return cast<MemRefType>(op.getRhs().getType()).getElementType();
  }
  RankedTensorType operandTile(int64_t rows, int64_t columns) {
    return RankedTensorType::get({rows, columns}, operandType());
  }

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram program;
  OpBuilder &builder;
  Segments &segments;
};

} // namespace

/// for i = 0 to extent step step, carrying one value.
Value GemmLowering::loop(int64_t extent, int64_t step, Value init,
                         function_ref<Value(Value, Value)> body) {
  Value zero = program.constant(0);
  if (extent <= step)
    return body(zero, init);
  Location loc = program.loc();
  auto loopOp = scf::ForOp::create(builder, loc, zero, program.constant(extent),
                                   program.constant(step), init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loopOp.getBody());
  Value result =
      body(loopOp.getInductionVar(), loopOp.getRegionIterArgs().front());
  builder.setInsertionPointToEnd(loopOp.getBody());
  scf::YieldOp::create(builder, loc, result);
  return loopOp.getResult(0);
}

/// The K x N matrix of the item's key and of the block's batch.
Value GemmLowering::rhsOfKey(Value key, Value batch) {
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

/// The rows at the positions [begin, end) of the work.
void GemmLowering::startRows(GemmBlock &block, Value begin, Value end) {
  Value positions = program.range(begin, schedule.getBlockM());
  block.position.domain = op.getRows();
  block.position.rows = positions;
  block.position.mask =
      program.compare(arith::CmpIPredicate::slt, positions, end);
  if (sortingSegment())
    return startSortedRows(block, begin);
  if (!kernel::isSortedBy(op.getRows().getDomain().getValue(), op.getKey()))
    block.position.rows = program.loadIndices(
        program.path(op.getRows(), op.getKey(), kernel::kSelfRole), positions,
        block.position.mask);
}

/// The same where the work is sorted by the entries of the rows: the first row
/// of an item has the most.
void GemmLowering::startSortedRows(GemmBlock &block, Value begin) {
  Value first = workArray("first"), last = workArray("last");
  Value positions = block.position.rows, mask = block.position.mask;
  block.entries = {program.loadIndices(first, positions, mask),
                   program.loadIndices(last, positions, mask)};
  block.position.rows = program.loadIndices(workArray("row"), positions, mask);
  block.longest =
      arith::SubIOp::create(builder, program.loc(), readScalar(last, begin),
                            readScalar(first, begin));
}

GemmBlock GemmLowering::startBlock() {
  Location loc = program.loc();
  auto blockId = [&](tile::Axis axis) -> Value {
    return tile::BlockIdOp::create(builder, loc, program.i32(), axis);
  };
  Value item = blockId(tile::Axis::X);
  Value key = op.getKey() == kernel::kNoneRole
                  ? program.constant(0)
                  : readScalar(workArray("key"), item);
  GemmBlock block;
  startRows(block, readScalar(workArray("begin"), item),
            readScalar(workArray("end"), item));

  int64_t batch = op.getBatch();
  block.lhsStart = program.constant(0);
  block.rhsStart = program.firstColumn(op.getN(), schedule.getBlockN());
  Value number = program.constant(0), column = block.rhsStart;
  if (batch > 1) {
    number = blockId(tile::Axis::Z);
    Value start = arith::MulIOp::create(builder, loc, number,
                                        program.constant(op.getN()));
    column = arith::AddIOp::create(builder, loc, block.rhsStart, start);
    if (op.getLhsBatched())
      block.lhsStart = arith::MulIOp::create(builder, loc, number,
                                             program.constant(op.getK()));
  }
  block.rhs = rhsOfKey(key, number);
  block.position.col = column;
  block.position.columns = schedule.getBlockN();
  block.position.width = op.getN() * batch;
  return block;
}

/// The place of the lhs tile at k0.
BlockProgram::Position GemmLowering::lhsPosition(const GemmBlock &block,
                                                 Value k0) {
  BlockProgram::Position position = block.position;
  position.col =
      arith::AddIOp::create(builder, program.loc(), block.lhsStart, k0);
  position.columns = schedule.getBlockK();
  position.width = op.getK() * (op.getLhsBatched() ? op.getBatch() : 1);
  return position;
}

/// The lhs tile at k0, from the entries of its rows.
Value GemmLowering::aggregateLhs(const GemmBlock &block, Value k0) {
  Value tile = segments.lhs->aggregate(program, lhsPosition(block, k0),
                                       block.entries, block.longest);
  return program.convert(tile, operandType());
}

/// What the terms give to the output tile.
Value GemmLowering::aggregateTerms(const GemmBlock &block) {
  if (!segments.lhs)
    return segments.terms->aggregate(program, block.position, block.entries,
                                     block.longest);
  Ranges ranges = segments.terms->rangesOf(program, block.position);
  Value longest =
      SegmentReduction(program, segments.terms->getSegment(), block.position)
          .longest(ranges);
  return segments.terms->aggregate(program, block.position, ranges, longest);
}

/// The lhs tile at k0, through the prologue.
Value GemmLowering::loadLhs(const GemmBlock &block, Value k0) {
  if (segments.lhs)
    return aggregateLhs(block, k0);
  BlockProgram::Position position = lhsPosition(block, k0);
  // What no prologue computes is loaded as it is multiplied.
  Type loaded = op.getPrologue().empty() ? operandType() : Type();
  SmallVector<Value> tiles;
  for (auto [lhs, role] : llvm::zip(op.getLhs(), op.getLhsRoles()))
    tiles.push_back(program.loadElements(lhs, cast<StringAttr>(role).getValue(),
                                         position, loaded));
  if (op.getPrologue().empty())
    return tiles.front();
  Value computed =
      program
          .inlineRegion(op.getPrologue(),
                        {schedule.getBlockM(), schedule.getBlockK()}, tiles)
          .front();
  return program.convert(computed, operandType());
}

Value GemmLowering::multiplyShared(Value sharedA, Value sharedB, Value acc) {
  Location loc = program.loc();
  Value zero = program.constant(0);
  auto step = [&](Value k, Value sum) -> Value {
    Value a = tile::LoadOp::create(
        builder, loc, operandTile(schedule.getBlockM(), schedule.getStepK()),
        sharedA, ValueRange{zero, k});
    Value b = tile::LoadOp::create(
        builder, loc, operandTile(schedule.getStepK(), schedule.getBlockN()),
        sharedB, ValueRange{k, zero});
    return tile::DotOp::create(builder, loc, sum.getType(), a, b, sum,
                               dotPrecision());
  };
  return loop(schedule.getBlockK(), schedule.getStepK(), acc, step);
}

Value GemmLowering::multiply(const GemmBlock &block, Value init) {
  Location loc = program.loc();
  auto shared = [&](int64_t rows, int64_t columns) -> Value {
    auto type = tile::RefType::get(builder.getContext(), {rows, columns},
                                   operandType(), tile::Space::Shared);
    return tile::AllocSharedOp::create(builder, loc, type);
  };
  int64_t m = schedule.getBlockM(), n = schedule.getBlockN(),
          k = schedule.getBlockK();
  Value sharedA = shared(m, k), sharedB = shared(k, n);
  Value zero = program.constant(0);
  return loop(op.getK(), k, init, [&](Value k0, Value acc) -> Value {
    Value a = loadLhs(block, k0);
    Value b = tile::LoadOp::create(builder, loc, operandTile(k, n), block.rhs,
                                   ValueRange{k0, block.rhsStart});
    // The tiles of the last round have been read by all.
    tile::BarrierOp::create(builder, loc);
    tile::StoreOp::create(builder, loc, a, sharedA, ValueRange{zero, zero});
    tile::StoreOp::create(builder, loc, b, sharedB, ValueRange{zero, zero});
    tile::BarrierOp::create(builder, loc);
    return multiplyShared(sharedA, sharedB, acc);
  });
}

void GemmLowering::storeResult(const GemmBlock &block, Value acc, Value terms) {
  Value result = acc;
  if (!op.getEpilogue().empty()) {
    SmallVector<Value> tiles = {acc};
    if (terms)
      tiles.push_back(terms);
    for (auto [addend, role] : llvm::zip(op.getAddends(), op.getAddendRoles()))
      tiles.push_back(program.loadElements(
          addend, cast<StringAttr>(role).getValue(), block.position));
    result =
        program
            .inlineRegion(op.getEpilogue(),
                          {schedule.getBlockM(), schedule.getBlockN()}, tiles)
            .front();
  }
  program.storeElements(result, op.getOut(), block.position);
}

/// True if all that the epilogue does with the accumulator, up to where it adds
/// the terms, is to add to it: then the accumulator may start from the terms.
static bool canStartFromTerms(kernel::GemmOp op) {
  Block &epilogue = op.getEpilogue().front();
  Value sum = epilogue.getArgument(0), terms = epilogue.getArgument(1);
  if (!terms.hasOneUse())
    return false;
  while (sum.hasOneUse()) {
    auto add = dyn_cast<arith::AddFOp>(*sum.user_begin());
    if (!add)
      return false;
    if (llvm::is_contained(add->getOperands(), terms))
      return true;
    sum = add.getResult();
  }
  return false;
}

void GemmLowering::run() {
  GemmBlock block = startBlock();
  auto type = f32Tile(schedule.getBlockM(), schedule.getBlockN());
  Value zero = program.splatConstant(type, 0.0);
  if (!segments.terms) {
    storeResult(block, multiply(block, zero), Value());
  } else if (canStartFromTerms(op)) {
    // Adding -0 changes nothing, and folds.
    Value acc = multiply(block, aggregateTerms(block));
    storeResult(block, acc, program.splatConstant(type, -0.0));
  } else {
    Value acc = multiply(block, zero);
    storeResult(block, acc, aggregateTerms(block));
  }

  LaunchNumbers numbers;
  SegmentOperand *sorting = sortingSegment();
  numbers.gridX = program.hostLength(
      sorting ? sorting->hostWorkArray(program, "begin")
              : program.hostArray("work", op.getRows(), op.getKey(),
                                  schedule.getBlockM(), "begin"));
  numbers.gridY = llvm::divideCeil(op.getN(), schedule.getBlockN());
  numbers.gridZ = op.getBatch();
  numbers.operations = program.hostTimes(
      program.hostRows(op.getRows()),
      2 * op.getK() * op.getN() * static_cast<int64_t>(op.getBatch()));
  for (std::optional<SegmentOperand> *segment :
       {&segments.lhs, &segments.terms})
    if (*segment)
      numbers.operations = program.hostPlus(
          numbers.operations, (*segment)->hostOperations(program));
  program.finish(op.getLabel(), numbers);
}

LogicalResult pigeon::lowerGemm(kernel::GemmOp op, gpu::GPUModuleOp kernels,
                                StringRef name) {
  if (!op.getSchedule())
    return op.emitOpError("has no schedule; run kernel-select-schedules first");
  if (failed(verifyGrid(
          op, llvm::divideCeil(op.getN(), op.getSchedule()->getBlockN()),
          op.getBatch())))
    return failure();
  if (op.hasSegments() && !op.getSegmentSchedule())
    return op.emitOpError("has no schedule for its segments; run "
                          "kernel-select-schedules first");
  Segments segments = lowerSegments(op, kernels, name);
  GemmLowering(op, kernels, name, segments).run();
  op.erase();
  return success();
}
