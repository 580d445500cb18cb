//===- Enumerate.cpp - Layouts as tables ----------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/Enumerate.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <set>

using namespace pigeon::layout;
using namespace pigeon::layout::enumerate;
using llvm::ArrayRef;
using llvm::SmallVector;

Table enumerate::tabulate(const Layout &layout) {
  Table table;
  table.shape.assign(layout.shape().begin(), layout.shape().end());
  table.threads = layout.numThreads();
  table.locals = layout.numLocals();
  for (int64_t thread = 0; thread < table.threads; ++thread)
    for (int64_t local = 0; local < table.locals; ++local)
      table.coords.emplace_back(layout.indexOf(thread, local));
  return table;
}

//===----------------------------------------------------------------------===//
// From a table back to digits
//===----------------------------------------------------------------------===//

/// Reads the digits of one owner off its part of the map, innermost first, as
/// the header of the algebra describes: index 1 of what is left says where the
/// next digit goes, and its extent is the first index that goes elsewhere.
static bool readDigits(ArrayRef<Coords> map, Digit::Owner owner,
                       SmallVector<PlacedDigit> &digits) {
  int64_t size = map.size(), stride = 1;
  while (stride < size) {
    const Coords &step = map[stride];
    int64_t extent = 1;
    auto goesOn = [&](int64_t n) {
      for (auto [value, once] : llvm::zip(map[n * stride], step))
        if (value != n * once)
          return false;
      return true;
    };
    while (extent * stride < size && goesOn(extent))
      ++extent;
    PlacedDigit placed{PlacedDigit::kNoDim, {owner, extent, 0, stride}};
    for (auto [dim, value] : llvm::enumerate(step)) {
      if (value == 0)
        continue;
      if (placed.dim != PlacedDigit::kNoDim)
        return false;
      placed.dim = dim;
      placed.digit.dimStride = value;
    }
    if (size % (stride * extent) != 0)
      return false;
    digits.push_back(placed);
    stride *= extent;
  }
  return true;
}

