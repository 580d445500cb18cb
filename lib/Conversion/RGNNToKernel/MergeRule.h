//===- MergeRule.h - When kernels of one kind become one --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What differs between the kinds; how a plan joins a group of others is in
// MergeKernels.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_MERGERULE_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_MERGERULE_H

#include "FusionCosts.h"

#include <functional>
#include <string>

namespace pigeon {

/// How one plan may join a group of plans before it.
struct MergeRule {
  using Plans = llvm::ArrayRef<unsigned>;

  /// In remarks: what it shares, with which other plan.
  std::string kernel, other;
  /// Whether it is like the members of a group, and there is room.
  std::function<bool(Plans members)> canJoin;
  /// Why the plans do not fit one kernel all the same; nothing if they do.
  std::function<std::string(Plans together)> whyNot;
  /// What it reads that no kernel with these members can have.
  std::function<llvm::SmallVector<Read>(Plans members)> needs;
  std::function<FusionCosts(Plans together)> costs;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_MERGERULE_H
