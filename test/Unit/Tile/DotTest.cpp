//===- DotTest.cpp - Products by matrix instructions, run ------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every product is compared with float64, within the bound of its arithmetic
// on the magnitude of each element.
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Tile/IR/MatrixInstructions.h"
#include "pigeon/Dialect/Tile/Transforms/LayoutChoice.h"
#include "pigeon/Support/HalfFloat.h"
#include "pigeon/Support/Tolerance.h"
#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Ptxas.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace pigeon;
using namespace pigeon::test;
using layout::Layout;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// How operands are held and multiplied.
struct Kind {
  const char *element, *precision;
  Arithmetic arithmetic;
};
const Kind kIEEE = {"f32", "", Arithmetic::IEEE32};
const Kind kTF32 = {"f32", "precision tf32", Arithmetic::TF32};
const Kind kThree = {"f32", "precision tf32x3", Arithmetic::ThreeTF32};
const Kind kHalf = {"f16", "", Arithmetic::F16};
const Kind kBFloat = {"bf16", "", Arithmetic::BF16};

struct DotCase {
  int m, n, k, threads;
};
/// Where the operands come from: the global array, in the layout of its load;
/// shared memory, row by row; shared memory with rows that are 16 bytes longer;
/// the same with rows whose pieces are exchanged.
enum class Source { Global, Shared };

/// d = c + a * b for operands of `kind`, which are f32 in memory.
std::string program(const DotCase &c, const Kind &kind, Source source) {
  std::string body = R"(
    tile.func @k(%a: !tile.ref<$AxF, global>, %b: !tile.ref<$BxF, global>,
                 %c: !tile.ref<$CxF, global>, %d: !tile.ref<$CxF, global>)
        attributes {threads = $T : i32} {
      %c0 = arith.constant 0 : i32
      %x = tile.load %a[%c0, %c0] : !tile.ref<$AxF, global>, i32, i32 -> tensor<$AxF>
      %y = tile.load %b[%c0, %c0] : !tile.ref<$BxF, global>, i32, i32 -> tensor<$BxF>
      %z = tile.load %c[%c0, %c0] : !tile.ref<$CxF, global>, i32, i32 -> tensor<$CxF>
  )";
  std::string x = "%x", y = "%y", element = kind.element;
  if (element != "f32") {
    body += R"(
      %xe = arith.truncf %x : tensor<$AxF> to tensor<$AxE>
      %ye = arith.truncf %y : tensor<$BxF> to tensor<$BxE>
    )";
    x = "%xe", y = "%ye";
  }
  if (source == Source::Shared) {
    body += R"(
      %sx = tile.alloc_shared : !tile.ref<$AxE, shared>
      %sy = tile.alloc_shared : !tile.ref<$BxE, shared>
      tile.store $X, %sx[%c0, %c0] : tensor<$AxE>, !tile.ref<$AxE, shared>, i32, i32
      tile.store $Y, %sy[%c0, %c0] : tensor<$BxE>, !tile.ref<$BxE, shared>, i32, i32
      tile.barrier
      %u = tile.load %sx[%c0, %c0] : !tile.ref<$AxE, shared>, i32, i32 -> tensor<$AxE>
      %v = tile.load %sy[%c0, %c0] : !tile.ref<$BxE, shared>, i32, i32 -> tensor<$BxE>
      %r = tile.dot %u, %v, %z $PRECISION : tensor<$AxE>, tensor<$BxE> -> tensor<$CxF>
    )";
  } else {
    body += "%r = tile.dot $X, $Y, %z $PRECISION : tensor<$AxE>, tensor<$BxE> "
            "-> tensor<$CxF>\n";
  }
  body += R"(
      tile.store %r, %d[%c0, %c0] : tensor<$CxF>, !tile.ref<$CxF, global>, i32, i32
      tile.return
    })";
  return instantiate(body,
                     {{"AxF", text(c.m) + "x" + text(c.k) + "xf32"},
                      {"BxF", text(c.k) + "x" + text(c.n) + "xf32"},
                      {"CxF", text(c.m) + "x" + text(c.n) + "xf32"},
                      {"AxE", text(c.m) + "x" + text(c.k) + "x" + element},
                      {"BxE", text(c.k) + "x" + text(c.n) + "x" + element},
                      {"PRECISION", kind.precision},
                      {"X", x},
                      {"Y", y},
                      {"T", text(c.threads)}});
}

/// The value that an operand of this kind holds.
double stored(const Kind &kind, float value) {
  ElementType type = kind.arithmetic == Arithmetic::F16    ? ElementType::F16
                     : kind.arithmetic == Arithmetic::BF16 ? ElementType::BF16
                                                           : ElementType::F32;
  return roundTo(type, value);
}

