//===- LoopPipeliner.cpp - A loop over rings of tiles -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopPipeliner.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;

static SmallVector<Value> resultsOf(const Loads &ops) {
  return llvm::map_to_vector(
      ops, [](Operation *op) -> Value { return op->getResult(0); });
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

Value LoopPipeliner::slotConstant(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

Value LoopPipeliner::later(Value round, int64_t distance) {
  for (; distance > 0; --distance)
    round = builder.createOrFold<arith::AddIOp>(loc, round, loop.getStep());
  return round;
}

Value LoopPipeliner::exists(Value round) {
  return builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt,
                                             round, loop.getUpperBound());
}

SmallVector<Value> LoopPipeliner::zeros(TypeRange types) {
  return llvm::map_to_vector(types, [&](Type type) -> Value {
    return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  });
}

/// scf.if, or one of its sides where the condition is known.
SmallVector<Value>
LoopPipeliner::guarded(Value condition, TypeRange types,
                       function_ref<SmallVector<Value>()> inside,
                       function_ref<SmallVector<Value>()> otherwise) {
  if (matchPattern(condition, m_One()))
    return inside();
  if (matchPattern(condition, m_Zero()))
    return otherwise();
  auto branch = scf::IfOp::create(builder, loc, types, condition,
                                  /*addThenBlock=*/true,
                                  /*addElseBlock=*/!types.empty());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, loc, inside());
  if (!types.empty()) {
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, loc, otherwise());
  }
  return branch.getResults();
}

/// Computes `values` of the old body for `round`, some of them from what is
/// `needed` and known already.
void LoopPipeliner::cloneFor(Value round, ValueRange values,
                             const KnownLoads &needed, IRMapping &known) {
  if (needed.loads)
    known.map(resultsOf(*needed.loads), needed.results);
  known.map(loop.getInductionVar(), round);
  for (Operation *op : staged.slice(values, known))
    builder.clone(*op, known);
}

/// The results of `loads` for `round`; where it does not exist, `otherwise`, or
/// zeros.
SmallVector<Value> LoopPipeliner::loadFor(Value round, const Loads &loads,
                                          const KnownLoads &needed,
                                          ValueRange otherwise) {
  SmallVector<Value> results = resultsOf(loads);
  auto load = [&] {
    IRMapping known;
    cloneFor(round, results, needed, known);
    return llvm::map_to_vector(
        results, [&](Value value) { return known.lookup(value); });
  };
  TypeRange types = ValueRange(results).getTypes();
  return guarded(exists(round), types, load, [&] {
    return otherwise.empty() ? zeros(types) : SmallVector<Value>(otherwise);
  });
}

Value LoopPipeliner::slotOf(StagedTile &tile, Value slot) {
  Value ring = rings[&tile - staged.tiles.begin()];
  return SubviewOp::create(builder, loc, tile.shared.getType(), ring, slot);
}

/// Starts all copies of `round`.
void LoopPipeliner::copyFor(Value round, Value slot, const KnownLoads &needed) {
  IRMapping known;
  for (StagedTile &tile : staged.tiles) {
    if (tile.path != StagePath::Async)
      continue;
    auto load = cast<LoadOp>(tile.loads.front());
    SmallVector<Value> operands = {load.getRef()};
    llvm::append_range(operands, load.getIndices());
    if (load.getMask())
      operands.push_back(load.getMask());
    cloneFor(round, operands, needed, known);
    auto mapped = [&](Value value) { return known.lookupOrDefault(value); };
    CopyAsyncOp::create(builder, load.getLoc(), mapped(load.getRef()),
                        llvm::map_to_vector(load.getIndices(), mapped),
                        load.getMask() ? mapped(load.getMask()) : Value(),
                        slotOf(tile, slot), CopyAsyncOp::cachePolicyOf(load),
                        layout::LayoutAttr::get(builder.getContext(),
                                                *getLayout(load.getType())));
  }
}

