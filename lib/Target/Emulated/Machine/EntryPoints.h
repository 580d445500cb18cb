//===- EntryPoints.h - Functions that compiled kernels call -----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The closed table of what a compiled kernel may call on the machine. Compiled
// code has no unwind tables: nothing here throws, and a call that finds a fault
// does not return.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_ENTRYPOINTS_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_ENTRYPOINTS_H

#include <cstddef>

namespace pigeon::emulated {

struct EntryPoint {
  const char *name;
  void *address;
};

/// All entry points; `count` receives their number.
const EntryPoint *entryPoints(std::size_t &count);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_ENTRYPOINTS_H