/// Runs the product; returns the compiled program.
std::string check(const DotCase &c, const Kind &kind, Source source) {
  SCOPED_TRACE(text(c.m) + "x" + text(c.n) + "x" + text(c.k) + " " +
               kind.element + " " + kind.precision + " on " + text(c.threads));
  std::string code = compileTile(program(c, kind, source));
  auto a = randomFloats(c.m * c.k, 21), b = randomFloats(c.k * c.n, 22),
       init = randomFloats(c.m * c.n, 23);
  std::vector<float> d(c.m * c.n, 7);
  EXPECT_EQ(runTile(code, {&a, &b, &init, &d}, c.threads, {1, 1, 1}, 1), "");
  // What is rounded when the operands are made is no error of the product, and
  // products of 16-bit operands are exact in f32.
  bool narrow = std::string(kind.element) != "f32";
  double unit = unitOf(narrow ? Arithmetic::IEEE32 : kind.arithmetic);
  for (int i = 0; i < c.m; ++i)
    for (int j = 0; j < c.n; ++j) {
      double sum = init[i * c.n + j], magnitude = std::abs(sum);
      for (int k = 0; k < c.k; ++k) {
        double product =
            stored(kind, a[i * c.k + k]) * stored(kind, b[k * c.n + j]);
        sum += product;
        magnitude += std::abs(product);
      }
      EXPECT_NEAR(d[i * c.n + j], sum, 4 * magnitude * unit)
          << "at " << i << ", " << j;
      if (testing::Test::HasFailure())
        return code;
    }
  return code;
}

size_t count(const std::string &code, const std::string &what) {
  return llvm::StringRef(code).count(what);
}

/// The example of MatrixInstructions.h.
TEST(TileDot, DividesFromTheAccumulator) {
  mlir::MLIRContext context;
  const tile::MatrixInstruction *instruction = tile::findMatrixInstruction(
      mlir::Float32Type::get(&context), tile::Precision::TF32x3);
  ASSERT_TRUE(instruction);
  EXPECT_EQ(instruction->k, 8);
  auto acc = tile::matrixAccumulatorLayout(*instruction, {64, 64}, 128);
  Layout outer = Layout::spatial({2, 2}) * Layout::local({2, 2});
  EXPECT_EQ(acc, outer * instruction->c() * Layout::local({1, 2}));
  auto dot = tile::divideDot(*instruction, *acc, 32);
  ASSERT_TRUE(dot);
  EXPECT_EQ(dot->outerC, outer);
  EXPECT_EQ(dot->columns, 2);
  // Warps that differ in the column share the rows of a, and the other way
  // round.
  EXPECT_EQ(dot->a(), Layout::spatial({2, 1}) * Layout::replicated(2, 2) *
                          Layout::local({1, 4}) * Layout::local({2, 1}) *
                          instruction->a());
  EXPECT_EQ(dot->b(), Layout::replicated(2, 2) * Layout::spatial({1, 2}) *
                          Layout::local({4, 1}) * Layout::local({1, 2}) *
                          instruction->b() * Layout::local({1, 2}));
  EXPECT_FALSE(tile::divideDot(*instruction, *acc, 12));
  EXPECT_FALSE(tile::divideDot(*instruction,
                               tile::accumulatorLayout({64, 64}, 128), 32));
  EXPECT_FALSE(tile::findMatrixInstruction(mlir::Float32Type::get(&context),
                                           tile::Precision::IEEE));
}

/// Shapes that the instructions divide, over few and many warps; some leave
/// warps that hold copies.
const std::vector<DotCase> kDividing = {
    {64, 64, 32, 128}, {64, 64, 16, 256}, {16, 8, 16, 32},  {16, 16, 48, 64},
    {32, 24, 16, 96},  {128, 32, 16, 64}, {48, 40, 16, 96}, {16, 128, 16, 256}};

TEST(TileDot, MatrixInstructions) {
  for (const Kind &kind : {kTF32, kThree, kHalf, kBFloat})
    for (const DotCase &c : kDividing)
      for (Source source : {Source::Shared, Source::Global}) {
        std::string code = check(c, kind, source);
        EXPECT_GT(count(code, "nvvm.mma.sync"), 0u);
        EXPECT_EQ(count(code, "llvm.intr.fma"), 0u);
        if (HasFailure())
          return;
      }
}

