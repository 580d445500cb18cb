//===- ExecutorTest.cpp - What the executor asks of a device --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExecutorFixture.h"

#include <cmath>
#include <random>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::ElementsAre;

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

TEST_F(ExecutorTest, resultsAreInTheUsersOrder) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  // The graph is one on which the order matters.
  ASSERT_FALSE(graph->userOrder("node").empty());
  ASSERT_FALSE(graph->userOrder("edge").empty());
  setInputs(*instance);
  ASSERT_OK(instance->run());
  Result<HostTensor> out = instance->output("out");
  ASSERT_OK(out);
  EXPECT_EQ(out->shape, (std::vector<std::int64_t>{6, width}));
  EXPECT_EQ(out->type, ElementType::F32);
  EXPECT_EQ(out->toDoubles(), expected());
}

TEST_F(ExecutorTest, randomGraphs) {
  std::mt19937 random(7);
  auto below = [&](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  for (int trial = 0; trial < 100; ++trial) {
    data = GraphData();
    data.numNodes = 1 + below(20);
    data.numRelations = 1 + below(5);
    data.numNodeTypes = 1 + below(3);
    for (int i = 0; i < data.numNodes; ++i)
      data.nodeType.push_back(below(static_cast<int>(data.numNodeTypes)));
    for (int i = 1 + below(40); i > 0; --i) {
      data.src.push_back(below(static_cast<int>(data.numNodes)));
      data.dst.push_back(below(static_cast<int>(data.numNodes)));
      data.edgeType.push_back(below(static_cast<int>(data.numRelations)));
    }
    graph = nullptr;
    std::unique_ptr<ProgramInstance> instance = mustCreate();
    ASSERT_TRUE(instance);
    setInputs(*instance);
    ASSERT_OK(instance->run());
    Result<HostTensor> out = instance->output("out");
    ASSERT_OK(out);
    ASSERT_EQ(out->toDoubles(), expected()) << "trial " << trial;
  }
}

TEST_F(ExecutorTest, inputsMayChangeBetweenRuns) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->setInput("bias", numbers(7, width, -50)));
  ASSERT_OK(instance->run());
  Result<HostTensor> out = instance->output("out");
  ASSERT_OK(out);
  EXPECT_NE(out->toDoubles(), expected());
  ASSERT_OK(instance->setInput("bias", bias()));
  ASSERT_OK(instance->run());
  out = instance->output("out");
  ASSERT_OK(out);
  EXPECT_EQ(out->toDoubles(), expected());
}

TEST_F(ExecutorTest, unwrittenOutputsAreNaN) {
  device.kernels["sum"] = [](const FakeLaunch &launch) {
    launch.pointer<float>(3)[3] = 1; // the other elements are forgotten
  };
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->run());
  Result<HostTensor> out = instance->output("out");
  ASSERT_OK(out);
  int written = 0;
  for (double value : out->toDoubles())
    written += !std::isnan(value);
  EXPECT_EQ(written, 1);
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

TEST_F(ExecutorTest, argumentsAndGrids) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_EQ(device.expected.size(), 2u);
  EXPECT_THAT(device.expected[0].grid, ElementsAre(2, 1, 1));
  EXPECT_THAT(device.expected[0].block, ElementsAre(4, 2, 1));
  EXPECT_EQ(device.expected[0].dynamicSharedBytes, 96u);
  ASSERT_OK(instance->run());
  ASSERT_EQ(device.launches.size(), 2u);

  const FakeLaunch &message = device.launches[0];
  EXPECT_EQ(message.kernel, "message");
  EXPECT_THAT(message.grid, ElementsAre(2, 1, 1)); // 7 edges by 4
  EXPECT_THAT(message.block, ElementsAre(4, 2, 1));
  EXPECT_EQ(message.sharedBytes, 96u);
  ASSERT_EQ(message.arguments.size(), 7u);
  auto labelOf = [&](const FakeLaunch &launch, unsigned index) {
    auto found = device.allocations.find(launch.arguments[index].bits);
    EXPECT_EQ(launch.arguments[index].bytes, 8u);
    return found == device.allocations.end() ? "nothing" : found->second.label;
  };
  EXPECT_EQ(labelOf(message, 0), "input 'h'");
  EXPECT_EQ(labelOf(message, 1), "input 'weight'");
  EXPECT_EQ(labelOf(message, 2), "input 'bias'");
  EXPECT_EQ(labelOf(message, 3),
            "array 'index' of view map(edge, src) of graph 'kg'");
  EXPECT_EQ(labelOf(message, 4),
            "array 'index' of view map(edge, rel) of graph 'kg'");
  EXPECT_EQ(labelOf(message, 5), "buffer 'msg'");
  EXPECT_EQ(message.arguments[6].bytes, 4u);
  EXPECT_EQ(message.arguments[6].bits, 7u);

  const FakeLaunch &sum = device.launches[1];
  EXPECT_EQ(sum.kernel, "sum");
  EXPECT_THAT(sum.grid, ElementsAre(6, 2, 1));
  EXPECT_THAT(sum.block, ElementsAre(32, 1, 1));
  EXPECT_EQ(labelOf(sum, 0),
            "array 'entries' of view csr(edge, dst) of graph 'kg'");
  EXPECT_EQ(labelOf(sum, 3), "output 'out'");
  EXPECT_EQ(sum.arguments[4].bytes, 8u);
  EXPECT_EQ(sum.arguments[4].bits, 6u);
}

