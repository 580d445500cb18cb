//===- InterpreterTest.cpp - Samples, threads, names and errors -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace pigeon;
using namespace pigeon::reference;
using namespace pigeon::reference::test;

namespace {

class InterpreterTest : public ReferenceTest {
protected:
  InterpreterTest() { setGraph("kg", randomGraph(5, 40, 90)); }

  static std::string fileText(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(std::string(PIGEON_SOURCE_DIR) +
                                              "/" + path);
    EXPECT_TRUE(bool(buffer)) << path;
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }

  void setRandomArguments(Interpreter &interpreter) {
    for (unsigned i = 0; i < interpreter.arguments().size(); ++i) {
      std::size_t count = 1;
      for (std::int64_t size : interpreter.arguments()[i].shape)
        count *= size;
      ASSERT_TRUE(succeeded(set(interpreter, i, randomValues(count))));
    }
  }

  /// Runs `body`, which must fail, and returns what it said.
  std::string errorsOf(llvm::function_ref<bool()> body) {
    errors.clear();
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            errors += diagnostic.str() + "\n";
                                            return mlir::success();
                                          });
    EXPECT_FALSE(body());
    return errors;
  }

  static constexpr const char *identity = R"(rgnn.graph @kg
    func.func @f(%x: NODE(2) {rgnn.name = "x"}) -> NODE(2) {
      return %x : NODE(2) })";
};

TEST_F(InterpreterTest, SampledRowsEqualTheWhole) {
  const char *models[] = {"docs/examples/rgcn.mlir",
                          "docs/examples/rgcn_basis.mlir",
                          "docs/examples/rgat.mlir",
                          "docs/examples/hgt.mlir",
                          "test/Integration/Inputs/compgcn.mlir",
                          "test/Integration/Inputs/gatv2.mlir"};
  for (const char *path : models) {
    auto interpreter = create(fileText(path));
    ASSERT_TRUE(interpreter) << path << ": " << errors;
    setRandomArguments(*interpreter);
    auto whole = interpreter->run();
    ASSERT_TRUE(succeeded(whole)) << path;
    for (unsigned r = 0; r < whole->size(); ++r) {
      const Data &all = (*whole)[r];
      std::int64_t rows = all.info.shape[0], width = all.value.size() / rows;
      // One row, some with a duplicate and in no order, and all of them.
      std::vector<std::vector<std::int64_t>> samples = {
          {rows - 1}, {3, 0, 3, rows / 2}, {}};
      for (std::int64_t row = 0; row < rows; ++row)
        samples.back().push_back(row);
      for (const auto &sample : samples) {
        auto some = interpreter->evaluateRows(r, sample);
        ASSERT_TRUE(succeeded(some)) << path;
        EXPECT_EQ(some->rows, sample);
        EXPECT_EQ(some->stages, all.stages);
        ASSERT_EQ(some->value.size(), sample.size() * width);
        for (std::size_t i = 0; i < sample.size(); ++i)
          for (std::int64_t c = 0; c < width; ++c) {
            ASSERT_EQ(at(some->value, width, i, c),
                      at(all.value, width, sample[i], c))
                << path;
            ASSERT_EQ(at(some->magnitude, width, i, c),
                      at(all.magnitude, width, sample[i], c))
                << path;
          }
      }
    }
  }
}

TEST_F(InterpreterTest, MagnitudesAreNeverBelowValues) {
  for (const char *path : {"docs/examples/rgcn.mlir", "docs/examples/rgat.mlir",
                           "docs/examples/hgt.mlir"}) {
    auto interpreter = create(fileText(path));
    ASSERT_TRUE(interpreter) << errors;
    setRandomArguments(*interpreter);
    auto results = interpreter->run();
    ASSERT_TRUE(succeeded(results));
    for (const Data &data : *results)
      for (std::size_t i = 0; i < data.value.size(); ++i)
        ASSERT_GE(data.magnitude[i] * (1 + 1e-12), std::abs(data.value[i]))
            << path;
  }
}

TEST_F(InterpreterTest, ThreadsDoNotChangeBits) {
  std::string text = fileText("docs/examples/rgat.mlir");
  std::vector<Values> results;
  for (unsigned threads : {1u, 2u, 5u}) {
    random.seed(9);
    Options options;
    options.threads = threads;
    auto interpreter = create(text, options);
    ASSERT_TRUE(interpreter);
    setRandomArguments(*interpreter);
    auto data = interpreter->run();
    ASSERT_TRUE(succeeded(data));
    results.push_back((*data)[0].value);
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST_F(InterpreterTest, OneEdgeAndNoIncomingEdges) {
  runtime::GraphData one;
  one.numNodes = 2;
  one.numRelations = 1;
  one.src = {0};
  one.dst = {1};
  one.edgeType = {0};
  setGraph("kg", one);
  auto results = run(R"(rgnn.graph @kg
  func.func @f(%s: NODE(1)) -> NODE(1) {
    %e = rgnn.gather %s, src : (NODE(1)) -> EDGE(1)
    %a = rgnn.softmax %e, dst : (EDGE(1)) -> EDGE(1)
    %y = rgnn.aggregate max %a, dst : (EDGE(1)) -> NODE(1)
    return %y : NODE(1) })",
                     {{3, 5}});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].value, (Values{0, 1}));
}

