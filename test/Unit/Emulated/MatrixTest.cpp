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

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

struct At {
  int row, column;
};

/// A shape of mma.sync: where element i of a lane's fragment lies.
struct Shape {
  std::string types; // attributes
  std::string name;
  int m = 16, n = 8, k = 0;
  int bits = 0; // of an element of A and B
  At (*a)(int g, int t, int i);
  At (*b)(int g, int t, int i);
};

At sumAt(int g, int t, int i) { return {i < 2 ? g : g + 8, 2 * t + (i & 1)}; }

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  Shape s;
  s.name = "m16n8k4 tf32";
  s.types = "#nvvm.mma_type<tf32>";
  s.k = 4, s.bits = 32;
  s.a = [](int g, int t, int i) { return At{i == 0 ? g : g + 8, t}; };
  s.b = [](int g, int t, int) { return At{t, g}; };
  all.push_back(s);
  s.name = "m16n8k8 tf32";
  s.k = 8;
  s.a = [](int g, int t, int i) {
    return At{i == 0 || i == 2 ? g : g + 8, i < 2 ? t : t + 4};
  };
  s.b = [](int g, int t, int i) { return At{i == 0 ? t : t + 4, g}; };
  all.push_back(s);
  s.name = "m16n8k8 bf16";
  s.types = "#nvvm.mma_type<bf16>";
  s.bits = 16;
  s.a = [](int g, int t, int i) {
    return At{i < 2 ? g : g + 8, 2 * t + (i & 1)};
  };
  s.b = [](int g, int t, int i) { return At{2 * t + i, g}; };
  all.push_back(s);
  s.name = "m16n8k16 bf16";
  s.k = 16;
  s.a = [](int g, int t, int i) {
    bool upper = i < 2 || (i >= 4 && i < 6);
    return At{upper ? g : g + 8, 2 * t + (i & 1) + (i >= 4 ? 8 : 0)};
  };
  s.b = [](int g, int t, int i) {
    return At{2 * t + (i & 1) + (i >= 2 ? 8 : 0), g};
  };
  all.push_back(s);
  s.name = "m16n8k16 f16";
  s.types = "#nvvm.mma_type<f16>";
  all.push_back(s);
  s.name = "m16n8k32 s8";
  s.types = "#nvvm.mma_type<s8>";
  s.k = 32, s.bits = 8;
  s.a = [](int g, int t, int i) {
    bool upper = i < 4 || (i >= 8 && i < 12);
    return At{upper ? g : g + 8, 4 * t + (i & 3) + (i >= 8 ? 16 : 0)};
  };
  s.b = [](int g, int t, int i) {
    return At{4 * t + (i & 3) + (i >= 4 ? 16 : 0), g};
  };
  all.push_back(s);
  return all;
}

/// A random number that the type represents exactly, and its bits.
struct Number {
  double value;
  std::uint32_t bits;
};
Number randomNumber(const Shape &shape, std::mt19937 &engine) {
  if (shape.bits == 8) {
    auto value = static_cast<std::int8_t>(engine());
    return {double(value), static_cast<std::uint8_t>(value)};
  }
  // Seven bits of mantissa are exact in f16, bf16 and tf32.
  float value = static_cast<float>(static_cast<int>(engine() % 255) - 127) / 64;
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if (shape.bits == 32)
    return {value, bits | static_cast<std::uint32_t>(
                              engine() & 0x1FFF)}; // the low bits are ignored
  if (shape.name.find("bf16") != std::string::npos)
    return {value, bits >> 16};
  std::uint32_t sign = bits >> 31 << 15;
  int exponent = static_cast<int>(bits >> 23 & 255) - 127 + 15;
  if (value == 0)
    return {value, sign};
  return {value, sign | static_cast<std::uint32_t>(exponent) << 10 |
                     (bits >> 13 & 1023)};
}

