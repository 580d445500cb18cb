//===- LowerGemm.cpp - kernel.gemm as a tile function ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block takes one item of the work list (rows with one key) or several in
// turn, block_n columns and one batch. The contracted dimension goes through
// two tiles in shared memory, block_k at a time; registers take step_k of them
// at a time:
//
//   for k0 in 0, block_k, ... K:
//     a = prologue(lhs[rows, k0 ..])          in registers, coalesced
//     b = rhs[key][k0 .., the block's columns]
//     barrier; sharedA = a; sharedB = b; barrier
//     for k in 0, step_k, ... block_k:
//       acc += sharedA[:, k ..] x sharedB[k .., :]
//
// tile-pipeline-loops makes copies and stages of it. A round that is the only
// one copies at once.
//
// Where rows are made of entries (SegmentOperand.h), an item is a list of rows
// with about as many entries; the lhs at k0 is walked into registers, and what
// terms give is what the accumulators start from, where the epilogue adds it.
//
// Where the rhs is packed (PackedWeights.h), a round multiplies its words.
//
// Rows past the end of the item are masked; columns and k past the ends of the
// arrays are masked by the static extents of the refs.
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"
#include "OperandTiles.h"
#include "PackedWeights.h"
#include "SegmentOperand.h"
#include "Templates.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

