//===- LowerGemm.cpp - kernel.gemm as a tile function ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block takes one item of the work list (GemmWork.h) or several in turn,
// block_n columns and one batch. The contracted dimension goes in rounds of
// block_k (GemmRounds.h):
//
//   acc = 0, or what terms give where the epilogue adds it
//   for k0 in 0, block_k, ... K:
//     fill the tiles of k0; acc += their product
//   out[rows] = epilogue(acc, addends)
//
// tile-pipeline-loops makes copies and stages of it. A round that is the only
// one copies at once. Products whose rows are summed into others are lowered in
// LowerOwners.cpp.
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"
#include "GemmEpilogue.h"
#include "GemmRounds.h"
#include "GemmWork.h"
#include "LowerOwners.h"
#include "Templates.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

namespace {

class GemmLowering {
public:
  GemmLowering(kernel::GemmOp op, gpu::GPUModuleOp kernels, StringRef name,
               Segments &segments)
      : op(op), schedule(*op.getSchedule()),
        program(op, kernels, name, schedule.getThreads()),
        builder(program.body()), segments(segments),
        work(op, program, segments), rounds(op, program, work, segments),
        startsFromTerms(segments.terms && addsSecondToFirst(op)) {}

  void run();

private:
  SmallVector<Value> multiply(const GemmItem &item,
                              function_ref<SmallVector<Value>()> makeInits);
  Value start(const GemmItem &item);
  SmallVector<Value> startAll(const GemmItem &item);
  void finish(const GemmItem &item, ValueRange acc);
  Value where(Value condition, function_ref<Value()> inside, Value otherwise);
  void runItem();
  void runItems();
  void markStages(Operation *loop);
  RankedTensorType accumulatorType(unsigned product = 0) {
    int64_t columns = op.getTileColumnsOf(product, schedule.getBlockN());
    return RankedTensorType::get({schedule.getBlockM(), columns},
                                 program.f32());
  }

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram program;
  OpBuilder &builder;
  Segments &segments;
  GemmWork work;
  GemmRounds rounds;
  bool startsFromTerms;
};

} // namespace

/// tile-pipeline-loops reads how many rounds are on their way.
void GemmLowering::markStages(Operation *loop) {
  if (schedule.getStages() > 1)
    loop->setAttr(tile::TileDialect::kStages,
                  builder.getI32IntegerAttr(schedule.getStages()));
}

/// The accumulators start from what `makeInits` writes.
SmallVector<Value>
GemmLowering::multiply(const GemmItem &item,
                       function_ref<SmallVector<Value>()> makeInits) {
  OperandTiles tiles = rounds.allocateTiles();
  if (op.getK() > schedule.getBlockK()) {
    SmallVector<Value> sums =
        rounds.loop(op.getK(), schedule.getBlockK(), makeInits(),
                    [&](Value k0, ValueRange acc) {
                      rounds.fillTiles(tiles, item, k0);
                      return rounds.multiply(tiles, item, k0, acc);
                    });
    markStages(sums.front().getDefiningOp());
    return sums;
  }
  SmallVector<Value> inits;
  Value zero = program.constant(0);
  rounds.fillTilesOnce(tiles, item, zero, [&] { inits = makeInits(); });
  return rounds.multiply(tiles, item, zero, inits);
}

/// What the accumulators of an item start from.
Value GemmLowering::start(const GemmItem &item) {
  if (startsFromTerms)
    return rounds.aggregateTerms(item);
  return program.splatConstant(accumulatorType(), 0.0);
}

/// The same for all products; the first alone may have terms.
SmallVector<Value> GemmLowering::startAll(const GemmItem &item) {
  SmallVector<Value> inits = {start(item)};
  for (unsigned i = 1, e = op.getNumProducts(); i != e; ++i)
    inits.push_back(program.splatConstant(accumulatorType(i), 0.0));
  return inits;
}

/// What is done with the accumulators of an item.
void GemmLowering::finish(const GemmItem &item, ValueRange acc) {
  Value terms;
  if (startsFromTerms)
    terms = addedAlready(program, acc.front());
  else if (segments.terms)
    terms = rounds.aggregateTerms(item);
  SmallVector<Value> sums(acc);
  if (terms)
    sums.push_back(terms);
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i)
    storeGemmResult(op, program,
                    i == 0 ? item.position : item.others[i - 1].position, sums,
                    i);
}

