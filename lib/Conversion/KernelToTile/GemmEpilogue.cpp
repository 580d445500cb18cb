//===- GemmEpilogue.cpp - What becomes of a product's sums ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GemmEpilogue.h"

using namespace mlir;
using namespace pigeon;

bool pigeon::addsSecondToFirst(kernel::GemmOp op) {
  Block &epilogue = op.getEpilogue().front();
  Value sum = epilogue.getArgument(0), second = epilogue.getArgument(1);
  if (!second.hasOneUse())
    return false;
  while (sum.hasOneUse()) {
    auto add = dyn_cast<arith::AddFOp>(*sum.user_begin());
    if (!add)
      return false;
    if (llvm::is_contained(add->getOperands(), second))
      return true;
    sum = add.getResult();
  }
  return false;
}

void pigeon::storeGemmResult(kernel::GemmOp op, BlockProgram &program,
                             const BlockProgram::Position &position,
                             ValueRange sums, unsigned product) {
  auto argument = [&](unsigned number) -> Value {
    if (number < sums.size())
      return sums[number];
    unsigned addend = number - sums.size();
    return program.loadElements(
        op.getAddends()[addend],
        cast<StringAttr>(op.getAddendRoles()[addend]).getValue(), position);
  };
  Value result = sums[product];
  if (!op.getEpilogue().empty())
    result = program.inlineResult(
        op.getEpilogue(), product,
        cast<RankedTensorType>(result.getType()).getShape(), argument);
  program.storeElements(result, op.getOutOf(product), position);
}

Value pigeon::addedAlready(BlockProgram &program, Value acc) {
  return program.splatConstant(cast<RankedTensorType>(acc.getType()), -0.0);
}
