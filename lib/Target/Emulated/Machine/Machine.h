//===- Machine.h - Grids of blocks over OS threads --------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A launch hands the blocks of its grid to a pool of OS threads, each with a
// Block of its own (its fibers, its shared memory and shadow, what its sites
// touched last). Blocks are claimed in one order that the seed decides. After a
// finding no later block is claimed, those before it finish, and the finding of
// the earliest block in that order is the launch's: the same for every run.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_MACHINE_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_MACHINE_H

#include "GlobalMemory.h"
#include "ModuleCode.h"

#include "pigeon/Support/Result.h"

#include <memory>

namespace pigeon::emulated {

struct Launch;

class Machine {
public:
  Machine(unsigned threads, bool checkGlobalRaces);
  ~Machine();

  unsigned threads() const;
  GlobalMemory &memory();
  /// Checks the launch against the kernel and the limits of sm_90, and runs it.
  Status run(Launch launch);
  /// A module is gone; its sites' caches with it.
  void forget(const ModuleCode *module);

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_MACHINE_H
