//===- TileProgram.cpp - Tile programs, run in a test ---------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/Tile/IR/TileDialect.h"
#include "pigeon/Pipelines/Pipelines.h"
#include "pigeon/Runtime/CudaDevice.h"
#include "pigeon/Target/Emulated/EmulatedDevice.h"
#include "pigeon/Target/PTX/PTX.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace pigeon;

static std::string replaceAll(std::string text, const std::string &from,
                              const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string test::instantiate(std::string text, const Names &names) {
  // Longer names first: $ROWS before $R.
  for (auto entry = names.rbegin(); entry != names.rend(); ++entry)
    text = replaceAll(text, "$" + entry->first, entry->second);
  return text;
}

std::string test::moveProgram(const layout::Layout &from,
                              const layout::Layout &to, int64_t bits,
                              const std::string &attributes,
                              const std::string &move) {
  std::string shape, narrow = move, wide = "%u";
  for (int64_t extent : from.shape())
    shape += std::to_string(extent) + "x";
  if (bits == 32) {
    narrow = replaceAll(move, "%n", "%t");
  } else {
    narrow = "%n = arith.$DOWN %t : tensor<$Si32, #layout.layout$FROM> to "
             "tensor<$S$E, #layout.layout$FROM>\n" +
             move +
             "\n%w = arith.$UP %u : tensor<$S$E, #layout.layout$TO> to "
             "tensor<$Si32, #layout.layout$TO>\n";
    wide = "%w";
  }
  return instantiate(R"(
    tile.func @k(%x: !tile.ref<$Si32, global>, %y: !tile.ref<$Si32, global>)
        attributes {threads = $T : i32$ATTRIBUTES} {
      %c0 = arith.constant 0 : i32
      %t = tile.load %x[%c0, %c0] : !tile.ref<$Si32, global>, i32, i32 -> tensor<$Si32, #layout.layout$FROM>
      )" + narrow + R"(
      tile.store $WIDE, %y[%c0, %c0] : tensor<$Si32, #layout.layout$TO>, !tile.ref<$Si32, global>, i32, i32
      tile.return
    })",
                     {{"S", shape},
                      {"E", "i" + std::to_string(bits)},
                      {"DOWN", bits < 32 ? "trunci" : "extui"},
                      {"UP", bits < 32 ? "extui" : "trunci"},
                      {"FROM", from.str()},
                      {"TO", to.str()},
                      {"WIDE", wide},
                      {"ATTRIBUTES", attributes},
                      {"T", std::to_string(from.numThreads())}});
}

std::string test::compileTile(const std::string &functions) {
  DialectRegistry registry;
  registry.insert<layout::LayoutDialect, tile::TileDialect, arith::ArithDialect,
                  gpu::GPUDialect, math::MathDialect, scf::SCFDialect,
                  LLVM::LLVMDialect, NVVM::NVVMDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      "gpu.module @kernels {\n" + functions + "\n}", &context);
  if (!module)
    return "";
  PassManager manager(&context);
  buildTileToNVVMPipeline(manager);
  if (failed(manager.run(*module)))
    return "";
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

namespace {
/// Arrays on the device for as long as a run takes.
class Arrays {
public:
  explicit Arrays(runtime::Device &device) : device(device) {}
  ~Arrays() {
    for (auto &[address, bytes, host] : arrays)
      device.release(address);
  }

  Status add(void *host, size_t bytes,
             std::vector<runtime::KernelArgument> &arguments) {
    auto address =
        device.allocate(bytes, "argument " + std::to_string(arguments.size()));
    if (!address)
      return address.error();
    arrays.push_back({*address, bytes, host});
    arguments.push_back(runtime::KernelArgument::address(*address));
    return device.copyToDevice(*address, host, bytes);
  }

  Status copyBack() {
    for (auto &[address, bytes, host] : arrays)
      if (Status status = device.copyToHost(host, address, bytes); !status)
        return status;
    return {};
  }

private:
  struct Array {
    runtime::DeviceAddress address;
    size_t bytes;
    void *host;
  };
  runtime::Device &device;
  std::vector<Array> arrays;
};
} // namespace

/// What the kernel wants from its launch.
static uint32_t dynamicSharedOf(const std::string &compiled) {
  std::string name = tile::TileDialect::kDynamicShared.str() + " = ";
  size_t at = compiled.find(name);
  return at == std::string::npos
             ? 0
             : std::stoul(compiled.substr(at + name.size()));
}

static Status run(std::unique_ptr<runtime::Device> device,
                  const runtime::CodeImage &image,
                  const std::vector<test::TileArgument> &arguments,
                  uint32_t threads, runtime::Dim3 grid) {
  auto module = device->load(image);
  if (!module)
    return module.error();
  auto kernel = (*module)->kernel("k");
  if (!kernel)
    return kernel.error();
  Arrays arrays(*device);
  std::vector<runtime::KernelArgument> values;
  for (const test::TileArgument &argument : arguments) {
    Status status;
    if (auto *floats = std::get_if<std::vector<float> *>(&argument))
      status = arrays.add((*floats)->data(), (*floats)->size() * 4, values);
    else if (auto *ints = std::get_if<std::vector<int32_t> *>(&argument))
      status = arrays.add((*ints)->data(), (*ints)->size() * 4, values);
    else
      values.push_back(
          runtime::KernelArgument::i32(*std::get_if<int32_t>(&argument)));
    if (!status)
      return status;
  }
  if (Status status = device->launch(**module, *kernel, grid, {threads, 1, 1},
                                     dynamicSharedOf(image.deviceIR), values);
      !status)
    return status;
  if (Status status = device->synchronize(); !status)
    return status;
  return arrays.copyBack();
}

static std::string messageOf(const Status &status) {
  return status ? "" : status.error().message();
}

std::string test::runTile(const std::string &compiled,
                          const std::vector<TileArgument> &arguments,
                          uint32_t threads, runtime::Dim3 grid, uint64_t seed) {
  if (compiled.empty())
    return "the program does not compile";
  emulated::EmulatorOptions options;
  options.seed = seed;
  options.threads = 1;
  runtime::CodeImage image;
  image.deviceIR = compiled;
  return messageOf(run(emulated::createEmulatedDevice(options), image,
                       arguments, threads, grid));
}

bool test::hasGPU() { return static_cast<bool>(runtime::probeCuda()); }

std::string test::toPTX(const std::string &compiled, const std::string &chip) {
  DialectRegistry registry;
  registry.insert<gpu::GPUDialect, LLVM::LLVMDialect, NVVM::NVVMDialect>();
  registerPTXTranslations(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  auto module = parseSourceString<ModuleOp>(compiled, &context);
  if (!module)
    return "";
  auto ptx = emitPTX(*module, chip);
  return succeeded(ptx) ? *ptx : "";
}

std::string test::runTileOnGPU(const std::string &compiled,
                               const std::vector<TileArgument> &arguments,
                               uint32_t threads, runtime::Dim3 grid) {
  auto device = runtime::createCudaDevice();
  if (!device)
    return device.error().message();
  runtime::CodeImage image;
  image.deviceIR = compiled;
  // Every GPU runs it that Pigeon compiles for.
  image.architecture = "sm_80";
  image.ptx = toPTX(compiled, image.architecture);
  return messageOf(run(device.take(), image, arguments, threads, grid));
}

std::vector<float> test::randomFloats(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float &value : values)
    value = distribution(generator);
  return values;
}
