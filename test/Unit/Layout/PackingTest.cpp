//===- PackingTest.cpp - Every code of every tile comes back --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The places are computed here once more, with shifts and masks, from the table
// of the A operand in the PTX ISA: nothing below knows of layouts.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/Packing.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "gtest/gtest.h"

#include <random>

using namespace pigeon::layout;

namespace {

using Planes = llvm::SmallVector<unsigned>;

/// Every way to cut `bits` that is supported: one plane, or several whose
/// widths divide a word, in any order.
std::vector<Planes> allCuts(unsigned bits) {
  std::vector<Planes> cuts = {{bits}};
  for (unsigned first : {1u, 2u, 4u})
    for (const Planes &rest :
         first < bits ? allCuts(bits - first) : std::vector<Planes>()) {
      Planes cut = {first};
      cut.append(rest);
      if (llvm::all_of(rest, [](unsigned w) { return (w & (w - 1)) == 0; }))
        cuts.push_back(cut);
    }
  return cuts;
}

/// Row and column of element `local` of `lane` in four A operands of
/// mma.m16n8k16 side by side: register 0 holds (g, k), 1 (g + 8, k), 2 (g, k +
/// 8), 3 (g + 8, k + 8), each a pair along k.
std::pair<int, int> elementOf(int lane, int local) {
  int group = lane >> 2, inGroup = lane & 3;
  int step = local / 8, reg = local / 2 % 4, half = local % 2;
  return {group + (reg & 1) * 8,
          step * 16 + (reg >> 1) * 8 + inGroup * 2 + half};
}

/// A packed tile of 16 x 64, from the definition.
std::vector<uint32_t> packTile(const std::vector<uint8_t> &codes,
                               const Planes &planes) {
  std::vector<uint32_t> words;
  unsigned shift = 0;
  for (unsigned bits : planes) {
    size_t base = words.size();
    words.resize(base + 32 * bits);
    bool inPairs = bits == 1 || bits == 2 || bits == 4 || bits == 8;
    for (int lane = 0; lane < 32; ++lane)
      for (int local = 0; local < 32; ++local) {
        auto [row, column] = elementOf(lane, local);
        unsigned field = codes[row * 64 + column] >> shift & ((1 << bits) - 1);
        int pair = local / 2, half = local % 2, slots = 16 / bits;
        for (unsigned i = 0; i < bits; ++i) {
          unsigned at =
              inPairs ? pair / slots * 32 + half * 16 + pair % slots * bits + i
                      : local * bits + i;
          words[base + lane * bits + at / 32] |= (field >> i & 1u) << at % 32;
        }
      }
    shift += bits;
  }
  return words;
}

std::vector<uint8_t> randomCodes(size_t count, unsigned numCodes,
                                 unsigned seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> codes(count);
  for (uint8_t &code : codes)
    code = random() % numCodes;
  return codes;
}

TEST(Packing, EveryWidthAndCutIsWhatTheDefinitionSays) {
  for (unsigned bits = 1; bits <= 8; ++bits)
    for (const Planes &planes : allCuts(bits)) {
      auto packing = Packing::forWeights(bits, planes);
      ASSERT_TRUE(packing);
      EXPECT_EQ(packing->wordsPerTile(), 32 * bits);
      auto codes = randomCodes(16 * 64, 1u << bits, bits);
      EXPECT_EQ(packing->pack(codes, 16, 64), packTile(codes, planes))
          << bits << " bits in " << planes.size() << " planes";
    }
}

/// The cuts that are used: the default one, and one contiguous plane.
std::vector<Planes> usualCuts(unsigned bits) {
  return {Packing::defaultPlanes(bits), {bits}};
}

/// Every bit of every element has a place of its own, and all places are taken.
TEST(Packing, EveryBitHasAPlaceOfItsOwn) {
  for (unsigned bits = 1; bits <= 8; ++bits)
    for (const Planes &cut : usualCuts(bits)) {
      auto packing = *Packing::forWeights(bits, cut);
      std::vector<bool> taken(packing.wordsPerTile() * 32);
      for (const PackedPlane &plane : packing.planes())
        for (int64_t element = 0; element < 16 * 64; ++element)
          for (unsigned bit = 0; bit < plane.bits; ++bit) {
            auto holders = plane.places.holdersOf(
                {element / 64, element % 64, static_cast<int64_t>(bit)});
            ASSERT_EQ(holders.size(), 1u);
            auto [lane, local] = holders.front();
            int64_t at =
                (plane.firstWord + lane * plane.laneWords()) * 32 + local;
            ASSERT_FALSE(taken[at]) << element << " bit " << bit;
            taken[at] = true;
          }
      EXPECT_EQ(llvm::count(taken, true), 16 * 64 * bits);
      EXPECT_EQ(packing.wordsPerTile() * 32, 16 * 64 * bits);
    }
}

TEST(Packing, EveryCodeComesBack) {
  for (unsigned bits = 1; bits <= 8; ++bits)
    for (const Planes &cut : usualCuts(bits)) {
      auto packing = *Packing::forWeights(bits, cut);
      for (unsigned factor : {1, 5}) {
        std::vector<uint8_t> codes(16 * 64);
        for (size_t i = 0; i < codes.size(); ++i)
          codes[i] = i * factor & ((1u << bits) - 1);
        ASSERT_EQ(packing.unpack(packing.pack(codes, 16, 64), 16, 64), codes);
      }
    }
}

TEST(Packing, TernaryIsFiveToAByte) {
  Packing packing = Packing::forTernaryWeights();
  EXPECT_EQ(packing.tileColumns(), 80);
  EXPECT_EQ(packing.wordsPerTile(), 64);
  for (unsigned offset = 0; offset < 3; ++offset) {
    std::vector<uint8_t> codes(16 * 80);
    for (size_t i = 0; i < codes.size(); ++i)
      codes[i] = (i * 7 + i / 11 + offset) % 3;
    auto words = packing.pack(codes, 16, 80);
    ASSERT_EQ(packing.unpack(words, 16, 80), codes);
    // Byte b of a lane is element b of five operands side by side.
    for (int lane = 0; lane < 32; ++lane)
      for (int byte = 0; byte < 8; ++byte) {
        unsigned expected = 0;
        for (int digit = 4; digit >= 0; --digit) {
          auto [row, column] = elementOf(lane, byte);
          expected = expected * 3 + codes[row * 80 + column + digit * 16];
        }
        unsigned word = words[lane * 2 + byte / 4];
        ASSERT_EQ(word >> byte % 4 * 8 & 255, expected) << lane << " " << byte;
      }
  }
}

TEST(Packing, MatricesThatNoTileDivides) {
  for (auto [rows, columns] :
       {std::pair<int, int>{1, 1}, {16, 64}, {17, 65}, {33, 200}, {48, 81}}) {
    for (unsigned bits : {3u, 4u, 6u}) {
      auto packing = *Packing::forWeights(bits, Packing::defaultPlanes(bits));
      auto codes = randomCodes(rows * columns, 1u << bits, rows);
      auto words = packing.pack(codes, rows, columns);
      EXPECT_EQ(static_cast<int64_t>(words.size()),
                packing.numWords(rows, columns));
      EXPECT_EQ(packing.unpack(words, rows, columns), codes);
    }
    Packing ternary = Packing::forTernaryWeights();
    auto codes = randomCodes(rows * columns, 3, rows);
    EXPECT_EQ(ternary.unpack(ternary.pack(codes, rows, columns), rows, columns),
              codes);
  }
}

/// The order of tiles in memory: columns of tiles outermost.
TEST(Packing, TilesAreWalkedDownTheRowsFirst) {
  auto packing = *Packing::forWeights(4, {4});
  std::vector<uint8_t> codes(32 * 128);
  auto codeAt = [&](int row, int column) -> uint8_t & {
    return codes[row * 128 + column];
  };
  codeAt(16, 0) = 1;  // tile row 1, tile column 0
  codeAt(0, 64) = 2;  // tile row 0, tile column 1
  codeAt(16, 64) = 3; // tile row 1, tile column 1
  auto words = packing.pack(codes, 32, 128);
  EXPECT_EQ(words[128], 1u);
  EXPECT_EQ(words[256], 2u);
  EXPECT_EQ(words[384], 3u);
}

TEST(Packing, TheExampleOfTheHeader) {
  auto packing = *Packing::forWeights(4, {4});
  std::vector<uint8_t> codes(16 * 64);
  codes[8 * 64 + 1] = 15;
  EXPECT_EQ(packing.pack(codes, 16, 64)[0], 0xF00000u);
}

TEST(Packing, WhatDoesNotFitIsRefused) {
  auto reason = [](unsigned bits, Planes planes, const Layout &fragment) {
    std::string why = "taken";
    Packing::get(bits, planes, fragment, &why);
    return why;
  };
  Layout a = mma::m16n8k16A();
  EXPECT_EQ(reason(9, {8, 1}, a), "expected codes of 1 to 8 bits, found 9");
  EXPECT_EQ(reason(6, {4, 1}, Layout::local({1, 4}) * a),
            "expected planes of 6 bits in all, found 5");
  EXPECT_EQ(reason(4, {3, 1}, Layout::local({1, 4}) * a),
            "expected planes of 1, 2, 4 or 8 bits, found 3");
  EXPECT_EQ(reason(2, {2}, a).find("a plane of 2 bits does not fill words"),
            0u);
  EXPECT_EQ(reason(4, {4}, Layout::replicated(2, 2) * a),
            "expected a fragment of a matrix without replicas");
  std::string why;
  EXPECT_FALSE(Packing::getTernary(a, &why));
  EXPECT_EQ(why.find("expected a fragment of a matrix with a multiple of 20"),
            0u);
}

} // namespace
