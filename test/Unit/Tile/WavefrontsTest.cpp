//===- WavefrontsTest.cpp - Kernels whose wavefronts are counted ------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the kernels of test/Target/PTX/wavefronts.mlir, where there is a GPU on
// it too, so that a profiler can count what their remarks predict
// (docs/shared-memory.md says how).
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace pigeon::test;

namespace {

const char *const kKernels =
#include "wavefronts.mlir.inc"
    ;

/// The text from `begin` up to and including `end`.
std::string between(llvm::StringRef text, const std::string &begin,
                    const std::string &end) {
  size_t from = text.find(begin);
  size_t to = text.find(end, from);
  if (from == llvm::StringRef::npos || to == llvm::StringRef::npos)
    return "";
  return text.slice(from, to + end.size()).str();
}

/// One function of the file, as @k, under the file's layouts.
std::string compileFunction(const std::string &name) {
  llvm::StringRef text = kKernels;
  std::string function =
      between(text, "tile.func @" + name + "(", "tile.return\n  }");
  // Aliases are expanded: a function is compiled in a module of its own.
  llvm::SmallVector<llvm::StringRef> lines;
  text.split(lines, '\n');
  for (llvm::StringRef line : lines) {
    auto [alias, value] = line.split(" = ");
    if (alias.starts_with("#"))
      for (std::string after : {">", ","})
        for (size_t at;
             (at = function.find(alias.str() + after)) != std::string::npos;)
          function.replace(at, alias.size(), value.str());
  }
  function.replace(function.find("@" + name), name.size() + 1, "@k");
  return compileTile(function);
}

/// Every second run is on the GPU; there it must say what the emulator says.
void check(const std::string &name, uint32_t threads,
           const std::vector<float> &x, const std::vector<float> &expected) {
  std::string code = compileFunction(name);
  for (bool hardware : {false, true}) {
    if (hardware && !hasGPU())
      GTEST_SKIP() << "no GPU";
    std::vector<float> copy = x, y(expected.size(), 7);
    ASSERT_EQ(hardware ? runTileOnGPU(code, {&copy, &y}, threads)
                       : runTile(code, {&copy, &y}, threads),
              "");
    for (size_t i = 0; i < y.size(); ++i)
      ASSERT_EQ(y[i], expected[i]) << name << " at " << i;
  }
}

TEST(Wavefronts, ColumnsRowMajor) {
  auto x = randomFloats(1024, 1);
  check("columns_row_major", 32, x, x);
}

TEST(Wavefronts, Columns) {
  auto x = randomFloats(1024, 1);
  check("columns", 32, x, x);
}

/// Halves, two in each float of the host.
TEST(Wavefronts, Matrices) {
  auto x = randomFloats(512, 1);
  check("matrices", 32, x, x);
}

/// The sums of the columns, eight times.
void checkBroadcast(const std::string &name) {
  std::vector<float> x(1024), sums(256);
  for (int i = 0; i < 1024; ++i)
    x[i] = i % 37;
  for (int i = 0; i < 8192; ++i)
    sums[i % 256] += x[i % 32 + i / 256 * 32];
  check(name, 64, x, sums);
}

TEST(Wavefronts, BroadcastFar) { checkBroadcast("broadcast_far"); }

TEST(Wavefronts, BroadcastNear) { checkBroadcast("broadcast_near"); }

} // namespace
