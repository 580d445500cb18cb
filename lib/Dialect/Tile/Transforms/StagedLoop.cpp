//===- StagedLoop.cpp - A loop that fills shared tiles ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedLoop.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;

/// cp.async moves no less.
static constexpr int64_t kMinCopyBytes = 4;

static bool isLoad(Operation *op) {
  return isa_and_nonnull<LoadOp, LoadScalarOp>(op);
}

static Value refOf(Operation *load) { return load->getOperand(0); }

FailureOr<StagedLoop> StagedLoop::read(scf::ForOp loop, std::string &whyNot) {
  StagedLoop staged(loop);
  if (failed(staged.findBarriers(whyNot)) || failed(staged.findTiles(whyNot)))
    return failure();
  for (StagedTile &tile : staged.tiles)
    staged.choosePath(tile);
  return staged;
}

//===----------------------------------------------------------------------===//
// The shape
//===----------------------------------------------------------------------===//

LogicalResult StagedLoop::findBarriers(std::string &whyNot) {
  for (auto barrier : loop.getBody()->getOps<BarrierOp>()) {
    if (before) {
      after = barrier;
      return success();
    }
    before = barrier;
  }
  whyNot = "it has no two barriers with stores to shared memory between them";
  return failure();
}

/// Whether the store fills its array.
static bool isWhole(StoreOp store) {
  auto isZero = [](Value index) { return matchPattern(index, m_Zero()); };
  return !store.getMask() &&
         store.getValue().getType().getShape() ==
             store.getRef().getType().getShape() &&
         llvm::all_of(store.getIndices(), isZero);
}

LogicalResult StagedLoop::findTiles(std::string &whyNot) {
  for (Operation *op = before->getNextNode(); op != after;
       op = op->getNextNode()) {
    if (isMemoryEffectFree(op))
      continue;
    auto store = dyn_cast<StoreOp>(op);
    auto shared =
        store ? store.getRef().getDefiningOp<AllocSharedOp>() : AllocSharedOp();
    if (!shared || !loop.isDefinedOutsideOfLoop(shared) || !isWhole(store)) {
      whyNot = "between its barriers stands something else than stores of "
               "whole tiles to shared arrays";
      return failure();
    }
    for (Operation *user : shared->getUsers()) {
      bool isRead = user == store || isa<LoadOp, LoadScalarOp, SubviewOp>(user);
      bool isAfter =
          user == store || (loop->isProperAncestor(user) &&
                            after->isBeforeInBlock(
                                loop.getBody()->findAncestorOpInBlock(*user)));
      if (isRead && isAfter)
        continue;
      whyNot = "a shared array that it fills is used elsewhere";
      return failure();
    }
    tiles.push_back({shared, store, StagePath::InPlace, {}});
  }
  if (!tiles.empty())
    return success();
  whyNot = "it stores nothing to shared memory between its barriers";
  return failure();
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

SmallVector<Operation *> StagedLoop::slice(ValueRange values,
                                           const IRMapping &known) {
  llvm::SetVector<Operation *> ops;
  SmallVector<Value> todo(values);
  while (!todo.empty()) {
    Value value = todo.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (known.contains(value) || !op || loop.isDefinedOutsideOfLoop(value) ||
        !ops.insert(op))
      continue;
    llvm::append_range(todo, op->getOperands());
  }
  auto sorted = ops.takeVector();
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return SmallVector<Operation *>(sorted.begin(), sorted.end());
}

Loads StagedLoop::nearestLoads(ValueRange values) {
  Loads loads;
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> todo(values);
  while (!todo.empty()) {
    Value value = todo.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!op || loop.isDefinedOutsideOfLoop(value) || !seen.insert(op).second)
      continue;
    if (isLoad(op))
      loads.insert(op);
    else
      llvm::append_range(todo, op->getOperands());
  }
  return loads;
}

//===----------------------------------------------------------------------===//
// Paths
//===----------------------------------------------------------------------===//

