//===- ReferenceDevice.cpp - Running on the interpreter -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReferenceDevice.h"

#include "pigeon/Support/Progress.h"

#include <algorithm>
#include <random>
#include <set>
#include <unistd.h>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;

namespace {

/// Turns the shares that the interpreter tells into steps of a progress line.
class ProgressLine {
public:
  void tell(double done) {
    if (done < last)
      start();
    std::int64_t target = static_cast<std::int64_t>(done * total);
    if (!line)
      start();
    line->advance(target - told);
    told = target;
    last = done;
    if (done >= 1)
      line.reset();
  }

private:
  void start() {
    line = std::make_unique<Progress>("reference interpreter", total);
    told = 0;
  }

  static constexpr std::int64_t total = 1000;
  std::unique_ptr<Progress> line;
  std::int64_t told = 0;
  double last = 0;
};

std::uint64_t physicalMemory() {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || size <= 0)
    return std::uint64_t(1) << 40;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
}

} // namespace

FailureOr<std::unique_ptr<reference::Interpreter>>
pigeon::run::createInterpreter(const Model &model, const LoadedGraphs &graphs,
                               unsigned threads) {
  reference::GraphMap byName;
  for (const auto &entry : graphs)
    byName[entry.first] = entry.second.graph;
  reference::Options options;
  options.threads = threads;
  options.maxBytes = physicalMemory() / 10 * 9;
  auto line = std::make_shared<ProgressLine>();
  options.progress = [line](const std::string &, double done) {
    line->tell(done);
  };
  return reference::Interpreter::create(model.entry, byName,
                                        std::move(options));
}

std::vector<std::int64_t> pigeon::run::sampleRows(std::int64_t rows,
                                                  std::int64_t count,
                                                  std::uint64_t seed) {
  std::set<std::int64_t> chosen;
  if (count >= rows) {
    for (std::int64_t row = 0; row < rows; ++row)
      chosen.insert(row);
  } else {
    // Floyd's method: uniform over subsets, one draw for each row.
    std::mt19937_64 random(seed);
    for (std::int64_t last = rows - count; last < rows; ++last) {
      std::int64_t row = static_cast<std::int64_t>(
          random() % static_cast<std::uint64_t>(last + 1));
      if (!chosen.insert(row).second)
        chosen.insert(last);
    }
  }
  return std::vector<std::int64_t>(chosen.begin(), chosen.end());
}

FailureOr<std::vector<reference::Data>>
pigeon::run::runOnReference(reference::Interpreter &interpreter,
                            std::int64_t sample, std::uint64_t seed) {
  if (sample == 0)
    return interpreter.run();
  std::vector<reference::Data> results;
  for (unsigned i = 0; i < interpreter.results().size(); ++i) {
    const reference::ValueInfo &info = interpreter.results()[i];
    std::int64_t rows = info.domain.empty() ? 1 : info.shape.front();
    auto data = interpreter.evaluateRows(i, sampleRows(rows, sample, seed + i));
    if (failed(data))
      return failure();
    results.push_back(std::move(*data));
  }
  return results;
}
