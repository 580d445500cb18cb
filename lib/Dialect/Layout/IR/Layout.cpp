//===- Layout.cpp - Checking layouts and looking at them ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every layout comes out of `Layout::get`, which checks that digits fill their
// dimensions and owners without gaps, and joins them into the canonical form.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/Layout.h"

#include "LayoutDetail.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace pigeon::layout;
using llvm::ArrayRef;
using llvm::formatv;
using llvm::SmallVector;

void detail::require(bool condition, const char *message) {
  if (!condition)
    llvm::report_fatal_error(message);
}

//===----------------------------------------------------------------------===//
// Checking and joining digits
//===----------------------------------------------------------------------===//

namespace {

/// Checks the digits of one layout; `why` is the first complaint.
class DigitChecker {
public:
  DigitChecker(ArrayRef<int64_t> shape, ArrayRef<PlacedDigit> digits)
      : shape(shape), digits(digits) {}

  bool check() {
    return checkSize() && checkEach() && checkDims() &&
           checkOwner(Digit::Thread, "thread", threads) &&
           checkOwner(Digit::Local, "local", locals);
  }

  std::string why;
  int64_t threads = 1;
  int64_t locals = 1;

private:
  bool fail(std::string message) {
    why = std::move(message);
    return false;
  }

  /// Multiplies into `product`; fails where it passes the limit.
  bool grow(int64_t &product, int64_t factor, const char *what) {
    if (!llvm::MulOverflow(product, factor, product) &&
        product <= Layout::kMaxPlaces)
      return true;
    return fail(formatv("expected at most {0} {1}, but there are more",
                        Layout::kMaxPlaces, what));
  }

  bool checkSize() {
    int64_t elements = 1;
    for (auto [dim, extent] : llvm::enumerate(shape)) {
      if (extent < 1)
        return fail(formatv(
            "expected a positive extent for dimension {0}, but found {1}", dim,
            extent));
      if (!grow(elements, extent, "elements"))
        return false;
    }
    return true;
  }

  bool checkEach() {
    int64_t places = 1;
    for (const PlacedDigit &placed : digits) {
      const Digit &digit = placed.digit;
      if (digit.extent < 1 || digit.ownerStride < 1)
        return fail(formatv("expected a digit with positive extent and stride, "
                            "but found {0}:{1}",
                            digit.extent, digit.ownerStride));
      if (!grow(places, digit.extent, "pairs of a thread and a local"))
        return false;
      bool replica = placed.dim == PlacedDigit::kNoDim;
      if (!replica && (placed.dim < 0 || placed.dim >= int64_t(shape.size())))
        return fail(formatv("expected a dimension below {0}, but found {1}",
                            shape.size(), placed.dim));
      if (replica && digit.owner == Digit::Local)
        return fail("expected a replica digit to belong to the threads, but "
                    "found a local one");
    }
    return true;
  }

  /// The extents of the digits multiply up to the extent of each dimension, and
  /// each dimStride is the product of the extents inside it.
  bool checkDims() {
    for (auto [dim, extent] : llvm::enumerate(shape)) {
      SmallVector<Digit> own;
      for (const PlacedDigit &placed : digits)
        if (placed.dim == int64_t(dim))
          own.push_back(placed.digit);
      llvm::sort(own, [](const Digit &a, const Digit &b) {
        return std::pair(a.dimStride, a.extent) <
               std::pair(b.dimStride, b.extent);
      });
      int64_t reach = 1;
      for (const Digit &digit : own) {
        if (digit.extent != 1 && digit.dimStride != reach)
          return fail(formatv("expected a digit with stride {0} in dimension "
                              "{1}, but found {2}",
                              reach, dim, digit.dimStride));
        reach *= digit.extent;
      }
      if (reach != extent)
        return fail(formatv("expected the digits of dimension {0} to multiply "
                            "up to its extent {1}, but found {2}",
                            dim, extent, reach));
    }
    return true;
  }

