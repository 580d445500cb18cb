//===- PTXTest.cpp - Kernels through LLVM's back end ---------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Ptxas.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::test;

namespace {

/// A matrix product staged through shared memory, with an epilogue that needs
/// every kind of operation: exp, a reduction over warps, a gather under a mask.
const char *kProgram = R"(
  tile.func @k(%x: !tile.ref<?x64xf32, global> {tile.readonly},
               %w: !tile.ref<?x64x64xf32, global> {tile.readonly},
               %rows: !tile.ref<?xi32, global> {tile.readonly},
               %y: !tile.ref<?x64xf32, global>, %n: i32) attributes {threads = 256 : i32} {
    %c0 = arith.constant 0 : i32
    %c16 = arith.constant 16 : i32
    %c64 = arith.constant 64 : i32
    %b = tile.block_id x : i32
    %key = tile.block_id y : i32
    %ws = tile.subview %w[%key] : !tile.ref<?x64x64xf32, global> -> !tile.ref<64x64xf32, global>
    %m0 = arith.muli %b, %c64 : i32
    %iota = tile.iota : tensor<64xi32>
    %m0s = tile.splat %m0 : i32 -> tensor<64xi32>
    %row = arith.addi %iota, %m0s : tensor<64xi32>
    %ns = tile.splat %n : i32 -> tensor<64xi32>
    %mask = arith.cmpi slt, %row, %ns : tensor<64xi32>
    %from = tile.load %rows[%m0] mask(%mask) : !tile.ref<?xi32, global>, i32 -> tensor<64xi32>
    %sa = tile.alloc_shared : !tile.ref<64x16xf32, shared>
    %sb = tile.alloc_shared : !tile.ref<16x64xf32, shared>
    %zero = arith.constant dense<0.0> : tensor<64x64xf32>
    %sum = scf.for %k = %c0 to %c64 step %c16 iter_args(%acc = %zero) -> (tensor<64x64xf32>) : i32 {
      %a = tile.load %x[%from, %k] mask(%mask) : !tile.ref<?x64xf32, global>, tensor<64xi32>, i32 -> tensor<64x16xf32>
      %c = tile.load %ws[%k, %c0] : !tile.ref<64x64xf32, global>, i32, i32 -> tensor<16x64xf32>
      tile.barrier
      tile.store %a, %sa[%c0, %c0] : tensor<64x16xf32>, !tile.ref<64x16xf32, shared>, i32, i32
      tile.store %c, %sb[%c0, %c0] : tensor<16x64xf32>, !tile.ref<16x64xf32, shared>, i32, i32
      tile.barrier
      %l = tile.load %sa[%c0, %c0] : !tile.ref<64x16xf32, shared>, i32, i32 -> tensor<64x16xf32>
      %r = tile.load %sb[%c0, %c0] : !tile.ref<16x64xf32, shared>, i32, i32 -> tensor<16x64xf32>
      %d = tile.dot %l, %r, %acc : tensor<64x16xf32>, tensor<16x64xf32> -> tensor<64x64xf32>
      scf.yield %d : tensor<64x64xf32>
    }
    %most = tile.reduce max %sum {dim = 0 : i32} : tensor<64x64xf32> -> tensor<64xf32>
    %mostWide = tile.expand %most {dim = 0 : i32} : tensor<64xf32> -> tensor<64x64xf32>
    %less = arith.subf %sum, %mostWide : tensor<64x64xf32>
    %e = math.exp %less : tensor<64x64xf32>
    %t = math.tanh %e : tensor<64x64xf32>
    tile.store %t, %y[%m0, %c0] mask(%mask) : tensor<64x64xf32>, !tile.ref<?x64xf32, global>, i32, i32
    tile.return
  })";

class PTXTest : public ::testing::Test {
protected:
  PTXTest() : context(registry(), MLIRContext::Threading::DISABLED) {}

  static DialectRegistry registry() {
    DialectRegistry registry;
    registry.insert<gpu::GPUDialect, LLVM::LLVMDialect, NVVM::NVVMDialect>();
    registerPTXTranslations(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> parse(const std::string &text) {
    return parseSourceString<ModuleOp>(text, &context);
  }

  /// The errors that `action` reports.
  std::string errorsOf(llvm::function_ref<void()> action) {
    std::string text;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      text += diagnostic.str();
      return success();
    });
    action();
    return text;
  }

  MLIRContext context;
};

TEST_F(PTXTest, WritesTextForEveryArchitecture) {
  auto module = parse(compileTile(kProgram));
  ASSERT_TRUE(module);
  for (const Architecture &architecture : architectures()) {
    auto ptx = emitPTX(*module, architecture.chip);
    ASSERT_TRUE(succeeded(ptx));
    StringRef text = *ptx;
    EXPECT_TRUE(text.contains((".target " + architecture.chip).str()));
    EXPECT_TRUE(text.contains(".visible .entry k("));
    EXPECT_TRUE(text.contains(".reqntid 256"));
    // 4 x 4 elements a thread, 16 k; nothing else is contracted (two in exp).
    EXPECT_GE(text.count("fma.rn.f32"), 256u);
    EXPECT_TRUE(text.contains("ld.global.nc.v4"));
    EXPECT_TRUE(text.contains("st.shared.v4"));
    EXPECT_FALSE(text.contains("__nv_"));
    EXPECT_FALSE(text.contains("call"));
    // A mul and an add that ptxas may fuse would say no rounding mode.
    EXPECT_FALSE(text.contains("add.f32"));
    EXPECT_FALSE(text.contains("mul.f32"));
  }
}

