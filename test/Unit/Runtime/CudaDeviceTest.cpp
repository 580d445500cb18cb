//===- CudaDeviceTest.cpp - The CUDA device on a driver of our own --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the device asks of the driver, and what it says when that fails. Needs
// no GPU; CudaHardwareTest.cpp runs on one.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/CudaDevice.h"
#include "ExpectResult.h"
#include "FakeDriver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using testing::HasSubstr;

namespace {

class CudaDeviceTest : public testing::Test {
protected:
  FakeDriver driver;

  std::unique_ptr<Device> open() {
    Result<std::unique_ptr<Device>> device = createCudaDevice(driver.table());
    EXPECT_TRUE(bool(device)) << (device ? "" : device.error().message());
    return device ? device.take() : nullptr;
  }
  /// Loads the program's code and finds its kernel "k".
  void loadKernel(bool waitsForLaunches = false) {
    device = open();
    ASSERT_TRUE(device);
    CodeImage image = ptx();
    image.waitsForLaunches = waitsForLaunches;
    auto loaded = device->load(image);
    ASSERT_OK(loaded);
    module = loaded.take();
    Result<unsigned> found = module->kernel("k");
    ASSERT_OK(found);
    kernel = *found;
  }
  static CodeImage ptx() {
    CodeImage image;
    image.ptx = ".version 8.7\n.target sm_90a\n";
    image.architecture = "sm_90a";
    return image;
  }

  std::unique_ptr<Device> device;
  std::unique_ptr<Module> module;
  unsigned kernel = 0;
};

} // namespace

//===----------------------------------------------------------------------===//
// The driver's library
//===----------------------------------------------------------------------===//

TEST(CudaDriverTest, missingLibrary) {
  auto driver = cuda::Driver::open("libno-such-cuda-driver.so.1");
  ASSERT_FALSE(bool(driver));
  EXPECT_THAT(driver.error().message(),
              HasSubstr("the CUDA driver could not be opened"));
  EXPECT_THAT(driver.error().message(),
              HasSubstr("libno-such-cuda-driver.so.1"));
  EXPECT_THAT(
      driver.error().message(),
      HasSubstr("install an NVIDIA driver, or use the emulated device"));
}

TEST(CudaDriverTest, missingFunction) {
  // Any library that is no CUDA driver.
  auto driver = cuda::Driver::open("libm.so.6");
  ASSERT_FALSE(bool(driver));
  EXPECT_THAT(driver.error().message(),
              HasSubstr("'libm.so.6' has no function 'cuInit'"));
  EXPECT_THAT(driver.error().message(), HasSubstr("CUDA 11.4 or newer"));
}

TEST(CudaDriverTest, versions) {
  EXPECT_EQ(cuda::versionText(12040), "12.4");
  EXPECT_EQ(cuda::versionText(13000), "13.0");
  EXPECT_EQ(cuda::versionText(11080), "11.8");
}

TEST(CudaDriverTest, probeAgreesWithCreate) {
  Status probe = probeCuda();
  Result<std::unique_ptr<Device>> device = createCudaDevice();
  EXPECT_EQ(bool(probe), bool(device))
      << messageOf(probe) << "; " << messageOf(device);
  if (!probe) {
    EXPECT_EQ(probe.error().message(), device.error().message());
    EXPECT_THAT(probe.error().message(), HasSubstr("CUDA driver"));
  }
}

TEST_F(CudaDeviceTest, initialize) {
  EXPECT_TRUE(bool(cuda::initialize(*driver.table())));

  driver.version = 11020;
  EXPECT_EQ(messageOf(cuda::initialize(*driver.table())),
            "the CUDA driver is for CUDA 11.2, pigeon needs 11.4 or newer; "
            "update the NVIDIA driver, or use the emulated device");
  driver.version = 12000;

  driver.deviceCount = 0;
  EXPECT_THAT(messageOf(cuda::initialize(*driver.table())),
              HasSubstr("finds no device: no NVIDIA GPU is visible"));
}

