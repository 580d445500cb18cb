//===- SharedLitmusTest.cpp - Every pair of accesses to a shared word -----===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block of 64 threads writes an array and meets at a barrier. Then thread A
// reads, writes or updates word 0, something may happen, and thread B reads,
// writes or updates word 0. Whether that is a race follows from the memory
// model and from nothing else; in particular not from the order in which the
// threads run. All combinations run in many orders.
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;
using testing::HasSubstr;

namespace {

enum Operation { read, write, update };

const char *const operations[] = {
    "%a = llvm.load volatile %s : !llvm.ptr<3> -> i32",
    "llvm.store volatile %i, %s : i32, !llvm.ptr<3>",
    "%a = llvm.atomicrmw add %s, %i monotonic : !llvm.ptr<3>, i32"};

/// Thread `%who` runs `operation`.
std::string step(const std::string &who, Operation operation,
                 const std::string &label) {
  std::string text = operations[operation];
  std::size_t result = text.find("%a");
  if (result == 0)
    text.replace(0, 2, "%result" + label);
  return "%is" + label + " = llvm.icmp \"eq\" %i, " + who +
         " : i32\nllvm.cond_br %is" + label + ", ^do" + label + ", ^after" +
         label + "\n^do" + label + ":\n" + text + "\nllvm.br ^after" + label +
         "\n^after" + label + ":\n";
}

/// Lanes of `mask` (of every warp) meet.
std::string sync(std::uint32_t mask, const std::string &label) {
  std::string m = std::to_string(static_cast<std::int32_t>(mask));
  return "%mask" + label + " = llvm.mlir.constant(" + m + " : i32) : i32\n" +
         "%bit" + label + " = llvm.and %me, %mask" + label + " : i32\n%in" +
         label + " = llvm.icmp \"ne\" %bit" + label +
         ", %zero : i32\nllvm.cond_br %in" + label + ", ^meet" + label +
         ", ^met" + label + "\n^meet" + label + ":\nnvvm.bar.warp.sync %mask" +
         label + " : i32\nllvm.br ^met" + label + "\n^met" + label + ":\n";
}

std::string litmus(Operation first, Operation second, const std::string &before,
                   const std::string &between) {
  return kernel("%first: i32, %second: i32",
                R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %lane = nvvm.read.ptx.sreg.laneid : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %me = llvm.shl %one, %lane : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %i, %p : i32, !llvm.ptr<3>
    nvvm.barrier0
    )" + before + step("%first", first, "A") +
                    between + step("%second", second, "B"),
                "llvm.mlir.global internal @tile() {addr_space = 3 : i32} : "
                "!llvm.array<64 x i32>");
}

struct Pair {
  int first, second;
};
const Pair pairs[] = {{5, 9},  {9, 5},  {5, 20}, {20, 5},
                      {5, 40}, {40, 5}, {3, 3}};

bool sameWarp(Pair p) { return p.first / 32 == p.second / 32; }
bool bothIn(Pair p, std::uint32_t mask) {
  return (mask >> p.first % 32 & 1) && (mask >> p.second % 32 & 1);
}

/// Runs all pairs of threads and operations; `ordered` says which pairs the
/// text between orders.
template <typename Ordered>
void runAll(const std::string &before, const std::string &between,
            Ordered ordered) {
  for (Operation first : {read, write, update})
    for (Operation second : {read, write, update}) {
      std::string text = litmus(first, second, before, between);
      for (std::uint64_t seed : {0, 1, 2, 3, 4}) {
        EmulatorOptions options;
        options.seed = seed;
        options.threads = 1;
        Emulated e(options);
        ASSERT_EQ(e.load(text), "");
        for (Pair pair : pairs) {
          std::string finding = e.launch({1, 1, 1}, {64, 1, 1},
                                         {KernelArgument::i32(pair.first),
                                          KernelArgument::i32(pair.second)});
          bool conflict = pair.first != pair.second &&
                          !(first == read && second == read) &&
                          !(first == update && second == update);
          if (conflict && !ordered(pair))
            EXPECT_THAT(finding, HasSubstr("with no barrier between them"))
                << first << " by " << pair.first << ", " << second << " by "
                << pair.second << ", seed " << seed;
          else
            EXPECT_EQ(finding, "")
                << first << " by " << pair.first << ", " << second << " by "
                << pair.second << ", seed " << seed;
        }
      }
    }
}

TEST(SharedLitmus, Nothing) {
  runAll("", "", [](Pair) { return false; });
}

TEST(SharedLitmus, Barrier) {
  runAll("", "nvvm.barrier0\n", [](Pair) { return true; });
}

TEST(SharedLitmus, WarpSync) { runAll("", sync(~0u, "1"), sameWarp); }

TEST(SharedLitmus, WarpSyncOfSomeLanes) {
  runAll("", sync(0x0000FFFF, "1"),
         [](Pair p) { return sameWarp(p) && bothIn(p, 0x0000FFFF); });
}

/// What lies before both accesses orders nothing.
TEST(SharedLitmus, WarpSyncBefore) {
  runAll(sync(~0u, "1"), "", [](Pair) { return false; });
}

TEST(SharedLitmus, WarpSyncsBeforeAndBetween) {
  runAll(sync(~0u, "1"), sync(~0u, "2"), sameWarp);
}

/// 5 meets 7, then 7 meets 20: 5 comes before 20, but 20 not before 5.
TEST(SharedLitmus, ChainOfWarpSyncs) {
  runAll("", sync(1u << 5 | 1u << 7, "1") + sync(1u << 7 | 1u << 20, "2"),
         [](Pair p) { return p.first == 5 && p.second == 20; });
}

