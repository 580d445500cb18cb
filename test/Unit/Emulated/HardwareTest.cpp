//===- HardwareTest.cpp - The emulated device beside a GPU ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The same kernels, as PTX on a GPU and on the emulated device, on random bits.
// Everything must agree to the last bit, but for matrix products, whose sums a
// GPU makes in an order and a width of its own. Where there is no GPU, the
// kernels are compiled and run on the emulated device only, and the test counts
// as skipped.
//
//===----------------------------------------------------------------------===//

#include "WarpKernels.h"

#include "pigeon/Runtime/CudaDevice.h"
#include "pigeon/Target/PTX/PTX.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

/// PTX for sm_80, which every newer GPU runs; redux on floats and the like are
/// not tried.
std::string toPTX(const std::string &text) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect,
                  mlir::NVVM::NVVMDialect>();
  registerPTXTranslations(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return "";
  auto ptx = emitPTX(*module, "sm_80");
  return succeeded(ptx) ? *ptx : "";
}

class Hardware : public testing::Test {
protected:
  void SetUp() override {
    Status status = runtime::probeCuda();
    if (!status)
      noGPU = status.error().message();
  }
  void TearDown() override {
    if (!noGPU.empty())
      GTEST_SKIP() << noGPU;
  }

  /// Runs one warp on a device; `arrays` are inputs, the result has `size`
  /// words and is the argument before the `numbers`.
  Words run(std::unique_ptr<runtime::Device> device, const std::string &text,
            const std::vector<Words> &arrays, std::size_t size,
            const std::vector<std::uint32_t> &numbers) {
    Emulated e;
    e.device = std::move(device);
    runtime::CodeImage image;
    image.deviceIR = text;
    if (e.device->isHardware()) {
      image.ptx = toPTX(text);
      image.architecture = "sm_80";
    }
    auto loaded = e.device->load(image);
    EXPECT_TRUE(static_cast<bool>(loaded)) << loaded.error().message();
    if (!loaded)
      return {};
    e.code = loaded.take();
    std::vector<KernelArgument> arguments;
    for (const Words &words : arrays)
      arguments.push_back(e.array("x", words));
    auto y = e.array<std::uint32_t>("y", size);
    arguments.push_back(y);
    for (std::uint32_t number : numbers)
      arguments.push_back(KernelArgument::i32(static_cast<int>(number)));
    EXPECT_EQ(e.launch({1, 1, 1}, {32, 1, 1}, arguments), "");
    Status finished = e.device->synchronize();
    EXPECT_TRUE(static_cast<bool>(finished));
    Words result = e.read(y);
    e.code.reset();
    return result;
  }

  struct Both {
    Words emulated, hardware;
  };
  Both runBoth(const std::string &text, const std::vector<Words> &arrays,
               std::size_t size, const std::vector<std::uint32_t> &numbers) {
    Words emulated = run(createEmulatedDevice(), text, arrays, size, numbers);
    if (!noGPU.empty()) {
      EXPECT_NE(toPTX(text), "");
      return {emulated, emulated};
    }
    auto gpu = runtime::createCudaDevice();
    EXPECT_TRUE(static_cast<bool>(gpu));
    return {emulated, run(gpu.take(), text, arrays, size, numbers)};
  }
  void expectEqual(const std::string &body, const Words &x, const Words &b,
                   std::uint32_t mask, std::uint32_t c) {
    Both both = runBoth(onLanes(body), {x, b}, 32, {mask, c});
    EXPECT_EQ(both.emulated, both.hardware) << body;
  }

  std::string noGPU; // why there is none, or empty
};

const std::uint32_t full = 0xFFFFFFFF;

TEST_F(Hardware, Shuffles) {
  for (std::string kind : {"up", "down", "bfly", "idx"})
    for (std::uint32_t clamp : {0x001Fu, 0x0000u, 0x1807u, 0x1800u, 0x0C12u}) {
      std::string body =
          "%s = nvvm.shfl.sync " + kind +
          " %mask, %v, %w, %c {return_value_and_is_valid} : i32 "
          "-> !llvm.struct<(i32, i1)>\n%r0 = llvm.extractvalue "
          "%s[0] : !llvm.struct<(i32, i1)>\n%valid = "
          "llvm.extractvalue %s[1] : !llvm.struct<(i32, i1)>\n%e "
          "= llvm.zext %valid : i1 to i32\n%r = llvm.xor %r0, %e "
          ": i32";
      expectEqual(body, randomWords(11), randomWords(12), full, clamp);
    }
}