TEST_F(CudaDeviceTest, initFails) {
  driver.failures["init"] = cuda::NoDevice;
  EXPECT_EQ(messageOf(cuda::initialize(*driver.table())),
            "the CUDA driver does not start: some reason "
            "(CUDA_ERROR_NO_DEVICE, code 100); no NVIDIA GPU is visible; check "
            "nvidia-smi and CUDA_VISIBLE_DEVICES, or use the emulated device");
  driver.failures["init"] = cuda::SystemDriverMismatch;
  EXPECT_THAT(messageOf(cuda::initialize(*driver.table())),
              HasSubstr("restart the machine after a driver update"));
  driver.failures["init"] = cuda::StubLibrary;
  EXPECT_THAT(messageOf(cuda::initialize(*driver.table())),
              HasSubstr("the CUDA Toolkit's stub"));
}

//===----------------------------------------------------------------------===//
// Opening and closing
//===----------------------------------------------------------------------===//

TEST_F(CudaDeviceTest, info) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  ASSERT_OK(device->allocate(1 << 20, "buffer 'a'"));
  Result<DeviceInfo> info = device->info();
  ASSERT_OK(info);
  EXPECT_EQ(info->name, "Fake GPU");
  EXPECT_EQ(info->architecture, "sm_90");
  EXPECT_EQ(info->memoryBytes, 1u << 30);
  EXPECT_EQ(info->freeBytes, (1u << 30) - (1u << 20));
  EXPECT_EQ(info->multiprocessors, 132u);
  // 2619 MHz, two transfers a clock, 640 bytes wide.
  EXPECT_DOUBLE_EQ(info->bandwidth, 2 * 2619e6 * 640);
  EXPECT_TRUE(device->isHardware());
}

TEST_F(CudaDeviceTest, everythingIsReleased) {
  driver.kernels["k"] = {};
  {
    std::unique_ptr<Device> device = open();
    ASSERT_TRUE(device);
    ASSERT_OK(device->allocate(100, "buffer 'a'"));
    ASSERT_OK(device->createTimestamp());
    auto module = device->load(ptx());
    ASSERT_OK(module);
    ASSERT_OK(device->beginRecording());
    auto recording = device->endRecording();
    ASSERT_OK(recording);
    // Modules and recordings may outlive the device.
    device.reset();
    EXPECT_EQ(driver.contexts, 1);
  }
  EXPECT_EQ(driver.contexts, 0);
  EXPECT_EQ(driver.contextDepth, 0);
  EXPECT_EQ(driver.streams, 0);
  EXPECT_EQ(driver.events, 0);
  EXPECT_EQ(driver.modules, 0);
  EXPECT_EQ(driver.graphs, 0);
  EXPECT_EQ(driver.execs, 0);
  EXPECT_TRUE(driver.memory.empty());
}

TEST_F(CudaDeviceTest, noSuchDevice) {
  driver.deviceCount = 2;
  EXPECT_EQ(messageOf(createCudaDevice(driver.table(), 2)),
            "there is no CUDA device 2, this machine shows 2, numbered from 0");
  EXPECT_THAT(messageOf(createCudaDevice(driver.table(), -1)),
              HasSubstr("there is no CUDA device -1"));
}

