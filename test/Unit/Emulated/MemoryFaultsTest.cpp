//===- MemoryFaultsTest.cpp - Faulty accesses to global memory ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One kernel per kind of fault, with the fault planted, beside the same kernel
// without it.
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;
using testing::AllOf;
using testing::HasSubstr;

namespace {

/// Thread i loads x[i + shift] with the given type and stores it to y[0] if it
/// is thread 0 (so that nothing else is wrong).
std::string loadAt(const std::string &type,
                   const std::string &attributes = "") {
  return kernel("%x: !llvm.ptr<1>, %shift: i32",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %j = llvm.add %i, %shift : i32
    %p = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.load volatile %p )" +
                    attributes + " : !llvm.ptr<1> -> " + type);
}

std::string storeAt() {
  return kernel("%x: !llvm.ptr<1>, %shift: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %j = llvm.add %i, %shift : i32
    %p = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.mlir.constant(1.0 : f32) : f32
    llvm.store %v, %p : f32, !llvm.ptr<1>)");
}

TEST(MemoryFaults, ReadInside) {
  Emulated e;
  auto x = e.array<float>("h", 64);
  EXPECT_EQ(
      e.run(loadAt("f32"), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(32)}),
      "");
}

TEST(MemoryFaults, ReadPastTheEnd) {
  Emulated e;
  auto x = e.array<float>("h", 64);
  EXPECT_EQ(
      e.run(loadAt("f32"), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(40)}),
      "kernel 'k': block (0,0,0) thread (24,0,0) reads 4 bytes at offset "
      "256 of array 'h' (256 bytes), past its end "
      "[llvm.load at deviceIR:8:10]");
}

TEST(MemoryFaults, VectorReadAcrossTheEnd) {
  Emulated e;
  auto x = e.array<float>("h", 63);
  EXPECT_THAT(
      e.run(loadAt("vector<4xf32>", "{alignment = 4 : i64}"), {1, 1, 1},
            {1, 1, 1}, {x, KernelArgument::i32(60)}),
      HasSubstr("reads 16 bytes at offset 240 of array 'h' (252 bytes), "
                "past its end"));
}

TEST(MemoryFaults, ReadBeforeTheStart) {
  Emulated e;
  auto x = e.array<float>("h", 64);
  EXPECT_THAT(
      e.run(loadAt("f32"), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(-1)}),
      AllOf(HasSubstr("thread (0,0,0) reads 4 bytes at offset -4 of "
                      "array 'h' (256 bytes), before its start")));
}

TEST(MemoryFaults, ReadFarAway) {
  Emulated e;
  auto x = e.array<float>("h", 64);
  EXPECT_THAT(e.run(loadAt("f32"), {1, 1, 1}, {1, 1, 1},
                    {x, KernelArgument::i32(2147483647)}),
              AllOf(HasSubstr("which lies in no array; the nearest is 'h'"),
                    HasSubstr("8589934588 bytes away")));
}

TEST(MemoryFaults, Misaligned) {
  Emulated e;
  auto x = e.array<float>("h", 64);
  EXPECT_EQ(e.run(loadAt("vector<4xf32>"), {1, 1, 1}, {1, 1, 1},
                  {x, KernelArgument::i32(4)}),
            "");
  EXPECT_THAT(e.run(loadAt("vector<4xf32>"), {1, 1, 1}, {1, 1, 1},
                    {x, KernelArgument::i32(2)}),
              HasSubstr("reads 16 bytes at offset 8 of array 'h' (256 bytes), "
                        "which is not a multiple of 16"));
}