Value LoopPipeliner::nextSlot(const Ring &ring) {
  Value next = arith::AddIOp::create(builder, loc, ring.slot, slotConstant(1));
  Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       next, slotConstant(ring.slots));
  return arith::SelectOp::create(builder, loc, isLast, slotConstant(0), next);
}

//===----------------------------------------------------------------------===//
// The new loop
//===----------------------------------------------------------------------===//

void LoopPipeliner::allocateRings() {
  for (StagedTile &tile : staged.tiles) {
    RefType type = tile.shared.getType();
    SmallVector<int64_t> shape(type.getShape());
    shape.insert(shape.begin(),
                 tile.path == StagePath::Async ? copied.slots : stored.slots);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(tile.shared);
    rings.push_back(AllocSharedOp::create(
        builder, tile.shared.getLoc(),
        RefType::get(builder.getContext(), shape, type.getElementType(),
                     type.getSpace())));
  }
}

/// Indices of the first rounds, those first that others need. Returns what the
/// loads of the flow need in each round before its distance.
SmallVector<SmallVector<Value>> LoopPipeliner::startIndices(Flow &flow) {
  size_t depth = flow.group.indices.size();
  flow.indices.resize(depth);
  // The last level needs nothing.
  SmallVector<SmallVector<Value>> rounds(flow.distance + depth + 1);
  for (size_t level = depth; level-- > 0;) {
    SmallVector<SmallVector<Value>> needed = std::exchange(rounds, {});
    for (size_t round = 0; round <= flow.distance + level; ++round)
      rounds.push_back(loadFor(later(loop.getLowerBound(), round),
                               flow.group.indices[level],
                               flow.known(level + 1, needed[round]), {}));
    flow.indices[level] = rounds.back();
  }
  return rounds;
}

/// Indices first, all of them, so that no copy waits for its own only.
void LoopPipeliner::writePrologue() {
  // Inside another loop the last rounds of the previous run may not be over.
  if (!isa<FuncOp>(loop->getParentOp()))
    BarrierOp::create(builder, loc);
  if (!registers.group.loads.empty()) {
    auto indices = startIndices(registers);
    data = loadFor(loop.getLowerBound(), registers.group.loads,
                   registers.known(0, indices.front()), {});
  }
  if (!staged.has(StagePath::Async))
    return;
  auto indices = startIndices(async);
  for (int64_t round = 0; round < async.distance; ++round) {
    Value at = later(loop.getLowerBound(), round);
    auto copy = [&]() -> SmallVector<Value> {
      copyFor(at, slotConstant(round), async.known(0, indices[round]));
      return {};
    };
    guarded(exists(at), {}, copy, [] { return SmallVector<Value>(); });
    CommitAsyncOp::create(builder, loc);
  }
}

/// Each level takes what it needs from the next, which is a round ahead of it.
void LoopPipeliner::nextIndices(Flow &flow) {
  for (size_t level = 0; level < flow.indices.size(); ++level) {
    Value round = later(pipelined.getInductionVar(), flow.distance + level + 1);
    flow.indices[level] = loadFor(round, flow.group.indices[level],
                                  flow.known(level + 1), flow.indices[level]);
  }
}

/// Starts what later rounds need; leaves in the flows what the loop carries on.
void LoopPipeliner::startNext() {
  Value round = pipelined.getInductionVar();
  if (staged.has(StagePath::Async)) {
    Value at = later(round, async.distance);
    // The slot before this round's.
    Value isFirst = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::eq, copied.slot, slotConstant(0));
    Value before =
        arith::SubIOp::create(builder, loc, copied.slot, slotConstant(1));
    Value slot = arith::SelectOp::create(
        builder, loc, isFirst, slotConstant(copied.slots - 1), before);
    auto copy = [&]() -> SmallVector<Value> {
      copyFor(at, slot, async.known());
      return {};
    };
    guarded(exists(at), {}, copy, [] { return SmallVector<Value>(); });
    CommitAsyncOp::create(builder, loc);
    nextIndices(async);
  }
  if (!data.empty()) {
    data = loadFor(later(round, 1), registers.group.loads, registers.known(),
                   data);
    nextIndices(registers);
  }
}

