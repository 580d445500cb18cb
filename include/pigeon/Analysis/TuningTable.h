//===- TuningTable.h - Schedules that were found by timing ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table from (device, kernel, size) to the schedule that was fastest there.
// A kernel is described by all that a schedule could depend on but the number
// of rows; sizes are powers of two. As a file it is JSON:
//
//   {"format": "pigeon-tuning", "version": 1, "schedules": [
//     {"device": "NVIDIA H100 80GB HBM3",
//      "kernel": "gemm(memref<?x64xf32>, ...) ...",
//      "size": "dst_pair 2^18, edge 2^20",
//      "attributes": {"schedule": "#kernel.gemm_schedule<...>"},
//      "milliseconds": 0.041, "default_milliseconds": 0.047}]}
//
// Entries are sorted, so that two files with the same entries are equal.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_ANALYSIS_TUNINGTABLE_H
#define PIGEON_ANALYSIS_TUNINGTABLE_H

#include "pigeon/Support/Result.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace pigeon {

struct TuningKey {
  std::string device, kernel, size;

  friend bool operator<(const TuningKey &a, const TuningKey &b) {
    return std::tie(a.device, a.kernel, a.size) <
           std::tie(b.device, b.kernel, b.size);
  }
};

struct TunedSchedule {
  /// Attributes of the kernel operation, by name, as text.
  std::map<std::string, std::string> attributes;
  /// With this schedule, and with the one that is chosen without the table.
  double milliseconds = 0, defaultMilliseconds = 0;
};

class TuningTable {
public:
  /// Errors name what is wrong and where: no JSON, another format or version, a
  /// field that is missing, of another type or given twice.
  static Result<TuningTable> parse(const std::string &text,
                                   const std::string &what);
  static Result<TuningTable> read(const std::string &path);

  std::string print() const;
  /// The whole file or none: a reader never sees half of it.
  Status write(const std::string &path) const;

  /// Null if there is none.
  const TunedSchedule *find(const TuningKey &key) const;
  void set(const TuningKey &key, TunedSchedule schedule) {
    entries[key] = std::move(schedule);
  }
  /// The devices that it knows, sorted.
  std::vector<std::string> devices() const;
  size_t size() const { return entries.size(); }

private:
  std::map<TuningKey, TunedSchedule> entries;
};

} // namespace pigeon

#endif // PIGEON_ANALYSIS_TUNINGTABLE_H
