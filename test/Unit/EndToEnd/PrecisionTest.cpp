//===- PrecisionTest.cpp - How products of f32 data are computed ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// RGCN under every precision, each within the tolerance of its arithmetic.
//
//===----------------------------------------------------------------------===//

#include "Pipeline.h"

#include "llvm/ADT/StringRef.h"

using namespace pigeon;
using namespace pigeon::test;

namespace {

struct Choice {
  const char *lowering;
  Arithmetic arithmetic;
  bool usesMatrixInstructions;
};
const Choice kChoices[] = {{"", Arithmetic::ThreeTF32, true},
                           {"precision=tf32x3", Arithmetic::ThreeTF32, true},
                           {"precision=tf32", Arithmetic::TF32, true},
                           {"precision=ieee", Arithmetic::IEEE32, false}};

/// Widths that tiles cover and widths that they do not, as multiples of what an
/// instruction divides and as others.
TEST(Precision, EachWithinItsTolerance) {
  GraphPtr graph = makeGraph(randomGraph(90, 5, 400, 3));
  for (const Choice &choice : kChoices)
    for (auto [in, out] : {std::pair(64, 64), {1, 3}, {9, 20}}) {
      Model model(rgcnText(in, out), choice.lowering);
      ASSERT_TRUE(model.isCompiled());
      EXPECT_EQ(model.getPackage().arithmetic, choice.arithmetic);
      EXPECT_EQ(llvm::StringRef(model.getPackage().code.ptx)
                    .contains("mma.sync.aligned.m16n8k8.row.col.f32.tf32"),
                choice.usesMatrixInstructions);
      EXPECT_TRUE(model.check(graph))
          << choice.lowering << " " << in << " -> " << out;
    }
}

/// The reference would not take one TF32 product for more than it is: what is
/// right within its tolerance is wrong within that of IEEE products.
TEST(Precision, OneProductIsCoarser) {
  GraphPtr graph = makeGraph(randomGraph(90, 5, 400, 3));
  Model coarse(rgcnText(64, 64), "precision=tf32");
  Model fine(rgcnText(64, 64), "precision=ieee");
  auto results = coarse.emulate(graph);
  ASSERT_TRUE(bool(results));
  EXPECT_TRUE(coarse.matchesReference({{"kg", graph}}, *results));
  EXPECT_FALSE(fine.matchesReference({{"kg", graph}}, *results));
}

} // namespace
