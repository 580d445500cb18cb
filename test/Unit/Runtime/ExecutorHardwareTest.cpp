//===- ExecutorHardwareTest.cpp - A program on a GPU ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpectResult.h"
#include "HandWrittenPTX.h"
#include "pigeon/Runtime/CudaDevice.h"
#include "pigeon/Runtime/Executor.h"

#include <cmath>
#include <cstdio>
#include <utility>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;

/// c = a + b on the nodes of a graph, but for the last internal row.
static Program makeProgram() {
  Program program;
  program.name = "add";
  program.graphs = {{"kg", "", 0, 0, {}}};
  program.symbols = {{Symbol::Kind::DomainRows, "kg", "node", 0, ""}};
  for (const char *name : {"a", "b", "c"}) {
    BufferSpec buffer;
    buffer.name = name;
    buffer.kind =
        name[0] == 'c' ? BufferSpec::Kind::Output : BufferSpec::Kind::Input;
    buffer.shape = {SizeExpression::symbol(0)};
    buffer.graph = "kg";
    buffer.domain = "node";
    program.buffers.push_back(buffer);
  }
  using Op = SizeExpression::Op;
  LaunchSpec launch;
  launch.kernel = "add";
  launch.grid = {
      SizeExpression{{{Op::Symbol, 0}, {Op::Constant, 128}, {Op::CeilDiv}}},
      SizeExpression::constant(1), SizeExpression::constant(1)};
  launch.block = {128, 1, 1};
  for (std::int64_t i = 0; i < 3; ++i) {
    LaunchArgument argument;
    argument.index = i;
    launch.arguments.push_back(argument);
  }
  LaunchArgument size;
  size.kind = LaunchArgument::Kind::SizeI32;
  size.size = SizeExpression{{{Op::Symbol, 0}, {Op::Constant, -1}, {Op::Add}}};
  launch.arguments.push_back(size);
  launch.bytes =
      SizeExpression{{{Op::Symbol, 0}, {Op::Constant, 12}, {Op::Mul}}};
  launch.operations = SizeExpression::symbol(0);
  program.launches = {launch};
  return program;
}

TEST(ExecutorHardwareTest, addOnNodes) {
  if (Status status = probeCuda(); !status)
    GTEST_SKIP() << status.error().message();
  Result<std::unique_ptr<Device>> device = createCudaDevice();
  ASSERT_OK(device);
  constexpr std::int64_t n = 1 << 22;
  GraphData data;
  data.numNodes = n;
  data.numNodeTypes = 3;
  data.numRelations = 1;
  data.src = data.dst = data.edgeType = {0};
  std::vector<double> a, b;
  for (std::int64_t i = 0; i < n; ++i) {
    data.nodeType.push_back(static_cast<std::int32_t>(i * 7 % 3));
    a.push_back(static_cast<double>(i));
    b.push_back(static_cast<double>(i % 1000));
  }
  Result<std::shared_ptr<Graph>> graph = Graph::create(data, "nodes");
  ASSERT_OK(graph);
  CodeImage code;
  code.ptx = handWrittenPTX;
  code.architecture = "sm_80";
  Result<std::unique_ptr<ProgramInstance>> instance =
      ProgramInstance::create(**device, makeProgram(), code, {{"kg", *graph}});
  ASSERT_OK(instance);
  ASSERT_OK((*instance)->setInput(
      "a", *HostTensor::fromDoubles(ElementType::F32, {n}, a)));
  ASSERT_OK((*instance)->setInput(
      "b", *HostTensor::fromDoubles(ElementType::F32, {n}, b)));
  ASSERT_OK((*instance)->runRecorded());
  Result<HostTensor> c = (*instance)->output("c");
  ASSERT_OK(c);
  const std::int64_t last = (*graph)->userOrder("node").back();
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < n; ++i)
    wrong += i == last ? !std::isnan(c->at(i)) : c->at(i) != a[i] + b[i];
  EXPECT_EQ(wrong, 0);

  Result<TimingReport> times = (*instance)->time(20);
  ASSERT_OK(times);
  EXPECT_TRUE(times->isHardware);
  const Timing &launch = times->launches[0];
  for (const Timing *timing : {&launch, &std::as_const(times->program)}) {
    EXPECT_EQ(timing->bytes, 12 * n);
    EXPECT_GT(timing->milliseconds, 0);
    // 48 MiB may stay in a large L2 cache, which is a few times faster.
    EXPECT_GT(timing->bandwidthShare, 0.05);
    EXPECT_LT(timing->bandwidthShare, 5);
    std::printf("%.4f ms, %.0f%% of the bandwidth\n", timing->milliseconds,
                100 * timing->bandwidthShare);
  }
}
