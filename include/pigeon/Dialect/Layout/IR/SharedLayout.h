//===- SharedLayout.h - Tiles in shared memory ------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared memory has 32 banks of 4 bytes. A warp's access is served in
// wavefronts; in one wavefront each bank gives one 4-byte word, to as many
// lanes as want it. Lanes that access 8 bytes go in two halves of the warp,
// lanes that access 16 bytes in four quarters, so those take 2 and 4 wavefronts.
// The halves, or the two quarters of a half, go together if every lane wants
// what lane ^ 1 wants, or every lane what lane ^ 2 wants (counted on an H100,
// docs/shared-memory.md).
//
// A column of a row-major 32 x 32 tile of f32 lies in one bank: element (i, 0)
// is word 32*i. A warp that reads it takes 32 wavefronts. With rows of 33 words
// (a padded stride) element (i, 0) is word 33*i, in bank i: one wavefront. A
// *swizzle* does the same without the gaps: it exclusive-ors the number of the
// row into the bits of the address that say which 16 bytes of the row are
// meant.
//
// A worked example: rows of 64 f16 are 128 bytes, so bits 7..9 of the byte
// address are the number of the row modulo 8 and bits 4..6 the 16-byte piece.
// Swizzle{bits 3, base 4, shift 3} sends byte address 0b011'010'0000 (row 3,
// piece 2) to 0b011'001'0000 (row 3, piece 2 ^ 3 = 1).
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_SHAREDLAYOUT_H
#define PIGEON_DIALECT_LAYOUT_IR_SHAREDLAYOUT_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

namespace pigeon::layout {

/// The widest access of a lane to shared memory.
inline constexpr int64_t kMaxSharedAccessBytes = 16;

/// Exclusive-ors `bits` bits of a byte address, from bit `base + shift` on,
/// into those from bit `base` on. It is its own inverse because shift >= bits.
struct Swizzle {
  int64_t bits = 0;
  int64_t base = 0;
  int64_t shift = 0;

  bool isNone() const { return bits == 0; }
  int64_t apply(int64_t byteAddress) const {
    int64_t mask = ((int64_t(1) << bits) - 1) << base;
    return byteAddress ^ ((byteAddress >> shift) & mask);
  }
  /// Addresses move only within aligned blocks of this many bytes.
  int64_t blockBytes() const {
    return isNone() ? 1 : int64_t(1) << (bits + base + shift);
  }
  friend bool operator==(const Swizzle &a, const Swizzle &b) {
    return a.bits == b.bits && a.base == b.base && a.shift == b.shift;
  }
};

/// Where the elements of a tile lie in shared memory: strides in elements, then
/// a swizzle of the byte address. No two elements share an address.
class SharedLayout {
public:
  /// A layout, or nothing and why not. Strides must be nested: ordered by
  /// stride, each is at least the extent times the stride of the one before.
  static std::optional<SharedLayout> get(llvm::ArrayRef<int64_t> shape,
                                         llvm::ArrayRef<int64_t> strides,
                                         Swizzle swizzle = {},
                                         std::string *whyNot = nullptr);
  static SharedLayout rowMajor(llvm::ArrayRef<int64_t> shape);
  /// Row-major, with `padding` unused elements after each row (of the last
  /// dimension).
  static SharedLayout padded(llvm::ArrayRef<int64_t> shape, int64_t padding);
  /// Row-major, with the swizzle under which both a row and a column of 16-byte
  /// pieces are free of conflicts. Rows must be 32 bytes or more, and a power
  /// of two; otherwise there is no swizzle.
  static SharedLayout swizzled(llvm::ArrayRef<int64_t> shape,
                               int64_t elementBytes);

  llvm::ArrayRef<int64_t> shape() const { return extents; }
  llvm::ArrayRef<int64_t> strides() const { return elementStrides; }
  const Swizzle &swizzle() const { return addressSwizzle; }

  /// In elements, before the swizzle.
  int64_t offset(llvm::ArrayRef<int64_t> coords) const;
  /// In bytes, after the swizzle, from a base aligned to `alignment()`. A
  /// swizzle must leave the bits inside an element alone: 2^base >=
  /// elementBytes.
  int64_t byteOffset(llvm::ArrayRef<int64_t> coords,
                     int64_t elementBytes) const;
  /// Bytes to allocate.
  int64_t sizeInBytes(int64_t elementBytes) const;
  /// What the base address must be a multiple of: 16 bytes, or the swizzle's
  /// block.
  int64_t alignment() const;

  friend bool operator==(const SharedLayout &a, const SharedLayout &b) {
    return a.extents == b.extents && a.elementStrides == b.elementStrides &&
           a.addressSwizzle == b.addressSwizzle;
  }
  friend bool operator!=(const SharedLayout &a, const SharedLayout &b) {
    return !(a == b);
  }
  friend llvm::hash_code hash_value(const SharedLayout &layout);
  void print(llvm::raw_ostream &os) const;

private:
  llvm::SmallVector<int64_t, 3> extents;
  llvm::SmallVector<int64_t, 3> elementStrides;
  Swizzle addressSwizzle;
};

llvm::hash_code hash_value(const SharedLayout &layout);

/// Wavefronts of the worst access of a warp, and what it would take without
/// conflicts.
struct BankConflicts {
  int64_t wavefronts;
  int64_t ideal;

  bool conflictFree() const { return wavefronts <= ideal; }
  friend bool operator==(const BankConflicts &a, const BankConflicts &b) {
    return a.wavefronts == b.wavefronts && a.ideal == b.ideal;
  }
};

/// The largest power of two of elements that one access can move between a
/// register tile and shared memory: consecutive locals at consecutive, aligned
/// addresses, at most 16 bytes.
int64_t sharedVectorWidth(const Layout &registers, const SharedLayout &shared,
                          int64_t elementBytes);

/// What an access of `vectorWidth` elements per lane costs. Nothing if there is
/// no such access (see `sharedVectorWidth`) or the shapes differ.
std::optional<BankConflicts> bankConflicts(const Layout &registers,
                                           const SharedLayout &shared,
                                           int64_t elementBytes,
                                           int64_t vectorWidth);

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_SHAREDLAYOUT_H