void LoopPipeliner::writeBody() {
  for (StagedTile &tile : staged.tiles)
    mapping.map(tile.shared.getResult(),
                slotOf(tile, tile.path == StagePath::Async ? copied.slot
                                                           : stored.slot));
  mapping.map(resultsOf(registers.group.loads), data);
  auto isCopied = [&](Operation *op) {
    return llvm::any_of(staged.tiles, [&](StagedTile &tile) {
      return tile.store == op && tile.path == StagePath::Async;
    });
  };
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (&op == staged.before || isCopied(&op) ||
        registers.group.loads.contains(&op))
      continue;
    if (&op == staged.after) {
      if (staged.has(StagePath::Async))
        WaitAsyncOp::create(builder, loc, async.distance - 1);
      builder.clone(op, mapping);
      startNext();
      continue;
    }
    builder.clone(op, mapping);
  }
}

/// Indices of all levels, and data, from one round to the next.
SmallVector<Value> LoopPipeliner::carriedOn() {
  SmallVector<Value> values;
  for (Flow *flow : {&async, &registers})
    for (SmallVector<Value> &level : flow->indices)
      llvm::append_range(values, level);
  llvm::append_range(values, data);
  return values;
}

void LoopPipeliner::writeLoop() {
  SmallVector<Value> inits(loop.getInitArgs());
  size_t numOwn = inits.size();
  llvm::append_range(inits, carriedOn());
  SmallVector<Ring *> used;
  if (staged.has(StagePath::Async))
    used.push_back(&copied);
  if (staged.has(StagePath::Registers) || staged.has(StagePath::InPlace))
    used.push_back(&stored);
  inits.append(used.size(), slotConstant(0));
  pipelined = scf::ForOp::create(
      builder, loc, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(),
      inits, [](OpBuilder &, Location, Value, ValueRange) {});
  mapping.map(loop.getInductionVar(), pipelined.getInductionVar());
  ValueRange carried = pipelined.getRegionIterArgs();
  auto take = [&](size_t count) {
    SmallVector<Value> values(carried.take_front(count));
    carried = carried.drop_front(count);
    return values;
  };
  mapping.map(loop.getRegionIterArgs(), take(numOwn));
  for (Flow *flow : {&async, &registers})
    for (SmallVector<Value> &level : flow->indices)
      level = take(level.size());
  data = take(data.size());
  for (Ring *ring : used)
    ring->slot = take(1).front();

  builder.setInsertionPointToStart(pipelined.getBody());
  writeBody();
  SmallVector<Value> yielded;
  for (Value value : loop.getYieldedValues())
    yielded.push_back(mapping.lookupOrDefault(value));
  llvm::append_range(yielded, carriedOn());
  for (Ring *ring : used)
    yielded.push_back(nextSlot(*ring));
  scf::YieldOp::create(builder, loc, yielded);
}

/// Loads that come early have left copies behind that nobody reads.
void LoopPipeliner::finish() {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(*pipelined.getBody())))
    if (isOpTriviallyDead(&op))
      op.erase();
  loop.replaceAllUsesWith(
      pipelined.getResults().take_front(loop.getNumResults()));
  loop.erase();
  for (StagedTile &tile : staged.tiles)
    tile.shared->erase();
}

void LoopPipeliner::run() {
  copied = {stages, {}};
  stored = {2, {}};
  async = {staged.copied(), stages - 1, {}};
  registers = {staged.inRegisters(), 1, {}};
  builder.setInsertionPoint(loop);
  allocateRings();
  writePrologue();
  writeLoop();
  finish();
}