TEST_F(CudaDeviceTest, contextFails) {
  driver.failures["primaryCtxRetain"] = cuda::OutOfMemory;
  EXPECT_EQ(messageOf(createCudaDevice(driver.table())),
            "cannot use CUDA device 0: out of memory "
            "(CUDA_ERROR_OUT_OF_MEMORY, code 2)");
  EXPECT_EQ(driver.contexts, 0);
  driver.failures["streamCreate"] = cuda::OutOfMemory;
  EXPECT_THAT(messageOf(createCudaDevice(driver.table())),
              HasSubstr("cannot create a stream on CUDA device 0"));
  EXPECT_EQ(driver.contexts, 0);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

TEST_F(CudaDeviceTest, copies) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  Result<DeviceAddress> array = device->allocate(16, "buffer 'a'");
  ASSERT_OK(array);
  ASSERT_OK(device->fill(*array, 0xFF, 16));
  ASSERT_OK(device->copyToDevice(*array + 4, "abcd", 4));
  char back[16];
  ASSERT_OK(device->copyToHost(back, *array, 16));
  EXPECT_EQ(std::string(back, 16), "\xFF\xFF\xFF\xFF"
                                   "abcd"
                                   "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
  EXPECT_EQ(driver.count("streamSynchronize"), 3);
}

TEST_F(CudaDeviceTest, copyOutOfRange) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  Result<DeviceAddress> array = device->allocate(16, "buffer 'a'");
  ASSERT_OK(array);
  char bytes[20] = {};
  EXPECT_EQ(messageOf(device->copyToDevice(*array, bytes, 20)),
            "cannot copy to the device 20 bytes: bytes 0 to 20 are not within "
            "buffer 'a', which has 16 bytes");
  EXPECT_THAT(messageOf(device->copyToHost(bytes, *array + 12, 8)),
              HasSubstr("bytes 12 to 20 are not within buffer 'a'"));
  EXPECT_THAT(messageOf(device->fill(7, 0, 1)),
              HasSubstr("no array lies at this address"));
  device->release(*array);
  EXPECT_FALSE(bool(device->fill(*array, 0, 1)));
}

TEST_F(CudaDeviceTest, outOfMemory) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  EXPECT_EQ(messageOf(device->allocate(std::size_t(3) << 30, "buffer 'msg'")),
            "cannot allocate 3.0 GiB for buffer 'msg', 1.0 GiB of 1.0 GiB of "
            "device memory are free: out of memory "
            "(CUDA_ERROR_OUT_OF_MEMORY, code 2)");
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

TEST(CudaCodeTest, whatRunsWhere) {
  struct {
    const char *architecture;
    bool cubin, ptx;
    int major, minor;
    const char *expected;
  } cases[] = {
      {"sm_90a", true, true, 9, 0, "cubin"},
      {"sm_90a", false, true, 9, 0, "ptx"},
      {"sm_90a", true, true, 8, 0, "none"},
      {"sm_90a", true, true, 10, 0, "none"},
      {"sm_80", true, true, 8, 0, "cubin"},
      {"sm_80", true, true, 8, 9, "cubin"},
      {"sm_80", true, true, 9, 0, "ptx"},
      {"sm_80", true, false, 9, 0, "none"},
      {"sm_86", true, true, 8, 0, "none"},
      {"sm_80", true, true, 7, 5, "none"},
      {"sm_120", true, true, 12, 0, "cubin"},
      {"sm_100f", true, true, 10, 3, "cubin"},
      {"sm_100f", false, true, 11, 0, "none"},
      {"sm_100a", true, true, 10, 3, "none"},
  };
  for (const auto &c : cases) {
    CodeImage image;
    image.architecture = c.architecture;
    image.cubin = c.cubin ? "cubin" : "";
    image.ptx = c.ptx ? "ptx" : "";
    Result<CodeForm> form = chooseCode(image, c.major, c.minor);
    std::string found = !form                      ? "none"
                        : *form == CodeForm::Cubin ? "cubin"
                                                   : "ptx";
    EXPECT_EQ(found, c.expected)
        << c.architecture << " on " << c.major << "." << c.minor;
  }
}

TEST(CudaCodeTest, errors) {
  CodeImage image;
  image.deviceIR = "module {}";
  image.architecture = "sm_80";
  EXPECT_THAT(messageOf(chooseCode(image, 8, 0)),
              HasSubstr("holds neither PTX nor a cubin"));
  image.ptx = "ptx";
  image.architecture = "sm_90a";
  EXPECT_EQ(messageOf(chooseCode(image, 8, 0)),
            "the program was compiled for sm_90a, this device is sm_80; "
            "compile it with --target=sm_80");
  for (const char *wrong :
       {"", "emulated", "sm_", "sm_9", "sm_90x", "sm_-90"}) {
    image.architecture = wrong;
    EXPECT_THAT(messageOf(chooseCode(image, 8, 0)),
                HasSubstr("expected one like 'sm_80' or 'sm_90a'"));
  }
}

