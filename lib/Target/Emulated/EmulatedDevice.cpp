//===- EmulatedDevice.cpp - The runtime's device on the emulator ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/Emulated/EmulatedDevice.h"

#include "CompileKernels.h"
#include "Machine/Block.h"
#include "Machine/Machine.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <thread>

#include <unistd.h>

using namespace pigeon;
using namespace pigeon::emulated;
using namespace pigeon::runtime;

namespace {

/// The kernels, and their variables as arrays of the machine while they live.
struct LoadedKernels {
  LoadedKernels(std::shared_ptr<Machine> machine,
                std::unique_ptr<CompiledKernels> compiled)
      : machine(std::move(machine)), compiled(std::move(compiled)) {
    for (const StaticArray &array : this->compiled->code().staticArrays)
      this->machine->memory().lend(array.address, array.bytes, array.name,
                                   array.readOnly);
  }
  ~LoadedKernels() {
    for (const StaticArray &array : compiled->code().staticArrays)
      machine->memory().release(array.address);
    machine->forget(&compiled->code());
  }
  const ModuleCode &code() const { return compiled->code(); }

  std::shared_ptr<Machine> machine;
  std::unique_ptr<CompiledKernels> compiled;
};

class EmulatedModule final : public Module {
public:
  explicit EmulatedModule(std::shared_ptr<LoadedKernels> kernels)
      : kernels(std::move(kernels)) {}

  Result<unsigned> kernel(const std::string &name) override {
    const auto &all = kernels->code().kernels;
    for (unsigned i = 0; i < all.size(); ++i)
      if (all[i].name == name)
        return i;
    return Error("no kernel '" + name + "' in the module");
  }

  std::shared_ptr<LoadedKernels> kernels;
};

/// A launch that keeps its module alive.
struct PendingLaunch {
  std::shared_ptr<LoadedKernels> kernels;
  Launch launch;
};

class EmulatedRecording final : public Recording {
public:
  EmulatedRecording(std::shared_ptr<Machine> machine,
                    std::vector<PendingLaunch> launches)
      : machine(std::move(machine)), launches(std::move(launches)) {}

  Status replay() override {
    for (const PendingLaunch &pending : launches)
      if (Status status = machine->run(pending.launch); !status)
        return status;
    return {};
  }

private:
  std::shared_ptr<Machine> machine;
  std::vector<PendingLaunch> launches;
};

class EmulatedDevice final : public Device {
public:
  explicit EmulatedDevice(const EmulatorOptions &options);

  Result<DeviceInfo> info() override;
  bool isHardware() const override { return false; }

  Result<DeviceAddress> allocate(std::size_t bytes,
                                 const std::string &label) override {
    return machine->memory().allocate(bytes, label);
  }
  void release(DeviceAddress address) override {
    machine->memory().release(address);
  }
  Status protect(DeviceAddress address) override {
    return machine->memory().protect(address);
  }

  Status copyToDevice(DeviceAddress to, const void *from,
                      std::size_t bytes) override;
  Status copyToHost(void *to, DeviceAddress from, std::size_t bytes) override;
  Status fill(DeviceAddress to, std::uint8_t value, std::size_t bytes) override;

  Result<std::unique_ptr<Module>> load(const CodeImage &image) override;
  Status launch(Module &module, unsigned kernel, Dim3 grid, Dim3 block,
                std::uint32_t dynamicSharedBytes,
                const std::vector<KernelArgument> &arguments) override;
  Status synchronize() override { return {}; }

  Status beginRecording() override;
  Result<std::unique_ptr<Recording>> endRecording() override;

  Result<std::uint64_t> createTimestamp() override;
  Status recordTimestamp(std::uint64_t timestamp) override;
  Result<double> elapsedMilliseconds(std::uint64_t from,
                                     std::uint64_t to) override;
  void releaseTimestamp(std::uint64_t timestamp) override {
    timestamps.erase(timestamp);
  }

private:
  using Clock = std::chrono::steady_clock;
  struct Timestamp {
    bool recorded = false;
    Clock::time_point time;
  };
  Result<Clock::time_point> timeOf(std::uint64_t timestamp) const;

  std::shared_ptr<Machine> machine;
  std::uint64_t seed;
  bool recording = false;
  std::vector<PendingLaunch> recorded;
  std::map<std::uint64_t, Timestamp> timestamps;
  std::uint64_t nextTimestamp = 1;
};

} // namespace

static constexpr unsigned defaultMostThreads = 16, mostThreads = 256;

static unsigned threadsFor(const EmulatorOptions &options) {
  if (options.threads)
    return std::min(options.threads, mostThreads);
  unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  return std::min(cores, defaultMostThreads);
}

EmulatedDevice::EmulatedDevice(const EmulatorOptions &options)
    : machine(std::make_shared<Machine>(threadsFor(options),
                                        options.checkGlobalRaces)),
      seed(options.seed) {}

Result<DeviceInfo> EmulatedDevice::info() {
  DeviceInfo info;
  info.name = "emulated device";
  info.architecture = "emulated";
  auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  info.memoryBytes = page * static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  info.freeBytes = page * static_cast<std::uint64_t>(sysconf(_SC_AVPHYS_PAGES));
  info.multiprocessors = machine->threads();
  return info;
}

