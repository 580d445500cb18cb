//===- ProgramTest.cpp - Size expressions, JSON, and what is refused ------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallProgram.h"

#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::HasSubstr;
using Op = SizeExpression::Op;

namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

Result<std::int64_t> apply(Op op, std::int64_t lhs, std::int64_t rhs) {
  SizeExpression expression{{{Op::Symbol, 0}, {Op::Symbol, 1}, {op}}};
  return expression.evaluate({lhs, rhs});
}

TEST(SizeExpressionTest, ExamplesOfTheHeader) {
  SizeExpression grid{{{Op::Symbol, 0}, {Op::Constant, 3}, {Op::CeilDiv}}};
  EXPECT_EQ(*grid.evaluate({4}), 2);
  SizeExpression elements{{{Op::Symbol, 0}, {Op::Constant, 64}, {Op::Mul}}};
  EXPECT_EQ(*elements.evaluate({4}), 256);
  EXPECT_EQ(*SizeExpression::constant(7).evaluate({}), 7);
  EXPECT_EQ(*SizeExpression::symbol(1).evaluate({5, 6}), 6);
}

TEST(SizeExpressionTest, DivisionsRoundByTheirNames) {
  for (std::int64_t lhs = -20; lhs <= 20; ++lhs)
    for (std::int64_t rhs = -5; rhs <= 5; ++rhs) {
      if (rhs == 0)
        continue;
      double quotient = static_cast<double>(lhs) / static_cast<double>(rhs);
      auto down = static_cast<std::int64_t>(std::floor(quotient));
      EXPECT_EQ(*apply(Op::FloorDiv, lhs, rhs), down) << lhs << "/" << rhs;
      EXPECT_EQ(*apply(Op::CeilDiv, lhs, rhs), std::ceil(quotient))
          << lhs << "/" << rhs;
      EXPECT_EQ(*apply(Op::Mod, lhs, rhs), lhs - down * rhs)
          << lhs << "%" << rhs;
    }
  EXPECT_EQ(*apply(Op::Max, -3, 2), 2);
  EXPECT_EQ(*apply(Op::Min, -3, 2), -3);
}

TEST(SizeExpressionTest, OverflowAndZeroAreErrors) {
  EXPECT_EQ(apply(Op::Add, greatest, 1).error().message(),
            "size 9223372036854775807 + 1 does not fit 64 bits");
  EXPECT_FALSE(apply(Op::Add, least, -1));
  EXPECT_FALSE(apply(Op::Mul, std::int64_t(1) << 32, std::int64_t(1) << 31));
  EXPECT_FALSE(apply(Op::FloorDiv, least, -1));
  EXPECT_EQ(apply(Op::CeilDiv, 5, 0).error().message(),
            "size 5 is divided by zero");
  EXPECT_FALSE(apply(Op::Mod, 5, 0));
  EXPECT_EQ(*apply(Op::CeilDiv, greatest, 1), greatest);
  EXPECT_EQ(*apply(Op::FloorDiv, least, 1), least);
}

TEST(SizeExpressionTest, MalformedExpressionsAreErrors) {
  EXPECT_FALSE(SizeExpression{}.evaluate({}));
  EXPECT_FALSE((SizeExpression{{{Op::Add}}}.evaluate({})));
  EXPECT_FALSE((SizeExpression{{{Op::Constant, 1}, {Op::Add}}}.evaluate({})));
  EXPECT_FALSE(
      (SizeExpression{{{Op::Constant, 1}, {Op::Constant, 2}}}.evaluate({})));
  EXPECT_FALSE(SizeExpression::symbol(2).evaluate({1, 2}));
  EXPECT_FALSE(SizeExpression::symbol(-1).evaluate({1, 2}));
}

/// The kind of a view says which roles it has.
TEST(ProgramTest, ViewsOfThreeRoles) {
  Program program = smallProgram();
  program.views.push_back(
      {"kg", "owner_work", "edge", "dst_pair", 4, "rel", "node"});
  ASSERT_TRUE(verify(program)) << verify(program).error().message();
  std::string text = toJSON(program);
  auto again = programFromJSON(text);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->views.back().into, "node");
  EXPECT_EQ(toJSON(*again), text);
  text.replace(text.find("\"into\""), 6, "\"onto\"");
  EXPECT_THAT(programFromJSON(text).error().message(),
              HasSubstr("field 'into' is missing"));
}

