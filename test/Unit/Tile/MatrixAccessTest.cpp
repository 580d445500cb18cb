//===- MatrixAccessTest.cpp - ldmatrix and stmatrix, run ------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile goes to shared memory in one layout and comes back in another, so each
// element is seen at its place. What divides moves as matrices.
//
//===----------------------------------------------------------------------===//

#include "TileProgram.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"
#include "pigeon/Target/PTX/PTX.h"
#include "pigeon/Target/PTX/Ptxas.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace pigeon;
using namespace pigeon::test;
using layout::Layout;
namespace mma = pigeon::layout::mma;

namespace {

std::string text(int64_t value) { return std::to_string(value); }

/// Stores as `from`, loads as `to`.
std::string program(const Layout &from, const Layout &to, int64_t bits,
                    const std::string &shared, bool stmatrix) {
  return moveProgram(from, to, bits, stmatrix ? ", stmatrix" : "",
                     instantiate(R"(
      %s = tile.alloc_shared : !tile.ref<$S$E, shared$SHARED>
      tile.store %n, %s[%c0, %c0] : tensor<$S$E, #layout.layout$FROM>, !tile.ref<$S$E, shared$SHARED>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<$S$E, shared$SHARED>, i32, i32 -> tensor<$S$E, #layout.layout$TO>
  )",
                                 {{"SHARED", shared}}));
}

size_t count(const std::string &code, const std::string &what) {
  return llvm::StringRef(code).count(what);
}

/// Runs it; returns the compiled program.
std::string expectSame(const Layout &from, const Layout &to, int64_t bits,
                       const std::string &shared, bool stmatrix) {
  std::string code = compileTile(program(from, to, bits, shared, stmatrix));
  std::vector<int32_t> x(from.numElements()), y(from.numElements(), -1);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = 1000 + static_cast<int32_t>(i);
  EXPECT_EQ(runTile(code, {&x, &y}, from.numThreads(), {1, 1, 1}, 3), "");
  EXPECT_EQ(x, y) << from.str() << " to " << to.str() << ", " << bits
                  << " bits " << shared;
  return code;
}

/// A layout of 32 x 32 elements over 4 warps and the instructions that move it.
struct Case {
  Layout layout;
  int64_t bits;
  size_t instructions; // in each thread; 0: it is not made of matrices
};

std::vector<Case> cases() {
  Layout warps = Layout::spatial({2, 2});
  Layout shared = Layout::replicated(2, 2) * Layout::spatial({2, 1});
  Layout b16 = Layout::local({1, 2}) * mma::m16n8k16B();
  Layout column =
      Layout::local({2, 1}) * Layout::spatial({8, 4}) * Layout::local({1, 2});
  return {{warps * mma::m16n8k16A(), 16, 1},
          {shared * Layout::local({1, 2}) * mma::m16n8k16A(), 16, 2},
          {warps * b16, 16, 1},
          {Layout::replicated(2, 2) * Layout::spatial({1, 2}) *
               Layout::local({2, 1}) * b16,
           16, 2},
          // One column of matrices in a thread: two of them in one instruction.
          {Layout::spatial({2, 4}) * column, 16, 1},
          {Layout::spatial({4, 4}) * Layout::spatial({8, 4}) *
               Layout::local({1, 2}),
           16, 1},
          {shared * Layout::local({1, 4}) * mma::m16n8k8A(), 32, 4},
          {warps * Layout::local({1, 2}) * mma::m16n8k8A(), 32, 2},
          // Words of 32 bits are not transposed, and vectors of four are not
          // what a lane gets.
          {warps * Layout::local({2, 2}) * mma::m16n8k8B(), 32, 0},
          {Layout::blocked({32, 32}, 128, 1, 4), 16, 0}};
}

/// Row by row, with rows that are 16 bytes longer, and with pieces of 16 bytes
/// exchanged.
std::vector<std::string> arrangements(int64_t bits) {
  std::string pitch = text(32 + 128 / bits);
  return {"", ", #layout.shared<[32, 32], [" + pitch + ", 1]>",
          ", #layout.shared<[32, 32], [32, 1], swizzle(2, 4, 3)>"};
}

TEST(MatrixAccess, MovesEveryElement) {
  for (const Case &c : cases())
    for (const std::string &shared : arrangements(c.bits)) {
      int64_t threads = c.layout.numThreads();
      Layout rows = Layout::blocked({32, 32}, threads, 1, 1);
      std::string load = expectSame(rows, c.layout, c.bits, shared, false);
      EXPECT_EQ(count(load, "nvvm.ldmatrix"), c.instructions)
          << c.layout.str() << shared;
      std::string store = expectSame(c.layout, rows, c.bits, shared, true);
      EXPECT_EQ(count(store, "nvvm.stmatrix"), c.instructions)
          << c.layout.str() << shared;
      EXPECT_EQ(count(store, "nvvm.ldmatrix"), 0u);
      if (HasFailure())
        return;
    }
}

/// Not where nobody asked for it: older architectures do not have it.
TEST(MatrixAccess, StoresByElementsOtherwise) {
  Layout layout = Layout::spatial({2, 2}) * mma::m16n8k16A();
  std::string code =
      expectSame(layout, Layout::blocked({32, 32}, 128, 1, 1), 16, "", false);
  EXPECT_EQ(count(code, "nvvm.stmatrix"), 0u);
}

/// Rows that are not 16 bytes side by side are loaded by elements.
TEST(MatrixAccess, UnalignedRows) {
  Layout layout = Layout::spatial({2, 2}) * mma::m16n8k16A();
  Layout rows = Layout::blocked({32, 32}, 128, 1, 1);
  std::string code = expectSame(rows, layout, 16,
                                ", #layout.shared<[32, 32], [33, 1]>", false);
  EXPECT_EQ(count(code, "nvvm.ldmatrix"), 0u);
}

TEST(MatrixAccess, AssemblesForItsArchitecture) {
  std::string ptxas = findPtxas();
  if (ptxas.empty())
    GTEST_SKIP() << "no ptxas";
  Layout layout = Layout::spatial({2, 2}) * mma::m16n8k16A();
  std::string code = compileTile(
      program(layout, Layout::blocked({32, 32}, 128, 1, 1), 16, "", true));
  std::string ptx = toPTX(code, "sm_90a");
  EXPECT_EQ(count(ptx, "stmatrix.sync.aligned.m8n8.x4.shared.b16"), 1u);
  EXPECT_TRUE(bool(assemble(ptxas, ptx, "sm_90a")));
}

} // namespace
