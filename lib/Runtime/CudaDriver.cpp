//===- CudaDriver.cpp - The CUDA driver, opened at run time ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/CudaDriver.h"

#include <dlfcn.h>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::cuda;

namespace {

/// Every function of the table was there in CUDA 11.4; what looks like an
/// older driver is refused by its version, before a symbol is missed.
constexpr int oldestVersion = 11040;

/// Looks functions up by name and remembers the first that is missing.
class Symbols {
public:
  explicit Symbols(void *library) : library(library) {}

  template <typename FunctionPointer>
  void find(const char *name, FunctionPointer &function) {
    optional(name, function);
    if (!function && missing.empty())
      missing = name;
  }
  template <typename FunctionPointer>
  void optional(const char *name, FunctionPointer &function) {
    function = reinterpret_cast<FunctionPointer>(dlsym(library, name));
  }

  std::string missing;

private:
  void *library;
};

} // namespace

static void findDeviceFunctions(Symbols &symbols, Driver &driver) {
  symbols.find("cuInit", driver.init);
  symbols.find("cuDriverGetVersion", driver.driverGetVersion);
  symbols.find("cuGetErrorName", driver.getErrorName);
  symbols.find("cuGetErrorString", driver.getErrorString);
  symbols.find("cuDeviceGetCount", driver.deviceGetCount);
  symbols.find("cuDeviceGet", driver.deviceGet);
  symbols.find("cuDeviceGetName", driver.deviceGetName);
  symbols.find("cuDeviceGetAttribute", driver.deviceGetAttribute);
  symbols.find("cuDeviceTotalMem_v2", driver.deviceTotalMem);
  symbols.find("cuDevicePrimaryCtxRetain", driver.primaryCtxRetain);
  symbols.find("cuDevicePrimaryCtxRelease_v2", driver.primaryCtxRelease);
  symbols.find("cuCtxPushCurrent_v2", driver.ctxPushCurrent);
  symbols.find("cuCtxPopCurrent_v2", driver.ctxPopCurrent);
  symbols.find("cuMemGetInfo_v2", driver.memGetInfo);
  symbols.find("cuMemAlloc_v2", driver.memAlloc);
  symbols.find("cuMemFree_v2", driver.memFree);
  symbols.find("cuMemcpyHtoDAsync_v2", driver.memcpyHtoDAsync);
  symbols.find("cuMemcpyDtoHAsync_v2", driver.memcpyDtoHAsync);
  symbols.find("cuMemsetD8Async", driver.memsetD8Async);
}

static void findLaunchFunctions(Symbols &symbols, Driver &driver) {
  symbols.find("cuStreamCreate", driver.streamCreate);
  symbols.find("cuStreamDestroy_v2", driver.streamDestroy);
  symbols.find("cuStreamSynchronize", driver.streamSynchronize);
  symbols.find("cuStreamBeginCapture_v2", driver.streamBeginCapture);
  symbols.find("cuStreamEndCapture", driver.streamEndCapture);
  symbols.find("cuGraphInstantiateWithFlags", driver.graphInstantiate);
  symbols.find("cuGraphLaunch", driver.graphLaunch);
  symbols.find("cuGraphExecDestroy", driver.graphExecDestroy);
  symbols.find("cuGraphDestroy", driver.graphDestroy);
  symbols.find("cuEventCreate", driver.eventCreate);
  symbols.find("cuEventRecord", driver.eventRecord);
  symbols.find("cuEventSynchronize", driver.eventSynchronize);
  symbols.find("cuEventElapsedTime", driver.eventElapsedTime);
  symbols.find("cuEventDestroy_v2", driver.eventDestroy);
  symbols.find("cuModuleLoadDataEx", driver.moduleLoadDataEx);
  symbols.find("cuModuleUnload", driver.moduleUnload);
  symbols.find("cuModuleGetFunction", driver.moduleGetFunction);
  symbols.find("cuFuncGetAttribute", driver.funcGetAttribute);
  symbols.find("cuFuncSetAttribute", driver.funcSetAttribute);
  symbols.optional("cuFuncGetParamInfo", driver.funcGetParamInfo);
  symbols.find("cuLaunchKernel", driver.launchKernel);
  symbols.optional("cuLaunchKernelEx", driver.launchKernelEx);
}

Result<std::shared_ptr<const Driver>> Driver::open(const std::string &library) {
  // The driver starts threads of its own, so it stays loaded to the end.
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle) {
    const char *reason = dlerror();
    return Error("the CUDA driver could not be opened (" +
                 std::string(reason ? reason : library) +
                 "); install an NVIDIA driver, or use the emulated device");
  }
  auto driver = std::make_shared<Driver>();
  Symbols symbols(handle);
  findDeviceFunctions(symbols, *driver);
  findLaunchFunctions(symbols, *driver);
  if (!symbols.missing.empty())
    return Error("the CUDA driver '" + library + "' has no function '" +
                 symbols.missing +
                 "'; it is too old or no CUDA driver: "
                 "install one for CUDA " +
                 versionText(oldestVersion) +
                 " or newer, or use the emulated device");
  if (Status status = initialize(*driver); !status)
    return status.error();
  return std::shared_ptr<const Driver>(std::move(driver));
}

/// What a user can do about an `init` that fails.
static const char *adviceOnInit(Code code) {
  switch (code) {
  case NoDevice:
    return "no NVIDIA GPU is visible; check nvidia-smi and "
           "CUDA_VISIBLE_DEVICES, or use the emulated device";
  case StubLibrary:
    return "the library found is the CUDA Toolkit's stub; put the driver's "
           "own libcuda.so.1 before it in the library path";
  case SystemDriverMismatch:
    return "the driver's library and its kernel module have different "
           "versions; restart the machine after a driver update";
  case CompatNotSupported:
    return "this GPU does not support the CUDA compatibility library; "
           "install a newer driver";
  default:
    return "check nvidia-smi, or use the emulated device";
  }
}

Status cuda::initialize(const Driver &driver) {
  if (Code code = driver.init(0); code != Success)
    return Error(
        driver.error(code, "the CUDA driver does not start").message() + "; " +
        adviceOnInit(code));
  int version = 0;
  if (Code code = driver.driverGetVersion(&version); code != Success)
    return driver.error(code, "cannot read the CUDA driver's version");
  if (version < oldestVersion)
    return Error("the CUDA driver is for CUDA " + versionText(version) +
                 ", pigeon needs " + versionText(oldestVersion) +
                 " or newer; update the NVIDIA driver, or use the emulated "
                 "device");
  int count = 0;
  if (Code code = driver.deviceGetCount(&count); code != Success)
    return driver.error(code, "cannot count the CUDA devices");
  if (count == 0)
    return Error(std::string("the CUDA driver finds no device: ") +
                 adviceOnInit(NoDevice));
  return {};
}

std::string cuda::versionText(int version) {
  return std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 10);
}

Error Driver::error(Code code, const std::string &doing) const {
  const char *name = nullptr, *text = nullptr;
  if (getErrorName(code, &name) != Success || !name)
    name = "unknown error";
  if (getErrorString(code, &text) != Success || !text)
    text = "the driver gives no description";
  return Error(doing + ": " + text + " (" + name + ", code " +
               std::to_string(code) + ")");
}