TEST_F(PTXTest, AssemblesWithoutSpills) {
  std::string ptxas = findPtxas();
  if (ptxas.empty())
    GTEST_SKIP() << "no ptxas";
  auto module = parse(compileTile(kProgram));
  ASSERT_TRUE(module);
  for (const Architecture &architecture : architectures()) {
    auto ptx = emitPTX(*module, architecture.chip);
    ASSERT_TRUE(succeeded(ptx));
    auto assembled = assemble(ptxas, *ptx, architecture.chip.str());
    ASSERT_TRUE(bool(assembled)) << assembled.error().message();
    ASSERT_EQ(assembled->kernels.size(), 1u);
    const KernelResources &kernel = assembled->kernels.front();
    EXPECT_EQ(kernel.name, "k");
    EXPECT_EQ(kernel.spillStoreBytes + kernel.spillLoadBytes, 0u);
    EXPECT_GT(kernel.registers, 16u);
    // Two operands, and 64 columns of partial maxima of 8 warps.
    EXPECT_EQ(kernel.sharedBytes, 2u * 4096 + 64 * 8 * 4);
    EXPECT_EQ(assembled->cubin.substr(1, 3), "ELF");
    EXPECT_TRUE(bool(occupancy(kernel, 256, architecture.chip.str())));
  }
}

/// 100 KiB of shared memory: more than is static, and more than some have.
const char *kLarge = R"(
  tile.func @k(%x: !tile.ref<100x256xf32, global> {tile.readonly}) attributes {threads = 256 : i32} {
    %c0 = arith.constant 0 : i32
    %s = tile.alloc_shared : !tile.ref<100x256xf32, shared>
    tile.copy_async %x[%c0, %c0], %s : !tile.ref<100x256xf32, global>, i32, i32 -> !tile.ref<100x256xf32, shared>
    tile.commit_async
    tile.wait_async {pending = 0 : i32}
    tile.return
  })";

TEST_F(PTXTest, KnowsHowMuchSharedMemoryThereIs) {
  auto module = parse(compileTile(kLarge));
  ASSERT_TRUE(module);
  for (const char *chip : {"sm_80", "sm_90a"}) {
    auto ptx = emitPTX(*module, StringRef(chip));
    ASSERT_TRUE(succeeded(ptx));
    EXPECT_TRUE(StringRef(*ptx).contains(".extern .shared .align 16"));
    EXPECT_TRUE(StringRef(*ptx).contains("cp.async.cg.shared.global"));
    if (std::string ptxas = findPtxas(); !ptxas.empty()) {
      EXPECT_TRUE(bool(assemble(ptxas, *ptx, chip)));
    }
  }
  for (const char *chip : {"sm_86", "sm_89"})
    EXPECT_EQ(
        errorsOf([&] { (void)emitPTX(*module, StringRef(chip)); }),
        std::string("kernel 'k' needs 102400 bytes of shared memory, but ") +
            chip + " has 101376");
}

TEST_F(PTXTest, SaysWhatPtxasSays) {
  std::string ptxas = findPtxas();
  if (ptxas.empty())
    GTEST_SKIP() << "no ptxas";
  auto broken =
      assemble(ptxas, ".version 8.0\n.target sm_90a\nnonsense", "sm_90a");
  ASSERT_FALSE(bool(broken));
  EXPECT_NE(broken.error().message().find("ptxas for sm_90a failed"),
            std::string::npos);
}

TEST_F(PTXTest, NoPtxasIsASentence) {
  auto none = assemble("", "", "sm_90a");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(none.error().message(),
            "ptxas is not installed (it comes with the CUDA Toolkit)");
  EXPECT_FALSE(bool(assemble("/nowhere/ptxas", "", "sm_90a")));
}

TEST_F(PTXTest, WritesLLVMIR) {
  auto module = parse(compileTile(kProgram));
  auto text = emitLLVMIR(*module, "sm_80");
  ASSERT_TRUE(succeeded(text));
  EXPECT_TRUE(StringRef(*text).contains("define ptx_kernel void @k("));
}

TEST_F(PTXTest, RefusesWhatItCannotCompile) {
  auto module = parse(compileTile(kProgram));
  EXPECT_EQ(errorsOf([&] { (void)emitPTX(*module, "sm_12"); }),
            "expected one of sm_80, sm_86, sm_89, sm_90a as the architecture, "
            "but found 'sm_12'");
  auto two = parse("gpu.module @a {}\ngpu.module @b {}");
  EXPECT_EQ(errorsOf([&] { (void)emitPTX(*two, "sm_80"); }),
            "expected one gpu.module, but found 2");
}

} // namespace
