//===- Passes.h - Passes of the emulated device -----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_EMULATED_PASSES_H
#define PIGEON_TARGET_EMULATED_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace pigeon::emulated {

#define GEN_PASS_DECL
#include "pigeon/Target/Emulated/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "pigeon/Target/Emulated/Passes.h.inc"

} // namespace pigeon::emulated

#endif // PIGEON_TARGET_EMULATED_PASSES_H