TEST_F(CudaDeviceTest, ptxFails) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  driver.failures["moduleLoadDataEx"] = cuda::UnsupportedPTXVersion;
  driver.log = "ptxas fatal : Unsupported .version 8.7\n\nptxas fatal : stop\n";
  EXPECT_EQ(messageOf(device->load(ptx())),
            "the driver for CUDA 12.4 cannot compile the program's PTX "
            "(version 8.7, sm_90a); update the NVIDIA driver if the PTX is "
            "newer: some reason (unknown error, code 222): ptxas fatal : "
            "Unsupported .version 8.7; ptxas fatal : stop");
}

TEST_F(CudaDeviceTest, cubinFallsBackToPTX) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  CodeImage image = ptx();
  image.cubin = "cubin";
  driver.failures["moduleLoadDataEx"] = cuda::NoBinaryForGPU;
  EXPECT_TRUE(bool(device->load(image)));
  EXPECT_EQ(driver.images, (std::vector<std::string>{"cubin", image.ptx}));
  image.ptx.clear();
  driver.failures["moduleLoadDataEx"] = cuda::InvalidImage;
  EXPECT_THAT(messageOf(device->load(image)),
              HasSubstr("cannot load the program's cubin for sm_90a"));
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

TEST_F(CudaDeviceTest, launch) {
  driver.kernels["k"] = {8, 4, 8};
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  EXPECT_EQ(*module->kernel("k"), kernel);
  driver.calls.clear();
  ASSERT_OK(device->launch(*module, kernel, {5, 6, 7}, {32, 2, 1}, 1024,
                           {KernelArgument::address(0x123456789AB),
                            KernelArgument::i32(-2), KernelArgument::i64(-3)}));
  EXPECT_EQ(driver.calls, std::vector<std::string>{"launchKernel"});
  const FakeDriver::Launch &launch = driver.launches.at(0);
  EXPECT_EQ(launch.kernel, "k");
  EXPECT_THAT(launch.grid, testing::ElementsAre(5, 6, 7));
  EXPECT_THAT(launch.block, testing::ElementsAre(32, 2, 1));
  EXPECT_EQ(launch.sharedBytes, 1024u);
  EXPECT_THAT(launch.parameters, testing::ElementsAre(0x123456789AB, 0xFFFFFFFE,
                                                      0xFFFFFFFFFFFFFFFD));
}

/// A kernel that waits for those before it is launched early, but only where
/// the one before it is what the stream was last given.
TEST_F(CudaDeviceTest, launchesOverlap) {
  driver.kernels["k"] = {};
  ASSERT_NO_FATAL_FAILURE(loadKernel(/*waitsForLaunches=*/true));
  std::vector<bool> expected;
  auto launch = [&](bool overlaps) {
    ASSERT_OK(device->launch(*module, kernel, {5, 6, 7}, {32, 2, 1}, 64, {}));
    expected.push_back(overlaps);
  };
  launch(false);
  launch(true);
  launch(true);
  EXPECT_THAT(driver.launches.back().grid, testing::ElementsAre(5, 6, 7));
  EXPECT_THAT(driver.launches.back().block, testing::ElementsAre(32, 2, 1));
  EXPECT_EQ(driver.launches.back().sharedBytes, 64u);
  DeviceAddress array = *device->allocate(4, "array");
  ASSERT_OK(device->fill(array, 0, 4));
  launch(false);
  std::uint64_t timestamp = *device->createTimestamp();
  ASSERT_OK(device->recordTimestamp(timestamp));
  launch(false);
  ASSERT_OK(device->beginRecording());
  launch(false);
  launch(true);
  auto recording = device->endRecording();
  ASSERT_OK(recording);
  launch(false);
  ASSERT_OK((*recording)->replay());
  launch(false);
  launch(true);
  // Kernels of another program may write what those of this one do not.
  CodeImage image = ptx();
  image.waitsForLaunches = true;
  std::unique_ptr<Module> other = device->load(image).take();
  unsigned another = *other->kernel("k");
  ASSERT_OK(device->launch(*other, another, {5, 6, 7}, {32, 2, 1}, 64, {}));
  expected.push_back(false);
  launch(false);
  // An older driver has no such launches.
  driver.functions().launchKernelEx = nullptr;
  launch(false);
  std::vector<bool> found;
  for (const FakeDriver::Launch &each : driver.launches)
    found.push_back(each.overlaps);
  EXPECT_EQ(found, expected);
}

