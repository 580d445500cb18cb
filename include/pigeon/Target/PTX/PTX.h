//===- PTX.h - Kernels as LLVM IR and PTX text ---------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes a gpu.module of llvm and nvvm operations through LLVM's NVPTX back end,
// in this process. Neither the CUDA Toolkit nor a GPU is needed.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_PTX_PTX_H
#define PIGEON_TARGET_PTX_PTX_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace mlir {
class DialectRegistry;
class ModuleOp;
namespace gpu {
class GPUModuleOp;
} // namespace gpu
} // namespace mlir

namespace pigeon {

/// A device architecture and the oldest PTX version that knows it, so that the
/// text loads with every driver that runs the device.
struct Architecture {
  llvm::StringLiteral chip;
  llvm::StringLiteral ptxFeature;
  /// The bytes of shared memory that one block may have.
  int64_t sharedBytes;
  /// Whether a kernel may be launched before those that it waits for are done
  /// (griddepcontrol, PTX ISA 7.8). Then all kernels wait before they touch
  /// what others write.
  bool overlapsLaunches;
};

/// What Pigeon compiles for, oldest first.
llvm::ArrayRef<Architecture> architectures();

/// The architecture of this name, or null.
const Architecture *findArchitecture(llvm::StringRef chip);

struct PTXOptions {
  /// One of `architectures()`.
  std::string chip = "sm_90a";
  /// LLVM features beside the PTX version, e.g. "+ptx83".
  std::string features;
  /// 0 to 3.
  unsigned optLevel = 3;
};

/// Adds what it takes to translate gpu, llvm and nvvm operations.
void registerPTXTranslations(mlir::DialectRegistry &registry);

/// The kernels as optimized LLVM IR, as text. Problems are reported at
/// `kernels`.
mlir::FailureOr<std::string> emitLLVMIR(mlir::gpu::GPUModuleOp kernels,
                                        const PTXOptions &options = {});

/// The kernels as PTX. Problems are reported at `kernels`.
mlir::FailureOr<std::string> emitPTX(mlir::gpu::GPUModuleOp kernels,
                                     const PTXOptions &options = {});

/// The same for a module that holds one gpu.module.
mlir::FailureOr<std::string> emitLLVMIR(mlir::ModuleOp module,
                                        llvm::StringRef chip);
mlir::FailureOr<std::string> emitPTX(mlir::ModuleOp module,
                                     llvm::StringRef chip);

} // namespace pigeon

#endif // PIGEON_TARGET_PTX_PTX_H
