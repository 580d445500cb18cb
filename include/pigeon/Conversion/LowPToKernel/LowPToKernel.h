//===- LowPToKernel.h - From products of few bits to kernels ----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_LOWPTOKERNEL_LOWPTOKERNEL_H
#define PIGEON_CONVERSION_LOWPTOKERNEL_LOWPTOKERNEL_H

#include "mlir/Pass/Pass.h"

namespace pigeon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "pigeon/Conversion/LowPToKernel/Passes.h.inc"

} // namespace pigeon

#endif // PIGEON_CONVERSION_LOWPTOKERNEL_LOWPTOKERNEL_H
