//===- LayoutAlgebra.cpp - Layouts from layouts ---------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operation takes the digits apart, moves or cuts them, and hands them to
// `Layout::get`, which checks and joins them again.
//
//===----------------------------------------------------------------------===//

#include "LayoutDetail.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace pigeon::layout;
using detail::cutAt;
using detail::cutInner;
using detail::Digits;
using llvm::ArrayRef;
using llvm::SmallVector;

PlacedDigit detail::cutInner(PlacedDigit &placed, int64_t extent) {
  PlacedDigit inner = placed;
  inner.digit.extent = extent;
  placed.digit.extent /= extent;
  placed.digit.dimStride *= extent;
  placed.digit.ownerStride *= extent;
  return inner;
}

bool detail::cutAt(Digits &digits, int64_t Digit::*strideOf, int64_t boundary,
                   llvm::function_ref<bool(const PlacedDigit &)> concerned) {
  for (size_t i = 0, e = digits.size(); i < e; ++i) {
    if (!concerned(digits[i]))
      continue;
    const Digit &digit = digits[i].digit;
    int64_t stride = digit.*strideOf;
    if (stride >= boundary || stride * digit.extent <= boundary)
      continue;
    if (boundary % stride != 0 || digit.extent % (boundary / stride) != 0)
      return false;
    PlacedDigit inner = cutInner(digits[i], boundary / stride);
    digits.push_back(inner);
  }
  return true;
}

/// Gives the digits of an owner, in their order, strides without gaps.
static void closeRanks(Digits &digits, Digit::Owner owner) {
  SmallVector<Digit *> own;
  for (PlacedDigit &placed : digits)
    if (placed.digit.owner == owner)
      own.push_back(&placed.digit);
  llvm::sort(own, [](const Digit *a, const Digit *b) {
    return a->ownerStride < b->ownerStride;
  });
  int64_t stride = 1;
  for (Digit *digit : own) {
    digit->ownerStride = stride;
    stride *= digit->extent;
  }
}

