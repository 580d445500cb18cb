//===- InferLayouts.cpp - A layout for every register tile ---------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LayoutClasses decides; here the function is rewritten op by op: each operand
// is brought into the layout that its op wants.
//
//===----------------------------------------------------------------------===//

#include "LayoutClasses.h"

#include "pigeon/Dialect/Tile/IR/TileLayout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"
#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"
#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

namespace pigeon::tile {
#define GEN_PASS_DEF_TILEINFERLAYOUTSPASS
#include "pigeon/Dialect/Tile/Transforms/Passes.h.inc"
} // namespace pigeon::tile

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

namespace {

/// Writes the layouts into the function, with the conversions they need.
class LayoutRewriter {
public:
  explicit LayoutRewriter(const LayoutClasses &classes) : classes(classes) {}

  LogicalResult run();

private:
  void setResultTypes(Operation *op);
  LogicalResult chooseView(ViewOp view);
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
  bool isRepeatable(Value value) const;
  void eraseUnused();

  const LayoutClasses &classes;
  /// What was made of a value, per type.
  llvm::DenseMap<std::pair<Value, Type>, Value> made;
};

} // namespace

LogicalResult LayoutRewriter::run() {
  for (Operation *op : classes.allOps())
    setResultTypes(op);
  for (Operation *op : classes.allOps())
    if (auto view = dyn_cast<ViewOp>(op))
      if (failed(chooseView(view)))
        return failure();
  for (Operation *op : classes.allOps())
    bringOperands(op);
  eraseUnused();
  return success();
}

/// A view whose class wants it as no view can be has the layout that its source
/// gives it; its users convert.
LogicalResult LayoutRewriter::chooseView(ViewOp view) {
  layout::View words = view.getView();
  if (words.sourceOf(classes.layoutOf(view)))
    return success();
  Value source = view.getSource();
  auto layout = classes.isCheap(source)
                    ? std::nullopt
                    : words.resultOf(classes.layoutOf(source));
  if (!layout)
    return view.emitOpError("finds no layout in which its source, ")
           << source.getType() << ", is its result";
  view.getResult().setType(withLayout(view.getType(), *layout));
  return success();
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
      .Case([&](CopyAsyncOp copy) {
        Layout layout = copyLayout(copy, classes.numThreads());
        copy.setLayoutAttr(layout::LayoutAttr::get(copy.getContext(), layout));
        bringAccess(copy, layout, copy.getIndicesMutable(),
                    copy.getMaskMutable());
      })
      .Case([&](PrefetchOp prefetch) {
        bringAccess(prefetch, prefetchLayout(prefetch, classes.numThreads()),
                    prefetch.getRowsMutable(), prefetch.getMaskMutable());
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
      .Case([&](ViewOp view) {
        bring(view.getSourceMutable(),
              *view.getView().sourceOf(*getLayout(view.getType())));
      })
      .Case([&](DotOp dot) {
        const Layout &acc = classes.layoutOf(dot.getResult());
        DotOperands operands = dotOperands(dot, acc);
        bring(dot.getAMutable(), operands.a);
        bring(dot.getBMutable(), operands.b);
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

/// True if it costs less to compute the value again than to exchange it: what
/// is cheap, a few numbers from global memory, and what is computed from them.
bool LayoutRewriter::isRepeatable(Value value) const {
  Operation *op = value.getDefiningOp();
  if (classes.isCheap(value) ||
      isa_and_nonnull<IotaOp, SplatOp, arith::ConstantOp>(op))
    return true;
  auto load = dyn_cast_or_null<LoadOp>(op);
  bool isList = load && tileType(value).getRank() == 1 &&
                !load.getRef().getType().isShared();
  bool isArithmetic = isElementwise(op) && tileType(value).getRank() == 1 &&
                      isa<arith::ArithDialect>(op->getDialect());
  return (isList || isArithmetic) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return !tileType(operand) || isRepeatable(operand);
         });
}

Value LayoutRewriter::inLayout(Value value, const Layout &layout) {
  RankedTensorType wanted = withLayout(tileType(value), layout);
  if (value.getType() == wanted)
    return value;
  Value &known = made[{value, wanted}];
  if (known)
    return known;
  if (isRepeatable(value)) {
    Value computed = recompute(value, layout);
    return made[{value, wanted}] = computed;
  }
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
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
  bool isKnown = isElementwise(op) || isa<TileDialect>(op->getDialect()) ||
                 isa<arith::ConstantOp, scf::ForOp, scf::IfOp, scf::WhileOp,
                     scf::YieldOp, scf::ConditionOp>(op);
  if (tiles && !isKnown)
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
      if (failed(LayoutRewriter(classes).run()))
        return signalPassFailure();
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