std::optional<Layout> enumerate::recover(const Table &table) {
  std::vector<Coords> byThread, byLocal;
  for (int64_t thread = 0; thread < table.threads; ++thread)
    byThread.push_back(table.at(thread, 0));
  for (int64_t local = 0; local < table.locals; ++local)
    byLocal.push_back(table.at(0, local));
  SmallVector<PlacedDigit> digits;
  if (!readDigits(byThread, Digit::Thread, digits) ||
      !readDigits(byLocal, Digit::Local, digits))
    return std::nullopt;
  std::optional<Layout> layout = Layout::get(table.shape, digits);
  if (!layout || tabulate(*layout) != table)
    return std::nullopt;
  return layout;
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

SmallVector<std::pair<int64_t, int64_t>>
enumerate::holdersOf(const Table &table, ArrayRef<int64_t> coords) {
  SmallVector<std::pair<int64_t, int64_t>> holders;
  for (int64_t thread = 0; thread < table.threads; ++thread)
    for (int64_t local = 0; local < table.locals; ++local)
      if (ArrayRef<int64_t>(table.at(thread, local)) == coords)
        holders.push_back({thread, local});
  return holders;
}

int64_t enumerate::numReplicas(const Table &table) {
  return holdersOf(table, table.at(0, 0)).size();
}

int64_t enumerate::vectorWidth(const Table &table, int64_t dim) {
  auto isWidth = [&](int64_t width) {
    for (int64_t thread = 0; thread < table.threads; ++thread)
      for (int64_t local = 0; local < table.locals; ++local) {
        Coords expected = table.at(thread, local - local % width);
        if (expected[dim] % width != 0)
          return false;
        expected[dim] += local % width;
        if (table.at(thread, local) != expected)
          return false;
      }
    return true;
  };
  for (int64_t width = table.locals; width > 1; --width)
    if (table.locals % width == 0 && isWidth(width))
      return width;
  return 1;
}

//===----------------------------------------------------------------------===//
// Product and division
//===----------------------------------------------------------------------===//

/// A table with this shape and size, filled by `coordsOf(thread, local)`.
template <typename Fn>
static Table makeTable(Coords shape, int64_t threads, int64_t locals,
                       Fn coordsOf) {
  Table table;
  table.shape = std::move(shape);
  table.threads = threads;
  table.locals = locals;
  for (int64_t thread = 0; thread < threads; ++thread)
    for (int64_t local = 0; local < locals; ++local)
      table.coords.push_back(coordsOf(thread, local));
  return table;
}

/// coarse * scale + fine, per dimension.
static Coords place(const Coords &coarse, const Coords &scale,
                    const Coords &fine) {
  Coords result;
  for (auto [a, s, b] : llvm::zip(coarse, scale, fine))
    result.push_back(a * s + b);
  return result;
}

Table enumerate::product(const Table &outer, const Table &inner) {
  Coords origin(outer.shape.size(), 0);
  return makeTable(
      place(outer.shape, inner.shape, origin), outer.threads * inner.threads,
      outer.locals * inner.locals, [&](int64_t thread, int64_t local) {
        return place(outer.at(thread / inner.threads, local / inner.locals),
                     inner.shape,
                     inner.at(thread % inner.threads, local % inner.locals));
      });
}

/// The shape of a quotient, if every size divides.
static std::optional<Coords> quotientShape(const Table &whole,
                                           const Table &part) {
  if (whole.shape.size() != part.shape.size() ||
      whole.threads % part.threads != 0 || whole.locals % part.locals != 0)
    return std::nullopt;
  Coords shape;
  for (auto [a, b] : llvm::zip(whole.shape, part.shape)) {
    if (a % b != 0)
      return std::nullopt;
    shape.push_back(a / b);
  }
  return shape;
}

std::optional<Table> enumerate::divideRight(const Table &whole,
                                            const Table &inner) {
  std::optional<Coords> shape = quotientShape(whole, inner);
  if (!shape)
    return std::nullopt;
  // If there is a quotient, it is found where the inner factor is at its start.
  Table outer = makeTable(
      *shape, whole.threads / inner.threads, whole.locals / inner.locals,
      [&](int64_t thread, int64_t local) {
        Coords coords = whole.at(thread * inner.threads, local * inner.locals);
        for (auto [coord, extent] : llvm::zip(coords, inner.shape))
          coord /= extent;
        return coords;
      });
  if (product(outer, inner) != whole)
    return std::nullopt;
  return outer;
}

std::optional<Table> enumerate::divideLeft(const Table &whole,
                                           const Table &outer) {
  std::optional<Coords> shape = quotientShape(whole, outer);
  if (!shape)
    return std::nullopt;
  Table inner = makeTable(
      *shape, whole.threads / outer.threads, whole.locals / outer.locals,
      [&](int64_t thread, int64_t local) { return whole.at(thread, local); });
  if (product(outer, inner) != whole)
    return std::nullopt;
  return inner;
}

//===----------------------------------------------------------------------===//
// Reduction and shapes
//===----------------------------------------------------------------------===//

std::vector<int64_t> enumerate::reducedLocals(const Table &table, int64_t dim) {
  std::vector<int64_t> result;
  for (int64_t thread = 0; thread < table.threads; ++thread) {
    // What remains is numbered in the order in which it appears.
    std::map<Coords, int64_t> seen;
    for (int64_t local = 0; local < table.locals; ++local) {
      Coords coords = table.at(thread, local);
      coords[dim] = 0;
      result.push_back(
          seen.try_emplace(coords, int64_t(seen.size())).first->second);
    }
  }
  return result;
}

Table enumerate::reduce(const Table &table, int64_t dim, bool keepDim) {
  std::vector<int64_t> target = reducedLocals(table, dim);
  Table result;
  result.shape = table.shape;
  result.threads = table.threads;
  result.locals = *std::max_element(target.begin(), target.end()) + 1;
  result.coords.resize(result.threads * result.locals);
  for (int64_t thread = 0; thread < table.threads; ++thread)
    for (int64_t local = 0; local < table.locals; ++local) {
      Coords coords = table.at(thread, local);
      if (keepDim)
        coords[dim] = 0;
      else
        coords.erase(coords.begin() + dim);
      int64_t reduced = target[thread * table.locals + local];
      result.coords[thread * result.locals + reduced] = coords;
    }
  if (keepDim)
    result.shape[dim] = 1;
  else
    result.shape.erase(result.shape.begin() + dim);
  return result;
}

/// Applies `change` to the shape and to all coordinates.
template <typename Fn>
static Table mapCoords(const Table &table, Coords shape, Fn change) {
  return makeTable(std::move(shape), table.threads, table.locals,
                   [&](int64_t thread, int64_t local) {
                     return change(table.at(thread, local));
                   });
}

Table enumerate::permute(const Table &table, ArrayRef<int64_t> perm) {
  auto permuted = [&](const Coords &coords) {
    Coords result;
    for (int64_t from : perm)
      result.push_back(coords[from]);
    return result;
  };
  return mapCoords(table, permuted(table.shape), permuted);
}

Table enumerate::unsqueeze(const Table &table, int64_t dim) {
  Coords shape = table.shape;
  shape.insert(shape.begin() + dim, 1);
  return mapCoords(table, shape, [&](Coords coords) {
    coords.insert(coords.begin() + dim, 0);
    return coords;
  });
}

Table enumerate::reshape(const Table &table, ArrayRef<int64_t> newShape) {
  return mapCoords(table, Coords(newShape), [&](const Coords &coords) {
    int64_t flat = 0;
    for (auto [coord, extent] : llvm::zip(coords, table.shape))
      flat = flat * extent + coord;
    Coords result(newShape.size(), 0);
    for (size_t dim = newShape.size(); dim-- > 0;) {
      result[dim] = flat % newShape[dim];
      flat /= newShape[dim];
    }
    return result;
  });
}

Table enumerate::expandLocal(const Table &table, int64_t dim, int64_t extent) {
  Coords shape = table.shape;
  shape[dim] = extent;
  return makeTable(shape, table.threads, table.locals * extent,
                   [&](int64_t thread, int64_t local) {
                     Coords coords = table.at(thread, local % table.locals);
                     coords[dim] = local / table.locals;
                     return coords;
                   });
}

std::optional<Table> enumerate::expandReplicas(const Table &table, int64_t dim,
                                               int64_t extent) {
  if (numReplicas(table) % extent != 0)
    return std::nullopt;
  Table result = table;
  result.shape[dim] = extent;
  std::map<Coords, int64_t> holdersSoFar;
  for (Coords &coords : result.coords) {
    int64_t number = holdersSoFar[coords]++;
    coords[dim] = number % extent;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Conversions and banks
//===----------------------------------------------------------------------===//

/// Whether local l of each thread of `to` can be read from one and the same
/// local of `from`, in a thread that `reaches(reader, source)` allows.
template <typename Fn>
static bool readsOneLocal(const Table &from, const Table &to, Fn reaches) {
  std::map<Coords, SmallVector<std::pair<int64_t, int64_t>>> holders;
  for (int64_t thread = 0; thread < from.threads; ++thread)
    for (int64_t local = 0; local < from.locals; ++local)
      holders[from.at(thread, local)].push_back({thread, local});
  for (int64_t local = 0; local < to.locals; ++local) {
    std::set<int64_t> candidates;
    for (int64_t thread = 0; thread < to.threads; ++thread) {
      std::set<int64_t> here;
      for (auto [source, itsLocal] : holders[to.at(thread, local)])
        if (reaches(thread, source) &&
            (thread == 0 || candidates.count(itsLocal)))
          here.insert(itsLocal);
      candidates = std::move(here);
    }
    if (candidates.empty())
      return false;
  }
  return true;
}

ConvertKind enumerate::convertKind(const Table &from, const Table &to,
                                   int64_t warpSize) {
  if (from == to)
    return ConvertKind::Identity;
  if (from.shape != to.shape || from.threads != to.threads)
    return ConvertKind::SharedMemory;
  if (readsOneLocal(from, to, std::equal_to<int64_t>()))
    return ConvertKind::RegisterPermutation;
  auto sameWarp = [&](int64_t reader, int64_t source) {
    return reader / warpSize == source / warpSize;
  };
  if (readsOneLocal(from, to, sameWarp))
    return ConvertKind::WarpShuffle;
  return ConvertKind::SharedMemory;
}

/// Whether each lane wants what its neighbour wants, the one whose number
/// differs in this bit.
static bool shareWith(ArrayRef<int64_t> addresses, size_t bit) {
  for (size_t lane = 0; lane < addresses.size(); ++lane)
    if (size_t other = lane ^ bit;
        other < addresses.size() && addresses[other] != addresses[lane])
      return false;
  return true;
}

/// Wavefronts of one access: for each group of lanes that is served together,
/// the most distinct words that one bank must give.
static int64_t countWavefronts(ArrayRef<int64_t> addresses, int64_t bytes) {
  constexpr int64_t kBanks = 32, kWordBytes = 4;
  int64_t words = std::max<int64_t>(1, bytes / kWordBytes);
  size_t lanesTogether = kBanks / words;
  if (words > 1 && addresses.size() > 2 * lanesTogether) {
    // Two groups may go together, each pair for itself.
    int64_t half =
        countWavefronts(addresses.take_front(2 * lanesTogether), bytes);
    return half +
           countWavefronts(addresses.drop_front(2 * lanesTogether), bytes);
  }
  if (words > 1 && (shareWith(addresses, 1) || shareWith(addresses, 2)))
    lanesTogether *= 2;
  int64_t wavefronts = 0;
  for (size_t first = 0; first < addresses.size(); first += lanesTogether) {
    std::map<int64_t, std::set<int64_t>> wordsOfBank;
    for (int64_t address : addresses.slice(first).take_front(lanesTogether))
      for (int64_t word = 0; word < words; ++word) {
        int64_t index = address / kWordBytes + word;
        wordsOfBank[index % kBanks].insert(index);
      }
    size_t most = 0;
    for (const auto &entry : wordsOfBank)
      most = std::max(most, entry.second.size());
    wavefronts += most;
  }
  return wavefronts;
}

std::optional<BankConflicts>
enumerate::bankConflicts(const Table &registers, const SharedLayout &shared,
                         int64_t elementBytes, int64_t vectorWidth) {
  constexpr int64_t kWarpSize = 32;
  if (elementBytes < 1 || vectorWidth < 1 ||
      elementBytes > kMaxSharedAccessBytes ||
      vectorWidth > kMaxSharedAccessBytes / elementBytes ||
      registers.locals % vectorWidth != 0)
    return std::nullopt;
  int64_t bytes = elementBytes * vectorWidth;
  BankConflicts result{0, 0};
  for (int64_t warp = 0; warp < registers.threads; warp += kWarpSize)
    for (int64_t local = 0; local < registers.locals; local += vectorWidth) {
      SmallVector<int64_t> addresses;
      int64_t end = std::min(warp + kWarpSize, registers.threads);
      for (int64_t thread = warp; thread < end; ++thread) {
        int64_t base =
            shared.byteOffset(registers.at(thread, local), elementBytes);
        if (base % bytes != 0)
          return std::nullopt;
        for (int64_t i = 1; i < vectorWidth; ++i)
          if (shared.byteOffset(registers.at(thread, local + i),
                                elementBytes) != base + i * elementBytes)
            return std::nullopt;
        addresses.push_back(base);
      }
      result.wavefronts =
          std::max(result.wavefronts, countWavefronts(addresses, bytes));
      int64_t lanesTogether = 32 / std::max<int64_t>(1, bytes / 4);
      result.ideal = std::max(result.ideal,
                              (end - warp + lanesTogether - 1) / lanesTogether);
    }
  return result;
}