/// What is remembered from the first access of a site must refuse the second,
/// for loads (inline) and for stores (in the machine).
TEST(MemoryFaults, SecondAccessOfASite) {
  for (std::string access :
       {"%v = llvm.load volatile %p : !llvm.ptr<1> -> vector<2xf32>",
        "llvm.store %ones, %p : vector<2xf32>, !llvm.ptr<1>"}) {
    Emulated e;
    auto x = e.array<float>("h", 64);
    ASSERT_EQ(e.load(kernel("%x: !llvm.ptr<1>, %first: i32, %step: i32", R"(
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %two = llvm.mlir.constant(2 : i32) : i32
    %ones = llvm.mlir.constant(dense<1.0> : vector<2xf32>) : vector<2xf32>
    llvm.br ^loop(%zero, %first : i32, i32)
  ^loop(%n: i32, %j: i32):
    %p = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    )" + access + R"(
    %m = llvm.add %n, %one : i32
    %k = llvm.add %j, %step : i32
    %more = llvm.icmp "ult" %m, %two : i32
    llvm.cond_br %more, ^loop(%m, %k : i32, i32), ^end
  ^end:)")),
              "");
    auto launch = [&](int first, int step) {
      return e.launch(
          {1, 1, 1}, {1, 1, 1},
          {x, KernelArgument::i32(first), KernelArgument::i32(step)});
    };
    EXPECT_EQ(launch(0, 62), "");
    EXPECT_THAT(launch(0, 64), HasSubstr("offset 256 of array 'h'"));
    EXPECT_THAT(launch(0, -2), HasSubstr("offset -8 of array 'h'"));
    EXPECT_THAT(launch(0, 1), HasSubstr("not a multiple of 8"));
    EXPECT_EQ(launch(62, -62), "");
  }
}

TEST(MemoryFaults, Null) {
  Emulated e;
  EXPECT_THAT(e.run(loadAt("f32"), {1, 1, 1}, {1, 1, 1},
                    {KernelArgument::address(0), KernelArgument::i32(0)}),
              HasSubstr("reads 4 bytes at address 0, the null pointer"));
  EXPECT_THAT(e.run(loadAt("f32"), {1, 1, 1}, {1, 1, 1},
                    {KernelArgument::address(0), KernelArgument::i32(9)}),
              HasSubstr("reads 4 bytes at address 36, near the null pointer"));
}

TEST(MemoryFaults, WritePastTheEnd) {
  Emulated e;
  auto x = e.array<float>("out", 32);
  EXPECT_EQ(
      e.run(storeAt(), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(0)}), "");
  EXPECT_THAT(
      e.run(storeAt(), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(1)}),
      HasSubstr("thread (31,0,0) writes 4 bytes at offset 128 of array "
                "'out' (128 bytes), past its end"));
}

TEST(MemoryFaults, WriteToProtected) {
  Emulated e;
  auto x = e.array<float>("weights", 32);
  ASSERT_TRUE(static_cast<bool>(e.device->protect(x.address)));
  EXPECT_THAT(
      e.run(storeAt(), {1, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(3)}),
      HasSubstr("writes 4 bytes at offset 12 of array 'weights' (128 "
                "bytes), which kernels may only read"));
  EXPECT_EQ(
      e.run(loadAt("f32"), {1, 1, 1}, {32, 1, 1}, {x, KernelArgument::i32(0)}),
      "");
}

/// A site that wrote to an array may not after the array was protected.
TEST(MemoryFaults, ProtectedBetweenLaunches) {
  Emulated e;
  auto x = e.array<float>("weights", 32);
  ASSERT_EQ(e.load(storeAt()), "");
  EXPECT_EQ(e.launch({1, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(3)}), "");
  ASSERT_TRUE(static_cast<bool>(e.device->protect(x.address)));
  EXPECT_THAT(e.launch({1, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(3)}),
              HasSubstr("may only read"));
}

TEST(MemoryFaults, Released) {
  Emulated e;
  auto x = e.array<float>("gone", 32);
  ASSERT_EQ(e.load(loadAt("f32")), "");
  EXPECT_EQ(e.launch({1, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(0)}), "");
  e.device->release(x.address);
  EXPECT_THAT(e.launch({1, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(0)}),
              HasSubstr("which lies in no array"));
}

TEST(MemoryFaults, AtomicOnProtected) {
  Emulated e;
  auto x = e.array<std::int32_t>("counter", 1);
  std::string text = kernel("%x: !llvm.ptr<1>", R"(
    %one = llvm.mlir.constant(1 : i32) : i32
    %old = llvm.atomicrmw add %x, %one monotonic : !llvm.ptr<1>, i32)");
  EXPECT_EQ(e.run(text, {5, 1, 1}, {64, 1, 1}, {x}), "");
  EXPECT_EQ(e.read(x)[0], 320);
  ASSERT_TRUE(static_cast<bool>(e.device->protect(x.address)));
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {x}),
              HasSubstr("updates 4 bytes at offset 0 of array 'counter'"));
}

TEST(MemoryFaults, SharedAddressAsGlobal) {
  Emulated e;
  std::string text = kernel("", R"(
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %bits = llvm.ptrtoint %s : !llvm.ptr<3> to i64
    %p = llvm.inttoptr %bits : i64 to !llvm.ptr<1>
    %v = llvm.load volatile %p : !llvm.ptr<1> -> f32)",
                            "llvm.mlir.global internal @tile() {addr_space = 3 "
                            ": i32} : !llvm.array<8 x f32>");
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {}),
              HasSubstr("as if it were global"));
}

