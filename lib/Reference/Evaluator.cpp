//===- Evaluator.cpp - Computes the steps of a plan -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

using namespace pigeon::reference;

static bool ownsComputedRows(const Step &step) {
  return !step.isAlias() && step.kind != Step::Kind::Argument;
}

/// For each step, the last step that reads its storage; results are read at the
/// end, and never dropped.
static std::vector<unsigned> lastUses(const Plan &plan) {
  std::vector<unsigned> last(plan.steps.size());
  for (unsigned id = 0; id < plan.steps.size(); ++id) {
    last[id] = id;
    if (!plan.steps[id].isAlias())
      for (unsigned operand : plan.steps[id].operands)
        last[plan.owner(operand)] = id;
  }
  for (unsigned result : plan.resultSteps)
    last[plan.owner(result)] = plan.steps.size();
  return last;
}

Cost pigeon::reference::costOfAll(const Plan &plan) {
  Cost cost;
  std::uint64_t alive = 0;
  for (unsigned step : plan.argumentSteps)
    alive += plan.steps[step].bytes();
  cost.peakBytes = alive;
  std::vector<unsigned> last = lastUses(plan);
  for (unsigned id = 0; id < plan.steps.size(); ++id) {
    const Step &step = plan.steps[id];
    cost.operations += operations(plan, step);
    if (!ownsComputedRows(step))
      continue;
    alive += step.bytes();
    cost.peakBytes = std::max(cost.peakBytes, alive);
    for (unsigned before = 0; before <= id; ++before)
      if (last[before] == id && ownsComputedRows(plan.steps[before]))
        alive -= plan.steps[before].bytes();
  }
  return cost;
}

//===----------------------------------------------------------------------===//
// All rows
//===----------------------------------------------------------------------===//

void Evaluator::runAll() {
  totalWork = costOfAll(plan).operations;
  std::vector<unsigned> last = lastUses(plan);
  for (unsigned id = 0; id < plan.steps.size(); ++id) {
    if (!ownsComputedRows(plan.steps[id]))
      continue;
    computeAll(id);
    for (unsigned before = 0; before <= id; ++before)
      if (last[before] == id && ownsComputedRows(plan.steps[before]))
        store.storage(before).clear();
  }
}

void Evaluator::computeAll(unsigned id) {
  const Step &step = plan.steps[id];
  Storage &out = store.storage(id);
  out.allocateAll(step);
  double work = operations(plan, step);
  if (step.kind == Step::Kind::Softmax) {
    forEach(step, step.numSegments, work, [&](std::int64_t image) {
      computeSoftmax(step, image, store, out);
    });
    return;
  }
  forEach(step, step.rows, work, [&](std::int64_t row) {
    computeRow(step, row, plan, store, out.mutableRow(row));
  });
}

void Evaluator::forEach(const Step &step, std::int64_t count, double work,
                        llvm::function_ref<void(std::int64_t)> body) {
  // Enough work in a chunk to be worth handing out, and in a batch of chunks
  // about half a second, so that progress is told in between.
  double perItem = std::max(work / std::max<double>(count, 1), 1.0);
  auto itemsFor = [&](double operations) {
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(operations / perItem), 1,
        std::max<std::int64_t>(count, 1));
  };
  std::int64_t grain = itemsFor(1e5), batch = itemsFor(1e9);
  for (std::int64_t begin = 0; begin < count; begin += batch) {
    std::int64_t size = std::min(batch, count - begin);
    pool.parallelFor(size, grain, [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t i = from; i < to; ++i)
        body(begin + i);
    });
    workDone += work * size / count;
    if (options.progress)
      options.progress(step.name,
                       totalWork > 0 ? std::min(workDone / totalWork, 1.0) : 1);
  }
}

//===----------------------------------------------------------------------===//
// Some rows
//===----------------------------------------------------------------------===//

