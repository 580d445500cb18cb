//===- EmulatedTest.h - Running hand-written kernels ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel is the body of one llvm.func in nvvm and llvm ops:
//
//   Emulated device;
//   auto x = device.array<float>("x", {1, 2, 3});
//   std::string finding = device.run(kernel, {1, 1, 1}, {32, 1, 1}, {x});
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_EMULATED_EMULATEDTEST_H
#define PIGEON_TEST_UNIT_EMULATED_EMULATEDTEST_H

#include "pigeon/Target/Emulated/EmulatedDevice.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstring>
#include <random>

namespace pigeon::emulated {

using runtime::Dim3;
using runtime::KernelArgument;

/// An array on the device, as an argument and as a vector.
template <typename T> struct DeviceArray {
  runtime::DeviceAddress address = 0;
  std::size_t size = 0;
  operator KernelArgument() const { return KernelArgument::address(address); }
};

class Emulated {
public:
  explicit Emulated(EmulatorOptions options = {})
      : device(createEmulatedDevice(options)) {}

  template <typename T>
  DeviceArray<T> array(const std::string &label, const std::vector<T> &values) {
    auto address = device->allocate(values.size() * sizeof(T), label);
    EXPECT_TRUE(static_cast<bool>(address));
    DeviceArray<T> result{*address, values.size()};
    EXPECT_TRUE(static_cast<bool>(device->copyToDevice(
        result.address, values.data(), values.size() * sizeof(T))));
    return result;
  }
  template <typename T>
  DeviceArray<T> array(const std::string &label, std::size_t size) {
    return array(label, std::vector<T>(size));
  }
  template <typename T> std::vector<T> read(const DeviceArray<T> &array) {
    std::vector<T> values(array.size);
    EXPECT_TRUE(static_cast<bool>(device->copyToHost(
        values.data(), array.address, array.size * sizeof(T))));
    return values;
  }

  /// The module or the error's text.
  std::string load(const std::string &module) {
    runtime::CodeImage image;
    image.deviceIR = module;
    auto loaded = device->load(image);
    if (!loaded)
      return loaded.error().message();
    code = loaded.take();
    return "";
  }

  /// Launches kernel 'k' of the loaded module. Returns what was found.
  std::string launch(Dim3 grid, Dim3 block,
                     const std::vector<KernelArgument> &arguments,
                     std::uint32_t dynamicShared = 0,
                     const std::string &name = "k") {
    auto kernel = code->kernel(name);
    if (!kernel)
      return kernel.error().message();
    Status status =
        device->launch(*code, *kernel, grid, block, dynamicShared, arguments);
    return status ? "" : status.error().message();
  }

  /// Loads and launches.
  std::string run(const std::string &module, Dim3 grid, Dim3 block,
                  const std::vector<KernelArgument> &arguments,
                  std::uint32_t dynamicShared = 0) {
    std::string error = load(module);
    if (!error.empty())
      return "cannot load: " + error;
    return launch(grid, block, arguments, dynamicShared);
  }

  std::unique_ptr<runtime::Device> device;
  std::unique_ptr<runtime::Module> code;
};

/// A module with variables and one kernel 'k'.
inline std::string kernel(const std::string &parameters,
                          const std::string &body,
                          const std::string &variables = "") {
  return "gpu.module @kernels {\n" + variables + "\nllvm.func @k(" +
         parameters + ") attributes {nvvm.kernel} {\n" + body +
         "\nllvm.return\n}\n}\n";
}

/// Address %p of element %i of the f32 array %x.
inline std::string elementAddress(const std::string &p, const std::string &x,
                                  const std::string &i,
                                  const std::string &type = "f32",
                                  int space = 1) {
  std::string pointer = "!llvm.ptr<" + std::to_string(space) + ">";
  return p + " = llvm.getelementptr " + x + "[" + i + "] : (" + pointer +
         ", i32) -> " + pointer + ", " + type + "\n";
}

inline std::vector<float> randomFloats(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float &value : values)
    value = distribution(engine);
  return values;
}

/// Device options that every clean kernel must give the same results under.
inline std::vector<EmulatorOptions> allOrders() {
  std::vector<EmulatorOptions> all;
  for (std::uint64_t seed : {0, 1, 2, 77})
    for (unsigned threads : {1, 3}) {
      EmulatorOptions options;
      options.seed = seed;
      options.threads = threads;
      all.push_back(options);
    }
  return all;
}

} // namespace pigeon::emulated

#endif // PIGEON_TEST_UNIT_EMULATED_EMULATEDTEST_H