static void *pointer(DeviceAddress address) {
  return reinterpret_cast<void *>(address);
}

Status EmulatedDevice::copyToDevice(DeviceAddress to, const void *from,
                                    std::size_t bytes) {
  if (bytes == 0)
    return {};
  if (Status status = machine->memory().contains(to, bytes); !status)
    return status.error().within("copy to the device");
  std::memcpy(pointer(to), from, bytes);
  return {};
}

Status EmulatedDevice::copyToHost(void *to, DeviceAddress from,
                                  std::size_t bytes) {
  if (bytes == 0)
    return {};
  if (Status status = machine->memory().contains(from, bytes); !status)
    return status.error().within("copy from the device");
  std::memcpy(to, pointer(from), bytes);
  return {};
}

Status EmulatedDevice::fill(DeviceAddress to, std::uint8_t value,
                            std::size_t bytes) {
  if (bytes == 0)
    return {};
  if (Status status = machine->memory().contains(to, bytes); !status)
    return status.error().within("fill on the device");
  std::memset(pointer(to), value, bytes);
  return {};
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

Result<std::unique_ptr<Module>> EmulatedDevice::load(const CodeImage &image) {
  if (image.deviceIR.empty())
    return Error("the code has no form for the emulated device (device IR)");
  auto compiled = CompiledKernels::compile(image.deviceIR, image.deviceIRName);
  if (!compiled)
    return compiled.error();
  auto kernels = std::make_shared<LoadedKernels>(machine, compiled.take());
  return std::unique_ptr<Module>(
      std::make_unique<EmulatedModule>(std::move(kernels)));
}

static Status checkArguments(const KernelCode &kernel,
                             const std::vector<KernelArgument> &arguments) {
  auto failure = [&](const std::string &what) {
    return Error("kernel '" + kernel.name + "': expected " + what);
  };
  if (arguments.size() != kernel.argumentBytes.size())
    return failure(std::to_string(kernel.argumentBytes.size()) +
                   " arguments, found " + std::to_string(arguments.size()));
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].bytes != kernel.argumentBytes[i])
      return failure("argument " + std::to_string(i) + " of " +
                     std::to_string(kernel.argumentBytes[i]) +
                     " bytes, found " + std::to_string(arguments[i].bytes));
  return {};
}

Status EmulatedDevice::launch(Module &module, unsigned kernel, Dim3 grid,
                              Dim3 block, std::uint32_t dynamicSharedBytes,
                              const std::vector<KernelArgument> &arguments) {
  auto &loaded = static_cast<EmulatedModule &>(module);
  const ModuleCode &code = loaded.kernels->code();
  if (kernel >= code.kernels.size())
    return Error("expected a kernel number below " +
                 std::to_string(code.kernels.size()) + ", found " +
                 std::to_string(kernel));
  if (Status status = checkArguments(code.kernels[kernel], arguments); !status)
    return status;
  PendingLaunch pending;
  pending.kernels = loaded.kernels;
  Launch &launch = pending.launch;
  launch.module = &code;
  launch.kernel = &code.kernels[kernel];
  launch.grid = grid;
  launch.block = block;
  launch.dynamicSharedBytes = dynamicSharedBytes;
  launch.seed = seed;
  for (const KernelArgument &argument : arguments)
    launch.arguments.push_back(argument.bits);
  if (recording) {
    recorded.push_back(std::move(pending));
    return {};
  }
  return machine->run(std::move(launch));
}

Status EmulatedDevice::beginRecording() {
  if (recording)
    return Error("a recording has begun and not ended");
  recording = true;
  recorded.clear();
  return {};
}

Result<std::unique_ptr<Recording>> EmulatedDevice::endRecording() {
  if (!recording)
    return Error("no recording has begun");
  recording = false;
  return std::unique_ptr<Recording>(
      std::make_unique<EmulatedRecording>(machine, std::move(recorded)));
}

//===----------------------------------------------------------------------===//
// Time
//===----------------------------------------------------------------------===//

Result<std::uint64_t> EmulatedDevice::createTimestamp() {
  timestamps[nextTimestamp] = Timestamp();
  return nextTimestamp++;
}

Status EmulatedDevice::recordTimestamp(std::uint64_t timestamp) {
  auto found = timestamps.find(timestamp);
  if (found == timestamps.end())
    return Error("no timestamp " + std::to_string(timestamp));
  found->second.recorded = true;
  found->second.time = Clock::now();
  return {};
}

Result<EmulatedDevice::Clock::time_point>
EmulatedDevice::timeOf(std::uint64_t timestamp) const {
  auto found = timestamps.find(timestamp);
  if (found == timestamps.end() || !found->second.recorded)
    return Error("timestamp " + std::to_string(timestamp) +
                 " was not recorded");
  return found->second.time;
}

Result<double> EmulatedDevice::elapsedMilliseconds(std::uint64_t from,
                                                   std::uint64_t to) {
  auto begin = timeOf(from);
  if (!begin)
    return begin.error();
  auto end = timeOf(to);
  if (!end)
    return end.error();
  return std::chrono::duration<double, std::milli>(*end - *begin).count();
}

std::unique_ptr<Device>
emulated::createEmulatedDevice(const EmulatorOptions &options) {
  return std::make_unique<EmulatedDevice>(options);
}
