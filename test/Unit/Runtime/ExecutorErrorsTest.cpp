//===- ExecutorErrorsTest.cpp - What the executor refuses, and how --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExecutorFixture.h"

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::HasSubstr;

namespace {
using ExecutorErrorsTest = ExecutorTest;
} // namespace

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

TEST_F(ExecutorErrorsTest, missingGraph) {
  EXPECT_EQ(
      messageOf(ProgramInstance::create(device, program, CodeImage(), {})),
      "program 'sum' needs a graph for 'kg', none was given");
  EXPECT_EQ(messageOf(ProgramInstance::create(
                device, program, CodeImage(),
                {{"kg", makeGraph(data)}, {"umls", makeGraph(data)}})),
            "program 'sum' has no graph 'umls'; it runs on 'kg'");
}

TEST_F(ExecutorErrorsTest, graphIsNotTheModels) {
  program.graphs[0].relations = 92;
  EXPECT_THAT(messageOf(create()),
              testing::AllOf(HasSubstr("92"), HasSubstr("relations"),
                             HasSubstr("'test.npz' has 3")));
  program.graphs[0].relations = 3;
  program.graphs[0].nodeTypes = 7;
  EXPECT_THAT(messageOf(create()),
              testing::AllOf(HasSubstr("7"), HasSubstr("node types"),
                             HasSubstr("'test.npz' has 3")));
  program.graphs[0].nodeTypes = 3;
  EXPECT_OK(create());
  program.graphs[0].classes = {{"direction", 2}};
  EXPECT_THAT(messageOf(create()), HasSubstr("'direction'"));
}

