//===- RandomLayouts.h - Small layouts to try laws on -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_LAYOUT_RANDOMLAYOUTS_H
#define PIGEON_TEST_UNIT_LAYOUT_RANDOMLAYOUTS_H

#include "pigeon/Dialect/Layout/IR/Enumerate.h"
#include "pigeon/Dialect/Layout/IR/Layout.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>

namespace pigeon::layout {

/// Makes layouts with digits of mixed radices in random order.
class RandomLayouts {
public:
  explicit RandomLayouts(unsigned seed) : engine(seed) {}

  int64_t below(int64_t limit) {
    return std::uniform_int_distribution<int64_t>(0, limit - 1)(engine);
  }
  bool coin() { return below(2) == 0; }

  template <typename Range> void shuffle(Range &range) {
    std::shuffle(range.begin(), range.end(), engine);
  }

  struct Options {
    int64_t rank = -1; ///< Random from 0 to 3 if negative.
    int64_t maxDigits = 5;
    int64_t maxPlaces = 256;
    llvm::SmallVector<int64_t> radices = {1, 2, 2, 2, 3, 4, 5};
    bool replicas = true;
  };

  /// Random digits, not in canonical form, and their shape.
  llvm::SmallVector<PlacedDigit> digits(const Options &options,
                                        llvm::SmallVector<int64_t> &shape) {
    int64_t rank = options.rank < 0 ? below(4) : options.rank;
    llvm::SmallVector<PlacedDigit> result;
    int64_t places = 1;
    for (int64_t i = below(options.maxDigits + 1); i > 0; --i) {
      int64_t extent = options.radices[below(options.radices.size())];
      if (places * extent > options.maxPlaces)
        continue;
      bool replica = rank == 0 || (options.replicas && below(5) == 0);
      if (replica && !options.replicas)
        continue;
      places *= extent;
      PlacedDigit placed;
      placed.dim = replica ? PlacedDigit::kNoDim : below(rank);
      placed.digit = {replica || coin() ? Digit::Thread : Digit::Local, extent,
                      0, 1};
      result.push_back(placed);
    }
    setStrides(result, rank, shape);
    return result;
  }

  Layout layout(const Options &options) {
    llvm::SmallVector<int64_t> shape;
    llvm::SmallVector<PlacedDigit> placed = digits(options, shape);
    std::string why;
    std::optional<Layout> result = Layout::get(shape, placed, &why);
    EXPECT_TRUE(result.has_value()) << why;
    return result ? *result : Layout();
  }
  Layout layout() { return layout(Options()); }

  /// Another layout of the same shape, mostly with the same digits in another
  /// order. A digit may move from the threads to the locals and leave a replica
  /// digit behind, so that there are as many threads as before. `from` has
  /// rank 1.
  Layout similar(const Layout &from) {
    llvm::SmallVector<PlacedDigit> placed;
    for (PlacedDigit whole : from.placedDigits())
      for (int64_t extent : factors(whole.digit.extent)) {
        PlacedDigit part = whole;
        part.digit.extent = extent;
        bool moves = part.dim != PlacedDigit::kNoDim && below(6) == 0 &&
                     part.digit.owner == Digit::Thread;
        if (moves) {
          placed.push_back({PlacedDigit::kNoDim, part.digit});
          part.digit.owner = Digit::Local;
        }
        placed.push_back(part);
      }
    llvm::SmallVector<int64_t> shape;
    setStrides(placed, from.rank(), shape);
    return *Layout::get(shape, placed);
  }

  /// The dimensions in a random order.
  llvm::SmallVector<int64_t> permutation(int64_t rank) {
    llvm::SmallVector<int64_t> perm;
    for (int64_t dim = 0; dim < rank; ++dim)
      perm.push_back(dim);
    shuffle(perm);
    return perm;
  }

  /// A random ordered factorisation.
  llvm::SmallVector<int64_t> factors(int64_t number) {
    llvm::SmallVector<int64_t> result;
    for (int64_t factor = 2; number > 1;) {
      if (number % factor != 0) {
        ++factor;
        continue;
      }
      number /= factor;
      if (!result.empty() && coin())
        result[below(result.size())] *= factor;
      else
        result.push_back(factor);
    }
    if (coin())
      result.push_back(1);
    shuffle(result);
    return result;
  }

private:
  /// Gives the digits strides in the random order in which `shuffle` leaves
  /// them, per dimension and per owner.
  void setStrides(llvm::SmallVector<PlacedDigit> &digits, int64_t rank,
                  llvm::SmallVector<int64_t> &shape) {
    shape.assign(rank, 1);
    shuffle(digits);
    for (PlacedDigit &placed : digits)
      if (placed.dim != PlacedDigit::kNoDim) {
        placed.digit.dimStride = shape[placed.dim];
        shape[placed.dim] *= placed.digit.extent;
      }
    shuffle(digits);
    int64_t size[2] = {1, 1};
    for (PlacedDigit &placed : digits) {
      placed.digit.ownerStride = size[placed.digit.owner];
      size[placed.digit.owner] *= placed.digit.extent;
    }
    shuffle(digits);
  }

  std::mt19937 engine;
};

} // namespace pigeon::layout

#endif // PIGEON_TEST_UNIT_LAYOUT_RANDOMLAYOUTS_H
