//===- InferLayouts.cpp - A layout for every register tile ---------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tiles that must or should be held alike form a class. A class gets one
// layout: the first of what the rules below give it, strongest rule first. Then
// the function is rewritten op by op: each operand is brought into the layout
// that its op wants.
//
// Tiles that are cheap to compute belong to no class; they are computed again
// in each layout that somebody wants.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileLayout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"
#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"
#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

namespace pigeon::tile {
#define GEN_PASS_DEF_TILEINFERLAYOUTSPASS
#include "pigeon/Dialect/Tile/Transforms/Passes.h.inc"
} // namespace pigeon::tile

static RankedTensorType tileType(Value value) {
  return dyn_cast<RankedTensorType>(value.getType());
}

/// Elementwise on tiles: all of them, and the result, are held alike.
static bool isElementwise(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         op->hasTrait<OpTrait::Elementwise>() && op->getNumResults() == 1 &&
         tileType(op->getResult(0));
}

namespace {

//===----------------------------------------------------------------------===//
// Classes of values and their layouts
//===----------------------------------------------------------------------===//

/// Decides the layouts of one function; changes nothing.
class LayoutClasses {
public:
  explicit LayoutClasses(FuncOp function)
      : function(function), threads(function.getThreads()) {}

  void run() {
    findValues();
    tieAll();
    classes.compress();
    layouts.resize(classes.getNumClasses());
    decide();
  }

  bool isCheap(Value value) const { return cheap.contains(value); }

  /// The layout of a tile that belongs to a class.
  const Layout &layoutOf(Value value) const {
    return *layouts[classes[numbers.lookup(value)]];
  }

  /// How `op` (a load, store or reduce) holds its tile.
  Layout layoutOfTile(Operation *op, Value tile) const {
    if (!isCheap(tile))
      return layoutOf(tile);
    if (auto store = dyn_cast<StoreOp>(op))
      return memoryLayout(store.getRef().getType(), tileType(tile).getShape(),
                          threads);
    return defaultLayout(tileType(tile), threads);
  }

  ArrayRef<Operation *> allOps() const { return ops; }

private:
  void findValues();
  void number(Value value) {
    if (tileType(value))
      numbers.try_emplace(value, numbers.size());
  }
  bool isCheapOp(Operation *op) const;

  void tie(Value a, Value b);
  void tieRange(ValueRange a, ValueRange b) {
    for (auto [left, right] : llvm::zip_equal(a, b))
      tie(left, right);
  }
  void tieAll();
  void tieOp(Operation *op);

  bool isKnown(Value value) const {
    return !isCheap(value) && layouts[classes[numbers.lookup(value)]];
  }
  bool isOpen(Value value) const {
    return tileType(value) && !isCheap(value) && !isKnown(value);
  }
  bool set(Value value, const Layout &layout, StringRef why);
  void decide();
  void keepGiven();
  void decideDots();
  void decideMemory(int64_t minRank);
  void decideRest(int64_t minRank);
  void propagate();
  bool propagateOp(Operation *op);
  bool propagateAccess(Value tile, Operation *op, ValueRange indices,
                       Value mask);

  FuncOp function;
  int64_t threads;
  SmallVector<Operation *> ops;
  llvm::DenseSet<Value> cheap;
  llvm::MapVector<Value, unsigned> numbers;
  llvm::IntEqClasses classes;
  std::vector<std::optional<Layout>> layouts;
};

} // namespace

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
  decideMemory(/*minRank=*/2);
  propagate();
  decideRest(/*minRank=*/2);
  propagate();
  decideMemory(/*minRank=*/1);
  propagate();
  decideRest(/*minRank=*/1);
}

void LayoutClasses::keepGiven() {
  for (auto [value, number] : numbers)
    if (std::optional<Layout> given = getLayout(value.getType()))
      set(value, *given, "given");
}

