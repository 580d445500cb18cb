//===- EmulatedDevice.h - A device without a GPU ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The emulated device runs kernels in the nvvm and llvm dialects on the CPU and
// checks what they do: every access (address, size, alignment, space, right to
// write), every read of shared memory that nobody wrote, every race between two
// threads of a block, every barrier and warp operation that not all threads
// reach. What it finds is an error of `launch`, one sentence with the kernel,
// the block, the thread, the place in the code and the array. The device stays
// usable after it. docs/emulated-device.md says what is checked and what cannot
// be seen.
//
// A launch runs to its end before `launch` returns. A device is used by one
// host thread at a time.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_EMULATED_EMULATEDDEVICE_H
#define PIGEON_TARGET_EMULATED_EMULATEDDEVICE_H

#include "pigeon/Runtime/Device.h"

#include <cstdint>
#include <memory>

namespace pigeon::emulated {

struct EmulatorOptions {
  /// Orders the blocks of a grid and the threads of a block: 0 starts them in
  /// ascending order, any other number in a pseudo-random order of its own. The
  /// results of a correct kernel are the same for all.
  std::uint64_t seed = 0;
  /// OS threads that run blocks; 0 takes the machine's cores up to 16. At
  /// most 256.
  unsigned threads = 0;
  /// What two blocks of a launch, or two threads of a block between two
  /// barriers, do to one byte of global memory is an error if both write it, or
  /// if one reads it after the other wrote it.
  bool checkGlobalRaces = true;
};

std::unique_ptr<runtime::Device>
createEmulatedDevice(const EmulatorOptions &options = {});

} // namespace pigeon::emulated

#endif // PIGEON_TARGET_EMULATED_EMULATEDDEVICE_H
