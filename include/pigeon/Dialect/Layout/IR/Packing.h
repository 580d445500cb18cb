//===- Packing.h - Codes of a few bits in 32-bit words ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A matrix of codes is cut into tiles, and a tile is packed in the order in
// which the lanes of a warp want it: the *fragment* is a layout that says which
// lane holds which elements, and each lane's codes fill words of their own. So
// a lane finds its part of a matrix operand in a few consecutive words.
//
// Codes are cut into *planes*, each a range of bits that divides a word, such
// as 6 = 4 + 2. A lane's fields of one plane are placed so that the two halves
// of a word hold what belongs side by side in the two halves of a register: one
// mask and one shift by a constant take out a pair.
//
//   local of the fragment = 2 * pair + half,  pair = word * slots + slot,
//   slots = 16 / bits of the plane
//   the field begins at bit 32 * word + 16 * half + bits * slot of the lane
//
// A plane's map is itself a layout, of shape rows x columns x bits, whose
// locals are the positions of bits in the words of a lane. All of that follows
// from the fragment; nothing else is written down. A *contiguous* code has one
// plane of any width, whose fields follow each other in the order of the
// fragment and may lie across two words.
//
// *Ternary* codes are digits: a byte holds five, c0 + 3 c1 + 9 c2 + 27 c3 +
// 81 c4, the digits being five neighbours of the fragment along its slowest
// local digit.
//
// Memory holds the tiles, columns of tiles outermost; in a tile the planes; in
// a plane the lanes; in a lane its words:
//
//   word = ((tileColumn * tileRows + tileRow) * wordsPerTile
//           + first word of the plane + lane * words of a lane + word of a lane
//
// A worked example: int<4> for the A operand of mma.m16n8k16, four of them side
// by side (16 x 64). One plane of 4 bits, 32 codes a lane, 4 words a lane.
// Element (8, 1) is in lane 0, register 1, upper half: local 3, pair 1, half 1,
// so word 0, slot 1, bits 20 to 23 of word 0 of the tile.
//
// What pads a matrix to whole tiles is the code 0.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_PACKING_H
#define PIGEON_DIALECT_LAYOUT_IR_PACKING_H

#include "pigeon/Dialect/Layout/IR/Layout.h"

#include <vector>

namespace pigeon::layout {

/// Bits shift .. shift + bits - 1 of each code.
struct PackedPlane {
  unsigned shift = 0;
  unsigned bits = 0;
  /// Rows x columns x bits of a tile; locals are bits of a lane's words.
  Layout places;
  /// Where the plane begins in the words of a tile.
  int64_t firstWord = 0;

  /// Words of one lane.
  int64_t laneWords() const { return places.numLocals() / 32; }
};

class Packing {
public:
  /// Codes of `bits` bits (1 to 8), cut into planes of these widths, low bits
  /// first. One width may be anything; several must each be 1, 2, 4 or 8.
  /// Nothing, and why not, where they do not add up or do not fill words.
  static std::optional<Packing> get(unsigned bits,
                                    llvm::ArrayRef<unsigned> planes,
                                    const Layout &fragment,
                                    std::string *whyNot = nullptr);
  /// Five codes 0, 1, 2 to a byte. The fragment must have whole words of them.
  static std::optional<Packing> getTernary(const Layout &fragment,
                                           std::string *whyNot = nullptr);

  /// Weights as the A operand of mma.m16n8k16: tiles of 16 x 64, where the
  /// words of a lane fill 4, 8 or 16 bytes for every width.
  static std::optional<Packing> forWeights(unsigned bits,
                                           llvm::ArrayRef<unsigned> planes,
                                           std::string *whyNot = nullptr);
  /// The same for ternary codes: tiles of 16 x 80.
  static Packing forTernaryWeights();
  /// The widths that weights are cut into: 4 + 2 + 1 for 7, low bits first.
  static llvm::SmallVector<unsigned> defaultPlanes(unsigned bits);

  const Layout &fragment() const & { return tile; }
  const Layout &fragment() const && = delete;
  bool isTernary() const { return ternary; }
  unsigned bits() const { return codeBits; }
  /// None for ternary codes.
  llvm::ArrayRef<PackedPlane> planes() const & { return allPlanes; }
  llvm::ArrayRef<PackedPlane> planes() const && = delete;
  int64_t tileRows() const { return tile.shape()[0]; }
  int64_t tileColumns() const { return tile.shape()[1]; }
  int64_t wordsPerTile() const { return tileWords; }
  /// Words of a whole matrix.
  int64_t numWords(int64_t rows, int64_t columns) const;

  /// Packs a row-major matrix of codes.
  std::vector<uint32_t> pack(llvm::ArrayRef<uint8_t> codes, int64_t rows,
                             int64_t columns) const;
  /// The inverse of `pack`.
  std::vector<uint8_t> unpack(llvm::ArrayRef<uint32_t> words, int64_t rows,
                              int64_t columns) const;

private:
  /// Where a part of a code lies: bits `shift` on of the code at `bit` of the
  /// tile, or a digit of a byte at `bit`.
  struct Part {
    int64_t row, column, bit;
    unsigned shift, bits, digit;
  };

  Packing() = default;
  std::vector<Part> listParts() const;
  void listPlane(const PackedPlane &plane, std::vector<Part> &parts) const;
  void listDigits(std::vector<Part> &parts) const;
  void putPart(const Part &part, unsigned code, uint32_t *words) const;
  unsigned getPart(const Part &part, const uint32_t *words) const;
  template <typename Visit>
  void forEachPart(int64_t rows, int64_t columns, Visit visit) const;

  Layout tile;
  bool ternary = false;
  unsigned codeBits = 0;
  llvm::SmallVector<PackedPlane, 3> allPlanes;
  /// Of ternary codes: locals are 5 * byte + digit.
  Layout digits;
  int64_t tileWords = 0;
};

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_PACKING_H
