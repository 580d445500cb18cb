//===- ScalarFacts.h - What is known of a uniform integer -----*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_SCALARFACTS_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_SCALARFACTS_H

#include "mlir/IR/Value.h"

#include <cstdint>
#include <optional>

namespace pigeon::tile {

/// Facts about an i32 or index of a tile program, from constants, sums,
/// products and the bounds of loops.
struct ScalarFacts {
  /// It is a multiple of this; 0 means that it is 0.
  int64_t divisor = 1;
  /// It lies in [0, max], where that is known.
  std::optional<int64_t> max;

  static ScalarFacts of(mlir::Value value);
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_SCALARFACTS_H