/// Products in each thread: M / 16 * N / 8 * K / k over the warps that share.
TEST(TileDot, CountsInstructions) {
  DotCase c = {64, 64, 32, 128};
  std::string three = compileTile(program(c, kThree, Source::Shared));
  EXPECT_EQ(count(three, "nvvm.mma.sync"), 3u * 2 * 4 * 4);
  // A: 32 x 32 of a warp, 16 x 8 at once. B comes by pairs of columns.
  EXPECT_EQ(count(three, "nvvm.ldmatrix"), 2u * 4);
  EXPECT_EQ(count(three, "nvvm.convert.float.to.tf32"), 0u);
  std::string one = compileTile(program(c, kTF32, Source::Shared));
  EXPECT_EQ(count(one, "nvvm.mma.sync"), 2u * 4 * 4);
  // 32 x 32 elements of both operands over 32 lanes.
  EXPECT_EQ(count(one, "nvvm.convert.float.to.tf32"), 2u * 32);
  for (const Kind &kind : {kHalf, kBFloat}) {
    std::string half = compileTile(program(c, kind, Source::Shared));
    EXPECT_EQ(count(half, "nvvm.mma.sync"), 2u * 4 * 2);
    // A: 16 x 16 at once. B comes by four columns.
    EXPECT_EQ(count(half, "nvvm.ldmatrix"), 2u * 2);
    EXPECT_EQ(count(half, " layout = #nvvm.mma_layout<col>"), 0u);
    // One product of 8 columns in a warp: B by transposed matrices, 16 x 8 at
    // once.
    std::string narrow =
        compileTile(program({64, 8, 32, 64}, kind, Source::Shared));
    EXPECT_EQ(count(narrow, " layout = #nvvm.mma_layout<col>"), 1u);
  }
}

/// What no instruction divides is computed all the same.
TEST(TileDot, FusedMultiplyAdds) {
  for (const Kind &kind : {kIEEE, kTF32, kThree, kHalf, kBFloat})
    for (const DotCase &c : {DotCase{7, 9, 3, 32}, DotCase{16, 12, 16, 32},
                             DotCase{24, 8, 16, 64}, DotCase{16, 8, 4, 32}}) {
      std::string code = check(c, kind, Source::Shared);
      EXPECT_EQ(count(code, "nvvm.mma.sync"), 0u);
      EXPECT_GT(count(code, "llvm.intr.fma"), 0u);
      if (HasFailure())
        return;
    }
}

/// Numbers whose high parts cancel: only the small products are left, on
/// either side.
TEST(TileDot, ThreeProductsSeeTheLowerBits) {
  DotCase c = {16, 8, 8, 32};
  std::string code = compileTile(program(c, kThree, Source::Shared));
  float tiny = std::ldexp(1.0f, -20);
  for (bool left : {true, false}) {
    std::vector<float> a(c.m * c.k), b(c.k * c.n), zero(c.m * c.n),
        d(c.m * c.n);
    for (int i = 0; i < c.m; ++i) {
      a[i * c.k] = left ? 1 + tiny : 3;
      a[i * c.k + 1] = left ? -1 : -3;
    }
    for (int j = 0; j < c.n; ++j) {
      b[j] = left ? 3 : 1 + tiny;
      b[c.n + j] = left ? 3 : 1;
    }
    ASSERT_EQ(runTile(code, {&a, &b, &zero, &d}, 32), "");
    for (float value : d)
      EXPECT_EQ(value, 3 * tiny);
  }
}

