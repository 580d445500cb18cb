//===- CudaDevice.h - A device behind the CUDA driver -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The device lives on the GPU's primary context, which it shares with other
// libraries of the process, and on one stream of its own, in which everything
// is ordered. A device, its modules and recordings are used by one thread at
// a time; different devices are independent.
//
// Which code runs where (`chooseCode`), for a device of capability M.m:
//
//   compiled for   cubin runs on     PTX runs on
//   sm_80          8.0 to 8.9        8.0 and everything newer
//   sm_90a         9.0               9.0
//   sm_100f        10.0 to 10.9      10.0 to 10.9
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_CUDADEVICE_H
#define PIGEON_RUNTIME_CUDADEVICE_H

#include "pigeon/Runtime/CudaDriver.h"
#include "pigeon/Runtime/Device.h"

namespace pigeon::runtime {

/// The CUDA device of this number, counted from 0 as CUDA_VISIBLE_DEVICES
/// shows them.
Result<std::unique_ptr<Device>> createCudaDevice(int ordinal = 0);

/// The same on a driver that is already open.
Result<std::unique_ptr<Device>>
createCudaDevice(std::shared_ptr<const cuda::Driver> driver, int ordinal = 0);

/// Success where createCudaDevice can be expected to work; otherwise the
/// reason. Creates no context.
Status probeCuda();

/// The form of a code image that a device can load.
enum class CodeForm { Cubin, PTX };

/// Prefers the cubin. Errors: no code at all, or code for another
/// architecture.
Result<CodeForm> chooseCode(const CodeImage &image, int major, int minor);

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_CUDADEVICE_H
