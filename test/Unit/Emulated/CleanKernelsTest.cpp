//===- CleanKernelsTest.cpp - Right kernels give right results ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels as a compiler would emit them, compared with float64 in every order
// of blocks and threads; all orders must agree bit by bit.
//
//===----------------------------------------------------------------------===//

#include "EmulatedTest.h"

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

/// Sums 1024 elements per block: in each warp by shuffles, then through shared
/// memory.
const std::string blockSum = kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>", R"(
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %b = nvvm.read.ptx.sreg.ctaid.x : i32
    %threads = nvvm.read.ptx.sreg.ntid.x : i32
    %lane = nvvm.read.ptx.sreg.laneid : i32
    %warp = nvvm.read.ptx.sreg.warpid : i32
    %warps = nvvm.read.ptx.sreg.nwarpid : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %fzero = llvm.mlir.constant(0.0 : f32) : f32
    %one = llvm.mlir.constant(1 : i32) : i32
    %two = llvm.mlir.constant(2 : i32) : i32
    %four = llvm.mlir.constant(4 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %all = llvm.mlir.constant(-1 : i32) : i32
    %bt = llvm.mul %b, %threads : i32
    %i = llvm.add %bt, %t : i32
    %i4 = llvm.mul %i, %four : i32
    %p = llvm.getelementptr %x[%i4] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.load %p : !llvm.ptr<1> -> vector<4xf32>
    %s0 = "llvm.intr.vector.reduce.fadd"(%fzero, %v) <{fastmathFlags = #llvm.fastmath<none>}> : (f32, vector<4xf32>) -> f32
    llvm.br ^warpLoop(%s0, %sixteen : f32, i32)
  ^warpLoop(%s: f32, %offset: i32):
    %other = nvvm.shfl.sync bfly %all, %s, %offset, %clamp : f32 -> f32
    %sum = llvm.fadd %s, %other : f32
    %half = llvm.lshr %offset, %one : i32
    %more = llvm.icmp "ne" %half, %zero : i32
    llvm.cond_br %more, ^warpLoop(%sum, %half : f32, i32), ^warpDone
  ^warpDone:
    %tile = llvm.mlir.addressof @partial : !llvm.ptr<3>
    %isLeader = llvm.icmp "eq" %lane, %zero : i32
    llvm.cond_br %isLeader, ^store, ^stored
  ^store:
    %q = llvm.getelementptr %tile[%warp] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.store %sum, %q : f32, !llvm.ptr<3>
    llvm.br ^stored
  ^stored:
    nvvm.barrier0
    %isFirst = llvm.icmp "eq" %t, %zero : i32
    llvm.cond_br %isFirst, ^combine(%zero, %fzero : i32, f32), ^end
  ^combine(%w: i32, %acc: f32):
    %r = llvm.getelementptr %tile[%w] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %part = llvm.load %r : !llvm.ptr<3> -> f32
    %acc2 = llvm.fadd %acc, %part : f32
    %w2 = llvm.add %w, %one : i32
    %again = llvm.icmp "ult" %w2, %warps : i32
    llvm.cond_br %again, ^combine(%w2, %acc2 : i32, f32), ^write
  ^write:
    %o = llvm.getelementptr %y[%b] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %acc2, %o : f32, !llvm.ptr<1>
    llvm.br ^end
  ^end:)",
                                    "llvm.mlir.global internal @partial() "
                                    "{addr_space = 3 : i32} : !llvm.array<32 x "
                                    "f32>");

TEST(CleanKernels, BlockSum) {
  const int blocks = 5, perBlock = 1024;
  std::vector<float> values = randomFloats(blocks * perBlock, 1);
  std::vector<float> first;
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto x = e.array("x", values);
    auto y = e.array<float>("y", blocks);
    ASSERT_TRUE(static_cast<bool>(e.device->protect(x.address)));
    ASSERT_EQ(e.run(blockSum, {blocks, 1, 1}, {256, 1, 1}, {x, y}), "");
    std::vector<float> result = e.read(y);
    for (int b = 0; b < blocks; ++b) {
      double sum = 0, magnitude = 0;
      for (int i = 0; i < perBlock; ++i) {
        sum += values[b * perBlock + i];
        magnitude += std::fabs(values[b * perBlock + i]);
      }
      EXPECT_NEAR(result[b], sum, 4 * std::ldexp(magnitude, -22));
    }
    if (first.empty())
      first = result;
    EXPECT_EQ(result, first);
  }
}