TEST_F(ExecutorTest, negativeSizes) {
  using Kind = LaunchArgument::Kind;
  program.launches = {program.launches[0]};
  program.launches[0].arguments = {sizeArgument(Kind::SizeI32, constant(-5)),
                                   sizeArgument(Kind::SizeI64, constant(-6))};
  std::vector<std::int64_t> seen;
  device.kernels["message"] = [&](const FakeLaunch &launch) {
    seen = {launch.size(0), launch.size(1)};
  };
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->run());
  EXPECT_THAT(seen, ElementsAre(-5, -6));
}

TEST_F(ExecutorTest, emptyGridIsSkipped) {
  program.launches[0].grid[1] = constant(0);
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->run());
  ASSERT_EQ(device.launches.size(), 1u);
  EXPECT_EQ(device.launches[0].kernel, "sum");
  EXPECT_EQ(device.expected.size(), 1u);
}

TEST_F(ExecutorTest, nothingToLaunch) {
  program.launches[0].grid[0] = program.launches[1].grid[0] = constant(0);
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->runRecorded());
  Result<TimingReport> times = instance->time(3);
  ASSERT_OK(times);
  EXPECT_EQ(times->program.milliseconds, 0);
  EXPECT_TRUE(times->launches[0].skipped);
  EXPECT_TRUE(device.launches.empty());
}

TEST_F(ExecutorTest, runOnlyLaunches) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  device.calls.clear();
  ASSERT_OK(instance->run());
  EXPECT_EQ(device.calls, (std::map<std::string, int>{{"launch", 2}}));
}

TEST_F(ExecutorTest, recordedOnce) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  device.calls.clear();
  ASSERT_OK(instance->runRecorded());
  ASSERT_OK(instance->runRecorded());
  EXPECT_EQ(device.calls,
            (std::map<std::string, int>{
                {"beginRecording", 1}, {"launch", 2}, {"replay", 2}}));
  EXPECT_EQ(device.launches.size(), 4u);
  Result<HostTensor> out = instance->output("out");
  ASSERT_OK(out);
  EXPECT_EQ(out->toDoubles(), expected());
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

TEST_F(ExecutorTest, memoryReport) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  const MemoryReport &memory = instance->memoryReport();
  std::vector<std::pair<std::string, std::uint64_t>> found;
  for (const MemoryReport::Entry &entry : memory.entries)
    found.emplace_back(entry.label, entry.bytes);
  EXPECT_THAT(
      found, ElementsAre(testing::Pair("view map(edge, src) of graph 'kg'", 28),
                         testing::Pair("view map(edge, rel) of graph 'kg'", 28),
                         testing::Pair("view csr(edge, dst) of graph 'kg'", 56),
                         testing::Pair("input 'h'", 48),
                         testing::Pair("input 'weight'", 24),
                         testing::Pair("input 'bias'", 56),
                         testing::Pair("buffer 'msg'", 56),
                         testing::Pair("output 'out'", 48)));
  EXPECT_EQ(memory.totalBytes, 344u);
  EXPECT_EQ(memory.allocatedBytes, 344u);
  EXPECT_EQ(device.usedBytes(), 344u);
}

TEST_F(ExecutorTest, everythingIsReleased) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->run());
  device.calls.clear();
  instance.reset();
  EXPECT_TRUE(device.allocations.empty());
  EXPECT_EQ(device.calls["synchronize"], 1)
      << "kernels may still use what is released";
}