  /// The digits of an owner, by stride, are a mixed radix number without gaps.
  bool checkOwner(Digit::Owner owner, const char *name, int64_t &size) {
    SmallVector<Digit> own;
    for (const PlacedDigit &placed : digits)
      if (placed.digit.owner == owner && placed.digit.extent != 1)
        own.push_back(placed.digit);
    llvm::sort(own, [](const Digit &a, const Digit &b) {
      return a.ownerStride < b.ownerStride;
    });
    size = 1;
    for (const Digit &digit : own) {
      if (digit.ownerStride != size)
        return fail(formatv(
            "expected a {0} digit with stride {1}, but the next one found has "
            "{2}",
            name, size, digit.ownerStride));
      size *= digit.extent;
    }
    return true;
  }

  ArrayRef<int64_t> shape;
  ArrayRef<PlacedDigit> digits;
};

} // namespace

/// The digits of one dimension (or the replica digits), outermost first,
/// without digits of extent 1, joined where they follow each other in their
/// owner.
static void joinInto(llvm::SmallVectorImpl<Digit> &all, SmallVector<Digit> own,
                     bool replicas) {
  llvm::erase_if(own, [](const Digit &digit) { return digit.extent == 1; });
  llvm::sort(own, [replicas](const Digit &a, const Digit &b) {
    return replicas ? a.ownerStride > b.ownerStride : a.dimStride > b.dimStride;
  });
  size_t first = all.size();
  for (Digit digit : own) {
    if (replicas)
      digit.dimStride = 0;
    if (all.size() > first) {
      Digit &outer = all.back();
      if (outer.owner == digit.owner &&
          outer.ownerStride == digit.ownerStride * digit.extent) {
        digit.extent *= outer.extent;
        outer = digit;
        continue;
      }
    }
    all.push_back(digit);
  }
}

std::optional<Layout> Layout::get(ArrayRef<int64_t> shape,
                                  ArrayRef<PlacedDigit> digits,
                                  std::string *whyNot) {
  DigitChecker checker(shape, digits);
  if (!checker.check()) {
    if (whyNot)
      *whyNot = checker.why;
    return std::nullopt;
  }
  Layout layout{Raw()};
  layout.extents.assign(shape.begin(), shape.end());
  layout.threads = checker.threads;
  layout.locals = checker.locals;
  for (int64_t dim = 0; dim <= layout.rank(); ++dim) {
    bool replicas = dim == layout.rank();
    SmallVector<Digit> own;
    for (const PlacedDigit &placed : digits)
      if (placed.dim == (replicas ? PlacedDigit::kNoDim : dim))
        own.push_back(placed.digit);
    joinInto(layout.allDigits, std::move(own), replicas);
    layout.ends.push_back(layout.allDigits.size());
  }
  return layout;
}