/// C = A B with 16 x 16 tiles through shared memory; sizes are guarded, so none
/// needs to be a multiple of 16.
const std::string matmul = kernel(
    "%a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %c: !llvm.ptr<1>, %m: i32, %n: i32, "
    "%k: i32",
    R"(
    %tx = nvvm.read.ptx.sreg.tid.x : i32
    %ty = nvvm.read.ptx.sreg.tid.y : i32
    %bx = nvvm.read.ptx.sreg.ctaid.x : i32
    %by = nvvm.read.ptx.sreg.ctaid.y : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %fzero = llvm.mlir.constant(0.0 : f32) : f32
    %one = llvm.mlir.constant(1 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %by16 = llvm.mul %by, %sixteen : i32
    %row = llvm.add %by16, %ty : i32
    %bx16 = llvm.mul %bx, %sixteen : i32
    %col = llvm.add %bx16, %tx : i32
    %rowIn = llvm.icmp "ult" %row, %m : i32
    %colIn = llvm.icmp "ult" %col, %n : i32
    %sa = llvm.mlir.addressof @tileA : !llvm.ptr<3>
    %sb = llvm.mlir.addressof @tileB : !llvm.ptr<3>
    %ty16 = llvm.mul %ty, %sixteen : i32
    %mine = llvm.add %ty16, %tx : i32
    %pa = llvm.getelementptr %sa[%mine] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %pb = llvm.getelementptr %sb[%mine] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    llvm.br ^tiles(%zero, %fzero : i32, f32)
  ^tiles(%k0: i32, %acc: f32):
    %ka = llvm.add %k0, %tx : i32
    %kaIn = llvm.icmp "ult" %ka, %k : i32
    %aIn = llvm.and %rowIn, %kaIn : i1
    llvm.cond_br %aIn, ^loadA, ^haveA(%fzero : f32)
  ^loadA:
    %rowK = llvm.mul %row, %k : i32
    %ia = llvm.add %rowK, %ka : i32
    %ga = llvm.getelementptr %a[%ia] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %va = llvm.load %ga : !llvm.ptr<1> -> f32
    llvm.br ^haveA(%va : f32)
  ^haveA(%xa: f32):
    llvm.store %xa, %pa : f32, !llvm.ptr<3>
    %kb = llvm.add %k0, %ty : i32
    %kbIn = llvm.icmp "ult" %kb, %k : i32
    %bIn = llvm.and %colIn, %kbIn : i1
    llvm.cond_br %bIn, ^loadB, ^haveB(%fzero : f32)
  ^loadB:
    %kbN = llvm.mul %kb, %n : i32
    %ib = llvm.add %kbN, %col : i32
    %gb = llvm.getelementptr %b[%ib] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %vb = llvm.load %gb : !llvm.ptr<1> -> f32
    llvm.br ^haveB(%vb : f32)
  ^haveB(%xb: f32):
    llvm.store %xb, %pb : f32, !llvm.ptr<3>
    nvvm.barrier0
    llvm.br ^products(%zero, %acc : i32, f32)
  ^products(%i: i32, %s: f32):
    %ja = llvm.add %ty16, %i : i32
    %i16 = llvm.mul %i, %sixteen : i32
    %jb = llvm.add %i16, %tx : i32
    %qa = llvm.getelementptr %sa[%ja] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %qb = llvm.getelementptr %sb[%jb] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
    %wa = llvm.load %qa : !llvm.ptr<3> -> f32
    %wb = llvm.load %qb : !llvm.ptr<3> -> f32
    %s2 = llvm.intr.fma(%wa, %wb, %s) : (f32, f32, f32) -> f32
    %i2 = llvm.add %i, %one : i32
    %again = llvm.icmp "ult" %i2, %sixteen : i32
    llvm.cond_br %again, ^products(%i2, %s2 : i32, f32), ^tileDone
  ^tileDone:
    nvvm.barrier0
    %k1 = llvm.add %k0, %sixteen : i32
    %more = llvm.icmp "ult" %k1, %k : i32
    llvm.cond_br %more, ^tiles(%k1, %s2 : i32, f32), ^done
  ^done:
    %inside = llvm.and %rowIn, %colIn : i1
    llvm.cond_br %inside, ^write, ^end
  ^write:
    %rowN = llvm.mul %row, %n : i32
    %ic = llvm.add %rowN, %col : i32
    %gc = llvm.getelementptr %c[%ic] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %s2, %gc : f32, !llvm.ptr<1>
    llvm.br ^end
  ^end:)",
    R"(
llvm.mlir.global internal @tileA() {addr_space = 3 : i32} : !llvm.array<256 x f32>
llvm.mlir.global internal @tileB() {addr_space = 3 : i32} : !llvm.array<256 x f32>)");