TEST_F(InterpreterTest, ASecondGraphOverTheSameNodes) {
  runtime::GraphData test = randomGraph(8, 40, 25);
  test.nodeType = raw["kg"].nodeType;
  setGraph("test", test);
  Values h = randomValues(40 * 64), z = randomValues(5 * 64), expected;
  for (int e = 0; e < 25; ++e) {
    double squares = 0;
    for (int d = 0; d < 64; ++d) {
      double difference = at(h, 64, test.src[e], d) +
                          at(z, 64, test.edgeType[e], d) -
                          at(h, 64, test.dst[e], d);
      squares += difference * difference;
    }
    expected.push_back(-std::sqrt(squares));
  }
  auto results = run(fileText("test/Integration/Inputs/transe.mlir"), {h, z});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].info.name, "score");
  EXPECT_EQ(results[0].info.graph, "test");
  expectNear(results[0].value, expected);
}

TEST_F(InterpreterTest, CallsRunTheirBodies) {
  auto results = run(R"(func.func @main(%x: f32) -> f32 {
    %0 = func.call @twice(%x) : (f32) -> f32
    %1 = func.call @twice(%0) : (f32) -> f32
    return %1 : f32 }
  func.func private @twice(%x: f32) -> f32 {
    %0 = arith.addf %x, %x : f32
    return %0 : f32 })",
                     {{3}});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].value[0], 12);
}

TEST_F(InterpreterTest, ArgumentsAreRoundedToTheModelsType) {
  double third = 1.0 / 3;
  auto f32 = run("func.func @f(%x: f32) -> f32 { return %x : f32 }", {{third}});
  auto f16 = run("func.func @f(%x: f16) -> f16 { return %x : f16 }", {{third}});
  auto bf16 =
      run("func.func @f(%x: bf16) -> bf16 { return %x : bf16 }", {{third}});
  auto f64 = run("func.func @f(%x: f64) -> f64 { return %x : f64 }", {{third}});
  EXPECT_EQ(f32[0].value[0], static_cast<double>(static_cast<float>(third)));
  EXPECT_EQ(f16[0].value[0], 1365.0 / 4096);
  EXPECT_EQ(bf16[0].value[0], 171.0 / 512);
  EXPECT_EQ(f64[0].value[0], third);
}

TEST_F(InterpreterTest, NamesShapesAndCost) {
  auto interpreter = create(R"(rgnn.graph @kg
    func.func @f(%x: NODE(2) {rgnn.name = "x"}, %y: tensor<3xf32>)
        -> (NODE(2) {rgnn.name = "out"}, tensor<3xf32>) {
      %0 = arith.addf %x, %x : NODE(2)
      return %0, %y : NODE(2), tensor<3xf32> })");
  ASSERT_TRUE(interpreter) << errors;
  EXPECT_EQ(interpreter->arguments()[0].name, "x");
  EXPECT_EQ(interpreter->arguments()[1].name, "arg1");
  EXPECT_EQ(interpreter->arguments()[0].shape,
            (std::vector<std::int64_t>{40, 2}));
  EXPECT_EQ(interpreter->results()[0].name, "out");
  EXPECT_EQ(interpreter->results()[1].name, "result1");
  // Two values of 40 x 2 and one of 3, each with its magnitudes.
  EXPECT_EQ(interpreter->cost().peakBytes, (80 + 80 + 3) * 16u);
}

