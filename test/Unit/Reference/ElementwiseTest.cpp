//===- ElementwiseTest.cpp - arith and math with their magnitudes ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values are compared with the C library. A magnitude is tested for what it
// promises: if the operands move by e times their magnitudes, the result moves
// by no more than e times its own (and a little, for the second order).
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

#include <cmath>
#include <limits>

using namespace pigeon::reference;
using namespace pigeon::reference::test;

namespace {

class ElementwiseTest : public ReferenceTest {
protected:
  ElementwiseTest() { setGraph("kg", randomGraph(3, 200, 10)); }

  struct Case {
    const char *op;
    unsigned arity;
    double (*expected)(double, double, double);
    double low, high; // of the operands
    /// The errors of factors add up: stages do too (see Interpreter.h).
    int factors = 1;
  };

  static std::string model(const Case &c) {
    std::string text = "rgnn.graph @kg\nfunc.func @f(";
    std::string names, types;
    for (unsigned i = 0; i < c.arity; ++i) {
      std::string name = "%x" + std::to_string(i);
      text += (i ? ", " : "") + name + ": NODE64()";
      names += (i ? ", " : "") + name;
      types += i ? ", NODE64()" : "NODE64()";
    }
    text += ") -> NODE64() {\n %y = \"" + std::string(c.op) + "\"(" + names +
            ") : (" + types + ") -> NODE64()\n return %y : NODE64() }";
    // In f64, so that arguments are not rounded.
    for (std::size_t found;
         (found = text.find("NODE64()")) != std::string::npos;)
      text.replace(found, 8, "tensor<?xf64, #rgnn.on<kg.node>>");
    return text;
  }

