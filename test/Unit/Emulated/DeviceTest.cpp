//===- DeviceTest.cpp - The device's host side ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;
using testing::HasSubstr;

namespace {

const std::string addOne = kernel("%x: !llvm.ptr<1>, %n: i32", R"(
    %one = llvm.mlir.constant(1 : i32) : i32
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %c = nvvm.read.ptx.sreg.ctaid.x : i32
    %d = nvvm.read.ptx.sreg.ntid.x : i32
    %cd = llvm.mul %c, %d : i32
    %i = llvm.add %cd, %t : i32
    %inside = llvm.icmp "ult" %i, %n : i32
    llvm.cond_br %inside, ^add, ^end
  ^add:
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %v = llvm.load %p : !llvm.ptr<1> -> i32
    %w = llvm.add %v, %one : i32
    llvm.store %w, %p : i32, !llvm.ptr<1>
    llvm.br ^end
  ^end:)");

TEST(Device, Info) {
  EmulatorOptions options;
  options.threads = 3;
  Emulated e(options);
  EXPECT_FALSE(e.device->isHardware());
  auto info = e.device->info();
  ASSERT_TRUE(static_cast<bool>(info));
  EXPECT_EQ(info->architecture, "emulated");
  EXPECT_EQ(info->multiprocessors, 3u);
  EXPECT_GT(info->memoryBytes, 0u);
}

TEST(Device, CopiesAndFills) {
  Emulated e;
  auto x = e.array<std::uint8_t>("x", std::vector<std::uint8_t>{1, 2, 3, 4});
  EXPECT_TRUE(static_cast<bool>(e.device->fill(x.address + 1, 9, 2)));
  EXPECT_EQ(e.read(x), (std::vector<std::uint8_t>{1, 9, 9, 4}));
  char byte = 0;
  Status past = e.device->copyToHost(&byte, x.address + 4, 1);
  ASSERT_FALSE(static_cast<bool>(past));
  EXPECT_EQ(past.error().message(), "copy from the device: 1 bytes at offset 4 "
                                    "do not lie in array 'x' (4 bytes)");
  EXPECT_FALSE(static_cast<bool>(e.device->fill(0, 0, 1)));
  EXPECT_FALSE(static_cast<bool>(e.device->copyToDevice(x.address, &byte, 5)));
}

/// A new array holds NaN in every float type, so that forgetting to write it
/// shows.
TEST(Device, NewArraysArePoisoned) {
  Emulated e;
  auto address = e.device->allocate(8, "x");
  ASSERT_TRUE(static_cast<bool>(address));
  float values[2];
  ASSERT_TRUE(static_cast<bool>(e.device->copyToHost(values, *address, 8)));
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]));
}

TEST(Device, EmptyArrays) {
  Emulated e;
  auto a = e.device->allocate(0, "a"), b = e.device->allocate(0, "b");
  ASSERT_TRUE(static_cast<bool>(a) && static_cast<bool>(b));
  EXPECT_NE(*a, *b);
  ASSERT_EQ(e.load(addOne), "");
  EXPECT_THAT(e.launch({1, 1, 1}, {32, 1, 1},
                       {KernelArgument::address(*a), KernelArgument::i32(1)}),
              HasSubstr("offset 0 of array 'a' (0 bytes), past its end"));
}

TEST(Device, AllocationTooLarge) {
  Emulated e;
  auto address = e.device->allocate(std::size_t(1) << 62, "huge");
  ASSERT_FALSE(static_cast<bool>(address));
  EXPECT_THAT(address.error().message(), HasSubstr("cannot allocate 46116860"));
}

TEST(Device, LaunchArguments) {
  Emulated e;
  auto x = e.array<std::int32_t>("x", 100);
  ASSERT_EQ(e.load(addOne), "");
  EXPECT_EQ(e.launch({4, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(100)}), "");
  EXPECT_EQ(e.read(x), std::vector<std::int32_t>(100, 1));
  EXPECT_EQ(e.launch({4, 1, 1}, {32, 1, 1}, {x}),
            "kernel 'k': expected 2 arguments, found 1");
  EXPECT_EQ(e.launch({4, 1, 1}, {32, 1, 1}, {x, KernelArgument::i64(100)}),
            "kernel 'k': expected argument 1 of 4 bytes, found 8");
  EXPECT_EQ(e.launch({4, 1, 1}, {32, 1, 1}, {x}, 0, "other"),
            "no kernel 'other' in the module");
}