TEST_F(CudaDeviceTest, launchesDoNotOverlapUnlessKernelsWait) {
  driver.kernels["k"] = {};
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  for (int i = 0; i < 2; ++i)
    ASSERT_OK(device->launch(*module, kernel, {1, 1, 1}, {1, 1, 1}, 0, {}));
  EXPECT_EQ(driver.count("launchKernelEx"), 0);
}

/// Kernels make room for each other if they overlap and all are small.
TEST_F(CudaDeviceTest, smallKernelsShareMultiprocessors) {
  driver.kernels["k"] = {};
  auto expect = [&](std::vector<std::uint32_t> blocks) {
    std::vector<LaunchShape> launches;
    for (std::uint32_t number : blocks)
      launches.push_back({kernel, {number, 1, 1}, {128, 1, 1}, 0});
    driver.sharedPercent = -1;
    EXPECT_EQ(messageOf(module->expect(launches)), "no error");
    return driver.sharedPercent;
  };
  ASSERT_NO_FATAL_FAILURE(loadKernel(/*waitsForLaunches=*/true));
  EXPECT_EQ(expect({132 * 8, 1}), 100);
  EXPECT_EQ(expect({1, 132 * 8 + 1}), -1);
  EXPECT_EQ(expect({}), -1);
  driver.failures["funcSetAttribute"] = cuda::InvalidValue;
  EXPECT_EQ(expect({1, 1}), 100);
  module.reset();
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  EXPECT_EQ(expect({1, 1}), -1);
}

TEST_F(CudaDeviceTest, launchIsChecked) {
  driver.kernels["k"] = {8, 4};
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  EXPECT_EQ(messageOf(module->kernel("other")),
            "the program's code has no kernel 'other'");
  const std::vector<KernelArgument> arguments = {KernelArgument::address(1),
                                                 KernelArgument::i32(1)};
  auto launch = [&](Dim3 grid, Dim3 block,
                    const std::vector<KernelArgument> &values) {
    return messageOf(device->launch(*module, kernel, grid, block, 0, values));
  };
  EXPECT_EQ(launch({1, 1, 1}, {512, 1, 1}, arguments),
            "kernel 'k' is launched with 512 threads per block, expected 1 to "
            "256");
  EXPECT_EQ(launch({1, 70000, 1}, {1, 1, 1}, arguments),
            "kernel 'k' is launched with 70000 blocks in dimension y, expected "
            "1 to 65535");
  EXPECT_EQ(launch({1, 1, 1}, {1, 1, 1},
                   {KernelArgument::address(1), KernelArgument::i32(1),
                    KernelArgument::i32(2)}),
            "kernel 'k' takes 2 arguments, it is given 3");
  EXPECT_EQ(launch({1, 1, 1}, {1, 1, 1},
                   {KernelArgument::address(1), KernelArgument::i64(1)}),
            "argument 1 of kernel 'k' has 8 bytes, expected 4");
  EXPECT_FALSE(bool(device->launch(*module, 7, {1, 1, 1}, {1, 1, 1}, 0, {})));
  EXPECT_TRUE(driver.launches.empty());
  EXPECT_EQ(launch({1, 1, 1}, {1, 1, 1}, arguments), "no error");
}

