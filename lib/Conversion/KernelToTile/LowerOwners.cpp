//===- LowerOwners.cpp - Products whose rows are summed -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block has block_m owners and block_n columns. It walks the items of its
// owners (view owner_work), each with one key, in the order of the keys:
//
//   for k0 in 0, block_k, ... own K:
//     barrier; fill the tiles of k0 with own rows; acc += their product
//   for item in the block's:
//     for k0 in 0, block_k, ... K:
//       barrier; fill the tiles of k0
//       acc += their product, for owners that have a row of the item
//   out[owners] = epilogue(acc, addends)
//
// An item has the row of an owner at the owner's place in the tile, and a gap
// where the owner has none, which adds nothing, whatever it is multiplied with.
// So the sum over keys is that of the accumulators: no row needs memory, and
// none is added by two threads. The order of the sum is that of the keys,
// whatever the device is.
//
// Own products come first, so that the addresses that they take need not be
// kept, unless the epilogue wants their sums apart.
//
// The rhs of an item is on its way while its rows are walked; the waiting of
// one block is hidden by others. What rows wait for is a chain: where their
// entries are, which rows those read, and those rows. In two stages item i
//
//   loads where the entries of item i + 2 are
//   loads which rows the first entries of item i + 1 read
//   asks for those rows, once its own are there
//
// so that item i + 1 finds all of this in a cache. One thread does so for each
// row, which takes three registers, where each thread would need them for all
// rows that it walks.
//
//===----------------------------------------------------------------------===//

#include "LowerOwners.h"

#include "GemmEpilogue.h"
#include "GemmRounds.h"
#include "GemmWork.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

namespace {

class OwnersLowering {
public:
  OwnersLowering(kernel::GemmOp op, gpu::GPUModuleOp kernels, StringRef name,
                 Segments &segments)
      : op(op), schedule(*op.getSchedule()),
        program(op, kernels, name, schedule.getThreads()),
        builder(program.body()), segments(segments),
        work(op, program, segments), rounds(op, program, work, segments),
        asksAhead(schedule.getStages() > 1) {}

  void run();

private:
  Value zeros() {
    return program.splatConstant(
        RankedTensorType::get({schedule.getBlockM(), schedule.getBlockN()},
                              program.f32()),
        0.0);
  }
  Value addRounds(
      int64_t extent, Value acc, function_ref<void()> meanwhile,
      function_ref<GemmRounds::Values(Value, ValueRange, function_ref<void()>)>
          round);
  Value addItem(const OperandTiles &tiles, Value number, Value acc,
                function_ref<void()> meanwhile);
  Value addOwn(const OperandTiles &tiles, const BlockProgram::Position &owners,
               Value acc, function_ref<void()> meanwhile);
  Ranges entriesAhead(Value number, int64_t distance, Value end);
  Value addItems(const OperandTiles &tiles, Value begin, Value end, Value acc);
  Value startFromOwn(const OperandTiles &tiles, Value tile, Value begin,
                     Value end);
  void launch();

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram program;
  OpBuilder &builder;
  Segments &segments;
  GemmWork work;
  GemmRounds rounds;
  /// In two stages.
  bool asksAhead;
};

} // namespace

Value OwnersLowering::addItem(const OperandTiles &tiles, Value number,
                              Value acc, function_ref<void()> meanwhile) {
  GemmItem item = work.start(number);
  return addRounds(op.getK(), acc, meanwhile,
                   [&](Value k0, ValueRange sums, function_ref<void()> alone) {
                     tile::BarrierOp::create(builder, program.loc());
                     rounds.fillTilesOnce(tiles, item, k0, alone);
                     return rounds.multiply(tiles, item, k0, sums);
                   });
}

Value OwnersLowering::addOwn(const OperandTiles &tiles,
                             const BlockProgram::Position &owners, Value acc,
                             function_ref<void()> meanwhile) {
  return addRounds(op.getOwnK(), acc, meanwhile,
                   [&](Value k0, ValueRange sums, function_ref<void()> alone) {
                     tile::BarrierOp::create(builder, program.loc());
                     rounds.fillOwnTiles(tiles, owners, k0, alone);
                     return rounds.multiply(tiles, GemmItem(), k0, sums);
                   });
}

