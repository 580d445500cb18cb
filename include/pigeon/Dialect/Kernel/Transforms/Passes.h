//===- Passes.h - Passes of the kernel dialect ------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_H
#define PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_H

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Pass/Pass.h"

namespace pigeon::kernel {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pigeon/Dialect/Kernel/Transforms/Passes.h.inc"

} // namespace pigeon::kernel

#endif // PIGEON_DIALECT_KERNEL_TRANSFORMS_PASSES_H
