//===- Shuffles.h - Registers of other lanes ------------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_SHUFFLES_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_SHUFFLES_H

#include "ThreadCode.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace pigeon::tile {

/// Whether values of this type can be shuffled: those of 8, 16 and 32 bits.
bool canShuffle(mlir::Type type);

/// What the lane that `kind` and `lane` name has of each value; all lanes of
/// the warp take part. Narrow values share words.
Locals shuffleAll(ThreadCode &code, llvm::ArrayRef<mlir::Value> values,
                  mlir::Value lane, mlir::NVVM::ShflKind kind);

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_SHUFFLES_H