TEST_F(ExecutorTest, kernelsReadInputsAndViewsOnly) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  for (const auto &[address, allocation] : device.allocations)
    EXPECT_EQ(allocation.isProtected, allocation.label != "buffer 'msg'" &&
                                          allocation.label != "output 'out'")
        << allocation.label;
}

TEST_F(ExecutorTest, emptyBuffersHaveAnAddress) {
  BufferSpec empty;
  empty.name = "empty";
  empty.shape = {constant(0), constant(64)};
  program.buffers.push_back(empty);
  program.launches[1].arguments.push_back(bufferArgument(5));
  device.kernels["sum"] = [](const FakeLaunch &launch) {
    EXPECT_NE(launch.arguments[5].bits, 0u);
  };
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  ASSERT_OK(instance->run());
}

TEST_F(ExecutorTest, emptyInputsAndOutputs) {
  program.launches.clear();
  for (std::size_t i : {0, 4})
    program.buffers[i].graph = program.buffers[i].domain = "";
  program.buffers[0].shape[1] = program.buffers[4].shape[1] = constant(0);
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  Result<HostTensor> nothing = HostTensor::create(ElementType::F32, {6, 0});
  ASSERT_OK(nothing);
  ASSERT_OK(instance->setInput("h", *nothing));
  ASSERT_OK(instance->setInput("weight", weight()));
  ASSERT_OK(instance->setInput("bias", bias()));
  ASSERT_OK(instance->run());
  Result<HostTensor> out = instance->output("out");
  ASSERT_OK(out);
  EXPECT_EQ(out->shape, (std::vector<std::int64_t>{6, 0}));
}

TEST_F(ExecutorTest, viewsAreSharedBetweenPrograms) {
  auto views = std::make_shared<ViewCache>(device);
  Result<std::unique_ptr<ProgramInstance>> first = create(views);
  ASSERT_OK(first);
  EXPECT_EQ(device.calls["copyToDevice"], 4);
  // The model's name for the graph makes no difference.
  program.graphs[0].name = "other";
  for (ViewSpec &view : program.views)
    view.graph = "other";
  for (Symbol &symbol : program.symbols)
    if (!symbol.graph.empty())
      symbol.graph = "other";
  for (BufferSpec &buffer : program.buffers)
    buffer.graph = "other";
  Result<std::unique_ptr<ProgramInstance>> second = ProgramInstance::create(
      device, program, CodeImage(), {{"other", graph}}, views);
  ASSERT_OK(second);
  EXPECT_EQ(device.calls["copyToDevice"], 4);
  EXPECT_TRUE((*second)->memoryReport().entries[0].shared);
  EXPECT_EQ((*second)->memoryReport().totalBytes, 344u);
  EXPECT_EQ((*second)->memoryReport().allocatedBytes, 232u);
  EXPECT_EQ(device.usedBytes(), 344u + 232u);
  // Views outlive the programs, with the graph.
  first->reset();
  second->reset();
  EXPECT_EQ(device.usedBytes(), 112u);
  views->dropUnused();
  EXPECT_EQ(device.usedBytes(), 112u);
  graph.reset();
  views->dropUnused();
  EXPECT_EQ(device.usedBytes(), 0u);
}

TEST_F(ExecutorTest, viewsOfOtherGraphsAreTheirOwn) {
  auto views = std::make_shared<ViewCache>(device);
  Result<std::unique_ptr<ProgramInstance>> first = create(views);
  ASSERT_OK(first);
  graph = nullptr;
  std::swap(data.src, data.dst);
  Result<std::unique_ptr<ProgramInstance>> second = create(views);
  ASSERT_OK(second);
  setInputs(**second);
  ASSERT_OK((*second)->run());
  Result<HostTensor> out = (*second)->output("out");
  ASSERT_OK(out);
  EXPECT_EQ(out->toDoubles(), expected());
}

TEST_F(ExecutorTest, oneGraphUnderTwoNames) {
  program.graphs.push_back({"again", "kg", 0, 0, {}});
  program.views.push_back({"again", "csr", "edge", "dst", 0});
  graph = makeGraph(data);
  Result<std::unique_ptr<ProgramInstance>> instance = ProgramInstance::create(
      device, program, CodeImage(), {{"kg", graph}, {"again", graph}});
  ASSERT_OK(instance);
  EXPECT_EQ((*instance)->memoryReport().allocatedBytes, 344u);
  EXPECT_EQ(device.usedBytes(), 344u);
}

