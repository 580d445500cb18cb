//===- ProductTest.cpp - mma.sync to the bit, alone and in runs -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The emulator reads numbers by their bits and computes products that follow
// each other in one go. Here the same is written the long way, one product
// after the other with numbers as powers of two, and must give the same bits.
//
//===----------------------------------------------------------------------===//

#include "WarpKernels.h"

#include <cmath>
#include <limits>

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

//===----------------------------------------------------------------------===//
// The long way
//===----------------------------------------------------------------------===//

double floatOf(std::uint32_t bits, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  auto mantissa = static_cast<double>(bits & ((1u << mantissaBits) - 1));
  int exponent =
      static_cast<int>(bits >> mantissaBits) & ((1 << exponentBits) - 1);
  double sign = bits >> (exponentBits + mantissaBits) & 1 ? -1 : 1;
  if (exponent == (1 << exponentBits) - 1)
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0)
    return sign * std::ldexp(mantissa, 1 - bias - mantissaBits);
  return sign * std::ldexp(mantissa + std::ldexp(1.0, mantissaBits),
                           exponent - bias - mantissaBits);
}

/// Element i of a lane's words.
double elementOf(const Shape &shape, const std::uint32_t *words, int i) {
  int perWord = 32 / shape.bits;
  std::uint32_t bits = words[i / perWord] >> (i % perWord * shape.bits);
  if (shape.bits == 8)
    return static_cast<std::int8_t>(bits);
  if (shape.bits == 32)
    return floatOf(bits & ~0x1FFFu, 8, 23);
  bool isHalf = shape.types == "#nvvm.mma_type<f16>";
  bits &= 0xFFFF;
  return isHalf ? floatOf(bits, 5, 10) : floatOf(bits, 8, 7);
}

int wordsOfA(const Shape &shape) {
  return shape.m * shape.k * shape.bits / 32 / 32;
}
int wordsOfB(const Shape &shape) {
  return shape.k * shape.n * shape.bits / 32 / 32;
}

/// D = A B + C; lane l has its words at l * (how many a lane has).
Words multiply(const Shape &shape, const Words &a, const Words &b,
               const Words &c) {
  std::vector<double> left(16 * shape.k), right(shape.k * 8);
  int perWord = 32 / shape.bits;
  for (int lane = 0; lane < 32; ++lane) {
    int g = lane / 4, t = lane % 4;
    for (int i = 0; i < wordsOfA(shape) * perWord; ++i) {
      At at = shape.a(g, t, i);
      left[at.row * shape.k + at.column] =
          elementOf(shape, &a[lane * wordsOfA(shape)], i);
    }
    for (int i = 0; i < wordsOfB(shape) * perWord; ++i) {
      At at = shape.b(g, t, i);
      right[at.row * 8 + at.column] =
          elementOf(shape, &b[lane * wordsOfB(shape)], i);
    }
  }
  Words d(128);
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i) {
      At at = sumAt(lane / 4, lane % 4, i);
      std::uint32_t addend = c[lane * 4 + i];
      double sum = shape.bits == 8 ? double(static_cast<std::int32_t>(addend))
                                   : floatOf(addend, 8, 23);
      for (int l = 0; l < shape.k; ++l)
        sum += left[at.row * shape.k + l] * right[l * 8 + at.column];
      auto narrow = static_cast<float>(sum);
      if (shape.bits == 8)
        d[lane * 4 + i] =
            static_cast<std::uint32_t>(static_cast<std::int64_t>(sum));
      else
        std::memcpy(&d[lane * 4 + i], &narrow, 4);
    }
  return d;
}

/// The sign and the payload of a NaN are not promised.
void expectSameBits(const Shape &shape, const Words &found,
                    const Words &expected, const std::string &what) {
  auto isNaN = [&](std::uint32_t word) {
    return shape.bits != 8 && (word & 0x7FFFFFFF) > 0x7F800000;
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (isNaN(found[i]) && isNaN(expected[i]))
      continue;
    ASSERT_EQ(found[i], expected[i]) << shape.name << what << ", word " << i;
  }
}

Words randomBits(std::size_t count, std::mt19937 &engine) {
  Words words(count);
  for (std::uint32_t &word : words)
    word = static_cast<std::uint32_t>(engine());
  return words;
}

/// Bits of numbers whose products neither overflow nor vanish beside each
/// other.
Words randomNumbers(const Shape &shape, std::size_t count,
                    std::mt19937 &engine) {
  Words words(count);
  for (std::uint32_t &word : words)
    for (int i = 0; i < 32; i += shape.bits)
      word |= randomNumber(shape, engine).bits << i;
  return words;
}

//===----------------------------------------------------------------------===//
// One product
//===----------------------------------------------------------------------===//

