//===- LowPrecision.h - Codes, packed words and their product ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operations of `lowp`. A tensor of codes holds the codes themselves as
// numbers, a tensor of words signed 32-bit integers; both are exact. What a
// code means is asked of NumberFormat, where its bits lie of Packing.
//
// The number of a code has the magnitude m(scale) * (|decode(code)| + m(zero)),
// for a code book m(scale) * m(entry). Codes and words have their own absolute
// values: whoever compares them wants them equal.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_LOWPRECISION_H
#define PIGEON_LIB_REFERENCE_LOWPRECISION_H

#include "Store.h"

#include "pigeon/Dialect/Layout/IR/Packing.h"
#include "pigeon/Support/NumberFormat.h"

namespace pigeon::reference {

/// An operand of floats, or of codes that stand for numbers.
struct CodedOperand {
  /// Its place among the operands; -1 if it is not there.
  int index = -1;
  std::optional<NumberFormat> format;

  bool isThere() const { return index >= 0; }
  Number at(llvm::ArrayRef<Row> operands, std::int64_t element) const;
};

/// The body of an epilogue: values are the arguments, then one for each step.
struct ScalarFunction {
  struct Step {
    /// Null: a constant.
    Number (*apply)(const Number *) = nullptr;
    llvm::SmallVector<unsigned, maxArity> operands;
    Number constant;
  };
  std::vector<Step> steps;
  unsigned result = 0;

  Number operator()(llvm::ArrayRef<Number> arguments) const;
};

struct LowPrecision {
  NumberFormat format;
  /// Neighbours along the last dimension that share a scale.
  std::int64_t group = 1;
  CodedOperand scales, zeros, book;
  bool bookPerGroup = false;

  /// Pack, Unpack: of a matrix of rows x columns codes.
  std::optional<layout::Packing> packing;
  std::int64_t rows = 1, columns = 1;

  /// Matmul: [rows, depth] x [columns, depth].
  std::int64_t depth = 1;
  /// The addends are the last operands; those of [columns] are `perColumn`.
  llvm::SmallVector<bool, 2> perColumn;
  std::optional<ScalarFunction> epilogue;

  /// The number that the code at `element` of its row stands for.
  Number decode(llvm::ArrayRef<Row> operands, double code,
                std::int64_t element) const;
};

/// Computes a row of one of the steps of `lowp`.
void computeLowPrecision(const Step &step, llvm::ArrayRef<Row> operands,
                         MutableRow out);

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_LOWPRECISION_H
