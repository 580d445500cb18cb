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
                             const BlockProgram::Position &position, Value acc,
                             Value second) {
  Value result = acc;
  if (!op.getEpilogue().empty()) {
    SmallVector<Value> tiles = {acc};
    if (second)
      tiles.push_back(second);
    for (auto [addend, role] : llvm::zip(op.getAddends(), op.getAddendRoles()))
      tiles.push_back(program.loadElements(
          addend, cast<StringAttr>(role).getValue(), position));
    result = program
                 .inlineRegion(op.getEpilogue(),
                               cast<RankedTensorType>(acc.getType()).getShape(),
                               tiles)
                 .front();
  }
  program.storeElements(result, op.getOut(), position);
}

Value pigeon::addedAlready(BlockProgram &program, Value acc) {
  return program.splatConstant(cast<RankedTensorType>(acc.getType()), -0.0);
}
