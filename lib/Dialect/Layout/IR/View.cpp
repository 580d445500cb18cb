//===- View.cpp - The same registers as another tile ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two ways to write one number in mixed radix are brought to common digits;
// then each digit of the one is a digit of the other.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/View.h"

#include "llvm/ADT/STLExtras.h"

using namespace pigeon::layout;

namespace {

/// A digit of a number, number / stride % extent, and where it goes: `image` is
/// its stride there.
struct Piece {
  int64_t stride, extent, image;
  Digit::Owner owner = Digit::Thread;
  int64_t dim = 0;
};
using Pieces = llvm::SmallVector<Piece>;

/// Cuts the piece that has `stride` inside. False if that cannot be.
bool cutAt(Pieces &pieces, int64_t stride) {
  for (size_t i = 0; i < pieces.size(); ++i) {
    Piece piece = pieces[i];
    if (stride <= piece.stride || stride >= piece.stride * piece.extent)
      continue;
    int64_t inside = stride / piece.stride;
    if (stride % piece.stride != 0 || piece.extent % inside != 0)
      return false;
    pieces[i].extent = inside;
    piece.stride = stride;
    piece.extent /= inside;
    piece.image *= inside;
    pieces.push_back(piece);
  }
  return true;
}

/// Cuts both until their digits are the same, and sorts them. False if there
/// are no common digits.
bool refine(Pieces &a, Pieces &b) {
  Pieces before = a;
  for (const Piece &piece : b)
    if (!cutAt(a, piece.stride))
      return false;
  for (const Piece &piece : before)
    if (!cutAt(b, piece.stride))
      return false;
  auto byStride = [](const Piece &x, const Piece &y) {
    return x.stride < y.stride;
  };
  llvm::sort(a, byStride);
  llvm::sort(b, byStride);
  if (a.size() != b.size())
    return false;
  return llvm::all_of(llvm::zip(a, b), [](auto both) {
    auto &[x, y] = both;
    return x.stride == y.stride && x.extent == y.extent;
  });
}

/// The digits of a dimension, with locals cut between fields and words.
std::optional<Pieces> digitsOf(const Layout &layout, int64_t dim,
                               int64_t fields) {
  Pieces pieces;
  for (const Digit &digit : layout.digits(dim)) {
    Piece piece{digit.dimStride, digit.extent, digit.ownerStride, digit.owner,
                dim};
    int64_t end = piece.image * piece.extent;
    bool isAcross =
        digit.owner == Digit::Local && piece.image < fields && fields < end;
    if (!isAcross) {
      pieces.push_back(piece);
      continue;
    }
    int64_t inside = fields / piece.image;
    if (fields % piece.image != 0 || piece.extent % inside != 0)
      return std::nullopt;
    pieces.push_back({piece.stride, inside, piece.image, piece.owner, dim});
    pieces.push_back({piece.stride * inside, piece.extent / inside, fields,
                      piece.owner, dim});
  }
  return pieces;
}

bool isField(const Piece &piece, int64_t fields) {
  return piece.owner == Digit::Local && piece.image < fields;
}

void addReplicas(const Layout &layout,
                 llvm::SmallVectorImpl<PlacedDigit> &digits) {
  for (const Digit &digit : layout.replicaDigits())
    digits.push_back({PlacedDigit::kNoDim, digit});
}

} // namespace

/// Where a digit of the packing lies in the words in row-major order.
static int64_t wordStride(const View &view, const Piece &piece) {
  int64_t words = view.packing.numLocals() / view.fields;
  return piece.owner == Digit::Thread ? piece.image * words
                                      : piece.image / view.fields;
}

std::optional<Layout> View::sourceOf(const Layout &result) const {
  if (result.shape() != packing.shape())
    return std::nullopt;
  llvm::SmallVector<PlacedDigit> digits;
  addReplicas(result, digits);
  for (int64_t dim = 0; dim < result.rank(); ++dim) {
    auto held = digitsOf(result, dim, fields),
         packed = digitsOf(packing, dim, fields);
    if (!held || !packed || !refine(*held, *packed))
      return std::nullopt;
    for (auto [mine, place] : llvm::zip_equal(*held, *packed)) {
      if (isField(mine, fields) != isField(place, fields))
        return std::nullopt;
      if (isField(mine, fields)) {
        if (mine.image != place.image)
          return std::nullopt;
        continue;
      }
      int64_t ownerStride =
          mine.owner == Digit::Local ? mine.image / fields : mine.image;
      digits.push_back(
          {0,
           {mine.owner, mine.extent, wordStride(*this, place), ownerStride}});
    }
  }
  int64_t words = packing.numThreads() * packing.numLocals() / fields;
  auto flat = Layout::get({words}, digits);
  return flat ? flat->reshape(sourceShape) : std::nullopt;
}

std::optional<Layout> View::resultOf(const Layout &source) const {
  int64_t words = packing.numThreads() * packing.numLocals() / fields;
  auto flat = source.reshape({words});
  if (!flat)
    return std::nullopt;
  llvm::SmallVector<PlacedDigit> digits;
  addReplicas(*flat, digits);
  Pieces places;
  for (int64_t dim = 0; dim < packing.rank(); ++dim) {
    auto packed = digitsOf(packing, dim, fields);
    if (!packed)
      return std::nullopt;
    for (const Piece &piece : *packed) {
      if (isField(piece, fields))
        digits.push_back(
            {dim, {Digit::Local, piece.extent, piece.stride, piece.image}});
      else
        places.push_back({wordStride(*this, piece), piece.extent, piece.stride,
                          piece.owner, dim});
    }
  }
  auto held = digitsOf(*flat, 0, 1);
  if (!held || !refine(*held, places))
    return std::nullopt;
  for (auto [mine, place] : llvm::zip_equal(*held, places))
    digits.push_back(
        {place.dim,
         {mine.owner, mine.extent, place.image,
          mine.owner == Digit::Local ? mine.image * fields : mine.image}});
  return Layout::get(packing.shape(), digits);
}
