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

#include <cmath>

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

/// PTX for a chip: sm_80 runs on every newer GPU.
std::string toPTX(const std::string &text, const std::string &chip = "sm_80") {
  mlir::DialectRegistry registry;
  registry.insert<mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect,
                  mlir::NVVM::NVVMDialect>();
  registerPTXTranslations(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return "";
  auto ptx = emitPTX(*module, chip);
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
            const std::vector<std::uint32_t> &numbers,
            const std::string &chip = "sm_80") {
    Emulated e;
    e.device = std::move(device);
    runtime::CodeImage image;
    image.deviceIR = text;
    if (e.device->isHardware()) {
      image.ptx = toPTX(text, chip);
      image.architecture = chip;
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
               std::size_t size, const std::vector<std::uint32_t> &numbers,
               const std::string &chip = "sm_80") {
    Words emulated = run(createEmulatedDevice(), text, arrays, size, numbers);
    EXPECT_NE(toPTX(text, chip), "");
    if (!noGPU.empty())
      return {emulated, emulated};
    auto gpu = runtime::createCudaDevice();
    EXPECT_TRUE(static_cast<bool>(gpu));
    // sm_90a is the one chip here whose code does not run on others.
    auto info = (*gpu)->info();
    if (chip == "sm_90a" && (!info || info->architecture != "sm_90"))
      return {emulated, emulated};
    return {emulated, run(gpu.take(), text, arrays, size, numbers, chip)};
  }
  /// On four random words of each lane.
  void expectSameRows(const std::string &body,
                      const std::string &chip = "sm_80") {
    Words x(128);
    std::mt19937 engine(5);
    for (std::uint32_t &word : x)
      word = static_cast<std::uint32_t>(engine());
    Both both = runBoth(onRows(body), {x}, 128, {}, chip);
    EXPECT_EQ(both.emulated, both.hardware) << body;
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
  for (std::string layout : {"row", "col"})
    for (int count : {1, 2, 4})
      expectSameRows(moveMatrices(/*load=*/true, count, layout));
}

TEST_F(Hardware, StoreMatrix) {
  for (std::string layout : {"row", "col"})
    for (int count : {1, 2, 4})
      expectSameRows(moveMatrices(/*load=*/false, count, layout), "sm_90a");
}

/// Pieces of every size, of which the first so many bytes are read and the rest
/// is zero.
TEST_F(Hardware, CopiesAsynchronously) {
  for (auto [bytes, cache] :
       {std::pair(4, "ca"), {8, "ca"}, {16, "ca"}, {16, "cg"}})
    for (bool whole : {true, false}) {
      std::string size = std::to_string(bytes);
      expectSameRows("%limit = llvm.mlir.constant(" +
                     std::to_string(bytes + 1) +
                     " : i32) : i32\n%read = llvm.urem %i, %limit : "
                     "i32\nnvvm.cp.async.shared.global %row, %from, " +
                     size + ", cache = " + cache + (whole ? "" : ", %read") +
                     " : !llvm.ptr<3>, !llvm.ptr<1>" + (whole ? "" : ", i32") +
                     "\nnvvm.cp.async.commit.group\nnvvm.cp.async.wait.group "
                     "0\nnvvm.barrier0\n%r = llvm.load %row : !llvm.ptr<3> -> "
                     "vector<4xi32>\n");
    }
}

/// What is a NaN in both is equal, whatever its bits.
void expectSameFloats(const Words &a, const Words &b, const std::string &what) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    float x, y;
    std::memcpy(&x, &a[i], 4);
    std::memcpy(&y, &b[i], 4);
    if (!std::isnan(x) || !std::isnan(y)) {
      EXPECT_EQ(a[i], b[i]) << what << " word " << i;
    }
  }
}

/// f32 to 16 bits and back: one rounding, to nearest even.
TEST_F(Hardware, NarrowFloats) {
  for (std::string type : {"f16", "bf16"})
    for (unsigned seed = 0; seed < 16; ++seed) {
      std::string body = "%f = llvm.bitcast %v : i32 to f32\n%n = llvm.fptrunc "
                         "%f : f32 to " +
                         type + "\n%wide = llvm.fpext %n : " + type +
                         " to f32\n%r = llvm.bitcast %wide : f32 to i32";
      Words x = randomWords(80 + seed);
      // Some in the range of f16, with ties among them.
      for (std::size_t i = 0; i < 16; ++i)
        x[i] = (x[i] & 0x80FFF000u) |
               (0x33000000u + (x[i + 16] % 0x15000000u & 0x3F000000u));
      Both both = runBoth(onLanes(body), {x, x}, 32, {full, 0});
      expectSameFloats(both.emulated, both.hardware, type);
    }
}

/// Where NaN and infinity go: the same elements of the result are NaN, or
/// infinite of the same sign.
TEST_F(Hardware, MatrixProductsOfSpecialValues) {
  for (const Shape &shape : shapes()) {
    if (shape.bits == 8)
      continue;
    std::mt19937 engine(19);
    bool isBFloat = shape.name.find("bf16") != std::string::npos;
    std::uint32_t infinity = shape.bits == 32 ? 0x7F800000
                             : isBFloat       ? 0x7F80
                                              : 0x7C00;
    int perWord = 32 / shape.bits;
    auto fill = [&](int elements) {
      Words data(static_cast<std::size_t>(elements / perWord));
      for (std::uint32_t &word : data)
        for (int i = 0; i < perWord; ++i) {
          std::uint32_t bits = randomNumber(shape, engine).bits;
          if (engine() % 64 == 0)
            bits = infinity | (engine() % 2) << (shape.bits - 1);
          if (engine() % 256 == 0)
            bits = infinity | infinity >> 1; // a NaN
          word |= bits << i * shape.bits;
        }
      return data;
    };
    Words a = fill(shape.m * shape.k), b = fill(shape.k * shape.n), c(128);
    int wordsA = static_cast<int>(a.size()) / 32;
    int wordsB = static_cast<int>(b.size()) / 32;
    Both both = runBoth(mmaKernel(shape, wordsA, wordsB), {a, b, c}, 128, {});
    int special = 0;
    for (std::size_t i = 0; i < both.emulated.size(); ++i) {
      float emulated, hardware;
      std::memcpy(&emulated, &both.emulated[i], 4);
      std::memcpy(&hardware, &both.hardware[i], 4);
      special += !std::isfinite(emulated);
      EXPECT_EQ(std::isnan(emulated), std::isnan(hardware)) << shape.name << i;
      if (std::isinf(emulated) || std::isinf(hardware)) {
        EXPECT_EQ(emulated, hardware) << shape.name << " word " << i;
      }
    }
    EXPECT_GT(special, 4) << shape.name;
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