TEST_F(Hardware, VotesAndReductions) {
  for (std::uint32_t mask : {full, 0x0000FFFFu, 0x12345678u}) {
    for (std::string kind : {"any", "all", "uni"})
      expectEqual("%pred = llvm.icmp \"sgt\" %v, %zero : i32\n%t = "
                  "nvvm.vote.sync " +
                      kind +
                      " %mask, %pred -> i1\n%r = llvm.zext %t : i1 to "
                      "i32",
                  randomWords(13), randomWords(13), mask, 0);
    expectEqual("%pred = llvm.icmp \"sgt\" %v, %zero : i32\n%r = "
                "nvvm.vote.sync ballot %mask, %pred -> i32",
                randomWords(14), randomWords(14), mask, 0);
    expectEqual("%r = nvvm.match.sync any %mask, %v : i32 -> i32",
                randomWords(15, 4), randomWords(15), mask, 0);
    for (std::string kind :
         {"add", "and", "or", "xor", "min", "max", "umin", "umax"})
      expectEqual("%r = nvvm.redux.sync " + kind + " %v, %mask : i32 -> i32",
                  randomWords(16), randomWords(16), mask, 0);
  }
}

TEST_F(Hardware, PermuteBytes) {
  for (std::string mode :
       {"default", "f4e", "b4e", "rc8", "ecl", "ecr", "rc16"}) {
    bool two = mode == "default" || mode == "f4e" || mode == "b4e";
    // The selector is a lane's own word: 32 random ones.
    for (unsigned seed = 0; seed < 8; ++seed)
      expectEqual("%r = nvvm.prmt #nvvm.permute_mode<" + mode + "> %w, %v" +
                      (two ? ", %c" : "") + " : i32",
                  randomWords(17 + seed), randomWords(40 + seed), full,
                  0x83C2A1F0);
  }
}

TEST_F(Hardware, RoundToTF32) {
  for (unsigned seed = 0; seed < 8; ++seed)
    expectEqual("%f = llvm.bitcast %v : i32 to f32\n%t = "
                "nvvm.convert.float.to.tf32 %f {rnd = #nvvm.fp_rnd_mode<rna>}\n"
                // What is below the 10 bits of mantissa is not defined.
                "%low = llvm.mlir.constant(-8192 : i32) : i32\n%r = llvm.and "
                "%t, %low : i32",
                randomWords(60 + seed), randomWords(60), full, 0);
}

TEST_F(Hardware, LoadMatrix) {
  for (std::string layout : {"row", "col"}) {
    Words x(128);
    std::mt19937 engine(5);
    for (std::uint32_t &word : x)
      word = static_cast<std::uint32_t>(engine());
    Both both = runBoth(loadMatrixKernel(layout, 0), {x}, 128, {});
    EXPECT_EQ(both.emulated, both.hardware) << layout;
  }
}

/// Random bits are mostly NaN or huge: random numbers of the type instead.
TEST_F(Hardware, MatrixProducts) {
  for (const Shape &shape : shapes()) {
    std::mt19937 engine(9);
    int perWord = 32 / shape.bits;
    int wordsA = shape.m * shape.k / 32 / perWord;
    int wordsB = shape.k * shape.n / 32 / perWord;
    auto fill = [&](int words) {
      Words data(32 * words);
      for (std::uint32_t &word : data)
        for (int i = 0; i < perWord; ++i)
          word |= randomNumber(shape, engine).bits << i * shape.bits;
      return data;
    };
    Words a = fill(wordsA), b = fill(wordsB), c(128);
    for (std::uint32_t &word : c) {
      auto value = static_cast<float>(static_cast<int>(engine() % 1000) - 500);
      if (shape.bits == 8)
        word = static_cast<std::uint32_t>(engine());
      else
        std::memcpy(&word, &value, 4);
    }
    Both both = runBoth(mmaKernel(shape, wordsA, wordsB), {a, b, c}, 128, {});
    ASSERT_EQ(both.emulated.size(), both.hardware.size());
    for (std::size_t i = 0; i < both.emulated.size(); ++i) {
      if (shape.bits == 8) {
        EXPECT_EQ(both.emulated[i], both.hardware[i]) << shape.name;
        continue;
      }
      float emulated, hardware;
      std::memcpy(&emulated, &both.emulated[i], 4);
      std::memcpy(&hardware, &both.hardware[i], 4);
      EXPECT_NEAR(emulated, hardware, 1e-3) << shape.name << " word " << i;
    }
  }
}

} // namespace
