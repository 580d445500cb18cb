//===- LaunchWaits.h - Kernels that wait for those before them --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// sm_90 may launch a kernel while the one before it still runs (PTX ISA,
// griddepcontrol). Such a kernel gives leave to launch the next one, computes
// what it can from arrays that no kernel writes, and waits.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_PTX_LAUNCHWAITS_H
#define PIGEON_LIB_TARGET_PTX_LAUNCHWAITS_H

namespace llvm {
class Module;
} // namespace llvm

namespace pigeon {

/// Adds both to every kernel. The wait comes before all accesses to global
/// memory but loads from parameters that are `noalias` and `readonly`, and
/// every thread comes to it: a kernel is done only after those before it, so
/// one may rely on all kernels before it, not only on the last.
void addLaunchWaits(llvm::Module &module);

} // namespace pigeon

#endif // PIGEON_LIB_TARGET_PTX_LAUNCHWAITS_H