/// The rounds of one item. `meanwhile` is done while the only round waits for
/// its tiles, or after several.
Value OwnersLowering::addRounds(
    int64_t extent, Value acc, function_ref<void()> meanwhile,
    function_ref<GemmRounds::Values(Value, ValueRange, function_ref<void()>)>
        round) {
  bool isOne = extent <= static_cast<int64_t>(schedule.getBlockK());
  Value sum = rounds
                  .loop(extent, schedule.getBlockK(), acc,
                        [&](Value k0, ValueRange sums) {
                          return round(k0, sums, [&] {
                            if (isOne)
                              meanwhile();
                          });
                        })
                  .front();
  if (!isOne)
    meanwhile();
  return sum;
}

/// Where the rows of the item that comes `distance` after `number` begin and
/// end; zeros where there is none.
Ranges OwnersLowering::entriesAhead(Value number, int64_t distance, Value end) {
  Value item = arith::AddIOp::create(builder, program.loc(), number,
                                     program.constant(distance));
  auto type =
      RankedTensorType::get({schedule.getBlockM()}, builder.getI1Type());
  Value exists = program.compareScalars(arith::CmpIPredicate::slt, item, end);
  return work.entriesOf(item, program.splat(exists, type));
}

Value OwnersLowering::addItems(const OperandTiles &tiles, Value begin,
                               Value end, Value acc) {
  SmallVector<Value> carried = {acc};
  if (asksAhead) {
    Ranges next = entriesAhead(begin, 1, end);
    carried.append({next.begin, next.end});
  }
  auto loop = scf::ForOp::create(builder, program.loc(), begin, end,
                                 program.constant(1), carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  ValueRange before = loop.getRegionIterArgs();
  Value number = loop.getInductionVar();
  SmallVector<Value> after(1);
  if (asksAhead) {
    SegmentReduction walk = rounds.walkOfRows();
    SmallVector<Value> first = walk.firstRows({before[1], before[2]});
    Ranges following = entriesAhead(number, 2, end);
    after.append({following.begin, following.end});
    after[0] = addItem(tiles, number, before[0], [&] { walk.prefetch(first); });
  } else {
    after[0] = addItem(tiles, number, before[0], [] {});
  }
  builder.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(builder, program.loc(), after);
  return loop.getResult(0);
}

/// The sums start from own products, while the first item is on its way.
Value OwnersLowering::startFromOwn(const OperandTiles &tiles, Value tile,
                                   Value begin, Value end) {
  if (!asksAhead)
    return addOwn(tiles, work.owners(tile), zeros(), [] {});
  SegmentReduction walk = rounds.walkOfRows();
  SmallVector<Value> first = walk.firstRows(entriesAhead(begin, 0, end));
  return addOwn(tiles, work.owners(tile), zeros(),
                [&] { walk.prefetch(first); });
}

void OwnersLowering::launch() {
  LaunchNumbers numbers;
  numbers.gridX = work.hostItems();
  numbers.gridY = llvm::divideCeil(op.getN(), schedule.getBlockN());
  numbers.operations = program.hostTimes(program.hostRows(op.getRows()),
                                         2 * op.getK() * op.getN());
  if (!op.getOwn().empty())
    numbers.operations = program.hostPlus(
        numbers.operations, program.hostTimes(program.hostRows(*op.getOwners()),
                                              2 * op.getOwnK() * op.getN()));
  if (segments.lhs)
    numbers.operations = program.hostPlus(
        numbers.operations, segments.lhs->hostOperations(program));
  program.finish(op.getLabel(), numbers);
}

void OwnersLowering::run() {
  if (op.hasSegments())
    program.leaveRegisters(registersOfSegments(op));
  Value tile = work.blockId(tile::Axis::X);
  OperandTiles tiles = rounds.allocateTiles();
  auto [begin, end] = work.itemsOf(tile);
  bool hasOwn = !op.getOwn().empty();
  bool joins = hasOwn && addsSecondToFirst(op);
  Value acc = joins ? startFromOwn(tiles, tile, begin, end) : zeros(), second;
  acc = addItems(tiles, begin, end, acc);
  BlockProgram::Position owners = work.owners(tile);
  if (joins)
    second = addedAlready(program, acc);
  else if (hasOwn)
    second = addOwn(tiles, owners, zeros(), [] {});
  SmallVector<Value> sums = {acc};
  if (second)
    sums.push_back(second);
  storeGemmResult(op, program, owners, sums);
  launch();
}

void pigeon::lowerOwners(kernel::GemmOp op, gpu::GPUModuleOp kernels,
                         StringRef name, Segments &segments) {
  OwnersLowering(op, kernels, name, segments).run();
}