  Values numbers(double low, double high) {
    std::uniform_real_distribution<double> distribution(low, high);
    Values values(200);
    for (double &value : values)
      value = distribution(random);
    return values;
  }
};

TEST_F(ElementwiseTest, ValuesAndMagnitudes) {
  const Case cases[] = {
      {"arith.addf", 2, [](double a, double b, double) { return a + b; }, -3,
       3},
      {"arith.subf", 2, [](double a, double b, double) { return a - b; }, -3,
       3},
      {"arith.mulf", 2, [](double a, double b, double) { return a * b; }, -3, 3,
       2},
      {"arith.divf", 2, [](double a, double b, double) { return a / b; }, 1, 3},
      {"arith.negf", 1, [](double a, double, double) { return -a; }, -3, 3},
      {"arith.maximumf", 2,
       [](double a, double b, double) { return a > b ? a : b; }, -3, 3},
      {"arith.minimumf", 2,
       [](double a, double b, double) { return a < b ? a : b; }, -3, 3},
      {"arith.maxnumf", 2,
       [](double a, double b, double) { return a > b ? a : b; }, -3, 3},
      {"arith.minnumf", 2,
       [](double a, double b, double) { return a < b ? a : b; }, -3, 3},
      {"math.absf", 1, [](double a, double, double) { return std::abs(a); }, -3,
       3},
      {"math.fma", 3, [](double a, double b, double c) { return a * b + c; },
       -3, 3, 2},
      {"math.exp", 1, [](double a, double, double) { return std::exp(a); }, -3,
       3},
      {"math.exp2", 1, [](double a, double, double) { return std::pow(2, a); },
       -3, 3},
      {"math.expm1", 1, [](double a, double, double) { return std::expm1(a); },
       -3, 3},
      {"math.log", 1, [](double a, double, double) { return std::log(a); }, 0.1,
       3},
      {"math.log2", 1,
       [](double a, double, double) { return std::log(a) / std::log(2.0); },
       0.1, 3},
      {"math.log10", 1, [](double a, double, double) { return std::log10(a); },
       0.1, 3},
      {"math.log1p", 1, [](double a, double, double) { return std::log1p(a); },
       -0.5, 3},
      {"math.sqrt", 1, [](double a, double, double) { return std::sqrt(a); },
       0.01, 3},
      {"math.rsqrt", 1,
       [](double a, double, double) { return 1 / std::sqrt(a); }, 0.1, 3},
      {"math.tanh", 1, [](double a, double, double) { return std::tanh(a); },
       -3, 3},
      {"math.erf", 1, [](double a, double, double) { return std::erf(a); }, -3,
       3},
      {"math.sin", 1, [](double a, double, double) { return std::sin(a); }, -3,
       3},
      {"math.cos", 1, [](double a, double, double) { return std::cos(a); }, -3,
       3},
      {"math.powf", 2,
       [](double a, double b, double) { return std::pow(a, b); }, 0.2, 3},
  };
  const double e = 1e-6;
  for (const Case &c : cases) {
    std::vector<Values> x;
    for (unsigned i = 0; i < c.arity; ++i)
      x.push_back(numbers(c.low, c.high));
    auto results = run(model(c), x);
    ASSERT_EQ(results.size(), 1u) << c.op;
    const Data &y = results[0];
    bool isTight = false;
    for (int i = 0; i < 200; ++i) {
      double v[3] = {};
      for (unsigned k = 0; k < c.arity; ++k)
        v[k] = x[k][i];
      double exact = c.expected(v[0], v[1], v[2]);
      ASSERT_NEAR(y.value[i], exact, 1e-13 * std::max(1.0, std::abs(exact)))
          << c.op;
      ASSERT_GE(y.magnitude[i], std::abs(y.value[i])) << c.op;
      for (int signs = 0; signs < 8; ++signs) {
        double moved[3];
        for (int k = 0; k < 3; ++k)
          moved[k] = v[k] + ((signs >> k & 1) ? e : -e) * std::abs(v[k]);
        double change =
            std::abs(c.expected(moved[0], moved[1], moved[2]) - exact);
        // One more e * |y| is the result's own rounding.
        ASSERT_LE(change, c.factors * e * y.magnitude[i] * (1 + 1e-4)) << c.op;
        isTight |= change + e * std::abs(exact) >=
                   0.5 * c.factors * e * y.magnitude[i];
      }
    }
    EXPECT_TRUE(isTight) << c.op << ": the bound is never near";
  }
}

TEST_F(ElementwiseTest, ComparisonsOfEveryPredicate) {
  const char *predicates[] = {"false", "oeq", "ogt", "oge", "olt", "ole",
                              "one",   "ord", "ueq", "ugt", "uge", "ult",
                              "ule",   "une", "uno", "true"};
  double nan = std::numeric_limits<double>::quiet_NaN();
  const double pairs[][2] = {{1, 2}, {2, 1}, {1, 1}, {nan, 1}};
  // Rows of the language reference: less, greater, equal, unordered.
  const char *truth[] = {"0000", "0010", "0100", "0110", "1000", "1010",
                         "1100", "1110", "0011", "0101", "0111", "1001",
                         "1011", "1101", "0001", "1111"};
  for (int p = 0; p < 16; ++p)
    for (int i = 0; i < 4; ++i) {
      auto results = run(
          std::string("func.func @f(%a: f32, %b: f32) -> f32 {\n"
                      " %p = arith.cmpf ") +
              predicates[p] +
              ", %a, %b : f32\n %one = arith.constant 1.0 : f32\n"
              " %zero = arith.constant 0.0 : f32\n"
              " %y = arith.select %p, %one, %zero : f32\n return %y : f32 }",
          {{pairs[i][0]}, {pairs[i][1]}});
      ASSERT_EQ(results.size(), 1u);
      EXPECT_EQ(results[0].value[0], truth[p][i] - '0')
          << predicates[p] << " case " << i;
    }
}

TEST_F(ElementwiseTest, NaNInMaximum) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  auto both = [&](const char *op) {
    std::string text = std::string("func.func @f(%a: f32, %b: f32) -> f32 {\n"
                                   " %y = ") +
                       op + " %a, %b : f32\n return %y : f32 }";
    return std::make_pair(run(text, {{nan}, {1}})[0].value[0],
                          run(text, {{1}, {nan}})[0].value[0]);
  };
  for (const char *op : {"arith.maximumf", "arith.minimumf"}) {
    EXPECT_TRUE(std::isnan(both(op).first)) << op;
    EXPECT_TRUE(std::isnan(both(op).second)) << op;
  }
  for (const char *op : {"arith.maxnumf", "arith.minnumf"}) {
    EXPECT_EQ(both(op).first, 1) << op;
    EXPECT_EQ(both(op).second, 1) << op;
  }
}

TEST_F(ElementwiseTest, SquareRootAtZeroHasABound) {
  auto results = run("func.func @f(%a: f32, %b: f32) -> f32 {\n"
                     " %0 = arith.subf %a, %b : f32\n"
                     " %y = math.sqrt %0 : f32\n return %y : f32 }",
                     {{1}, {1}});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].value[0], 0);
  // The magnitude of 1 - 1 is 2.
  EXPECT_DOUBLE_EQ(results[0].magnitude[0], 2048 * std::sqrt(2.0));
}

} // namespace
