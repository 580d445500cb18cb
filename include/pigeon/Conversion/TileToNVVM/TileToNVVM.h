//===- TileToNVVM.h - From tiles to nvvm and llvm -------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way from tile programs to kernels of the nvvm and llvm dialects, in three
// passes: tiles to threads, mathematical functions to device operations,
// scalar code to llvm.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_CONVERSION_TILETONVVM_TILETONVVM_H
#define PIGEON_CONVERSION_TILETONVVM_TILETONVVM_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace mlir {
namespace arith {
class ArithDialect;
} // namespace arith
namespace cf {
class ControlFlowDialect;
} // namespace cf
namespace gpu {
class GPUModuleOp;
} // namespace gpu
namespace LLVM {
class LLVMDialect;
} // namespace LLVM
namespace math {
class MathDialect;
} // namespace math
namespace NVVM {
class NVVMDialect;
} // namespace NVVM
namespace scf {
class SCFDialect;
} // namespace scf
namespace vector {
class VectorDialect;
} // namespace vector
} // namespace mlir

namespace pigeon {

#define GEN_PASS_DECL
#include "pigeon/Conversion/TileToNVVM/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "pigeon/Conversion/TileToNVVM/Passes.h.inc"

} // namespace pigeon

#endif // PIGEON_CONVERSION_TILETONVVM_TILETONVVM_H
