//===- Expression.h - A value as a computation on one element ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An expression is what a kernel computes for one element of a row: scalar
// operations on elements of stored values, its leaves. It is read off the
// operations of the function from a root upwards, and ends at stored values,
// constants, and values that the kernel has in registers already.
//
// Scalars have the compute type of their element type (kernel::getComputeType):
// what the model says on bf16 is done in f32, and a cast between bf16 and f32
// is nothing.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EXPRESSION_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EXPRESSION_H

#include "Formation.h"

#include "mlir/IR/Builders.h"

namespace pigeon {

/// What kernels compute the value's elements in.
mlir::Type computeTypeOf(mlir::Value value);

/// A value, and the role of the kernel's rows that reads it.
struct Read {
  mlir::Value value;
  llvm::StringRef role;
};

class Expression {
public:
  /// The computation of `roots` for a row of `domain` in the kernel of plan
  /// `index`, from what earlier kernels stored. `inRegisters` are values that
  /// it may use as they are. What several roots need is read and computed once.
  Expression(const Formation &formation, unsigned index, mlir::ValueRange roots,
             rgnn::OnAttr domain, mlir::ValueRange inRegisters = {});

  /// The stored values that it reads.
  llvm::ArrayRef<Read> getLeaves() const { return leaves; }

  /// True if it is one value, read with no change of its elements but in their
  /// type.
  bool isAccess() const;

  /// Builds it at the builder's position, from one scalar per leaf and one per
  /// value in registers; one scalar for each root. Fails where it needs a
  /// scalar that is no constant.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  build(mlir::OpBuilder &builder, mlir::ValueRange leafScalars,
        mlir::ValueRange registerScalars) const;

private:
  struct Builder;
  void collect();
  /// What `op`, read by `role`, is computed from.
  llvm::SmallVector<Read, 3> operandsOf(mlir::Operation *op,
                                        llvm::StringRef role) const;

  const Formation &formation;
  unsigned index;
  llvm::SmallVector<mlir::Value> roots;
  rgnn::OnAttr domain;
  llvm::SmallVector<mlir::Value> registers;
  llvm::SmallVector<Read> leaves;
  /// What is computed, each after what it is computed from.
  llvm::SmallVector<Read> steps;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_EXPRESSION_H
