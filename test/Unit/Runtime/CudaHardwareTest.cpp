//===- CudaHardwareTest.cpp - The CUDA device on a GPU --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A vector addition in PTX through the whole interface. Skipped where there is
// no GPU.
//
//===----------------------------------------------------------------------===//

#include "ExpectResult.h"
#include "HandWrittenPTX.h"
#include "pigeon/Runtime/CudaDevice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::HasSubstr;

namespace {

class CudaHardwareTest : public testing::Test {
protected:
  static constexpr int n = 1000;
  std::unique_ptr<Device> device;
  std::unique_ptr<Module> module;

  void SetUp() override {
    if (Status status = probeCuda(); !status)
      GTEST_SKIP() << status.error().message();
    Result<std::unique_ptr<Device>> opened = createCudaDevice();
    ASSERT_TRUE(bool(opened)) << opened.error().message();
    device = opened.take();
    CodeImage image;
    image.ptx = handWrittenPTX;
    image.architecture = "sm_80";
    Result<std::unique_ptr<Module>> loaded = device->load(image);
    ASSERT_TRUE(bool(loaded)) << loaded.error().message();
    module = loaded.take();
  }

  DeviceAddress array(const std::vector<float> &values, const char *label) {
    Result<DeviceAddress> address =
        device->allocate(values.size() * sizeof(float), label);
    EXPECT_TRUE(bool(address));
    Status status = device->copyToDevice(*address, values.data(),
                                         values.size() * sizeof(float));
    EXPECT_TRUE(bool(status)) << status.error().message();
    return *address;
  }
  std::vector<float> read(DeviceAddress address) {
    std::vector<float> values(n);
    Status status = device->copyToHost(values.data(), address, n * 4);
    EXPECT_TRUE(bool(status)) << status.error().message();
    return values;
  }
};

} // namespace

TEST_F(CudaHardwareTest, info) {
  Result<DeviceInfo> info = device->info();
  ASSERT_OK(info);
  EXPECT_FALSE(info->name.empty());
  EXPECT_THAT(info->architecture, testing::StartsWith("sm_"));
  EXPECT_GT(info->freeBytes, 0u);
  EXPECT_LE(info->freeBytes, info->memoryBytes);
  EXPECT_GT(info->multiprocessors, 0u);
  // Between a laptop's and that of stacks of HBM; wrong units would show.
  EXPECT_GT(info->bandwidth, 50e9);
  EXPECT_LT(info->bandwidth, 50e12);
  std::printf("%s, %s, %u SMs, %.1f GB/s, %.1f of %.1f GiB free\n",
              info->name.c_str(), info->architecture.c_str(),
              info->multiprocessors, info->bandwidth * 1e-9,
              double(info->freeBytes) / (1 << 30),
              double(info->memoryBytes) / (1 << 30));
}

TEST_F(CudaHardwareTest, addRecordedAndTimed) {
  std::vector<float> a(n), b(n);
  for (int i = 0; i < n; ++i) {
    a[i] = float(i);
    b[i] = 0.5F * float(i);
  }
  DeviceAddress pa = array(a, "buffer 'a'"), pb = array(b, "buffer 'b'"),
                pc = array(a, "buffer 'c'");
  ASSERT_OK(device->fill(pc, 0xFF, n * 4));
  Result<unsigned> kernel = module->kernel("add");
  ASSERT_OK(kernel);
  const std::vector<KernelArgument> arguments = {
      KernelArgument::address(pa), KernelArgument::address(pb),
      KernelArgument::address(pc), KernelArgument::i32(n - 1)};
  ASSERT_OK(
      device->launch(*module, *kernel, {8, 1, 1}, {128, 1, 1}, 0, arguments));
  std::vector<float> c = read(pc);
  for (int i = 0; i < n - 1; ++i)
    EXPECT_EQ(c[i], 1.5F * float(i));
  EXPECT_NE(c[n - 1], c[n - 1]) << "the last element is beyond n and poisoned";

  ASSERT_OK(device->fill(pc, 0, n * 4));
  ASSERT_OK(device->beginRecording());
  ASSERT_OK(
      device->launch(*module, *kernel, {8, 1, 1}, {128, 1, 1}, 0, arguments));
  auto recording = device->endRecording();
  ASSERT_OK(recording);
  EXPECT_EQ(read(pc)[5], 0) << "recording must not run";
  Result<std::uint64_t> from = device->createTimestamp(),
                        to = device->createTimestamp();
  ASSERT_OK(from);
  ASSERT_OK(to);
  ASSERT_OK(device->recordTimestamp(*from));
  ASSERT_OK((*recording)->replay());
  ASSERT_OK(device->recordTimestamp(*to));
  ASSERT_OK(device->synchronize());
  Result<double> time = device->elapsedMilliseconds(*from, *to);
  ASSERT_OK(time);
  EXPECT_GT(*time, 0);
  EXPECT_LT(*time, 1000);
  EXPECT_EQ(read(pc)[5], 7.5F);
}

