//===- KernelGroups.cpp - Which kernels become one ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelGroups.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

using namespace pigeon;

KernelGroups::KernelGroups(std::vector<Kernels> reads)
    : inputs(std::move(reads)), groupOf(inputs.size()) {
  for (unsigned kernel = 0; kernel < inputs.size(); ++kernel) {
    groups.push_back({kernel});
    groupOf[kernel] = kernel;
  }
}

bool KernelGroups::leadsTo(unsigned kernel,
                           llvm::ArrayRef<unsigned> ends) const {
  std::vector<bool> seen(groups.size(), false);
  llvm::SmallVector<unsigned> pending;
  auto visit = [&](unsigned end) {
    if (!seen[groupOf[end]])
      pending.push_back(groupOf[end]);
    seen[groupOf[end]] = true;
  };
  llvm::for_each(ends, visit);
  while (!pending.empty() && !seen[groupOf[kernel]])
    for (unsigned member : groups[pending.pop_back_val()])
      llvm::for_each(inputs[member], visit);
  return seen[groupOf[kernel]];
}

void KernelGroups::join(unsigned kernel, unsigned other) {
  groups[groupOf[kernel]].clear();
  groupOf[kernel] = groupOf[other];
  groups[groupOf[other]].push_back(kernel);
}

std::vector<KernelGroups::Kernels> KernelGroups::inOrder() const {
  std::vector<std::set<unsigned>> needed(groups.size());
  std::vector<Kernels> readers(groups.size());
  for (unsigned kernel = 0; kernel < inputs.size(); ++kernel)
    for (unsigned input : inputs[kernel]) {
      unsigned from = groupOf[input], to = groupOf[kernel];
      if (from != to && needed[to].insert(from).second)
        readers[from].push_back(to);
    }
  std::set<unsigned> ready;
  for (unsigned group = 0; group < groups.size(); ++group)
    if (!groups[group].empty() && needed[group].empty())
      ready.insert(group);
  std::vector<Kernels> order;
  while (!ready.empty()) {
    unsigned group = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(groups[group]);
    for (unsigned reader : readers[group]) {
      needed[reader].erase(group);
      if (needed[reader].empty())
        ready.insert(reader);
    }
  }
  return order;
}
