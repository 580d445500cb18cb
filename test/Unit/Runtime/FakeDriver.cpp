//===- FakeDriver.cpp - A CUDA driver that can be made to fail ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include <algorithm>
#include <cstring>

using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using cuda::Code;

/// The object behind the functions; there is one at a time.
static FakeDriver *fake = nullptr;

int FakeDriver::count(const std::string &function) const {
  return static_cast<int>(std::count(calls.begin(), calls.end(), function));
}

Code FakeDriver::enter(const std::string &function) {
  calls.push_back(function);
  auto failure = failures.find(function);
  if (failure == failures.end())
    return cuda::Success;
  Code code = failure->second;
  failures.erase(failure);
  return code;
}

/// Handles are numbers that are never followed, or names of kernels.
template <typename Handle> static Handle handle(std::uintptr_t number) {
  return reinterpret_cast<Handle>(number);
}

static void fillDevice(cuda::Driver &driver) {
  driver.init = [](unsigned) { return fake->enter("init"); };
  driver.driverGetVersion = [](int *version) {
    *version = fake->version;
    return fake->enter("driverGetVersion");
  };
  driver.getErrorName = [](Code code, const char **name) -> Code {
    *name = code == cuda::OutOfMemory      ? "CUDA_ERROR_OUT_OF_MEMORY"
            : code == cuda::IllegalAddress ? "CUDA_ERROR_ILLEGAL_ADDRESS"
            : code == cuda::NoDevice       ? "CUDA_ERROR_NO_DEVICE"
                                           : nullptr;
    return *name ? cuda::Success : cuda::InvalidValue;
  };
  driver.getErrorString = [](Code code, const char **text) -> Code {
    *text = code == cuda::OutOfMemory ? "out of memory" : "some reason";
    return cuda::Success;
  };
  driver.deviceGetCount = [](int *count) {
    *count = fake->deviceCount;
    return fake->enter("deviceGetCount");
  };
  driver.deviceGet = [](cuda::DeviceHandle *device, int ordinal) {
    *device = ordinal;
    return fake->enter("deviceGet");
  };
  driver.deviceGetName = [](char *name, int length, cuda::DeviceHandle) {
    std::strncpy(name, "Fake GPU", static_cast<std::size_t>(length));
    return fake->enter("deviceGetName");
  };
  driver.deviceGetAttribute = [](int *value, int attribute,
                                 cuda::DeviceHandle) {
    *value = fake->attributes[attribute];
    return fake->enter("deviceGetAttribute");
  };
  driver.deviceTotalMem = [](std::size_t *bytes, cuda::DeviceHandle) {
    *bytes = fake->memoryBytes;
    return fake->enter("deviceTotalMem");
  };
  driver.primaryCtxRetain = [](cuda::Context *context, cuda::DeviceHandle) {
    Code code = fake->enter("primaryCtxRetain");
    fake->contexts += code == cuda::Success;
    *context = handle<cuda::Context>(1);
    return code;
  };
  driver.primaryCtxRelease = [](cuda::DeviceHandle) {
    --fake->contexts;
    return fake->enter("primaryCtxRelease");
  };
  driver.ctxPushCurrent = [](cuda::Context) -> Code {
    ++fake->contextDepth;
    return cuda::Success;
  };
  driver.ctxPopCurrent = [](cuda::Context *) -> Code {
    --fake->contextDepth;
    return cuda::Success;
  };
}

