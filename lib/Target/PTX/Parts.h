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
// their texts are put together as LLVM would have written one module of them:
//
//     //                                  one header
//     .version 8.0 ...
//         // .globl  a                    the first kernel's mark,
//     // shared_of_a has been demoted     the variables of all kernels,
//     // shared_of_b has been demoted
//                                         an empty line,
//     .visible .entry a( ... }            and the kernels,
//         // .globl  b                    the others with their marks
//     .visible .entry b( ... }
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

/// The text of the module from the texts of its parts.
std::string joinTexts(llvm::ArrayRef<std::string> texts);

} // namespace pigeon

#endif // PIGEON_LIB_TARGET_PTX_PARTS_H
