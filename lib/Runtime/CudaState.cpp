//===- CudaState.cpp - What a CUDA device and its parts share -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaState.h"

using namespace pigeon;
using namespace pigeon::runtime;
using cuda::Code;

CudaState::~CudaState() {
  if (!context)
    return;
  {
    CurrentContext current(*this);
    if (stream) {
      driver->streamSynchronize(stream);
      driver->streamDestroy(stream);
    }
  }
  driver->primaryCtxRelease(device);
}

/// Errors that a kernel left behind: every later call of the process reports
/// them again.
static bool isOfKernel(Code code) {
  switch (code) {
  case cuda::IllegalAddress:
  case cuda::LaunchTimeout:
  case cuda::KernelAssert:
  case cuda::HardwareStackError:
  case cuda::IllegalInstruction:
  case cuda::MisalignedAddress:
  case cuda::InvalidAddressSpace:
  case cuda::InvalidProgramCounter:
  case cuda::LaunchFailed:
    return true;
  default:
    return false;
  }
}

Error CudaState::error(Code code, const std::string &doing) const {
  Error error = driver->error(code, doing);
  if (!isOfKernel(code))
    return error;
  return Error(
      error.message() + "; a kernel failed" +
      (lastKernel ? ", the last one launched is '" + *lastKernel + "'" : "") +
      ", and the device is of no use to this process any more");
}

/// Reads what launches are checked against and prepared by.
static Status readLimits(CudaState &state) {
  struct {
    int attribute;
    int *value;
  } wanted[] = {
      {cuda::ComputeCapabilityMajor, &state.major},
      {cuda::ComputeCapabilityMinor, &state.minor},
      {cuda::MaxThreadsPerBlock, &state.limits.threadsPerBlock},
      {cuda::MaxGridDimX, &state.limits.grid[0]},
      {cuda::MaxGridDimY, &state.limits.grid[1]},
      {cuda::MaxGridDimZ, &state.limits.grid[2]},
      {cuda::MaxSharedMemoryPerBlock, &state.limits.sharedBytes},
      {cuda::MaxSharedMemoryPerBlockOptin, &state.limits.sharedBytesOptin},
      {cuda::MultiprocessorCount, &state.multiprocessors},
  };
  for (auto &[attribute, value] : wanted)
    if (Code code =
            state.driver->deviceGetAttribute(value, attribute, state.device))
      return state.error(code, "cannot read attribute " +
                                   std::to_string(attribute) +
                                   " of the CUDA device");
  return {};
}

Result<std::shared_ptr<CudaState>>
CudaState::open(std::shared_ptr<const cuda::Driver> driver, int ordinal) {
  auto state = std::make_shared<CudaState>();
  state->driver = std::move(driver);
  const cuda::Driver &cuda = *state->driver;
  const std::string what = "CUDA device " + std::to_string(ordinal);
  int count = 0;
  if (Code code = cuda.deviceGetCount(&count))
    return state->error(code, "cannot count the CUDA devices");
  if (ordinal < 0 || ordinal >= count)
    return Error("there is no " + what + ", this machine shows " +
                 std::to_string(count) + ", numbered from 0");
  if (Code code = cuda.deviceGet(&state->device, ordinal))
    return state->error(code, "cannot open " + what);
  if (Status status = readLimits(*state); !status)
    return status.error();
  if (Code code = cuda.primaryCtxRetain(&state->context, state->device)) {
    state->context = nullptr;
    return state->error(code, "cannot use " + what);
  }
  CurrentContext current(*state);
  if (Code code = cuda.streamCreate(&state->stream, cuda::streamNonBlocking)) {
    state->stream = nullptr;
    return state->error(code, "cannot create a stream on " + what);
  }
  return state;
}
