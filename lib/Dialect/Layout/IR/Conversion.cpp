//===- Conversion.cpp - From one layout to another ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/Conversion.h"

#include "LayoutDetail.h"

#include "llvm/ADT/STLExtras.h"

using namespace pigeon::layout;
using detail::Digits;
using llvm::SmallVector;

int64_t Conversion::sourceOf(int64_t thread, int64_t local) const {
  int64_t source = sourceThread[local];
  for (const LaneDigit &digit : laneDigits)
    source += thread / digit.threadStride % digit.extent * digit.sourceStride;
  return source;
}

//===----------------------------------------------------------------------===//
// Registers of the same thread
//===----------------------------------------------------------------------===//

/// A thread keeps its elements if both layouts have the same thread digits in
/// each dimension: thread and local parts of a coordinate add without carry, so
/// with local 0 the thread parts must agree, and then the local parts fill the
/// same gaps.
static bool threadsAgree(const Layout &from, const Layout &to) {
  for (int64_t dim = 0; dim < from.rank(); ++dim)
    if (from.threadDigits(dim) != to.threadDigits(dim))
      return false;
  return true;
}

/// Which local of `from` lies where local l of `to` lies, for thread 0.
static SmallVector<int64_t> sourceLocals(const Layout &from, const Layout &to) {
  SmallVector<int64_t> source;
  for (int64_t local = 0; local < to.numLocals(); ++local)
    source.push_back(from.holdersOf(to.indexOf(0, local)).front().second);
  return source;
}

//===----------------------------------------------------------------------===//
// Registers of another lane
//===----------------------------------------------------------------------===//

namespace {

/// A digit of one dimension that both layouts have, with its owner in each.
struct CommonDigit {
  int64_t extent;
  Digit from;
  Digit to;
};

} // namespace

/// Cuts the digits of both layouts until they are the same in each dimension.
static std::optional<SmallVector<CommonDigit>> commonDigits(const Layout &from,
                                                            const Layout &to) {
  SmallVector<CommonDigit> common;
  for (int64_t dim = 0; dim < from.rank(); ++dim) {
    Digits a, b;
    for (const Digit &digit : from.digits(dim))
      a.push_back({dim, digit});
    for (const Digit &digit : to.digits(dim))
      b.push_back({dim, digit});
    auto all = [](const PlacedDigit &) { return true; };
    for (const Digit &digit : to.digits(dim))
      if (!detail::cutAt(a, &Digit::dimStride, digit.dimStride, all))
        return std::nullopt;
    for (const Digit &digit : from.digits(dim))
      if (!detail::cutAt(b, &Digit::dimStride, digit.dimStride, all))
        return std::nullopt;
    auto byStride = [](const PlacedDigit &x, const PlacedDigit &y) {
      return x.digit.dimStride < y.digit.dimStride;
    };
    llvm::sort(a, byStride);
    llvm::sort(b, byStride);
    for (auto [x, y] : llvm::zip(a, b))
      common.push_back({x.digit.extent, x.digit, y.digit});
  }
  return common;
}

/// Keeps a source within the warp: a digit of the source thread at or above the
/// warp must be the reader's own digit. Cuts digits that lie across.
static bool staysInWarp(SmallVector<LaneDigit> lanes, int64_t warpSize) {
  for (size_t i = 0; i < lanes.size(); ++i) {
    LaneDigit &lane = lanes[i];
    if (lane.sourceStride * lane.extent <= warpSize)
      continue;
    if (lane.sourceStride < warpSize) {
      int64_t inner = warpSize / lane.sourceStride;
      if (warpSize % lane.sourceStride != 0 || lane.extent % inner != 0)
        return false;
      LaneDigit outer{lane.extent / inner, lane.threadStride * inner, warpSize};
      lane.extent = inner;
      lanes.push_back(outer); // `lane` dangles from here on
      continue;
    }
    if (lane.sourceStride != lane.threadStride)
      return false;
  }
  return true;
}

static std::optional<Conversion> shuffle(const Layout &from, const Layout &to,
                                         int64_t warpSize) {
  std::optional<SmallVector<CommonDigit>> common = commonDigits(from, to);
  if (!common)
    return std::nullopt;
  Conversion result;
  result.kind = ConvertKind::WarpShuffle;
  result.sourceLocal.assign(to.numLocals(), 0);
  result.sourceThread.assign(to.numLocals(), 0);
  for (const CommonDigit &digit : *common) {
    if (digit.to.owner == Digit::Thread) {
      // The register to send would depend on who asks.
      if (digit.from.owner == Digit::Local)
        return std::nullopt;
      result.laneDigits.push_back(
          {digit.extent, digit.to.ownerStride, digit.from.ownerStride});
      continue;
    }
    bool isThread = digit.from.owner == Digit::Thread;
    if (isThread && digit.from.ownerStride * digit.extent > warpSize)
      return std::nullopt;
    auto &parts = isThread ? result.sourceThread : result.sourceLocal;
    for (int64_t local = 0; local < to.numLocals(); ++local)
      parts[local] +=
          local / digit.to.ownerStride % digit.extent * digit.from.ownerStride;
  }
  // Of equal sources, the one among the reader's own replicas.
  for (const Digit &digit : from.replicaDigits())
    result.laneDigits.push_back(
        {digit.extent, digit.ownerStride, digit.ownerStride});
  if (!staysInWarp(result.laneDigits, warpSize))
    return std::nullopt;
  return result;
}

Conversion pigeon::layout::convert(const Layout &from, const Layout &to,
                                   int64_t warpSize) {
  Conversion result;
  if (from.shape() != to.shape() || from.numThreads() != to.numThreads())
    return result;
  if (threadsAgree(from, to)) {
    result.kind =
        from == to ? ConvertKind::Identity : ConvertKind::RegisterPermutation;
    result.sourceLocal = sourceLocals(from, to);
    return result;
  }
  if (std::optional<Conversion> shuffled = shuffle(from, to, warpSize))
    return *shuffled;
  return result;
}
