//===- CostTest.cpp - What checking costs ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Not run by default: prints nanoseconds per access, barrier and shuffle on one
// OS thread. `PigeonEmulatedTests --gtest_also_run_disabled_tests
// --gtest_filter=*Cost*`. docs/emulated-device.md has a table of them.
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

#include <chrono>
#include <iostream>

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

/// Repeats `body` %n times in each thread; %i is the thread, %j the repetition.
std::string repeat(const std::string &body) {
  return kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %n: i32", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %low = llvm.mlir.constant(1023 : i32) : i32
    %fone = llvm.mlir.constant(1.0 : f32) : f32
    %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
    %sp = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %yp = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %fone, %sp : f32, !llvm.ptr<3>
    llvm.br ^loop(%zero, %fone : i32, f32)
  ^loop(%j: i32, %acc: f32):
    %at = llvm.and %j, %low : i32
    %xp = llvm.getelementptr %x[%at] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    )" + body + R"(
    %acc2 = llvm.fadd %acc, %v : f32
    %j2 = llvm.add %j, %one : i32
    %more = llvm.icmp "ult" %j2, %n : i32
    llvm.cond_br %more, ^loop(%j2, %acc2 : i32, f32), ^end
  ^end:
    llvm.store %acc2, %yp : f32, !llvm.ptr<1>)",
                "llvm.mlir.global internal @tile() {addr_space = 3 : i32} : "
                "!llvm.array<256 x f32>");
}

double nanoseconds(const std::string &body, int repetitions) {
  EmulatorOptions options;
  options.threads = 1;
  Emulated e(options);
  auto x = e.array<float>("x", 1024), y = e.array<float>("y", 256);
  EXPECT_EQ(e.load(repeat(body)), "");
  auto launch = [&](int n) {
    auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(e.launch({1, 1, 1}, {256, 1, 1}, {x, y, KernelArgument::i32(n)}),
              "");
    std::chrono::duration<double, std::nano> time =
        std::chrono::steady_clock::now() - begin;
    return time.count();
  };
  double best = 1e30;
  for (int i = 0; i < 5; ++i) {
    double base = launch(1);
    best = std::min(best, launch(repetitions + 1) - base);
  }
  return best / repetitions / 256;
}

TEST(Cost, DISABLED_PerOperation) {
  const std::string none = "%v = llvm.bitcast %at : i32 to f32";
  double empty = nanoseconds(none, 100000);
  auto print = [&](const char *what, const std::string &body, int n) {
    std::cout << what << ": " << nanoseconds(body, n) - empty << " ns\n";
  };
  std::cout << "empty loop: " << empty << " ns\n";
  print("global load, f32", "%v = llvm.load %xp : !llvm.ptr<1> -> f32", 20000);
  print("global store, f32", none + "\nllvm.store %v, %yp : f32, !llvm.ptr<1>",
        20000);
  print("shared load, f32", "%v = llvm.load %sp : !llvm.ptr<3> -> f32", 20000);
  print("shared store, f32", none + "\nllvm.store %v, %sp : f32, !llvm.ptr<3>",
        20000);
  print("barrier", none + "\nnvvm.barrier0", 2000);
  print("warp sync", none + "\nnvvm.bar.warp.sync %all : i32", 2000);
  print("shuffle",
        "%v = nvvm.shfl.sync bfly %all, %acc, %one, %clamp : f32 -> f32", 2000);
}

} // namespace
