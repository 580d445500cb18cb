//===- FusionCosts.h - What a fusion costs and saves ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FUSIONCOSTS_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FUSIONCOSTS_H

#include "Formation.h"
#include "PlanReads.h"

#include "pigeon/Analysis/CostModel.h"

namespace pigeon {

/// Several kernels, and what they become together.
struct FusionCosts {
  Cost separate, fused;

  bool saves() const { return fused.seconds < separate.seconds; }
  /// "1 kernel, ... instead of 2 kernels, ...".
  std::string describe() const;
};

/// The aggregate of plan `index` on the way into the products that read it,
/// which are one kernel. Each tile of at most `tileColumns` columns aggregates
/// anew.
FusionCosts costOfFusedRows(const Formation &formation, unsigned index,
                            rgnn::AggregateOp aggregate,
                            llvm::ArrayRef<rgnn::LinearOp> products,
                            int64_t tileColumns);

/// The aggregate of plan `index` on the way into the sum with a product; each
/// block aggregates its own columns.
FusionCosts costOfFusedTerms(const Formation &formation, unsigned index,
                             rgnn::AggregateOp aggregate,
                             rgnn::LinearOp linear);

/// The reductions of the plans, over one set of entries, as one traversal.
/// Every result counts as stored, though another plan may be its only reader.
FusionCosts costOfMergedTraversals(const Formation &formation,
                                   llvm::ArrayRef<unsigned> plans,
                                   llvm::ArrayRef<PlanReads> reads);

/// A product and the sum of its rows, each as a kernel (that of plan `product`,
/// and that of plan `index`, which may have a product of its own), and as one
/// whose blocks own the sums. For the one, what is known of the graph does not
/// say how many places of a tile stay empty; it is estimated.
FusionCosts costOfOwners(const Formation &formation, unsigned product,
                         unsigned index);

/// The products of the plans, of the same rows, as one kernel.
FusionCosts costOfMergedProducts(const Formation &formation,
                                 llvm::ArrayRef<unsigned> plans,
                                 llvm::ArrayRef<PlanReads> reads);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FUSIONCOSTS_H
