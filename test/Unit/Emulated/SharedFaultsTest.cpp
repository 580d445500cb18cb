//===- SharedFaultsTest.cpp - Faulty accesses to shared memory ------------===//
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
using testing::AnyOf;
using testing::HasSubstr;

namespace {

const char *const tile = "llvm.mlir.global internal @tile() {addr_space = 3 : "
                         "i32} : !llvm.array<64 x f32>";

/// Thread i writes tile[i], then `between`, then reads tile[i ^ flip], in a
/// block of 64 threads.
std::string exchange(const std::string &between) {
  return kernel("%y: !llvm.ptr<1>, %flip: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %v = llvm.sitofp %i : i32 to f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %v, %p : f32, !llvm.ptr<3>
    )" + between + R"(
    %j = llvm.xor %i, %flip : i32
    %q = llvm.getelementptr %s[%j] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %w = llvm.load %q : !llvm.ptr<3> -> f32
    %r = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %w, %r : f32, !llvm.ptr<1>)",
                tile);
}

std::string runExchange(const std::string &between, int flip,
                        EmulatorOptions options = {}) {
  Emulated e(options);
  auto y = e.array<float>("y", 64);
  return e.run(exchange(between), {1, 1, 1}, {64, 1, 1},
               {y, KernelArgument::i32(flip)});
}

const char *const syncWarp = R"(
    %all = llvm.mlir.constant(-1 : i32) : i32
    nvvm.bar.warp.sync %all : i32)";

TEST(SharedRaces, BarrierOrdersTheBlock) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<float>("y", 64);
    ASSERT_EQ(e.run(exchange("nvvm.barrier0"), {1, 1, 1}, {64, 1, 1},
                    {y, KernelArgument::i32(33)}),
              "");
    std::vector<float> result = e.read(y);
    for (int i = 0; i < 64; ++i)
      EXPECT_EQ(result[i], i ^ 33);
  }
}

/// Ordered by chance in every order of threads but one: a race in all.
TEST(SharedRaces, NoBarrier) {
  for (EmulatorOptions options : allOrders())
    for (int flip : {1, 32, 63})
      EXPECT_THAT(
          runExchange("", flip, options),
          AnyOf(HasSubstr("with no barrier between them"),
                // Or the neighbour has not even written yet.
                HasSubstr("was not written by any thread of the block")));
}

TEST(SharedRaces, BothSitesAreNamed) {
  EXPECT_THAT(runExchange("", 0), "");
  EXPECT_EQ(
      runExchange("%one = llvm.mlir.constant(1 : i32) : i32", 1),
      "kernel 'k': block (0,0,0) thread (0,0,0) reads 4 bytes at offset 4 "
      "of shared array 'tile' (256 bytes), but offset 4 was not written "
      "by any thread of the block [llvm.load at deviceIR:13:10]");
}

TEST(SharedRaces, WarpSyncOrdersTheLanesOfAWarp) {
  for (EmulatorOptions options : allOrders())
    EXPECT_NE(runExchange(syncWarp, 32, options), "")
        << "another warp is not ordered";
  EXPECT_THAT(runExchange("%all = llvm.mlir.constant(0xF : i32) : i32", 0), "");
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<float>("y", 64);
    EXPECT_EQ(e.run(exchange(syncWarp), {1, 1, 1}, {64, 1, 1},
                    {y, KernelArgument::i32(5)}),
              "");
  }
}

/// A warp sync of half a warp does not order the other half.
TEST(SharedRaces, PartialWarpSync) {
  const char *const halves = R"(
    %low = llvm.mlir.constant(65535 : i32) : i32
    %high = llvm.mlir.constant(-65536 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %lane = nvvm.read.ptx.sreg.laneid : i32
    %isLow = llvm.icmp "ult" %lane, %sixteen : i32
    %mask = llvm.select %isLow, %low, %high : i1, i32
    nvvm.bar.warp.sync %mask : i32)";
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<float>("y", 64);
    EXPECT_EQ(e.run(exchange(halves), {1, 1, 1}, {64, 1, 1},
                    {y, KernelArgument::i32(15)}),
              "");
    EXPECT_NE(e.run(exchange(halves), {1, 1, 1}, {64, 1, 1},
                    {y, KernelArgument::i32(16)}),
              "");
  }
}

/// Read, then overwrite: the missing second barrier of a loop. Fails in every
/// order.
std::string overwrite(const std::string &between) {
  return kernel("%y: !llvm.ptr<1>, %flip: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %v = llvm.sitofp %i : i32 to f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %v, %p : f32, !llvm.ptr<3>
    nvvm.barrier0
    %j = llvm.xor %i, %flip : i32
    %q = llvm.getelementptr %s[%j] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %w = llvm.load %q : !llvm.ptr<3> -> f32
    )" + between + R"(
    llvm.store %w, %p : f32, !llvm.ptr<3>)",
                tile);
}

