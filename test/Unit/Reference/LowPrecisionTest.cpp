//===- LowPrecisionTest.cpp - Each lowp operation against plain loops -----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a single code means is tested in NumberFormatTest.cpp, where bits lie in
// PackingTest.cpp, and whole models against NumPy in test/Integration.
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

#include "pigeon/Support/NumberFormat.h"

#include <cmath>

using namespace pigeon;
using namespace pigeon::reference;
using namespace pigeon::reference::test;

namespace {

struct TypedFormat {
  std::string type;
  NumberFormat format;
};

std::vector<TypedFormat> formats() {
  std::vector<TypedFormat> all = {{"!lowp.ternary", NumberFormat::ternary()},
                                  {"f4E2M1FN", NumberFormat::floating(2, 1)},
                                  {"f8E4M3FN", NumberFormat::floating(4, 3)},
                                  {"si5", NumberFormat::integer(5)},
                                  {"ui5", NumberFormat::unsignedInteger(5)}};
  for (unsigned n = 1; n <= 8; ++n) {
    std::string width = "<" + std::to_string(n) + ">";
    all.push_back({"!lowp.int" + width, NumberFormat::integer(n)});
    all.push_back({"!lowp.uint" + width, NumberFormat::unsignedInteger(n)});
    for (unsigned e = 1; n >= 3 && e < n; ++e)
      all.push_back({"!lowp." + NumberFormat::floating(e, n - 1 - e).name(),
                     NumberFormat::floating(e, n - 1 - e)});
  }
  return all;
}

class LowPrecisionTest : public ReferenceTest {
protected:
  Values randomCodes(std::size_t count, unsigned numCodes) {
    Values codes(count);
    for (double &code : codes)
      code = random() % numCodes;
    return codes;
  }

  Values runFunction(const std::string &text,
                     const std::vector<Values> &arguments) {
    auto results = run(text, arguments);
    return results.empty() ? Values() : results.front().value;
  }
};

TEST_F(LowPrecisionTest, DequantizeEveryCodeOfEveryType) {
  for (const TypedFormat &c : formats()) {
    std::int64_t n = 2, k = 256;
    std::string codes = "tensor<2x256x" + c.type + ">";
    Values codeValues(n * k), scales = randomValues(n * 2), expected;
    for (std::int64_t i = 0; i < n * k; ++i)
      codeValues[i] = i % c.format.numCodes();
    for (std::int64_t i = 0; i < n * k; ++i)
      expected.push_back(scales[i / 128] *
                         c.format.decode(static_cast<unsigned>(codeValues[i])));
    Values actual = runFunction(
        "func.func @f(%w: " + codes + ", %s: tensor<2x2xf32>) -> " +
            "tensor<2x256xf32> {\n %0 = lowp.dequantize %w scales(%s) : (" +
            codes + ", tensor<2x2xf32>) -> tensor<2x256xf32>\n" +
            " return %0 : tensor<2x256xf32> }",
        {codeValues, scales});
    ASSERT_EQ(actual.size(), expected.size()) << c.type;
    for (std::size_t i = 0; i < actual.size(); ++i)
      ASSERT_TRUE(actual[i] == expected[i] ||
                  (std::isnan(actual[i]) && std::isnan(expected[i])))
          << c.type << " at " << i;
  }
}

TEST_F(LowPrecisionTest, QuantizeIsTheInverse) {
  for (const TypedFormat &c : formats()) {
    std::string codes = "tensor<1x256x" + c.type + ">";
    Values codeValues(256), numbers;
    for (std::size_t i = 0; i < codeValues.size(); ++i) {
      codeValues[i] = i % c.format.numCodes();
      double number = c.format.decode(static_cast<unsigned>(codeValues[i]));
      // NaN has more than one code, and infinities become large numbers.
      if (!std::isfinite(number))
        number = codeValues[i] = 0;
      numbers.push_back(number * (i < 128 ? 0.5 : 4));
    }
    Values actual = runFunction(
        "func.func @f(%x: tensor<1x256xf32>, %s: tensor<1x2xf16>) -> " + codes +
            " {\n %0 = lowp.quantize %x scales(%s) : (tensor<1x256xf32>, "
            "tensor<1x2xf16>) -> " +
            codes + "\n return %0 : " + codes + " }",
        {numbers, {0.5, 4}});
    EXPECT_EQ(actual, codeValues) << c.type;
  }
}

TEST_F(LowPrecisionTest, ZeroPointsAreSubtractedAndAdded) {
  const char *text = R"(func.func @f(%x: tensor<1x32xf32>, %s: tensor<1x2xf32>,
      %z: tensor<1x2x!lowp.uint<4>>) -> (tensor<1x32x!lowp.uint<4>>, tensor<1x32xf32>) {
    %0 = lowp.quantize %x scales(%s) zeros(%z)
      : (tensor<1x32xf32>, tensor<1x2xf32>, tensor<1x2x!lowp.uint<4>>) -> tensor<1x32x!lowp.uint<4>>
    %1 = lowp.dequantize %0 scales(%s) zeros(%z)
      : (tensor<1x32x!lowp.uint<4>>, tensor<1x2xf32>, tensor<1x2x!lowp.uint<4>>) -> tensor<1x32xf32>
    return %0, %1 : tensor<1x32x!lowp.uint<4>>, tensor<1x32xf32> })";
  Values x(32), codes, numbers, magnitudes;
  for (int i = 0; i < 32; ++i)
    x[i] = i - 16;
  for (int i = 0; i < 32; ++i) {
    double scale = i < 16 ? 2 : 0.5, zero = i < 16 ? 8 : 3;
    double code =
        std::min(std::max(std::nearbyint(x[i] / scale + zero), 0.0), 15.0);
    codes.push_back(code);
    numbers.push_back(scale * (code - zero));
    magnitudes.push_back(scale * (code + zero));
  }
  auto results = run(text, {x, {2, 0.5}, {8, 3}});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].value, codes);
  EXPECT_EQ(results[0].info.type, ElementType::U8);
  EXPECT_EQ(results[1].value, numbers);
  EXPECT_EQ(results[1].magnitude, magnitudes);
}

