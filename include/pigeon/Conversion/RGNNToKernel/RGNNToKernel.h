//===- RGNNToKernel.h - From data on domains to kernels ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_RGNNTOKERNEL_RGNNTOKERNEL_H
#define PIGEON_CONVERSION_RGNNTOKERNEL_RGNNTOKERNEL_H

#include "pigeon/Analysis/RewriteMode.h"

#include "mlir/Pass/Pass.h"

namespace pigeon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pigeon/Conversion/RGNNToKernel/Passes.h.inc"

} // namespace pigeon

#endif // PIGEON_CONVERSION_RGNNTOKERNEL_RGNNTOKERNEL_H
