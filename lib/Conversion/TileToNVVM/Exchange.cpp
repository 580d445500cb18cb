//===- Exchange.cpp - Reductions over threads ----------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "Shuffles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::ThreadDigit;

static Value combine(ThreadCode &code, ReduceKind kind, Value a, Value b) {
  OpBuilder &builder = code.builder;
  Location loc = code.loc;
  bool isFloat = isa<FloatType>(a.getType());
  switch (kind) {
  case ReduceKind::Sum:
    if (isFloat)
      return arith::AddFOp::create(builder, loc, a, b);
    return arith::AddIOp::create(builder, loc, a, b);
  case ReduceKind::Max:
    if (isFloat)
      return arith::MaximumFOp::create(builder, loc, a, b);
    return arith::MaxSIOp::create(builder, loc, a, b);
  case ReduceKind::Min:
    if (isFloat)
      return arith::MinimumFOp::create(builder, loc, a, b);
    return arith::MinSIOp::create(builder, loc, a, b);
  }
  llvm_unreachable("unknown reduction");
}

/// The locals of one thread, by ascending coordinate along `dim`.
static Locals reduceLocals(ThreadCode &code, ArrayRef<Value> tile,
                           const Layout &layout, int64_t dim, ReduceKind kind,
                           const layout::ReduceInfo &info) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, layout.numLocals()));
  llvm::stable_sort(order, [&](int64_t a, int64_t b) {
    return layout.localOffset(a, dim) < layout.localOffset(b, dim);
  });
  Locals result(info.result.numLocals());
  for (int64_t local : order) {
    Value &sum = result[info.resultLocal[local]];
    sum = sum ? combine(code, kind, sum, tile[local]) : tile[local];
  }
  return result;
}

/// Cuts a digit of the thread index at the size of a warp: the extents of the
/// part that lanes hold and of the rest. Lanes exchange by exclusive or, which
/// takes powers of two.
static std::pair<int64_t, int64_t> cutAtWarp(const ThreadDigit &digit) {
  if (!llvm::isPowerOf2_64(digit.extent) ||
      !llvm::isPowerOf2_64(digit.threadStride) ||
      digit.threadStride >= kWarpSize)
    return {1, digit.extent};
  int64_t lanes = std::min(digit.extent, kWarpSize / digit.threadStride);
  return {lanes, digit.extent / lanes};
}

/// Combines over `lanes` lanes that are `stride` apart. All of them get the
/// result, and the same one: each step adds the same two numbers on both sides.
static void reduceLanes(ThreadCode &code, Locals &tile, int64_t stride,
                        int64_t lanes, ReduceKind kind) {
  for (int64_t step = stride; step < stride * lanes; step *= 2) {
    Locals others =
        shuffleAll(code, tile, code.i32(step), NVVM::ShflKind::bfly);
    for (auto [value, other] : llvm::zip_equal(tile, others))
      value = combine(code, kind, value, other);
  }
}

/// Combines what is left over threads of several warps through shared memory:
/// an array of the result's shape and, innermost, one place for each thread
/// that holds a part.
static Locals reduceAcross(ThreadCode &code, ArrayRef<Value> tile,
                           const Layout &result, ReduceKind kind,
                           ArrayRef<ThreadDigit> parts,
                           ArrayRef<ThreadDigit> writersOnly) {
  Type element = tile.front().getType();
  // The digits of `parts` are a number of their own, first digit outermost.
  SmallVector<ThreadDigit> place(parts.begin(), parts.end());
  int64_t numParts = 1;
  for (ThreadDigit &digit : llvm::reverse(place)) {
    digit.dimStride = numParts;
    numParts *= digit.extent;
  }
  // The array has the result's dimensions and, innermost, the parts.
  int64_t rank = result.rank(), stride = 1;
  SmallVector<int64_t> shape(result.shape());
  shape.push_back(numParts);
  Access access = exchangeAccess({}, element, shape);
  for (int64_t dim = rank; dim >= 0; --dim) {
    access.strides[dim] = stride;
    stride *= shape[dim];
  }
  access.base = code.scratch(stride * element.getIntOrFloatBitWidth() / 8);
  code.barrier();
  Access mine = access;
  mine.base = code.advance(access.base, element, code.threadOffset(place));
  storeWhere(code, mine, result.unsqueeze(rank), tile,
             code.isFirst(writersOnly));
  code.barrier();
  Locals loaded = loadTile(code, access,
                           *result.unsqueeze(rank).expandLocal(rank, numParts));
  // The parts are the outermost locals.
  Locals sum(loaded.begin(), loaded.begin() + result.numLocals());
  for (auto [i, value] :
       llvm::enumerate(ArrayRef(loaded).drop_front(result.numLocals()))) {
    Value &total = sum[i % result.numLocals()];
    total = combine(code, kind, total, value);
  }
  return sum;
}

Locals tile::reduceTile(ThreadCode &code, ArrayRef<Value> tile,
                        const Layout &layout, int64_t dim, ReduceKind kind) {
  layout::ReduceInfo info = layout.reduceLocals(dim, /*keepDim=*/false);
  Locals result = reduceLocals(code, tile, layout, dim, kind, info);
  // Copies of the operand hold nothing new, nor do lanes after a butterfly.
  SmallVector<ThreadDigit> parts, copies;
  for (const layout::Digit &digit : layout.replicaDigits())
    copies.push_back({digit.extent, 0, digit.ownerStride});
  for (const ThreadDigit &digit : info.threadDigits) {
    auto [lanes, rest] = cutAtWarp(digit);
    if (lanes > 1) {
      reduceLanes(code, result, digit.threadStride, lanes, kind);
      copies.push_back({lanes, 0, digit.threadStride});
    }
    if (rest > 1)
      parts.push_back({rest, 0, digit.threadStride * lanes});
  }
  if (parts.empty())
    return result;
  return reduceAcross(code, result, info.result, kind, parts, copies);
}
