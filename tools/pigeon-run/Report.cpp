//===- Report.cpp - What pigeon-run prints and writes ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "pigeon/Support/FormatBytes.h"
#include "pigeon/Support/Npz.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/xxhash.h"

#include <cmath>

using namespace pigeon;
using namespace pigeon::run;

bool Report::passed() const {
  if (checks)
    for (const ResultCheck &check : *checks)
      if (!check.comparison.passed())
        return false;
  return true;
}

namespace {

/// A few numbers by which two runs can be told apart.
struct Summary {
  double least = 0, largest = 0, meanSquareRoot = 0;
  std::int64_t notFinite = 0;
};

Summary summarize(const HostTensor &tensor) {
  Summary summary;
  double squares = 0;
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < tensor.numElements(); ++i) {
    double value = tensor.at(i);
    if (!std::isfinite(value)) {
      ++summary.notFinite;
      continue;
    }
    summary.least = count ? std::min(summary.least, value) : value;
    summary.largest = count ? std::max(summary.largest, value) : value;
    squares += value * value;
    ++count;
  }
  summary.meanSquareRoot = count ? std::sqrt(squares / count) : 0;
  return summary;
}

/// JSON has no infinities and no NaN.
llvm::json::Value number(double value) {
  if (std::isfinite(value))
    return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

llvm::json::Array shapeOf(const std::vector<std::int64_t> &shape) {
  llvm::json::Array array;
  for (std::int64_t size : shape)
    array.push_back(size);
  return array;
}

llvm::json::Object asJSON(const ResultCheck &check) {
  const Comparison &c = check.comparison;
  return llvm::json::Object{{"passed", c.passed()},
                            {"rows", check.rows},
                            {"all_rows", check.allRows},
                            {"stages", check.stages},
                            {"elements", c.count},
                            {"wrong", c.numWrong},
                            {"overflowed", c.numOverflowed},
                            {"worst_place", check.place},
                            {"worst_ratio", number(c.ratio)},
                            {"expected", number(c.expected)},
                            {"found", number(c.actual)},
                            {"bound", number(c.bound)}};
}

llvm::json::Array graphsAsJSON(const LoadedGraphs &graphs) {
  llvm::json::Array array;
  for (const auto &[name, loaded] : graphs)
    array.push_back(
        llvm::json::Object{{"name", name},
                           {"file", loaded.file},
                           {"nodes", loaded.graph->numNodes()},
                           {"edges", loaded.graph->numEdges()},
                           {"relations", loaded.graph->numRelations()},
                           {"node_types", loaded.graph->numNodeTypes()}});
  return array;
}

/// Equal for arrays that are equal to the last bit.
std::string digestOf(const HostTensor &tensor) {
  auto *bytes = reinterpret_cast<const std::uint8_t *>(tensor.data.data());
  return llvm::formatv("{0:x-16}", llvm::xxh3_64bits(llvm::ArrayRef(
                                       bytes, tensor.data.size())))
      .str();
}

llvm::json::Array resultsAsJSON(const Report &report) {
  llvm::json::Array array;
  for (std::size_t i = 0; i < report.results.size(); ++i) {
    Summary summary = summarize(report.values[i]);
    llvm::json::Object object{{"name", report.results[i].name},
                              {"type", name(report.values[i].type)},
                              {"shape", shapeOf(report.values[i].shape)},
                              {"digest", digestOf(report.values[i])},
                              {"min", number(summary.least)},
                              {"max", number(summary.largest)},
                              {"rms", number(summary.meanSquareRoot)},
                              {"not_finite", summary.notFinite}};
    if (report.checks)
      object["check"] = asJSON((*report.checks)[i]);
    array.push_back(std::move(object));
  }
  return array;
}

llvm::json::Object asJSON(const runtime::Timing &timing) {
  return llvm::json::Object{{"milliseconds", number(timing.milliseconds)},
                            {"bytes", timing.bytes},
                            {"operations", timing.operations},
                            {"bandwidth_share", number(timing.bandwidthShare)}};
}

llvm::json::Object asJSON(const runtime::TimingReport &report) {
  llvm::json::Array kernels;
  for (const runtime::LaunchTiming &launch : report.launches) {
    llvm::json::Object object = asJSON(static_cast<runtime::Timing>(launch));
    object["kernel"] = launch.kernel;
    object["label"] = launch.label;
    object["skipped"] = launch.skipped;
    object["grid"] =
        llvm::json::Array{launch.grid[0], launch.grid[1], launch.grid[2]};
    object["threads"] = launch.block[0];
    kernels.push_back(std::move(object));
  }
  return llvm::json::Object{{"hardware", report.isHardware},
                            {"repeats", report.repeats},
                            {"kernels", std::move(kernels)},
                            {"program", asJSON(report.program)}};
}

llvm::json::Object asJSON(const runtime::MemoryReport &report) {
  llvm::json::Array entries;
  for (const runtime::MemoryReport::Entry &entry : report.entries)
    entries.push_back(llvm::json::Object{{"label", entry.label},
                                         {"bytes", entry.bytes},
                                         {"shared", entry.shared}});
  return llvm::json::Object{{"peak_bytes", report.totalBytes},
                            {"entries", std::move(entries)}};
}

void printTiming(const runtime::TimingReport &report, llvm::raw_ostream &os) {
  constexpr const char *row =
      "{0,-28} {1,10} {2,10} {3,10} {4,10} {5,7}  {6}\n";
  auto print = [&](llvm::StringRef name, const runtime::Timing &timing,
                   bool skipped, llvm::StringRef label) {
    std::string share, limit;
    if (timing.bandwidthShare > 0) {
      share = llvm::formatv("{0:P0}", timing.bandwidthShare).str();
      limit =
          llvm::formatv("{0:F4}", timing.milliseconds * timing.bandwidthShare)
              .str();
    }
    os << llvm::formatv(
        row, name,
        skipped ? "-" : llvm::formatv("{0:F4}", timing.milliseconds).str(),
        limit, formatBytes(timing.bytes),
        llvm::formatv("{0:F3} G", timing.operations / 1e9).str(), share, label);
  };
  // The limit is the time in which the device's memory moves these bytes.
  os << llvm::formatv(row, "kernel", "ms", "limit", "bytes", "operations",
                      "of peak", "what");
  for (const runtime::LaunchTiming &launch : report.launches)
    print(launch.kernel, launch, launch.skipped, launch.label);
  print("whole program", report.program, false,
        llvm::formatv("median of {0}", report.repeats).str());
  if (!report.isHardware)
    os << "(times of the emulated device say nothing about a GPU)\n";
}

void printMemory(const runtime::MemoryReport &report, llvm::raw_ostream &os) {
  for (const runtime::MemoryReport::Entry &entry : report.entries)
    os << llvm::formatv("{0,12}  {1}\n", formatBytes(entry.bytes), entry.label);
  os << llvm::formatv("{0,12}  peak of device memory\n",
                      formatBytes(report.totalBytes));
}

} // namespace