TEST(MemoryFaults, GlobalAddressAsShared) {
  Emulated e;
  auto x = e.array<float>("h", 4);
  std::string text = kernel("%x: !llvm.ptr<1>", R"(
    %bits = llvm.ptrtoint %x : !llvm.ptr<1> to i64
    %p = llvm.inttoptr %bits : i64 to !llvm.ptr<3>
    %v = llvm.load volatile %p : !llvm.ptr<3> -> f32)");
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {x}),
              HasSubstr("reads 4 bytes at offset 0 of global array 'h' (16 "
                        "bytes) as if it were shared"));
}

TEST(MemoryFaults, LocalArray) {
  Emulated e;
  std::string text = kernel("%i: i32", R"(
    %n = llvm.mlir.constant(4 : i32) : i32
    %one = llvm.mlir.constant(1.0 : f32) : f32
    %a = llvm.alloca %n x f32 : (i32) -> !llvm.ptr
    llvm.store %one, %a : f32, !llvm.ptr
    %p = llvm.getelementptr %a[%i] : (!llvm.ptr, i32) -> !llvm.ptr, f32
    llvm.store volatile %one, %p : f32, !llvm.ptr)");
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {KernelArgument::i32(3)}), "");
  EXPECT_THAT(e.run(text, {1, 1, 1}, {1, 1, 1}, {KernelArgument::i32(4)}),
              HasSubstr("writes 4 bytes at offset 16 of a local array (16 "
                        "bytes), past its end"));
}

/// An array in a loop does not use up the stack.
TEST(MemoryFaults, LocalArrayInALoop) {
  Emulated e;
  std::string text = kernel("%y: !llvm.ptr<1>, %n: i32", R"(
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %k = llvm.mlir.constant(1000 : i32) : i32
    %three = llvm.mlir.constant(3 : i32) : i32
    llvm.br ^loop(%zero : i32)
  ^loop(%i: i32):
    %a = llvm.alloca %k x i32 : (i32) -> !llvm.ptr
    %low = llvm.and %i, %three : i32
    %p = llvm.getelementptr %a[%low] : (!llvm.ptr, i32) -> !llvm.ptr, i32
    llvm.store volatile %i, %p : i32, !llvm.ptr
    %v = llvm.load volatile %p : !llvm.ptr -> i32
    %i2 = llvm.add %v, %one : i32
    %more = llvm.icmp "ult" %i2, %n : i32
    llvm.cond_br %more, ^loop(%i2 : i32), ^end
  ^end:
    llvm.store %i2, %y : i32, !llvm.ptr<1>)");
  auto y = e.array<std::int32_t>("y", 1);
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {y, KernelArgument::i32(10000)}),
            "");
  EXPECT_EQ(e.read(y)[0], 10000);
}

TEST(MemoryFaults, CopyPastTheEnd) {
  Emulated e;
  auto x = e.array<float>("from", 8);
  auto y = e.array<float>("to", 4);
  std::string text = kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %n: i64", R"(
    "llvm.intr.memcpy"(%y, %x, %n) <{isVolatile = false}>
      : (!llvm.ptr<1>, !llvm.ptr<1>, i64) -> ())");
  EXPECT_EQ(e.run(text, {1, 1, 1}, {1, 1, 1}, {x, y, KernelArgument::i64(16)}),
            "");
  EXPECT_THAT(
      e.run(text, {1, 1, 1}, {1, 1, 1}, {x, y, KernelArgument::i64(20)}),
      HasSubstr("writes 20 bytes at offset 0 of array 'to' (16 bytes)"));
}

//===----------------------------------------------------------------------===//
// Races on global memory
//===----------------------------------------------------------------------===//

/// Every thread writes x[thread * a + block * b].
std::string scatter(const std::string &type = "i32") {
  return kernel("%x: !llvm.ptr<1>, %a: i32, %b: i32",
                R"(
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %c = nvvm.read.ptx.sreg.ctaid.x : i32
    %ta = llvm.mul %t, %a : i32
    %cb = llvm.mul %c, %b : i32
    %j = llvm.add %ta, %cb : i32
    %v = llvm.trunc %j : i32 to i8
    %w = llvm.sext %v : i8 to )" +
                    type + R"(
    %p = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, )" +
                    type + "\nllvm.store %w, %p : " + type + ", !llvm.ptr<1>");
}