TEST_F(CudaHardwareTest, recordingMayComeFirst) {
  DeviceAddress pa = array(std::vector<float>(n, 1), "buffer 'a'"),
                pc = array(std::vector<float>(n, 0), "buffer 'c'");
  Result<unsigned> kernel = module->kernel("add");
  ASSERT_OK(kernel);
  ASSERT_OK(device->beginRecording());
  for (int i = 0; i < 3; ++i)
    ASSERT_OK(device->launch(
        *module, *kernel, {8, 1, 1}, {128, 1, 1}, 0,
        {KernelArgument::address(pa), KernelArgument::address(pc),
         KernelArgument::address(pc), KernelArgument::i32(n)}));
  auto recording = device->endRecording();
  ASSERT_OK(recording);
  for (int i = 0; i < 10; ++i)
    ASSERT_OK((*recording)->replay());
  EXPECT_EQ(read(pc), std::vector<float>(n, 30));
}

TEST_F(CudaHardwareTest, sharedMemoryPastTheDefault) {
  DeviceAddress pc = array(std::vector<float>(n), "buffer 'c'");
  Result<unsigned> kernel = module->kernel("far_shared");
  ASSERT_OK(kernel);
  ASSERT_OK(device->launch(*module, *kernel, {1, 1, 1}, {128, 1, 1},
                           65536 + 512, {KernelArgument::address(pc)}));
  std::vector<float> values = read(pc);
  const auto *bits = reinterpret_cast<const std::uint32_t *>(values.data());
  for (std::uint32_t i = 0; i < 128; ++i)
    EXPECT_EQ(bits[i], i);
}

TEST_F(CudaHardwareTest, errors) {
  Result<unsigned> missing = module->kernel("no_such_kernel");
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(missing.error().message(),
            "the program's code has no kernel 'no_such_kernel'");

  CodeImage broken;
  broken.ptx = ".version 7.0\n.target sm_80\n.address_size 64\n"
               ".visible .entry k() { nonsense; }\n";
  broken.architecture = "sm_80";
  Result<std::unique_ptr<Module>> module = device->load(broken);
  ASSERT_FALSE(bool(module));
  EXPECT_THAT(module.error().message(), HasSubstr("cannot compile"));
  EXPECT_THAT(module.error().message(), HasSubstr("ptxas"));

  broken.ptx = ".version 99.0\n.target sm_80\n.address_size 64\n";
  module = device->load(broken);
  ASSERT_FALSE(bool(module));
  EXPECT_THAT(module.error().message(), HasSubstr("version 99.0"));

  Result<DeviceAddress> huge =
      device->allocate(std::size_t(1) << 50, "buffer 'huge'");
  ASSERT_FALSE(bool(huge));
  EXPECT_THAT(huge.error().message(),
              HasSubstr("cannot allocate 1.0 PiB for buffer 'huge'"));

  Result<unsigned> add = this->module->kernel("add");
  ASSERT_OK(add);
  Status status =
      device->launch(*this->module, *add, {1, 1, 1}, {2048, 1, 1}, 0, {});
  ASSERT_FALSE(bool(status));
  EXPECT_THAT(status.error().message(),
              HasSubstr("2048 threads per block, expected 1 to 1024"));
}
