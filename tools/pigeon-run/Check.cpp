//===- Check.cpp - The option --check -------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "ReferenceDevice.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;
using pigeon::reference::Data;

/// About half a minute on two cores, and the rows that are compared beyond.
constexpr double affordableOperations = 3e10;
constexpr std::uint64_t affordableBytes = std::uint64_t(4) << 30;
constexpr std::int64_t defaultSample = 256;

static std::int64_t rowsOf(const reference::ValueInfo &info) {
  return info.domain.empty() ? 1 : info.shape.front();
}

/// The elements of `tensor` at the rows of `expected`.
static std::vector<double> sameRows(const HostTensor &tensor,
                                    const Data &expected) {
  if (expected.rows.empty())
    return tensor.toDoubles();
  std::int64_t width =
      tensor.numElements() / std::max<std::int64_t>(rowsOf(expected.info), 1);
  std::vector<double> values;
  values.reserve(expected.value.size());
  for (std::int64_t row : expected.rows)
    for (std::int64_t c = 0; c < width; ++c)
      values.push_back(tensor.at(row * width + c));
  return values;
}

/// The place of element `index` of `data` in the whole result.
static std::string placeOf(const Data &data, std::int64_t index) {
  std::vector<std::int64_t> place(data.info.shape.size());
  for (std::size_t d = place.size(); d-- > 0;) {
    bool isOutermost = d == 0;
    std::int64_t size = data.info.shape[d];
    place[d] = isOutermost ? index : index % size;
    index = isOutermost ? 0 : index / size;
  }
  if (!data.rows.empty() && !place.empty() && !data.info.domain.empty())
    place[0] = data.rows[place[0]];
  return pigeon::describe(place);
}

static FailureOr<ResultCheck> compareResult(const HostTensor &actual,
                                            const Data &expected,
                                            const CheckOptions &options) {
  Tolerance tolerance;
  tolerance.output = expected.info.type;
  tolerance.arithmetic = coarser(options.arithmetic, expected.arithmetic);
  tolerance.stages = expected.stages;
  auto compared = compare(sameRows(actual, expected), expected.value,
                          expected.magnitude, tolerance);
  if (!compared) {
    llvm::errs() << "pigeon-run: error: result '" << expected.info.name
                 << "': " << compared.error().message() << "\n";
    return failure();
  }
  ResultCheck check;
  check.name = expected.info.name;
  check.allRows = rowsOf(expected.info);
  check.rows = expected.rows.empty()
                   ? check.allRows
                   : static_cast<std::int64_t>(expected.rows.size());
  check.stages = expected.stages;
  check.type = expected.info.type;
  check.comparison = *compared;
  if (compared->index >= 0)
    check.place = placeOf(expected, compared->index);
  return check;
}

FailureOr<std::vector<ResultCheck>>
pigeon::run::checkResults(reference::Interpreter &interpreter,
                          const std::vector<reference::ValueInfo> &infos,
                          const std::vector<HostTensor> &actual,
                          const CheckOptions &options) {
  reference::Cost cost = interpreter.cost();
  std::int64_t sample = options.rows;
  if (sample == 0 && (cost.operations > affordableOperations ||
                      cost.peakBytes > affordableBytes))
    sample = defaultSample;
  auto expected = runOnReference(interpreter, sample, options.seed);
  if (failed(expected))
    return failure();
  std::vector<ResultCheck> checks;
  for (const Data &data : *expected) {
    auto found = llvm::find_if(infos, [&](const reference::ValueInfo &info) {
      return info.name == data.info.name;
    });
    if (found == infos.end()) {
      llvm::errs() << "pigeon-run: error: the program has no result '"
                   << data.info.name << "'\n";
      return failure();
    }
    auto check = compareResult(actual[found - infos.begin()], data, options);
    if (failed(check))
      return failure();
    checks.push_back(std::move(*check));
  }
  return checks;
}

std::string pigeon::run::describeCheck(const ResultCheck &check) {
  const Comparison &c = check.comparison;
  std::string rows =
      llvm::formatv("{0} random rows of {1}", check.rows, check.allRows);
  if (check.rows == check.allRows)
    rows = llvm::formatv("all {0} rows", check.allRows);
  if (check.allRows == 1)
    rows = llvm::formatv("all {0} elements", c.count);
  std::string overflow =
      c.numOverflowed == 0
          ? ""
          : llvm::formatv("; {0} elements overflow {1} to infinity",
                          c.numOverflowed, name(check.type))
                .str();
  if (c.passed())
    return llvm::formatv("{0}: {1} are right; the largest error is {2:F3} of "
                         "its bound{3}",
                         check.name, rows, c.ratio, overflow)
        .str();
  return llvm::formatv(
             "{0}: {1} of {2} elements in {3} are wrong; the worst is "
             "element {4}: expected {5:E9}, found {6:E9}, {7:F2} "
             "times the bound {8:E2}",
             check.name, c.numWrong, c.count, rows, check.place, c.expected,
             c.actual, c.ratio, c.bound)
      .str();
}
