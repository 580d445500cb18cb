//===- ViewOp.cpp - The same registers as another tile ---------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileLayout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;

static unsigned elementBits(RankedTensorType type) {
  Type element = type.getElementType();
  return element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 0;
}

layout::View ViewOp::getView() {
  RankedTensorType source = getSource().getType();
  layout::View view;
  view.packing = getPacking().getLayout();
  view.fields = elementBits(source) / elementBits(getType());
  view.sourceShape.assign(source.getShape().begin(), source.getShape().end());
  return view;
}

/// Whether the source has the words of the packing.
static LogicalResult verifyWords(ViewOp op) {
  RankedTensorType source = op.getSource().getType(), result = op.getType();
  unsigned from = elementBits(source), to = elementBits(result);
  if (to == 0 || from == 0 || from % to != 0)
    return op.emitOpError("expected elements that divide those of the source, ")
           << source.getElementType() << ", found " << result.getElementType();
  const layout::Layout &packing = op.getPacking().getLayout();
  if (packing.shape() != result.getShape() || !packing.replicaDigits().empty())
    return op.emitOpError("expected a packing of ")
           << result << " without replicas, found " << packing.str();
  int64_t fields = from / to;
  if (packing.numLocals() % fields != 0 ||
      source.getNumElements() * fields != result.getNumElements())
    return op.emitOpError("expected words of ")
           << fields << " elements for the result " << result << ", found "
           << source << " and " << packing.numLocals()
           << " elements to a run of words";
  return success();
}

LogicalResult ViewOp::verify() {
  if (failed(verifyWords(*this)))
    return failure();
  auto from = getLayout(getSource().getType()), to = getLayout(getType());
  if (from && to && getView().sourceOf(*to) != from)
    return emitOpError("expected layouts in which the source's registers are "
                       "the result's, found ")
           << getSource().getType() << " and " << getType();
  return success();
}