TEST_F(ExecutorErrorsTest, sharedGraphsMustFit) {
  program.graphs.push_back({"triples", "kg", 0, 0, {}});
  graph = makeGraph(data);
  auto with = [&](const GraphData &other) {
    return messageOf(ProgramInstance::create(
        device, program, CodeImage(),
        {{"kg", graph}, {"triples", makeGraph(other)}}));
  };
  GraphData other = data;
  other.src.resize(1);
  other.dst.resize(1);
  other.edgeType.resize(1);
  EXPECT_EQ(with(other), "no error");
  other.numNodes = 7;
  other.nodeType.push_back(0);
  EXPECT_THAT(with(other),
              testing::AllOf(HasSubstr("7 nodes"), HasSubstr("has 6")));
  other = data;
  other.numRelations = 4;
  EXPECT_THAT(with(other),
              testing::AllOf(HasSubstr("4 relations"), HasSubstr("has 3")));
  other = data;
  std::swap(other.nodeType[0], other.nodeType[1]);
  EXPECT_THAT(with(other), HasSubstr("different types"));
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

TEST_F(ExecutorErrorsTest, programIsVerified) {
  program.launches[0].arguments[0].index = 99;
  EXPECT_THAT(messageOf(create()),
              testing::AllOf(HasSubstr("program 'sum'"), HasSubstr("99")));
  EXPECT_EQ(device.calls["allocate"], 0);
}

TEST_F(ExecutorErrorsTest, kernelIsMissing) {
  device.kernels.erase("sum");
  EXPECT_EQ(messageOf(create()),
            "program 'sum': the program's code has no kernel 'sum'");
  EXPECT_TRUE(device.allocations.empty());
}

TEST_F(ExecutorErrorsTest, kernelOfAnEmptyGridIsMissing) {
  device.kernels.erase("sum");
  program.launches[1].grid[0] = constant(0);
  EXPECT_THAT(messageOf(create()), HasSubstr("no kernel 'sum'"));
}

TEST_F(ExecutorErrorsTest, gridOutOfRange) {
  program.launches[0].grid[1] = constant(65536);
  EXPECT_EQ(messageOf(create()),
            "program 'sum': kernel 'message': the grid has 65536 blocks in "
            "dimension y, expected 0 to 65535");
  program.launches[0].grid[1] = constant(-1);
  EXPECT_THAT(messageOf(create()), HasSubstr("has -1 blocks in dimension y"));
}

TEST_F(ExecutorErrorsTest, sizeOutOfRange) {
  program.launches[0].arguments[6].size = constant(std::int64_t(1) << 31);
  EXPECT_EQ(messageOf(create()),
            "program 'sum': kernel 'message': argument 6: its value 2147483648 "
            "does not fit 32 bits; the graph is too large for this kernel");
}

TEST_F(ExecutorErrorsTest, rowsAreNotTheDomains) {
  program.buffers[0].shape[0] = constant(5);
  EXPECT_EQ(messageOf(create()),
            "program 'sum': input 'h': has shape [5, 2], but domain node of "
            "graph 'kg' has 6 rows");
}

TEST_F(ExecutorErrorsTest, absurdSizes) {
  const std::int64_t large = std::int64_t(1) << 40;
  program.buffers[3].graph = program.buffers[3].domain = "";
  program.buffers[3].shape = {constant(large), constant(large)};
  EXPECT_THAT(messageOf(create()), HasSubstr("program 'sum': buffer 'msg': "));
  program.buffers[3].shape = {constant(-1)};
  EXPECT_THAT(messageOf(create()), HasSubstr("program 'sum': buffer 'msg': "));
  EXPECT_EQ(device.calls["allocate"], 0);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

TEST_F(ExecutorErrorsTest, tooLittleMemory) {
  program.buffers[3].graph = program.buffers[3].domain = "";
  program.buffers[3].shape = {constant(std::int64_t(90) << 30)};
  EXPECT_EQ(messageOf(create()),
            "program 'sum' needs 360.0 GiB of device memory, 1.0 GiB are free; "
            "the largest array is buffer 'msg' with 360.0 GiB");
  EXPECT_EQ(device.calls["allocate"], 0);
}

TEST_F(ExecutorErrorsTest, memoryToTheByte) {
  device.memoryBytes = 344;
  EXPECT_OK(create());
  device.memoryBytes = 343;
  EXPECT_THAT(messageOf(create()),
              HasSubstr("needs 344 bytes of device memory, 343 bytes are"));
}

TEST_F(ExecutorErrorsTest, memoryIsGoneInBetween) {
  class Greedy : public FakeDevice {
  public:
    Result<DeviceInfo> info() override {
      DeviceInfo info;
      info.memoryBytes = info.freeBytes = 1 << 30;
      return info;
    }
  };
  Greedy greedy;
  greedy.kernels = device.kernels;
  greedy.memoryBytes = 300;
  graph = makeGraph(data);
  EXPECT_EQ(messageOf(ProgramInstance::create(greedy, program, CodeImage(),
                                              {{"kg", graph}})),
            "program 'sum': out of memory for output 'out'");
  EXPECT_TRUE(greedy.allocations.empty());
}

TEST_F(ExecutorErrorsTest, cacheOfAnotherDevice) {
  FakeDevice other;
  EXPECT_THAT(messageOf(create(std::make_shared<ViewCache>(other))),
              HasSubstr("belongs to another device"));
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

TEST_F(ExecutorErrorsTest, inputs) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  EXPECT_EQ(messageOf(instance->setInput("x", h())),
            "program 'sum': there is no input 'x', expected one of 'h', "
            "'weight', 'bias'");
  EXPECT_THAT(messageOf(instance->setInput("msg", h())),
              HasSubstr("there is no input 'msg'"));

  HostTensor wrong = h();
  wrong.shape = {width, 6};
  EXPECT_EQ(messageOf(instance->setInput("h", wrong)),
            "program 'sum': input 'h' has shape [2, 6], expected [6, 2]");
  wrong.shape = {12};
  EXPECT_EQ(messageOf(instance->setInput("h", wrong)),
            "program 'sum': input 'h' has shape [12], expected [6, 2]");
  EXPECT_EQ(messageOf(instance->setInput("h", numbers(9, width, 0))),
            "program 'sum': input 'h' has 9 rows, expected 6, one per node of "
            "graph 'kg' (test.npz)");
  wrong = h();
  wrong.type = ElementType::I32;
  EXPECT_EQ(messageOf(instance->setInput("h", wrong)),
            "program 'sum': input 'h' has elements of type i32, expected f32");
  wrong = h();
  wrong.data.pop_back();
  EXPECT_EQ(messageOf(instance->setInput("h", wrong)),
            "program 'sum': input 'h' holds 47 bytes, expected 48 for shape "
            "[6, 2]");
}

TEST_F(ExecutorErrorsTest, moreRelationsThanWeights) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  EXPECT_EQ(messageOf(instance->setInput("weight", numbers(2, width, 0))),
            "program 'sum': input 'weight' has 2 rows, expected 3, one per "
            "relation of graph 'kg' (test.npz)");
}

TEST_F(ExecutorErrorsTest, inputsNotSet) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  ASSERT_OK(instance->setInput("weight", weight()));
  const std::string expected =
      "program 'sum': no value was given for input 'h', 'bias'";
  EXPECT_EQ(messageOf(instance->run()), expected);
  EXPECT_EQ(messageOf(instance->runRecorded()), expected);
  EXPECT_EQ(messageOf(instance->time(3)), expected);
  EXPECT_TRUE(device.launches.empty());
}

TEST_F(ExecutorErrorsTest, outputs) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  EXPECT_EQ(messageOf(instance->output("out")),
            "program 'sum': output 'out' was asked for before the program ran");
  EXPECT_EQ(messageOf(instance->output("h")),
            "program 'sum': there is no output 'h', expected one of 'out'");
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

TEST_F(ExecutorErrorsTest, kernelFails) {
  device.failingKernel = "sum";
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  const std::string expected = "program 'sum': kernel 'sum' failed on purpose";
  EXPECT_EQ(messageOf(instance->run()), expected);
  EXPECT_EQ(messageOf(instance->runRecorded()), expected);
  EXPECT_FALSE(device.isRecording);
  // The device is usable again.
  device.failingKernel.clear();
  ASSERT_OK(instance->runRecorded());
  EXPECT_OK(instance->output("out"));
}

TEST_F(ExecutorErrorsTest, repeats) {
  std::unique_ptr<ProgramInstance> instance = mustCreate();
  ASSERT_TRUE(instance);
  setInputs(*instance);
  EXPECT_EQ(messageOf(instance->time(0)),
            "program 'sum': the number of timed repeats is 0, expected at "
            "least 1");
}