TEST(ProgramTest, SurvivesJSON) {
  Program program = smallProgram();
  ASSERT_TRUE(verify(program)) << verify(program).error().message();
  std::string text = toJSON(program);
  auto again = programFromJSON(text);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(toJSON(*again), text);
  EXPECT_EQ(again->name, "small");
  EXPECT_EQ(again->graphs[0].classes, program.graphs[0].classes);
  EXPECT_EQ(again->graphs[1].shares, "kg");
  EXPECT_EQ(again->views[1].parameter, 256);
  EXPECT_EQ(again->views[1].through, "");
  EXPECT_EQ(again->views[4].through, "src");
  EXPECT_EQ(again->symbols[1].kind, Symbol::Kind::ArrayLength);
  EXPECT_EQ(again->symbols[1].array, "slots");
  EXPECT_EQ(again->buffers[1].type, ElementType::BF16);
  EXPECT_EQ(again->buffers[1].kind, BufferSpec::Kind::Output);
  EXPECT_EQ(*again->buffers[2].shape[0].evaluate({10, 3}), 192);
  const LaunchSpec &launch = again->launches[0];
  EXPECT_EQ(*launch.grid[0].evaluate({10, 3}), 3);
  EXPECT_EQ(launch.block[1], 2u);
  EXPECT_EQ(launch.dynamicSharedBytes, 1024u);
  EXPECT_EQ(launch.arguments[1].array, "offsets");
  EXPECT_EQ(*launch.arguments[3].size.evaluate({}), -3);
  EXPECT_TRUE(launch.operations.terms.empty());
  EXPECT_EQ(launch.label, "aggregate sum over \"node\"");
}

TEST(ProgramTest, EveryOperationSurvivesJSON) {
  Program program = smallProgram();
  for (Op op : {Op::Add, Op::Mul, Op::FloorDiv, Op::CeilDiv, Op::Mod, Op::Max,
                Op::Min}) {
    program.launches[0].bytes.terms = {
        {Op::Symbol, 1}, {Op::Constant, least}, {op}};
    auto again = programFromJSON(toJSON(program));
    ASSERT_TRUE(again) << again.error().message();
    const auto &terms = again->launches[0].bytes.terms;
    ASSERT_EQ(terms.size(), 3u);
    EXPECT_EQ(terms[0].op, Op::Symbol);
    EXPECT_EQ(terms[0].value, 1);
    EXPECT_EQ(terms[1].value, least);
    EXPECT_EQ(terms[2].op, op);
  }
}

/// The JSON of the small program with one piece of text replaced.
std::string errorWith(const std::string &from, const std::string &to) {
  std::string text = toJSON(smallProgram());
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos)
    text.replace(at, from.size(), to);
  auto program = programFromJSON(text);
  return program ? "" : program.error().message();
}

TEST(ProgramTest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(errorWith("{", "["), "the program is not JSON");
  EXPECT_EQ(errorWith("\"name\": \"small\"", "\"name\": 5"),
            "program: name: expected a string, found 5");
  EXPECT_EQ(errorWith("\"relations\": 92", "\"relations\": -1"),
            "program: graphs[0].relations: expected an integer from 0 to "
            "9223372036854775807, found -1");
  EXPECT_EQ(errorWith("\"parameter\": 256", "\"parameter\": 2.5"),
            "program: views[1].parameter: expected an integer from 0 to "
            "9223372036854775807, found 2.5");
  EXPECT_EQ(
      errorWith("\"parameter\": 256", "\"parameter\": 18446744073709551615"),
      "program: views[1].parameter: expected an integer from 0 to "
      "9223372036854775807, found 18446744073709551615");
  EXPECT_EQ(
      errorWith("\"type\": \"bf16\"", "\"type\": \"f12\""),
      "program: buffers[1].type: expected an element type, found \"f12\"");
  EXPECT_EQ(errorWith("\"kind\": \"length\"", "\"kind\": \"depth\""),
            "program: symbols[1].kind: expected one of rows, length, found "
            "\"depth\"");
  EXPECT_EQ(
      errorWith("\"ceildiv\"", "\"divide\""),
      "program: launches[0].grid[0][2]: expected an integer, a symbol such "
      "as \"s0\", or one of + * floordiv ceildiv mod max min, found "
      "\"divide\"");
  EXPECT_EQ(errorWith("\"label\"", "\"lable\""),
            "program: launches[0]: field 'label' is missing");
  EXPECT_EQ(errorWith("\"label\"", "\"extra\": 1, \"label\""),
            "program: launches[0]: there is no field 'extra'");
  EXPECT_EQ(errorWith("\"through\"", "\"trough\""),
            "program: views[4]: field 'through' is missing");
  EXPECT_EQ(
      errorWith("\"parameter\": 256", "\"parameter\": 256, \"through\": \"\""),
      "program: views[1]: there is no field 'through'");
  EXPECT_THAT(errorWith("128,", ""), HasSubstr("launches[0].block: expected a "
                                               "list of 3, found a list"));
  EXPECT_THAT(errorWith("\"views\": [", "\"views\": [[],"),
              HasSubstr("views[0]: expected an object, found a list"));
  EXPECT_THAT(errorWith("\"s1\"", "\"s99999999999999999999\""),
              HasSubstr("expected an integer, a symbol"));
}

TEST(ProgramTest, SurvivesCutAndNestedJSON) {
  std::string text = toJSON(smallProgram());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7)
    EXPECT_FALSE(programFromJSON(text.substr(0, size)));
  std::string deep(200000, '[');
  EXPECT_FALSE(programFromJSON(deep + std::string(200000, ']')));
  EXPECT_FALSE(
      programFromJSON("{\"name\": " + deep + std::string(200000, ']') + "}"));
  EXPECT_FALSE(programFromJSON("null"));
  EXPECT_FALSE(programFromJSON(""));
}