static void fillMemory(cuda::Driver &driver) {
  driver.memGetInfo = [](std::size_t *free, std::size_t *total) {
    *total = fake->memoryBytes;
    *free = fake->memoryBytes;
    for (auto &[address, bytes] : fake->memory)
      *free -= bytes.size();
    return fake->enter("memGetInfo");
  };
  driver.memAlloc = [](cuda::Pointer *address, std::size_t bytes) -> Code {
    if (Code code = fake->enter("memAlloc"))
      return code;
    if (bytes == 0)
      return cuda::InvalidValue;
    if (bytes > fake->memoryBytes)
      return cuda::OutOfMemory;
    std::vector<char> memory(bytes);
    *address = reinterpret_cast<cuda::Pointer>(memory.data());
    fake->memory.emplace(*address, std::move(memory));
    return cuda::Success;
  };
  driver.memFree = [](cuda::Pointer address) {
    fake->memory.erase(address);
    return fake->enter("memFree");
  };
  driver.memcpyHtoDAsync = [](cuda::Pointer to, const void *from,
                              std::size_t bytes, cuda::Stream) {
    std::memcpy(reinterpret_cast<void *>(to), from, bytes);
    return fake->enter("memcpyHtoDAsync");
  };
  driver.memcpyDtoHAsync = [](void *to, cuda::Pointer from, std::size_t bytes,
                              cuda::Stream) {
    std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
    return fake->enter("memcpyDtoHAsync");
  };
  driver.memsetD8Async = [](cuda::Pointer to, unsigned char value,
                            std::size_t bytes, cuda::Stream) {
    std::memset(reinterpret_cast<void *>(to), value, bytes);
    return fake->enter("memsetD8Async");
  };
}

static void fillStream(cuda::Driver &driver) {
  driver.streamCreate = [](cuda::Stream *stream, unsigned) {
    Code code = fake->enter("streamCreate");
    fake->streams += code == cuda::Success;
    *stream = handle<cuda::Stream>(2);
    return code;
  };
  driver.streamDestroy = [](cuda::Stream) {
    --fake->streams;
    return fake->enter("streamDestroy");
  };
  driver.streamSynchronize = [](cuda::Stream) {
    return fake->enter("streamSynchronize");
  };
  driver.streamBeginCapture = [](cuda::Stream, int) {
    return fake->enter("streamBeginCapture");
  };
  driver.streamEndCapture = [](cuda::Stream, cuda::GraphHandle *graph) {
    Code code = fake->enter("streamEndCapture");
    fake->graphs += code == cuda::Success;
    *graph = handle<cuda::GraphHandle>(3);
    return code;
  };
  driver.graphInstantiate = [](cuda::GraphExec *exec, cuda::GraphHandle,
                               unsigned long long) {
    Code code = fake->enter("graphInstantiate");
    fake->execs += code == cuda::Success;
    *exec = handle<cuda::GraphExec>(4);
    return code;
  };
  driver.graphLaunch = [](cuda::GraphExec, cuda::Stream) {
    ++fake->replays;
    return fake->enter("graphLaunch");
  };
  driver.graphExecDestroy = [](cuda::GraphExec) {
    --fake->execs;
    return fake->enter("graphExecDestroy");
  };
  driver.graphDestroy = [](cuda::GraphHandle) {
    --fake->graphs;
    return fake->enter("graphDestroy");
  };
  driver.eventCreate = [](cuda::Event *event, unsigned) {
    ++fake->events;
    *event = handle<cuda::Event>(5);
    return fake->enter("eventCreate");
  };
  driver.eventRecord = [](cuda::Event, cuda::Stream) {
    return fake->enter("eventRecord");
  };
  driver.eventSynchronize = [](cuda::Event) {
    return fake->enter("eventSynchronize");
  };
  driver.eventElapsedTime = [](float *milliseconds, cuda::Event, cuda::Event) {
    *milliseconds = 2.5F;
    return fake->enter("eventElapsedTime");
  };
  driver.eventDestroy = [](cuda::Event) {
    --fake->events;
    return fake->enter("eventDestroy");
  };
}

/// A function's handle leads to the kernel's name and its parameters' sizes.
using Kernel = std::pair<const std::string, std::vector<std::size_t>>;

static void addLaunch(cuda::Function function, void **parameters,
                      FakeDriver::Launch launch) {
  auto &[name, sizes] = *reinterpret_cast<Kernel *>(function);
  launch.kernel = name;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    launch.parameters.push_back(0);
    std::memcpy(&launch.parameters.back(), parameters[i], sizes[i]);
  }
  fake->launches.push_back(std::move(launch));
}

