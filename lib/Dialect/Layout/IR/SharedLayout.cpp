//===- SharedLayout.cpp - Tiles in shared memory --------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/SharedLayout.h"

#include "LayoutDetail.h"
#include "pigeon/Dialect/Layout/IR/Enumerate.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace pigeon::layout;
using llvm::ArrayRef;
using llvm::formatv;
using llvm::SmallVector;

static constexpr int64_t kWarpSize = 32;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

/// What is wrong with a swizzle; empty if nothing is.
static std::string checkSwizzle(const Swizzle &swizzle) {
  // An address in shared memory has far fewer bits.
  constexpr int64_t kMaxBits = 31;
  auto inRange = [](int64_t value) { return value >= 0 && value <= kMaxBits; };
  if (!inRange(swizzle.bits) || !inRange(swizzle.base) ||
      !inRange(swizzle.shift) ||
      swizzle.bits + swizzle.base + swizzle.shift > kMaxBits)
    return formatv("expected a swizzle of at most {0} address bits, but found "
                   "({1}, {2}, {3})",
                   kMaxBits, swizzle.bits, swizzle.base, swizzle.shift);
  if (swizzle.shift < swizzle.bits)
    return formatv("expected a swizzle that shifts by at least its {0} bits, "
                   "but found {1}",
                   swizzle.bits, swizzle.shift);
  return "";
}

/// What is wrong with shape and strides; empty if nothing is.
static std::string checkStrides(ArrayRef<int64_t> shape,
                                ArrayRef<int64_t> strides) {
  if (shape.size() != strides.size())
    return formatv("expected {0} strides, but found {1}", shape.size(),
                   strides.size());
  SmallVector<std::pair<int64_t, int64_t>> order; // (stride, extent)
  for (auto [extent, stride] : llvm::zip(shape, strides)) {
    if (extent < 1 || stride < 1)
      return formatv("expected positive extents and strides, but found extent "
                     "{0} with stride {1}",
                     extent, stride);
    if (extent > 1)
      order.push_back({stride, extent});
  }
  llvm::sort(order);
  int64_t reach = 1;
  for (auto [stride, extent] : order) {
    if (stride < reach)
      return formatv("expected a stride of at least {0}, so that elements do "
                     "not overlap, but found {1}",
                     reach, stride);
    if (llvm::MulOverflow(stride, extent, reach) || reach > Layout::kMaxPlaces)
      return formatv(
          "expected at most {0} elements of shared memory, but found "
          "stride {1} with extent {2}",
          Layout::kMaxPlaces, stride, extent);
  }
  return "";
}

std::optional<SharedLayout> SharedLayout::get(ArrayRef<int64_t> shape,
                                              ArrayRef<int64_t> strides,
                                              Swizzle swizzle,
                                              std::string *whyNot) {
  std::string why = checkStrides(shape, strides);
  if (why.empty())
    why = checkSwizzle(swizzle);
  if (!why.empty()) {
    if (whyNot)
      *whyNot = std::move(why);
    return std::nullopt;
  }
  SharedLayout layout;
  layout.extents.assign(shape.begin(), shape.end());
  layout.elementStrides.assign(strides.begin(), strides.end());
  // Without bits the other two mean nothing, and equality should not see them.
  if (!swizzle.isNone())
    layout.addressSwizzle = swizzle;
  return layout;
}

SharedLayout SharedLayout::rowMajor(ArrayRef<int64_t> shape) {
  return padded(shape, 0);
}

SharedLayout SharedLayout::padded(ArrayRef<int64_t> shape, int64_t padding) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t dim = shape.size(); dim-- > 1;) {
    bool isRow = dim == shape.size() - 1;
    strides[dim - 1] = strides[dim] * shape[dim] + (isRow ? padding : 0);
  }
  std::optional<SharedLayout> layout = get(shape, strides);
  detail::require(layout.has_value(), "layout: bad shape for shared memory");
  return *layout;
}

