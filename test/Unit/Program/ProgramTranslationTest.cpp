//===- ProgramTranslationTest.cpp - Programs as data, and what is none ----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/Program/ProgramTranslation.h"
#include "pigeon/Pipelines/Registration.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mlir;
using namespace pigeon;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

class ProgramTranslationTest : public testing::Test {
protected:
  /// The data of a program with this body, beside a kernel @kernels::@k that
  /// takes anything.
  FailureOr<runtime::Program> translate(const std::string &body,
                                        const std::string &attributes = "") {
    std::string text = "gpu.module @kernels {\n"
                       "  tile.func @k() attributes {threads = 32 : i32" +
                       attributes + "} {\n" +
                       "    tile.return\n  }\n}\n"
                       "kernel.program @p {\n  kernel.graph @kg\n" +
                       body + "\n}\n";
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return failure();
    return translateProgram(*module->getOps<kernel::ProgramOp>().begin());
  }
  std::string errorOf(const std::string &body) {
    EXPECT_TRUE(failed(translate(body)));
    return error;
  }

private:
  MLIRContext context{makeRegistry()};
  OwningOpRef<ModuleOp> module;
  std::string error;
  ScopedDiagnosticHandler handler{&context, [this](Diagnostic &diagnostic) {
                                    error += diagnostic.str();
                                    return success();
                                  }};
};

const char *const sizes = R"mlir(
  %n = kernel.size <kg.node>
  %e = kernel.size <kg.edge>
  %one = affine.apply affine_map<() -> (1)>()
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
)mlir";

std::string launch(const std::string &gridX) {
  return "kernel.launch \"k\" @kernels::@k grid(" + gridX +
         ", %one, %one) threads(32) args(%y : memref<?x8xf32>) bytes(%one) "
         "operations(%one)\n";
}

/// A size for 10 nodes and 100 edges.
int64_t evaluate(const runtime::Program &program,
                 const runtime::SizeExpression &size) {
  std::vector<int64_t> symbols;
  for (const runtime::Symbol &symbol : program.symbols)
    symbols.push_back(symbol.domain == "node" ? 10 : 100);
  auto value = size.evaluate(symbols);
  EXPECT_TRUE(value) << value.error().message();
  return value ? *value : -1;
}

} // namespace

TEST_F(ProgramTranslationTest, Sizes) {
  struct Case {
    const char *map;
    int64_t expected; // with d0 = s0 = 10 nodes, s1 = 100 edges
  } cases[] = {
      {"affine_map<()[s0, s1] -> (s0 + s1 * 3)>()[%n, %e]", 310},
      {"affine_map<()[s0, s1] -> (s1 ceildiv 7 - s0)>()[%n, %e]", 5},
      {"affine_map<()[s0, s1] -> ((s1 floordiv 7) * 2 + s0 mod 3)>()[%n, %e]",
       29},
      // Dimensions come before symbols.
      {"affine_map<(d0)[s0] -> (s0 - d0)>(%n)[%e]", 90},
      {"affine_map<(d0, d1)[s0] -> (d1 * 2 - d0 + s0)>(%n, %e)[%n]", 200},
  };
  for (const Case &each : cases) {
    auto program = translate(std::string(sizes) + "%g = affine.apply " +
                             each.map + "\n" + launch("%g"));
    ASSERT_TRUE(succeeded(program)) << each.map;
    ASSERT_EQ(program->launches.size(), 1u);
    EXPECT_EQ(evaluate(*program, program->launches[0].grid[0]), each.expected)
        << each.map;
  }
}

/// Equal symbols and views are one, and sizes of sizes are followed.
TEST_F(ProgramTranslationTest, SymbolsAndViews) {
  auto program = translate(std::string(sizes) + R"mlir(
  %key = kernel.array "work"(<kg.edge>, "rel", 64) "key" : memref<?xi32>
  %begin = kernel.array "work"(<kg.edge>, "rel", 64) "begin" : memref<?xi32>
  %other = kernel.array "work"(<kg.edge>, "rel", 32) "begin" : memref<?xi32>
  %c0 = arith.constant 0 : index
  %items = memref.dim %begin, %c0 : memref<?xi32>
  %again = kernel.size <kg.node>
  %twice = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%again]
  %four = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%twice]
  kernel.launch "k" @kernels::@k grid(%items, %one, %c0) threads(32)
      args(%key, %begin, %other, %n, %y
           : memref<?xi32>, memref<?xi32>, memref<?xi32>, index, memref<?x8xf32>)
      bytes(%four) operations(%n)
)mlir");
  ASSERT_TRUE(succeeded(program));
  ASSERT_EQ(program->views.size(), 2u);
  EXPECT_EQ(program->views[0].parameter, 64);
  EXPECT_EQ(program->views[1].parameter, 32);
  ASSERT_EQ(program->symbols.size(), 2u);
  const runtime::LaunchSpec &spec = program->launches[0];
  EXPECT_EQ(evaluate(*program, spec.bytes), 40);
  EXPECT_EQ(evaluate(*program, spec.operations), 10);
  EXPECT_EQ(evaluate(*program, spec.grid[2]), 0);
  using Kind = runtime::LaunchArgument::Kind;
  std::vector<Kind> kinds;
  for (const runtime::LaunchArgument &argument : spec.arguments)
    kinds.push_back(argument.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::ViewArray, Kind::ViewArray,
                                 Kind::ViewArray, Kind::SizeI32, Kind::Buffer));
  EXPECT_EQ(spec.arguments[0].array, "key");
  EXPECT_EQ(spec.arguments[0].index, 0);
  EXPECT_EQ(spec.arguments[2].index, 1);
}

