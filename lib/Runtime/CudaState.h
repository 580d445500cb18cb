//===- CudaState.h - What a CUDA device and its parts share -----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Modules and recordings hold the state too, so a device may go first.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_RUNTIME_CUDASTATE_H
#define PIGEON_LIB_RUNTIME_CUDASTATE_H

#include "pigeon/Runtime/CudaDriver.h"
#include "pigeon/Runtime/Device.h"

#include <set>

namespace pigeon::runtime {

/// What a launch may ask of the device.
struct CudaLimits {
  int threadsPerBlock = 0;
  std::array<int, 3> grid = {};
  /// Shared memory of a block: without asking, and at most.
  int sharedBytes = 0, sharedBytesOptin = 0;
};

struct CudaState {
  std::shared_ptr<const cuda::Driver> driver;
  cuda::DeviceHandle device = 0;
  cuda::Context context = nullptr;
  cuda::Stream stream = nullptr;
  int major = 0, minor = 0, multiprocessors = 0;
  CudaLimits limits;
  /// Names of kernels, which must outlive their modules: an error of a kernel
  /// shows up when the device is next waited for.
  std::set<std::string> kernelNames;
  const std::string *lastKernel = nullptr;
  /// The module of the kernel that the stream was given last; null if it was
  /// given something else since.
  const void *lastModule = nullptr;

  CudaState() = default;
  CudaState(const CudaState &) = delete;
  CudaState &operator=(const CudaState &) = delete;
  ~CudaState();

  /// Retains the primary context of a device and makes a stream on it.
  static Result<std::shared_ptr<CudaState>>
  open(std::shared_ptr<const cuda::Driver> driver, int ordinal);

  /// The error of a call that failed while `doing` something. It may be that
  /// of a kernel that ran before; then it names the last one.
  Error error(cuda::Code code, const std::string &doing) const;
  Status check(cuda::Code code, const char *doing) const {
    if (code == cuda::Success)
      return {};
    return error(code, doing);
  }
};

/// Makes the device's context the current one of this thread, and restores
/// what was there.
class CurrentContext {
public:
  explicit CurrentContext(const CudaState &state)
      : driver(*state.driver), code(driver.ctxPushCurrent(state.context)) {}
  ~CurrentContext() {
    cuda::Context previous = nullptr;
    if (code == cuda::Success)
      driver.ctxPopCurrent(&previous);
  }
  CurrentContext(const CurrentContext &) = delete;
  CurrentContext &operator=(const CurrentContext &) = delete;

private:
  const cuda::Driver &driver;
  cuda::Code code;
};

} // namespace pigeon::runtime

#endif // PIGEON_LIB_RUNTIME_CUDASTATE_H
