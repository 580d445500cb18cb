//===- CudaModule.h - Kernels loaded by the CUDA driver ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_RUNTIME_CUDAMODULE_H
#define PIGEON_LIB_RUNTIME_CUDAMODULE_H

#include "CudaState.h"

namespace pigeon::runtime {

/// One kernel, with what a launch is checked against.
struct CudaKernel {
  const std::string *name = nullptr;
  cuda::Function function = nullptr;
  int maxThreadsPerBlock = 0;
  int staticSharedBytes = 0;
  /// The dynamic shared memory that the driver was told to allow.
  std::uint32_t allowedSharedBytes = 0;
  /// Sizes of the first parameters, as many as launches have asked for.
  std::vector<std::uint32_t> parameterBytes;
};

class CudaModule : public Module {
public:
  static Result<std::unique_ptr<Module>> load(std::shared_ptr<CudaState> state,
                                              const CodeImage &image);
  ~CudaModule() override;

  Result<unsigned> kernel(const std::string &name) override;

  /// Kernels that are all small share multiprocessors where they overlap.
  Status expect(const std::vector<LaunchShape> &launches) override;

  /// Enqueues a launch after checking it against the kernel and the device.
  Status launch(unsigned kernel, Dim3 grid, Dim3 block,
                std::uint32_t dynamicSharedBytes,
                const std::vector<KernelArgument> &arguments);

private:
  CudaModule(std::shared_ptr<CudaState> state, cuda::ModuleHandle handle,
             bool waitsForLaunches)
      : state(std::move(state)), handle(handle),
        waitsForLaunches(waitsForLaunches) {}
  Status readAttributes(CudaKernel &kernel);
  Status checkShape(const CudaKernel &kernel, Dim3 grid, Dim3 block) const;
  Status checkArguments(CudaKernel &kernel,
                        const std::vector<KernelArgument> &arguments);
  Status allowSharedMemory(CudaKernel &kernel, std::uint32_t bytes);
  cuda::Code enqueue(const CudaKernel &kernel, Dim3 grid, Dim3 block,
                     std::uint32_t dynamicSharedBytes);

  std::shared_ptr<CudaState> state;
  cuda::ModuleHandle handle;
  /// Of all kernels; see CodeImage.
  bool waitsForLaunches;
  std::vector<CudaKernel> kernels;
  /// Kept between launches, so that a launch allocates nothing.
  std::vector<void *> parameters;
};

} // namespace pigeon::runtime

#endif // PIGEON_LIB_RUNTIME_CUDAMODULE_H
