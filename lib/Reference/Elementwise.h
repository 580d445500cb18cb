//===- Elementwise.h - Scalar functions with magnitudes ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The elementwise operations of `arith` and `math`, in float64, each with the
// rule of its magnitude (see pigeon/Reference/Interpreter.h).
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_ELEMENTWISE_H
#define PIGEON_LIB_REFERENCE_ELEMENTWISE_H

#include "mlir/IR/Operation.h"

namespace pigeon::reference {

/// A value and its magnitude.
struct Number {
  double value = 0;
  double magnitude = 0;
};

/// The most operands of any elementwise operation.
constexpr unsigned maxArity = 3;

struct Elementwise {
  Number (*apply)(const Number *operands);
  /// How many stages one application is.
  double stages;
  /// The stages of all operands add up (see pigeon/Reference/Interpreter.h).
  bool isProduct = false;
};

/// The function of an operation; `apply` is null if there is none.
Elementwise elementwiseFunction(mlir::Operation *op);

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_ELEMENTWISE_H
