//===- SchedulesTest.cpp - Which schedules a kernel could have ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"
#include "pigeon/Dialect/Kernel/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <set>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

namespace {

/// A product of heads, which only some tiles divide, and a sum.
const char *const text = R"mlir(
kernel.program @p {
  kernel.graph @GRAPH {stats = {node = NODES, edge = 300000}}
  %n = kernel.size <GRAPH.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x2x24xf32>
  %w = kernel.buffer workspace "w" : memref<2x24x48xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x2x48xf32>
  kernel.gemm "heads" rows(<GRAPH.node>) key("none")
      lhs(%x["self"] : memref<?x2x24xf32>) rhs(%w : memref<2x24x48xf32>)
      outs(%y : memref<?x2x48xf32>) {batch = 2 : i64, lhs_batched, rhs_batched}
      prologue {
  } epilogue {
  }
  %z = kernel.buffer workspace "z"[%n] : memref<?x96xf32>
  kernel.traverse "sum" rows(<GRAPH.node>) entries(<GRAPH.edge>, "dst")
      entry_inputs(%y["src"] : memref<?x2x48xf32>)
      reduce [#kernel.reduction<sum>] outs(%z : memref<?x96xf32>) message {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}
)mlir";

class SchedulesTest : public testing::Test {
protected:
  SchedulesTest() { context.loadDialect<arith::ArithDialect, KernelDialect>(); }

  /// The program's templates, with the schedules that are chosen for them.
  SmallVector<Operation *> makeTemplates(const std::string &graph = "kg",
                                         const std::string &nodes = "20000") {
    std::string source = text;
    for (auto [word, name] : {std::pair(std::string("GRAPH"), graph),
                              std::pair(std::string("NODES"), nodes)})
      for (size_t at = 0; (at = source.find(word, at)) != std::string::npos;)
        source.replace(at, word.size(), name);
    modules.push_back(parseSourceString<ModuleOp>(source, &context));
    EXPECT_TRUE(modules.back());
    PassManager passes(&context);
    passes.nest<ProgramOp>().addPass(createKernelSelectSchedulesPass());
    EXPECT_TRUE(succeeded(passes.run(*modules.back())));
    return getTemplates(*modules.back()->getOps<ProgramOp>().begin());
  }

  MLIRContext context;
  std::vector<OwningOpRef<ModuleOp>> modules;
};

} // namespace

TEST_F(SchedulesTest, CandidatesAreValidAndDistinct) {
  for (Operation *op : makeTemplates()) {
    auto own = getScheduleText(op);
    auto candidates = enumerateSchedules(op, 1000, makeH100());
    EXPECT_GT(candidates.size(), 10u);
    EXPECT_EQ(candidates.front().attributes, own);
    EXPECT_EQ(getScheduleText(op), own);
    std::set<std::map<std::string, std::string>> seen;
    double last = 0;
    for (size_t i = 0; i < candidates.size(); ++i) {
      EXPECT_TRUE(seen.insert(candidates[i].attributes).second);
      EXPECT_TRUE(succeeded(setSchedule(op, {candidates[i].attributes, 0, 0})));
      EXPECT_EQ(getScheduleText(op), candidates[i].attributes);
      EXPECT_EQ(estimateCost(op, makeH100()).seconds,
                candidates[i].cost.seconds);
      if (i > 0) {
        EXPECT_GE(candidates[i].cost.seconds, last);
        last = candidates[i].cost.seconds;
      }
      // Chunks are part of a result's rounding.
      std::string schedule = candidates[i].attributes.at("schedule");
      if (isa<TraverseOp>(op)) {
        EXPECT_NE(schedule.find("chunk = 128"), std::string::npos) << schedule;
      }
    }
  }
}

/// Numbers that a schedule leaves out are tried too.
TEST_F(SchedulesTest, CandidatesHaveStagesAndItems) {
  Operation *op = makeTemplates().front();
  ASSERT_TRUE(isa<GemmOp>(op));
  std::string own = getScheduleText(op).at("schedule");
  EXPECT_EQ(own.find("items"), std::string::npos);
  std::map<std::string, int> count;
  for (const ScheduleCandidate &candidate :
       enumerateSchedules(op, 100000, makeH100())) {
    const std::string &text = candidate.attributes.at("schedule");
    for (const char *word : {"stages = 2", "items = 2", "= 1>"})
      count[word] += text.find(word) != std::string::npos;
    if (text == own.substr(0, own.size() - 1) + ", items = 2>")
      ++count["only items"];
  }
  EXPECT_GT(count["stages = 2"], 10);
  EXPECT_GT(count["items = 2"], 10);
  EXPECT_EQ(count["only items"], 1);
  EXPECT_EQ(count["= 1>"], 0);
}

TEST_F(SchedulesTest, CountIsALimit) {
  Operation *op = makeTemplates().front();
  EXPECT_EQ(enumerateSchedules(op, 5, makeH100()).size(), 5u);
  EXPECT_EQ(enumerateSchedules(op, 0, makeH100()).size(), 1u);
}

/// Fewer columns in a tile read the rows more often.
TEST_F(SchedulesTest, CostsKnowTiles) {
  Operation *op = makeTemplates().front();
  auto cost = [&](int columns) {
    std::string schedule = "#kernel.gemm_schedule<block_m = 64, block_n = " +
                           std::to_string(columns) +
                           ", block_k = 8, step_k = 8, threads = 64>";
    EXPECT_TRUE(succeeded(setSchedule(op, {{{"schedule", schedule}}, 0, 0})));
    return estimateCost(op, makeH100()).bytes;
  };
  EXPECT_GT(cost(8), cost(16));
}

/// Few rows: blocks side by side wait for less than one block with all of them.
TEST_F(SchedulesTest, CostsKnowItems) {
  Operation *op = makeTemplates("kg", "500").front();
  auto cost = [&](int items) {
    std::string schedule = "#kernel.gemm_schedule<block_m = 64, block_n = 16, "
                           "block_k = 8, step_k = 8, threads = 64, items = " +
                           std::to_string(items) + ">";
    EXPECT_TRUE(succeeded(setSchedule(op, {{{"schedule", schedule}}, 0, 0})));
    return estimateCost(op, makeH100()).seconds;
  };
  EXPECT_LT(cost(1), cost(2));
  EXPECT_LT(cost(2), cost(8));
}

TEST_F(SchedulesTest, WrongSchedules) {
  Operation *gemm = makeTemplates().front();
  ScopedDiagnosticHandler silence(&context,
                                  [](Diagnostic &) { return success(); });
  for (const char *schedule :
       {"#kernel.gemm_schedule<", "17 : i32", "#kernel.reduction<sum>",
        // Heads have 48 columns.
        "#kernel.gemm_schedule<block_m = 64, block_n = 32, block_k = 8, "
        "step_k = 8, threads = 64>",
        "#kernel.traverse_schedule<rows = 8, block_n = 32, threads = 32, "
        "unroll = 4, chunk = 128>"})
    EXPECT_TRUE(failed(setSchedule(gemm, {{{"schedule", schedule}}, 0, 0})))
        << schedule;
}

TEST_F(SchedulesTest, NamesOfKernels) {
  auto first = makeTemplates(), other = makeTemplates("graph", "20001"),
       larger = makeTemplates("kg", "40000");
  EXPECT_NE(describeKernel(first[0]), describeKernel(first[1]));
  for (size_t i : {0, 1}) {
    EXPECT_EQ(describeKernel(first[i]), describeKernel(other[i]));
    EXPECT_EQ(describeSize(first[i]), describeSize(other[i]));
    EXPECT_EQ(describeKernel(first[i]), describeKernel(larger[i]));
    EXPECT_NE(describeSize(first[i]), describeSize(larger[i]));
  }
  EXPECT_EQ(describeSize(first[0]), "node 2^15");
  EXPECT_EQ(describeSize(first[1]), "edge 2^19, node 2^15");
  // A schedule is no part of the name.
  std::string name = describeKernel(first[0]);
  auto candidates = enumerateSchedules(first[0], 2, makeH100());
  ASSERT_TRUE(
      succeeded(setSchedule(first[0], {candidates[1].attributes, 0, 0})));
  EXPECT_EQ(describeKernel(first[0]), name);
}

TEST_F(SchedulesTest, Tables) {
  auto templates = makeTemplates();
  auto program = templates[0]->getParentOfType<ProgramOp>();
  auto chosen = enumerateSchedules(templates[0], 2, makeH100())[1].attributes;
  auto kept = getScheduleText(templates[1]);
  TuningTable table;
  table.set({"gpu", describeKernel(templates[0]), describeSize(templates[0])},
            {chosen, 1, 2});
  ASSERT_TRUE(succeeded(applyTuning(program, table, "other")));
  EXPECT_NE(getScheduleText(templates[0]), chosen);
  ASSERT_TRUE(succeeded(applyTuning(program, table, "gpu")));
  EXPECT_EQ(getScheduleText(templates[0]), chosen);
  EXPECT_EQ(getScheduleText(templates[1]), kept);
}
