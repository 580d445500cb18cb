//===- LowerOwners.h - Products whose rows are summed -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_LOWEROWNERS_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_LOWEROWNERS_H

#include "SegmentOperand.h"

namespace pigeon {

/// Writes the tile function and the launch of a product that sums its rows into
/// owners.
void lowerOwners(kernel::GemmOp op, mlir::gpu::GPUModuleOp kernels,
                 llvm::StringRef name, Segments &segments);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_LOWEROWNERS_H