TEST(Product, RandomBits) {
  std::mt19937 engine(11);
  for (const Shape &shape : shapes()) {
    Emulated e;
    ASSERT_EQ(e.load(mmaKernel(shape, wordsOfA(shape), wordsOfB(shape))), "");
    for (int round = 0; round < 20; ++round) {
      // All bits at random, which are mostly NaN and infinity in the end; then
      // numbers with zeros among them.
      bool anyBits = round < 10;
      auto some = [&](std::size_t count) {
        return anyBits ? randomBits(count, engine)
                       : randomNumbers(shape, count, engine);
      };
      Words a = some(32 * wordsOfA(shape)), b = some(32 * wordsOfB(shape)),
            c = randomBits(128, engine);
      if (!anyBits && shape.bits != 8)
        for (std::uint32_t &word : c)
          word = (word & 0x807FFFFF) | (100 + word % 40) << 23;
      auto y = e.array<std::uint32_t>("y", 128);
      ASSERT_EQ(
          e.launch({1, 1, 1}, {32, 1, 1},
                   {e.array("a", a), e.array("b", b), e.array("c", c), y}),
          "");
      expectSameBits(shape, e.read(y), multiply(shape, a, b, c), "");
    }
  }
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// A kernel of products of TF32, m16n8k8, or of another type whose fragments
/// are as large. Fragments of A and B are %A<i>_<word> and %B<i>_<word>, those
/// of C %C0_<word>; `body` defines %D<i> for each of `results` products with
/// `mma`, and each is stored.
struct RunKernel {
  static constexpr int fragments = 2;
  std::string inner = "tf32", sum = "f32";
  std::string attributes = ", shape = #nvvm.shape<m = 16, n = 8, k = 8>";
  std::string body;

  static std::string words(const std::string &name, int count) {
    std::string list;
    for (int w = 0; w < count; ++w)
      list.append(w ? ", %" : "%").append(name).append("_" + std::to_string(w));
    return list;
  }

  /// %D<i> = A B + C, where C may be an earlier %D, and its fields %D<i>_<w>.
  void mma(int i, const std::string &a, const std::string &b,
           const std::string &c) {
    std::string d = "%D" + std::to_string(i);
    std::string type =
        "!llvm.struct<(" + sum + ", " + sum + ", " + sum + ", " + sum + ")>";
    std::string element = "#nvvm.mma_type<" + inner + ">";
    body += d + " = nvvm.mma.sync A[" + words(a, 4) + "] B[" + words(b, 2) +
            "] C[" + words(c, 4) +
            "] {layoutA = #nvvm.mma_layout<row>, layoutB = "
            "#nvvm.mma_layout<col>, multiplicandAPtxType = " +
            element + ", multiplicandBPtxType = " + element + attributes +
            "} : (i32, i32, " + sum + ") -> " + type + "\n";
    for (int w = 0; w < 4; ++w)
      body += d + "_" + std::to_string(w) + " = llvm.extractvalue " + d + "[" +
              std::to_string(w) + "] : " + type + "\n";
  }

  /// Word w of fragment i of a lane is at ((lane * fragments) + i) * count + w.
  static std::string loadOrStore(const std::string &array,
                                 const std::string &name, int numberOfThem,
                                 int count, const std::string &type,
                                 bool store) {
    std::string text;
    for (int i = 0; i < numberOfThem; ++i)
      for (int w = 0; w < count; ++w) {
        std::string id = name + std::to_string(i) + "_" + std::to_string(w);
        std::string p = (store ? "%store" : "%load") + id;
        auto constant = [&](const std::string &suffix, int value) {
          text += p + suffix + " = llvm.mlir.constant(" +
                  std::to_string(value) + " : i32) : i32\n";
        };
        constant("n", numberOfThem * count);
        constant("c", i * count + w);
        text += p + "m = llvm.mul %i, " + p + "n : i32\n" + p +
                "j = llvm.add " + p + "m, " + p + "c : i32\n" + p +
                " = llvm.getelementptr " + array + "[" + p +
                "j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32\n";
        text += store ? "llvm.store %" + id + ", " + p + " : " + type +
                            ", !llvm.ptr<1>\n"
                      : "%" + id + " = llvm.load " + p + " : !llvm.ptr<1> -> " +
                            type + "\n";
      }
    return text;
  }

  std::string text(int results) const {
    return kernel("%a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %c: !llvm.ptr<1>, %y: "
                  "!llvm.ptr<1>",
                  "%i = nvvm.read.ptx.sreg.tid.x : i32\n" +
                      loadOrStore("%a", "A", fragments, 4, "i32", false) +
                      loadOrStore("%b", "B", fragments, 2, "i32", false) +
                      loadOrStore("%c", "C", 1, 4, sum, false) + body +
                      loadOrStore("%y", "D", results, 4, sum, true));
  }
};

/// Fragment i of the lanes' words.
Words fragment(const Words &all, int i, int count) {
  Words one;
  int perLane = static_cast<int>(all.size()) / 32;
  for (int lane = 0; lane < 32; ++lane)
    for (int w = 0; w < count; ++w)
      one.push_back(all[lane * perLane + i * count + w]);
  return one;
}

class ProductRuns : public testing::Test {
protected:
  void SetUp() override { choose(1); } // m16n8k8 tf32
  void choose(int index) {
    shape = shapes()[index];
    a = randomNumbers(shape, 32 * 8, engine);
    b = randomNumbers(shape, 32 * 4, engine);
    c = randomNumbers(shape, 32 * 4, engine);
  }

  Words run(const RunKernel &kernel, int results) {
    Emulated e;
    auto y = e.array<std::uint32_t>("y", 128 * results);
    EXPECT_EQ(e.run(kernel.text(results), {1, 1, 1}, {32, 1, 1},
                    {e.array("a", a), e.array("b", b), e.array("c", c), y}),
              "");
    return e.read(y);
  }
  Words product(int i, int j, const Words &addend) {
    return multiply(shape, fragment(a, i, 4), fragment(b, j, 2), addend);
  }
  void expect(const Words &all, const std::vector<Words> &results) {
    for (std::size_t i = 0; i < results.size(); ++i)
      expectSameBits(shape, fragment(all, static_cast<int>(i), 4), results[i],
                     " D" + std::to_string(i));
  }

  std::mt19937 engine{5};
  Shape shape;
  Words a, b, c;
};

TEST_F(ProductRuns, AddToEarlierResults) {
  RunKernel kernel; // two sums, their products in turn; every result is stored
  kernel.mma(0, "A0", "B0", "C0");
  kernel.mma(1, "A0", "B1", "C0");
  kernel.mma(2, "A1", "B0", "D0");
  kernel.mma(3, "A1", "B1", "D1");
  kernel.mma(4, "A1", "B1", "D0");
  Words d0 = product(0, 0, c), d1 = product(0, 1, c);
  expect(run(kernel, 5),
         {d0, d1, product(1, 0, d0), product(1, 1, d1), product(1, 1, d0)});
}

TEST_F(ProductRuns, KeepOnlyTheLast) {
  RunKernel kernel; // %D0 of the text is the result of the third product
  kernel.mma(8, "A0", "B0", "C0");
  kernel.mma(9, "A1", "B0", "D8");
  kernel.mma(0, "A1", "B1", "D9");
  expect(run(kernel, 1), {product(1, 1, product(1, 0, product(0, 0, c)))});
}

TEST_F(ProductRuns, EndWhereResultsAreFactors) {
  RunKernel kernel;
  kernel.mma(0, "A0", "B0", "C0");
  kernel.body += "%A9_0 = llvm.bitcast %D0_0 : f32 to i32\n"
                 "%A9_1 = llvm.bitcast %D0_1 : f32 to i32\n"
                 "%A9_2 = llvm.bitcast %D0_2 : f32 to i32\n"
                 "%A9_3 = llvm.bitcast %D0_3 : f32 to i32\n";
  kernel.mma(1, "A9", "B1", "D0");
  Words d0 = product(0, 0, c);
  expect(run(kernel, 2), {d0, multiply(shape, d0, fragment(b, 1, 2), d0)});
}

TEST_F(ProductRuns, EndWhereResultsAreFactorsAsTheyAre) {
  choose(5); // m16n8k32 s8: sums are words of four factors
  RunKernel kernel;
  kernel.inner = "s8";
  kernel.sum = "i32";
  kernel.attributes = ", intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>"
                      ", shape = #nvvm.shape<m = 16, n = 8, k = 32>";
  kernel.mma(0, "A0", "B0", "C0");
  kernel.mma(1, "D0", "B1", "C0");
  Words d0 = product(0, 0, c);
  expect(run(kernel, 2), {d0, multiply(shape, d0, fragment(b, 1, 2), c)});
}

TEST_F(ProductRuns, EndWhereFieldsChangePlaces) {
  RunKernel kernel; // fields 1 and 0 change places
  kernel.mma(0, "A0", "B0", "C0");
  kernel.mma(1, "A1", "B1", "D0");
  std::string from = "C[%D0_0, %D0_1,", to = "C[%D0_1, %D0_0,";
  ASSERT_NE(kernel.body.find(from), std::string::npos);
  kernel.body.replace(kernel.body.find(from), from.size(), to);
  Words d0 = product(0, 0, c), swapped = d0;
  for (std::size_t i = 0; i < swapped.size(); i += 4)
    std::swap(swapped[i], swapped[i + 1]);
  expect(run(kernel, 2), {d0, product(1, 1, swapped)});
}

} // namespace
