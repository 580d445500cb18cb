//===- Passes.h - Passes that write PTX -------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_PTX_PASSES_H
#define PIGEON_TARGET_PTX_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace pigeon {

#define GEN_PASS_DECL
#include "pigeon/Target/PTX/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "pigeon/Target/PTX/Passes.h.inc"

} // namespace pigeon

#endif // PIGEON_TARGET_PTX_PASSES_H
