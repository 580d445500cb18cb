//===- Progress.cpp - A sign of life from long work -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Progress.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace pigeon {

static constexpr double quietSeconds = 2, secondsBetweenLines = 1;

Progress::Progress(std::string what, std::int64_t total)
    : Progress(std::move(what), total, std::cerr,
               [] { return std::chrono::steady_clock::now(); }) {}

Progress::Progress(std::string what, std::int64_t total, std::ostream &stream,
                   Clock clock)
    : what(std::move(what)), total(total), stream(stream),
      clock(std::move(clock)), start(this->clock()) {}

static std::string formatSeconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  return text;
}

Progress::~Progress() {
  if (lastPrinted == 0)
    return;
  double seconds = std::chrono::duration<double>(clock() - start).count();
  stream << what << ": done in " << formatSeconds(seconds) << std::endl;
}

void Progress::advance(std::int64_t steps) {
  std::lock_guard<std::mutex> lock(mutex);
  done += steps;
  double seconds = std::chrono::duration<double>(clock() - start).count();
  double due =
      lastPrinted == 0 ? quietSeconds : lastPrinted + secondsBetweenLines;
  if (seconds >= due)
    print(seconds);
}

void Progress::print(double seconds) {
  lastPrinted = seconds;
  stream << what << ": ";
  if (total > 0)
    stream << std::min<std::int64_t>(100, done * 100 / total) << " %, ";
  stream << formatSeconds(seconds) << std::endl;
}

} // namespace pigeon