/// Reshapes are the buffer itself.
TEST_F(ProgramTranslationTest, ReshapesAreBuffers) {
  auto program = translate(std::string(sizes) + R"mlir(
  %w = kernel.buffer input "w" : memref<2x3x4xf32>
  %flat = memref.collapse_shape %w [[0, 1, 2]] : memref<2x3x4xf32> into memref<24xf32>
  %wide = memref.expand_shape %flat [[0, 1]] output_shape [2, 12]
    : memref<24xf32> into memref<2x12xf32>
  kernel.launch "k" @kernels::@k grid(%one, %one, %one) threads(32)
      args(%wide, %y : memref<2x12xf32>, memref<?x8xf32>)
      bytes(%one) operations(%one)
)mlir");
  ASSERT_TRUE(succeeded(program));
  ASSERT_EQ(program->buffers.size(), 2u);
  EXPECT_EQ(program->launches[0].arguments[0].index, 1);
  EXPECT_EQ(program->launches[0].arguments[1].index, 0);
}

TEST_F(ProgramTranslationTest, TemplatesAreNoLaunches) {
  EXPECT_THAT(errorOf(std::string(sizes) + R"mlir(
  kernel.traverse "t" rows(<kg.node>) outs(%y : memref<?x8xf32>) message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
)mlir"),
              HasSubstr("is still a template; run kernel-to-tile first"));
}

TEST_F(ProgramTranslationTest, SizesMustBeAffine) {
  const char *message = "a size must be an affine expression of sizes of "
                        "domains and lengths of arrays";
  EXPECT_THAT(errorOf(std::string(sizes) + "%g = arith.muli %n, %e : index\n" +
                      launch("%g")),
              HasSubstr(message));
  EXPECT_THAT(errorOf(std::string(sizes) +
                      "%c0 = arith.constant 0 : index\n"
                      "%g = memref.dim %y, %c0 : memref<?x8xf32>\n" +
                      launch("%g")),
              HasSubstr(message));
}

TEST_F(ProgramTranslationTest, ArgumentsAreBuffersAndArrays) {
  // A part of a buffer is not the buffer.
  EXPECT_THAT(errorOf(std::string(sizes) + R"mlir(
  %w = kernel.buffer input "w" : memref<8xf32>
  %part = memref.subview %w[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  %cast = builtin.unrealized_conversion_cast %part
    : memref<4xf32, strided<[1], offset: 4>> to memref<4xf32>
  kernel.launch "k" @kernels::@k grid(%one, %one, %one) threads(32)
      args(%cast, %y : memref<4xf32>, memref<?x8xf32>) bytes(%one) operations(%one)
)mlir"),
              HasSubstr("a launch takes buffers, arrays of views and reshapes "
                        "of them, found"));
}

TEST_F(ProgramTranslationTest, EffectsHaveNoPlace) {
  EXPECT_THAT(
      errorOf(std::string(sizes) + "%a = memref.alloc() : memref<4xf32>"),
      HasSubstr("is nothing that a program can hold"));
}

/// What only the runtime's own rules refuse is said at the program.
/// What a kernel needs beyond the static shared memory comes with its launch.
TEST_F(ProgramTranslationTest, LaunchesGiveSharedMemory) {
  auto plain = translate(sizes + launch("%n"));
  ASSERT_TRUE(succeeded(plain));
  EXPECT_EQ(plain->launches.front().dynamicSharedBytes, 0u);
  auto large =
      translate(sizes + launch("%n"), ", tile.dynamic_shared = 65536 : i32");
  ASSERT_TRUE(succeeded(large));
  EXPECT_EQ(large->launches.front().dynamicSharedBytes, 65536u);
}

TEST_F(ProgramTranslationTest, RulesOfTheRuntime) {
  EXPECT_THAT(errorOf("%n = kernel.size <kg.nowhere>\n"
                      "%y = kernel.buffer output \"y\"[%n] : memref<?x8xf32>"),
              HasSubstr("makes no valid program"));
}
