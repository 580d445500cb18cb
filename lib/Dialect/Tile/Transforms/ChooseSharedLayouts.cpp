//===- ChooseSharedLayouts.cpp - Pitch or swizzle for shared arrays ---===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedCost.h"

#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/ScopedPrinter.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::SharedLayout;

namespace pigeon::tile {
#define GEN_PASS_DEF_TILECHOOSESHAREDLAYOUTSPASS
#include "pigeon/Dialect/Tile/Transforms/Passes.h.inc"
} // namespace pigeon::tile

/// What a block has without asking for more.
static constexpr int64_t kStaticSharedBytes = 48 * 1024;

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

/// Rows with `padding` unused elements after each; slices of a ring begin at
/// multiples of 16 bytes.
static RefType padded(RefType type, int64_t padding) {
  ArrayRef<int64_t> shape = type.getShape();
  int64_t unit = layout::kMaxSharedAccessBytes / type.getElementBytes();
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = shape.size() - 2; dim >= 0; --dim) {
    strides[dim] = strides[dim + 1] * shape[dim + 1];
    if (dim == static_cast<int64_t>(shape.size()) - 2)
      strides[dim] += padding;
    else
      strides[dim] = llvm::alignTo(strides[dim], unit);
  }
  return type.withLayout(*SharedLayout::get(shape, strides));
}

/// The swizzled form; null if there is none, or slices would cut it.
static RefType swizzled(RefType type) {
  SharedLayout layout =
      SharedLayout::swizzled(type.getShape(), type.getElementBytes());
  if (layout.swizzle().isNone())
    return {};
  RefType result = type.withLayout(layout), slice = result;
  while (slice && slice.getRank() > 2)
    slice = slice.getSlice();
  return slice ? result : RefType();
}

/// Cheapest addresses first: a pitch costs nothing, a swizzle three
/// instructions a piece.
static SmallVector<RefType> candidatesFor(RefType type) {
  SmallVector<RefType> candidates;
  for (int64_t bytes : {4, 8, 16, 32})
    if (bytes % type.getElementBytes() == 0)
      candidates.push_back(padded(type, bytes / type.getElementBytes()));
  if (RefType other = swizzled(type))
    candidates.push_back(other);
  return candidates;
}

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

static void remarkChoice(AllocSharedOp shared, RefType type,
                         const SharedCost &before, const SharedCost &after) {
  auto remark = remark::passed(
      shared.getLoc(),
      remark::RemarkOpts::name("tile-shared-layout")
          .category("tile-choose-shared-layouts")
          .function(shared->getParentOfType<FuncOp>().getName()));
  if (!remark)
    return;
  auto text = [](const SharedCost &cost) {
    return llvm::formatv("{0} wavefronts of loads and {1} of stores",
                         cost.loads, cost.stores)
        .str();
  };
  if (type == shared.getType() && type.getLayout())
    remark << ("given: " + text(before));
  else if (type.getLayout())
    remark << llvm::formatv("{0}: {1}; row-major {2}",
                            llvm::to_string(type.getLayout()), text(after),
                            text(before))
                  .str();
  else
    remark << ("row-major: " + text(before));
}

static void setType(Value ref, RefType type) {
  ref.setType(type);
  for (Operation *user : ref.getUsers())
    if (auto view = dyn_cast<SubviewOp>(user))
      setType(view, type.getSlice());
}

/// Arrays are laid out one by one; `room` is what padding may still take.
static void chooseFor(AllocSharedOp shared, int64_t threads, int64_t &room) {
  RefType type = shared.getType();
  if (type.getRank() < 2)
    return;
  auto accesses = sharedAccesses(shared);
  if (!accesses || accesses->empty())
    return;
  SharedCost rowMajor = predict(*accesses, type, threads), best = rowMajor;
  RefType chosen = type;
  // What is given stays, and is predicted all the same.
  auto candidates =
      type.getLayout() ? SmallVector<RefType>() : candidatesFor(type);
  for (RefType candidate : candidates) {
    if (candidate.getByteSize() - type.getByteSize() > room)
      continue;
    SharedCost cost = predict(*accesses, candidate, threads);
    if (cost < best) {
      best = cost;
      chosen = candidate;
    }
  }
  room -= chosen.getByteSize() - type.getByteSize();
  remarkChoice(shared, chosen, rowMajor, best);
  setType(shared, chosen);
}

namespace {
struct TileChooseSharedLayoutsPass
    : pigeon::tile::impl::TileChooseSharedLayoutsPassBase<
          TileChooseSharedLayoutsPass> {
  void runOnOperation() override {
    for (FuncOp function : getOperation().getOps<FuncOp>()) {
      SmallVector<AllocSharedOp> arrays;
      function.walk([&](AllocSharedOp shared) { arrays.push_back(shared); });
      int64_t bytes = 0;
      for (AllocSharedOp shared : arrays)
        bytes += shared.getType().getByteSize();
      // Arrays beyond that come with the launch, where padding is no matter.
      int64_t room = bytes <= kStaticSharedBytes ? kStaticSharedBytes - bytes
                                                 : kStaticSharedBytes;
      for (AllocSharedOp shared : arrays)
        chooseFor(shared, function.getThreads(), room);
    }
  }
};
} // namespace