TEST(SharedRaces, OverwriteAfterRead) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<float>("y", 64);
    auto run = [&](const char *between, int flip) {
      return e.run(overwrite(between), {1, 1, 1}, {64, 1, 1},
                   {y, KernelArgument::i32(flip)});
    };
    EXPECT_EQ(run("nvvm.barrier0", 7), "");
    EXPECT_THAT(run("", 7),
                AllOf(HasSubstr("of shared array 'tile'"),
                      HasSubstr("with no barrier between them"),
                      HasSubstr("llvm.load at"), HasSubstr("llvm.store at")));
  }
}

/// Everyone reads one word, one thread writes it: whoever it is.
TEST(SharedRaces, BroadcastAndOneWriter) {
  for (EmulatorOptions options : allOrders())
    for (int writer : {0, 1, 31, 32, 63}) {
      Emulated e(options);
      std::string text = kernel("%writer: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %v = llvm.mlir.constant(1.0 : f32) : f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %first = llvm.icmp "eq" %i, %zero : i32
    llvm.cond_br %first, ^init, ^read
  ^init:
    llvm.store %v, %s : f32, !llvm.ptr<3>
    llvm.br ^read
  ^read:
    nvvm.barrier0
    %w = llvm.load volatile %s : !llvm.ptr<3> -> f32
    %mine = llvm.icmp "eq" %i, %writer : i32
    llvm.cond_br %mine, ^write, ^end
  ^write:
    llvm.store %v, %s : f32, !llvm.ptr<3>
    llvm.br ^end
  ^end:)",
                                tile);
      EXPECT_THAT(
          e.run(text, {1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(writer)}),
          HasSubstr("with no barrier between them"));
      EXPECT_EQ(e.run(text, {1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(64)}),
                "");
    }
}

TEST(SharedRaces, AtomicsDoNotRace) {
  std::string text = kernel("%y: !llvm.ptr<1>", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %s = llvm.mlir.addressof @count : !llvm.ptr<3>
    %first = llvm.icmp "eq" %i, %zero : i32
    llvm.cond_br %first, ^init, ^add
  ^init:
    llvm.store %zero, %s : i32, !llvm.ptr<3>
    llvm.br ^add
  ^add:
    nvvm.barrier0
    %old = llvm.atomicrmw add %s, %i monotonic : !llvm.ptr<3>, i32
    nvvm.barrier0
    %sum = llvm.load %s : !llvm.ptr<3> -> i32
    %r = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    llvm.store %sum, %r : i32, !llvm.ptr<1>)",
                            "llvm.mlir.global internal @count() {addr_space = "
                            "3 : i32} : i32");
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<std::int32_t>("y", 64);
    ASSERT_EQ(e.run(text, {1, 1, 1}, {64, 1, 1}, {y}), "");
    EXPECT_EQ(e.read(y)[63], 63 * 64 / 2);
  }
}

/// Bytes and halves of one word belong to different threads.
TEST(SharedRaces, NeighbouringHalvesAreNoRace) {
  std::string text = kernel("%flip: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %v = llvm.trunc %i : i32 to i16
    %s = llvm.mlir.addressof @half : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i16
    llvm.store %v, %p : i16, !llvm.ptr<3>
    %j = llvm.xor %i, %flip : i32
    %q = llvm.getelementptr %s[%j] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i16
    %w = llvm.load volatile %q : !llvm.ptr<3> -> i16)",
                            "llvm.mlir.global internal @half() {addr_space = 3 "
                            ": i32} : !llvm.array<64 x i16>");
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    EXPECT_EQ(e.run(text, {1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(0)}), "");
    EXPECT_NE(e.run(text, {1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(1)}), "");
  }
}

//===----------------------------------------------------------------------===//
// Bounds and initialisation
//===----------------------------------------------------------------------===//

/// Thread 0 stores to tile[i], and to other[0] so that both have a place.
std::string storeShared(const std::string &type = "f32") {
  return kernel("%i: i32",
                R"(
    %v = llvm.mlir.constant(1.0 : f32) : f32
    %w = llvm.mlir.constant(dense<1.0> : vector<2xf32>) : vector<2xf32>
    %o = llvm.mlir.addressof @other : !llvm.ptr<3>
    llvm.store %v, %o : f32, !llvm.ptr<3>
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store )" + std::string(type == "f32" ? "%v" : "%w") +
                    ", %p : " + type + ", !llvm.ptr<3>",
                std::string(tile) +
                    "\nllvm.mlir.global internal @other() {addr_space = 3 : "
                    "i32} : !llvm.array<64 x f32>");
}