SharedLayout SharedLayout::swizzled(ArrayRef<int64_t> shape,
                                    int64_t elementBytes) {
  SharedLayout layout = rowMajor(shape);
  int64_t rowBytes = shape.empty() ? 0 : shape.back() * elementBytes;
  if (rowBytes < 32 || !llvm::isPowerOf2_64(rowBytes))
    return layout;
  // Pieces of 16 bytes. The 32 banks are 128 bytes; shorter rows share a line
  // of that size, and the line takes the part of the row.
  int64_t line = std::max<int64_t>(rowBytes, 128);
  int64_t bits = std::min<int64_t>(llvm::Log2_64(rowBytes), 7) - 4;
  layout.addressSwizzle = {bits, 4, int64_t(llvm::Log2_64(line)) - 4};
  return layout;
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

int64_t SharedLayout::offset(ArrayRef<int64_t> coords) const {
  int64_t offset = 0;
  for (auto [coord, stride] : llvm::zip(coords, elementStrides))
    offset += coord * stride;
  return offset;
}

int64_t SharedLayout::byteOffset(ArrayRef<int64_t> coords,
                                 int64_t elementBytes) const {
  return addressSwizzle.apply(offset(coords) * elementBytes);
}

int64_t SharedLayout::sizeInBytes(int64_t elementBytes) const {
  int64_t last = 0;
  for (auto [extent, stride] : llvm::zip(extents, elementStrides))
    last += (extent - 1) * stride;
  return llvm::alignTo((last + 1) * elementBytes, addressSwizzle.blockBytes());
}

int64_t SharedLayout::alignment() const {
  return std::max(kMaxSharedAccessBytes, addressSwizzle.blockBytes());
}

llvm::hash_code pigeon::layout::hash_value(const SharedLayout &layout) {
  const Swizzle &swizzle = layout.addressSwizzle;
  return llvm::hash_combine(llvm::hash_combine_range(layout.extents),
                            llvm::hash_combine_range(layout.elementStrides),
                            swizzle.bits, swizzle.base, swizzle.shift);
}

void SharedLayout::print(llvm::raw_ostream &os) const {
  os << "<[";
  llvm::interleaveComma(extents, os);
  os << "], [";
  llvm::interleaveComma(elementStrides, os);
  os << ']';
  if (!addressSwizzle.isNone())
    os << ", swizzle(" << addressSwizzle.bits << ", " << addressSwizzle.base
       << ", " << addressSwizzle.shift << ')';
  os << '>';
}

//===----------------------------------------------------------------------===//
// Register tiles against shared memory
//===----------------------------------------------------------------------===//

int64_t pigeon::layout::sharedVectorWidth(const Layout &registers,
                                          const SharedLayout &shared,
                                          int64_t elementBytes) {
  if (registers.shape() != shared.shape() || elementBytes < 1 ||
      !llvm::isPowerOf2_64(elementBytes))
    return 1;
  // The tile by offset instead of coordinates.
  SmallVector<Digit> digits;
  for (PlacedDigit placed : registers.placedDigits())
    if (placed.dim != PlacedDigit::kNoDim) {
      placed.digit.dimStride *= shared.strides()[placed.dim];
      digits.push_back(placed.digit);
    }
  llvm::sort(digits, [](const Digit &a, const Digit &b) {
    return std::pair(a.owner, a.ownerStride) <
           std::pair(b.owner, b.ownerStride);
  });
  // Locals 0 .. run-1 lie at offsets 0 .. run-1.
  int64_t run = 1;
  for (const Digit &digit : digits)
    if (digit.owner == Digit::Local && digit.ownerStride == run &&
        digit.dimStride == run)
      run *= digit.extent;
  int64_t limit = kMaxSharedAccessBytes;
  if (!shared.swizzle().isNone())
    limit = std::min(limit, int64_t(1) << shared.swizzle().base);
  // All other digits must keep the first of them aligned.
  auto isAligned = [&](int64_t width) {
    return llvm::all_of(digits, [&](const Digit &digit) {
      bool inRun = digit.owner == Digit::Local && digit.ownerStride < run;
      return inRun || digit.dimStride % width == 0;
    });
  };
  int64_t width = run & -run;
  while (width > 1 && (width * elementBytes > limit || !isAligned(width)))
    width /= 2;
  return width;
}

/// Whether one access of a warp stands for all. With digits of powers of two a
/// warp's address is a part that its lanes make and a part that is the same for
/// all of them. Without a swizzle that part is added: all words move by the
/// same banks. With one, and strides that are powers of two, it is
/// exclusive-ored, which permutes the banks. Neither changes a count, as long
/// as pieces are whole words.
static bool isUniform(const Layout &registers, const SharedLayout &shared,
                      int64_t pieceBytes) {
  for (const PlacedDigit &placed : registers.placedDigits())
    if (!llvm::isPowerOf2_64(placed.digit.extent))
      return false;
  bool isBitwise = llvm::all_of(shared.strides(), [](int64_t stride) {
    return llvm::isPowerOf2_64(stride);
  });
  constexpr int64_t wordBytes = 4;
  return isBitwise || (shared.swizzle().isNone() && pieceBytes >= wordBytes);
}

/// The same tile cut down to its first warp and its first `vectorWidth` locals.
static enumerate::Table firstAccess(const Layout &registers,
                                    int64_t vectorWidth) {
  enumerate::Table table;
  table.shape.assign(registers.shape().begin(), registers.shape().end());
  table.threads = std::min(registers.numThreads(), kWarpSize);
  table.locals = vectorWidth;
  for (int64_t thread = 0; thread < table.threads; ++thread)
    for (int64_t local = 0; local < vectorWidth; ++local)
      table.coords.emplace_back(registers.indexOf(thread, local));
  return table;
}

std::optional<BankConflicts>
pigeon::layout::bankConflicts(const Layout &registers,
                              const SharedLayout &shared, int64_t elementBytes,
                              int64_t vectorWidth) {
  if (registers.shape() != shared.shape() || elementBytes < 1 ||
      vectorWidth < 1 || !llvm::isPowerOf2_64(vectorWidth) ||
      !llvm::isPowerOf2_64(elementBytes) ||
      vectorWidth > sharedVectorWidth(registers, shared, elementBytes))
    return std::nullopt;
  bool oneForAll = isUniform(registers, shared, vectorWidth * elementBytes);
  enumerate::Table table = oneForAll ? firstAccess(registers, vectorWidth)
                                     : enumerate::tabulate(registers);
  return enumerate::bankConflicts(table, shared, elementBytes, vectorWidth);
}
