//===- SharedCost.cpp - What accesses to shared memory cost -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedCost.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"
#include "pigeon/Dialect/Tile/IR/TileLayout.h"
#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::PlacedDigit;
using layout::SharedLayout;

static constexpr int64_t kWarpSize = 32;
static constexpr int64_t kRowBytes = 16; // of a matrix

//===----------------------------------------------------------------------===//
// Finding accesses
//===----------------------------------------------------------------------===//

static std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

/// The rounds of all loops with constant bounds between `op` and the array.
static int64_t roundsOf(Operation *op, AllocSharedOp shared) {
  int64_t rounds = 1;
  for (Operation *parent = op->getParentOp(); parent != shared->getParentOp();
       parent = parent->getParentOp()) {
    auto loop = dyn_cast<scf::ForOp>(parent);
    if (!loop)
      continue;
    auto from = constantOf(loop.getLowerBound());
    auto to = constantOf(loop.getUpperBound());
    auto step = constantOf(loop.getStep());
    if (from && to && step && *step > 0 && *to > *from)
      rounds *= llvm::divideCeil(*to - *from, *step);
  }
  return rounds;
}

static bool isDominatedBy(Operation *op, AllocSharedOp shared) {
  return shared->getParentOp()->isAncestor(op);
}

/// What alignment of the global array allows a copy to move at once.
static int64_t copyWidth(CopyAsyncOp copy) {
  RefType source = copy.getSource().getType();
  int64_t width = layout::kMaxSharedAccessBytes / source.getElementBytes();
  if (source.getRank() > 1)
    width = std::gcd(width, source.getStride(source.getRank() - 2));
  return width;
}

std::optional<std::vector<SharedAccess>>
tile::sharedAccesses(AllocSharedOp shared) {
  std::vector<SharedAccess> accesses;
  SmallVector<Value> refs = {shared};
  constexpr int64_t any = layout::kMaxSharedAccessBytes;
  while (!refs.empty()) {
    for (Operation *user : refs.pop_back_val().getUsers()) {
      if (!isDominatedBy(user, shared))
        return std::nullopt;
      auto add = [&](std::optional<Layout> held, bool isStore, int64_t width) {
        if (held)
          accesses.push_back(
              {user, *held, isStore, width, roundsOf(user, shared)});
      };
      if (auto load = dyn_cast<LoadOp>(user))
        add(getLayout(load.getType()), false, any);
      else if (auto store = dyn_cast<StoreOp>(user))
        add(getLayout(store.getValue().getType()), true, any);
      else if (auto copy = dyn_cast<CopyAsyncOp>(user))
        add(copyLayout(copy, copy->getParentOfType<FuncOp>().getThreads()),
            true, copyWidth(copy));
      else if (auto view = dyn_cast<SubviewOp>(user))
        refs.push_back(view);
      else if (!isa<LoadScalarOp>(user))
        return std::nullopt;
    }
  }
  return accesses;
}

//===----------------------------------------------------------------------===//
// Predicting
//===----------------------------------------------------------------------===//

/// The same tile with locals in the order of memory, as accesses group them.
static Layout inMemoryOrder(const Layout &layout) {
  SmallVector<PlacedDigit> digits = layout.placedDigits();
  SmallVector<PlacedDigit *> locals;
  for (PlacedDigit &placed : digits)
    if (placed.digit.owner == layout::Digit::Local)
      locals.push_back(&placed);
  llvm::sort(locals, [](const PlacedDigit *a, const PlacedDigit *b) {
    return std::pair(-a->dim, a->digit.dimStride) <
           std::pair(-b->dim, b->digit.dimStride);
  });
  int64_t stride = 1;
  for (PlacedDigit *placed : locals) {
    placed->digit.ownerStride = stride;
    stride *= placed->digit.extent;
  }
  return *Layout::get(layout.shape(), digits);
}

/// Where the elements of a tile lie that is part of an array of `type`.
static SharedLayout placeOf(ArrayRef<int64_t> shape, RefType type) {
  SharedLayout whole = type.getSharedLayout();
  return *SharedLayout::get(shape, whole.strides().take_back(shape.size()),
                            whole.swizzle());
}

/// What one access costs all warps of the block.
struct AccessCost {
  int64_t wavefronts, instructions;
};

static AccessCost costOf(const Layout &registers, const SharedLayout &place,
                         int64_t bytes, int64_t width, int64_t warps) {
  auto conflicts = layout::bankConflicts(registers, place, bytes, width);
  int64_t pieces = warps * registers.numLocals() / width;
  return {pieces * (conflicts ? conflicts->wavefronts : kWarpSize), pieces};
}

/// Whether ldmatrix or stmatrix may make the access.
static bool mayMoveMatrices(Operation *op) {
  if (isa<StoreOp>(op))
    return op->getParentOfType<FuncOp>().getStmatrix();
  return isa<LoadOp>(op);
}

/// By matrices, where the tile is made of them and rows are whole.
static std::optional<AccessCost> matrixCost(const Layout &registers,
                                            const SharedLayout &place,
                                            int64_t bytes, int64_t warps) {
  for (bool transposed : {false, true}) {
    auto moves = layout::mma::matrixMoves(registers, bytes, transposed);
    if (!moves || moves->rowElements * bytes != kRowBytes ||
        layout::sharedVectorWidth(moves->addresses, place, bytes) <
            moves->rowElements)
      continue;
    AccessCost cost =
        costOf(moves->addresses, place, bytes, moves->rowElements, warps);
    // A piece is 32 rows; an instruction takes 8 for each of its matrices.
    cost.wavefronts = llvm::divideCeil(cost.wavefronts * moves->count, 4);
    return cost;
  }
  return std::nullopt;
}

static AccessCost costOf(const SharedAccess &access, RefType type,
                         int64_t warps) {
  int64_t bytes = type.getElementBytes();
  SharedLayout place = placeOf(access.registers.shape(), type);
  if (mayMoveMatrices(access.op))
    if (auto cost = matrixCost(access.registers, place, bytes, warps))
      return *cost;
  Layout registers = inMemoryOrder(access.registers);
  int64_t width = std::min(access.maxWidth,
                           layout::sharedVectorWidth(registers, place, bytes));
  return costOf(registers, place, bytes, width, warps);
}

SharedCost tile::predict(ArrayRef<SharedAccess> accesses, RefType type,
                         int64_t threads) {
  SharedCost sum;
  for (const SharedAccess &access : accesses) {
    AccessCost cost = costOf(access, type, threads / kWarpSize);
    (access.isStore ? sum.stores : sum.loads) += cost.wavefronts * access.count;
    sum.instructions += cost.instructions * access.count;
  }
  return sum;
}
