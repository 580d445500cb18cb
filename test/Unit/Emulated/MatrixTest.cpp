//===- MatrixTest.cpp - mma.sync, ldmatrix, stmatrix ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fragments are written here as the PTX ISA gives them, by element index, for
// each shape: another form than the emulator's, so that the two check each
// other.
//
//===----------------------------------------------------------------------===//

#include "WarpKernels.h"

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

TEST(Mma, EveryShape) {
  for (const Shape &shape : shapes()) {
    std::mt19937 engine(7);
    int perWord = 32 / shape.bits;
    int wordsA = shape.m * shape.k / 32 / perWord;
    int wordsB = shape.k * shape.n / 32 / perWord;
    std::vector<double> a(shape.m * shape.k, -1), b(shape.k * shape.n, -1);
    std::vector<double> c(shape.m * shape.n);
    std::vector<std::uint32_t> dataA(32 * wordsA), dataB(32 * wordsB),
        dataC(32 * 4);
    std::vector<int> seenA(a.size()), seenB(b.size());
    for (int lane = 0; lane < 32; ++lane) {
      int g = lane / 4, t = lane % 4;
      for (int i = 0; i < wordsA * perWord; ++i) {
        At at = shape.a(g, t, i);
        Number x = randomNumber(shape, engine);
        a[at.row * shape.k + at.column] = x.value;
        ++seenA[at.row * shape.k + at.column];
        dataA[lane * wordsA + i / perWord] |= x.bits
                                              << (i % perWord * shape.bits);
      }
      for (int i = 0; i < wordsB * perWord; ++i) {
        At at = shape.b(g, t, i);
        Number x = randomNumber(shape, engine);
        b[at.row * shape.n + at.column] = x.value;
        ++seenB[at.row * shape.n + at.column];
        dataB[lane * wordsB + i / perWord] |= x.bits
                                              << (i % perWord * shape.bits);
      }
      for (int i = 0; i < 4; ++i) {
        At at = sumAt(g, t, i);
        auto value = static_cast<int>(engine() % 1000) - 500;
        c[at.row * shape.n + at.column] = value;
        auto asFloat = static_cast<float>(value);
        if (shape.bits == 8)
          dataC[lane * 4 + i] = static_cast<std::uint32_t>(value);
        else
          std::memcpy(&dataC[lane * 4 + i], &asFloat, 4);
      }
    }
    // The formulas above name every element of A and B once.
    EXPECT_EQ(seenA, std::vector<int>(a.size(), 1)) << shape.name;
    EXPECT_EQ(seenB, std::vector<int>(b.size(), 1)) << shape.name;

    Emulated e;
    auto y = e.array<std::uint32_t>("y", 32 * 4);
    ASSERT_EQ(e.run(mmaKernel(shape, wordsA, wordsB), {1, 1, 1}, {32, 1, 1},
                    {e.array("a", dataA), e.array("b", dataB),
                     e.array("c", dataC), y}),
              "")
        << shape.name;
    std::vector<std::uint32_t> result = e.read(y);
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < 4; ++i) {
        At at = sumAt(lane / 4, lane % 4, i);
        double expected = c[at.row * shape.n + at.column];
        for (int l = 0; l < shape.k; ++l)
          expected += a[at.row * shape.k + l] * b[l * shape.n + at.column];
        std::uint32_t word = result[lane * 4 + i];
        float asFloat;
        std::memcpy(&asFloat, &word, 4);
        double found = shape.bits == 8 ? double(static_cast<std::int32_t>(word))
                                       : double(asFloat);
        EXPECT_NEAR(found, expected, 1e-4)
            << shape.name << " (" << at.row << ", " << at.column << ")";
      }
  }
}

//===----------------------------------------------------------------------===//
// ldmatrix, stmatrix
//===----------------------------------------------------------------------===//

TEST(LoadMatrix, BothLayouts) {
  std::vector<std::uint16_t> x(256);
  std::mt19937 engine(3);
  for (std::uint16_t &value : x)
    value = static_cast<std::uint16_t>(engine());
  for (bool transposed : {false, true}) {
    Emulated e;
    auto y = e.array<std::uint32_t>("y", 128);
    ASSERT_EQ(e.run(loadMatrixKernel(transposed ? "col" : "row", 0), {1, 1, 1},
                    {32, 1, 1}, {e.array("x", x), y}),
              "");
    std::vector<std::uint32_t> result = e.read(y);
    for (int lane = 0; lane < 32; ++lane)
      for (int matrix = 0; matrix < 4; ++matrix)
        for (int half = 0; half < 2; ++half) {
          int row = lane / 4, column = lane % 4 * 2 + half;
          if (transposed)
            std::swap(row, column);
          std::uint16_t expected = x[matrix * 64 + row * 8 + column];
          EXPECT_EQ(result[lane * 4 + matrix] >> 16 * half & 0xFFFF, expected);
        }
  }
}

TEST(LoadMatrix, Faults) {
  Emulated e;
  auto x = e.array<std::uint16_t>("x", 256);
  auto y = e.array<std::uint32_t>("y", 128);
  EXPECT_THAT(e.run(loadMatrixKernel("row", 8), {1, 1, 1}, {32, 1, 1}, {x, y}),
              testing::HasSubstr("thread (31,0,0) reads 16 bytes at offset 512 "
                                 "of shared array 'tile' (512 bytes), past its "
                                 "end [nvvm.ldmatrix at"));
  EXPECT_THAT(e.run(loadMatrixKernel("row", -4), {1, 1, 1}, {32, 1, 1}, {x, y}),
              testing::HasSubstr("whose address is not a multiple of 16"));
}

TEST(StoreMatrix, RoundTrip) {
  // Each lane holds a word per matrix; loading what was stored gives it back.
  for (std::string layout : {"row", "col"}) {
    std::string attributes =
        "layout = #nvvm.mma_layout<" + layout +
        ">, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = "
        "#nvvm.ld_st_matrix_elt_type<b16>}";
    std::string text = kernel("%y: !llvm.ptr<1>",
                              R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %eight = llvm.mlir.constant(8 : i32) : i32
    %two = llvm.mlir.constant(2 : i32) : i32
    %k = llvm.mlir.constant(40503 : i32) : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %i8 = llvm.mul %i, %eight : i32
    %a = llvm.getelementptr %s[%i8] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i16
    %v = llvm.mul %i, %k : i32
    %w = llvm.xor %v, %k : i32
    nvvm.stmatrix %a, %v, %w {)" + attributes +
                                  R"( : !llvm.ptr<3>, i32, i32
    nvvm.barrier0
    %m = nvvm.ldmatrix %a {num = 2 : i32, )" +
                                  attributes + R"(
      : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
    %m0 = llvm.extractvalue %m[0] : !llvm.struct<(i32, i32)>
    %m1 = llvm.extractvalue %m[1] : !llvm.struct<(i32, i32)>
    %i2 = llvm.mul %i, %two : i32
    %q = llvm.getelementptr %y[%i2] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    llvm.store %m0, %q : i32, !llvm.ptr<1>
    %q1 = llvm.getelementptr %q[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
    llvm.store %m1, %q1 : i32, !llvm.ptr<1>)",
                              matrixTile);
    Emulated e;
    auto y = e.array<std::uint32_t>("y", 64);
    ASSERT_EQ(e.run(text, {1, 1, 1}, {32, 1, 1}, {y}), "");
    std::vector<std::uint32_t> result = e.read(y);
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
      EXPECT_EQ(result[2 * lane], lane * 40503);
      EXPECT_EQ(result[2 * lane + 1], (lane * 40503) ^ 40503);
    }
  }
}

} // namespace
