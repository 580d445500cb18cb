//===- Packing.cpp - Codes of a few bits in 32-bit words ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/Packing.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace pigeon::layout;

static std::nullopt_t refuse(std::string *whyNot, std::string reason) {
  if (whyNot)
    *whyNot = std::move(reason);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Deriving the places
//===----------------------------------------------------------------------===//

/// Cuts the local digits of a layout where they cross one of `cuts`, innermost
/// cut first, and gives the piece at local stride s the stride `newStride(s)`.
/// Nothing if a digit cannot be cut there.
static std::optional<llvm::SmallVector<PlacedDigit>>
moveLocals(const Layout &layout, llvm::ArrayRef<int64_t> cuts,
           llvm::function_ref<int64_t(int64_t)> newStride) {
  llvm::SmallVector<PlacedDigit> moved;
  for (int64_t dim = 0; dim <= layout.rank(); ++dim) {
    for (Digit digit : layout.digits(dim)) {
      PlacedDigit placed{dim == layout.rank() ? PlacedDigit::kNoDim : dim,
                         digit};
      if (digit.owner == Digit::Thread) {
        moved.push_back(placed);
        continue;
      }
      for (int64_t cut : cuts) {
        int64_t inside = cut / digit.ownerStride;
        if (cut <= digit.ownerStride || cut >= digit.ownerStride * digit.extent)
          continue;
        if (cut % digit.ownerStride != 0 || digit.extent % inside != 0)
          return std::nullopt;
        placed.digit = {Digit::Local, inside, digit.dimStride,
                        newStride(digit.ownerStride)};
        moved.push_back(placed);
        digit = {Digit::Local, digit.extent / inside, digit.dimStride * inside,
                 cut};
      }
      placed.digit = digit;
      placed.digit.ownerStride = newStride(digit.ownerStride);
      moved.push_back(placed);
    }
  }
  return moved;
}

/// The bits of one plane over the words of the lanes, see the header.
static std::optional<Layout> placeFields(const Layout &fragment, unsigned bits,
                                         bool inPairs) {
  if (fragment.numLocals() * bits % 32 != 0)
    return std::nullopt;
  int64_t slots = 16 / bits;
  auto pairPlace = [&](int64_t stride) -> int64_t {
    if (stride < 2)
      return 16;
    if (stride < 2 * slots)
      return stride / 2 * bits;
    return stride / (2 * slots) * 32;
  };
  auto contiguousPlace = [&](int64_t stride) -> int64_t {
    return stride * bits;
  };
  auto moved = inPairs ? moveLocals(fragment, {2, 2 * slots}, pairPlace)
                       : moveLocals(fragment, {}, contiguousPlace);
  if (!moved)
    return std::nullopt;
  moved->push_back({fragment.rank(), {Digit::Local, bits, 1, 1}});
  llvm::SmallVector<int64_t> shape(fragment.shape());
  shape.push_back(bits);
  return Layout::get(shape, *moved);
}

std::optional<Packing> Packing::get(unsigned bits,
                                    llvm::ArrayRef<unsigned> planes,
                                    const Layout &fragment,
                                    std::string *whyNot) {
  if (bits < 1 || bits > 8)
    return refuse(whyNot, "expected codes of 1 to 8 bits, found " +
                              std::to_string(bits));
  if (fragment.rank() != 2 || !fragment.replicaDigits().empty())
    return refuse(whyNot, "expected a fragment of a matrix without replicas");
  Packing packing;
  packing.tile = fragment;
  packing.codeBits = bits;
  unsigned sum = 0;
  for (unsigned width : planes) {
    bool dividesWord = width == 1 || width == 2 || width == 4 || width == 8;
    if (width < 1 || width > 8 || (!dividesWord && planes.size() > 1))
      return refuse(whyNot, "expected planes of 1, 2, 4 or 8 bits, found " +
                                std::to_string(width));
    auto places = placeFields(fragment, width, dividesWord);
    if (!places)
      return refuse(whyNot, "a plane of " + std::to_string(width) +
                                " bits does not fill words in the fragment " +
                                fragment.str());
    packing.allPlanes.push_back({sum, width, *places, packing.tileWords});
    packing.tileWords +=
        fragment.numThreads() * packing.allPlanes.back().laneWords();
    sum += width;
  }
  if (sum != bits)
    return refuse(whyNot, "expected planes of " + std::to_string(bits) +
                              " bits in all, found " + std::to_string(sum));
  return packing;
}

std::optional<Packing> Packing::getTernary(const Layout &fragment,
                                           std::string *whyNot) {
  int64_t bytes = fragment.numLocals() / 5;
  if (fragment.rank() != 2 || !fragment.replicaDigits().empty() ||
      fragment.numLocals() % 20 != 0)
    return refuse(whyNot, "expected a fragment of a matrix with a multiple of "
                          "20 elements in each lane, found " +
                              fragment.str());
  auto moved = moveLocals(fragment, {bytes}, [&](int64_t stride) -> int64_t {
    return stride < bytes ? stride * 5 : stride / bytes;
  });
  auto digits = moved ? Layout::get(fragment.shape(), *moved) : std::nullopt;
  if (!digits)
    return refuse(whyNot, "the slowest local digit of the fragment " +
                              fragment.str() + " has no five places");
  Packing packing;
  packing.tile = fragment;
  packing.ternary = true;
  packing.codeBits = 2;
  packing.digits = *digits;
  packing.tileWords = fragment.numThreads() * bytes / 4;
  return packing;
}

llvm::SmallVector<unsigned> Packing::defaultPlanes(unsigned bits) {
  llvm::SmallVector<unsigned> planes;
  for (unsigned width : {8u, 4u, 2u, 1u})
    if (bits & width)
      planes.push_back(width);
  return planes;
}

static Layout besides(int64_t count) {
  return Layout::local({1, count}) * mma::m16n8k16A();
}

std::optional<Packing> Packing::forWeights(unsigned bits,
                                           llvm::ArrayRef<unsigned> planes,
                                           std::string *whyNot) {
  return get(bits, planes, besides(4), whyNot);
}

Packing Packing::forTernaryWeights() { return *getTernary(besides(5)); }

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

int64_t Packing::numWords(int64_t rows, int64_t columns) const {
  return llvm::divideCeil(rows, tileRows()) *
         llvm::divideCeil(columns, tileColumns()) * tileWords;
}

void Packing::listPlane(const PackedPlane &plane,
                        std::vector<Part> &parts) const {
  int64_t laneBits = plane.places.numLocals();
  for (int64_t row = 0; row < tileRows(); ++row)
    for (int64_t column = 0; column < tileColumns(); ++column) {
      auto [lane, bit] = plane.places.holdersOf({row, column, 0}).front();
      parts.push_back({row, column,
                       plane.firstWord * 32 + lane * laneBits + bit,
                       plane.shift, plane.bits, 0});
    }
}

void Packing::listDigits(std::vector<Part> &parts) const {
  int64_t laneBytes = digits.numLocals() / 5;
  for (int64_t row = 0; row < tileRows(); ++row)
    for (int64_t column = 0; column < tileColumns(); ++column) {
      auto [lane, place] = digits.holdersOf({row, column}).front();
      parts.push_back({row, column, (lane * laneBytes + place / 5) * 8, 0, 8,
                       static_cast<unsigned>(place % 5)});
    }
}

std::vector<Packing::Part> Packing::listParts() const {
  std::vector<Part> parts;
  for (const PackedPlane &plane : allPlanes)
    listPlane(plane, parts);
  if (ternary)
    listDigits(parts);
  return parts;
}

static constexpr unsigned powersOfThree[] = {1, 3, 9, 27, 81};

void Packing::putPart(const Part &part, unsigned code, uint32_t *words) const {
  uint32_t *word = words + part.bit / 32;
  unsigned at = part.bit % 32;
  if (ternary) {
    // Each digit is added once, and a byte of five digits is at most 242.
    *word += code * powersOfThree[part.digit] << at;
    return;
  }
  uint64_t field = uint64_t(code >> part.shift & ((1u << part.bits) - 1)) << at;
  word[0] |= static_cast<uint32_t>(field);
  if (field >> 32)
    word[1] |= static_cast<uint32_t>(field >> 32);
}

unsigned Packing::getPart(const Part &part, const uint32_t *words) const {
  const uint32_t *word = words + part.bit / 32;
  unsigned at = part.bit % 32;
  if (ternary)
    return (*word >> at & 255) / powersOfThree[part.digit] % 3;
  uint64_t both = word[0];
  if (at + part.bits > 32)
    both |= uint64_t(word[1]) << 32;
  return static_cast<unsigned>(both >> at & ((1u << part.bits) - 1))
         << part.shift;
}

/// Visits (part, place in the matrix, first word of the tile) of all parts of
/// codes that are in the matrix.
template <typename Visit>
void Packing::forEachPart(int64_t rows, int64_t columns, Visit visit) const {
  std::vector<Part> parts = listParts();
  int64_t firstWord = 0;
  for (int64_t c0 = 0; c0 < columns; c0 += tileColumns())
    for (int64_t r0 = 0; r0 < rows; r0 += tileRows()) {
      for (const Part &part : parts)
        if (r0 + part.row < rows && c0 + part.column < columns)
          visit(part, (r0 + part.row) * columns + c0 + part.column, firstWord);
      firstWord += tileWords;
    }
}

std::vector<uint32_t> Packing::pack(llvm::ArrayRef<uint8_t> codes, int64_t rows,
                                    int64_t columns) const {
  std::vector<uint32_t> words(numWords(rows, columns));
  forEachPart(rows, columns, [&](const Part &part, int64_t at, int64_t first) {
    putPart(part, codes[at], words.data() + first);
  });
  return words;
}

std::vector<uint8_t> Packing::unpack(llvm::ArrayRef<uint32_t> words,
                                     int64_t rows, int64_t columns) const {
  std::vector<uint8_t> codes(rows * columns);
  forEachPart(rows, columns, [&](const Part &part, int64_t at, int64_t first) {
    codes[at] |= static_cast<uint8_t>(getPart(part, words.data() + first));
  });
  return codes;
}