TEST(SharedFaults, Bounds) {
  Emulated e;
  auto run = [&](int i) {
    return e.run(storeShared(), {1, 1, 1}, {1, 1, 1}, {KernelArgument::i32(i)});
  };
  EXPECT_EQ(run(0), "");
  EXPECT_EQ(run(63), "");
  EXPECT_THAT(run(64), HasSubstr("writes 4 bytes at offset 256 of shared array "
                                 "'tile' (256 bytes), past its end"));
  EXPECT_THAT(run(-1),
              HasSubstr("offset -4 of shared array 'tile' (256 bytes), "
                        "before its start"));
  EXPECT_THAT(run(1 << 28), HasSubstr("as if it were shared"));
}

TEST(SharedFaults, Alignment) {
  Emulated e;
  auto run = [&](int i) {
    return e.run(storeShared("vector<2xf32>"), {1, 1, 1}, {1, 1, 1},
                 {KernelArgument::i32(i)});
  };
  // The array asks for an alignment of 4 only, so it may not be relied on.
  EXPECT_THAT(run(0), HasSubstr("whose address is not a multiple of 8"));
  EXPECT_THAT(run(63), HasSubstr("past its end"));
}

TEST(SharedFaults, UnwrittenByThisBlock) {
  // The first block writes; what it left does not count for the second.
  std::string text = kernel("", R"(
    %b = nvvm.read.ptx.sreg.ctaid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %v = llvm.mlir.constant(1.0 : f32) : f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %first = llvm.icmp "eq" %b, %zero : i32
    llvm.cond_br %first, ^write, ^read
  ^write:
    llvm.store %v, %s : f32, !llvm.ptr<3>
    llvm.br ^read
  ^read:
    %w = llvm.load volatile %s : !llvm.ptr<3> -> f32)",
                            tile);
  EmulatorOptions options;
  options.threads = 1;
  Emulated e(options);
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {}), "");
  EXPECT_THAT(e.run(text, {2, 1, 1}, {1, 1, 1}, {}),
              AllOf(HasSubstr("block (1,0,0)"),
                    HasSubstr("was not written by any thread of the block")));
}

/// Dynamic shared memory is as large as the launch says.
TEST(SharedFaults, DynamicSize) {
  Emulated e;
  std::string text = kernel("", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %s = llvm.mlir.addressof @dynamic : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %i, %p : i32, !llvm.ptr<3>)",
                            "llvm.mlir.global external @dynamic() {addr_space "
                            "= 3 : i32, alignment = 16 : i64} : !llvm.array<0 "
                            "x i8>");
  EXPECT_EQ(e.run(text, {1, 1, 1}, {32, 1, 1}, {}, 128), "");
  EXPECT_THAT(e.run(text, {1, 1, 1}, {32, 1, 1}, {}, 124),
              HasSubstr("thread (31,0,0) writes 4 bytes at offset 124 of "
                        "shared array 'dynamic' (124 bytes)"));
  EXPECT_THAT(e.run(text, {1, 1, 1}, {32, 1, 1}, {}, 300000),
              HasSubstr("a block needs 300000 bytes of shared memory, but may "
                        "have 232448"));
}

/// A generic address is checked as what it turns out to be.
TEST(SharedFaults, GenericAddress) {
  std::string text = kernel("%y: !llvm.ptr<1>, %i: i32", R"(
    %v = llvm.mlir.constant(1.0 : f32) : f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %bits = llvm.ptrtoint %s : !llvm.ptr<3> to i64
    %g = llvm.inttoptr %bits : i64 to !llvm.ptr
    %p = llvm.getelementptr %g[%i] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    llvm.store %v, %p : f32, !llvm.ptr
    %w = llvm.load %p : !llvm.ptr -> f32
    %h = llvm.addrspacecast %y : !llvm.ptr<1> to !llvm.ptr
    %q = llvm.getelementptr %h[%i] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    llvm.store %w, %q : f32, !llvm.ptr)",
                            tile);
  Emulated e;
  auto y = e.array<float>("y", 64);
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {y, KernelArgument::i32(5)}), "");
  EXPECT_EQ(e.read(y)[5], 1.0f);
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {y, KernelArgument::i32(64)}),
              HasSubstr("of shared array 'tile'"));
}

//===----------------------------------------------------------------------===//
// cp.async
//===----------------------------------------------------------------------===//