TEST_F(LowPrecisionTest, CodeBooksForAllAndForEachGroup) {
  Values codes = randomCodes(64, 4), scales = {1, 2, -1, 0.5};
  Values book = {-1, 0.25, 3, 8}, books = randomValues(16), one, each;
  for (int i = 0; i < 64; ++i) {
    int group = i / 16, code = static_cast<int>(codes[i]);
    one.push_back(scales[group] * book[code]);
    each.push_back(scales[group] * books[group * 4 + code]);
  }
  auto results = run(R"(func.func @f(%w: tensor<2x32x!lowp.lut<2>>,
      %s: tensor<2x2xf32>, %b: tensor<4xf32>, %bs: tensor<2x2x4xf32>)
      -> (tensor<2x32xf32>, tensor<2x32xf32>) {
    %0 = lowp.dequantize %w scales(%s) book(%b)
      : (tensor<2x32x!lowp.lut<2>>, tensor<2x2xf32>, tensor<4xf32>) -> tensor<2x32xf32>
    %1 = lowp.dequantize %w scales(%s) book(%bs)
      : (tensor<2x32x!lowp.lut<2>>, tensor<2x2xf32>, tensor<2x2x4xf32>) -> tensor<2x32xf32>
    return %0, %1 : tensor<2x32xf32>, tensor<2x32xf32> })",
                     {codes, scales, book, books});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].value, one);
  EXPECT_EQ(results[1].value, each);
}

/// Scales of 8 bits come as codes.
TEST_F(LowPrecisionTest, ScalesOfEightBits) {
  Values codes = randomCodes(32, 16), expected;
  for (int i = 0; i < 32; ++i)
    expected.push_back((i < 16 ? 0.25 : 8) *
                       NumberFormat::floating(2, 1).decode(codes[i]));
  EXPECT_EQ(runFunction(R"(func.func @f(%w: tensor<1x32xf4E2M1FN>,
      %s: tensor<1x2xf8E8M0FNU>) -> tensor<1x32xf32> {
    %0 = lowp.dequantize %w scales(%s)
      : (tensor<1x32xf4E2M1FN>, tensor<1x2xf8E8M0FNU>) -> tensor<1x32xf32>
    return %0 : tensor<1x32xf32> })",
                        {codes, {125, 130}}),
            expected);
  // 0x28 is 2^(5 - 7), 0x50 is 2^(10 - 7).
  EXPECT_EQ(runFunction(R"(func.func @f(%w: tensor<1x32xf4E2M1FN>,
      %s: tensor<1x2xf8E4M3FN>) -> tensor<1x32xf32> {
    %0 = lowp.dequantize %w scales(%s)
      : (tensor<1x32xf4E2M1FN>, tensor<1x2xf8E4M3FN>) -> tensor<1x32xf32>
    return %0 : tensor<1x32xf32> })",
                        {codes, {0x28, 0x50}}),
            expected);
}

