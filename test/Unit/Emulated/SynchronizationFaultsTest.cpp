//===- SynchronizationFaultsTest.cpp - Barriers and warps that do not meet ===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;
using testing::AllOf;
using testing::HasSubstr;

namespace {

/// Threads below `limit` run `then`, the others `otherwise`.
std::string branch(const std::string &then, const std::string &otherwise,
                   const std::string &after = "") {
  return kernel("%limit: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %odd = llvm.mlir.constant(-2 : i32) : i32
    %big = llvm.mlir.constant(16 : i32) : i32
    %below = llvm.icmp "ult" %i, %limit : i32
    llvm.cond_br %below, ^then, ^otherwise
  ^then:
    )" + then + R"(
    llvm.br ^after
  ^otherwise:
    )" + otherwise + R"(
    llvm.br ^after
  ^after:
    )" + after);
}

std::string run(const std::string &text, int limit, unsigned threads = 64,
                EmulatorOptions options = {}) {
  Emulated e(options);
  return e.run(text, {1, 1, 1}, {threads, 1, 1}, {KernelArgument::i32(limit)});
}

TEST(Barriers, AllReach) {
  for (EmulatorOptions options : allOrders()) {
    EXPECT_EQ(
        run(branch("nvvm.barrier0", "", "nvvm.barrier0"), 64, 64, options), "");
    EXPECT_EQ(run(branch("", "", "nvvm.barrier0"), 5, 64, options), "");
  }
}

TEST(Barriers, SomeReturned) {
  for (EmulatorOptions options : allOrders())
    EXPECT_THAT(run(branch("nvvm.barrier0", ""), 40, 64, options),
                AllOf(HasSubstr("waits at a barrier, but thread (40,0,0) has "
                                "returned [llvm.return at deviceIR:"),
                      HasSubstr("[nvvm.barrier0 at deviceIR:")));
}

TEST(Barriers, Divergent) {
  for (EmulatorOptions options : allOrders())
    EXPECT_THAT(run(branch("nvvm.barrier0", "nvvm.barrier0"), 40, 64, options),
                AllOf(HasSubstr("waits at a barrier [nvvm.barrier0 at "),
                      HasSubstr("waits at another [nvvm.barrier0 at ")));
}

TEST(Barriers, OneMoreThanTheOthers) {
  for (EmulatorOptions options : allOrders())
    EXPECT_THAT(
        run(branch("nvvm.barrier0", "", "nvvm.barrier0"), 40, 64, options),
        HasSubstr("waits at another"));
}

TEST(Barriers, Named) {
  EXPECT_EQ(run(branch("", "", "nvvm.barrier id = %one"), 0), "");
  EXPECT_THAT(run(branch("nvvm.barrier id = %one", "nvvm.barrier"), 7),
              HasSubstr("waits at another"));
  EXPECT_THAT(
      run(branch("", "", "nvvm.barrier id = %big"), 0),
      HasSubstr("waits at barrier 16, but a block has barriers 0 to 15"));
  EXPECT_THAT(
      run(branch("", "", "nvvm.barrier id = %one number_of_threads = %big"), 0),
      HasSubstr("only barriers for all threads of a block (here 64)"));
}

TEST(Warps, LaneReturned) {
  std::string text = branch("nvvm.bar.warp.sync %all : i32", "");
  for (EmulatorOptions options : allOrders()) {
    EXPECT_EQ(run(text, 32, 64, options), "");
    EXPECT_THAT(run(text, 20, 64, options),
                AllOf(HasSubstr("waits for lane "),
                      HasSubstr(" at a warp operation"),
                      HasSubstr(" has returned [llvm.return at "),
                      HasSubstr("[nvvm.bar.warp.sync at ")));
  }
}

TEST(Warps, LanesAtDifferentSites) {
  const char *shuffle =
      "%s = nvvm.shfl.sync bfly %all, %i, %one, %clamp : i32 -> i32";
  const char *other =
      "%t = nvvm.shfl.sync bfly %all, %i, %one, %clamp : i32 -> i32";
  for (EmulatorOptions options : allOrders()) {
    EXPECT_EQ(run(branch(shuffle, other), 32, 64, options), "");
    EXPECT_THAT(run(branch(shuffle, other), 33, 64, options),
                AllOf(HasSubstr("thread (32,0,0) waits for lane 1 at a warp "
                                "operation with mask 0xffffffff"),
                      HasSubstr("(33,0,0) is at another warp operation, with "
                                "mask 0xffffffff [nvvm.shfl.sync at")));
  }
}

TEST(Warps, LaneAtABarrier) {
  EXPECT_THAT(run(branch("nvvm.bar.warp.sync %all : i32", "nvvm.barrier0"), 9),
              AllOf(HasSubstr("waits for lane 9"),
                    HasSubstr("(9,0,0) waits at a barrier [nvvm.barrier0 at")));
}

TEST(Warps, DifferentMasks) {
  EXPECT_THAT(run(branch("", "", R"(
        %m = llvm.select %below, %all, %odd : i1, i32
        nvvm.bar.warp.sync %m : i32)"),
                  8, 32),
              HasSubstr("is there with mask 0xfffffffe"));
}

TEST(Warps, NotInTheMask) {
  EXPECT_THAT(
      run(branch("", "", "nvvm.bar.warp.sync %odd : i32"), 0),
      HasSubstr("thread (0,0,0) takes part as lane 0 in a warp operation "
                "whose mask does not name it"));
}

TEST(Warps, LanesThatDoNotExist) {
  EXPECT_THAT(run(branch("", "", "nvvm.bar.warp.sync %all : i32"), 0, 20),
              HasSubstr("whose mask names lane 20, but the warp has 20 lanes"));
}

TEST(Warps, ShuffleFromOutsideTheMask) {
  // Lanes 1..31 shuffle from lane 0.
  EXPECT_THAT(
      run(branch("", "%s = nvvm.shfl.sync idx %odd, %i, %zero, %clamp : i32 -> "
                     "i32"),
          1, 32),
      HasSubstr("thread (1,0,0) shuffles from lane 0, which the mask does not "
                "name"));
}

TEST(Traps, Trap) {
  EXPECT_THAT(run(branch("llvm.intr.trap", ""), 1, 4),
              HasSubstr("thread (0,0,0) executes a trap [llvm.intr.trap at"));
  EXPECT_EQ(run(branch("llvm.intr.trap", ""), 0, 4), "");
}

TEST(Traps, ExitEndsTheThread) {
  EXPECT_EQ(run(branch("", "", "nvvm.exit\nllvm.intr.trap"), 1, 64), "");
  EXPECT_THAT(run(branch("nvvm.exit", "", "nvvm.barrier0"), 1, 64),
              HasSubstr("(0,0,0) has returned [nvvm.exit at"));
}

/// After a finding the device goes on, also after thousands of them.
TEST(Recovery, DeviceStaysUsable) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    ASSERT_EQ(e.load(branch("nvvm.barrier0", "",
                            "nvvm.bar.warp.sync %all : "
                            "i32\nnvvm.barrier0")),
              "");
    for (int i = 0; i < 50; ++i) {
      EXPECT_NE(
          e.launch({8, 1, 1}, {64, 1, 1}, {KernelArgument::i32(17 + i % 8)}),
          "");
      EXPECT_EQ(e.launch({8, 1, 1}, {64, 1, 1}, {KernelArgument::i32(64)}), "");
    }
  }
}

