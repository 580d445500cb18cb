//===- CudaHeaderTest.cpp - Our declarations against the toolkit's --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/CudaDriver.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <type_traits>

#if __has_include(<cuda.h>)
#include <cuda.h>

using namespace pigeon::runtime;

static_assert(sizeof(cuda::Pointer) == sizeof(CUdeviceptr));
static_assert(sizeof(cuda::DeviceHandle) == sizeof(CUdevice));
static_assert(sizeof(cuda::Code) == sizeof(CUresult));
static_assert(sizeof(int) == sizeof(CUjit_option));
static_assert(sizeof(int) == sizeof(CUstreamCaptureMode));

/// Two function types are called alike if each argument is of the same size
/// and a pointer in both or in neither.
template <typename A, typename B> constexpr bool passedAlike() {
  return sizeof(A) == sizeof(B) &&
         std::is_pointer_v<A> == std::is_pointer_v<B> &&
         std::is_floating_point_v<A> == std::is_floating_point_v<B>;
}
template <typename... As, typename... Bs>
constexpr bool calledAlike(cuda::Code (*)(As...), CUresult (*)(Bs...)) {
  if constexpr (sizeof...(As) == sizeof...(Bs))
    return (passedAlike<As, Bs>() && ...);
  return false;
}
#define EXPECT_CALLED_ALIKE(MEMBER, FUNCTION)                                  \
  static_assert(                                                               \
      calledAlike(decltype(cuda::Driver::MEMBER)(), decltype (&FUNCTION)()))

EXPECT_CALLED_ALIKE(init, cuInit);
EXPECT_CALLED_ALIKE(driverGetVersion, cuDriverGetVersion);
EXPECT_CALLED_ALIKE(getErrorName, cuGetErrorName);
EXPECT_CALLED_ALIKE(getErrorString, cuGetErrorString);
EXPECT_CALLED_ALIKE(deviceGetCount, cuDeviceGetCount);
EXPECT_CALLED_ALIKE(deviceGet, cuDeviceGet);
EXPECT_CALLED_ALIKE(deviceGetName, cuDeviceGetName);
EXPECT_CALLED_ALIKE(deviceGetAttribute, cuDeviceGetAttribute);
EXPECT_CALLED_ALIKE(deviceTotalMem, cuDeviceTotalMem);
EXPECT_CALLED_ALIKE(primaryCtxRetain, cuDevicePrimaryCtxRetain);
EXPECT_CALLED_ALIKE(primaryCtxRelease, cuDevicePrimaryCtxRelease);
EXPECT_CALLED_ALIKE(ctxPushCurrent, cuCtxPushCurrent);
EXPECT_CALLED_ALIKE(ctxPopCurrent, cuCtxPopCurrent);
EXPECT_CALLED_ALIKE(memGetInfo, cuMemGetInfo);
EXPECT_CALLED_ALIKE(memAlloc, cuMemAlloc);
EXPECT_CALLED_ALIKE(memFree, cuMemFree);
EXPECT_CALLED_ALIKE(memcpyHtoDAsync, cuMemcpyHtoDAsync);
EXPECT_CALLED_ALIKE(memcpyDtoHAsync, cuMemcpyDtoHAsync);
EXPECT_CALLED_ALIKE(memsetD8Async, cuMemsetD8Async);
EXPECT_CALLED_ALIKE(streamCreate, cuStreamCreate);
EXPECT_CALLED_ALIKE(streamDestroy, cuStreamDestroy);
EXPECT_CALLED_ALIKE(streamSynchronize, cuStreamSynchronize);
EXPECT_CALLED_ALIKE(streamBeginCapture, cuStreamBeginCapture);
EXPECT_CALLED_ALIKE(streamEndCapture, cuStreamEndCapture);
EXPECT_CALLED_ALIKE(graphInstantiate, cuGraphInstantiateWithFlags);
EXPECT_CALLED_ALIKE(graphLaunch, cuGraphLaunch);
EXPECT_CALLED_ALIKE(graphExecDestroy, cuGraphExecDestroy);
EXPECT_CALLED_ALIKE(graphDestroy, cuGraphDestroy);
EXPECT_CALLED_ALIKE(eventCreate, cuEventCreate);
EXPECT_CALLED_ALIKE(eventRecord, cuEventRecord);
EXPECT_CALLED_ALIKE(eventSynchronize, cuEventSynchronize);
EXPECT_CALLED_ALIKE(eventElapsedTime, cuEventElapsedTime);
EXPECT_CALLED_ALIKE(eventDestroy, cuEventDestroy);
EXPECT_CALLED_ALIKE(moduleLoadDataEx, cuModuleLoadDataEx);
EXPECT_CALLED_ALIKE(moduleUnload, cuModuleUnload);
EXPECT_CALLED_ALIKE(moduleGetFunction, cuModuleGetFunction);
EXPECT_CALLED_ALIKE(funcGetAttribute, cuFuncGetAttribute);
EXPECT_CALLED_ALIKE(funcSetAttribute, cuFuncSetAttribute);
EXPECT_CALLED_ALIKE(launchKernel, cuLaunchKernel);
EXPECT_CALLED_ALIKE(launchKernelEx, cuLaunchKernelEx);

static_assert(sizeof(cuda::LaunchAttribute) == sizeof(CUlaunchAttribute));
static_assert(offsetof(cuda::LaunchAttribute, value) ==
              offsetof(CUlaunchAttribute, value));
static_assert(sizeof(cuda::LaunchConfig) == sizeof(CUlaunchConfig));
static_assert(offsetof(cuda::LaunchConfig, block) ==
              offsetof(CUlaunchConfig, blockDimX));
