//===- EnumerateSchedules.cpp - Which schedules a kernel could have -------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/ScopedPrinter.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

static bool isSchedule(Attribute attribute) {
  return isa<GemmScheduleAttr, TraverseScheduleAttr, SegmentScheduleAttr>(
      attribute);
}

SmallVector<Operation *> pigeon::kernel::getTemplates(ProgramOp program) {
  SmallVector<Operation *> templates;
  for (Operation &op : program.getBody().getOps())
    if (isa<GemmOp, TraverseOp>(op))
      templates.push_back(&op);
  return templates;
}

std::map<std::string, std::string>
pigeon::kernel::getScheduleText(Operation *op) {
  std::map<std::string, std::string> text;
  for (NamedAttribute attribute : op->getAttrs())
    if (isSchedule(attribute.getValue()))
      text[attribute.getName().str()] = llvm::to_string(attribute.getValue());
  return text;
}

LogicalResult pigeon::kernel::setSchedule(Operation *op,
                                          const TunedSchedule &schedule) {
  for (const auto &[name, text] : schedule.attributes) {
    Attribute attribute = parseAttribute(text, op->getContext());
    if (!attribute || !isSchedule(attribute))
      return op->emitOpError("cannot have the schedule '")
             << text << "' that was found for it";
    op->setAttr(name, attribute);
    // The operation drops what is not of the type that it has there.
    if (op->getAttr(name) != attribute)
      return op->emitOpError("has no attribute '")
             << name << "' that could be " << attribute;
  }
  return verify(op);
}

//===----------------------------------------------------------------------===//
// Neighbours
//===----------------------------------------------------------------------===//

namespace {
/// A number in an attribute's text: "block_m = 64".
struct Field {
  StringRef name;
  size_t begin, end;
  int64_t value;
};
} // namespace

static SmallVector<Field> findFields(StringRef text) {
  SmallVector<Field> fields;
  for (size_t at = 0; (at = text.find(" = ", at)) != StringRef::npos;) {
    StringRef name = text.take_front(at);
    name = name.drop_front(name.find_last_of(" <") + 1);
    at += 3;
    StringRef digits = text.drop_front(at).take_while(llvm::isDigit);
    int64_t value;
    if (!digits.getAsInteger(10, value))
      fields.push_back({name, at, at + digits.size(), value});
  }
  return fields;
}

/// The text with the numbers that it leaves out where they are 1.
static std::string spellOut(std::string text, MLIRContext *context) {
  auto gemm = dyn_cast<GemmScheduleAttr>(parseAttribute(text, context));
  auto spell = [&](StringRef name, int64_t value) {
    if (value == 1)
      text.insert(text.rfind('>'), (", " + name + " = 1").str());
  };
  if (gemm) {
    spell("stages", gemm.getStages());
    spell("items", gemm.getItems());
  }
  return text;
}

/// The text with each number halved, as it is and doubled, in every
/// combination.
static std::vector<std::string> findNeighbours(const std::string &text) {
  std::vector<std::string> texts = {text};
  SmallVector<Field> fields = findFields(text);
  // From the back, so that places in front stay right.
  for (const Field &field : llvm::reverse(fields)) {
    if (field.name.ends_with("chunk"))
      continue;
    std::vector<std::string> longer;
    for (const std::string &other : texts)
      for (int64_t value : {field.value, field.value / 2, field.value * 2})
        if (value > 0)
          longer.push_back(other.substr(0, field.begin) +
                           std::to_string(value) + other.substr(field.end));
    texts = std::move(longer);
  }
  return texts;
}

/// Every choice of neighbours for all of the attributes.
static std::vector<std::map<std::string, std::string>>
combineNeighbours(const std::map<std::string, std::string> &attributes) {
  std::vector<std::map<std::string, std::string>> combinations = {{}};
  for (const auto &[name, text] : attributes) {
    std::vector<std::map<std::string, std::string>> longer;
    for (const auto &combination : combinations)
      for (const std::string &neighbour : findNeighbours(text)) {
        longer.push_back(combination);
        longer.back()[name] = neighbour;
      }
    combinations = std::move(longer);
  }
  return combinations;
}

/// How many numbers differ between two schedules of one kind.
static size_t distance(const std::map<std::string, std::string> &a,
                       const std::map<std::string, std::string> &b) {
  size_t count = 0;
  for (const auto &[name, text] : a) {
    SmallVector<Field> fields = findFields(text);
    SmallVector<Field> others = findFields(b.at(name));
    for (auto [field, other] : llvm::zip(fields, others))
      count += field.value != other.value;
  }
  return count;
}

std::vector<ScheduleCandidate>
pigeon::kernel::enumerateSchedules(Operation *op, size_t count,
                                   const DeviceModel &device) {
  std::map<std::string, std::string> own = getScheduleText(op), spelled;
  for (const auto &[name, text] : own)
    spelled[name] = spellOut(text, op->getContext());
  using Candidate = std::pair<size_t, ScheduleCandidate>; // how far away
  std::vector<Candidate> found;
  // Most neighbours are no schedules; nobody needs to hear of that.
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  for (auto &attributes : combineNeighbours(spelled))
    if (attributes != spelled && succeeded(setSchedule(op, {attributes})))
      found.push_back({distance(spelled, attributes),
                       {getScheduleText(op), estimateCost(op, device)}});
  [[maybe_unused]] LogicalResult restored = setSchedule(op, {own});
  assert(succeeded(restored) && "the operation had it");
  // Of those that cost the same, the nearest first.
  llvm::sort(found, [](const Candidate &a, const Candidate &b) {
    return std::tie(a.second.cost.seconds, a.first, a.second.attributes) <
           std::tie(b.second.cost.seconds, b.first, b.second.attributes);
  });
  std::vector<ScheduleCandidate> candidates = {{own, estimateCost(op, device)}};
  for (Candidate &candidate : found)
    if (candidates.size() < count)
      candidates.push_back(std::move(candidate.second));
  return candidates;
}
