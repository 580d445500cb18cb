//===- RowCosts.h - What operations on domains cost -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations of rgnn in the words of the cost model. What is not a product or
// an aggregate is taken to be computed where it is read, as kernel formation
// does it by default: its cost is the rows that it reads.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWCOSTS_H
#define PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWCOSTS_H

#include "RowFunctions.h"

#include "pigeon/Analysis/CostModel.h"

namespace pigeon::rgnn {

/// A stored value, and the role that leads to its rows.
struct Leaf {
  mlir::Value value;
  llvm::StringRef role;
};

/// What is read to compute a row of `value`, each leaf once; without data of
/// one row and constants.
llvm::SmallVector<Leaf> getLeaves(mlir::Value value);

class RowCosts {
public:
  explicit RowCosts(mlir::Operation *user, DeviceModel device = makeH100())
      : user(user), device(std::move(device)) {}

  double rows(OnAttr domain) const;
  static double rowBytes(mlir::Value value);

  KernelCost kernel() const { return KernelCost(device); }

  /// Reads what a row of `value` takes, for each of its rows; with a step from
  /// its domain, for each row that the step leads to.
  void addReads(KernelCost &cost, mlir::Value value,
                const Step *step = nullptr) const;

  /// Reads what `reads` rows of `value` take that `path` leads to.
  void addReads(KernelCost &cost, mlir::Value value, llvm::StringRef path,
                double reads) const;

  /// A product as a kernel over its rows, or over those that `step` leads to.
  Cost product(LinearOp op, const Step *step = nullptr) const;
  /// The work of a product of `rows` rows: all but the reads of its input.
  void addProduct(KernelCost &cost, LinearOp op, double rows) const;

  /// The reads of a stored value by `numReaders`: in order, or by a role from
  /// `reads` rows.
  Cost readers(mlir::Value value, unsigned numReaders) const;
  Cost gatheringReaders(mlir::Value value, unsigned numReaders,
                        double tableRows) const;

private:
  void addLeaf(KernelCost &cost, const Leaf &leaf, double reads,
               bool inOrder) const;

  mlir::Operation *user;
  DeviceModel device;
};

/// "kg.edge (620232 rows)".
std::string describeRows(OnAttr domain, double rows);

} // namespace pigeon::rgnn

#endif // PIGEON_LIB_DIALECT_RGNN_TRANSFORMS_ROWCOSTS_H
