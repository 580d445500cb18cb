//===- Passes.h - Passes of the rgnn dialect --------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_H
#define PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_H

#include "pigeon/Analysis/RewriteMode.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/Pass/Pass.h"

namespace pigeon::rgnn {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pigeon/Dialect/RGNN/Transforms/Passes.h.inc"

} // namespace pigeon::rgnn

#endif // PIGEON_DIALECT_RGNN_TRANSFORMS_PASSES_H
