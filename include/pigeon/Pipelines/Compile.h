//===- Compile.h - A model as text, device code, a package ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_COMPILE_H
#define PIGEON_PIPELINES_COMPILE_H

#include "pigeon/Pipelines/Pipelines.h"
#include "pigeon/Runtime/Package.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace pigeon {

struct CompileOptions {
  /// The architecture, e.g. "sm_90a".
  std::string target = "sm_90a";
  /// The function to compile; empty: the only one.
  std::string entry;
  /// Which code is made: PTX is for GPUs, device IR for the emulated device.
  bool ptx = true;
  bool deviceIR = true;
};

/// Removes every function but `entry`. Fails if there is no such function, if
/// the name is empty and there are several with a body, or if it calls others.
mlir::LogicalResult selectEntry(mlir::ModuleOp module, llvm::StringRef entry);

/// Takes a model to `level` in place.
mlir::LogicalResult lowerModel(mlir::ModuleOp module, Level level,
                               const LoweringOptions &options);

/// The module's kernels; null above the tile level.
mlir::gpu::GPUModuleOp getKernels(mlir::ModuleOp module);

/// A verified module as text that says all of it but locations, the same
/// wherever it was written and whatever this process asks of MLIR's printer. In
/// the generic form: custom forms of upstream ops add defaults when read.
std::string serializeModule(mlir::ModuleOp module);

/// Takes a model to a package: the model itself, its program, and its kernels
/// as PTX and for the emulated device. The module is at the nvvm level when
/// this returns.
mlir::FailureOr<runtime::Package> compileModel(mlir::ModuleOp module,
                                               const CompileOptions &options,
                                               const LoweringOptions &lowering);

} // namespace pigeon

#endif // PIGEON_PIPELINES_COMPILE_H