TEST_F(ExecutorTest, pathsThroughTwoRolesAreTwoViews) {
  const std::size_t before = program.views.size();
  program.views.push_back({"kg", "path", "edge", "dst", 0, "src"});
  program.views.push_back({"kg", "path", "edge", "dst", 0, "self"});
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  const auto &entries = instance->memoryReport().entries;
  EXPECT_EQ(entries[before].label, "view path(edge, dst, src) of graph 'kg'");
  const std::uint64_t bytes = data.src.size() * sizeof(std::int32_t);
  EXPECT_EQ(entries[before].bytes, bytes);
  EXPECT_EQ(entries[before + 1].bytes, bytes);
  EXPECT_EQ(device.usedBytes(), 344u + 2 * bytes);
}

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

TEST_F(ExecutorTest, times) {
  device.bandwidth = 1e6;
  device.hardware = true;
  device.millisecondsPerLaunch = 0.5;
  program.launches.insert(program.launches.begin() + 1, program.launches[0]);
  program.launches[1].grid[0] = constant(0);
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  Result<TimingReport> times = instance->time(5);
  ASSERT_OK(times);
  EXPECT_EQ(times->repeats, 5);
  EXPECT_TRUE(times->isHardware);
  ASSERT_EQ(times->launches.size(), 3u);
  const LaunchTiming &message = times->launches[0];
  EXPECT_EQ(message.kernel, "message");
  EXPECT_EQ(message.label, "message of each edge");
  EXPECT_THAT(message.grid, ElementsAre(2, 1, 1));
  EXPECT_DOUBLE_EQ(message.milliseconds, 0.5);
  EXPECT_EQ(message.bytes, 7 * 32);
  EXPECT_EQ(message.operations, 7 * 4);
  EXPECT_NEAR(message.bandwidthShare, 7 * 32 / 0.5e-3 / 1e6, 1e-12);
  EXPECT_TRUE(times->launches[1].skipped);
  EXPECT_EQ(times->launches[1].milliseconds, 0);
  EXPECT_EQ(times->launches[1].bytes, 0);
  EXPECT_EQ(times->launches[2].bytes, 6 * 8);
  EXPECT_EQ(times->launches[2].operations, 0) << "the compiler gave none";
  EXPECT_DOUBLE_EQ(times->program.milliseconds, 1.0);
  EXPECT_EQ(times->program.bytes, 7 * 32 + 6 * 8);
  EXPECT_NEAR(times->program.bandwidthShare, (7 * 32 + 6 * 8) / 1e-3 / 1e6,
              1e-12);
  EXPECT_EQ(device.calls["replay"], 6);
  EXPECT_EQ(device.liveTimestamps, 0);
}

TEST_F(ExecutorTest, timesOfWhatIsNoHardware) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  device.calls.clear();
  Result<TimingReport> times = instance->time(2);
  ASSERT_OK(times);
  EXPECT_FALSE(times->isHardware);
  EXPECT_DOUBLE_EQ(times->launches[1].milliseconds, 1);
  EXPECT_DOUBLE_EQ(times->program.milliseconds, 2);
  EXPECT_EQ(times->program.bandwidthShare, 0);
  // A slow device runs no more often than it was asked to.
  EXPECT_EQ(device.launches.size(), 4u);
  EXPECT_EQ(device.calls["replay"], 0);
  EXPECT_OK(instance->output("out"));
}

TEST_F(ExecutorTest, timesAreMedians) {
  device.hardware = true;
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  // The clock advances before the kernel runs, so kernel n sets the cost of
  // launch n + 1: one launch in ten is a hundred times slower.
  int count = 0;
  auto slow = [&](FakeKernel kernel) {
    return [&, kernel](const FakeLaunch &launch) {
      kernel(launch);
      device.millisecondsPerLaunch = ++count % 10 == 0 ? 100 : 1;
    };
  };
  device.kernels["message"] = slow(message);
  device.kernels["sum"] = slow(sum);
  Result<TimingReport> times = instance->time(9);
  ASSERT_OK(times);
  EXPECT_GT(count, 30);
  EXPECT_DOUBLE_EQ(times->launches[0].milliseconds, 1);
  EXPECT_DOUBLE_EQ(times->launches[1].milliseconds, 1);
  EXPECT_DOUBLE_EQ(times->program.milliseconds, 2);
}