/// The kernel: each lane loads its words, multiplies, stores its words.
std::string mmaKernel(const Shape &shape, int wordsA, int wordsB) {
  bool isInteger = shape.bits == 8;
  bool isHalf = shape.types == "#nvvm.mma_type<f16>";
  std::string inner = isHalf ? "vector<2xf16>" : "i32";
  std::string sum = isInteger ? "i32" : "f32";
  std::string body = "%i = nvvm.read.ptx.sreg.tid.x : i32\n";
  auto load = [&](const std::string &name, const std::string &array, int words,
                  const std::string &type) {
    std::string list;
    for (int w = 0; w < words; ++w) {
      std::string id = name + std::to_string(w);
      body += "%c" + id + " = llvm.mlir.constant(" + std::to_string(w) +
              " : i32) : i32\n%n" + id + " = llvm.mlir.constant(" +
              std::to_string(words) + " : i32) : i32\n%m" + id +
              " = llvm.mul %i, %n" + id + " : i32\n%j" + id + " = llvm.add %m" +
              id + ", %c" + id + " : i32\n%p" + id + " = llvm.getelementptr " +
              array + "[%j" + id +
              "] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32\n";
      if (name != "D")
        body += "%" + id + " = llvm.load %p" + id + " : !llvm.ptr<1> -> " +
                type + "\n";
      list += (w ? ", %" : "%") + id;
    }
    return list;
  };
  std::string a = load("A", "%a", wordsA, inner);
  std::string b = load("B", "%b", wordsB, inner);
  std::string c = load("C", "%c", 4, sum);
  std::string result =
      "!llvm.struct<(" + sum + ", " + sum + ", " + sum + ", " + sum + ")>";
  body +=
      "%d = nvvm.mma.sync A[" + a + "] B[" + b + "] C[" + c +
      "] {layoutA = #nvvm.mma_layout<row>, layoutB = "
      "#nvvm.mma_layout<col>, multiplicandAPtxType = " +
      shape.types + ", multiplicandBPtxType = " + shape.types +
      (isInteger ? ", intOverflowBehavior = "
                   "#nvvm.mma_int_overflow<wrapped>"
                 : "") +
      ", shape = #nvvm.shape<m = 16, n = 8, k = " + std::to_string(shape.k) +
      ">} : (" + inner + ", " + inner + ", " + sum + ") -> " + result + "\n";
  load("D", "%y", 4, sum);
  for (int w = 0; w < 4; ++w) {
    std::string id = std::to_string(w);
    body += "%d" + id + " = llvm.extractvalue %d[" + id + "] : " + result +
            "\nllvm.store %d" + id + ", %pD" + id + " : " + sum +
            ", !llvm.ptr<1>\n";
  }
  return kernel("%a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %c: !llvm.ptr<1>, %y: "
                "!llvm.ptr<1>",
                body);
}

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

const char *const matrixTile =
    "llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : "
    "i64} : !llvm.array<256 x i16>";

/// Stores the four words of %m to %q.
std::string storeWords() {
  std::string text;
  for (std::string w : {"0", "1", "2", "3"})
    text += "%m" + w + " = llvm.extractvalue %m[" + w +
            "] : !llvm.struct<(i32, i32, i32, i32)>\n%q" + w +
            " = llvm.getelementptr %q[" + w +
            "] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32\nllvm.store %m" + w +
            ", %q" + w + " : i32, !llvm.ptr<1>\n";
  return text;
}

/// Four 8 x 8 matrices, one after the other in shared memory; lane i stores row
/// i, then all lanes load.
std::string loadMatrixKernel(const std::string &layout, int shift) {
  return kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %eight = llvm.mlir.constant(8 : i32) : i32
    %four = llvm.mlir.constant(4 : i32) : i32
    %shift = llvm.mlir.constant()" +
                    std::to_string(shift) + R"( : i32) : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %i8 = llvm.mul %i, %eight : i32
    %g = llvm.getelementptr %x[%i8] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i16
    %row = llvm.getelementptr %s[%i8] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i16
    %v = llvm.load %g : !llvm.ptr<1> -> vector<4xi32>
    llvm.store %v, %row : vector<4xi32>, !llvm.ptr<3>
    nvvm.barrier0
    %is = llvm.add %i8, %shift : i32
    %a = llvm.getelementptr %s[%is] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i16
    %m = nvvm.ldmatrix %a {num = 4 : i32, layout = #nvvm.mma_layout<)" +
                    layout +
                    R"(>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
      eltType = #nvvm.ld_st_matrix_elt_type<b16>}
      : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
    %i4 = llvm.mul %i, %four : i32
    %q = llvm.getelementptr %y[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    )" + storeWords(),
                matrixTile);
}

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