TEST(Device, LaunchShape) {
  Emulated e;
  auto x = e.array<std::int32_t>("x", 100);
  ASSERT_EQ(e.load(addOne), "");
  auto launch = [&](Dim3 grid, Dim3 block) {
    return e.launch(grid, block, {x, KernelArgument::i32(0)});
  };
  EXPECT_THAT(launch({0, 1, 1}, {32, 1, 1}), HasSubstr("grid 0 x 1 x 1 is"));
  EXPECT_THAT(launch({1, 65536, 1}, {32, 1, 1}), HasSubstr("is outside"));
  EXPECT_THAT(launch({1, 1, 1}, {1025, 1, 1}), HasSubstr("block 1025 x 1 x 1"));
  EXPECT_THAT(launch({1, 1, 1}, {0, 1, 1}), HasSubstr("block 0 x 1 x 1"));
  EXPECT_THAT(launch({1, 1, 1}, {65536, 65536, 1}), HasSubstr("has not"));
  EXPECT_EQ(launch({3, 2, 2}, {4, 4, 4}), "");
}

TEST(Device, RequiredBlock) {
  std::string text = "gpu.module @m { llvm.func @k() attributes {nvvm.kernel, "
                     "nvvm.reqntid = array<i32: 64>} { llvm.return } }";
  Emulated e;
  EXPECT_EQ(e.run(text, {1, 1, 1}, {64, 1, 1}, {}), "");
  EXPECT_EQ(e.run(text, {1, 1, 1}, {32, 1, 1}, {}),
            "kernel 'k': block 32 x 1 x 1 differs from the kernel's required "
            "block 64 x 1 x 1");
}

TEST(Device, LargestBlock) {
  std::string text = "gpu.module @m { llvm.func @k() attributes {nvvm.kernel, "
                     "nvvm.maxntid = array<i32: 8, 8>} { llvm.return } }";
  Emulated e;
  EXPECT_EQ(e.run(text, {1, 1, 1}, {32, 2, 1}, {}), "");
  EXPECT_EQ(
      e.run(text, {1, 1, 1}, {65, 1, 1}, {}),
      "kernel 'k': block 65 x 1 x 1 has more threads than the 64 that the "
      "kernel was compiled for");
}

TEST(Device, RecordAndReplay) {
  Emulated e;
  auto x = e.array<std::int32_t>("x", 10);
  ASSERT_EQ(e.load(addOne), "");
  ASSERT_TRUE(static_cast<bool>(e.device->beginRecording()));
  EXPECT_FALSE(static_cast<bool>(e.device->beginRecording()));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(e.launch({1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(10)}),
              "");
  EXPECT_EQ(e.read(x)[0], 0) << "nothing runs while it is recorded";
  auto recording = e.device->endRecording();
  ASSERT_TRUE(static_cast<bool>(recording));
  e.code.reset(); // the recording keeps the code
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(static_cast<bool>((*recording)->replay()));
  EXPECT_EQ(e.read(x), std::vector<std::int32_t>(10, 6));
  EXPECT_FALSE(static_cast<bool>(e.device->endRecording()));
}

TEST(Device, Timestamps) {
  Emulated e;
  auto from = e.device->createTimestamp(), to = e.device->createTimestamp();
  ASSERT_TRUE(static_cast<bool>(from) && static_cast<bool>(to));
  EXPECT_FALSE(static_cast<bool>(e.device->elapsedMilliseconds(*from, *to)));
  ASSERT_TRUE(static_cast<bool>(e.device->recordTimestamp(*from)));
  ASSERT_TRUE(static_cast<bool>(e.device->recordTimestamp(*to)));
  auto elapsed = e.device->elapsedMilliseconds(*from, *to);
  ASSERT_TRUE(static_cast<bool>(elapsed));
  EXPECT_GE(*elapsed, 0);
  e.device->releaseTimestamp(*to);
  EXPECT_FALSE(static_cast<bool>(e.device->recordTimestamp(*to)));
}

/// Variables of the module are arrays of the device while it is loaded.
TEST(Device, ModuleVariables) {
  std::string text =
      kernel("%y: !llvm.ptr<1>, %i: i32", R"(
    %c = llvm.mlir.addressof @table : !llvm.ptr<4>
    %p = llvm.getelementptr %c[%i] : (!llvm.ptr<4>, i32) -> !llvm.ptr<4>, f32
    %v = llvm.load %p : !llvm.ptr<4> -> f32
    llvm.store %v, %y : f32, !llvm.ptr<1>)",
             "llvm.mlir.global internal constant @table(dense<[1."
             "5, 2.5]> : tensor<2xf32>) {addr_space = 4 : i32} "
             ": !llvm.array<2 x f32>");
  Emulated e;
  auto y = e.array<float>("y", 1);
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {y, KernelArgument::i32(1)}), "");
  EXPECT_EQ(e.read(y)[0], 2.5f);
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {y, KernelArgument::i32(2)}),
              HasSubstr("offset 8 of array 'table' (8 bytes), past its end"));
}

} // namespace