TEST(CleanKernels, TiledMatmul) {
  const int m = 50, n = 37, k = 70;
  std::vector<float> a = randomFloats(m * k, 2), b = randomFloats(k * n, 3);
  std::vector<float> first;
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto da = e.array("a", a), db = e.array("b", b);
    auto dc = e.array<float>("c", m * n);
    ASSERT_EQ(e.run(matmul, {(n + 15) / 16, (m + 15) / 16, 1}, {16, 16, 1},
                    {da, db, dc, KernelArgument::i32(m), KernelArgument::i32(n),
                     KernelArgument::i32(k)}),
              "");
    std::vector<float> c = e.read(dc);
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double sum = 0, magnitude = 0;
        for (int l = 0; l < k; ++l) {
          double product = double(a[i * k + l]) * b[l * n + j];
          sum += product;
          magnitude += std::fabs(product);
        }
        EXPECT_NEAR(c[i * n + j], sum, 4 * std::ldexp(magnitude, -22));
      }
    if (first.empty())
      first = c;
    EXPECT_EQ(c, first);
  }
}

/// The same kernel with a barrier left out is found out in every order.
TEST(CleanKernels, MatmulWithoutABarrier) {
  for (int which : {0, 1}) {
    std::string text = matmul;
    std::size_t at = text.find("nvvm.barrier0");
    if (which)
      at = text.find("nvvm.barrier0", at + 1);
    text.erase(at, std::string("nvvm.barrier0").size());
    for (EmulatorOptions options : allOrders()) {
      Emulated e(options);
      auto a = e.array<float>("a", 48 * 48), b = e.array<float>("b", 48 * 48);
      auto c = e.array<float>("c", 48 * 48);
      EXPECT_THAT(e.run(text, {3, 3, 1}, {16, 16, 1},
                        {a, b, c, KernelArgument::i32(48),
                         KernelArgument::i32(48), KernelArgument::i32(48)}),
                  testing::HasSubstr("of shared array 'tile"));
    }
  }
}

