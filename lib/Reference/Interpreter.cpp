//===- Interpreter.cpp - The float64 oracle for rgnn models ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Reference/Interpreter.h"

#include "Evaluator.h"
#include "Plan.h"

#include "pigeon/Support/Tolerance.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::reference;

struct Interpreter::Impl {
  Impl(Plan plan, Options options)
      : plan(std::move(plan)), options(std::move(options)),
        pool(this->options.threads), arguments(this->plan.arguments.size()),
        isSet(this->plan.arguments.size()) {}

  LogicalResult checkArguments() const;
  const runtime::IndexArray &userOrder(const ValueInfo &info) const;
  Data dataOf(unsigned result) const;
  void appendRow(Data &data, Row row) const;

  Plan plan;
  Options options;
  ThreadPool pool;
  std::vector<Storage> arguments;
  std::vector<bool> isSet;
};

Interpreter::Interpreter(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Interpreter::~Interpreter() = default;

FailureOr<std::unique_ptr<Interpreter>>
Interpreter::create(func::FuncOp entry, const GraphMap &graphs,
                    Options options) {
  FailureOr<Plan> plan = buildPlan(entry, graphs);
  if (failed(plan))
    return failure();
  return std::unique_ptr<Interpreter>(new Interpreter(
      std::make_unique<Impl>(std::move(*plan), std::move(options))));
}

const std::vector<ValueInfo> &Interpreter::arguments() const {
  return impl->plan.arguments;
}
const std::vector<ValueInfo> &Interpreter::results() const {
  return impl->plan.results;
}
Cost Interpreter::cost() const { return costOfAll(impl->plan); }

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

const runtime::IndexArray &
Interpreter::Impl::userOrder(const ValueInfo &info) const {
  static const runtime::IndexArray same;
  if (info.domain.empty())
    return same;
  return plan.graphs.at(info.graph)->userOrder(info.domain);
}

LogicalResult Interpreter::setArgument(llvm::StringRef name,
                                       const HostTensor &value) {
  std::string known;
  for (auto [i, info] : llvm::enumerate(arguments())) {
    if (info.name == name)
      return setArgument(i, value);
    known += (i ? ", '" : "'") + info.name + "'";
  }
  return emitError(impl->plan.location) << "there is no argument '" << name
                                        << "'; the arguments are " << known;
}

/// Codes must be codes of their type.
static LogicalResult checkCodes(Location location, const ValueInfo &info,
                                const HostTensor &value) {
  if (!info.format)
    return success();
  for (std::int64_t i = 0, e = value.numElements(); i < e; ++i)
    if (value.at(i) < 0 || value.at(i) >= info.format->numCodes())
      return emitError(location)
             << "argument '" << info.name << "': expected codes of "
             << info.format->name() << ", 0 to " << info.format->numCodes() - 1
             << ", found " << static_cast<std::int64_t>(value.at(i));
  return success();
}

LogicalResult Interpreter::setArgument(unsigned index,
                                       const HostTensor &value) {
  Location location = impl->plan.location;
  if (index >= arguments().size())
    return emitError(location)
           << "there is no argument " << index << " of " << arguments().size();
  const ValueInfo &info = arguments()[index];
  if (isFloat(value.type) != isFloat(info.type))
    return emitError(location) << "argument '" << info.name << "': expected "
                               << (isFloat(info.type) ? "floats" : "integers")
                               << ", found " << name(value.type);
  std::string expected = describe(info.shape), found = describe(value.shape);
  if (value.shape != info.shape) {
    InFlightDiagnostic diagnostic =
        emitError(location) << "argument '" << info.name << "': expected shape "
                            << expected << ", found " << found;
    if (!info.domain.empty())
      diagnostic << "; the first dimension is the number of rows of '"
                 << info.graph << "." << info.domain << "' in "
                 << impl->plan.graphs.at(info.graph)->what();
    return diagnostic;
  }
  if (failed(checkCodes(location, info, value)))
    return failure();
  const Step &step = impl->plan.steps[impl->plan.argumentSteps[index]];
  Storage &storage = impl->arguments[index];
  storage.allocateAll(step);
  const runtime::IndexArray &order = impl->userOrder(info);
  for (std::int64_t row = 0; row < step.rows; ++row) {
    std::int64_t from = order.empty() ? row : order[row];
    MutableRow to = storage.mutableRow(row);
    for (std::int64_t c = 0; c < step.width; ++c) {
      to.value[c] = roundTo(info.type, value.at(from * step.width + c));
      to.magnitude[c] = std::fabs(to.value[c]);
    }
  }
  impl->isSet[index] = true;
  return success();
}

LogicalResult Interpreter::Impl::checkArguments() const {
  for (auto [info, set] : llvm::zip_equal(plan.arguments, isSet))
    if (!set)
      return emitError(plan.location)
             << "argument '" << info.name << "' has no value";
  return success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

Data Interpreter::Impl::dataOf(unsigned result) const {
  const Step &step = plan.steps[plan.resultSteps[result]];
  Data data;
  data.info = plan.results[result];
  data.stages = std::max(1, static_cast<int>(std::ceil(step.stages)));
  data.perRow = step.dependsOnSoftmax;
  data.arithmetic = step.arithmetic;
  return data;
}

void Interpreter::Impl::appendRow(Data &data, Row row) const {
  std::int64_t width = 1;
  for (std::int64_t size : llvm::ArrayRef(data.info.shape)
                               .drop_front(data.info.domain.empty() ? 0 : 1))
    width *= size;
  data.value.insert(data.value.end(), row.value, row.value + width);
  if (!data.perRow) {
    data.magnitude.insert(data.magnitude.end(), row.magnitude,
                          row.magnitude + width);
    return;
  }
  double largest = *std::max_element(row.magnitude, row.magnitude + width);
  data.magnitude.insert(data.magnitude.end(), width, largest);
}

FailureOr<std::vector<Data>> Interpreter::run() {
  if (failed(impl->checkArguments()))
    return failure();
  std::uint64_t bytes = cost().peakBytes;
  if (bytes > impl->options.maxBytes)
    return emitError(impl->plan.location)
           << "the whole model needs " << bytes << " bytes at once, "
           << impl->options.maxBytes
           << " are allowed; evaluate a sample of rows instead";
  Evaluator evaluator(impl->plan, impl->arguments, impl->options, impl->pool);
  evaluator.runAll();

  std::vector<Data> all;
  for (unsigned i = 0; i < results().size(); ++i) {
    Data data = impl->dataOf(i);
    const runtime::IndexArray &order = impl->userOrder(data.info);
    std::int64_t rows = data.info.domain.empty() ? 1 : data.info.shape.front();
    std::vector<std::int64_t> internal(rows);
    for (std::int64_t row = 0; row < rows; ++row)
      internal[order.empty() ? row : order[row]] = row;
    data.value.reserve(static_cast<std::size_t>(
        rows * impl->plan.steps[impl->plan.resultSteps[i]].width));
    data.magnitude.reserve(data.value.capacity());
    for (std::int64_t row : internal)
      impl->appendRow(data, evaluator.resultRow(i, row));
    all.push_back(std::move(data));
  }
  return all;
}

FailureOr<Data> Interpreter::evaluateRows(unsigned result,
                                          llvm::ArrayRef<std::int64_t> rows) {
  if (failed(impl->checkArguments()))
    return failure();
  if (result >= results().size())
    return emitError(impl->plan.location)
           << "there is no result " << result << " of " << results().size();
  Data data = impl->dataOf(result);
  std::int64_t count = data.info.domain.empty() ? 1 : data.info.shape.front();
  std::vector<std::int64_t> internal(rows.begin(), rows.end());
  const runtime::IndexArray &order = impl->userOrder(data.info);
  std::vector<std::int64_t> inverse(order.size());
  for (std::size_t row = 0; row < order.size(); ++row)
    inverse[order[row]] = static_cast<std::int64_t>(row);
  for (std::int64_t &row : internal) {
    if (row < 0 || row >= count)
      return emitError(impl->plan.location)
             << "result '" << data.info.name << "' has " << count
             << " rows and no row " << row;
    if (!inverse.empty())
      row = inverse[row];
  }
  Evaluator evaluator(impl->plan, impl->arguments, impl->options, impl->pool);
  if (failed(evaluator.runRows(result, internal)))
    return failure();
  data.rows.assign(rows.begin(), rows.end());
  for (std::int64_t row : internal)
    impl->appendRow(data, evaluator.resultRow(result, row));
  return data;
}