Layout detail::getOrDie(ArrayRef<int64_t> shape, ArrayRef<PlacedDigit> digits) {
  std::string why;
  std::optional<Layout> layout = Layout::get(shape, digits, &why);
  if (!layout)
    llvm::report_fatal_error(llvm::Twine("layout: ") + why);
  return *layout;
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

int64_t Layout::numElements() const {
  int64_t elements = 1;
  for (int64_t extent : extents)
    elements *= extent;
  return elements;
}

int64_t Layout::numReplicas() const {
  int64_t replicas = 1;
  for (const Digit &digit : replicaDigits())
    replicas *= digit.extent;
  return replicas;
}

ArrayRef<Digit> Layout::digits(int64_t dim) const {
  unsigned begin = dim == 0 ? 0 : ends[dim - 1];
  return ArrayRef<Digit>(allDigits).slice(begin, ends[dim] - begin);
}

SmallVector<PlacedDigit> Layout::placedDigits() const {
  SmallVector<PlacedDigit> placed;
  for (int64_t dim = 0; dim <= rank(); ++dim)
    for (const Digit &digit : digits(dim))
      placed.push_back({dim == rank() ? PlacedDigit::kNoDim : dim, digit});
  return placed;
}

int64_t Layout::localOffset(int64_t local, int64_t dim) const {
  int64_t offset = 0;
  for (const Digit &digit : digits(dim))
    if (digit.owner == Digit::Local)
      offset += local / digit.ownerStride % digit.extent * digit.dimStride;
  return offset;
}

int64_t Layout::threadOffset(int64_t thread, int64_t dim) const {
  int64_t offset = 0;
  for (const Digit &digit : digits(dim))
    if (digit.owner == Digit::Thread)
      offset += thread / digit.ownerStride % digit.extent * digit.dimStride;
  return offset;
}

SmallVector<int64_t> Layout::indexOf(int64_t thread, int64_t local) const {
  SmallVector<int64_t> coords;
  for (int64_t dim = 0; dim < rank(); ++dim)
    coords.push_back(threadOffset(thread, dim) + localOffset(local, dim));
  return coords;
}

SmallVector<std::pair<int64_t, int64_t>>
Layout::holdersOf(ArrayRef<int64_t> coords) const {
  int64_t thread = 0, local = 0;
  for (auto [dim, coord] : llvm::enumerate(coords))
    for (const Digit &digit : digits(dim))
      (digit.owner == Digit::Thread ? thread : local) +=
          coord / digit.dimStride % digit.extent * digit.ownerStride;
  SmallVector<std::pair<int64_t, int64_t>> holders{{thread, local}};
  // Outermost replica digit first, so that threads come out ascending.
  for (const Digit &digit : replicaDigits()) {
    SmallVector<std::pair<int64_t, int64_t>> more;
    for (auto [holder, itsLocal] : holders)
      for (int64_t copy = 0; copy < digit.extent; ++copy)
        more.push_back({holder + copy * digit.ownerStride, itsLocal});
    holders = std::move(more);
  }
  return holders;
}

SmallVector<ThreadDigit> Layout::threadDigits(int64_t dim) const {
  SmallVector<ThreadDigit> own;
  for (const Digit &digit : digits(dim))
    if (digit.owner == Digit::Thread)
      own.push_back({digit.extent, digit.dimStride, digit.ownerStride});
  return own;
}

int64_t Layout::vectorWidth(int64_t dim) const {
  for (const Digit &digit : digits(dim))
    if (digit.owner == Digit::Local && digit.dimStride == 1 &&
        digit.ownerStride == 1)
      return digit.extent;
  return 1;
}

int64_t Layout::vectorWidthPow2(int64_t dim) const {
  int64_t width = vectorWidth(dim);
  return width & -width;
}

bool pigeon::layout::operator==(const Layout &a, const Layout &b) {
  return a.extents == b.extents && a.ends == b.ends &&
         a.allDigits == b.allDigits;
}

llvm::hash_code pigeon::layout::hash_value(const Layout &layout) {
  llvm::hash_code hash = llvm::hash_combine_range(layout.extents);
  for (const Digit &digit : layout.allDigits)
    hash = llvm::hash_combine(hash, unsigned(digit.owner), digit.extent,
                              digit.dimStride, digit.ownerStride);
  return hash;
}

void Layout::print(llvm::raw_ostream &os) const {
  auto printDigit = [&](const Digit &digit) {
    os << (digit.owner == Digit::Thread ? "thread " : "local ") << digit.extent
       << ':' << digit.ownerStride;
  };
  os << "<[";
  llvm::interleaveComma(extents, os);
  os << "], [";
  for (int64_t dim = 0; dim < rank(); ++dim) {
    os << (dim == 0 ? "[" : ", [");
    llvm::interleaveComma(digits(dim), os, printDigit);
    os << ']';
  }
  os << ']';
  if (!replicaDigits().empty()) {
    os << ", replicas = [";
    llvm::interleaveComma(replicaDigits(), os, printDigit);
    os << ']';
  }
  os << '>';
}

std::string Layout::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os);
  return text;
}

llvm::raw_ostream &pigeon::layout::operator<<(llvm::raw_ostream &os,
                                              const Layout &layout) {
  layout.print(os);
  return os;
}