/// Functions of the module are called with the thread they run on.
TEST(CleanKernels, CallsAndIds) {
  std::string text = R"(gpu.module @m {
  llvm.func @index() -> i32 {
    %tx = nvvm.read.ptx.sreg.tid.x : i32
    %ty = nvvm.read.ptx.sreg.tid.y : i32
    %tz = nvvm.read.ptx.sreg.tid.z : i32
    %nx = nvvm.read.ptx.sreg.ntid.x : i32
    %ny = nvvm.read.ptx.sreg.ntid.y : i32
    %nz = nvvm.read.ptx.sreg.ntid.z : i32
    %0 = llvm.mul %tz, %ny : i32
    %1 = llvm.add %0, %ty : i32
    %2 = llvm.mul %1, %nx : i32
    %t = llvm.add %2, %tx : i32
    %bx = nvvm.read.ptx.sreg.ctaid.x : i32
    %by = nvvm.read.ptx.sreg.ctaid.y : i32
    %bz = nvvm.read.ptx.sreg.ctaid.z : i32
    %gx = nvvm.read.ptx.sreg.nctaid.x : i32
    %gy = nvvm.read.ptx.sreg.nctaid.y : i32
    %3 = llvm.mul %bz, %gy : i32
    %4 = llvm.add %3, %by : i32
    %5 = llvm.mul %4, %gx : i32
    %b = llvm.add %5, %bx : i32
    %6 = llvm.mul %nx, %ny : i32
    %threads = llvm.mul %6, %nz : i32
    %7 = llvm.mul %b, %threads : i32
    %i = llvm.add %7, %t : i32
    llvm.return %i : i32
  }
  llvm.func @k(%y: !llvm.ptr<1>, %scale: f32, %shift: i64) attributes {nvvm.kernel} {
    %i = llvm.call @index() : () -> i32
    %f = llvm.sitofp %i : i32 to f32
    %g = llvm.fmul %f, %scale : f32
    %s = llvm.sitofp %shift : i64 to f32
    %h = llvm.fadd %g, %s : f32
    %p = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %h, %p : f32, !llvm.ptr<1>
    llvm.return
  }
})";
  float scale = 0.5f;
  KernelArgument scaleArgument{0, 4};
  std::memcpy(&scaleArgument.bits, &scale, 4);
  for (EmulatorOptions options : allOrders()) {
    Emulated e(options);
    auto y = e.array<float>("y", 2 * 3 * 2 * 4 * 3 * 2);
    ASSERT_EQ(e.run(text, {2, 3, 2}, {4, 3, 2},
                    {y, scaleArgument, KernelArgument::i64(-7)}),
              "");
    std::vector<float> result = e.read(y);
    for (std::size_t i = 0; i < result.size(); ++i)
      EXPECT_EQ(result[i], 0.5f * static_cast<float>(i) - 7);
  }
}

/// f16 and bf16 as storage, and the functions that PTX approximates.
TEST(CleanKernels, NarrowFloatsAndFunctions) {
  std::string text = kernel("%x: !llvm.ptr<1>, %y: !llvm.ptr<1>", R"(
    %i = nvvm.read.ptx.sreg.tid.x : i32
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %v = llvm.load %p : !llvm.ptr<1> -> f32
    %h = llvm.fptrunc %v : f32 to f16
    %h32 = llvm.fpext %h : f16 to f32
    %b = llvm.fptrunc %v : f32 to bf16
    %b32 = llvm.fpext %b : bf16 to f32
    %e = nvvm.inline_ptx "ex2.approx.ftz.f32 $0, $1;" ro(%v : f32) -> f32
    %r = nvvm.rcp.approx.ftz.f %v : f32
    %sum = llvm.fadd %h32, %b32 : f32
    %sum2 = llvm.fadd %sum, %e : f32
    %sum3 = llvm.fadd %sum2, %r : f32
    %q = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    llvm.store %sum3, %q : f32, !llvm.ptr<1>)");
  Emulated e;
  std::vector<float> values = {
      1, -2, 0.333333f, 1.00048828125f, 1.0048828125f, -5.3f};
  auto x = e.array("x", values), y = e.array<float>("y", values.size());
  ASSERT_EQ(e.run(text, {1, 1, 1},
                  {static_cast<std::uint32_t>(values.size()), 1, 1}, {x, y}),
            "");
  // Rounded by hand to 10 and 7 bits of mantissa, ties to even.
  std::vector<double> half = {1, -2,           0.333251953125,
                              1, 1.0048828125, -5.30078125};
  std::vector<double> bfloat = {1, -2, 0.333984375, 1, 1.0078125, -5.3125};
  std::vector<float> result = e.read(y);
  for (std::size_t i = 0; i < values.size(); ++i) {
    double expected =
        half[i] + bfloat[i] + std::exp2(values[i]) + 1.0 / values[i];
    EXPECT_NEAR(result[i], expected, 1e-5) << values[i];
  }
}

} // namespace
