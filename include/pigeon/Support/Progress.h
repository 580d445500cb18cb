//===- Progress.h - A sign of life from long work ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Work that ends within two seconds says nothing; longer work prints a line now
// and then, and one when it is done:
//
//   reference interpreter: 37 %, 4.1 s
//   reference interpreter: done in 11.0 s
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_PROGRESS_H
#define PIGEON_SUPPORT_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <string>

namespace pigeon {

class Progress {
public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `total` is in steps of any kind; 0: not known, time alone is printed.
  /// Lines go to standard error unless a stream is given.
  explicit Progress(std::string what, std::int64_t total = 0);
  Progress(std::string what, std::int64_t total, std::ostream &stream,
           Clock clock);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Some steps more are done. Any thread may call it.
  void advance(std::int64_t steps = 1);

private:
  void print(double seconds);

  std::string what;
  std::int64_t total, done = 0;
  std::ostream &stream;
  Clock clock;
  std::chrono::steady_clock::time_point start;
  double lastPrinted = 0; // seconds since the start; 0: nothing was printed
  std::mutex mutex;
};

} // namespace pigeon

#endif // PIGEON_SUPPORT_PROGRESS_H