void pigeon::run::printJSON(const Report &report, llvm::raw_ostream &os) {
  llvm::json::Array arguments;
  for (std::size_t i = 0; i < report.arguments.size(); ++i)
    arguments.push_back(
        llvm::json::Object{{"name", report.arguments[i].name},
                           {"shape", shapeOf(report.arguments[i].shape)},
                           {"source", report.sources[i].describe()}});
  llvm::json::Object root{{"model", report.model},
                          {"device", report.device},
                          {"graphs", graphsAsJSON(report.graphs)},
                          {"arguments", std::move(arguments)},
                          {"results", resultsAsJSON(report)}};
  if (report.checks)
    root["passed"] = report.passed();
  if (report.seconds)
    root["seconds"] = *report.seconds;
  if (report.timing)
    root["timing"] = asJSON(*report.timing);
  if (report.memory)
    root["memory"] = asJSON(*report.memory);
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(root))) << "\n";
}

void pigeon::run::printText(const Report &report, llvm::raw_ostream &os) {
  os << "device: " << report.device << "\n";
  for (const auto &[name, loaded] : report.graphs)
    os << llvm::formatv("graph {0}: {1}, {2} nodes, {3} edges, {4} relations, "
                        "{5} node types\n",
                        name, loaded.file, loaded.graph->numNodes(),
                        loaded.graph->numEdges(), loaded.graph->numRelations(),
                        loaded.graph->numNodeTypes());
  for (std::size_t i = 0; i < report.arguments.size(); ++i)
    os << "argument " << report.arguments[i].name << ": "
       << describe(report.arguments[i].shape) << ", "
       << report.sources[i].describe() << "\n";
  for (std::size_t i = 0; i < report.results.size(); ++i) {
    Summary summary = summarize(report.values[i]);
    os << "result " << report.results[i].name << ": "
       << describe(report.values[i])
       << llvm::formatv(", min {0:F4}, max {1:F4}, rms {2:F4}", summary.least,
                        summary.largest, summary.meanSquareRoot);
    if (summary.notFinite)
      os << ", " << summary.notFinite << " not finite";
    os << "\n";
  }
  if (report.seconds)
    os << llvm::formatv("time: {0:F3} s\n", *report.seconds);
  if (report.memory)
    printMemory(*report.memory, os);
  if (report.timing)
    printTiming(*report.timing, os);
  if (report.checks)
    for (const ResultCheck &check : *report.checks)
      os << "check: " << describeCheck(check) << "\n";
}

Status pigeon::run::writeResults(const Report &report,
                                 const std::string &path) {
  std::map<std::string, HostTensor> arrays;
  for (std::size_t i = 0; i < report.results.size(); ++i) {
    const std::string &name = report.results[i].name;
    if (!arrays.emplace(name, report.values[i]).second)
      return Error("two results are called '" + name + "'");
    if (report.resultRows.empty() || report.resultRows[i].empty())
      continue;
    const std::vector<std::int64_t> &rows = report.resultRows[i];
    auto tensor = HostTensor::create(ElementType::I64,
                                     {static_cast<std::int64_t>(rows.size())});
    if (!tensor)
      return tensor.error();
    std::copy(rows.begin(), rows.end(), tensor->as<std::int64_t>());
    arrays.emplace(name + ".rows", std::move(*tensor));
  }
  return writeNpz(path, arrays);
}
