//===- ViewTest.cpp - Packed weights in registers, run --------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Words are packed on the CPU, by Packing; a tile program takes every code out
// of its plane, makes a number of it and multiplies. What comes out of a device
// is compared with sums over the codes.
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"
#include "pigeon/Dialect/Layout/IR/Packing.h"
#include "pigeon/Support/HalfFloat.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace pigeon;
using namespace pigeon::layout;
using namespace pigeon::test;

namespace {

std::string attribute(const Layout &layout) {
  return "#layout.layout" + layout.str();
}
std::string text(int64_t value) { return std::to_string(value); }

/// The A operands of `tiles` warps, 16 x 64 each, and who holds their words.
Layout weights(int64_t tiles) {
  return Layout::spatial({tiles, 1}) * Layout::local({1, 4}) * mma::m16n8k16A();
}

/// Takes the fields of `bits` bits out of the words %w_$ID and leaves pairs of
/// codes in %p_$ID, a tensor<4x512xi32>.
std::string planeText(unsigned bits) {
  return instantiate(R"(
      %s_$ID = tile.iota : tensor<$Sxi32>
      %b_$ID = arith.constant dense<$B> : tensor<$Sxi32>
      %a_$ID = arith.muli %s_$ID, %b_$ID : tensor<$Sxi32>
      %c_$ID = tile.expand %a_$ID {dim = 0 : i32} : tensor<$Sxi32> -> tensor<$Wx$Sxi32>
      %d_$ID = tile.expand %c_$ID {dim = 0 : i32} : tensor<$Wx$Sxi32> -> tensor<4x$Wx$Sxi32>
      %e_$ID = tile.expand %w_$ID {dim = 2 : i32} : tensor<4x$Wxi32> -> tensor<4x$Wx$Sxi32>
      %f_$ID = arith.shrui %e_$ID, %d_$ID : tensor<4x$Wx$Sxi32>
      %g_$ID = arith.constant dense<$M> : tensor<4x$Wx$Sxi32>
      %h_$ID = arith.andi %f_$ID, %g_$ID : tensor<4x$Wx$Sxi32>
      %p_$ID = tile.view %h_$ID as ($FLAT) : tensor<4x$Wx$Sxi32> -> tensor<4x512xi32>
  )",
                     {{"FLAT", attribute(Layout::local({4, 512}))},
                      {"S", text(16 / bits)},
                      {"W", text(32 * bits)},
                      {"B", text(bits)},
                      {"M", text(((1 << bits) - 1) * 0x10001)}});
}

