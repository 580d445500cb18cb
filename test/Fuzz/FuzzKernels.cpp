//===- FuzzKernels.cpp - Kernels as a package holds them ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is the member `kernels.mlir` of a package: what the emulated device
// reads and rewrites for itself. What it does not refuse must be valid.
//
//===----------------------------------------------------------------------===//

#include "FreshContext.h"
#include "Fuzz.h"

#include "../../lib/Target/Emulated/Emulation.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  static pigeon::fuzz::FreshContext contexts(
      pigeon::emulated::registerDeviceDialects);
  std::string text(pigeon::fuzz::viewOf(data, size));
  // Not a text, and refused by the reader of packages.
  if (text.compare(0, 2, "ML") == 0)
    return 0;
  OwningOpRef<ModuleOp> module =
      pigeon::emulated::readDeviceIR(text, "deviceIR", contexts.get());
  if (!module)
    return 0;
  pigeon::emulated::ModuleCode code;
  if (succeeded(pigeon::emulated::convertToEmulated(*module, code)) &&
      failed(verify(*module)))
    __builtin_trap();
  return 0;
}