void GemmLowering::runItem() {
  GemmItem item = work.start(work.blockId(tile::Axis::X));
  finish(item, multiply(item, [&] { return startAll(item); }));
}

/// `inside` where the condition holds, else `otherwise`; without a condition it
/// holds.
Value GemmLowering::where(Value condition, function_ref<Value()> inside,
                          Value otherwise) {
  if (!condition)
    return inside();
  SmallVector<Type, 1> types;
  if (otherwise)
    types.push_back(otherwise.getType());
  auto branch =
      scf::IfOp::create(builder, program.loc(), types, condition,
                        /*addThenBlock=*/true, /*addElseBlock=*/!!otherwise);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value result = inside();
  scf::YieldOp::create(builder, program.loc(),
                       otherwise ? ValueRange(result) : ValueRange());
  if (!otherwise)
    return Value();
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, program.loc(), otherwise);
  return branch.getResult(0);
}

/// Several items, one after the other. Rounds over items and over the
/// contracted dimension are one loop, so that the first tiles of an item are on
/// their way while the item before is computed.
void GemmLowering::runItems() {
  Location loc = program.loc();
  auto make = [&](auto tag, Value a, Value b) -> Value {
    return decltype(tag)::create(builder, loc, a, b);
  };
  int64_t perItem = llvm::divideCeil(op.getK(), schedule.getBlockK());
  Value zero = program.constant(0), one = program.constant(1);
  Value all = program.size(work.hostItems());
  Value first = make(arith::MulIOp(), work.blockId(tile::Axis::X),
                     program.constant(schedule.getItems()));
  Value mine = make(arith::MinSIOp(), make(arith::SubIOp(), all, first),
                    program.constant(schedule.getItems()));
  OperandTiles tiles = rounds.allocateTiles();
  Value number = program.constant(perItem);
  // One round an item carries nothing on.
  SmallVector<Value> inits;
  if (perItem > 1)
    inits.push_back(program.splatConstant(accumulatorType(), 0.0));
  auto loopOp = scf::ForOp::create(
      builder, loc, zero, make(arith::MulIOp(), mine, number), one, inits,
      [](OpBuilder &, Location, Value, ValueRange) {});
  markStages(loopOp);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loopOp.getBody());
  Value at = loopOp.getInductionVar(), round = zero, isFirst, isLast, carried;
  if (perItem > 1) {
    round = make(arith::RemUIOp(), at, number);
    at = make(arith::DivUIOp(), at, number);
    isFirst = program.compareScalars(arith::CmpIPredicate::eq, round, zero);
    isLast = program.compareScalars(arith::CmpIPredicate::eq, round,
                                    program.constant(perItem - 1));
    carried = loopOp.getRegionIterArgs().front();
  }
  GemmItem item = work.start(make(arith::AddIOp(), first, at));
  Value k0 =
      make(arith::MulIOp(), round, program.constant(schedule.getBlockK()));
  rounds.fillTiles(tiles, item, k0);
  Value acc = where(isFirst, [&] { return start(item); }, carried);
  Value sum = rounds.multiply(tiles, item, k0, acc).front();
  where(
      isLast,
      [&] {
        finish(item, sum);
        return Value();
      },
      Value());
  scf::YieldOp::create(builder, loc,
                       perItem > 1 ? ValueRange(sum) : ValueRange());
}

void GemmLowering::run() {
  if (op.hasSegments())
    program.leaveRegisters(registersOfSegments(op));
  bool several = schedule.getItems() > 1;
  several ? runItems() : runItem();

  LaunchNumbers numbers;
  numbers.gridX =
      several ? program.hostCeilDiv(work.hostItems(), schedule.getItems())
              : work.hostItems();
  numbers.gridY = llvm::divideCeil(op.getN(), schedule.getBlockN());
  numbers.gridZ = op.getBatch();
  int64_t columns = 0;
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i)
    columns += op.getColumnsOf(i);
  numbers.operations = program.hostTimes(
      program.hostRows(op.getRows()),
      2 * op.getK() * columns * static_cast<int64_t>(op.getBatch()));
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
  if (op.hasOwners())
    lowerOwners(op, kernels, name, segments);
  else
    GemmLowering(op, kernels, name, segments).run();
  op.erase();
  return success();
}
