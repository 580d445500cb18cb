//===- MatrixInstructions.cpp - What mma.sync can multiply ----------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/MatrixInstructions.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

static constexpr MatrixInstruction kInstructions[] = {
    {"mma.m16n8k16.f16", MatrixElement::F16, 16, 8, 16, layout::mma::m16n8k16A,
     layout::mma::m16n8k16B, layout::mma::m16n8k16C},
    {"mma.m16n8k16.bf16", MatrixElement::BF16, 16, 8, 16,
     layout::mma::m16n8k16A, layout::mma::m16n8k16B, layout::mma::m16n8k16C},
    {"mma.m16n8k8.tf32", MatrixElement::TF32, 16, 8, 8, layout::mma::m16n8k8A,
     layout::mma::m16n8k8B, layout::mma::m16n8k8C},
};

static std::optional<MatrixElement> matrixElement(Type type,
                                                  Precision precision) {
  if (type.isF16())
    return MatrixElement::F16;
  if (type.isBF16())
    return MatrixElement::BF16;
  if (type.isF32() && precision != Precision::IEEE)
    return MatrixElement::TF32;
  return std::nullopt;
}

const MatrixInstruction *tile::findMatrixInstruction(Type element,
                                                     Precision precision) {
  std::optional<MatrixElement> wanted = matrixElement(element, precision);
  for (const MatrixInstruction &instruction : kInstructions)
    if (instruction.element == wanted)
      return &instruction;
  return nullptr;
}

Layout MatrixDot::a() const { return outerA * instruction->a(); }

Layout MatrixDot::b() const {
  return outerB * instruction->b() * Layout::local({1, columns});
}

std::optional<MatrixDot> tile::divideDot(const MatrixInstruction &instruction,
                                         const Layout &acc, int64_t k) {
  if (acc.rank() != 2 || k % instruction.k != 0)
    return std::nullopt;
  for (int64_t columns : {1, 2, 4}) {
    std::optional<Layout> outer = acc.divideRight(Layout::local({1, columns}));
    if (outer)
      outer = outer->divideRight(instruction.c());
    if (!outer)
      continue;
    int64_t steps = k / instruction.k;
    return MatrixDot{&instruction, *outer, leftOperandLayout(*outer, steps),
                     rightOperandLayout(*outer, steps), columns};
  }
  return std::nullopt;
}

DotOperands tile::dotOperands(DotOp dot, const Layout &acc) {
  RankedTensorType type = dot.getA().getType();
  int64_t k = type.getDimSize(1);
  if (const MatrixInstruction *instruction =
          findMatrixInstruction(type.getElementType(), dot.getPrecision()))
    if (std::optional<MatrixDot> matrix = divideDot(*instruction, acc, k))
      return {matrix->a(), matrix->b(), matrix};
  return {leftOperandLayout(acc, k), rightOperandLayout(acc, k), std::nullopt};
}

Layout tile::leftOperandLayout(const Layout &acc, int64_t k) {
  return *acc.reduce(1, /*keepDim=*/true).expandLocal(1, k);
}

Layout tile::rightOperandLayout(const Layout &acc, int64_t k) {
  return *acc.reduce(0, /*keepDim=*/true).expandLocal(0, k);
}
