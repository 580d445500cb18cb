//===- LayoutClasses.cpp - Which tiles are held alike, and how ------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayoutClasses.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"
#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

bool tile::isElementwise(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         op->hasTrait<OpTrait::Elementwise>() && op->getNumResults() == 1 &&
         tileType(op->getResult(0));
}

void LayoutClasses::run() {
  findValues();
  tieAll();
  classes.compress();
  layouts.resize(classes.getNumClasses());
  decide();
}

Layout LayoutClasses::layoutOfTile(Operation *op, Value tile) const {
  if (!isCheap(tile))
    return layoutOf(tile);
  if (auto store = dyn_cast<StoreOp>(op))
    return memoryLayout(store.getRef().getType(), tileType(tile).getShape(),
                        threads);
  return defaultLayout(tileType(tile), threads);
}

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

void LayoutClasses::findValues() {
  function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    ops.push_back(op);
    if (isCheapOp(op)) {
      for (Value result : op->getResults())
        if (tileType(result))
          cheap.insert(result);
    } else {
      for (Value result : op->getResults())
        number(result);
    }
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          number(argument);
  });
  classes.grow(numbers.size());
}

/// What a layout was given to stays as it is.
static bool hasLayout(Operation *op) {
  return llvm::any_of(op->getResultTypes(),
                      [](Type type) { return getLayout(type).has_value(); });
}

bool LayoutClasses::isCheapOp(Operation *op) const {
  if (hasLayout(op))
    return false;
  if (isa<IotaOp, SplatOp, arith::ConstantOp>(op))
    return true;
  bool candidate =
      isa<ExpandOp>(op) ||
      (isElementwise(op) && isa<arith::ArithDialect>(op->getDialect()));
  return candidate && llvm::all_of(op->getOperands(), [&](Value operand) {
           return !tileType(operand) || isCheap(operand);
         });
}

void LayoutClasses::tie(Value a, Value b) {
  if (tileType(a) && tileType(b) && !isCheap(a) && !isCheap(b))
    classes.join(numbers.lookup(a), numbers.lookup(b));
}

void LayoutClasses::tieOp(Operation *op) {
  if (isElementwise(op)) {
    for (Value operand : op->getOperands())
      tie(op->getResult(0), operand);
    return;
  }
  TypeSwitch<Operation *>(op)
      .Case([&](DotOp dot) { tie(dot.getAcc(), dot.getResult()); })
      // On one dimension, indices and mask stand beside every element.
      .Case([&](LoadOp load) {
        if (load.getType().getRank() != 1)
          return;
        tie(load, load.getIndices().front());
        if (load.getMask())
          tie(load, load.getMask());
      })
      .Case([&](StoreOp store) {
        if (store.getValue().getType().getRank() != 1)
          return;
        tie(store.getValue(), store.getIndices().front());
        if (store.getMask())
          tie(store.getValue(), store.getMask());
      })
      .Case([&](scf::ForOp loop) {
        tieRange(loop.getInitArgs(), loop.getRegionIterArgs());
        tieRange(loop.getYieldedValues(), loop.getRegionIterArgs());
        tieRange(loop.getResults(), loop.getRegionIterArgs());
      })
      .Case([&](scf::IfOp branch) {
        for (Region *region : branch.getRegions())
          if (!region->empty())
            tieRange(region->front().getTerminator()->getOperands(),
                     branch.getResults());
      })
      .Case([&](scf::WhileOp loop) {
        tieRange(loop.getInits(), loop.getBeforeArguments());
        tieRange(loop.getYieldOp().getOperands(), loop.getBeforeArguments());
        tieRange(loop.getConditionOp().getArgs(), loop.getAfterArguments());
        tieRange(loop.getResults(), loop.getAfterArguments());
      });
}

void LayoutClasses::tieAll() {
  for (Operation *op : ops)
    tieOp(op);
}

bool LayoutClasses::set(Value value, const Layout &layout, StringRef why) {
  if (!isOpen(value))
    return false;
  layouts[classes[numbers.lookup(value)]] = layout;
  if (auto remark =
          remark::passed(value.getLoc(), remark::RemarkOpts::name("tile-layout")
                                             .category("tile-infer-layouts")
                                             .function(function.getName())))
    remark << (why + ": " + layout.str()).str();
  return true;
}

//===----------------------------------------------------------------------===//
// Rules, strongest first
//===----------------------------------------------------------------------===//

void LayoutClasses::decide() {
  keepGiven();
  decideDots();
  propagateViews();
  for (int64_t rank : {2, 1}) {
    decideLoads(rank);
    propagate();
    decideStores(rank);
    propagate();
    decideRest(rank);
  }
}

void LayoutClasses::keepGiven() {
  for (auto [value, number] : numbers)
    if (std::optional<Layout> given = getLayout(value.getType()))
      set(value, *given, "given");
}

/// Whether a view's registers become this tile, element by element.
static bool isMadeByView(Value value) {
  llvm::SetVector<Value> sources;
  sources.insert(value);
  for (unsigned i = 0; i < sources.size(); ++i) {
    Operation *op = sources[i].getDefiningOp();
    if (isa_and_nonnull<ViewOp>(op))
      return true;
    if (isElementwise(op))
      sources.insert(op->operand_begin(), op->operand_end());
  }
  return false;
}