void LayoutClasses::decideDots() {
  for (Operation *op : ops)
    if (auto dot = dyn_cast<DotOp>(op))
      set(dot.getResult(), accumulatorLayout(dot.getType().getShape(), threads),
          "accumulator of a dot");
  // Operands come from shared memory in whatever way the dot wants them.
  for (Operation *op : ops) {
    auto dot = dyn_cast<DotOp>(op);
    if (!dot)
      continue;
    auto isShared = [](Value value) {
      auto load = value.getDefiningOp<LoadOp>();
      return load && load.getRef().getType().isShared();
    };
    const Layout &acc = layoutOf(dot.getResult());
    int64_t k = dot.getA().getType().getDimSize(1);
    if (isShared(dot.getA()))
      set(dot.getA(), leftOperandLayout(acc, k), "left operand of a dot");
    if (isShared(dot.getB()))
      set(dot.getB(), rightOperandLayout(acc, k), "right operand of a dot");
  }
}

void LayoutClasses::decideMemory(int64_t minRank) {
  auto decideTile = [&](Value tile, RefType ref, StringRef why) {
    ArrayRef<int64_t> shape = tileType(tile).getShape();
    if (static_cast<int64_t>(shape.size()) >= minRank && isOpen(tile))
      set(tile, memoryLayout(ref, shape, threads), why);
  };
  for (Operation *op : ops) {
    if (auto load = dyn_cast<LoadOp>(op))
      decideTile(load, load.getRef().getType(), "coalesced load");
    if (auto store = dyn_cast<StoreOp>(op))
      decideTile(store.getValue(), store.getRef().getType(), "coalesced store");
  }
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
  Layout layout = layoutOfTile(op, tile);
  bool changed = false;
  for (auto [dim, index] : llvm::enumerate(indices))
    if (isOpen(index))
      changed |= set(index, along(layout, dim), "index of an access");
  if (mask && isOpen(mask))
    changed |= set(mask, along(layout, 0), "mask of an access");
  return changed;
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
      .Case([&](ReduceOp reduce) {
        Value source = reduce.getSource(), result = reduce.getResult();
        if (!tileType(result) || !isOpen(result) || isOpen(source))
          return false;
        return set(result,
                   layoutOfTile(reduce, source)
                       .reduce(reduce.getDim(), /*keepDim=*/false),
                   "what a reduction leaves");
      })
      .Case([&](ExpandOp expand) {
        Value source = expand.getSource(), result = expand.getResult();
        if (!isOpen(source) || isCheap(result) || !isKnown(result))
          return false;
        return set(source,
                   layoutOf(result).reduce(expand.getDim(), /*keepDim=*/false),
                   "what an expansion repeats");
      })
      .Case([&](DotOp dot) {
        if (!isKnown(dot.getResult()))
          return false;
        const Layout &acc = layoutOf(dot.getResult());
        int64_t k = dot.getA().getType().getDimSize(1);
        bool changed =
            isOpen(dot.getA()) &&
            set(dot.getA(), leftOperandLayout(acc, k), "left operand of a dot");
        changed |=
            isOpen(dot.getB()) && set(dot.getB(), rightOperandLayout(acc, k),
                                      "right operand of a dot");
        return changed;
      })
      .Default([](Operation *) { return false; });
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

namespace {

/// Writes the layouts into the function, with the conversions they need.
class LayoutRewriter {
public:
  explicit LayoutRewriter(const LayoutClasses &classes) : classes(classes) {}

  void run();

private:
  void setResultTypes(Operation *op);
  void bringOperands(Operation *op);
  void bringAccess(Operation *op, const Layout &layout,
                   MutableOperandRange indices, MutableOperandRange mask);
  /// Brings one operand into a layout.
  void bring(OpOperand &operand, const Layout &layout) {
    if (tileType(operand.get()))
      operand.set(inLayout(operand.get(), layout));
  }
  /// Brings operands into the layouts that values already have.
  void bringLike(MutableOperandRange operands, ValueRange values);
  Value inLayout(Value value, const Layout &layout);
  Value recompute(Value value, const Layout &layout);
  void setInsertionPointAfter(OpBuilder &builder, Value value);
  void eraseUnused();

  const LayoutClasses &classes;
  /// What was made of a value, per type.
  llvm::DenseMap<std::pair<Value, Type>, Value> made;
};

} // namespace

void LayoutRewriter::run() {
  for (Operation *op : classes.allOps())
    setResultTypes(op);
  for (Operation *op : classes.allOps())
    bringOperands(op);
  eraseUnused();
}

void LayoutRewriter::setResultTypes(Operation *op) {
  auto setType = [&](Value value) {
    if (tileType(value) && !classes.isCheap(value))
      value.setType(withLayout(tileType(value), classes.layoutOf(value)));
  };
  for (Value result : op->getResults())
    setType(result);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (Value argument : block.getArguments())
        setType(argument);
  // A reduction has no choice; its users convert if they want it otherwise.
  if (auto reduce = dyn_cast<ReduceOp>(op))
    if (RankedTensorType type = tileType(reduce.getResult()))
      reduce.getResult().setType(
          withLayout(type, classes.layoutOfTile(reduce, reduce.getSource())
                               .reduce(reduce.getDim(), /*keepDim=*/false)));
}

void LayoutRewriter::bringLike(MutableOperandRange operands,
                               ValueRange values) {
  for (auto [operand, value] : llvm::zip_equal(operands, values))
    if (tileType(value))
      bring(operand, *getLayout(value.getType()));
}

void LayoutRewriter::bringAccess(Operation *op, const Layout &layout,
                                 MutableOperandRange indices,
                                 MutableOperandRange mask) {
  for (auto [dim, index] : llvm::enumerate(indices))
    bring(index, along(layout, dim));
  for (OpOperand &operand : mask)
    bring(operand, along(layout, 0));
}

void LayoutRewriter::bringOperands(Operation *op) {
  // What is cheap stays without a layout and dies with its last user.
  if (llvm::any_of(op->getResults(),
                   [&](Value result) { return classes.isCheap(result); }))
    return;
  if (isElementwise(op)) {
    const Layout &layout = classes.layoutOf(op->getResult(0));
    for (OpOperand &operand : op->getOpOperands())
      bring(operand, layout);
    return;
  }
  TypeSwitch<Operation *>(op)
      .Case([&](LoadOp load) {
        bringAccess(load, classes.layoutOf(load), load.getIndicesMutable(),
                    load.getMaskMutable());
      })
      .Case([&](StoreOp store) {
        Layout layout = classes.layoutOfTile(store, store.getValue());
        bring(store.getValueMutable(), layout);
        bringAccess(store, layout, store.getIndicesMutable(),
                    store.getMaskMutable());
      })
      .Case([&](ReduceOp reduce) {
        bring(reduce.getSourceMutable(),
              classes.layoutOfTile(reduce, reduce.getSource()));
      })
      .Case([&](ExpandOp expand) {
        bring(expand.getSourceMutable(),
              classes.layoutOf(expand).reduce(expand.getDim(),
                                              /*keepDim=*/false));
      })
      .Case([&](DotOp dot) {
        const Layout &acc = classes.layoutOf(dot.getResult());
        int64_t k = dot.getA().getType().getDimSize(1);
        bring(dot.getAMutable(), leftOperandLayout(acc, k));
        bring(dot.getBMutable(), rightOperandLayout(acc, k));
        bring(dot.getAccMutable(), acc);
      })
      .Case([&](ConvertLayoutOp convert) {
        bring(convert.getSourceMutable(),
              classes.layoutOfTile(convert, convert.getSource()));
      })
      .Case([&](scf::ForOp loop) {
        bringLike(loop.getInitArgsMutable(), loop.getRegionIterArgs());
        bringLike(cast<scf::YieldOp>(loop.getBody()->getTerminator())
                      .getResultsMutable(),
                  loop.getRegionIterArgs());
      })
      .Case([&](scf::IfOp branch) {
        for (Region *region : branch.getRegions())
          if (!region->empty())
            bringLike(cast<scf::YieldOp>(region->front().getTerminator())
                          .getResultsMutable(),
                      branch.getResults());
      })
      .Case([&](scf::WhileOp loop) {
        bringLike(loop.getInitsMutable(), loop.getBeforeArguments());
        bringLike(loop.getYieldOp().getResultsMutable(),
                  loop.getBeforeArguments());
        bringLike(loop.getConditionOp().getArgsMutable(),
                  loop.getAfterArguments());
      });
}

void LayoutRewriter::setInsertionPointAfter(OpBuilder &builder, Value value) {
  builder.setInsertionPointAfterValue(value);
}

Value LayoutRewriter::inLayout(Value value, const Layout &layout) {
  RankedTensorType wanted = withLayout(tileType(value), layout);
  if (value.getType() == wanted)
    return value;
  Value &known = made[{value, wanted}];
  if (known)
    return known;
  if (classes.isCheap(value)) {
    Value computed = recompute(value, layout);
    return made[{value, wanted}] = computed;
  }
  OpBuilder builder(value.getContext());
  setInsertionPointAfter(builder, value);
  known = ConvertLayoutOp::create(builder, value.getLoc(), wanted, value);
  if (auto remark = remark::missed(value.getLoc(),
                                   remark::RemarkOpts::name("tile-convert")
                                       .category("tile-infer-layouts")))
    remark << "is needed in two layouts: " + getLayout(value.getType())->str() +
                  " and " + layout.str();
  return known;
}

Value LayoutRewriter::recompute(Value value, const Layout &layout) {
  Operation *op = value.getDefiningOp();
  RankedTensorType type = withLayout(tileType(value), layout);
  OpBuilder builder(op->getContext());
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    if (!tileType(operand))
      continue;
    auto expand = dyn_cast<ExpandOp>(op);
    mapping.map(operand,
                inLayout(operand, expand ? layout.reduce(expand.getDim(),
                                                         /*keepDim=*/false)
                                         : layout));
  }
  builder.setInsertionPointAfter(op);
  Operation *clone = builder.clone(*op, mapping);
  clone->getResult(0).setType(type);
  if (auto constant = dyn_cast<arith::ConstantOp>(clone))
    constant.setValueAttr(
        cast<DenseElementsAttr>(constant.getValue()).reshape(type));
  return clone->getResult(0);
}

