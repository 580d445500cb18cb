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

#include "pigeon/Analysis/CostModel.h"

namespace pigeon {

/// An aggregate and a product as two kernels, and as one.
struct FusionCosts {
  Cost separate, fused;

  bool saves() const { return fused.seconds < separate.seconds; }
  /// "1 kernel, ... instead of 2 kernels, ...".
  std::string describe() const;
};

/// The aggregate of plan `index` on the way into a product that reads it. Each
/// tile of at most `tileColumns` columns aggregates anew.
FusionCosts costOfFusedRows(const Formation &formation, unsigned index,
                            rgnn::AggregateOp aggregate, rgnn::LinearOp linear,
                            int64_t tileColumns);

/// The aggregate of plan `index` on the way into the sum with a product; each
/// block aggregates its own columns.
FusionCosts costOfFusedTerms(const Formation &formation, unsigned index,
                             rgnn::AggregateOp aggregate,
                             rgnn::LinearOp linear);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FUSIONCOSTS_H