TEST_F(LowPrecisionTest, PackAndUnpack) {
  for (const char *type : {"!lowp.uint<6>", "!lowp.int<3>", "!lowp.ternary"}) {
    bool isTernary = std::string(type) == "!lowp.ternary";
    std::string bits = isTernary ? "" : std::string(1, type[strlen(type) - 2]);
    int words = isTernary ? 2 * 1 * 64 : 2 * 2 * 32 * std::stoi(bits);
    std::string codes = std::string("tensor<17x80x") + type + ">",
                packed = "tensor<" + std::to_string(words) + "xi32>";
    Values values = randomCodes(17 * 80, isTernary ? 3 : 1u << std::stoi(bits));
    auto results =
        run("func.func @f(%w: " + codes + ") -> (" + packed + ", " + codes +
                ") {\n %0 = lowp.pack %w : " + codes + " -> " + packed +
                "\n %1 = lowp.unpack %0 : " + packed + " -> " + codes +
                "\n return %0, %1 : " + packed + ", " + codes + " }",
            {values});
    ASSERT_EQ(results.size(), 2u);
    EXPECT_EQ(results[0].value.size(), static_cast<std::size_t>(words));
    EXPECT_EQ(results[0].info.type, ElementType::I32);
    EXPECT_NE(results[0].value, Values(words)) << "all words are zero";
    EXPECT_EQ(results[1].value, values);
  }
}

TEST_F(LowPrecisionTest, MatmulWithAnEpilogue) {
  constexpr int m = 3, n = 5, k = 64;
  Values x = randomValues(m * k), codes = randomCodes(n * k, 16),
         scales = randomValues(n * 2), zeros = randomCodes(n * 2, 16),
         bias = randomValues(n), residual = randomValues(m * n);
  Values expected, magnitude;
  for (int row = 0; row < m; ++row)
    for (int column = 0; column < n; ++column) {
      double sum = 0, size = 0;
      for (int i = 0; i < k; ++i) {
        int group = column * 2 + i / 32;
        double code = at(codes, k, column, i), zero = zeros[group];
        sum += at(x, k, row, i) * scales[group] * (code - zero);
        size += std::fabs(at(x, k, row, i) * scales[group]) * (code + zero);
      }
      double r = at(residual, n, row, column);
      expected.push_back((sum + bias[column]) * r);
      magnitude.push_back((size + std::fabs(bias[column])) * std::fabs(r));
    }
  auto results = run(R"(func.func @f(%x: tensor<3x64xf16>,
      %w: tensor<5x64x!lowp.uint<4>>, %s: tensor<5x2xf16>,
      %z: tensor<5x2x!lowp.uint<4>>, %b: tensor<5xf16>, %r: tensor<3x5xf32>)
      -> tensor<3x5xf32> {
    %y = lowp.matmul %x, %w scales(%s) zeros(%z) addends(%b, %r)
      : (tensor<3x64xf16>, tensor<5x64x!lowp.uint<4>>, tensor<5x2xf16>,
         tensor<5x2x!lowp.uint<4>>, tensor<5xf16>, tensor<3x5xf32>)
      -> tensor<3x5xf32> epilogue {
    ^bb0(%sum: f32, %c: f16, %d: f32):
      %0 = arith.extf %c : f16 to f32
      %1 = arith.addf %sum, %0 : f32
      %2 = arith.mulf %1, %d : f32
      lowp.yield %2 : f32
    }
    return %y : tensor<3x5xf32> })",
                     {x, codes, scales, zeros, bias, residual});
  ASSERT_EQ(results.size(), 1u);
  expectNear(results[0].value, expected);
  expectNear(results[0].magnitude, magnitude);
}