TEST(SharedLitmus, ShuffleOrdersNothing) {
  runAll("",
         "%all = llvm.mlir.constant(-1 : i32) : i32\n%clamp = "
         "llvm.mlir.constant(31 : i32) : i32\n%sh = nvvm.shfl.sync bfly %all, "
         "%i, %one, %clamp : i32 -> i32\n",
         [](Pair) { return false; });
}

//===----------------------------------------------------------------------===//
// What pairs do not show
//===----------------------------------------------------------------------===//

/// All threads read word 0, and each of them in turn writes it.
TEST(SharedLitmus, ManyReadersAndAnyWriter) {
  std::string text = kernel("%writer: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %i, %p : i32, !llvm.ptr<3>
    nvvm.barrier0
    %v = llvm.load volatile %s : !llvm.ptr<3> -> i32
    %mine = llvm.icmp "eq" %i, %writer : i32
    llvm.cond_br %mine, ^write, ^end
  ^write:
    llvm.store %v, %s : i32, !llvm.ptr<3>
    llvm.br ^end
  ^end:)",
                            "llvm.mlir.global internal @tile() {addr_space = 3 "
                            ": i32} : !llvm.array<64 x i32>");
  for (std::uint64_t seed : {0, 1, 2, 3}) {
    EmulatorOptions options;
    options.seed = seed;
    options.threads = 1;
    Emulated e(options);
    ASSERT_EQ(e.load(text), "");
    for (int writer = 0; writer < 64; ++writer)
      EXPECT_THAT(
          e.launch({1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(writer)}),
          HasSubstr("with no barrier between them"));
    EXPECT_EQ(e.launch({1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(64)}), "");
  }
}

/// A reader of another warp is remembered while the writer's own warp reads and
/// meets: 40 reads; then warp 0 reads, meets, and 5 writes.
TEST(SharedLitmus, ReaderOfAnotherWarpIsRemembered) {
  std::string text = kernel("%other: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %five = llvm.mlir.constant(5 : i32) : i32
    %bound = llvm.mlir.constant(32 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %p = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %i, %p : i32, !llvm.ptr<3>
    nvvm.barrier0
    %isOther = llvm.icmp "eq" %i, %other : i32
    llvm.cond_br %isOther, ^read, ^after
  ^read:
    %v = llvm.load volatile %s : !llvm.ptr<3> -> i32
    llvm.br ^after
  ^after:
    %low = llvm.icmp "ult" %i, %bound : i32
    llvm.cond_br %low, ^warp, ^end
  ^warp:
    %w = llvm.load volatile %s : !llvm.ptr<3> -> i32
    nvvm.bar.warp.sync %all : i32
    %isFive = llvm.icmp "eq" %i, %five : i32
    llvm.cond_br %isFive, ^write, ^end
  ^write:
    llvm.store %zero, %s : i32, !llvm.ptr<3>
    llvm.br ^end
  ^end:)",
                            "llvm.mlir.global internal @tile() {addr_space = 3 "
                            ": i32} : !llvm.array<64 x i32>");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EmulatorOptions options;
    options.seed = seed;
    options.threads = 1;
    Emulated e(options);
    ASSERT_EQ(e.load(text), "");
    EXPECT_THAT(e.launch({1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(40)}),
                HasSubstr("with no barrier between them"))
        << seed;
    EXPECT_EQ(e.launch({1, 1, 1}, {64, 1, 1}, {KernelArgument::i32(7)}), "")
        << seed;
  }
}

/// An update reads: what it updates must have been written.
TEST(SharedLitmus, UpdateOfUnwritten) {
  Emulated e;
  EXPECT_THAT(
      e.run(kernel("", R"(
    %one = llvm.mlir.constant(1 : i32) : i32
    %s = llvm.mlir.addressof @count : !llvm.ptr<3>
    %old = llvm.atomicrmw add %s, %one monotonic : !llvm.ptr<3>, i32)",
                   "llvm.mlir.global internal @count() {addr_space = 3 : i32} "
                   ": i32"),
            {1, 1, 1}, {1, 1, 1}, {}),
      HasSubstr(
          "updates 4 bytes at offset 0 of shared array 'count' (4 bytes), "
          "but offset 0 was not written"));
}

/// The target of a copy under way may not be written either, not even by the
/// thread that copies.
TEST(SharedLitmus, WriteToTheTargetOfACopy) {
  for (bool waits : {false, true}) {
    Emulated e;
    auto x = e.array<float>("x", 4);
    std::string finding =
        e.run(kernel("%x: !llvm.ptr<1>",
                     std::string(R"(
    %one = llvm.mlir.constant(1.0 : f32) : f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    nvvm.cp.async.shared.global %s, %x, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
    nvvm.cp.async.commit.group
    )") + (waits ? "nvvm.cp.async.wait.group 0\n" : "") +
                         "llvm.store %one, %s : f32, !llvm.ptr<3>",
                     "llvm.mlir.global internal @tile() {addr_space = 3 : i32, "
                     "alignment = 16 : i64} : !llvm.array<4 x f32>"),
              {1, 1, 1}, {1, 1, 1}, {x});
    if (waits)
      EXPECT_EQ(finding, "");
    else
      EXPECT_THAT(finding,
                  HasSubstr("writes 4 bytes at offset 0 of shared array "
                            "'tile' (16 bytes), but the asynchronous "
                            "copy of thread (0,0,0)"));
  }
}

} // namespace
