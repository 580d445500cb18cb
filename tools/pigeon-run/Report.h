//===- Report.h - What pigeon-run prints and writes -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_REPORT_H
#define PIGEON_TOOLS_PIGEON_RUN_REPORT_H

#include "ArgumentSource.h"
#include "Check.h"
#include "GraphArguments.h"

#include "pigeon/Runtime/Executor.h"

#include "llvm/Support/raw_ostream.h"

#include <optional>

namespace pigeon::run {

/// Everything that a run has to tell. Whatever a device adds goes here, and
/// appears in both forms.
struct Report {
  std::string model, device;
  LoadedGraphs graphs;
  std::vector<reference::ValueInfo> arguments;
  std::vector<ArgumentSource> sources;
  /// The results, of their whole shape or of the rows in `resultRows`.
  std::vector<reference::ValueInfo> results;
  std::vector<HostTensor> values;
  /// Empty, or for each result the rows it has (empty: all).
  std::vector<std::vector<std::int64_t>> resultRows;
  std::optional<std::vector<ResultCheck>> checks;
  /// Of the interpreter.
  std::optional<double> seconds;
  /// Of the kernels.
  std::optional<runtime::TimingReport> timing;
  std::optional<runtime::MemoryReport> memory;

  bool passed() const;
};

void printText(const Report &report, llvm::raw_ostream &os);
void printJSON(const Report &report, llvm::raw_ostream &os);

/// One array per result under its name, and NAME.rows where not all rows were
/// computed.
Status writeResults(const Report &report, const std::string &path);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_REPORT_H