/// y = x * W^T for W of 64 x 64 unsigned codes of `planes`, x of 16 x 64.
std::string productText(llvm::ArrayRef<unsigned> planes, int64_t words) {
  std::string body, combined = "%p_0";
  int64_t column = 0;
  unsigned shift = 0;
  for (auto [i, bits] : llvm::enumerate(planes)) {
    std::string part = instantiate(
        R"(
      %k_$ID = arith.constant $COLUMN : i32
      %w_$ID = tile.load %w[%c0, %k_$ID] : !tile.ref<4x$Nxi32, global>, i32, i32 -> tensor<4x$Wxi32>
  )",
        {{"COLUMN", text(column)}, {"N", text(words)}, {"W", text(32 * bits)}});
    part += planeText(bits);
    if (i > 0) {
      part += instantiate(R"(
      %j_$ID = arith.constant dense<$SHIFT> : tensor<4x512xi32>
      %l_$ID = arith.shli %p_$ID, %j_$ID : tensor<4x512xi32>
      %o_$ID = arith.ori $BEFORE, %l_$ID : tensor<4x512xi32>
  )",
                          {{"SHIFT", text(shift)}, {"BEFORE", combined}});
      combined = "%o_" + text(i);
    }
    body += instantiate(part, {{"ID", text(i)}});
    column += 32 * bits;
    shift += bits;
  }
  return instantiate(
      R"(
    tile.func @k(%w: !tile.ref<4x$Nxi32, global>, %x: !tile.ref<16x64xf32, global>,
                 %y: !tile.ref<16x64xf32, global>) attributes {threads = 128 : i32} {
      %c0 = arith.constant 0 : i32
      $BODY
      %magic = arith.constant dense<0x64006400> : tensor<4x512xi32>
      %bits = arith.ori $CODES, %magic : tensor<4x512xi32>
      %halves = tile.view %bits as ($A) : tensor<4x512xi32> -> tensor<64x64xf16>
      %offset = arith.constant dense<1024.0> : tensor<64x64xf16>
      %weights = arith.subf %halves, %offset : tensor<64x64xf16>
      %loaded = tile.load %x[%c0, %c0] : !tile.ref<16x64xf32, global>, i32, i32 -> tensor<16x64xf32>
      %rounded = arith.truncf %loaded : tensor<16x64xf32> to tensor<16x64xf16>
      %s = tile.alloc_shared : !tile.ref<16x64xf16, shared>
      tile.store %rounded, %s[%c0, %c0] : tensor<16x64xf16>, !tile.ref<16x64xf16, shared>, i32, i32
      tile.barrier
      %rows = tile.load %s[%c0, %c0] : !tile.ref<16x64xf16, shared>, i32, i32 -> tensor<16x64xf16>
      %columns = tile.view %rows as ($XT) : tensor<16x64xf16> -> tensor<64x16xf16>
      %zero = arith.constant dense<0.0> : tensor<64x16xf32>
      %product = tile.dot %weights, %columns, %zero : tensor<64x64xf16>, tensor<64x16xf16> -> tensor<64x16xf32>
      %out = tile.view %product as ($YT) : tensor<64x16xf32> -> tensor<16x64xf32>
      tile.store %out, %y[%c0, %c0] : tensor<16x64xf32>, !tile.ref<16x64xf32, global>, i32, i32
      tile.return
    })",
      {{"XT", attribute(Layout::localOrder({64, 16}, {1, 0}))},
       {"YT", attribute(Layout::localOrder({16, 64}, {1, 0}))},
       {"A", attribute(weights(4))},
       {"CODES", combined},
       {"BODY", body},
       {"N", text(words)}});
}

TEST(View, ProductsWithPackedWeights) {
  for (llvm::SmallVector<unsigned> planes :
       {llvm::SmallVector<unsigned>{4}, {4, 2}, {2}, {1}, {4, 1}, {8}}) {
    unsigned bits = 0;
    for (unsigned width : planes)
      bits += width;
    auto packing = *Packing::forWeights(bits, planes);
    std::mt19937 random(bits);
    std::vector<uint8_t> codes(64 * 64);
    for (uint8_t &code : codes)
      code = random() % (1u << bits);
    auto packed = packing.pack(codes, 64, 64);
    std::vector<int32_t> words(packed.begin(), packed.end());
    std::vector<float> x = randomFloats(16 * 64, bits), y(16 * 64);
    for (float &value : x)
      value = halfToFloat(floatToHalf(value));

    std::string compiled =
        compileTile(productText(planes, packing.wordsPerTile()));
    ASSERT_FALSE(compiled.empty()) << bits;
    EXPECT_NE(compiled.find("nvvm.mma.sync"), std::string::npos);
    ASSERT_EQ(runTile(compiled, {&words, &x, &y}, 128), "");
    for (int row = 0; row < 16; ++row)
      for (int column = 0; column < 64; ++column) {
        double sum = 0, magnitude = 0;
        for (int k = 0; k < 64; ++k) {
          double term = double(x[row * 64 + k]) * codes[column * 64 + k];
          sum += term;
          magnitude += std::fabs(term);
        }
        ASSERT_NEAR(y[row * 64 + column], sum, magnitude * 0x1p-20)
            << bits << " bits at " << row << ", " << column;
      }
  }
}

} // namespace
