//===- CudaDriver.h - The CUDA driver, opened at run time -------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of the CUDA driver's interface that the runtime uses, declared here
// so that Pigeon builds and starts on machines that have no CUDA. The library
// is opened when a device is asked for; what is missing then is an error that
// says what to do.
//
// The types are binary compatible with <cuda.h>; where that header is
// installed, a test compares every number.
//
// Names follow the driver's without the prefix: cuMemAlloc_v2 is `memAlloc`.
// A test can fill the table with functions of its own.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_CUDADRIVER_H
#define PIGEON_RUNTIME_CUDADRIVER_H

#include "pigeon/Support/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pigeon::runtime::cuda {

using Code = int;              // CUresult
using DeviceHandle = int;      // CUdevice
using Pointer = std::uint64_t; // CUdeviceptr
using Context = struct ContextObject *;
using Stream = struct StreamObject *;
using Event = struct EventObject *;
using ModuleHandle = struct ModuleObject *;
using Function = struct FunctionObject *;
using GraphHandle = struct GraphObject *;
using GraphExec = struct GraphExecObject *;

/// The error codes that get a sentence of their own.
enum CodeValue : Code {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  StubLibrary = 34,
  NoDevice = 100,
  InvalidImage = 200,
  NoBinaryForGPU = 209,
  InvalidPTX = 218,
  JITCompilerNotFound = 221,
  UnsupportedPTXVersion = 222,
  NotFound = 500,
  IllegalAddress = 700,
  LaunchOutOfResources = 701,
  LaunchTimeout = 702,
  KernelAssert = 710,
  HardwareStackError = 714,
  IllegalInstruction = 715,
  MisalignedAddress = 716,
  InvalidAddressSpace = 717,
  InvalidProgramCounter = 718,
  LaunchFailed = 719,
  SystemDriverMismatch = 803,
  CompatNotSupported = 804,
  Unknown = 999
};

enum DeviceAttribute : int {
  MaxThreadsPerBlock = 1,
  MaxGridDimX = 5,
  MaxGridDimY = 6,
  MaxGridDimZ = 7,
  MaxSharedMemoryPerBlock = 8,
  MultiprocessorCount = 16,
  MemoryClockRate = 36,      // kHz
  GlobalMemoryBusWidth = 37, // bits
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
  MaxSharedMemoryPerBlockOptin = 97
};

enum FunctionAttribute : int {
  FunctionMaxThreadsPerBlock = 0,
  FunctionSharedSizeBytes = 1,
  FunctionMaxDynamicSharedSizeBytes = 8,
  FunctionPreferredSharedMemoryCarveout = 9 // percent
};

enum JITOption : int { ErrorLogBuffer = 5, ErrorLogBufferSizeBytes = 6 };

/// CUlaunchAttribute with a value of type int.
struct LaunchAttribute {
  int id = 0;
  int padding = 0;
  union {
    int value;
    char bytes[64];
  };
};

/// CUlaunchConfig.
struct LaunchConfig {
  unsigned grid[3], block[3], sharedBytes;
  Stream stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};

/// The kernel may be launched before the one before it in the stream is done.
constexpr int programmaticStreamSerialization = 6;

constexpr unsigned streamNonBlocking = 1;
constexpr unsigned eventDefault = 0;
constexpr int captureModeThreadLocal = 1;

/// The functions of the driver. Those marked optional may be null.
struct Driver {
  Code (*init)(unsigned flags) = nullptr;
  Code (*driverGetVersion)(int *version) = nullptr;
  Code (*getErrorName)(Code code, const char **name) = nullptr;
  Code (*getErrorString)(Code code, const char **text) = nullptr;

  Code (*deviceGetCount)(int *count) = nullptr;
  Code (*deviceGet)(DeviceHandle *device, int ordinal) = nullptr;
  Code (*deviceGetName)(char *name, int length, DeviceHandle device) = nullptr;
  Code (*deviceGetAttribute)(int *value, int attribute,
                             DeviceHandle device) = nullptr;
  Code (*deviceTotalMem)(std::size_t *bytes, DeviceHandle device) = nullptr;
  Code (*primaryCtxRetain)(Context *context, DeviceHandle device) = nullptr;
  Code (*primaryCtxRelease)(DeviceHandle device) = nullptr;
  Code (*ctxPushCurrent)(Context context) = nullptr;
  Code (*ctxPopCurrent)(Context *context) = nullptr;

