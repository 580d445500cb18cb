//===- RowFunctions.h - Work on rows, moved to other rows -------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A *row function* computes each row of its result from the rows of its
// operands with the same number. It commutes with gathers: if all that it reads
// on a domain is reached through one role of the domain, it can be computed on
// that role's image. For edges, everything that is reached by
//
//   src            is reached by  src_pair, then node
//   rel            is reached by  src_pair, then rel
//
// so a function of gather(h, src) with the key rel is a function of the rows of
// src_pair. A role that is left over after a *step* is a quotient: src divided
// by the step src_pair is node.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWFUNCTIONS_H
#define PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWFUNCTIONS_H

#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/IR/Builders.h"

#include <optional>

namespace pigeon::rgnn {

/// Elementwise operations of upstream, and `rgnn.scale`, with one result.
bool isRowWise(mlir::Operation *op);
/// The same, and every other operation that works row by row: products by keys
/// and operations on trailing dimensions.
bool isRowFunction(mlir::Operation *op);

/// One role of a domain.
struct Step {
  OnAttr from;
  llvm::StringRef role;
  OnAttr to;
  /// The roles of the domain it leads to.
  llvm::SmallVector<llvm::StringRef> next;

  /// The role of `to` that follows this step to make `whole`, a role of `from`.
  /// Nothing if there is none: `whole` tells rows apart that the step does not.
  std::optional<llvm::StringRef> divide(llvm::StringRef whole) const;
};

/// Every step from a domain but to itself and to one row, in the order of its
/// roles.
llvm::SmallVector<Step> getSteps(mlir::Operation *user, OnAttr domain);

/// Operations on `step.from` that can be computed on `step.to` instead.
class RowMover {
public:
  explicit RowMover(const Step &step) : step(step) {}

  /// True if `op` can. It takes row-wise work along that it reads, but no other
  /// product.
  bool canMove(mlir::Operation *op);

  /// Writes the operation, and the work that it reads, on `step.to` in front of
  /// `op`, and returns the result. canMove must have been true.
  mlir::Value move(mlir::Operation *op);

private:
  bool canRead(mlir::Value operand);

  const Step &step;
  /// What must be written on the other domain, each after what it reads.
  llvm::SetVector<mlir::Operation *> moved;
};

/// Removes an operation that nobody reads, and what only it has read.
void eraseDead(mlir::Operation *op);

} // namespace pigeon::rgnn

#endif // PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWFUNCTIONS_H