void LayoutRewriter::eraseUnused() {
  for (Operation *op : llvm::reverse(classes.allOps()))
    if (llvm::any_of(op->getResults(),
                     [&](Value result) { return classes.isCheap(result); }) &&
        op->use_empty())
      op->erase();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// No thread has registers for more.
static constexpr int64_t kMaxElementsPerThread = 1024;

/// Whether the elements of a tile are at most `limit`, without overflow.
static bool isAtMost(RankedTensorType type, int64_t limit) {
  for (int64_t extent : type.getShape()) {
    if (extent > limit)
      return false;
    limit /= std::max<int64_t>(extent, 1);
  }
  return true;
}

/// Only ops that the rules know may hold tiles, and only tiles that fit.
static LogicalResult checkOp(Operation *op, int64_t threads) {
  auto isTile = [](Type type) { return isa<RankedTensorType>(type); };
  bool tiles = llvm::any_of(op->getOperandTypes(), isTile) ||
               llvm::any_of(op->getResultTypes(), isTile);
  if (tiles && !isElementwise(op) &&
      !isa<TileDialect, scf::SCFDialect>(op->getDialect()) &&
      !isa<arith::ConstantOp>(op))
    return op->emitOpError("is not supported on register tiles");
  for (Type type : op->getResultTypes()) {
    if (!isTile(type))
      continue;
    int64_t limit = threads * kMaxElementsPerThread;
    if (!isAtMost(cast<RankedTensorType>(type), limit))
      return op->emitOpError("expected tiles of at most ")
             << limit << " elements over " << threads << " threads, but found "
             << type;
    std::optional<Layout> given = getLayout(type);
    if (given && given->numThreads() != threads)
      return op->emitOpError("expected a layout over the ")
             << threads << " threads of the function, but found one over "
             << given->numThreads();
  }
  return success();
}

namespace {
struct TileInferLayoutsPass
    : pigeon::tile::impl::TileInferLayoutsPassBase<TileInferLayoutsPass> {
  void runOnOperation() override {
    for (FuncOp function : getOperation().getOps<FuncOp>()) {
      if (failed(check(function)))
        return signalPassFailure();
      LayoutClasses classes(function);
      classes.run();
      LayoutRewriter(classes).run();
    }
  }

  static LogicalResult check(FuncOp function) {
    WalkResult result = function.getBody().walk([&](Operation *op) {
      return failed(checkOp(op, function.getThreads()))
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }
};
} // namespace
