//===- RunToolTest.cpp - Arguments, samples and checks of pigeon-run ------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArgumentSource.h"
#include "Check.h"
#include "Fixture.h"
#include "ReferenceDevice.h"

#include <cmath>
#include <set>

using namespace pigeon;
using namespace pigeon::reference;
using namespace pigeon::reference::test;
using namespace pigeon::run;

namespace {

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

ValueInfo argument(const std::string &name, const std::string &domain,
                   std::vector<std::int64_t> shape) {
  ValueInfo info;
  info.name = name;
  info.graph = domain.empty() ? "" : "kg";
  info.domain = domain;
  info.shape = std::move(shape);
  return info;
}

Values randomArgument(const ValueInfo &info, std::uint64_t seed = 0) {
  ArgumentSource source;
  source.seed = seed;
  auto tensor = makeArgument(info, source);
  EXPECT_TRUE(bool(tensor));
  return tensor ? tensor->toDoubles() : Values();
}

double meanSquareRoot(const Values &values) {
  double squares = 0;
  for (double value : values)
    squares += value * value;
  return std::sqrt(squares / values.size());
}

TEST(ArgumentSourceTest, RandomValuesAreBellShaped) {
  Values values = randomArgument(argument("h", "node", {1000, 64}));
  double sum = 0, fourth = 0;
  for (double value : values) {
    sum += value;
    fourth += std::pow(value, 4);
  }
  EXPECT_NEAR(sum / values.size(), 0, 0.02);
  EXPECT_NEAR(meanSquareRoot(values), 1, 0.02);
  // The sum of four uniform numbers has a kurtosis of 3 - 6/5/4.
  EXPECT_NEAR(fourth / values.size(), 2.7, 0.1);
}

TEST(ArgumentSourceTest, NameAndSeedChooseTheNumbers) {
  Values values = randomArgument(argument("h", "node", {10, 4}));
  EXPECT_EQ(values, randomArgument(argument("h", "node", {10, 4})));
  // The first rows of more rows are the same.
  Values more = randomArgument(argument("h", "node", {20, 4}));
  EXPECT_EQ(values, Values(more.begin(), more.begin() + 40));
  EXPECT_NE(values, randomArgument(argument("x", "node", {10, 4})));
  EXPECT_NE(values, randomArgument(argument("h", "node", {10, 4}), 1));
}

TEST(ArgumentSourceTest, WeightsKeepTheSizeOfActivations) {
  auto size = [](const char *domain, std::vector<std::int64_t> shape) {
    return meanSquareRoot(randomArgument(argument("w", domain, shape)));
  };
  EXPECT_NEAR(size("", {64, 64}), 1.0 / 8, 0.01);
  EXPECT_NEAR(size("relation", {20, 4, 64, 16}), 1.0 / 8, 0.01);
  EXPECT_NEAR(size("node_type", {9, 16, 64}), 1.0 / 4, 0.01);
  EXPECT_NEAR(size("relation", {500, 16}), 1, 0.05);
  EXPECT_NEAR(size("edge", {500, 4, 16}), 1, 0.05);
}

TEST(ArgumentSourceTest, OnesAndZeros) {
  ArgumentSource source;
  source.kind = ArgumentSource::Kind::Ones;
  auto ones = makeArgument(argument("b", "", {3}), source);
  ASSERT_TRUE(bool(ones));
  EXPECT_EQ(ones->toDoubles(), (Values{1, 1, 1}));
  EXPECT_EQ(ones->type, ElementType::F32);
  source.kind = ArgumentSource::Kind::Zeros;
  auto zeros = makeArgument(argument("b", "", {}), source);
  ASSERT_TRUE(bool(zeros));
  EXPECT_EQ(zeros->toDoubles(), (Values{0}));
}

TEST(ArgumentSourceTest, CodesAreCodesOfTheirType) {
  for (const NumberFormat &format :
       {NumberFormat::ternary(), NumberFormat::integer(3),
        NumberFormat::unsignedInteger(8), NumberFormat::codeBook(2),
        NumberFormat::floating(2, 1), NumberFormat::floating(4, 3),
        NumberFormat::e8m0()}) {
    ValueInfo info = argument("w", "", {64, 64});
    info.type = ElementType::U8;
    info.format = format;
    ArgumentSource source;
    auto codes = makeArgument(info, source);
    ASSERT_TRUE(bool(codes));
    EXPECT_EQ(codes->type, ElementType::U8);
    std::set<double> seen;
    for (double code : codes->toDoubles()) {
      ASSERT_LT(code, format.numCodes()) << format.name();
      ASSERT_TRUE(std::isfinite(format.decode(static_cast<unsigned>(code))));
      seen.insert(code);
    }
    EXPECT_GT(seen.size(), std::min(format.numCodes() / 4, 2u))
        << format.name();
    source.kind = ArgumentSource::Kind::Ones;
    EXPECT_EQ(
        format.decode(static_cast<unsigned>(makeArgument(info, source)->at(0))),
        1)
        << format.name();
  }
}

TEST(ArgumentSourceTest, WordsUseAllTheirBits) {
  ValueInfo info = argument("w", "", {1000});
  info.type = ElementType::I32;
  std::uint32_t ones = 0, zeros = 0;
  for (double word : randomArgument(info)) {
    auto bits = static_cast<std::uint32_t>(static_cast<std::int64_t>(word));
    ones |= bits;
    zeros |= ~bits;
  }
  EXPECT_EQ(ones & zeros, 0xFFFFFFFFu);
}

TEST(ArgumentSourceTest, TextAndBack) {
  for (const char *text :
       {"random:0", "random:12", "ones", "zeros", "a/b=c.npy", "x.npz"}) {
    auto named = parseArgument(std::string("name=") + text);
    ASSERT_TRUE(bool(named)) << text;
    EXPECT_EQ(named->name, "name");
    EXPECT_EQ(named->source.describe(), text);
  }
}

TEST(SampleTest, RowsAreDistinctSortedAndInRange) {
  for (std::int64_t rows : {1, 5, 100}) {
    for (std::int64_t count : {1, 5, 40, 100, 1000}) {
      auto sample = sampleRows(rows, count, 7);
      ASSERT_EQ(static_cast<std::int64_t>(sample.size()),
                std::min(rows, count));
      for (std::size_t i = 0; i < sample.size(); ++i) {
        EXPECT_GE(sample[i], i ? sample[i - 1] + 1 : 0);
        EXPECT_LT(sample[i], rows);
      }
    }
  }
  // Every row is drawn sooner or later.
  std::set<std::int64_t> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (std::int64_t row : sampleRows(20, 2, seed))
      seen.insert(row);
  EXPECT_EQ(seen.size(), 20u);
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

class CheckTest : public ReferenceTest {
protected:
  CheckTest() {
    setGraph("kg", randomGraph(2, 40, 120));
    interpreter = create(R"(rgnn.graph @kg
      func.func @f(%x: NODE(2x3)) -> (NODE(2x3) {rgnn.name = "y"}, tensor<2x3xf32>) {
        %y = arith.addf %x, %x : NODE(2x3)
        %s = rgnn.aggregate sum %x, none : (NODE(2x3)) -> tensor<2x3xf32>
        return %y, %s : NODE(2x3), tensor<2x3xf32> })");
    EXPECT_TRUE(interpreter) << errors;
    EXPECT_TRUE(succeeded(set(*interpreter, 0, randomValues(240))));
    auto results = interpreter->run();
    for (const Data &data : *results) {
      infos.push_back(data.info);
      actual.push_back(*HostTensor::fromDoubles(ElementType::F32,
                                                data.info.shape, data.value));
    }
  }

  std::vector<ResultCheck> check(std::int64_t rows) {
    CheckOptions options;
    options.rows = rows;
    auto checks = checkResults(*interpreter, infos, actual, options);
    EXPECT_TRUE(succeeded(checks));
    return *checks;
  }

  std::unique_ptr<Interpreter> interpreter;
  std::vector<ValueInfo> infos;
  std::vector<HostTensor> actual;
};

TEST_F(CheckTest, ResultsAreFoundByName) {
  std::swap(infos[0], infos[1]);
  std::swap(actual[0], actual[1]);
  auto checks = check(0);
  ASSERT_EQ(checks.size(), 2u);
  EXPECT_EQ(checks[0].name, "y");
  EXPECT_TRUE(checks[0].comparison.passed());
  EXPECT_TRUE(checks[1].comparison.passed());
}

TEST_F(CheckTest, MissingResultIsAnError) {
  infos[0].name = "z";
  EXPECT_TRUE(failed(checkResults(*interpreter, infos, actual, {})));
}

TEST_F(CheckTest, RightResultsPass) {
  for (std::int64_t rows : {0, 7}) {
    auto checks = check(rows);
    ASSERT_EQ(checks.size(), 2u);
    EXPECT_TRUE(checks[0].comparison.passed());
    EXPECT_TRUE(checks[1].comparison.passed());
    EXPECT_EQ(checks[0].rows, rows ? 7 : 40);
    EXPECT_EQ(checks[0].allRows, 40);
  }
  EXPECT_EQ(describeCheck(check(7)[0]).find("y: 7 random rows of 40 are right"),
            0u);
  EXPECT_EQ(describeCheck(check(0)[0]).find("y: all 40 rows are right"), 0u);
}

TEST_F(CheckTest, TheWorstElementIsNamed) {
  // Element [13, 1, 2] of y and [1, 0] of the sum.
  actual[0].as<float>()[13 * 6 + 5] += 0.5f;
  actual[0].as<float>()[20 * 6] += 0.01f;
  actual[1].as<float>()[3] += 1;
  auto checks = check(0);
  EXPECT_EQ(checks[0].comparison.numWrong, 2);
  EXPECT_EQ(checks[0].place, "[13, 1, 2]");
  EXPECT_EQ(checks[1].comparison.numWrong, 1);
  EXPECT_EQ(checks[1].place, "[1, 0]");
  EXPECT_NE(describeCheck(checks[0]).find("the worst is element [13, 1, 2]"),
            std::string::npos);
}

TEST_F(CheckTest, ASampleNamesRowsOfTheWhole) {
  for (std::int64_t row = 0; row < 40; ++row)
    actual[0].as<float>()[row * 6 + 4] = static_cast<float>(1000 + row);
  auto checks = check(3);
  EXPECT_EQ(checks[0].comparison.numWrong, 3);
  EXPECT_EQ(checks[0].comparison.count, 18);
  // What was found there says which row it is.
  std::int64_t row =
      static_cast<std::int64_t>(checks[0].comparison.actual) - 1000;
  EXPECT_EQ(checks[0].place, "[" + std::to_string(row) + ", 1, 1]");
}

TEST_F(CheckTest, NaNIsWrong) {
  actual[0].as<float>()[0] = std::nanf("");
  EXPECT_FALSE(check(0)[0].comparison.passed());
  EXPECT_EQ(check(0)[0].place, "[0, 0, 0]");
}

} // namespace
