//===- KernelGroups.h - Which kernels become one -------------- -*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels that are merged form a group. What reads what must stay a graph
// without cycles when each group is one node: of the chain a -> b -> c, a and c
// cannot be one kernel, for b would run before and after it.
//
// Example: 0 -> 2, 1 -> 3 (kernel 2 reads 0, kernel 3 reads 1). Each two of 0,
// 1 or 2, 3 or 0, 3 may be merged; with 0 and 3 in one group 1 and 2 may not.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_KERNELGROUPS_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_KERNELGROUPS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace pigeon {

class KernelGroups {
public:
  using Kernels = llvm::SmallVector<unsigned, 4>;

  /// One group for each kernel. `inputs` has the kernels that each reads, all
  /// of them before it.
  explicit KernelGroups(std::vector<Kernels> inputs);

  /// The members of the group of a kernel, in order.
  llvm::ArrayRef<unsigned> membersOf(unsigned kernel) const {
    return groups[groupOf[kernel]];
  }

  /// True if a path leads from the group of `kernel` to one of `ends` or to a
  /// member of its group. A group is a path to its own members.
  bool leadsTo(unsigned kernel, llvm::ArrayRef<unsigned> ends) const;

  /// Adds `kernel`, which has a group of its own and comes after all groups of
  /// more than one, to the group of `other`. No path may lead from that group
  /// to what `kernel` reads but from its own members.
  void join(unsigned kernel, unsigned other);

  /// The groups, each after those that it reads; else as they come.
  std::vector<Kernels> inOrder() const;

private:
  std::vector<Kernels> inputs;
  std::vector<Kernels> groups;
  std::vector<unsigned> groupOf;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_KERNELGROUPS_H
