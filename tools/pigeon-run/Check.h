//===- Check.h - The option --check -----------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the results of a device, element by element, with the reference
// interpreter by the one tolerance (pigeon/Support/Tolerance.h). If the whole
// model takes the interpreter too long or too much memory, a random sample of
// output rows is compared, and the report says how many.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_CHECK_H
#define PIGEON_TOOLS_PIGEON_RUN_CHECK_H

#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Support/Tolerance.h"

#include <string>
#include <vector>

namespace pigeon::run {

struct CheckOptions {
  /// How products of f32 are computed. Types that are coarser widen it.
  Arithmetic arithmetic = Arithmetic::IEEE32;
  /// Rows of each result that are compared; 0: all if that takes seconds, else
  /// 256.
  std::int64_t rows = 0;
  std::uint64_t seed = 0;
};

/// How one result compares.
struct ResultCheck {
  std::string name;
  /// Rows that were compared, of so many.
  std::int64_t rows = 0, allRows = 0;
  int stages = 1;
  ElementType type = ElementType::F32;
  Comparison comparison;
  /// The worst element's place in the whole result, "[17, 3]".
  std::string place;
};

/// `actual` holds what `infos` describe, each of its whole shape. A program may
/// have the model's results in another order, so they are found by name; checks
/// are in the model's. Fails only if something could not be computed; see
/// `passed`.
mlir::FailureOr<std::vector<ResultCheck>>
checkResults(reference::Interpreter &interpreter,
             const std::vector<reference::ValueInfo> &infos,
             const std::vector<HostTensor> &actual,
             const CheckOptions &options);

/// "out: all 135 rows are right; the largest error is 0.12 of its bound", or
/// the worst element with both values.
std::string describeCheck(const ResultCheck &check);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_CHECK_H