void LayoutClasses::decideDots() {
  for (Operation *op : ops)
    if (auto dot = dyn_cast<DotOp>(op))
      set(dot.getResult(), dotAccumulatorLayout(dot, threads),
          "accumulator of a dot");
  // Operands come from shared memory in whatever way the dot wants them.
  for (Operation *op : ops) {
    auto dot = dyn_cast<DotOp>(op);
    if (!dot)
      continue;
    auto isShared = [](Value value) {
      auto load = value.getDefiningOp<LoadOp>();
      return (load && load.getRef().getType().isShared()) ||
             isMadeByView(value);
    };
    DotOperands operands = dotOperands(dot, layoutOf(dot.getResult()));
    if (isShared(dot.getA()))
      set(dot.getA(), operands.a, "left operand of a dot");
    if (isShared(dot.getB()))
      set(dot.getB(), operands.b, "right operand of a dot");
  }
}

void LayoutClasses::decideMemory(Value tile, RefType ref, int64_t minRank,
                                 StringRef why) {
  ArrayRef<int64_t> shape = tileType(tile).getShape();
  if (static_cast<int64_t>(shape.size()) >= minRank && isOpen(tile))
    set(tile, memoryLayout(ref, shape, threads), why);
}

void LayoutClasses::decideLoads(int64_t minRank) {
  for (Operation *op : ops)
    if (auto load = dyn_cast<LoadOp>(op))
      decideMemory(load, load.getRef().getType(), minRank, "coalesced load");
}

void LayoutClasses::decideStores(int64_t minRank) {
  for (Operation *op : ops)
    if (auto store = dyn_cast<StoreOp>(op))
      decideMemory(store.getValue(), store.getRef().getType(), minRank,
                   "coalesced store");
}

void LayoutClasses::decideRest(int64_t minRank) {
  for (auto [value, number] : numbers) {
    RankedTensorType type = tileType(value);
    if (type.getRank() < minRank || !isOpen(value))
      continue;
    set(value, defaultLayout(type, threads), "by default");
    propagate();
  }
}

/// Views are free if what they are views of is held as their users want them.
void LayoutClasses::propagateViews() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation *op : ops)
      if (isa<ViewOp, ExpandOp>(op))
        changed |= propagateOp(op);
  }
}

bool LayoutClasses::propagateView(ViewOp view) {
  Value source = view.getSource(), result = view.getResult();
  if (isOpen(source) && isKnown(result)) {
    auto layout = view.getView().sourceOf(layoutOf(result));
    return layout && set(source, *layout, "what a view is of");
  }
  if (!isOpen(result) || isCheap(source) || !isKnown(source))
    return false;
  auto layout = view.getView().resultOf(layoutOf(source));
  return layout && set(result, *layout, "a view");
}

void LayoutClasses::propagate() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation *op : ops)
      changed |= propagateOp(op);
  }
}

bool LayoutClasses::propagateAccess(Value tile, Operation *op,
                                    ValueRange indices, Value mask) {
  if (!isCheap(tile) && !isKnown(tile))
    return false;
  return propagateAccess(layoutOfTile(op, tile), indices, mask);
}

bool LayoutClasses::propagateAccess(const Layout &layout, ValueRange indices,
                                    Value mask) {
  bool changed = false;
  for (auto [dim, index] : llvm::enumerate(indices))
    if (isOpen(index))
      changed |= set(index, along(layout, dim), "index of an access");
  if (mask && isOpen(mask))
    changed |= set(mask, along(layout, 0), "mask of an access");
  return changed;
}

bool LayoutClasses::propagateExpand(ExpandOp expand) {
  Value source = expand.getSource(), result = expand.getResult();
  if (isCheap(source))
    return false;
  int64_t dim = expand.getDim(), extent = expand.getType().getDimSize(dim);
  if (isOpen(source) && isKnown(result))
    return set(source, layoutOf(result).reduce(dim, /*keepDim=*/false),
               "what an expansion repeats");
  if (!isKnown(source) || !isOpen(result))
    return false;
  // Forward only where no thread gets more than it has.
  Layout inserted = layoutOf(source).unsqueeze(dim);
  std::optional<Layout> expanded =
      extent == 1 ? inserted : inserted.expandReplicas(dim, extent);
  return expanded && set(result, *expanded, "expansion over copies");
}

bool LayoutClasses::propagateOp(Operation *op) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](LoadOp load) {
        return propagateAccess(load, load, load.getIndices(), load.getMask());
      })
      .Case([&](StoreOp store) {
        return propagateAccess(store.getValue(), store, store.getIndices(),
                               store.getMask());
      })
      .Case([&](CopyAsyncOp copy) {
        return propagateAccess(copyLayout(copy, threads), copy.getIndices(),
                               copy.getMask());
      })
      .Case([&](PrefetchOp prefetch) {
        return propagateAccess(prefetchLayout(prefetch, threads),
                               prefetch.getRows(), prefetch.getMask());
      })
      .Case([&](ReduceOp reduce) {
        Value source = reduce.getSource(), result = reduce.getResult();
        if (!tileType(result) || !isOpen(result) || isOpen(source))
          return false;
        return set(result,
                   layoutOfTile(reduce, source)
                       .reduce(reduce.getDim(), /*keepDim=*/false),
                   "what a reduction leaves");
      })
      .Case([&](ExpandOp expand) { return propagateExpand(expand); })
      .Case([&](ViewOp view) { return propagateView(view); })
      .Case([&](DotOp dot) {
        if (!isKnown(dot.getResult()))
          return false;
        if (!isOpen(dot.getA()) && !isOpen(dot.getB()))
          return false;
        DotOperands operands = dotOperands(dot, layoutOf(dot.getResult()));
        bool changed = isOpen(dot.getA()) &&
                       set(dot.getA(), operands.a, "left operand of a dot");
        changed |= isOpen(dot.getB()) &&
                   set(dot.getB(), operands.b, "right operand of a dot");
        return changed;
      })
      .Default([](Operation *) { return false; });
}
