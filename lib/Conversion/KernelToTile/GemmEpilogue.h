//===- GemmEpilogue.h - What becomes of a product's sums --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMEPILOGUE_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMEPILOGUE_H

#include "BlockProgram.h"

namespace pigeon {

/// True if all that the epilogue does with its first argument, up to where it
/// adds the second, is to add to it: then one may start from the other, and
/// the epilogue adds nothing.
bool addsSecondToFirst(kernel::GemmOp op);

/// Stores the epilogue of a product, from what the region takes in front of the
/// addends (the accumulators of all products, one more sum where there is one)
/// and of the addends at `position`.
void storeGemmResult(kernel::GemmOp op, BlockProgram &program,
                     const BlockProgram::Position &position,
                     mlir::ValueRange sums, unsigned product = 0);

/// What to give for the second argument where the first has it already: adding
/// -0 changes nothing, and folds.
mlir::Value addedAlready(BlockProgram &program, mlir::Value acc);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_GEMMEPILOGUE_H
