//===- Templates.h - The two templates as tile functions --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_TEMPLATES_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_TEMPLATES_H

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace pigeon {

/// Replaces the op by launches of functions in `kernels`, called `name` and,
/// for the combination of pieces, `name`_combine.
mlir::LogicalResult lowerGemm(kernel::GemmOp op, mlir::gpu::GPUModuleOp kernels,
                              llvm::StringRef name);
mlir::LogicalResult lowerTraverse(kernel::TraverseOp op,
                                  mlir::gpu::GPUModuleOp kernels,
                                  llvm::StringRef name);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_TEMPLATES_H