static_assert(offsetof(cuda::LaunchConfig, sharedBytes) ==
              offsetof(CUlaunchConfig, sharedMemBytes));
static_assert(offsetof(cuda::LaunchConfig, stream) ==
              offsetof(CUlaunchConfig, hStream));
static_assert(offsetof(cuda::LaunchConfig, attributes) ==
              offsetof(CUlaunchConfig, attrs));
static_assert(offsetof(cuda::LaunchConfig, numAttributes) ==
              offsetof(CUlaunchConfig, numAttrs));
#if CUDA_VERSION >= 12040
EXPECT_CALLED_ALIKE(funcGetParamInfo, cuFuncGetParamInfo);
#endif

TEST(CudaHeaderTest, codes) {
  EXPECT_EQ(cuda::Success, int(CUDA_SUCCESS));
  EXPECT_EQ(cuda::InvalidValue, int(CUDA_ERROR_INVALID_VALUE));
  EXPECT_EQ(cuda::OutOfMemory, int(CUDA_ERROR_OUT_OF_MEMORY));
  EXPECT_EQ(cuda::StubLibrary, int(CUDA_ERROR_STUB_LIBRARY));
  EXPECT_EQ(cuda::NoDevice, int(CUDA_ERROR_NO_DEVICE));
  EXPECT_EQ(cuda::InvalidImage, int(CUDA_ERROR_INVALID_IMAGE));
  EXPECT_EQ(cuda::NoBinaryForGPU, int(CUDA_ERROR_NO_BINARY_FOR_GPU));
  EXPECT_EQ(cuda::InvalidPTX, int(CUDA_ERROR_INVALID_PTX));
  EXPECT_EQ(cuda::JITCompilerNotFound, int(CUDA_ERROR_JIT_COMPILER_NOT_FOUND));
  EXPECT_EQ(cuda::UnsupportedPTXVersion,
            int(CUDA_ERROR_UNSUPPORTED_PTX_VERSION));
  EXPECT_EQ(cuda::NotFound, int(CUDA_ERROR_NOT_FOUND));
  EXPECT_EQ(cuda::IllegalAddress, int(CUDA_ERROR_ILLEGAL_ADDRESS));
  EXPECT_EQ(cuda::LaunchOutOfResources,
            int(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES));
  EXPECT_EQ(cuda::LaunchTimeout, int(CUDA_ERROR_LAUNCH_TIMEOUT));
  EXPECT_EQ(cuda::KernelAssert, int(CUDA_ERROR_ASSERT));
  EXPECT_EQ(cuda::HardwareStackError, int(CUDA_ERROR_HARDWARE_STACK_ERROR));
  EXPECT_EQ(cuda::IllegalInstruction, int(CUDA_ERROR_ILLEGAL_INSTRUCTION));
  EXPECT_EQ(cuda::MisalignedAddress, int(CUDA_ERROR_MISALIGNED_ADDRESS));
  EXPECT_EQ(cuda::InvalidAddressSpace, int(CUDA_ERROR_INVALID_ADDRESS_SPACE));
  EXPECT_EQ(cuda::InvalidProgramCounter, int(CUDA_ERROR_INVALID_PC));
  EXPECT_EQ(cuda::LaunchFailed, int(CUDA_ERROR_LAUNCH_FAILED));
  EXPECT_EQ(cuda::SystemDriverMismatch, int(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH));
  EXPECT_EQ(cuda::CompatNotSupported,
            int(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE));
  EXPECT_EQ(cuda::Unknown, int(CUDA_ERROR_UNKNOWN));
}

TEST(CudaHeaderTest, attributes) {
  EXPECT_EQ(cuda::MaxThreadsPerBlock,
            int(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
  EXPECT_EQ(cuda::MaxGridDimX, int(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X));
  EXPECT_EQ(cuda::MaxGridDimY, int(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y));
  EXPECT_EQ(cuda::MaxGridDimZ, int(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z));
  EXPECT_EQ(cuda::MaxSharedMemoryPerBlock,
            int(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK));
  EXPECT_EQ(cuda::MultiprocessorCount,
            int(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
  EXPECT_EQ(cuda::MemoryClockRate, int(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE));
  EXPECT_EQ(cuda::GlobalMemoryBusWidth,
            int(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH));
  EXPECT_EQ(cuda::ComputeCapabilityMajor,
            int(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
  EXPECT_EQ(cuda::ComputeCapabilityMinor,
            int(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
  EXPECT_EQ(cuda::MaxSharedMemoryPerBlockOptin,
            int(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN));
  EXPECT_EQ(cuda::FunctionMaxThreadsPerBlock,
            int(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
  EXPECT_EQ(cuda::FunctionSharedSizeBytes,
            int(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES));
  EXPECT_EQ(cuda::FunctionMaxDynamicSharedSizeBytes,
            int(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES));
  EXPECT_EQ(cuda::FunctionPreferredSharedMemoryCarveout,
            int(CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT));
  EXPECT_EQ(cuda::ErrorLogBuffer, int(CU_JIT_ERROR_LOG_BUFFER));
  EXPECT_EQ(cuda::ErrorLogBufferSizeBytes,
            int(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES));
  EXPECT_EQ(cuda::streamNonBlocking, unsigned(CU_STREAM_NON_BLOCKING));
  EXPECT_EQ(cuda::eventDefault, unsigned(CU_EVENT_DEFAULT));
  EXPECT_EQ(cuda::captureModeThreadLocal,
            int(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  EXPECT_EQ(cuda::programmaticStreamSerialization,
            int(CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION));
}

#else

TEST(CudaHeaderTest, codes) { GTEST_SKIP() << "no <cuda.h> on this machine"; }

#endif