/// Dots that share an accumulator but not an instruction: the layout of the
/// first serves all, whatever multiplies.
TEST(TileDot, SharedAccumulator) {
  std::string code = compileTile(R"(
    tile.func @k(%a: !tile.ref<32x24xf32, global>, %b: !tile.ref<24x32xf32, global>,
                 %d: !tile.ref<32x32xf32, global>) attributes {threads = 64 : i32} {
      %c0 = arith.constant 0 : i32
      %c16 = arith.constant 16 : i32
      %c20 = arith.constant 20 : i32
      %zero = arith.constant dense<0.0> : tensor<32x32xf32>
      %a16 = tile.load %a[%c0, %c0] : !tile.ref<32x24xf32, global>, i32, i32 -> tensor<32x16xf32>
      %b16 = tile.load %b[%c0, %c0] : !tile.ref<24x32xf32, global>, i32, i32 -> tensor<16x32xf32>
      %ah = arith.truncf %a16 : tensor<32x16xf32> to tensor<32x16xf16>
      %bh = arith.truncf %b16 : tensor<16x32xf32> to tensor<16x32xf16>
      %d0 = tile.dot %ah, %bh, %zero : tensor<32x16xf16>, tensor<16x32xf16> -> tensor<32x32xf32>
      %d1 = tile.dot %a16, %b16, %d0 precision tf32x3 : tensor<32x16xf32>, tensor<16x32xf32> -> tensor<32x32xf32>
      %a4 = tile.load %a[%c0, %c16] : !tile.ref<32x24xf32, global>, i32, i32 -> tensor<32x4xf32>
      %b4 = tile.load %b[%c16, %c0] : !tile.ref<24x32xf32, global>, i32, i32 -> tensor<4x32xf32>
      %d2 = tile.dot %a4, %b4, %d1 precision tf32x3 : tensor<32x4xf32>, tensor<4x32xf32> -> tensor<32x32xf32>
      %a4b = tile.load %a[%c0, %c20] : !tile.ref<32x24xf32, global>, i32, i32 -> tensor<32x4xf32>
      %b4b = tile.load %b[%c20, %c0] : !tile.ref<24x32xf32, global>, i32, i32 -> tensor<4x32xf32>
      %d3 = tile.dot %a4b, %b4b, %d2 : tensor<32x4xf32>, tensor<4x32xf32> -> tensor<32x32xf32>
      tile.store %d3, %d[%c0, %c0] : tensor<32x32xf32>, !tile.ref<32x32xf32, global>, i32, i32
      tile.return
    })");
  auto a = randomFloats(32 * 24, 31), b = randomFloats(24 * 32, 32);
  std::vector<float> d(32 * 32);
  ASSERT_EQ(runTile(code, {&a, &b, &d}, 64, {1, 1, 1}, 2), "");
  EXPECT_GT(count(code, "nvvm.mma.sync"), 0u);
  EXPECT_GT(count(code, "llvm.intr.fma"), 0u);
  for (int i = 0; i < 32; ++i)
    for (int j = 0; j < 32; ++j) {
      double sum = 0, magnitude = 0;
      auto add = [&](double x, double y) {
        sum += x * y;
        magnitude += std::abs(x * y);
      };
      for (int k = 0; k < 24; ++k)
        add(a[i * 24 + k], b[k * 32 + j]);
      for (int k = 0; k < 16; ++k)
        add(stored(kHalf, a[i * 24 + k]), stored(kHalf, b[k * 32 + j]));
      ASSERT_NEAR(d[i * 32 + j], sum,
                  4 * magnitude * unitOf(Arithmetic::ThreeTF32));
    }
}

/// What the compiler makes of a tile of kernel.gemm for each architecture, and
/// that nothing is spilled.
TEST(TileDot, AssemblesWithoutSpills) {
  std::string ptxas = findPtxas();
  if (ptxas.empty())
    GTEST_SKIP() << "no ptxas";
  for (const Kind &kind : {kTF32, kThree, kHalf, kBFloat})
    for (int threads : {128, 256}) {
      std::string code =
          compileTile(program({64, 64, 32, threads}, kind, Source::Shared));
      for (const Architecture &architecture : architectures()) {
        std::string chip = architecture.chip.str(), ptx = toPTX(code, chip);
        EXPECT_EQ(count(ptx, "__nv_"), 0u);
        EXPECT_GT(count(ptx, "mma.sync.aligned"), 0u);
        auto assembled = assemble(ptxas, ptx, chip);
        ASSERT_TRUE(bool(assembled)) << assembled.error().message();
        const KernelResources &kernel = assembled->kernels.front();
        EXPECT_EQ(kernel.spillStoreBytes + kernel.spillLoadBytes, 0u);
        EXPECT_LE(kernel.registers, 168u) << kind.element << kind.precision;
      }
    }
}

/// A NaN is never lost, whatever its bits are, in any place of the product.
TEST(TileDot, KeepsNaN) {
  DotCase c = {16, 8, 8, 32};
  for (const Kind &kind : {kTF32, kThree, kIEEE}) {
    std::string code = compileTile(program(c, kind, Source::Shared));
    for (uint32_t bits : {0x7FFFFFFFu, 0x7FC00000u, 0xFFFFFFFFu, 0xFFC00001u}) {
      float nan;
      std::memcpy(&nan, &bits, 4);
      std::vector<float> a(c.m * c.k, 1), b(c.k * c.n, 1), zero(c.m * c.n),
          d(c.m * c.n);
      a[3 * c.k + 5] = nan;
      b[2 * c.n + 6] = nan;
      ASSERT_EQ(runTile(code, {&a, &b, &zero, &d}, 32), "");
      for (int i = 0; i < c.m; ++i)
        for (int j = 0; j < c.n; ++j)
          EXPECT_EQ(std::isnan(d[i * c.n + j]), i == 3 || j == 6)
              << i << ", " << j << " " << kind.precision << " " << bits;
    }
  }
}

} // namespace
