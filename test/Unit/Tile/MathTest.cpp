//===- MathTest.cpp - Mathematical functions, run ------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

using namespace pigeon::test;

namespace {

const char *kProgram = R"(
  tile.func @k(%x: !tile.ref<1024xf32, global>, %y: !tile.ref<1024xf32, global>)
      attributes {threads = 128 : i32} {
    %c0 = arith.constant 0 : i32
    %t = tile.load %x[%c0] : !tile.ref<1024xf32, global>, i32 -> tensor<1024xf32>
    %u = math.$F %t : tensor<1024xf32>
    tile.store %u, %y[%c0] : tensor<1024xf32>, !tile.ref<1024xf32, global>, i32
    tile.return
  })";

std::vector<float> evaluate(const std::string &function, std::vector<float> x) {
  x.resize(1024);
  std::vector<float> y(1024);
  EXPECT_EQ(runTile(compileTile(instantiate(kProgram, {{"F", function}})),
                    {&x, &y}, 128),
            "");
  return y;
}

struct Function {
  std::string name;
  double from, to;
  std::function<double(double)> exact;
  /// Relative error allowed, in units of 2^-24, and absolute error.
  double units, absolute;
};

TEST(TileMath, IsCloseToFloat64) {
  for (const Function &f : std::vector<Function>{
           {"exp", -87, 88, [](double x) { return std::exp(x); }, 4, 0},
           {"tanh", -10, 10, [](double x) { return std::tanh(x); }, 16, 0},
           {"erf", -4, 4, [](double x) { return std::erf(x); }, 16, 2e-7},
           {"log", 1e-3, 100, [](double x) { return std::log(x); }, 8, 1e-7},
           {"sqrt", 0, 100, [](double x) { return std::sqrt(x); }, 2, 0},
           {"rsqrt", 0.1, 100, [](double x) { return 1 / std::sqrt(x); }, 4, 0},
           {"absf", -5, 5, [](double x) { return std::fabs(x); }, 0, 0},
           {"floor", -5, 5, [](double x) { return std::floor(x); }, 0, 0}}) {
    std::vector<float> x(1024);
    for (int i = 0; i < 1024; ++i)
      x[i] = f.from + (f.to - f.from) * i / 1023;
    std::vector<float> y = evaluate(f.name, x);
    for (int i = 0; i < 1024; ++i) {
      double exact = f.exact(x[i]);
      ASSERT_NEAR(y[i], exact,
                  std::abs(exact) * f.units * std::ldexp(1.0, -24) + f.absolute)
          << f.name << "(" << x[i] << ")";
    }
  }
}

TEST(TileMath, ExpAtItsEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> y =
      evaluate("exp", {infinity, -infinity, 1000, -1000, 89, -200, 0,
                       std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(y[0], infinity);
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[2], infinity);
  EXPECT_EQ(y[3], 0);
  EXPECT_EQ(y[4], infinity);
  EXPECT_EQ(y[5], 0);
  EXPECT_EQ(y[6], 1);
  EXPECT_TRUE(std::isnan(y[7]));
}

} // namespace