TEST(ProgramTest, VerifiesNamesAndIndices) {
  struct Case {
    std::function<void(Program &)> change;
    const char *message;
  };
  for (const Case &test : std::initializer_list<Case>{
           {[](Program &p) { p.graphs[0].name = ""; },
            "graphs[0]: the graph has no name"},
           {[](Program &p) { p.graphs[1].name = "kg"; },
            "graphs[1]: graph 'kg'"},
           {[](Program &p) {
              p.graphs[1].name = "kg";
              p.graphs[1].shares = "";
              p.views[2].role = "src";
              p.views[2].graph = "kg";
            },
            "there are two graphs 'kg'"},
           {[](Program &p) { p.graphs[1].shares = "other"; },
            "shares the rows of 'other', which is no other graph"},
           {[](Program &p) { p.graphs[0].nodeTypes = -1; }, "negative count"},
           {[](Program &p) { p.graphs[0].classes[0].first = "src"; },
            "cannot be called 'src'"},
           {[](Program &p) { p.graphs[0].classes.push_back({"direction", 1}); },
            "two classes of relations 'direction'"},
           {[](Program &p) { p.graphs[0].classes[0].second = -2; }, "-2"},
           {[](Program &p) { p.views[0].graph = "x"; },
            "views[0]: there is no graph 'x'"},
           {[](Program &p) { p.views[0].kind = "coo"; },
            "no view of kind 'coo'"},
           {[](Program &p) { p.views[0].domain = "edges"; },
            "has no domain 'edges'"},
           {[](Program &p) { p.views[0].role = "to"; }, "no role 'to'"},
           {[](Program &p) { p.views[0].parameter = 1; },
            "takes no parameter, found 1"},
           {[](Program &p) { p.views[1].parameter = 0; },
            "takes a positive 32-bit parameter, found 0"},
           {[](Program &p) { p.views[4].through = "to"; },
            "views[4]: domain 'edge' has no role 'to'; it has src, dst"},
           {[](Program &p) { p.views[4].through = ""; }, "has no role ''"},
           {[](Program &p) { p.views[0].through = "src"; },
            "view 'csr' goes through no role, found 'src'"},
           {[](Program &p) { p.views[0].into = "node"; },
            "view 'csr' sums into no role, found 'node'"},
           {[](Program &p) {
              p.views[1] = {"kg", "owner_work", "edge", "dst_pair",
                            4,    "rel",        "src"};
            },
            "views[1]: domain 'dst_pair' has no role 'src'"},
           {[](Program &p) { p.symbols[0].domain = "x"; },
            "symbols[0]: graph 'kg' has no domain 'x'"},
           {[](Program &p) { p.symbols[1].view = 5; },
            "view 5 is out of range, the program has 5"},
           {[](Program &p) { p.symbols[1].array = "offsets"; },
            "view 1 of kind 'pieces' has no array 'offsets'"},
           {[](Program &p) { p.symbols[1].array = "entries"; },
            "view 1 of kind 'pieces' has no array 'entries'"},
           {[](Program &p) { p.buffers[0].name = ""; },
            "the buffer has no name"},
           {[](Program &p) { p.buffers[1].name = "x"; },
            "there are two buffers 'x'"},
           {[](Program &p) { p.buffers[0].shape[0].terms[0].value = 2; },
            "buffers[0]: shape[0]: symbol 2 is out of range"},
           {[](Program &p) { p.buffers[0].shape.clear(); },
            "has no dimension for its rows"},
           {[](Program &p) { p.buffers[0].graph = ""; },
            "there is no graph ''"},
           {[](Program &p) { p.launches[0].kernel = ""; }, "names no kernel"},
           {[](Program &p) { p.launches[0].grid[1].terms.clear(); },
            "grid[1]: the expression leaves 0 values, expected 1"},
           {[](Program &p) { p.launches[0].grid[0].terms.pop_back(); },
            "leaves 2 values"},
           {[](Program &p) { p.launches[0].grid[0].terms[0].op = Op::Add; },
            "an operation has no two operands before it"},
           {[](Program &p) { p.launches[0].block[2] = 65; },
            "block[2] is 65, expected 1 to 64"},
           {[](Program &p) { p.launches[0].block[1] = 9; },
            "a block has 1152 threads"},
           {[](Program &p) { p.launches[0].arguments[0].index = 3; },
            "launches[0]: arguments[0]: buffer 3 is out of range"},
           {[](Program &p) { p.launches[0].arguments[1].array = "key"; },
            "view 0 of kind 'csr' has no array 'key'"},
           {[](Program &p) { p.launches[0].arguments[2].size.terms.clear(); },
            "arguments[2]: size: the expression leaves 0"},
           {[](Program &p) { p.launches[0].bytes.terms.pop_back(); },
            "bytes: the expression leaves 2"}}) {
    Program program = smallProgram();
    test.change(program);
    Status status = verify(program);
    EXPECT_THAT(status ? "no error" : status.error().message(),
                HasSubstr(test.message));
    EXPECT_FALSE(programFromJSON(toJSON(program))) << test.message;
  }
}

} // namespace
