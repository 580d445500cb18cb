//===- WarpKernels.h - Kernels of one warp ----------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels of one warp that do one thing, for tests that compare them with their
// definition and with a GPU.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_EMULATED_WARPKERNELS_H
#define PIGEON_TEST_UNIT_EMULATED_WARPKERNELS_H

#include "EmulatedTest.h"

namespace pigeon::emulated {

using Words = std::vector<std::uint32_t>;

/// One warp: lane i has x[i], b[i] in %v, %w and (%mask, %c) in common, runs
/// `body`, and stores %r (i32). Lanes outside the mask store 0.
inline std::string onLanes(const std::string &body) {
  return kernel("%x: !llvm.ptr<1>, %b: !llvm.ptr<1>, %y: !llvm.ptr<1>, %mask: "
                "i32, %c: i32",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %me = llvm.shl %one, %i : i32
    %bit = llvm.and %me, %mask : i32
    %in = llvm.icmp "ne" %bit, %zero : i32
    %q = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    llvm.store %zero, %q : i32, !llvm.ptr<1>
    llvm.cond_br %in, ^in, ^end
  ^in:
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %v = llvm.load %p : !llvm.ptr<1> -> i32
    %pb = llvm.getelementptr %b[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %w = llvm.load %pb : !llvm.ptr<1> -> i32
    )" + body + R"(
    llvm.store %r, %q : i32, !llvm.ptr<1>
    llvm.br ^end
  ^end:)");
}

inline Words randomWords(unsigned seed, std::uint32_t below = 0) {
  std::mt19937 engine(seed);
  Words words(32);
  for (std::uint32_t &word : words)
    word = below ? engine() % below : engine();
  return words;
}

//===----------------------------------------------------------------------===//
// mma.sync: fragments as the PTX ISA gives them, by element index
//===----------------------------------------------------------------------===//

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

inline At sumAt(int g, int t, int i) {
  return {i < 2 ? g : g + 8, 2 * t + (i & 1)};
}

inline std::vector<Shape> shapes() {
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
inline Number randomNumber(const Shape &shape, std::mt19937 &engine) {
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
inline std::string mmaKernel(const Shape &shape, int wordsA, int wordsB) {
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

//===----------------------------------------------------------------------===//
// ldmatrix
//===----------------------------------------------------------------------===//

const char *const matrixTile =
    "llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : "
    "i64} : !llvm.array<256 x i16>";

/// Stores the four words of %m to %q.
inline std::string storeWords() {
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
inline std::string loadMatrixKernel(const std::string &layout, int shift) {
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

/// One warp: lane i has four words of x in %v (vector<4xi32>), the address %row
/// of row i of @tile (16 bytes in shared memory) and %from of its words in x,
/// runs `body`, and stores %r (vector<4xi32>). The tile is zero at first.
inline std::string onRows(const std::string &body) {
  return kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %four = llvm.mlir.constant(4 : i32) : i32
    %i4 = llvm.mul %i, %four : i32
    %from = llvm.getelementptr %x[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %to = llvm.getelementptr %y[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %row = llvm.getelementptr %s[%i4] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    %zero = llvm.mlir.zero : vector<4xi32>
    llvm.store %zero, %row : vector<4xi32>, !llvm.ptr<3>
    %v = llvm.load %from : !llvm.ptr<1> -> vector<4xi32>
    nvvm.barrier0
    )" + body + R"(
    llvm.store %r, %to : vector<4xi32>, !llvm.ptr<1>)",
                matrixTile);
}

/// %w0, %w1, ... of the vector %v, or the vector %r of %w0, %w1, ... and zeros.
inline std::string wordsOfVector(int count) {
  std::string text;
  for (int w = 0; w < count; ++w) {
    std::string id = std::to_string(w);
    text += "%k" + id + " = llvm.mlir.constant(" + id + " : i32) : i32\n%w" +
            id + " = llvm.extractelement %v[%k" + id +
            " : i32] : vector<4xi32>\n";
  }
  return text;
}
inline std::string vectorOfWords(int count) {
  std::string text, last = "%zero";
  for (int w = 0; w < count; ++w) {
    std::string id = std::to_string(w),
                next = w + 1 == count ? "%r" : "%u" + id;
    text += "%at" + id + " = llvm.mlir.constant(" + id + " : i32) : i32\n" +
            next + " = llvm.insertelement %w" + id + ", " + last + "[%at" + id +
            " : i32] : vector<4xi32>\n";
    last = next;
  }
  return text;
}

/// ldmatrix or stmatrix of `count` matrices whose rows are those of the tile.
inline std::string moveMatrices(bool load, int count,
                                const std::string &layout) {
  std::string attributes =
      "layout = #nvvm.mma_layout<" + layout +
      ">, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = "
      "#nvvm.ld_st_matrix_elt_type<b16>}";
  std::string types, words;
  for (int w = 0; w < count; ++w) {
    types += w ? ", i32" : "i32";
    words += ", %w" + std::to_string(w);
  }
  if (!load)
    return wordsOfVector(count) + "nvvm.stmatrix %row" + words + " {" +
           attributes + " : !llvm.ptr<3>, " + types +
           "\nnvvm.barrier0\n%r = llvm.load %row : !llvm.ptr<3> -> "
           "vector<4xi32>\n";
  std::string result = count == 1 ? "i32" : "!llvm.struct<(" + types + ")>";
  std::string body = "llvm.store %v, %row : vector<4xi32>, "
                     "!llvm.ptr<3>\nnvvm.barrier0\n%m = nvvm.ldmatrix %row "
                     "{num = " +
                     std::to_string(count) + " : i32, " + attributes +
                     " : (!llvm.ptr<3>) -> " + result + "\n";
  for (int w = 0; w < count; ++w) {
    std::string id = std::to_string(w);
    if (count == 1)
      body += "%w0 = llvm.bitcast %m : i32 to i32\n";
    else
      body +=
          "%w" + id + " = llvm.extractvalue %m[" + id + "] : " + result + "\n";
  }
  return body + vectorOfWords(count);
}

} // namespace pigeon::emulated

#endif // PIGEON_TEST_UNIT_EMULATED_WARPKERNELS_H
