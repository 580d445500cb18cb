//===- Parts.h - Kernels that are compiled side by side ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most of the time from a model to PTX is LLVM's, and LLVM compiles one module
// on one core. Kernels that share nothing are modules of their own here, and
// their texts follow each other below the header that all of them have. Labels
// and registers belong to one kernel in PTX.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_PTX_PARTS_H
#define PIGEON_LIB_TARGET_PTX_PARTS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace pigeon {

/// A module with one kernel.
struct KernelPart {
  mlir::OwningOpRef<mlir::gpu::GPUModuleOp> module;
  /// How many operations the kernel has.
  size_t operations = 0;
};

/// The module's kernels in order, each with the variables that it names. Empty
/// where functions call each other or share a variable, and where there is
/// nothing to divide.
std::vector<KernelPart> divideKernels(mlir::gpu::GPUModuleOp kernels);

/// The text of the module from the texts of its parts, of which there is one,
/// with what ptxas is to know of all of them.
std::string joinTexts(llvm::ArrayRef<std::string> texts);

} // namespace pigeon

#endif // PIGEON_LIB_TARGET_PTX_PARTS_H
