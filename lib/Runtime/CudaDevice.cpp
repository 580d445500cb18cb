//===- CudaDevice.cpp - A device behind the CUDA driver -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/CudaDevice.h"
#include "CudaModule.h"
#include "pigeon/Support/FormatBytes.h"

#include <map>

using namespace pigeon;
using namespace pigeon::runtime;
using cuda::Code;

namespace {

//===----------------------------------------------------------------------===//
// Recording
//===----------------------------------------------------------------------===//

class CudaRecording : public Recording {
public:
  CudaRecording(std::shared_ptr<CudaState> state, cuda::GraphExec exec)
      : state(std::move(state)), exec(exec) {}
  ~CudaRecording() override {
    CurrentContext current(*state);
    state->driver->graphExecDestroy(exec);
  }

  Status replay() override {
    CurrentContext current(*state);
    state->lastModule = nullptr;
    return state->check(state->driver->graphLaunch(exec, state->stream),
                        "cannot replay the recorded launches");
  }

private:
  std::shared_ptr<CudaState> state;
  cuda::GraphExec exec;
};

//===----------------------------------------------------------------------===//
// Device
//===----------------------------------------------------------------------===//

class CudaDevice : public Device {
public:
  explicit CudaDevice(std::shared_ptr<CudaState> state)
      : state(std::move(state)) {}
  ~CudaDevice() override;

  Result<DeviceInfo> info() override;
  bool isHardware() const override { return true; }

  Result<DeviceAddress> allocate(std::size_t bytes,
                                 const std::string &label) override;
  void release(DeviceAddress address) override;
  /// Nothing on the hardware enforces it.
  Status protect(DeviceAddress) override { return {}; }

  Status copyToDevice(DeviceAddress to, const void *from,
                      std::size_t bytes) override;
  Status copyToHost(void *to, DeviceAddress from, std::size_t bytes) override;
  Status fill(DeviceAddress to, std::uint8_t value, std::size_t bytes) override;

  Result<std::unique_ptr<Module>> load(const CodeImage &image) override {
    return CudaModule::load(state, image);
  }
  Status launch(Module &module, unsigned kernel, Dim3 grid, Dim3 block,
                std::uint32_t dynamicSharedBytes,
                const std::vector<KernelArgument> &arguments) override {
    return static_cast<CudaModule &>(module).launch(
        kernel, grid, block, dynamicSharedBytes, arguments);
  }
  Status synchronize() override;

  Status beginRecording() override;
  Result<std::unique_ptr<Recording>> endRecording() override;

  Result<std::uint64_t> createTimestamp() override;
  Status recordTimestamp(std::uint64_t timestamp) override;
  Result<double> elapsedMilliseconds(std::uint64_t from,
                                     std::uint64_t to) override;
  void releaseTimestamp(std::uint64_t timestamp) override;

private:
  struct Allocation {
    std::size_t bytes;
    std::string label;
  };

  const cuda::Driver &driver() const { return *state->driver; }
  /// The name of the array for an error, and an error if the range leaves it.
  Result<std::string> range(DeviceAddress address, std::size_t bytes) const;
  /// Enqueues a copy or fill by `enqueue`, and waits for it.
  template <typename Enqueue>
  Status transfer(DeviceAddress address, std::size_t bytes, const char *verb,
                  Enqueue enqueue);
  Result<cuda::Event> event(std::uint64_t timestamp) const;

