//===- Plan.h - A function as a list of steps on counted rows ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What remains of a function once its graphs are known: one step per value, in
// order, with row counts, widths and index arrays in place of domains and
// roles. Evaluation reads only this.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_PLAN_H
#define PIGEON_LIB_REFERENCE_PLAN_H

#include "Elementwise.h"

#include "pigeon/Reference/Interpreter.h"

#include "llvm/ADT/SmallVector.h"

#include <utility>

namespace pigeon::reference {

/// The image of each row under a role.
class RowMap {
public:
  enum class Kind { One, Same, Table };

  static RowMap one() { return {}; }
  static RowMap same() {
    RowMap map;
    map.kind = Kind::Same;
    return map;
  }
  static RowMap table(const pigeon::runtime::IndexArray &images) {
    RowMap map;
    map.kind = Kind::Table;
    map.images = images.data();
    return map;
  }

  std::int64_t operator()(std::int64_t row) const {
    switch (kind) {
    case Kind::One:
      return 0;
    case Kind::Same:
      return row;
    case Kind::Table:
      return images[row];
    }
    return 0;
  }

private:
  Kind kind = Kind::One;
  const std::int32_t *images = nullptr;
};

/// Some rows of a domain, in ascending order.
struct Segment {
  /// Null: the rows first, first + 1, ....
  const std::int32_t *entries = nullptr;
  std::int64_t first = 0;
  std::int64_t size = 0;

  std::int64_t operator[](std::int64_t i) const {
    return entries ? entries[i] : first + i;
  }
};

/// The rows that share an image under a role, for each image.
class Segments {
public:
  /// All rows have the one image 0.
  static Segments one(std::int64_t rows) {
    Segments segments;
    segments.all = rows;
    return segments;
  }
  /// Every row is its own image.
  static Segments same() {
    Segments segments;
    segments.identity = true;
    return segments;
  }
  static Segments csr(const pigeon::runtime::IndexArray &offsets,
                      const pigeon::runtime::IndexArray &entries) {
    Segments segments;
    segments.offsets = offsets.data();
    segments.images = static_cast<std::int64_t>(offsets.size()) - 1;
    segments.entries = entries.data();
    return segments;
  }

  /// An image beyond the last one that occurs has no rows.
  Segment operator[](std::int64_t image) const {
    if (identity)
      return {nullptr, image, 1};
    if (!offsets)
      return {nullptr, 0, all};
    if (image >= images)
      return {};
    return {entries + offsets[image], 0, offsets[image + 1] - offsets[image]};
  }

private:
  const std::int32_t *offsets = nullptr;
  const std::int32_t *entries = nullptr;
  std::int64_t images = 0;
  std::int64_t all = 0;
  bool identity = false;
};

struct LowPrecision;

enum class Reduction { Sum, Mean, Max, Min };

struct Step {
  enum class Kind {
    Argument,
    Constant,
    // Only a different way to reach the rows of the operand.
    Gather,
    Reshape,
    // Row by row.
    Elementwise,
    Linear,
    Reduce,
    Broadcast,
    Dot,
    Scale,
    Fill,
    Slice,
    Concat,
    // Over the rows with one image.
    Aggregate,
    Outer,
    Softmax,
    // Codes of few bits.
    Quantize,
    Dequantize,
    Pack,
    Unpack,
    Matmul
  };

  explicit Step(mlir::Location location) : location(location) {}

  Kind kind = Kind::Constant;
  mlir::Location location;
  /// What is shown while it runs: the name of the operation.
  std::string name;
  /// Earlier steps.
  llvm::SmallVector<unsigned, 3> operands;

  // The result.
  std::int64_t rows = 1;
  std::int64_t width = 1;
  bool isScalar = false;

  /// Argument: its index.
  unsigned argument = 0;
  /// Constant: one row.
  std::vector<double> constant;
  /// Elementwise.
  Number (*function)(const Number *) = nullptr;
  /// Gather: of each row of the result. Linear: the key of each row. Softmax:
  /// the image of each row.
  RowMap map;
  /// Aggregate, Outer: of each row of the result. Softmax: of each image.
  Segments segments;
  /// Softmax: the number of images.
  std::int64_t numSegments = 0;
  /// Aggregate, Reduce.
  Reduction reduction = Reduction::Sum;

  /// Linear: `batch` products of x[in] with W[in, out] for each of `heads`
  /// weights. Outer: one product for each of `heads`. Where x, y or W have no
  /// head dimension, all heads share them.
  std::int64_t batch = 1, heads = 1, in = 1, out = 1;
  bool xHasHeads = false, yHasHeads = false, weightHasHeads = false;
  /// Reduce, Broadcast, Dot, Scale: the result or operand is [outer, inner].
  std::int64_t outer = 1, inner = 1;
  /// Slice: the element of the operand that each element of the result is.
  /// Concat: the parts' widths follow from the operands; `outer` blocks.
  std::vector<std::int64_t> elements;
  /// Quantize, Dequantize, Pack, Unpack, Matmul.
  std::shared_ptr<const LowPrecision> lowPrecision;

  /// Stages on the longest path to this value, see Interpreter.h.
  double stages = 0;
  bool dependsOnSoftmax = false;
  bool isProduct = false;
  /// The coarsest on the paths to this value.
  Arithmetic arithmetic = Arithmetic::F64;

  bool isAlias() const { return kind == Kind::Gather || kind == Kind::Reshape; }
  std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(rows) * width * 2 * sizeof(double);
  }
};

struct Plan {
  explicit Plan(mlir::Location location) : location(location) {}

  /// Of the function.
  mlir::Location location;
  GraphMap graphs;
  std::vector<Step> steps;
  std::vector<ValueInfo> arguments, results;
  /// The step of each argument and result.
  std::vector<unsigned> argumentSteps, resultSteps;

  /// The step whose storage holds the rows of `step`.
  unsigned owner(unsigned step) const {
    while (steps[step].isAlias())
      step = steps[step].operands[0];
    return step;
  }

  /// Where a row of a step is held: its owner, and the row there.
  std::pair<unsigned, std::int64_t> find(unsigned step,
                                         std::int64_t row) const {
    for (; steps[step].isAlias(); step = steps[step].operands[0])
      if (steps[step].kind == Step::Kind::Gather)
        row = steps[step].map(row);
    return {step, row};
  }
};

/// Counts rows and finds index arrays; emits a diagnostic for what it cannot
/// run.
mlir::FailureOr<Plan> buildPlan(mlir::func::FuncOp entry,
                                const GraphMap &graphs);

/// Multiply-adds, or comparable steps, of all rows.
double operations(const Plan &plan, const Step &step);

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_PLAN_H