TEST_F(InterpreterTest, ProgressReachesTheEnd) {
  double last = 0;
  Options options;
  options.progress = [&](const std::string &, double done) {
    EXPECT_GE(done, last);
    last = done;
  };
  auto interpreter = create(fileText("docs/examples/rgcn.mlir"), options);
  ASSERT_TRUE(interpreter);
  setRandomArguments(*interpreter);
  ASSERT_TRUE(succeeded(interpreter->run()));
  EXPECT_DOUBLE_EQ(last, 1);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST_F(InterpreterTest, MissingGraph) {
  EXPECT_FALSE(create("rgnn.graph @other\nfunc.func @f() { return }"));
  EXPECT_EQ(errors, "the model runs on a graph 'other', and none was given "
                    "under this name\n");
}

TEST_F(InterpreterTest, GraphOfAnotherSize) {
  EXPECT_FALSE(
      create("rgnn.graph @kg {relations = 7}\nfunc.func @f() { return }"));
  EXPECT_NE(errors.find("7"), std::string::npos) << errors;
  EXPECT_NE(errors.find("5"), std::string::npos) << errors;
}

TEST_F(InterpreterTest, SharedGraphOfOtherNodes) {
  setGraph("test", randomGraph(8, 30, 25));
  EXPECT_FALSE(create(fileText("test/Integration/Inputs/transe.mlir")));
  EXPECT_NE(errors.find("30"), std::string::npos) << errors;
}

TEST_F(InterpreterTest, MissingArgument) {
  auto interpreter = create(identity);
  ASSERT_TRUE(interpreter);
  EXPECT_EQ(errorsOf([&] { return succeeded(interpreter->run()); }),
            "argument 'x' has no value\n");
  EXPECT_EQ(
      errorsOf([&] { return succeeded(interpreter->evaluateRows(0, {0})); }),
      "argument 'x' has no value\n");
}

TEST_F(InterpreterTest, WrongArgument) {
  auto interpreter = create(identity);
  ASSERT_TRUE(interpreter);
  auto wrong = HostTensor::create(ElementType::F32, {39, 2});
  EXPECT_EQ(
      errorsOf([&] { return succeeded(interpreter->setArgument(0, *wrong)); }),
      "argument 'x': expected shape [40, 2], found [39, 2]; the first "
      "dimension is the number of rows of 'kg.node' in kg of the test\n");
  EXPECT_EQ(errorsOf([&] {
              return succeeded(interpreter->setArgument("z", *wrong));
            }),
            "there is no argument 'z'; the arguments are 'x'\n");
  EXPECT_EQ(
      errorsOf([&] { return succeeded(interpreter->setArgument(1, *wrong)); }),
      "there is no argument 1 of 1\n");
  auto integers = HostTensor::create(ElementType::I32, {40, 2});
  EXPECT_EQ(errorsOf([&] {
              return succeeded(interpreter->setArgument(0, *integers));
            }),
            "argument 'x': expected floats, found i32\n");
}

TEST_F(InterpreterTest, RowsOutOfRange) {
  auto interpreter = create(identity);
  ASSERT_TRUE(interpreter);
  setRandomArguments(*interpreter);
  for (std::int64_t row : {-1, 40})
    EXPECT_EQ(errorsOf([&] {
                return succeeded(interpreter->evaluateRows(0, {row}));
              }),
              "result 'result0' has 40 rows and no row " + std::to_string(row) +
                  "\n");
  EXPECT_EQ(
      errorsOf([&] { return succeeded(interpreter->evaluateRows(1, {0})); }),
      "there is no result 1 of 1\n");
}

TEST_F(InterpreterTest, UnknownOperation) {
  EXPECT_FALSE(create(R"(rgnn.graph @kg
    func.func @f(%x: NODE(2)) -> NODE(2) {
      %y = math.floor %x : NODE(2)
      return %y : NODE(2) })"));
  EXPECT_EQ(errors, "the reference interpreter does not know 'math.floor'\n");
}

TEST_F(InterpreterTest, IntegerData) {
  EXPECT_FALSE(create("func.func @f(%x: i16) -> i16 { return %x : i16 }"));
  EXPECT_EQ(errors, "expected elements of type f16, bf16, f32, f64, i32, i1 or "
                    "of codes, found 'i16'\n");
}

TEST_F(InterpreterTest, Recursion) {
  EXPECT_FALSE(create(R"(func.func @f(%x: f32) -> f32 {
    %0 = func.call @f(%x) : (f32) -> f32
    return %0 : f32 })"));
  EXPECT_EQ(errors, "recursive calls cannot be run\n");
}

TEST_F(InterpreterTest, TooManyElements) {
  setGraph("kg", randomGraph(5, 1000, 90));
  EXPECT_FALSE(create(R"(rgnn.graph @kg
    func.func @f(%x: NODE(46340x46340)) { return })"));
  EXPECT_NE(errors.find("with 1000 rows has more than 2^40 elements"),
            std::string::npos)
      << errors;
}

TEST_F(InterpreterTest, MoreMemoryThanAllowed) {
  Options options;
  options.maxBytes = 1000;
  std::string text = R"(rgnn.graph @kg
    func.func @f(%x: NODE(2)) -> NODE(2) {
      %y = arith.addf %x, %x : NODE(2)
      return %y : NODE(2) })";
  auto interpreter = create(text, options);
  ASSERT_TRUE(interpreter);
  setRandomArguments(*interpreter);
  EXPECT_EQ(errorsOf([&] { return succeeded(interpreter->run()); }),
            "the whole model needs 2560 bytes at once, 1000 are allowed; "
            "evaluate a sample of rows instead\n");
  EXPECT_TRUE(succeeded(interpreter->evaluateRows(0, {0, 39})));
}

} // namespace
