//===- Device.h - What the runtime asks of a device -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One interface, two devices: the CUDA driver (CudaDevice.h, opened at run
// time) and the emulated device (Target/Emulated, which needs LLVM). Addresses
// are 64-bit integers that only the device may dereference.
//
// Everything that can fail returns a Status or a Result. `launch` only
// enqueues: it neither allocates nor synchronizes, so that a sequence of
// launches can be recorded once and replayed.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_DEVICE_H
#define PIGEON_RUNTIME_DEVICE_H

#include "pigeon/Support/Result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pigeon::runtime {

using DeviceAddress = std::uint64_t;
using Dim3 = std::array<std::uint32_t, 3>;

/// A kernel argument by value: an address, an integer or a float, as its
/// little-endian bits and its size in bytes (4 or 8).
struct KernelArgument {
  std::uint64_t bits = 0;
  std::uint32_t bytes = 8;

  static KernelArgument address(DeviceAddress value) { return {value, 8}; }
  static KernelArgument i32(std::int32_t value) {
    return {static_cast<std::uint32_t>(value), 4};
  }
  static KernelArgument i64(std::int64_t value) {
    return {static_cast<std::uint64_t>(value), 8};
  }
};

/// The compiled kernels of a program in every form that a device may want.
/// A device takes the first form it can use and ignores the others.
struct CodeImage {
  /// cubin for one architecture, e.g. "sm_90a"; may be empty.
  std::string cubin;
  /// The architecture of `cubin` and `ptx`, e.g. "sm_90a".
  std::string architecture;
  /// PTX text; may be empty.
  std::string ptx;
  /// Whether all kernels of `cubin` and `ptx` wait for those before them
  /// (griddepcontrol.wait), so that they may be launched early.
  bool waitsForLaunches = false;
  /// MLIR text: a module with one gpu.module in the nvvm and llvm dialects, for
  /// the emulated device; may be empty.
  std::string deviceIR;
  /// What errors in `deviceIR` call it, before line and column.
  std::string deviceIRName = "deviceIR";
};

/// A launch without its arguments.
struct LaunchShape {
  unsigned kernel = 0;
  Dim3 grid = {}, block = {};
  std::uint32_t dynamicSharedBytes = 0;
};

/// Kernels loaded on a device. Kernel handles live as long as the module.
class Module {
public:
  virtual ~Module() = default;
  /// An index that `Device::launch` takes, or an error that names the kernel.
  virtual Result<unsigned> kernel(const std::string &name) = 0;
  /// Says what is going to be launched, so that the device can prepare for it;
  /// no result depends on it.
  virtual Status expect(const std::vector<LaunchShape> &) { return {}; }
};

/// Launches recorded between beginRecording and endRecording (a CUDA graph).
class Recording {
public:
  virtual ~Recording() = default;
  virtual Status replay() = 0;
};

/// What a user is told about a device.
struct DeviceInfo {
  std::string name;         // "NVIDIA H100 80GB HBM3", "emulated device"
  std::string architecture; // "sm_90", or "emulated"
  std::uint64_t memoryBytes = 0;
  std::uint64_t freeBytes = 0;
  unsigned multiprocessors = 0;
  /// Peak DRAM bandwidth in bytes per second; 0 where it means nothing.
  double bandwidth = 0;
};

class Device {
public:
  virtual ~Device() = default;

  virtual Result<DeviceInfo> info() = 0;
  /// True where times of kernels are times of hardware.
  virtual bool isHardware() const = 0;

  /// `label` names the array in errors ("buffer 'agg'", "view csr(edge,dst)").
  virtual Result<DeviceAddress> allocate(std::size_t bytes,
                                         const std::string &label) = 0;
  virtual void release(DeviceAddress address) = 0;
  /// Kernels may only read this allocation from now on (checked where the
  /// device can check).
  virtual Status protect(DeviceAddress address) = 0;

  virtual Status copyToDevice(DeviceAddress to, const void *from,
                              std::size_t bytes) = 0;
  virtual Status copyToHost(void *to, DeviceAddress from,
                            std::size_t bytes) = 0;
  virtual Status fill(DeviceAddress to, std::uint8_t value,
                      std::size_t bytes) = 0;

  virtual Result<std::unique_ptr<Module>> load(const CodeImage &image) = 0;
  virtual Status launch(Module &module, unsigned kernel, Dim3 grid, Dim3 block,
                        std::uint32_t dynamicSharedBytes,
                        const std::vector<KernelArgument> &arguments) = 0;
  virtual Status synchronize() = 0;

  /// Records the launches up to endRecording instead of running them.
  virtual Status beginRecording() = 0;
  virtual Result<std::unique_ptr<Recording>> endRecording() = 0;

  /// A point in the order of work, and the milliseconds between two of them.
  virtual Result<std::uint64_t> createTimestamp() = 0;
  virtual Status recordTimestamp(std::uint64_t timestamp) = 0;
  virtual Result<double> elapsedMilliseconds(std::uint64_t from,
                                             std::uint64_t to) = 0;
  virtual void releaseTimestamp(std::uint64_t timestamp) = 0;
};

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_DEVICE_H
