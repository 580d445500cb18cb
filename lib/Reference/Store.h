//===- Store.h - Where the rows of values lie -------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_STORE_H
#define PIGEON_LIB_REFERENCE_STORE_H

#include "Plan.h"

#include <algorithm>
#include <memory>
#include <tuple>

namespace pigeon::reference {

struct Row {
  const double *value;
  const double *magnitude;
};
struct MutableRow {
  double *value;
  double *magnitude;
};

/// All rows of a value, or a sorted selection of them.
class Storage {
public:
  void allocateAll(const Step &step) {
    width = step.width;
    allocate(step.rows);
  }
  /// `selection` is sorted and without duplicates.
  void allocateRows(const Step &step, std::vector<std::int64_t> selection) {
    width = step.width;
    rows = std::move(selection);
    isSelection = true;
    allocate(static_cast<std::int64_t>(rows.size()));
  }
  void clear() { *this = Storage(); }

  Row row(std::int64_t row) const {
    std::int64_t at = slot(row) * width;
    return {value.get() + at, magnitude.get() + at};
  }
  MutableRow mutableRow(std::int64_t row) {
    std::int64_t at = slot(row) * width;
    return {value.get() + at, magnitude.get() + at};
  }

private:
  /// The elements are left uninitialised: every kernel writes its whole row,
  /// and pages are then first touched by the threads that compute them.
  void allocate(std::int64_t count) {
    std::size_t size = static_cast<std::size_t>(count * width);
    value.reset(new double[size]);
    magnitude.reset(new double[size]);
  }
  std::int64_t slot(std::int64_t row) const {
    if (!isSelection)
      return row;
    return std::lower_bound(rows.begin(), rows.end(), row) - rows.begin();
  }

  std::unique_ptr<double[]> value, magnitude;
  std::int64_t width = 1;
  bool isSelection = false;
  std::vector<std::int64_t> rows;
};

/// The rows of every step that are held now.
class Store {
public:
  Store(const Plan &plan, const std::vector<Storage> &arguments)
      : plan(plan), arguments(arguments), computed(plan.steps.size()) {}

  Row row(unsigned id, std::int64_t row) const {
    std::tie(id, row) = plan.find(id, row);
    const Step &step = plan.steps[id];
    if (step.kind == Step::Kind::Argument)
      return arguments[step.argument].row(row);
    return computed[id].row(row);
  }
  /// Of a step that is no argument and owns its rows.
  Storage &storage(unsigned id) { return computed[id]; }

private:
  const Plan &plan;
  const std::vector<Storage> &arguments;
  std::vector<Storage> computed;
};

/// Computes one row of a step, whose operands' rows are in the store.
void computeRow(const Step &step, std::int64_t row, const Plan &plan,
                const Store &in, MutableRow out);
/// Computes all rows of one segment of a softmax.
void computeSoftmax(const Step &step, std::int64_t image, const Store &in,
                    Storage &out);

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_STORE_H
