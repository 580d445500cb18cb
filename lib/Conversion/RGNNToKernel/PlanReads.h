//===- PlanReads.h - What a kernel reads ---------------------- -*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PLANREADS_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PLANREADS_H

#include "Expression.h"
#include "KernelGroups.h"

namespace pigeon {

/// The stored values that a kernel reads.
struct PlanReads {
  /// For the messages of a traversal, by roles of its entries, or for the rows,
  /// weights and terms of a product.
  llvm::SmallVector<Read> entries;
  /// For its epilogue, by roles of its rows.
  llvm::SmallVector<Read> rows;
};

/// Of each plan, in order.
std::vector<PlanReads> findReads(const Formation &formation);

/// True if the read is one that an epilogue finds in registers when `plans` are
/// in its kernel.
bool isOwnRow(const Formation &formation, Read read,
              llvm::ArrayRef<unsigned> plans);

/// The plans that store what the reads read.
KernelGroups::Kernels producersOf(const Formation &formation,
                                  llvm::ArrayRef<Read> reads);

/// The plans that store what a plan reads.
KernelGroups::Kernels inputsOf(const Formation &formation,
                               const PlanReads &reads);

/// The plans before any are merged.
KernelGroups groupsOf(const Formation &formation,
                      llvm::ArrayRef<PlanReads> reads);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PLANREADS_H
