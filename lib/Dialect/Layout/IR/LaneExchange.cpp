//===- LaneExchange.cpp - Registers and lanes change places ---------------===//
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
using llvm::ArrayRef;
using llvm::SmallVector;

int64_t LaneExchange::localAfter(int64_t local) const {
  if (!keepsHalf)
    return local;
  return local / (2 * localStride) * localStride + local % localStride;
}

namespace {

/// The way from one layout to another, while it is looked for. All extents are
/// 2, so a digit is a bit of the thread index or of the local index.
class ExchangeSearch {
public:
  ExchangeSearch(const Layout &from, const Layout &to, int64_t warpSize)
      : current(from.placedDigits()), shape(from.shape()), to(to),
        warpSize(warpSize) {}

  std::optional<Exchanges> run();

private:
  /// A bit that `to` gives to a thread and the current layout to a local.
  struct Stuck {
    size_t bit;
    int64_t threadStride;
  };
  std::optional<Stuck> findStuck() const;
  /// The digit of `to` at a place of a dimension.
  const Digit &wanted(const PlacedDigit &placed) const;
  bool isLaneBit(const PlacedDigit &placed) const {
    return placed.digit.owner == Digit::Thread &&
           placed.digit.ownerStride < warpSize;
  }
  bool exchange(const Stuck &stuck);
  bool keepHalf(const Stuck &stuck);

  Digits current;
  SmallVector<int64_t, 3> shape;
  const Layout &to;
  Digits wantedDigits;
  int64_t warpSize;
  SmallVector<LaneExchange> steps;
};

} // namespace

/// Cuts all digits into bits; false if some extent is no power of two.
static bool cutIntoBits(Digits &digits) {
  Digits bits;
  for (PlacedDigit placed : digits) {
    while (placed.digit.extent > 2) {
      if (placed.digit.extent % 2 != 0)
        return false;
      bits.push_back(detail::cutInner(placed, 2));
    }
    bits.push_back(placed);
  }
  digits = std::move(bits);
  return true;
}

const Digit &ExchangeSearch::wanted(const PlacedDigit &placed) const {
  auto found = llvm::find_if(wantedDigits, [&](const PlacedDigit &other) {
    return other.dim == placed.dim &&
           other.digit.dimStride == placed.digit.dimStride;
  });
  return found->digit;
}

std::optional<ExchangeSearch::Stuck> ExchangeSearch::findStuck() const {
  for (auto [bit, placed] : llvm::enumerate(current))
    if (placed.digit.owner == Digit::Local &&
        wanted(placed).owner == Digit::Thread)
      return Stuck{bit, wanted(placed).ownerStride};
  return std::nullopt;
}

/// The best of the bits that `qualifies`: the one that is already where it is
/// wanted, or the first.
template <typename Predicate>
static std::optional<size_t> findBit(const Digits &digits, int64_t threadStride,
                                     Predicate qualifies) {
  std::optional<size_t> best;
  for (auto [i, placed] : llvm::enumerate(digits)) {
    if (!qualifies(placed))
      continue;
    if (placed.digit.ownerStride == threadStride)
      return i;
    if (!best)
      best = i;
  }
  return best;
}

/// Exchanges the stuck bit with a bit of the lane that `to` gives to a local.
bool ExchangeSearch::exchange(const Stuck &stuck) {
  if (stuck.threadStride >= warpSize)
    return false;
  auto partner =
      findBit(current, stuck.threadStride, [&](const PlacedDigit &placed) {
        return placed.dim != PlacedDigit::kNoDim && isLaneBit(placed) &&
               wanted(placed).owner == Digit::Local;
      });
  if (!partner)
    return false;
  Digit &local = current[stuck.bit].digit, &lane = current[*partner].digit;
  steps.push_back({lane.ownerStride, local.ownerStride, /*keepsHalf=*/false});
  std::swap(local.owner, lane.owner);
  std::swap(local.ownerStride, lane.ownerStride);
  return true;
}

/// Gives the stuck bit to threads that hold copies: each keeps one half. Copies
/// in other warps do only where the bit is to stay.
bool ExchangeSearch::keepHalf(const Stuck &stuck) {
  auto copies =
      findBit(current, stuck.threadStride, [&](const PlacedDigit &placed) {
        if (placed.dim != PlacedDigit::kNoDim)
          return false;
        return stuck.threadStride < warpSize
                   ? isLaneBit(placed)
                   : placed.digit.ownerStride == stuck.threadStride;
      });
  if (!copies)
    return false;
  Digit &local = current[stuck.bit].digit;
  int64_t localStride = local.ownerStride;
  int64_t threadStride = current[*copies].digit.ownerStride;
  steps.push_back({threadStride, localStride, /*keepsHalf=*/true});
  local.owner = Digit::Thread;
  local.ownerStride = threadStride;
  current.erase(current.begin() + *copies);
  for (PlacedDigit &placed : current)
    if (placed.digit.owner == Digit::Local &&
        placed.digit.ownerStride > localStride)
      placed.digit.ownerStride /= 2;
  return true;
}

std::optional<Exchanges> ExchangeSearch::run() {
  wantedDigits = to.placedDigits();
  if (!cutIntoBits(current) || !cutIntoBits(wantedDigits))
    return std::nullopt;
  while (std::optional<Stuck> stuck = findStuck())
    if (!exchange(*stuck) && !keepHalf(*stuck))
      return std::nullopt;
  Layout reached = detail::getOrDie(shape, current);
  Conversion rest = convert(reached, to, warpSize);
  if (rest.kind == ConvertKind::SharedMemory)
    return std::nullopt;
  return Exchanges{std::move(steps), std::move(reached), std::move(rest)};
}

std::optional<Exchanges> pigeon::layout::findExchanges(const Layout &from,
                                                       const Layout &to,
                                                       int64_t warpSize) {
  if (from.shape() != to.shape() || from.numThreads() != to.numThreads())
    return std::nullopt;
  return ExchangeSearch(from, to, warpSize).run();
}
