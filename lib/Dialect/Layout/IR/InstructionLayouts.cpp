//===- InstructionLayouts.cpp - Operands of matrix instructions -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read a product from the inside: what a lane holds side by side, then the
// lanes, then the further registers, then the warps.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "LayoutDetail.h"

using namespace pigeon::layout;

Layout mma::m16n8k16A() {
  return Layout::localOrder({2, 2}, {1, 0}) * Layout::spatial({8, 4}) *
         Layout::local({1, 2});
}

Layout mma::m16n8k16B() {
  return Layout::local({2, 1}) * Layout::spatialOrder({4, 8}, {1, 0}) *
         Layout::local({2, 1});
}

Layout mma::m16n8k16C() {
  return Layout::local({2, 1}) * Layout::spatial({8, 4}) *
         Layout::local({1, 2});
}

Layout mma::m16n8k8A() {
  return Layout::localOrder({2, 2}, {1, 0}) * Layout::spatial({8, 4});
}

Layout mma::m16n8k8B() {
  return Layout::local({2, 1}) * Layout::spatialOrder({4, 8}, {1, 0});
}

Layout mma::m16n8k8C() { return m16n8k16C(); }

static void requireMatrixCount(int64_t count) {
  detail::require(count == 1 || count == 2 || count == 4,
                  "layout: ldmatrix loads 1, 2 or 4 matrices");
}

Layout mma::ldmatrixData(int64_t count) {
  requireMatrixCount(count);
  return Layout::local({count, 1, 1}) * Layout::spatial({1, 8, 4}) *
         Layout::local({1, 1, 2});
}

Layout mma::ldmatrixTransposedData(int64_t count) {
  requireMatrixCount(count);
  return Layout::local({count, 1, 1}) *
         Layout::spatialOrder({1, 4, 8}, {0, 2, 1}) * Layout::local({1, 2, 1});
}

Layout mma::ldmatrixAddresses(int64_t count) {
  requireMatrixCount(count);
  return Layout::replicated(4 / count, 2) * Layout::spatial({count, 8});
}

Layout mma::wgmmaA() { return Layout::spatial({4, 1}) * m16n8k16A(); }

Layout mma::wgmmaAccumulator(int64_t n) {
  detail::require(n > 0 && n % 8 == 0,
                  "layout: the N of wgmma is a multiple of 8");
  return Layout::spatial({4, 1}) * Layout::local({1, n / 8}) * m16n8k16C();
}
