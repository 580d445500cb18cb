//===- Devices.h - The device that a user asks for --------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_DEVICES_H
#define PIGEON_TOOLS_PIGEON_RUN_DEVICES_H

#include "pigeon/Runtime/Device.h"

namespace pigeon::run {

enum class DeviceKind { Auto, GPU, Emulated, Reference };

struct OpenDevice {
  std::unique_ptr<runtime::Device> device;
  /// What the user is told: its name, and why it is not the GPU.
  std::string description;
  /// The target to compile for, e.g. "sm_90a".
  std::string target;
  bool isGPU = false;
};

/// Opens the GPU or the emulated device. Auto takes the GPU where there is one,
/// else the emulated device.
Result<OpenDevice> openDevice(DeviceKind kind, std::uint64_t emulatorSeed);

/// The best target of this build that runs on a device of capability "sm_90".
Result<std::string> chooseTarget(const std::string &capability);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_DEVICES_H