static void fillModule(cuda::Driver &driver) {
  driver.moduleLoadDataEx = [](cuda::ModuleHandle *module, const void *image,
                               unsigned numOptions, int *options,
                               void **values) {
    fake->images.emplace_back(static_cast<const char *>(image));
    Code code = fake->enter("moduleLoadDataEx");
    fake->modules += code == cuda::Success;
    *module = handle<cuda::ModuleHandle>(6);
    for (unsigned i = 0; i < numOptions; ++i)
      if (code != cuda::Success && options[i] == cuda::ErrorLogBuffer)
        std::strcpy(static_cast<char *>(values[i]), fake->log.c_str());
    return code;
  };
  driver.moduleUnload = [](cuda::ModuleHandle) {
    --fake->modules;
    return fake->enter("moduleUnload");
  };
  driver.moduleGetFunction = [](cuda::Function *function, cuda::ModuleHandle,
                                const char *name) -> Code {
    auto kernel = fake->kernels.find(name);
    if (kernel == fake->kernels.end())
      return cuda::NotFound;
    *function = reinterpret_cast<cuda::Function>(&*kernel);
    return fake->enter("moduleGetFunction");
  };
  driver.funcGetAttribute = [](int *value, int attribute, cuda::Function) {
    *value = attribute == cuda::FunctionMaxThreadsPerBlock
                 ? fake->kernelMaxThreads
                 : fake->kernelSharedBytes;
    return fake->enter("funcGetAttribute");
  };
  driver.funcSetAttribute = [](cuda::Function, int attribute, int value) {
    if (attribute == cuda::FunctionMaxDynamicSharedSizeBytes)
      fake->allowedSharedBytes = value;
    else if (attribute == cuda::FunctionPreferredSharedMemoryCarveout)
      fake->sharedPercent = value;
    return fake->enter("funcSetAttribute");
  };
  driver.funcGetParamInfo = [](cuda::Function function, std::size_t index,
                               std::size_t *, std::size_t *size) -> Code {
    auto &sizes = reinterpret_cast<Kernel *>(function)->second;
    if (index >= sizes.size())
      return cuda::InvalidValue;
    *size = sizes[index];
    return cuda::Success;
  };
  driver.launchKernel = [](cuda::Function function, unsigned gridX,
                           unsigned gridY, unsigned gridZ, unsigned blockX,
                           unsigned blockY, unsigned blockZ, unsigned shared,
                           cuda::Stream, void **parameters, void **) {
    addLaunch(function, parameters,
              {"",
               {gridX, gridY, gridZ},
               {blockX, blockY, blockZ},
               shared,
               /*overlaps=*/false,
               {}});
    return fake->enter("launchKernel");
  };
  driver.launchKernelEx = [](const cuda::LaunchConfig *config,
                             cuda::Function function, void **parameters,
                             void **) {
    FakeDriver::Launch launch{"", {}, {}, config->sharedBytes, false, {}};
    std::copy_n(config->grid, 3, launch.grid);
    std::copy_n(config->block, 3, launch.block);
    for (unsigned i = 0; i < config->numAttributes; ++i)
      if (config->attributes[i].id == cuda::programmaticStreamSerialization)
        launch.overlaps = config->attributes[i].value;
    addLaunch(function, parameters, std::move(launch));
    return fake->enter("launchKernelEx");
  };
}

FakeDriver::FakeDriver() : driver(std::make_shared<cuda::Driver>()) {
  fake = this;
  attributes = {{cuda::ComputeCapabilityMajor, 9},
                {cuda::ComputeCapabilityMinor, 0},
                {cuda::MaxThreadsPerBlock, 1024},
                {cuda::MaxGridDimX, 2147483647},
                {cuda::MaxGridDimY, 65535},
                {cuda::MaxGridDimZ, 65535},
                {cuda::MaxSharedMemoryPerBlock, 49152},
                {cuda::MaxSharedMemoryPerBlockOptin, 232448},
                {cuda::MultiprocessorCount, 132},
                {cuda::MemoryClockRate, 2619000},
                {cuda::GlobalMemoryBusWidth, 5120}};
  fillDevice(*driver);
  fillMemory(*driver);
  fillStream(*driver);
  fillModule(*driver);
}

FakeDriver::~FakeDriver() { fake = nullptr; }