void Evaluator::need(unsigned id, std::int64_t row) {
  std::tie(id, row) = plan.find(id, row);
  if (plan.steps[id].kind == Step::Kind::Argument)
    return;
  // Neighbouring rows tend to need the same row (of a key, of a destination).
  if (needed[id].empty() || needed[id].back() != row)
    needed[id].push_back(row);
}

static void sortUnique(std::vector<std::int64_t> &rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

Evaluator::RowSet Evaluator::imagesOf(const Step &step,
                                      const RowSet &rows) const {
  RowSet images;
  images.reserve(rows.size());
  for (std::int64_t row : rows)
    images.push_back(step.map(row));
  sortUnique(images);
  return images;
}

Evaluator::RowSet Evaluator::takeNeeded(unsigned id) {
  const Step &step = plan.steps[id];
  RowSet rows = std::move(needed[id]);
  needed[id].clear();
  sortUnique(rows);
  if (step.kind != Step::Kind::Softmax)
    return rows;
  // One row of a softmax comes with all that share its image.
  RowSet whole;
  for (std::int64_t image : imagesOf(step, rows)) {
    Segment segment = step.segments[image];
    for (std::int64_t i = 0; i < segment.size; ++i)
      whole.push_back(segment[i]);
  }
  sortUnique(whole);
  return whole;
}

void Evaluator::collect(const Step &step, const RowSet &rows) {
  for (std::int64_t row : rows) {
    switch (step.kind) {
    case Step::Kind::Linear:
      need(step.operands[0], row);
      need(step.operands[1], step.map(row));
      break;
    case Step::Kind::Aggregate:
    case Step::Kind::Outer: {
      Segment segment = step.segments[row];
      for (std::int64_t i = 0; i < segment.size; ++i)
        for (unsigned operand : step.operands)
          need(operand, segment[i]);
      break;
    }
    default:
      for (unsigned operand : step.operands) {
        bool fixed = plan.steps[operand].isScalar;
        need(operand, fixed ? 0 : row);
      }
    }
  }
}

mlir::LogicalResult Evaluator::runRows(unsigned result,
                                       llvm::ArrayRef<std::int64_t> rows) {
  needed.assign(plan.steps.size(), {});
  for (std::int64_t row : rows)
    need(plan.resultSteps[result], row);

  std::vector<RowSet> toCompute(plan.steps.size());
  std::uint64_t bytes = 0;
  totalWork = 0;
  for (unsigned id = plan.steps.size(); id-- > 0;) {
    const Step &step = plan.steps[id];
    if (needed[id].empty())
      continue;
    toCompute[id] = takeNeeded(id);
    collect(step, toCompute[id]);
    double share =
        double(toCompute[id].size()) / std::max<double>(step.rows, 1);
    bytes += static_cast<std::uint64_t>(share * step.bytes());
    totalWork += share * operations(plan, step);
    if (bytes > options.maxBytes)
      return emitError(step.location)
             << "the rows asked for depend on more than " << options.maxBytes
             << " bytes of data, the most that is allowed";
  }
  for (unsigned id = 0; id < plan.steps.size(); ++id)
    if (!toCompute[id].empty())
      computeRows(id, toCompute[id]);
  return mlir::success();
}

void Evaluator::computeRows(unsigned id, const RowSet &rows) {
  const Step &step = plan.steps[id];
  if (static_cast<std::int64_t>(rows.size()) == step.rows)
    return computeAll(id);
  Storage &out = store.storage(id);
  out.allocateRows(step, rows);
  double work = operations(plan, step) * rows.size() / step.rows;
  if (step.kind == Step::Kind::Softmax) {
    RowSet images = imagesOf(step, rows);
    forEach(step, images.size(), work, [&](std::int64_t i) {
      computeSoftmax(step, images[i], store, out);
    });
    return;
  }
  forEach(step, rows.size(), work, [&](std::int64_t i) {
    computeRow(step, rows[i], plan, store, out.mutableRow(rows[i]));
  });
}
