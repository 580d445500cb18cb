//===- Exchange.cpp - Values that cross threads --------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"

#include "pigeon/Dialect/Layout/IR/Conversion.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::ThreadDigit;

//===----------------------------------------------------------------------===//
// Conversion of layouts
//===----------------------------------------------------------------------===//

/// Neither memory nor shuffles carry bits: an i1 travels as an i32.
static Locals castAll(ThreadCode &code, ArrayRef<Value> tile, Type type) {
  Locals result;
  for (Value value : tile) {
    if (type.isInteger(1))
      value = arith::TruncIOp::create(code.builder, code.loc, type, value);
    else
      value = arith::ExtUIOp::create(code.builder, code.loc, type, value);
    result.push_back(value);
  }
  return result;
}

static Value shuffle(ThreadCode &code, Value value, Value lane,
                     NVVM::ShflKind kind) {
  return NVVM::ShflOp::create(code.builder, code.loc, value.getType(),
                              code.i32(-1), value, lane,
                              code.i32(kWarpSize - 1), kind, UnitAttr());
}

static Locals convertByShuffles(ThreadCode &code, ArrayRef<Value> tile,
                                const layout::Conversion &conversion) {
  SmallVector<ThreadDigit> digits;
  for (const layout::LaneDigit &digit : conversion.laneDigits)
    if (digit.sourceStride % kWarpSize != 0)
      digits.push_back({digit.extent, digit.sourceStride, digit.threadStride});
  Value base = code.threadOffset(digits);
  Locals result;
  for (auto [local, thread] :
       llvm::zip_equal(conversion.sourceLocal, conversion.sourceThread)) {
    // shfl takes the lane modulo the size of a warp.
    Value lane = base ? base : code.i32(thread);
    if (base && thread != 0)
      lane = code.add(base, code.i32(thread));
    result.push_back(shuffle(code, tile[local], lane, NVVM::ShflKind::idx));
  }
  return result;
}

static Locals convertThroughMemory(ThreadCode &code, ArrayRef<Value> tile,
                                   const Layout &from, const Layout &to) {
  Type element = tile.front().getType();
  Access access = exchangeAccess({}, element, from.shape());
  access.base = code.scratch(access.strides.front() * access.extents.front() *
                             element.getIntOrFloatBitWidth() / 8);
  code.barrier();
  storeTile(code, access, from, tile);
  code.barrier();
  return loadTile(code, access, to);
}

Locals tile::convertLayout(ThreadCode &code, ArrayRef<Value> tile,
                           const Layout &from, const Layout &to) {
  layout::Conversion conversion = layout::convert(from, to, kWarpSize);
  Type element = tile.front().getType();
  switch (conversion.kind) {
  case layout::ConvertKind::Identity:
    return Locals(tile);
  case layout::ConvertKind::RegisterPermutation: {
    Locals result;
    for (int64_t local : conversion.sourceLocal)
      result.push_back(tile[local]);
    return result;
  }
  case layout::ConvertKind::WarpShuffle:
  case layout::ConvertKind::SharedMemory:
    break;
  }
  if (element.isInteger(1)) {
    Locals wide = castAll(code, tile, code.builder.getI32Type());
    return castAll(code, convertLayout(code, wide, from, to), element);
  }
  if (conversion.kind == layout::ConvertKind::WarpShuffle &&
      (element.isF32() || element.isInteger(32)))
    return convertByShuffles(code, tile, conversion);
  return convertThroughMemory(code, tile, from, to);
}

//===----------------------------------------------------------------------===//
// Reduction
//===----------------------------------------------------------------------===//

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
  for (int64_t step = stride; step < stride * lanes; step *= 2)
    for (Value &value : tile)
      value =
          combine(code, kind, value,
                  shuffle(code, value, code.i32(step), NVVM::ShflKind::bfly));
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
