//===- SetPrecision.cpp - How products of f32 data are computed -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Passes.h"

namespace pigeon::kernel {
#define GEN_PASS_DEF_KERNELSETPRECISIONPASS
#include "pigeon/Dialect/Kernel/Transforms/Passes.h.inc"
} // namespace pigeon::kernel

using namespace mlir;
using namespace pigeon::kernel;

namespace {
struct SetPrecision
    : pigeon::kernel::impl::KernelSetPrecisionPassBase<SetPrecision> {
  using KernelSetPrecisionPassBase::KernelSetPrecisionPassBase;

  void runOnOperation() override {
    for (auto gemm : getOperation().getBody().getOps<GemmOp>())
      gemm.setPrecision(precision);
  }
};
} // namespace