/// row-major strides of a shape.
static SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = int64_t(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

static Layout padRank(Layout layout, int64_t rank) {
  while (layout.rank() < rank)
    layout = layout.unsqueeze(0);
  return layout;
}

//===----------------------------------------------------------------------===//
// Product and division
//===----------------------------------------------------------------------===//

std::optional<Layout> Layout::product(const Layout &outer,
                                      const Layout &inner) {
  if (outer.rank() != inner.rank()) {
    int64_t rank = std::max(outer.rank(), inner.rank());
    return product(padRank(outer, rank), padRank(inner, rank));
  }
  // Both factors keep to kMaxPlaces, so one multiplication cannot overflow.
  SmallVector<int64_t> shape;
  for (auto [a, b] : llvm::zip(outer.extents, inner.extents))
    shape.push_back(a * b);
  Digits digits = inner.placedDigits();
  for (PlacedDigit placed : outer.placedDigits()) {
    Digit &digit = placed.digit;
    if (placed.dim != PlacedDigit::kNoDim)
      digit.dimStride *= inner.extents[placed.dim];
    digit.ownerStride *=
        digit.owner == Digit::Thread ? inner.threads : inner.locals;
    digits.push_back(placed);
  }
  return get(shape, digits);
}

Layout pigeon::layout::operator*(const Layout &outer, const Layout &inner) {
  std::optional<Layout> product = Layout::product(outer, inner);
  detail::require(product.has_value(), "layout: the product is too large");
  return *product;
}

std::optional<std::pair<Layout, Layout>>
Layout::factor(ArrayRef<int64_t> innerShape, int64_t innerThreads,
               int64_t innerLocals) const {
  Digits digits = placedDigits();
  auto isThread = [](const PlacedDigit &placed) {
    return placed.digit.owner == Digit::Thread;
  };
  auto isLocal = [](const PlacedDigit &placed) {
    return placed.digit.owner == Digit::Local;
  };
  if (!cutAt(digits, &Digit::ownerStride, innerThreads, isThread) ||
      !cutAt(digits, &Digit::ownerStride, innerLocals, isLocal))
    return std::nullopt;

  Digits outerDigits, innerDigits;
  for (PlacedDigit placed : digits) {
    Digit &digit = placed.digit;
    int64_t boundary =
        digit.owner == Digit::Thread ? innerThreads : innerLocals;
    if (digit.ownerStride < boundary) {
      innerDigits.push_back(placed);
      continue;
    }
    digit.ownerStride /= boundary;
    // Even if the inner digits fill innerShape; otherwise `get` refuses them.
    if (placed.dim != PlacedDigit::kNoDim)
      digit.dimStride /= innerShape[placed.dim];
    outerDigits.push_back(placed);
  }
  SmallVector<int64_t> outerShape;
  for (auto [whole, part] : llvm::zip(extents, innerShape))
    outerShape.push_back(whole / part);
  std::optional<Layout> outer = get(outerShape, outerDigits);
  std::optional<Layout> inner = get(innerShape, innerDigits);
  if (!outer || !inner)
    return std::nullopt;
  return std::pair(*outer, *inner);
}

/// Whether every size of `part` divides that of `whole`.
static bool sizesDivide(const Layout &whole, const Layout &part) {
  if (whole.rank() != part.rank() ||
      whole.numThreads() % part.numThreads() != 0 ||
      whole.numLocals() % part.numLocals() != 0)
    return false;
  return llvm::all_of(llvm::zip(whole.shape(), part.shape()), [](auto pair) {
    return std::get<0>(pair) % std::get<1>(pair) == 0;
  });
}

std::optional<Layout> Layout::divideRight(const Layout &inner) const {
  if (inner.rank() < rank())
    return divideRight(padRank(inner, rank()));
  if (!sizesDivide(*this, inner))
    return std::nullopt;
  auto factors = factor(inner.extents, inner.threads, inner.locals);
  if (!factors || factors->second != inner)
    return std::nullopt;
  return factors->first;
}

std::optional<Layout> Layout::divideLeft(const Layout &outer) const {
  if (outer.rank() < rank())
    return divideLeft(padRank(outer, rank()));
  if (!sizesDivide(*this, outer))
    return std::nullopt;
  SmallVector<int64_t> innerShape;
  for (auto [whole, part] : llvm::zip(extents, outer.extents))
    innerShape.push_back(whole / part);
  auto factors =
      factor(innerShape, threads / outer.threads, locals / outer.locals);
  if (!factors || factors->first != outer)
    return std::nullopt;
  return factors->second;
}

//===----------------------------------------------------------------------===//
// Reduction
//===----------------------------------------------------------------------===//

Layout Layout::reduce(int64_t dim, bool keepDim) const {
  detail::require(dim >= 0 && dim < rank(),
                  "layout: the reduced dimension must exist");
  Digits digits;
  for (PlacedDigit placed : placedDigits()) {
    if (placed.dim == dim && placed.digit.owner == Digit::Local)
      continue;
    if (placed.dim == dim)
      placed.dim = PlacedDigit::kNoDim;
    else if (placed.dim > dim && !keepDim)
      --placed.dim;
    digits.push_back(placed);
  }
  closeRanks(digits, Digit::Local);
  SmallVector<int64_t> shape(extents.begin(), extents.end());
  if (keepDim)
    shape[dim] = 1;
  else
    shape.erase(shape.begin() + dim);
  return detail::getOrDie(shape, digits);
}

ReduceInfo Layout::reduceLocals(int64_t dim, bool keepDim) const {
  ReduceInfo info;
  info.result = reduce(dim, keepDim);
  info.threadDigits = threadDigits(dim);
  // The remaining local digits keep their order, so their new strides are the
  // products of the extents of the remaining ones inside them.
  SmallVector<std::pair<int64_t, int64_t>> kept; // (stride, extent)
  for (const PlacedDigit &placed : placedDigits())
    if (placed.digit.owner == Digit::Local && placed.dim != dim)
      kept.push_back({placed.digit.ownerStride, placed.digit.extent});
  llvm::sort(kept);
  for (int64_t local = 0; local < locals; ++local) {
    int64_t target = 0, stride = 1;
    for (auto [ownerStride, extent] : kept) {
      target += local / ownerStride % extent * stride;
      stride *= extent;
    }
    info.resultLocal.push_back(target);
  }
  return info;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Layout Layout::permute(ArrayRef<int64_t> perm) const {
  detail::require(int64_t(perm.size()) == rank(),
                  "layout: the permutation must name every dimension once");
  SmallVector<int64_t> shape, newDim(perm.size(), -1);
  for (auto [to, from] : llvm::enumerate(perm)) {
    detail::require(from >= 0 && from < rank() && newDim[from] == -1,
                    "layout: the permutation must name every dimension once");
    newDim[from] = to;
    shape.push_back(extents[from]);
  }
  Digits digits = placedDigits();
  for (PlacedDigit &placed : digits)
    if (placed.dim != PlacedDigit::kNoDim)
      placed.dim = newDim[placed.dim];
  return detail::getOrDie(shape, digits);
}

Layout Layout::unsqueeze(int64_t dim) const {
  detail::require(dim >= 0 && dim <= rank(),
                  "layout: the place of the new dimension must exist");
  SmallVector<int64_t> shape(extents.begin(), extents.end());
  shape.insert(shape.begin() + dim, 1);
  Digits digits = placedDigits();
  for (PlacedDigit &placed : digits)
    if (placed.dim >= dim)
      ++placed.dim;
  return detail::getOrDie(shape, digits);
}

std::optional<Layout> Layout::squeeze(int64_t dim) const {
  if (dim < 0 || dim >= rank() || extents[dim] != 1)
    return std::nullopt;
  return reduce(dim, /*keepDim=*/false);
}

std::optional<Layout> Layout::reshape(ArrayRef<int64_t> newShape) const {
  int64_t newElements = 1;
  for (int64_t extent : newShape)
    if (extent < 1 || llvm::MulOverflow(newElements, extent, newElements))
      return std::nullopt;
  if (newElements != numElements())
    return std::nullopt;

  // As one dimension first; digits that meet there are joined, so that only
  // boundaries of the new shape cut.
  SmallVector<int64_t> oldStrides = rowMajorStrides(extents);
  Digits flat = placedDigits();
  for (PlacedDigit &placed : flat)
    if (placed.dim != PlacedDigit::kNoDim) {
      placed.digit.dimStride *= oldStrides[placed.dim];
      placed.dim = 0;
    }
  Digits digits = detail::getOrDie({newElements}, flat).placedDigits();
  SmallVector<int64_t> newStrides = rowMajorStrides(newShape);
  auto inDim = [](const PlacedDigit &placed) {
    return placed.dim != PlacedDigit::kNoDim;
  };
  for (int64_t stride : newStrides)
    if (!cutAt(digits, &Digit::dimStride, stride, inDim))
      return std::nullopt;
  for (PlacedDigit &placed : digits) {
    if (!inDim(placed))
      continue;
    // The innermost dimension whose boundary is not inside the digit's stride;
    // dimensions of extent 1 share a boundary and hold no digit.
    int64_t dim = int64_t(newShape.size()) - 1;
    while (dim > 0 && placed.digit.dimStride >= newStrides[dim] * newShape[dim])
      --dim;
    placed.dim = dim;
    placed.digit.dimStride /= newStrides[dim];
  }
  return get(newShape, digits);
}

std::optional<Layout> Layout::expandLocal(int64_t dim, int64_t extent) const {
  if (dim < 0 || dim >= rank() || extents[dim] != 1)
    return std::nullopt;
  Digits digits = placedDigits();
  digits.push_back({dim, {Digit::Local, extent, 1, locals}});
  SmallVector<int64_t> shape(extents.begin(), extents.end());
  shape[dim] = extent;
  return get(shape, digits);
}

std::optional<Layout> Layout::expandReplicas(int64_t dim,
                                             int64_t extent) const {
  if (dim < 0 || dim >= rank() || extents[dim] != 1 || extent < 1)
    return std::nullopt;
  Digits digits = placedDigits();
  int64_t reach = 1;
  // Replica digits come last, largest stride first: take them from the back.
  for (size_t i = digits.size(); i-- > 0 && reach < extent;) {
    if (digits[i].dim != PlacedDigit::kNoDim)
      break;
    int64_t wanted = extent / reach;
    if (digits[i].digit.extent > wanted) {
      if (digits[i].digit.extent % wanted != 0)
        return std::nullopt;
      PlacedDigit inner = cutInner(digits[i], wanted);
      inner.dim = dim;
      inner.digit.dimStride = reach;
      digits.push_back(inner);
      reach *= wanted;
      break;
    }
    digits[i].dim = dim;
    digits[i].digit.dimStride = reach;
    reach *= digits[i].digit.extent;
  }
  if (reach != extent)
    return std::nullopt;
  SmallVector<int64_t> shape(extents.begin(), extents.end());
  shape[dim] = extent;
  return get(shape, digits);
}
