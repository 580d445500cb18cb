//===- ReductionPatterns.h - Simpler forms of a failing module --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's reducer can leave out ranges of operations that nobody needs. A model is
// a chain in which everybody is needed, so it also wants to know what may stand
// in for an operation:
//
//   an operand of the same type       %2 = arith.addf %0, %1    becomes  %0
//   zeros                             %2 = tile.load ...        becomes  0.0
//   a new argument of the function    %2 = rgnn.linear %0, %1   becomes  %arg5
//
// Results and arguments of functions that nobody needs any more go as well.
// Each change is tried on a copy first, so that one bad change does not spoil
// others.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_REDUCE_REDUCTIONPATTERNS_H
#define PIGEON_TOOLS_PIGEON_REDUCE_REDUCTIONPATTERNS_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace pigeon {

/// Gives the reduction-tree pass the changes above, for operations of every
/// dialect.
void registerReductionPatterns(mlir::DialectRegistry &registry);

} // namespace pigeon

#endif // PIGEON_TOOLS_PIGEON_REDUCE_REDUCTIONPATTERNS_H
