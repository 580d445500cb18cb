//===- CompileErrorsTest.cpp - What the emulated device refuses -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;
using testing::HasSubstr;

namespace {

std::string load(const std::string &text) { return Emulated().load(text); }

TEST(CompileErrors, UnknownNVVMOp) {
  EXPECT_EQ(load(kernel("", "%0 = nvvm.read.ptx.sreg.clock : i32")),
            "cannot emulate the kernels: deviceIR:4:6: "
            "'nvvm.read.ptx.sreg.clock' is not emulated");
  EXPECT_THAT(load(kernel("", "nvvm.cluster.arrive")),
              HasSubstr("'nvvm.cluster.arrive' is not emulated"));
  EXPECT_THAT(load(kernel("%p: !llvm.ptr<3>, %n: i32",
                          "nvvm.mbarrier.init %p, %n : !llvm.ptr<3>, i32")),
              HasSubstr("'nvvm.mbarrier.init' is not emulated"));
}

TEST(CompileErrors, UnknownInlinePtx) {
  auto ptx = [](const std::string &code) {
    return load(kernel("%x: f32", "%y = nvvm.inline_ptx \"" + code +
                                      "\" ro(%x : f32) -> f32"));
  };
  EXPECT_EQ(ptx("ex2.approx.ftz.f32 $0, $1;"), "");
  EXPECT_EQ(ptx("ex2.approx.ftz.f32 %0, %1;"), "");
  EXPECT_THAT(ptx("sin.approx.f32 $0, $1;"),
              HasSubstr("inline PTX 'sin.approx.f32 $0, $1;' is not emulated"));
  EXPECT_THAT(ptx("ex2.approx.ftz.f32 $1, $0;"), HasSubstr("is not emulated"));
}

TEST(CompileErrors, InlineAssembly) {
  EXPECT_THAT(
      load(kernel("", "llvm.inline_asm has_side_effects \"bar.sync 0;\", "
                      "\"\" : () -> ()")),
      HasSubstr("inline assembly 'bar.sync 0;' is not emulated"));
}

TEST(CompileErrors, UnknownIntrinsic) {
  EXPECT_THAT(load(kernel("", "%0 = llvm.call_intrinsic "
                              "\"llvm.nvvm.read.ptx.sreg.clock\"() : () -> "
                              "i32")),
              HasSubstr("intrinsic 'llvm.nvvm.read.ptx.sreg.clock' is not "
                        "emulated"));
}

TEST(CompileErrors, OpsOfOtherDialects) {
  EXPECT_THAT(load(kernel("", "gpu.barrier")),
              HasSubstr("'gpu.barrier' is not emulated"));
}

TEST(CompileErrors, CallsOutOfTheModule) {
  EXPECT_THAT(
      load(
          "gpu.module @m { llvm.func @__nv_expf(f32) -> f32\n llvm.func @k(%x: "
          "f32) attributes {nvvm.kernel} { %y = llvm.call @__nv_expf(%x) : "
          "(f32) -> f32 llvm.return } }"),
      HasSubstr("expected a call of a function of the module, found one of "
                "'__nv_expf'"));
}

TEST(CompileErrors, Recursion) {
  EXPECT_THAT(load("gpu.module @m { llvm.func @f() { llvm.call @f() : () -> () "
                   "llvm.return }\n llvm.func @k() attributes {nvvm.kernel} { "
                   "llvm.call @f() : () -> () llvm.return } }"),
              HasSubstr("recursion is not emulated"));
}

TEST(CompileErrors, Modules) {
  EXPECT_THAT(load("module {}"), HasSubstr("expected one gpu.module, found 0"));
  EXPECT_THAT(load("gpu.module @m {}"), HasSubstr("expected a kernel"));
  EXPECT_THAT(load("gpu.module @m {"),
              HasSubstr("cannot read the device IR: deviceIR:1:"));
  EXPECT_THAT(load("gpu.module @m { gpu.func @k() kernel { gpu.return } }"),
              HasSubstr("found 'gpu.func'"));
  EXPECT_THAT(load(""), HasSubstr("no form for the emulated device"));
}

/// MLIR's parser drops an attribute of the wrong kind without a word, and what
/// asks for it later expects its default at least.
TEST(CompileErrors, AttributesOfTheWrongKind) {
  EXPECT_THAT(load("gpu.module @m { llvm.mlir.global internal @a() "
                   "{addr_space} : f32 llvm.func @k() attributes "
                   "{nvvm.kernel} { llvm.return } }"),
              HasSubstr("expected a variable of numbers with a value, found"));
}

/// MLIR's verifier of products looks at types that the parser does not ask for.
TEST(CompileErrors, MatricesWithoutTypes) {
  EXPECT_THAT(load(kernel("%a: i32, %c: i32", R"(
    %d = nvvm.mma.sync A[%a] B[%a] C[%c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType, multiplicandBPtxType = #nvvm.mma_type<s8>,
       intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>,
       shape = #nvvm.shape<m = 8, n = 8, k = 16>}
      : (i32, i32, i32) -> !llvm.struct<(i32, i32)>)")),
              HasSubstr("expected the PTX types of A and B, found none"));
}

/// It also makes a list of as many operands as the shape asks for.
TEST(CompileErrors, MatricesWithoutEnd) {
  EXPECT_THAT(load(kernel("%a: i32, %c: f32", R"(
    %d = nvvm.mma.sync A[%a, %a, %a, %a] B[%a, %a] C[%c, %c, %c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<tf32>,
       multiplicandBPtxType = #nvvm.mma_type<tf32>,
       shape = #nvvm.shape<m = 16, n = 2147483647, k = 8>}
      : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>)")),
              HasSubstr("expected extents of 1 to 256 in the shape, found "
                        "2147483647"));
}

/// Of an index MLIR's verifier compares the lower half with the fields.
TEST(CompileErrors, IndicesBeyondAnyField) {
  for (const char *index : {"4294967296", "-4294967296"})
    EXPECT_THAT(
        load(kernel("%s: !llvm.struct<(f32, f32)>",
                    "%x = \"llvm.extractvalue\"(%s) <{position = "
                    "array<i64: " +
                        std::string(index) +
                        ">}> : (!llvm.struct<(f32, f32)>) -> f32")),
        HasSubstr("expected an index of 32 bits, found " + std::string(index)));
}

TEST(CompileErrors, LocalArrays) {
  EXPECT_THAT(load(kernel("%n: i32", "%a = llvm.alloca %n x f32 : (i32) -> "
                                     "!llvm.ptr")),
              HasSubstr("expected local arrays of constant size"));
}

TEST(CompileErrors, Matrices) {
  EXPECT_THAT(load(kernel("%a: i32, %c: i32", R"(
    %d = nvvm.mma.sync A[%a] B[%a] C[%c, %c]
      {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
       multiplicandAPtxType = #nvvm.mma_type<s8>,
       multiplicandBPtxType = #nvvm.mma_type<s8>,
       intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>,
       shape = #nvvm.shape<m = 8, n = 8, k = 16>}
      : (i32, i32, i32) -> !llvm.struct<(i32, i32)>)")),
              HasSubstr("found another product, which is not emulated"));
}

} // namespace