  Code (*memGetInfo)(std::size_t *free, std::size_t *total) = nullptr;
  Code (*memAlloc)(Pointer *address, std::size_t bytes) = nullptr;
  Code (*memFree)(Pointer address) = nullptr;
  Code (*memcpyHtoDAsync)(Pointer to, const void *from, std::size_t bytes,
                          Stream stream) = nullptr;
  Code (*memcpyDtoHAsync)(void *to, Pointer from, std::size_t bytes,
                          Stream stream) = nullptr;
  Code (*memsetD8Async)(Pointer to, unsigned char value, std::size_t bytes,
                        Stream stream) = nullptr;

  Code (*streamCreate)(Stream *stream, unsigned flags) = nullptr;
  Code (*streamDestroy)(Stream stream) = nullptr;
  Code (*streamSynchronize)(Stream stream) = nullptr;
  Code (*streamBeginCapture)(Stream stream, int mode) = nullptr;
  Code (*streamEndCapture)(Stream stream, GraphHandle *graph) = nullptr;
  Code (*graphInstantiate)(GraphExec *exec, GraphHandle graph,
                           unsigned long long flags) = nullptr;
  Code (*graphLaunch)(GraphExec exec, Stream stream) = nullptr;
  Code (*graphExecDestroy)(GraphExec exec) = nullptr;
  Code (*graphDestroy)(GraphHandle graph) = nullptr;

  Code (*eventCreate)(Event *event, unsigned flags) = nullptr;
  Code (*eventRecord)(Event event, Stream stream) = nullptr;
  Code (*eventSynchronize)(Event event) = nullptr;
  Code (*eventElapsedTime)(float *milliseconds, Event from, Event to) = nullptr;
  Code (*eventDestroy)(Event event) = nullptr;

  Code (*moduleLoadDataEx)(ModuleHandle *module, const void *image,
                           unsigned numOptions, int *options,
                           void **values) = nullptr;
  Code (*moduleUnload)(ModuleHandle module) = nullptr;
  Code (*moduleGetFunction)(Function *function, ModuleHandle module,
                            const char *name) = nullptr;
  Code (*funcGetAttribute)(int *value, int attribute,
                           Function function) = nullptr;
  Code (*funcSetAttribute)(Function function, int attribute,
                           int value) = nullptr;
  /// Optional, since CUDA 12.4: offset and size of one kernel parameter.
  Code (*funcGetParamInfo)(Function function, std::size_t index,
                           std::size_t *offset, std::size_t *size) = nullptr;
  Code (*launchKernel)(Function function, unsigned gridX, unsigned gridY,
                       unsigned gridZ, unsigned blockX, unsigned blockY,
                       unsigned blockZ, unsigned sharedBytes, Stream stream,
                       void **parameters, void **extra) = nullptr;
  /// Optional, since CUDA 11.8: a launch with attributes.
  Code (*launchKernelEx)(const LaunchConfig *config, Function function,
                         void **parameters, void **extra) = nullptr;

  /// Opens the driver's library, finds every function, and initializes it.
  /// Errors: no library, a library that lacks functions, no device.
  static Result<std::shared_ptr<const Driver>>
  open(const std::string &library = "libcuda.so.1");

  /// "<doing>: out of memory (CUDA_ERROR_OUT_OF_MEMORY)".
  Error error(Code code, const std::string &doing) const;
};

/// Calls the driver's init and checks its version and that there is a device;
/// `open` does this itself.
Status initialize(const Driver &driver);

/// "12.4" for the driver's 12040.
std::string versionText(int version);

} // namespace pigeon::runtime::cuda

#endif // PIGEON_RUNTIME_CUDADRIVER_H