TEST_F(CudaDeviceTest, oldDriverTellsNoParameters) {
  driver.kernels["k"] = {8, 4};
  driver.functions().funcGetParamInfo = nullptr;
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  EXPECT_TRUE(bool(
      device->launch(*module, kernel, {1, 1, 1}, {1, 1, 1}, 0,
                     {KernelArgument::address(1), KernelArgument::i32(1)})));
}

TEST_F(CudaDeviceTest, sharedMemory) {
  driver.kernels["k"] = {};
  driver.kernelSharedBytes = 1024;
  ASSERT_NO_FATAL_FAILURE(loadKernel());
  auto launch = [&](std::uint32_t bytes) {
    return messageOf(
        device->launch(*module, kernel, {1, 1, 1}, {1, 1, 1}, bytes, {}));
  };
  EXPECT_EQ(launch(47 * 1024), "no error");
  EXPECT_EQ(driver.count("funcSetAttribute"), 0);
  EXPECT_EQ(launch(48 * 1024), "no error");
  EXPECT_EQ(driver.allowedSharedBytes, 48 * 1024);
  EXPECT_EQ(launch(100 * 1024), "no error");
  EXPECT_EQ(driver.allowedSharedBytes, 100 * 1024);
  EXPECT_EQ(launch(100 * 1024), "no error");
  EXPECT_EQ(launch(50 * 1024), "no error");
  EXPECT_EQ(driver.count("funcSetAttribute"), 2);
  EXPECT_EQ(launch(227 * 1024),
            "kernel 'k' needs 228.0 KiB of shared memory per block, sm_90 has "
            "227.0 KiB");
}

TEST_F(CudaDeviceTest, kernelFailsLater) {
  driver.kernels["gemm0"] = {};
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  {
    auto module = device->load(ptx());
    ASSERT_OK(module);
    Result<unsigned> kernel = (*module)->kernel("gemm0");
    ASSERT_OK(kernel);
    ASSERT_OK(device->launch(**module, *kernel, {1, 1, 1}, {1, 1, 1}, 0, {}));
  }
  // The name is there although the module is gone.
  driver.failures["streamSynchronize"] = cuda::IllegalAddress;
  EXPECT_EQ(messageOf(device->synchronize()),
            "cannot wait for the launched kernels: some reason "
            "(CUDA_ERROR_ILLEGAL_ADDRESS, code 700); a kernel failed, the last "
            "one launched is 'gemm0', and the device is of no use to this "
            "process any more");
}

//===----------------------------------------------------------------------===//
// Recordings and timestamps
//===----------------------------------------------------------------------===//

TEST_F(CudaDeviceTest, recording) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  ASSERT_OK(device->beginRecording());
  auto recording = device->endRecording();
  ASSERT_OK(recording);
  EXPECT_EQ(driver.graphs, 0);
  ASSERT_OK((*recording)->replay());
  ASSERT_OK((*recording)->replay());
  EXPECT_EQ(driver.replays, 2);

  ASSERT_OK(device->beginRecording());
  driver.failures["graphInstantiate"] = cuda::OutOfMemory;
  EXPECT_THAT(messageOf(device->endRecording()),
              HasSubstr("cannot prepare the recorded launches"));
  EXPECT_EQ(driver.graphs, 0);
}

TEST_F(CudaDeviceTest, timestamps) {
  std::unique_ptr<Device> device = open();
  ASSERT_TRUE(device);
  Result<std::uint64_t> from = device->createTimestamp(),
                        to = device->createTimestamp();
  ASSERT_TRUE(from && to);
  EXPECT_NE(*from, *to);
  ASSERT_OK(device->recordTimestamp(*from));
  ASSERT_OK(device->recordTimestamp(*to));
  Result<double> time = device->elapsedMilliseconds(*from, *to);
  ASSERT_OK(time);
  EXPECT_DOUBLE_EQ(*time, 2.5);
  device->releaseTimestamp(*to);
  EXPECT_EQ(driver.events, 1);
  EXPECT_FALSE(bool(device->elapsedMilliseconds(*from, *to)));
  EXPECT_FALSE(bool(device->recordTimestamp(*to)));
}
