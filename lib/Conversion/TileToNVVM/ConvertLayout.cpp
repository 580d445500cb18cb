//===- ConvertLayout.cpp - The same tile in another layout ----------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cheapest first: nothing, other names for registers, shuffles within warps,
// shared memory. layout::convert and layout::findExchanges know the way.
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "Shuffles.h"

#include "pigeon/Dialect/Layout/IR/Conversion.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <map>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::ThreadDigit;

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

//===----------------------------------------------------------------------===//
// Within a warp
//===----------------------------------------------------------------------===//

static Locals renameRegisters(ArrayRef<Value> tile,
                              const layout::Conversion &conversion) {
  Locals result;
  for (int64_t local : conversion.sourceLocal)
    result.push_back(tile[local]);
  return result;
}

/// One shuffle for each local; locals from one lane travel together.
static Locals readLanes(ThreadCode &code, ArrayRef<Value> tile,
                        const layout::Conversion &conversion) {
  SmallVector<ThreadDigit> digits;
  for (const layout::LaneDigit &digit : conversion.laneDigits)
    if (digit.sourceStride % kWarpSize != 0)
      digits.push_back({digit.extent, digit.sourceStride, digit.threadStride});
  Value base = code.threadOffset(digits);
  std::map<int64_t, SmallVector<int64_t>> byLane;
  for (auto [local, thread] : llvm::enumerate(conversion.sourceThread))
    byLane[thread].push_back(local);
  Locals result(conversion.sourceLocal.size());
  for (auto &[thread, locals] : byLane) {
    // shfl takes the lane modulo the size of a warp.
    Value lane = base ? base : code.i32(thread);
    if (base && thread != 0)
      lane = code.add(base, code.i32(thread));
    Locals sources;
    for (int64_t local : locals)
      sources.push_back(tile[conversion.sourceLocal[local]]);
    Locals read = shuffleAll(code, sources, lane, NVVM::ShflKind::idx);
    for (auto [local, value] : llvm::zip_equal(locals, read))
      result[local] = value;
  }
  return result;
}

/// Whether a thread is the upper one of the two that a step concerns.
static Value isUpper(ThreadCode &code, const layout::LaneExchange &step) {
  Value isLower = code.isFirst({{2, 0, step.threadStride}});
  return arith::XOrIOp::create(
      code.builder, code.loc, isLower,
      arith::ConstantIntOp::create(code.builder, code.loc, 1, 1));
}

static Locals runStep(ThreadCode &code, ArrayRef<Value> tile,
                      const layout::LaneExchange &step) {
  auto select = [&](Value condition, Value yes, Value no) -> Value {
    return arith::SelectOp::create(code.builder, code.loc, condition, yes, no);
  };
  Value upper = isUpper(code, step);
  Locals result(step.keepsHalf ? tile.size() / 2 : tile.size());
  SmallVector<int64_t> lows;
  Locals sent;
  for (int64_t low = 0; low < static_cast<int64_t>(tile.size()); ++low) {
    if (low / step.localStride % 2 != 0)
      continue;
    int64_t high = low + step.localStride;
    if (step.keepsHalf) {
      result[step.localAfter(low)] = select(upper, tile[high], tile[low]);
      continue;
    }
    lows.push_back(low);
    sent.push_back(select(upper, tile[low], tile[high]));
  }
  if (step.keepsHalf)
    return result;
  Locals got =
      shuffleAll(code, sent, code.i32(step.threadStride), NVVM::ShflKind::bfly);
  for (auto [low, value] : llvm::zip_equal(lows, got)) {
    int64_t high = low + step.localStride;
    result[low] = select(upper, value, tile[low]);
    result[high] = select(upper, tile[high], value);
  }
  return result;
}

static Locals convertInWarp(ThreadCode &code, ArrayRef<Value> tile,
                            const layout::Conversion &conversion) {
  if (conversion.kind == layout::ConvertKind::WarpShuffle)
    return readLanes(code, tile, conversion);
  return renameRegisters(tile, conversion);
}

//===----------------------------------------------------------------------===//
// Through shared memory
//===----------------------------------------------------------------------===//

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

/// Shuffles that replace one round through memory, at most.
static constexpr int64_t kMaxExchangeSteps = 3;

Locals tile::convertLayout(ThreadCode &code, ArrayRef<Value> tile,
                           const Layout &from, const Layout &to) {
  layout::Conversion conversion = layout::convert(from, to, kWarpSize);
  Type element = tile.front().getType();
  if (conversion.kind <= layout::ConvertKind::RegisterPermutation)
    return renameRegisters(tile, conversion);
  if (element.isInteger(1)) {
    Locals wide = castAll(code, tile, code.builder.getI32Type());
    return castAll(code, convertLayout(code, wide, from, to), element);
  }
  if (!canShuffle(element))
    return convertThroughMemory(code, tile, from, to);
  if (conversion.kind == layout::ConvertKind::WarpShuffle)
    return readLanes(code, tile, conversion);
  std::optional<layout::Exchanges> exchanges =
      layout::findExchanges(from, to, kWarpSize);
  if (!exchanges ||
      static_cast<int64_t>(exchanges->steps.size()) > kMaxExchangeSteps)
    return convertThroughMemory(code, tile, from, to);
  Locals result(tile);
  for (const layout::LaneExchange &step : exchanges->steps)
    result = runStep(code, result, step);
  return convertInWarp(code, result, exchanges->rest);
}
