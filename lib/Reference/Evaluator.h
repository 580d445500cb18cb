//===- Evaluator.h - Computes the steps of a plan ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two ways to run a plan. `runAll` computes every row of every step in order
// and drops a value after its last use. `runRows` first walks the steps
// backwards to collect the rows that the rows asked for depend on, and then
// computes only those; a step of which all rows are needed costs what it costs
// in `runAll`.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_EVALUATOR_H
#define PIGEON_LIB_REFERENCE_EVALUATOR_H

#include "Store.h"

#include "pigeon/Support/Parallel.h"

namespace pigeon::reference {

/// Bytes alive at once and operations of `runAll`.
Cost costOfAll(const Plan &plan);

class Evaluator {
public:
  Evaluator(const Plan &plan, const std::vector<Storage> &arguments,
            const Options &options, ThreadPool &pool)
      : plan(plan), options(options), pool(pool), store(plan, arguments) {}

  void runAll();
  /// Rows are internal rows of the result. Fails, with a diagnostic, if they
  /// depend on more data than the options allow.
  mlir::LogicalResult runRows(unsigned result,
                              llvm::ArrayRef<std::int64_t> rows);

  /// A row of a result, after runAll or runRows.
  Row resultRow(unsigned result, std::int64_t row) const {
    return store.row(plan.resultSteps[result], row);
  }

private:
  using RowSet = std::vector<std::int64_t>;

  void collect(const Step &step, const RowSet &rows);
  void need(unsigned step, std::int64_t row);
  RowSet takeNeeded(unsigned step);
  RowSet imagesOf(const Step &step, const RowSet &rows) const;

  void computeAll(unsigned id);
  void computeRows(unsigned id, const RowSet &rows);
  /// Calls `body` on every index below `count`, over the pool.
  void forEach(const Step &step, std::int64_t count, double work,
               llvm::function_ref<void(std::int64_t)> body);

  const Plan &plan;
  const Options &options;
  ThreadPool &pool;
  Store store;
  /// Rows that later steps need, unsorted, for each step.
  std::vector<RowSet> needed;
  double totalWork = 0, workDone = 0;
};

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_EVALUATOR_H
