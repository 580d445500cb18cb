//===- CompileKernels.h - From device IR to code in this process *- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_COMPILEKERNELS_H
#define PIGEON_LIB_TARGET_EMULATED_COMPILEKERNELS_H

#include "Machine/ModuleCode.h"

#include "pigeon/Support/Result.h"

#include <memory>
#include <string>

namespace pigeon::emulated {

/// Kernels that are ready to run; the code lives as long as this object.
class CompiledKernels {
public:
  /// `deviceIR` is MLIR text, which errors call `name`; see CodeImage.
  static Result<std::unique_ptr<CompiledKernels>>
  compile(const std::string &deviceIR, const std::string &name);
  ~CompiledKernels();

  const ModuleCode &code() const;

private:
  struct Impl;
  explicit CompiledKernels(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_COMPILEKERNELS_H