  std::shared_ptr<CudaState> state;
  std::map<DeviceAddress, Allocation> allocations;
  std::map<std::uint64_t, cuda::Event> events;
  std::uint64_t nextTimestamp = 1;
};

CudaDevice::~CudaDevice() {
  CurrentContext current(*state);
  driver().streamSynchronize(state->stream);
  for (auto &[timestamp, event] : events)
    driver().eventDestroy(event);
  for (auto &[address, allocation] : allocations)
    driver().memFree(address);
}

Result<DeviceInfo> CudaDevice::info() {
  CurrentContext current(*state);
  DeviceInfo info;
  char name[256] = {};
  if (Code code = driver().deviceGetName(name, sizeof name - 1, state->device))
    return state->error(code, "cannot read the name of the CUDA device");
  std::size_t free = 0, total = 0;
  if (Code code = driver().memGetInfo(&free, &total))
    return state->error(code, "cannot read how much device memory is free");
  info.name = name;
  info.architecture =
      "sm_" + std::to_string(state->major) + std::to_string(state->minor);
  info.memoryBytes = total;
  info.freeBytes = free;
  int processors = 0, clock = 0, width = 0;
  using namespace cuda;
  if (driver().deviceGetAttribute(&processors, MultiprocessorCount,
                                  state->device) == Success)
    info.multiprocessors = static_cast<unsigned>(processors);
  // Two transfers per clock of the memory; where the driver does not tell, a
  // share of the bandwidth is not shown.
  if (driver().deviceGetAttribute(&clock, MemoryClockRate, state->device) ==
          Success &&
      driver().deviceGetAttribute(&width, GlobalMemoryBusWidth,
                                  state->device) == Success)
    info.bandwidth = 2.0 * clock * 1e3 * width / 8;
  return info;
}

Result<DeviceAddress> CudaDevice::allocate(std::size_t bytes,
                                           const std::string &label) {
  CurrentContext current(*state);
  cuda::Pointer address = 0;
  // The driver refuses 0 bytes.
  Code code = driver().memAlloc(&address, bytes ? bytes : 1);
  const std::string doing =
      "cannot allocate " + formatBytes(bytes) + " for " + label;
  std::size_t free = 0, total = 0;
  if (code == cuda::OutOfMemory &&
      driver().memGetInfo(&free, &total) == cuda::Success)
    return state->error(code, doing + ", " + formatBytes(free) + " of " +
                                  formatBytes(total) +
                                  " of device memory are free");
  if (code != cuda::Success)
    return state->error(code, doing);
  allocations[address] = {bytes, label};
  return address;
}

void CudaDevice::release(DeviceAddress address) {
  if (!allocations.erase(address))
    return;
  CurrentContext current(*state);
  driver().memFree(address);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

Result<std::string> CudaDevice::range(DeviceAddress address,
                                      std::size_t bytes) const {
  auto next = allocations.upper_bound(address);
  if (next == allocations.begin())
    return Error("no array lies at this address of the device");
  auto &[begin, allocation] = *std::prev(next);
  std::size_t offset = address - begin;
  if (offset > allocation.bytes || bytes > allocation.bytes - offset)
    return Error("bytes " + std::to_string(offset) + " to " +
                 std::to_string(offset + bytes) + " are not within " +
                 allocation.label + ", which has " +
                 formatBytes(allocation.bytes));
  return allocation.label;
}

template <typename Enqueue>
Status CudaDevice::transfer(DeviceAddress address, std::size_t bytes,
                            const char *verb, Enqueue enqueue) {
  if (bytes == 0)
    return {};
  Result<std::string> label = range(address, bytes);
  if (!label)
    return label.error().within(std::string("cannot ") + verb + " " +
                                formatBytes(bytes));
  CurrentContext current(*state);
  state->lastModule = nullptr;
  Code code = enqueue();
  if (code == cuda::Success)
    code = driver().streamSynchronize(state->stream);
  if (code == cuda::Success)
    return {};
  return state->error(code, std::string("cannot ") + verb + " " +
                                formatBytes(bytes) + " of " + *label);
}

Status CudaDevice::copyToDevice(DeviceAddress to, const void *from,
                                std::size_t bytes) {
  return transfer(to, bytes, "copy to the device", [&] {
    return driver().memcpyHtoDAsync(to, from, bytes, state->stream);
  });
}

Status CudaDevice::copyToHost(void *to, DeviceAddress from, std::size_t bytes) {
  return transfer(from, bytes, "copy to the host", [&] {
    return driver().memcpyDtoHAsync(to, from, bytes, state->stream);
  });
}

Status CudaDevice::fill(DeviceAddress to, std::uint8_t value,
                        std::size_t bytes) {
  return transfer(to, bytes, "fill", [&] {
    return driver().memsetD8Async(to, value, bytes, state->stream);
  });
}

Status CudaDevice::synchronize() {
  CurrentContext current(*state);
  return state->check(driver().streamSynchronize(state->stream),
                      "cannot wait for the launched kernels");
}

//===----------------------------------------------------------------------===//
// Recordings and timestamps
//===----------------------------------------------------------------------===//

Status CudaDevice::beginRecording() {
  CurrentContext current(*state);
  state->lastModule = nullptr;
  // Only this thread is held to what can be recorded, not the host program.
  return state->check(
      driver().streamBeginCapture(state->stream, cuda::captureModeThreadLocal),
      "cannot begin to record launches");
}

Result<std::unique_ptr<Recording>> CudaDevice::endRecording() {
  CurrentContext current(*state);
  state->lastModule = nullptr;
  cuda::GraphHandle graph = nullptr;
  if (Code code = driver().streamEndCapture(state->stream, &graph))
    return state->error(code, "cannot end the recording of launches");
  cuda::GraphExec exec = nullptr;
  Code code = driver().graphInstantiate(&exec, graph, 0);
  driver().graphDestroy(graph);
  if (code != cuda::Success)
    return state->error(code, "cannot prepare the recorded launches");
  return std::unique_ptr<Recording>(new CudaRecording(state, exec));
}

Result<std::uint64_t> CudaDevice::createTimestamp() {
  CurrentContext current(*state);
  cuda::Event event = nullptr;
  if (Code code = driver().eventCreate(&event, cuda::eventDefault))
    return state->error(code, "cannot create a timestamp");
  events[nextTimestamp] = event;
  return nextTimestamp++;
}

Result<cuda::Event> CudaDevice::event(std::uint64_t timestamp) const {
  auto found = events.find(timestamp);
  if (found == events.end())
    return Error("there is no timestamp " + std::to_string(timestamp));
  return found->second;
}

Status CudaDevice::recordTimestamp(std::uint64_t timestamp) {
  Result<cuda::Event> point = event(timestamp);
  if (!point)
    return point.error();
  CurrentContext current(*state);
  state->lastModule = nullptr;
  return state->check(driver().eventRecord(*point, state->stream),
                      "cannot record a timestamp");
}

Result<double> CudaDevice::elapsedMilliseconds(std::uint64_t from,
                                               std::uint64_t to) {
  Result<cuda::Event> first = event(from), last = event(to);
  if (!first)
    return first.error();
  if (!last)
    return last.error();
  CurrentContext current(*state);
  if (Code code = driver().eventSynchronize(*last))
    return state->error(code, "cannot wait for a timestamp");
  float milliseconds = 0;
  if (Code code = driver().eventElapsedTime(&milliseconds, *first, *last))
    return state->error(code, "cannot read the time between two timestamps");
  return static_cast<double>(milliseconds);
}

void CudaDevice::releaseTimestamp(std::uint64_t timestamp) {
  auto found = events.find(timestamp);
  if (found == events.end())
    return;
  CurrentContext current(*state);
  driver().eventDestroy(found->second);
  events.erase(found);
}

} // namespace

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

Result<std::unique_ptr<Device>>
runtime::createCudaDevice(std::shared_ptr<const cuda::Driver> driver,
                          int ordinal) {
  Result<std::shared_ptr<CudaState>> state =
      CudaState::open(std::move(driver), ordinal);
  if (!state)
    return state.error();
  return std::unique_ptr<Device>(new CudaDevice(state.take()));
}

Result<std::unique_ptr<Device>> runtime::createCudaDevice(int ordinal) {
  Result<std::shared_ptr<const cuda::Driver>> driver = cuda::Driver::open();
  if (!driver)
    return driver.error();
  return createCudaDevice(driver.take(), ordinal);
}

Status runtime::probeCuda() {
  Result<std::shared_ptr<const cuda::Driver>> driver = cuda::Driver::open();
  if (!driver)
    return driver.error();
  return {};
}
