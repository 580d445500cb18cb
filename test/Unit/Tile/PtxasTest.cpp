//===- PtxasTest.cpp - Reading what ptxas says ---------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/PTX/Ptxas.h"

#include <gtest/gtest.h>

using namespace pigeon;

namespace {

TEST(Ptxas, ReadsTheReport) {
  auto kernels = parsePtxasReport(
      "ptxas info    : 0 bytes gmem\n"
      "ptxas info    : Compiling entry function 'first' for 'sm_90a'\n"
      "ptxas info    : Function properties for first\n"
      "    16 bytes stack frame, 12 bytes spill stores, 8 bytes spill loads\n"
      "ptxas info    : Used 40 registers, used 1 barriers, 8192 bytes smem\n"
      "ptxas info    : Compile time = 1.0 ms\n"
      "ptxas info    : Compiling entry function 'second' for 'sm_90a'\n"
      "ptxas info    : Function properties for second\n"
      "    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
      "ptxas info    : Used 22 registers, used 0 barriers, 380 bytes "
      "cmem[0]\n");
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "first");
  EXPECT_EQ(kernels[0].registers, 40u);
  EXPECT_EQ(kernels[0].stackBytes, 16u);
  EXPECT_EQ(kernels[0].spillStoreBytes, 12u);
  EXPECT_EQ(kernels[0].spillLoadBytes, 8u);
  EXPECT_EQ(kernels[0].sharedBytes, 8192u);
  EXPECT_EQ(kernels[1].name, "second");
  EXPECT_EQ(kernels[1].registers, 22u);
  EXPECT_EQ(kernels[1].sharedBytes, 0u);
}

TEST(Ptxas, SurvivesOtherText) {
  EXPECT_TRUE(parsePtxasReport("").empty());
  EXPECT_TRUE(parsePtxasReport("Used 3 registers\n").empty());
  auto odd = parsePtxasReport("Compiling entry function\n registers Used \n"
                              "Used 99999999999999999999 registers");
  ASSERT_EQ(odd.size(), 1u);
  EXPECT_EQ(odd[0].name, "");
}

/// By hand for sm_90a: 65536 registers, 64 warps, 32 blocks, 228 KiB.
TEST(Ptxas, ComputesOccupancy) {
  KernelResources kernel;
  // 8 warps of 64 * 32 registers: 16384 a block, so 4 blocks.
  kernel.registers = 64;
  auto result = occupancy(kernel, 256, "sm_90a");
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->blocks, 4u);
  EXPECT_EQ(result->limit, "registers");
  EXPECT_DOUBLE_EQ(result->fraction, 0.5);
  // 48 KiB and 1 KiB of the system's: 4 * 49 <= 228 < 5 * 49.
  kernel.registers = 16;
  kernel.sharedBytes = 48 * 1024;
  result = occupancy(kernel, 128, "sm_90a");
  EXPECT_EQ(result->blocks, 4u);
  EXPECT_EQ(result->limit, "shared memory");
  // 64 / 8 warps.
  kernel.sharedBytes = 0;
  result = occupancy(kernel, 256, "sm_90a");
  EXPECT_EQ(result->blocks, 8u);
  EXPECT_EQ(result->limit, "warps");
  EXPECT_FALSE(bool(occupancy(kernel, 256, "sm_12")));
  EXPECT_FALSE(bool(occupancy(kernel, 0, "sm_80")));
}

} // namespace