/// Whether no round of the loop writes the array.
bool StagedLoop::isUnchanged(Value ref) {
  while (auto view = ref.getDefiningOp<SubviewOp>())
    ref = view.getRef();
  auto function = loop->getParentOfType<FuncOp>();
  auto argument = dyn_cast<BlockArgument>(ref);
  if (!argument || argument.getOwner() != &function.getBody().front())
    return false;
  for (StringRef attribute : {TileDialect::kReadonly, TileDialect::kUnwritten})
    if (function.getArgAttr(argument.getArgNumber(), attribute))
      return true;
  WalkResult result = loop.walk([&](StoreOp store) {
    return store.getRef().getType().isShared() ? WalkResult::advance()
                                               : WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}

/// Whether the op could as well be done for a later round.
bool StagedLoop::mayRunAhead(Operation *op) {
  for (Operation *part : slice(op->getResults(), {})) {
    for (Value operand : part->getOperands()) {
      auto argument = dyn_cast<BlockArgument>(operand);
      if (argument && argument.getOwner() == loop.getBody() &&
          operand != loop.getInductionVar())
        return false;
    }
    if (part->getNumRegions() != 0)
      return false;
    if (isLoad(part) ? !isUnchanged(refOf(part)) : !isMemoryEffectFree(part))
      return false;
  }
  return true;
}

/// Whether the tile is what one load brings, in pieces that can be copied.
bool StagedLoop::mayCopy(StagedTile &tile) {
  Value value = tile.store.getValue();
  while (auto convert = value.getDefiningOp<ConvertLayoutOp>())
    value = convert.getSource();
  auto load = value.getDefiningOp<LoadOp>();
  if (!load || load->hasAttr(TileDialect::kThroughRegisters))
    return false;
  if (load.getOther() && !matchPattern(load.getOther(), m_AnyZeroFloat()) &&
      !matchPattern(load.getOther(), m_Zero()))
    return false;
  RefType ref = load.getRef().getType();
  std::optional<layout::Layout> held = getLayout(load.getType());
  int64_t last = ref.getRank() - 1;
  int64_t width = held ? held->vectorWidthPow2(last) : 1;
  if (last > 0)
    width = std::gcd(width, ref.getStride(last - 1));
  return !ref.isShared() && width * ref.getElementBytes() >= kMinCopyBytes;
}

void StagedLoop::choosePath(StagedTile &tile) {
  tile.loads = nearestLoads(tile.store.getValue());
  bool early =
      !tile.loads.empty() &&
      llvm::all_of(tile.loads, [&](Operation *op) { return mayRunAhead(op); });
  if (!early)
    tile.path = StagePath::InPlace;
  else
    tile.path = mayCopy(tile) ? StagePath::Async : StagePath::Registers;
}

//===----------------------------------------------------------------------===//
// What comes early
//===----------------------------------------------------------------------===//

Loads StagedLoop::loadsOf(StagePath path) {
  Loads loads;
  for (StagedTile &tile : tiles)
    if (tile.path == path)
      loads.insert_range(tile.loads);
  return loads;
}

StageGroup StagedLoop::withIndices(Loads loads) {
  StageGroup group;
  group.loads = std::move(loads);
  const Loads *needing = &group.loads;
  while (true) {
    Loads indices;
    for (Operation *load : *needing)
      indices.insert_range(nearestLoads(load->getOperands()));
    if (indices.empty())
      return group;
    group.indices.push_back(std::move(indices));
    needing = &group.indices.back();
  }
}

StageGroup StagedLoop::copied() {
  return withIndices(loadsOf(StagePath::Async));
}

llvm::DenseSet<Operation *> StagedLoop::stillNeeded(const Loads &early) {
  auto isCopied = [&](Operation *op) {
    return llvm::any_of(tiles, [&](StagedTile &tile) {
      return tile.store == op && tile.path == StagePath::Async;
    });
  };
  llvm::DenseSet<Operation *> needed;
  for (Operation &op : llvm::reverse(*loop.getBody())) {
    bool isRoot = !isMemoryEffectFree(&op) && !isLoad(&op) && !isCopied(&op);
    auto isUsed = [&](Operation *user) {
      return needed.contains(loop.getBody()->findAncestorOpInBlock(*user));
    };
    if (early.contains(&op) ||
        (!isRoot && !op.hasTrait<OpTrait::IsTerminator>() &&
         llvm::none_of(op.getUsers(), isUsed)))
      continue;
    needed.insert(&op);
  }
  return needed;
}

bool StagedLoop::dependsOnRound(Operation *op) {
  return llvm::any_of(slice(op->getResults(), {}), [&](Operation *part) {
    return llvm::is_contained(part->getOperands(), loop.getInductionVar());
  });
}

StageGroup StagedLoop::inRegisters() {
  Loads early = loadsOf(StagePath::Registers);
  llvm::DenseSet<Operation *> needed = stillNeeded(early);
  // Whole numbers are what positions, masks and bounds are made of.
  for (Operation &op : loop.getBody()->without_terminator())
    if (isLoad(&op) && needed.contains(&op) &&
        getElementTypeOrSelf(op.getResult(0).getType()).isInteger() &&
        dependsOnRound(&op) && mayRunAhead(&op))
      early.insert(&op);
  return withIndices(std::move(early));
}