namespace {

/// What the block knows of an item before it starts to multiply.
struct GemmBlock {
  BlockProgram::Position position; // of the output tile
  Value rhs;                       // ref of K x N
  Value rhsStart;                  // first column of the tile in the rhs
  Value lhsStart;                  // first column of the batch in the lhs
  // Where the work is sorted by the entries of its rows:
  Ranges entries; // of each row
  Value longest;  // i32, the length of the longest of them
  Value places;   // of the rows in the arrays of the work
};

class GemmLowering {
public:
  GemmLowering(kernel::GemmOp op, gpu::GPUModuleOp kernels, StringRef name,
               Segments &segments)
      : op(op), schedule(*op.getSchedule()),
        program(op, kernels, name, schedule.getThreads()),
        builder(program.body()), segments(segments) {
    if (op.getPacked())
      packed.emplace(program, op);
  }

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
  /// The number of items, as a value of the host program.
  Value hostItems() {
    if (std::optional<int64_t> count = op.getRows().getCount())
      return program.hostConstant(
          llvm::divideCeil(*count, schedule.getBlockM()));
    SegmentOperand *sorting = sortingSegment();
    return program.hostLength(
        sorting ? sorting->hostWorkArray(program, "key")
                : program.hostArray("work", op.getRows(), op.getKey(),
                                    schedule.getBlockM(), "begin"));
  }
  GemmBlock startItem(Value item);
  std::pair<Value, Value> rangeOf(Value item);
  void startRows(GemmBlock &block, Value begin, Value end);
  void startSortedRows(GemmBlock &block, Value item);
  Value readRowsAgain(const GemmBlock &block);
  BlockProgram::Position lhsPosition(const GemmBlock &block, Value k0);
  Value aggregateLhs(const GemmBlock &block, Value k0);
  Value finishLhs(Value tile, Value k0);
  Value aggregateTerms(const GemmBlock &block);
  Value blockId(tile::Axis axis) {
    return tile::BlockIdOp::create(builder, program.loc(), program.i32(), axis);
  }
  Value rhsOfKey(Value key, Value batch);
  Value loadLhs(const GemmBlock &block, Value k0);
  Value loadRhs(const GemmBlock &block, Value k0);
  OperandTiles allocateTiles();
  void fillTiles(const OperandTiles &tiles, const GemmBlock &block, Value k0);
  Value multiply(const GemmBlock &block, function_ref<Value()> makeInit);
  Value multiplyShared(const OperandTiles &tiles, const GemmBlock &block,
                       Value k0, Value acc);
  void storeResult(const GemmBlock &block, Value acc, Value terms);
  void leaveRegisters();
  void runItem();
  void runItems();
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
  void markStages(Operation *loop);
  RankedTensorType f32Tile(int64_t rows, int64_t columns) {
    return RankedTensorType::get({rows, columns}, program.f32());
  }
  /// The type of both operands of the product, in shared memory too.
  Type operandType() {
    if (packed)
      return builder.getF16Type();
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
  /// Where the rhs is packed.
  std::optional<PackedWeights> packed;
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

/// tile-pipeline-loops reads how many rounds are on their way.
void GemmLowering::markStages(Operation *loop) {
  if (schedule.getStages() > 1)
    loop->setAttr(tile::TileDialect::kStages,
                  builder.getI32IntegerAttr(schedule.getStages()));
}

/// The K x N matrix of the item's key and of the block's batch.
Value GemmLowering::rhsOfKey(Value key, Value batch) {
  if (packed)
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
std::pair<Value, Value> GemmLowering::rangeOf(Value item) {
  std::optional<int64_t> count = op.getRows().getCount();
  if (!count)
    return {readScalar(workArray("begin"), item),
            readScalar(workArray("end"), item)};
  Value begin = arith::MulIOp::create(builder, program.loc(), item,
                                      program.constant(schedule.getBlockM()));
  return {begin, program.constant(*count)};
}

/// The rows at the positions [begin, end) of the work.
void GemmLowering::startRows(GemmBlock &block, Value begin, Value end) {
  Value positions = program.range(begin, schedule.getBlockM());
  block.position.domain = op.getRows();
  block.position.rows = positions;
  block.position.mask =
      program.compare(arith::CmpIPredicate::slt, positions, end);
  if (!op.getRows().getCount() &&
      !kernel::isSortedBy(op.getRows().getDomain().getValue(), op.getKey()))
    block.position.rows = program.loadIndices(
        program.path(op.getRows(), op.getKey(), kernel::kSelfRole), positions,
        block.position.mask);
}

/// The rows of an item of sorted work, which has block_m places.
void GemmLowering::startSortedRows(GemmBlock &block, Value item) {
  Value begin = arith::MulIOp::create(builder, program.loc(), item,
                                      program.constant(schedule.getBlockM()));
  block.places = program.range(begin, schedule.getBlockM());
  auto read = [&](StringRef name) {
    return program.loadIndices(workArray(name), block.places,
                               /*mask=*/Value());
  };
  block.entries = {read("first"), read("last")};
  block.longest = readScalar(workArray("longest"), item);
  block.position.domain = op.getRows();
  block.position.rows = read("row");
  block.position.mask = program.compare(
      arith::CmpIPredicate::sge, block.position.rows, program.constant(0));
}

GemmBlock GemmLowering::startItem(Value item) {
  Location loc = program.loc();
  Value key = op.getKey() == kernel::kNoneRole
                  ? program.constant(0)
                  : readScalar(workArray("key"), item);
  GemmBlock block;
  if (sortingSegment()) {
    startSortedRows(block, item);
  } else {
    auto [begin, end] = rangeOf(item);
    startRows(block, begin, end);
  }

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

/// The numbers of the rows where few blocks want them, so that the others need
/// not wait for them.
Value GemmLowering::readRowsAgain(const GemmBlock &block) {
  return program.loadIndices(workArray("row"), block.places, /*mask=*/Value());
}

/// The lhs tile at k0, in the type of the product, and zero beyond K: there a
/// prologue makes anything of what is not there, and a batch has a neighbour.
Value GemmLowering::finishLhs(Value tile, Value k0) {
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
Value GemmLowering::aggregateLhs(const GemmBlock &block, Value k0) {
  Value tile = segments.lhs->aggregate(program, lhsPosition(block, k0),
                                       block.entries, block.longest,
                                       [&] { return readRowsAgain(block); });
  return finishLhs(tile, k0);
}

/// What the terms give to the output tile.
Value GemmLowering::aggregateTerms(const GemmBlock &block) {
  if (!segments.lhs)
    return segments.terms->aggregate(program, block.position, block.entries,
                                     block.longest,
                                     [&] { return readRowsAgain(block); });
  Ranges ranges = segments.terms->rangesOf(program, block.position);
  Value longest =
      SegmentReduction(program, segments.terms->getSegment(), block.position)
          .longest(ranges);
  return segments.terms->aggregate(program, block.position, ranges, longest,
                                   [&] { return block.position.rows; });
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
    return finishLhs(tiles.front(), k0);
  Value computed =
      program
          .inlineRegion(op.getPrologue(),
                        {schedule.getBlockM(), schedule.getBlockK()}, tiles)
          .front();
  return finishLhs(computed, k0);
}

Value GemmLowering::loadRhs(const GemmBlock &block, Value k0) {
  if (packed)
    return packed->loadWords(k0, block.rhsStart);
  return tile::LoadOp::create(
      builder, program.loc(),
      operandTile(schedule.getBlockK(), schedule.getBlockN()), block.rhs,
      ValueRange{k0, block.rhsStart});
}

Value GemmLowering::multiplyShared(const OperandTiles &tiles,
                                   const GemmBlock &block, Value k0,
                                   Value acc) {
  if (packed)
    return packed->multiply(tiles, k0, block.rhsStart, acc);
  Location loc = program.loc();
  Value zero = program.constant(0);
  auto step = [&](Value k, Value sum) -> Value {
    Value a = tile::LoadOp::create(
        builder, loc, operandTile(schedule.getBlockM(), schedule.getStepK()),
        tiles.a, ValueRange{zero, k});
    Value b = tile::LoadOp::create(
        builder, loc, operandTile(schedule.getStepK(), schedule.getBlockN()),
        tiles.b, ValueRange{k, zero});
    return tile::DotOp::create(builder, loc, sum.getType(), a, b, sum,
                               dotPrecision());
  };
  return loop(schedule.getBlockK(), schedule.getStepK(), acc, step);
}

OperandTiles GemmLowering::allocateTiles() {
  auto shared = [&](ArrayRef<int64_t> shape, Type element) -> Value {
    auto type = tile::RefType::get(builder.getContext(), shape, element,
                                   tile::Space::Shared);
    return tile::AllocSharedOp::create(builder, program.loc(), type);
  };
  int64_t k = schedule.getBlockK();
  Value a = shared({schedule.getBlockM(), k}, operandType());
  if (packed)
    return {a, shared(packed->wordsShape(), program.i32())};
  return {a, shared({k, schedule.getBlockN()}, operandType())};
}

/// Both operands of one round of many, as tile-pipeline-loops reads it.
void GemmLowering::fillTiles(const OperandTiles &tiles, const GemmBlock &block,
                             Value k0) {
  Value a = loadLhs(block, k0);
  if (schedule.getAPath() == kernel::OperandPath::Registers)
    keepFromCopies(a);
  tiles.fill(builder, a, loadRhs(block, k0));
}

/// The accumulators start from what `makeInit` writes.
Value GemmLowering::multiply(const GemmBlock &block,
                             function_ref<Value()> makeInit) {
  OperandTiles tiles = allocateTiles();
  if (op.getK() > schedule.getBlockK()) {
    Value sum = loop(op.getK(), schedule.getBlockK(), makeInit(),
                     [&](Value k0, Value acc) -> Value {
                       fillTiles(tiles, block, k0);
                       return multiplyShared(tiles, block, k0, acc);
                     });
    markStages(sum.getDefiningOp());
    return sum;
  }
  // The rhs is on its way while the lhs is computed, both while the terms are.
  Value zero = program.constant(0);
  tiles.copyB(builder, loadRhs(block, zero));
  Value a = loadLhs(block, zero);
  if (schedule.getAPath() == kernel::OperandPath::Registers)
    keepFromCopies(a);
  tiles.startOnce(builder, a);
  Value init = makeInit();
  tiles.finishOnce(builder, program.loc());
  return multiplyShared(tiles, block, zero, init);
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

void GemmLowering::runItem() {
  GemmBlock block = startItem(blockId(tile::Axis::X));
  auto type = f32Tile(schedule.getBlockM(), schedule.getBlockN());
  auto zero = [&] { return program.splatConstant(type, 0.0); };
  if (!segments.terms) {
    storeResult(block, multiply(block, zero), Value());
  } else if (canStartFromTerms(op)) {
    Value acc = multiply(block, [&] { return aggregateTerms(block); });
    // Adding -0 changes nothing, and folds.
    storeResult(block, acc, program.splatConstant(type, -0.0));
  } else {
    Value acc = multiply(block, zero);
    storeResult(block, acc, aggregateTerms(block));
  }
}

/// Several items, one after the other. Rounds over items and over the
/// contracted dimension are one loop, so that the first tiles of an item are on
/// their way while the item before is computed.
void GemmLowering::runItems() {
  Location loc = program.loc();
  auto make = [&](auto tag, Value a, Value b) -> Value {
    return decltype(tag)::create(builder, loc, a, b);
  };
  int64_t rounds = llvm::divideCeil(op.getK(), schedule.getBlockK());
  Value zero = program.constant(0), one = program.constant(1);
  Value all = program.size(hostItems());
  Value first = make(arith::MulIOp(), blockId(tile::Axis::X),
                     program.constant(schedule.getItems()));
  Value mine = make(arith::MinSIOp(), make(arith::SubIOp(), all, first),
                    program.constant(schedule.getItems()));
  Value none = program.splatConstant(
      f32Tile(schedule.getBlockM(), schedule.getBlockN()), 0.0);
  OperandTiles tiles = allocateTiles();
  Value number = program.constant(rounds);
  // One round an item carries nothing on.
  SmallVector<Value> inits(rounds > 1 ? 1 : 0, none);
  auto loopOp = scf::ForOp::create(
      builder, loc, zero, make(arith::MulIOp(), mine, number), one, inits,
      [](OpBuilder &, Location, Value, ValueRange) {});
  markStages(loopOp);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loopOp.getBody());
  Value at = loopOp.getInductionVar(), round = zero, acc = none, isLast;
  if (rounds > 1) {
    round = make(arith::RemUIOp(), at, number);
    at = make(arith::DivUIOp(), at, number);
    Value isFirst =
        program.compareScalars(arith::CmpIPredicate::eq, round, zero);
    acc = arith::SelectOp::create(builder, loc, isFirst, none,
                                  loopOp.getRegionIterArgs().front());
    isLast = program.compareScalars(arith::CmpIPredicate::eq, round,
                                    program.constant(rounds - 1));
  }
  GemmBlock block = startItem(make(arith::AddIOp(), first, at));
  Value k0 =
      make(arith::MulIOp(), round, program.constant(schedule.getBlockK()));
  fillTiles(tiles, block, k0);
  Value sum = multiplyShared(tiles, block, k0, acc);
  if (isLast) {
    auto branch = scf::IfOp::create(builder, loc, isLast, false);
    OpBuilder::InsertionGuard inside(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    storeResult(block, sum, Value());
  } else {
    storeResult(block, sum, Value());
  }
  scf::YieldOp::create(builder, loc,
                       rounds > 1 ? ValueRange(sum) : ValueRange());
}

/// So that a walk has all loads of a round in flight together.
void GemmLowering::leaveRegisters() {
  auto elements = [&](int64_t columns) {
    return llvm::divideCeil(schedule.getBlockM() * columns,
                            schedule.getThreads());
  };
  int64_t unroll = op.getSegmentSchedule()->getUnroll(), registers = 0;
  // An element of a row that no vector divides has an address of its own.
  auto walk = [&](int64_t width, int64_t tileColumns) {
    int64_t held = elements(tileColumns);
    return registersOfWalk(held, unroll) + (width % 4 == 0 ? 0 : held);
  };
  // Rounds after the first walk beside the sums of those before, and products
  // of several rounds keep addresses of what is on its way.
  constexpr int64_t addresses = 16;
  bool hasRounds = op.getK() > static_cast<int64_t>(schedule.getBlockK());
  if (segments.lhs)
    registers = walk(op.getK(), schedule.getBlockK()) +
                (hasRounds ? elements(schedule.getBlockN()) : 0);
  if (segments.terms)
    registers = std::max(registers, walk(op.getN(), schedule.getBlockN()) +
                                        (hasRounds ? addresses : 0));
  // What the product needs itself depends on the device; where it is less than
  // this, more blocks fit.
  program.leaveRegisters(registers + registers / 2);
}

void GemmLowering::run() {
  if (op.hasSegments())
    leaveRegisters();
  bool several = schedule.getItems() > 1;
  several ? runItems() : runItem();

  LaunchNumbers numbers;
  numbers.gridX = several
                      ? program.hostCeilDiv(hostItems(), schedule.getItems())
                      : hostItems();
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
  if (op.getPacked() && failed(verifyPackedWeights(op)))
    return failure();
  if (op.hasSegments() && !op.getSegmentSchedule())
    return op.emitOpError("has no schedule for its segments; run "
                          "kernel-select-schedules first");
  Segments segments = lowerSegments(op, kernels, name);
  GemmLowering(op, kernels, name, segments).run();
  op.erase();
  return success();
}