TEST(GlobalRaces, TwoBlocks) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto x = e.array<std::int32_t>("agg", 64);
    ASSERT_EQ(e.load(scatter()), "");
    auto launch = [&](int a, int b) {
      return e.launch({4, 1, 1}, {8, 1, 1},
                      {x, KernelArgument::i32(a), KernelArgument::i32(b)});
    };
    EXPECT_EQ(launch(1, 8), "");
    EXPECT_EQ(launch(1, 8), "") << "launches do not race with each other";
    EXPECT_THAT(launch(1, 7), AllOf(HasSubstr("of array 'agg' (256 bytes)"),
                                    HasSubstr("writes in the same launch")));
  }
}

TEST(GlobalRaces, TwoThreadsOfABlock) {
  Emulated e;
  auto x = e.array<std::int32_t>("agg", 64);
  EXPECT_THAT(e.run(scatter(), {1, 1, 1}, {8, 1, 1},
                    {x, KernelArgument::i32(0), KernelArgument::i32(0)}),
              HasSubstr("thread (1,0,0) writes 4 bytes at offset 0 of array "
                        "'agg' (256 bytes), which thread (0,0,0) wrote with no "
                        "barrier between them"));
}

TEST(GlobalRaces, NeighbouringBytesAreNoRace) {
  Emulated e;
  auto x = e.array<std::int8_t>("bytes", 64);
  ASSERT_EQ(e.load(kernel("%x: !llvm.ptr<1>", R"(
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %v = llvm.trunc %t : i32 to i8
    %p = llvm.getelementptr %x[%t] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
    llvm.store %v, %p : i8, !llvm.ptr<1>)")),
            "");
  EXPECT_EQ(e.launch({1, 1, 1}, {64, 1, 1}, {x}), "");
  EXPECT_EQ(e.read(x)[63], 63);
}

/// Block b writes x[b] and reads x[b - shift]; the order of blocks decides who
/// comes first, so one order at least must find a shift.
std::string readBack(const std::string &between) {
  return kernel("%x: !llvm.ptr<1>, %shift: i32", R"(
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %b = nvvm.read.ptx.sreg.ctaid.x : i32
    %d = nvvm.read.ptx.sreg.ntid.x : i32
    %bd = llvm.mul %b, %d : i32
    %i = llvm.add %bd, %t : i32
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %q0 = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %before = llvm.load volatile %q0 : !llvm.ptr<1> -> i32
    llvm.store %i, %p : i32, !llvm.ptr<1>
    )" + between + R"(
    %zero = llvm.mlir.constant(0 : i32) : i32
    %j0 = llvm.sub %i, %shift : i32
    %j = llvm.intr.smax(%j0, %zero) : (i32, i32) -> i32
    %q = llvm.getelementptr %x[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    %v = llvm.load volatile %q : !llvm.ptr<1> -> i32)");
}

TEST(GlobalRaces, ReadOfAnotherBlocksWrite) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto x = e.array<std::int32_t>("agg", 64);
    ASSERT_EQ(e.load(readBack("")), "");
    auto launch = [&](int shift) {
      return e.launch({64, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(shift)});
    };
    EXPECT_EQ(launch(0), "");
    EXPECT_EQ(launch(0), "") << "launches do not race with each other";
    EXPECT_THAT(launch(1), AllOf(HasSubstr("reads 4 bytes at offset"),
                                 HasSubstr("writes in the same launch")));
  }
}

TEST(GlobalRaces, ReadOfAnotherThreadsWrite) {
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto x = e.array<std::int32_t>("agg", 64);
    auto run = [&](const std::string &between, int shift) {
      return e.run(readBack(between), {1, 1, 1}, {64, 1, 1},
                   {x, KernelArgument::i32(shift)});
    };
    EXPECT_EQ(run("", 0), "");
    EXPECT_EQ(run("nvvm.barrier0", 5), "");
    EXPECT_THAT(run("", 1), AllOf(HasSubstr("reads 4 bytes at offset"),
                                  HasSubstr("with no barrier between them")));
  }
}

/// Blocks with fences may talk to each other.
TEST(GlobalRaces, CommunicatingBlocks) {
  Emulated e;
  auto x = e.array<std::int32_t>("agg", 64);
  EXPECT_EQ(e.run(readBack("nvvm.memory.barrier #nvvm.mem_scope<gpu>"),
                  {64, 1, 1}, {1, 1, 1}, {x, KernelArgument::i32(1)}),
            "");
}

TEST(GlobalRaces, CanBeSwitchedOff) {
  EmulatorOptions options;
  options.checkGlobalRaces = false;
  Emulated e(options);
  auto x = e.array<std::int32_t>("agg", 64);
  EXPECT_EQ(e.run(scatter(), {4, 1, 1}, {8, 1, 1},
                  {x, KernelArgument::i32(1), KernelArgument::i32(0)}),
            "");
}

} // namespace