/// One sum and no epilogue: the same as linear with what dequantize gives.
TEST_F(LowPrecisionTest, MatmulIsDequantizeAndLinear) {
  auto results =
      run(R"(func.func @f(%x: tensor<3x128xf32>,
      %w: tensor<7x128x!lowp.float<3, 2>>, %s: tensor<7x1xf32>)
      -> (tensor<3x7xf32>, tensor<7x128xf32>) {
    %y = lowp.matmul %x, %w scales(%s)
      : (tensor<3x128xf32>, tensor<7x128x!lowp.float<3, 2>>, tensor<7x1xf32>) -> tensor<3x7xf32>
    %d = lowp.dequantize %w scales(%s)
      : (tensor<7x128x!lowp.float<3, 2>>, tensor<7x1xf32>) -> tensor<7x128xf32>
    return %y, %d : tensor<3x7xf32>, tensor<7x128xf32> })",
          {randomValues(3 * 128), randomCodes(7 * 128, 64), randomValues(7)});
  ASSERT_EQ(results.size(), 2u);
  random.seed(1);
  Values x = randomValues(3 * 128), expected;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 7; ++column) {
      double sum = 0;
      for (int i = 0; i < 128; ++i)
        sum += at(x, 128, row, i) * at(results[1].value, 128, column, i);
      expected.push_back(sum);
    }
  // The order in which a braced list is evaluated is left to right.
  expectNear(results[0].value, expected);
}

/// Codes of builtin types may live on a domain.
TEST_F(LowPrecisionTest, CodesOnADomain) {
  setGraph("kg", randomGraph(3));
  std::string text = R"(rgnn.graph @kg
    func.func @f(%w: tensor<?x4x16xui4, #rgnn.on<kg.relation>>,
                 %s: tensor<?x4x1xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.relation>> {
      %0 = lowp.dequantize %w scales(%s)
        : (tensor<?x4x16xui4, #rgnn.on<kg.relation>>,
           tensor<?x4x1xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.relation>>
      return %0 : tensor<?x4x16xf32, #rgnn.on<kg.relation>> })";
  Values codes = randomCodes(5 * 64, 16), scales = randomValues(5 * 4),
         expected;
  for (int i = 0; i < 5 * 64; ++i)
    expected.push_back(scales[i / 16] * codes[i]);
  auto interpreter = create(text);
  ASSERT_TRUE(interpreter) << errors;
  ASSERT_TRUE(succeeded(set(*interpreter, 0, codes)) &&
              succeeded(set(*interpreter, 1, scales)));
  auto whole = interpreter->run();
  ASSERT_TRUE(succeeded(whole));
  EXPECT_EQ(whole->front().value, expected);
  auto some = interpreter->evaluateRows(0, {3});
  ASSERT_TRUE(succeeded(some));
  EXPECT_EQ(some->value,
            Values(expected.begin() + 3 * 64, expected.begin() + 4 * 64));
}

TEST_F(LowPrecisionTest, ArgumentsMustBeCodes) {
  auto interpreter = create(R"(func.func @f(%w: tensor<1x16x!lowp.ternary>,
      %s: tensor<1x1xf32>) -> tensor<1x16xf32> {
    %0 = lowp.dequantize %w scales(%s)
      : (tensor<1x16x!lowp.ternary>, tensor<1x1xf32>) -> tensor<1x16xf32>
    return %0 : tensor<1x16xf32> })");
  ASSERT_TRUE(interpreter) << errors;
  auto errorOf = [&](ElementType type, double value) {
    std::string error;
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            error = diagnostic.str();
                                            return mlir::success();
                                          });
    auto tensor = HostTensor::fromDoubles(type, {1, 16}, Values(16, value));
    EXPECT_TRUE(failed(interpreter->setArgument(0, *tensor)));
    return error;
  };
  EXPECT_EQ(errorOf(ElementType::U8, 3),
            "argument 'arg0': expected codes of ternary, 0 to 2, found 3");
  EXPECT_EQ(errorOf(ElementType::I8, -1),
            "argument 'arg0': expected codes of ternary, 0 to 2, found -1");
  EXPECT_EQ(errorOf(ElementType::F32, 1),
            "argument 'arg0': expected integers, found f32");
}

} // namespace