/// The finding is that of the earliest block, however many OS threads there
/// are. Blocks past the array take longer than those in it, so that later
/// blocks report after the first one has.
TEST(Recovery, SameFindingForOneSeed) {
  std::string text = kernel("%x: !llvm.ptr<1>", R"(
    %b = nvvm.read.ptx.sreg.ctaid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %few = llvm.mlir.constant(10000 : i32) : i32
    %many = llvm.mlir.constant(40000 : i32) : i32
    %limit = llvm.mlir.constant(100 : i32) : i32
    %late = llvm.icmp "ugt" %b, %limit : i32
    %n = llvm.select %late, %many, %few : i1, i32
    llvm.br ^loop(%zero : i32)
  ^loop(%i: i32):
    %v = llvm.load volatile %x : !llvm.ptr<1> -> i32
    %i2 = llvm.add %i, %one : i32
    %more = llvm.icmp "ult" %i2, %n : i32
    llvm.cond_br %more, ^loop(%i2 : i32), ^write
  ^write:
    %b1 = llvm.add %b, %one : i32
    %p = llvm.getelementptr %x[%b1] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    llvm.store %b, %p : i32, !llvm.ptr<1>)");
  for (std::uint64_t seed : {0, 3, 4}) {
    std::string first;
    for (unsigned threads : {1, 2, 4, 4, 4}) {
      EmulatorOptions options;
      options.seed = seed;
      options.threads = threads;
      Emulated e(options);
      auto x = e.array<std::int32_t>("x", 101);
      std::string finding = e.run(text, {500, 1, 1}, {1, 1, 1}, {x});
      EXPECT_THAT(finding, HasSubstr("past its end"));
      if (first.empty())
        first = finding;
      EXPECT_EQ(finding, first);
      if (seed == 0) {
        EXPECT_THAT(finding, HasSubstr("block (100,0,0)"));
      }
    }
  }
}

} // namespace
