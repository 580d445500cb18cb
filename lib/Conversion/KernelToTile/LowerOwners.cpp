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
//   acc = 0
//   for item in the block's:
//     for k0 in 0, block_k, ... K:
//       barrier; fill the tiles of k0
//       acc += their product, for owners that have a row of the item
//   for k0 in 0, block_k, ... own K: the same for own rows
//   out[owners] = epilogue(acc, addends)
//
// An item has the row of an owner at the owner's place in the tile, and a gap
// where the owner has none, which adds nothing, whatever it is multiplied with.
// So the sum over keys is that of the accumulators: no row needs memory, and
// none is added by two threads. The order of the sum is that of the keys,
// whatever the device is.
//
// The rhs of an item is on its way while its rows are walked; the waiting of
// one block is hidden by others.
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
        work(op, program, segments), rounds(op, program, work, segments) {}

  void run();

private:
  Value zeros() {
    return program.splatConstant(
        RankedTensorType::get({schedule.getBlockM(), schedule.getBlockN()},
                              program.f32()),
        0.0);
  }
  Value addItem(const OperandTiles &tiles, Value number, Value acc);
  Value addItems(const OperandTiles &tiles, Value tile, Value acc);
  Value addOwn(const OperandTiles &tiles, const BlockProgram::Position &owners,
               Value acc);
  void launch();

  kernel::GemmOp op;
  kernel::GemmScheduleAttr schedule;
  BlockProgram program;
  OpBuilder &builder;
  Segments &segments;
  GemmWork work;
  GemmRounds rounds;
};

} // namespace

Value OwnersLowering::addItem(const OperandTiles &tiles, Value number,
                              Value acc) {
  GemmItem item = work.start(number);
  return rounds
      .loop(op.getK(), schedule.getBlockK(), acc,
            [&](Value k0, ValueRange sum) {
              tile::BarrierOp::create(builder, program.loc());
              rounds.fillTilesOnce(tiles, item, k0, [] {});
              return rounds.multiply(tiles, item, k0, sum);
            })
      .front();
}

Value OwnersLowering::addItems(const OperandTiles &tiles, Value tile,
                               Value acc) {
  Location loc = program.loc();
  auto [begin, end] = work.itemsOf(tile);
  auto loop =
      scf::ForOp::create(builder, loc, begin, end, program.constant(1), acc);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value sum =
      addItem(tiles, loop.getInductionVar(), loop.getRegionIterArgs().front());
  builder.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(builder, loc, sum);
  return loop.getResult(0);
}

Value OwnersLowering::addOwn(const OperandTiles &tiles,
                             const BlockProgram::Position &owners, Value acc) {
  return rounds
      .loop(op.getOwnK(), schedule.getBlockK(), acc,
            [&](Value k0, ValueRange sum) {
              tile::BarrierOp::create(builder, program.loc());
              rounds.fillOwnTiles(tiles, owners, k0);
              return rounds.multiply(tiles, GemmItem(), k0, sum);
            })
      .front();
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
  Value acc = addItems(tiles, tile, zeros()), second;
  BlockProgram::Position owners = work.owners(tile);
  if (!op.getOwn().empty()) {
    bool joins = addsSecondToFirst(op);
    second = addOwn(tiles, owners, joins ? acc : zeros());
    if (joins) {
      acc = second;
      second = addedAlready(program, acc);
    }
  }
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
