//===- FakeDevice.h - A device whose kernels are C++ functions --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is the host's, a launch calls a function, and everything is written
// down, so that a test sees what the executor asked of the device and when.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_FAKEDEVICE_H
#define PIGEON_TEST_UNIT_RUNTIME_FAKEDEVICE_H

#include "pigeon/Runtime/Device.h"

#include <cstring>
#include <functional>
#include <map>
#include <set>

namespace pigeon::runtime::test {

/// A launch as the device gets it.
struct FakeLaunch {
  std::string kernel;
  Dim3 grid, block;
  std::uint32_t sharedBytes;
  std::vector<KernelArgument> arguments;

  template <typename T> T *pointer(unsigned index) const {
    return reinterpret_cast<T *>(arguments[index].bits);
  }
  std::int64_t size(unsigned index) const {
    return arguments[index].bytes == 4
               ? static_cast<std::int32_t>(arguments[index].bits)
               : static_cast<std::int64_t>(arguments[index].bits);
  }
};

using FakeKernel = std::function<void(const FakeLaunch &)>;

class FakeDevice : public Device {
public:
  struct Allocation {
    std::vector<std::byte> memory;
    std::string label;
    bool isProtected = false;
  };

  std::map<std::string, FakeKernel> kernels;
  std::map<DeviceAddress, Allocation> allocations;
  std::vector<FakeLaunch> launches;
  /// What a module was told to expect.
  std::vector<LaunchShape> expected;
  std::uint64_t memoryBytes = 1 << 30;
  double bandwidth = 0;
  bool hardware = false;
  /// Calls by name, for "nothing but launches" and "exactly one upload".
  std::map<std::string, int> calls;
  /// Launching this kernel fails.
  std::string failingKernel;
  /// What a launch costs on the clock of the timestamps.
  double millisecondsPerLaunch = 1;

  ~FakeDevice() override = default;

  std::uint64_t usedBytes() const {
    std::uint64_t bytes = 0;
    for (const auto &[address, allocation] : allocations)
      bytes += allocation.memory.size();
    return bytes;
  }
  const Allocation *find(const std::string &label) const {
    for (const auto &[address, allocation] : allocations)
      if (allocation.label == label)
        return &allocation;
    return nullptr;
  }

  Result<DeviceInfo> info() override {
    DeviceInfo info;
    info.name = "fake device";
    info.architecture = "fake";
    info.memoryBytes = memoryBytes;
    info.freeBytes = memoryBytes - usedBytes();
    info.bandwidth = bandwidth;
    return info;
  }
  bool isHardware() const override { return hardware; }

  Result<DeviceAddress> allocate(std::size_t bytes,
                                 const std::string &label) override {
    ++calls["allocate"];
    if (bytes == 0)
      return Error("the fake device was asked for 0 bytes for " + label);
    if (bytes > memoryBytes - usedBytes())
      return Error("out of memory for " + label);
    Allocation allocation{std::vector<std::byte>(bytes), label};
    auto address = reinterpret_cast<DeviceAddress>(allocation.memory.data());
    allocations.emplace(address, std::move(allocation));
    return address;
  }
  void release(DeviceAddress address) override { allocations.erase(address); }
  Status protect(DeviceAddress address) override {
    allocations.at(address).isProtected = true;
    return {};
  }

  Status copyToDevice(DeviceAddress to, const void *from,
                      std::size_t bytes) override {
    ++calls["copyToDevice"];
    if (bytes)
      std::memcpy(reinterpret_cast<void *>(to), from, bytes);
    return {};
  }
  Status copyToHost(void *to, DeviceAddress from, std::size_t bytes) override {
    ++calls["copyToHost"];
    if (bytes)
      std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
    return {};
  }
  Status fill(DeviceAddress to, std::uint8_t value,
              std::size_t bytes) override {
    ++calls["fill"];
    if (bytes)
      std::memset(reinterpret_cast<void *>(to), value, bytes);
    return {};
  }

  Result<std::unique_ptr<Module>> load(const CodeImage &image) override;
  Status launch(Module &module, unsigned kernel, Dim3 grid, Dim3 block,
                std::uint32_t dynamicSharedBytes,
                const std::vector<KernelArgument> &arguments) override;
  Status synchronize() override {
    ++calls["synchronize"];
    return {};
  }
  Status beginRecording() override;
  Result<std::unique_ptr<Recording>> endRecording() override;

  Result<std::uint64_t> createTimestamp() override {
    timestamps.push_back(-1);
    ++liveTimestamps;
    return timestamps.size() - 1;
  }
  Status recordTimestamp(std::uint64_t timestamp) override {
    timestamps[timestamp] = clock;
    return {};
  }
  Result<double> elapsedMilliseconds(std::uint64_t from,
                                     std::uint64_t to) override {
    return timestamps[to] - timestamps[from];
  }
  void releaseTimestamp(std::uint64_t) override { --liveTimestamps; }

  Status execute(const FakeLaunch &launch) {
    launches.push_back(launch);
    clock += millisecondsPerLaunch;
    kernels.at(launch.kernel)(launch);
    return {};
  }
  int liveTimestamps = 0;
  bool isRecording = false;

private:
  std::vector<double> timestamps;
  double clock = 0;
  std::vector<FakeLaunch> recorded;
};

class FakeModule : public Module {
public:
  explicit FakeModule(FakeDevice &device) : device(device) {}
  Result<unsigned> kernel(const std::string &name) override {
    if (!device.kernels.count(name))
      return Error("the program's code has no kernel '" + name + "'");
    names.push_back(name);
    return static_cast<unsigned>(names.size() - 1);
  }
  Status expect(const std::vector<LaunchShape> &launches) override {
    device.expected = launches;
    return {};
  }
  FakeDevice &device;
  std::vector<std::string> names;
};

class FakeRecording : public Recording {
public:
  FakeRecording(FakeDevice &device, std::vector<FakeLaunch> launches)
      : device(device), launches(std::move(launches)) {}
  Status replay() override {
    ++device.calls["replay"];
    for (const FakeLaunch &launch : launches)
      if (Status status = device.execute(launch); !status)
        return status;
    return {};
  }
  FakeDevice &device;
  std::vector<FakeLaunch> launches;
};

inline Result<std::unique_ptr<Module>> FakeDevice::load(const CodeImage &) {
  ++calls["load"];
  return std::unique_ptr<Module>(new FakeModule(*this));
}

inline Status FakeDevice::launch(Module &module, unsigned kernel, Dim3 grid,
                                 Dim3 block, std::uint32_t dynamicSharedBytes,
                                 const std::vector<KernelArgument> &arguments) {
  ++calls["launch"];
  FakeLaunch launch{static_cast<FakeModule &>(module).names[kernel], grid,
                    block, dynamicSharedBytes, arguments};
  if (launch.kernel == failingKernel)
    return Error("kernel '" + launch.kernel + "' failed on purpose");
  if (!isRecording)
    return execute(launch);
  recorded.push_back(launch);
  return {};
}

inline Status FakeDevice::beginRecording() {
  ++calls["beginRecording"];
  isRecording = true;
  recorded.clear();
  return {};
}

inline Result<std::unique_ptr<Recording>> FakeDevice::endRecording() {
  isRecording = false;
  return std::unique_ptr<Recording>(
      new FakeRecording(*this, std::move(recorded)));
}

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_FAKEDEVICE_H
