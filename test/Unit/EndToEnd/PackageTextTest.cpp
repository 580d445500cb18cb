//===- PackageTextTest.cpp - What a package says of model and kernels -----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The texts of a package say every operation, type and attribute exactly; what
// they leave out is where things were written.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "pigeon/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"

#include <gmock/gmock.h>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::test;
using testing::HasSubstr;
using testing::Not;

namespace {

class PackageText : public testing::Test {
protected:
  PackageText() : context(makeRegistry()) {}

  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerAllDialects(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> parse(const std::string &text,
                              const std::string &name) {
    return parseSourceString<ModuleOp>(text, ParserConfig(&context), name);
  }

  /// Compiles, and compares what the package says with what there was.
  void check(const std::string &text, const std::string &lowering = "") {
    OwningOpRef<ModuleOp> module = parse(text, "models/secret.mlir");
    ASSERT_TRUE(module);
    OwningOpRef<ModuleOp> model = module->clone();
    LoweringOptions options;
    ASSERT_TRUE(succeeded(options.parseFromString(lowering)));
    FailureOr<runtime::Package> package =
        compileModel(*module, CompileOptions(), options);
    ASSERT_TRUE(succeeded(package));
    expectSays(package->model, *model);

    OwningOpRef<ModuleOp> kernels = ModuleOp::create(module->getLoc());
    OpBuilder builder = OpBuilder::atBlockBegin(kernels->getBody());
    builder.clone(*getKernels(*module));
    expectSays(package->code.deviceIR, *kernels);
  }

  void expectSays(const std::string &text, ModuleOp expected) {
    OwningOpRef<ModuleOp> again = parse(text, "text");
    ASSERT_TRUE(again);
    EXPECT_TRUE(OperationEquivalence::isEquivalentTo(
        *again, expected, OperationEquivalence::IgnoreLocations));
    EXPECT_THAT(text, Not(HasSubstr("secret")));
    EXPECT_THAT(text, Not(HasSubstr("loc(")));
  }

  MLIRContext context;
};

TEST_F(PackageText, OfEveryType) {
  std::string rgcn = readSource("docs/examples/rgcn.mlir");
  for (const char *type : {"f32", "f16", "bf16"}) {
    SCOPED_TRACE(type);
    check(replaced(rgcn, "f32", type));
  }
  check(rgcn, "precision=ieee");
}

TEST_F(PackageText, OfPackedWeights) {
  check(readSource("docs/examples/lowp_matmul.mlir"));
}

/// Constants that decimal digits do not say, and names beyond ASCII.
TEST_F(PackageText, OfOddConstantsAndNames) {
  check(R"mlir(
!nodes = tensor<?x3xf32, #rgnn.on<kg.node>>
rgnn.graph @kg
func.func @f(%x: !nodes {rgnn.name = "größe"}) -> !nodes {
  %third = arith.constant 0.333333343 : f32
  %least = arith.constant 0x00000001 : f32
  %infinity = arith.constant 0xFF800000 : f32
  %nan = arith.constant 0x7FC00123 : f32
  %a = rgnn.fill %third : (f32) -> !nodes
  %b = rgnn.fill %least : (f32) -> !nodes
  %c = rgnn.fill %infinity : (f32) -> !nodes
  %d = rgnn.fill %nan : (f32) -> !nodes
  %0 = arith.mulf %x, %a : !nodes
  %1 = arith.addf %0, %b : !nodes
  %2 = arith.maximumf %1, %c : !nodes
  %3 = arith.minnumf %2, %d : !nodes
  return %3 : !nodes
}
)mlir");
}

/// Tables of code books are constants of many elements.
TEST_F(PackageText, OfLargeConstants) {
  OwningOpRef<ModuleOp> module = parse("module {}", "m");
  OpBuilder builder(&context);
  llvm::SmallVector<float> values;
  for (int i = 0; i < 4096; ++i)
    values.push_back(1.0f / float(3 + i));
  auto type = RankedTensorType::get({4096}, builder.getF32Type());
  module.get()->setAttr("test.table",
                        DenseElementsAttr::get<float>(type, values));
  expectSays(serializeModule(*module), *module);
}

/// Who runs a model on one device asks for that device's code.
TEST_F(PackageText, OfOneDevice) {
  std::string rgcn = readSource("docs/examples/rgcn.mlir");
  auto compile = [&](bool ptx, bool deviceIR) {
    OwningOpRef<ModuleOp> module = parse(rgcn, "m");
    CompileOptions options;
    options.ptx = ptx;
    options.deviceIR = deviceIR;
    return *compileModel(*module, options, LoweringOptions());
  };
  runtime::Package both = compile(true, true), gpu = compile(true, false),
                   emulated = compile(false, true);
  EXPECT_FALSE(both.code.ptx.empty() || both.code.deviceIR.empty());
  EXPECT_EQ(gpu.code.ptx, both.code.ptx);
  EXPECT_EQ(gpu.code.deviceIR, "");
  EXPECT_EQ(emulated.code.ptx, "");
  EXPECT_EQ(emulated.code.deviceIR, both.code.deviceIR);
  EXPECT_EQ(emulated.code.deviceIRName, "kernels.mlir");
  EXPECT_EQ(emulated.model, both.model);
}

} // namespace
