//===- Decisions.cpp - Telling the user what was decided ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/Decisions.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

#include <mutex>

using namespace mlir;
using namespace pigeon;

/// "rgcn.mlir:25: ", or nothing for a place that is no line of a file.
static std::string describePlace(Location location) {
  auto place = location->findInstanceOf<FileLineColLoc>();
  if (!place)
    return "";
  return llvm::sys::path::filename(place.getFilename()).str() + ":" +
         std::to_string(place.getLine()) + ": ";
}

namespace {
class DecisionPrinter : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit DecisionPrinter(llvm::raw_ostream &stream) : stream(stream) {}

  /// Called from the threads of the pass manager.
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    std::string text = describePlace(remark.getLocation()) +
                       remark.getRemarkName().str() + ": ";
    for (const remark::detail::Remark::Arg &part : remark.getArgs())
      text += part.val;
    std::lock_guard<std::mutex> lock(mutex);
    if (told.insert(text).second)
      stream << text << "\n";
  }

private:
  std::mutex mutex;
  llvm::raw_ostream &stream;
  llvm::StringSet<> told;
};
} // namespace

void pigeon::printDecisions(MLIRContext &context, llvm::raw_ostream &stream) {
  const std::string any = ".*";
  remark::RemarkCategories categories = {any, any, any, any, any};
  [[maybe_unused]] LogicalResult enabled = remark::enableOptimizationRemarks(
      context, std::make_unique<DecisionPrinter>(stream),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
  assert(succeeded(enabled) && "the pattern is a regular expression");
}