/// Thread i copies 4 floats to tile[4 i], runs `wait`, and reads tile[4 j] with
/// j = i ^ flip; 16 threads.
std::string asyncCopy(const std::string &wait, const std::string &cpSize = "") {
  return kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %flip: i32, %n: i32",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %four = llvm.mlir.constant(4 : i32) : i32
    %i4 = llvm.mul %i, %four : i32
    %from = llvm.getelementptr %x[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %to = llvm.getelementptr %s[%i4] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    nvvm.cp.async.shared.global %to, %from, 16, cache = cg)" +
                    (cpSize.empty()
                         ? std::string(" : !llvm.ptr<3>, !llvm.ptr<1>")
                         : ", %n : !llvm.ptr<3>, !llvm.ptr<1>, i32") +
                    "\n" + wait + R"(
    %j = llvm.xor %i4, %flip : i32
    %q = llvm.getelementptr %s[%j] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %w = llvm.load %q : !llvm.ptr<3> -> vector<4xf32>
    %r = llvm.getelementptr %y[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %w, %r : vector<4xf32>, !llvm.ptr<1>)",
                "llvm.mlir.global internal @tile() {addr_space = 3 : i32, "
                "alignment = 16 : i64} : !llvm.array<64 x f32>");
}

struct AsyncResult {
  std::string finding;
  std::vector<float> values;
};

AsyncResult runAsync(const std::string &wait, int flip,
                     EmulatorOptions options = {}, int n = -1) {
  Emulated e(options);
  std::vector<float> values = randomFloats(64, 5);
  auto x = e.array("x", values);
  auto y = e.array<float>("y", 64);
  AsyncResult result;
  result.finding =
      e.run(asyncCopy(wait, n >= 0 ? "n" : ""), {1, 1, 1}, {16, 1, 1},
            {x, y, KernelArgument::i32(flip), KernelArgument::i32(n)});
  result.values = e.read(y);
  return result;
}

const char *const commit = "nvvm.cp.async.commit.group\n";
const char *const wait0 = "nvvm.cp.async.wait.group 0\n";
const char *const wait1 = "nvvm.cp.async.wait.group 1\n";
const char *const barrier = "nvvm.barrier0\n";

TEST(AsyncCopy, WaitedFor) {
  for (EmulatorOptions options : allOrders()) {
    AsyncResult result =
        runAsync(std::string(commit) + wait0 + barrier, 4, options);
    EXPECT_EQ(result.finding, "");
    std::vector<float> values = randomFloats(64, 5);
    for (int i = 0; i < 64; ++i)
      EXPECT_EQ(result.values[i], values[i ^ 4]);
  }
}

TEST(AsyncCopy, NotWaitedFor) {
  const std::string notWaited = "was not waited for";
  for (EmulatorOptions options : allOrders()) {
    // No wait; a wait that leaves one group; a wait without a commit.
    for (std::string wait :
         {std::string(commit), std::string(commit) + wait1, std::string(wait0)})
      EXPECT_THAT(runAsync(wait + barrier, 0, options).finding,
                  AllOf(HasSubstr("asynchronous copy of thread"),
                        HasSubstr("nvvm.cp.async.shared.global at"),
                        HasSubstr(notWaited)));
    // Waited for by the thread that copied, but not known to the others.
    EXPECT_NE(runAsync(std::string(commit) + wait0, 4, options).finding, "");
    EXPECT_EQ(runAsync(std::string(commit) + wait0, 0, options).finding, "");
  }
}

TEST(AsyncCopy, ShortSourceIsFilledWithZeros) {
  AsyncResult result =
      runAsync(std::string(commit) + wait0 + barrier, 0, {}, 8);
  EXPECT_EQ(result.finding, "");
  std::vector<float> values = randomFloats(64, 5);
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(result.values[i], i % 4 < 2 ? values[i] : 0.0f);
  EXPECT_THAT(
      runAsync(std::string(commit) + wait0 + barrier, 0, {}, 20).finding,
      HasSubstr("copies 20 bytes to 16 bytes"));
}

TEST(AsyncCopy, SourceOutOfBounds) {
  Emulated e;
  auto x = e.array<float>("x", 60);
  auto y = e.array<float>("y", 64);
  EXPECT_THAT(e.run(asyncCopy(std::string(commit) + wait0), {1, 1, 1},
                    {16, 1, 1},
                    {x, y, KernelArgument::i32(0), KernelArgument::i32(0)}),
              HasSubstr("thread (15,0,0) reads 16 bytes at offset 240 of array "
                        "'x' (240 bytes), past its end"));
  // No bytes are read where none are asked for.
  EXPECT_EQ(e.run(asyncCopy(std::string(commit) + wait0, "n"), {1, 1, 1},
                  {16, 1, 1},
                  {x, y, KernelArgument::i32(0), KernelArgument::i32(0)}),
            "");
}

} // namespace
