//===- Devices.cpp - The device that a user asks for ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Devices.h"

#include "pigeon/Runtime/CudaDevice.h"
#include "pigeon/Target/Emulated/EmulatedDevice.h"
#include "pigeon/Target/PTX/PTX.h"

using namespace pigeon;
using namespace pigeon::run;

/// "sm_90a" is 90 and specific to it; "sm_86" is 86 and runs on what is newer.
static bool parseTarget(llvm::StringRef name, int &number, bool &isSpecific) {
  if (!name.consume_front("sm_"))
    return false;
  isSpecific = name.consume_back("a");
  return !name.getAsInteger(10, number);
}

Result<std::string> run::chooseTarget(const std::string &capability) {
  int device = 0;
  bool unused = false;
  if (!parseTarget(capability, device, unused))
    return Error("the device has the unknown architecture '" + capability +
                 "'");
  std::string best;
  int bestNumber = 0;
  for (const Architecture &architecture : architectures()) {
    int number = 0;
    bool isSpecific = false;
    parseTarget(architecture.chip, number, isSpecific);
    bool runs = isSpecific ? number == device : number <= device;
    if (runs && number >= bestNumber) {
      best = architecture.chip.str();
      bestNumber = number;
    }
  }
  if (best.empty())
    return Error("the device has the architecture " + capability +
                 ", which is older than all that pigeon compiles for (" +
                 architectures().front().chip.str() + " and newer)");
  return best;
}

static Result<OpenDevice> openGPU() {
  auto device = runtime::createCudaDevice();
  if (!device)
    return device.error();
  auto info = (*device)->info();
  if (!info)
    return info.error();
  auto target = chooseTarget(info->architecture);
  if (!target)
    return target.error();
  return OpenDevice{device.take(), info->name + " (" + info->architecture + ")",
                    *target, /*isGPU=*/true};
}

static OpenDevice openEmulated(std::uint64_t seed, const std::string &reason) {
  emulated::EmulatorOptions options;
  options.seed = seed;
  return {emulated::createEmulatedDevice(options), "emulated device" + reason,
          "sm_90a"};
}

Result<OpenDevice> run::openDevice(DeviceKind kind,
                                   std::uint64_t emulatorSeed) {
  if (kind == DeviceKind::Emulated)
    return openEmulated(emulatorSeed, "");
  if (kind == DeviceKind::GPU)
    return openGPU();
  if (Status status = runtime::probeCuda(); !status)
    return openEmulated(emulatorSeed,
                        " (no GPU: " + status.error().message() + ")");
  return openGPU();
}
