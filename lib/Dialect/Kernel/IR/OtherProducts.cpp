//===- OtherProducts.cpp - Several products of one set of rows ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon::kernel;

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

Value GemmOp::getRhsOf(unsigned product) {
  return product == 0 ? getRhs() : getOtherRhs()[product - 1];
}

Value GemmOp::getOutOf(unsigned product) {
  return product == 0 ? getOut() : getOtherOuts()[product - 1];
}

int64_t GemmOp::getColumnsOf(unsigned product) {
  return product == 0
             ? getN()
             : cast<MemRefType>(getRhsOf(product).getType()).getShape().back();
}

int64_t GemmOp::getTileColumnsOf(unsigned product, int64_t blockN) {
  if (product == 0)
    return blockN;
  // Matrix instructions have 8 columns.
  constexpr int64_t least = 8;
  return std::max<int64_t>(llvm::PowerOf2Ceil(getColumnsOf(product)), least);
}

int64_t GemmOp::getTileColumns(int64_t blockN) {
  int64_t columns = 0;
  for (unsigned product = 0; product < getNumProducts(); ++product)
    columns += getTileColumnsOf(product, blockN);
  return columns;
}

RegionSlice pigeon::kernel::sliceOf(Region &region, unsigned result) {
  Block &block = region.front();
  llvm::SetVector<Value> found;
  found.insert(block.getTerminator()->getOperand(result));
  for (size_t i = 0; i < found.size(); ++i)
    if (Operation *op = found[i].getDefiningOp())
      found.insert_range(op->getOperands());
  RegionSlice slice;
  for (Operation &op : block.without_terminator())
    if (llvm::any_of(op.getResults(),
                     [&](Value value) { return found.contains(value); }))
      slice.operations.push_back(&op);
  for (BlockArgument argument : block.getArguments())
    if (found.contains(argument))
      slice.arguments.push_back(argument);
  return slice;
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

/// Rows of the product are as wide as its weight says.
static LogicalResult verifyProduct(GemmOp op, unsigned product) {
  auto first = cast<MemRefType>(op.getRhs().getType());
  auto rhs = cast<MemRefType>(op.getRhsOf(product).getType());
  auto out = cast<MemRefType>(op.getOutOf(product).getType());
  if (rhs.getElementType() != first.getElementType() ||
      rhs.getRank() != first.getRank() ||
      rhs.getShape().drop_back() != first.getShape().drop_back())
    return op.emitOpError("expects another rhs that differs from ")
           << first << " in nothing but its columns, found " << rhs;
  if (failed(verifyData(op, out, /*hasRows=*/true)))
    return failure();
  int64_t width =
      op.getColumnsOf(product) * static_cast<int64_t>(op.getBatch());
  if (getRowWidth(out) != width)
    return op.emitOpError("expects another output of width batch x N = ")
           << width << ", found " << getRowWidth(out);
  return success();
}

/// A block has the whole of every product, in tiles that fit beside each other.
static LogicalResult verifyTiles(GemmOp op) {
  GemmScheduleAttr schedule = op.getScheduleAttr();
  if (schedule.getItems() != 1)
    return op.emitOpError("has several products, of which a block takes one "
                          "item, found ")
           << schedule.getItems();
  int64_t blockN = schedule.getBlockN();
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i) {
    int64_t columns = op.getColumnsOf(i), tile = op.getTileColumnsOf(i, blockN);
    if (columns > tile || (op.getBatch() > 1 && columns != tile))
      return op.emitOpError("has several products, each in one tile, but one "
                            "of ")
             << columns << " columns in a tile of " << tile;
  }
  constexpr int64_t most = 64;
  int64_t accumulators =
      schedule.getBlockM() * op.getTileColumns(blockN) / schedule.getThreads();
  if (accumulators > most)
    return op.emitOpError("has several products with ")
           << accumulators << " accumulators in each thread, expected at most "
           << most;
  auto type = cast<MemRefType>(op.getRhs().getType());
  constexpr int64_t sharedBytes = 48 * 1024;
  int64_t bytes = (schedule.getBlockM() + op.getTileColumns(blockN)) *
                  schedule.getBlockK() * type.getElementTypeBitWidth() / 8;
  if (bytes > sharedBytes)
    return op.emitOpError("has tiles of several products that take ")
           << bytes << " bytes of shared memory, a block has " << sharedBytes;
  return success();
}

LogicalResult pigeon::kernel::verifyOtherProducts(GemmOp op) {
  if (op.getOtherRhs().size() != op.getOtherOuts().size())
    return op.emitOpError("has ")
           << op.getOtherRhs().size() << " other rhs but "
           << op.getOtherOuts().size() << " outputs for them";
  if (op.getNumProducts() == 1)
    return success();
  if (op.getPacked() || op.getTermSegment() || op.hasOwners())
    return op.emitOpError("has several products, of which none can be packed, "
                          "summed into owners or have terms yet");
  if (op.getAddends().size() != op.getAddendRoles().size())
    return op.emitOpError("has ")
           << op.getAddends().size() << " addends but "
           << op.getAddendRoles().size() << " roles for them";
  for (unsigned product = 1; product < op.getNumProducts(); ++product)
    if (failed(verifyProduct(op, product)))
      return failure();
  return op.getSchedule() ? verifyTiles(op) : success();
}

LogicalResult pigeon::kernel::verifyEpilogueOfProducts(GemmOp op) {
  unsigned products = op.getNumProducts();
  for (unsigned product = 0; products > 1 && product < products; ++product) {
    int64_t width =
        op.getColumnsOf(product) * static_cast<int64_t>(op.getBatch());
    for (BlockArgument read : sliceOf(op.getEpilogue(), product).arguments) {
      unsigned number = read.getArgNumber();
      if (number < products) {
        if (number != product)
          return op.emitOpError("epilogue yields for product ")
                 << product << " what depends on product " << number;
        continue;
      }
      unsigned addend = number - products;
      auto role = cast<StringAttr>(op.getAddendRoles()[addend]).getValue();
      auto type = cast<MemRefType>(op.getAddends()[addend].getType());
      if (failed(verifyData(op, type, role != kNoneRole)))
        return failure();
      if (int64_t own = getRowWidth(type, role); width % own != 0)
        return op.emitOpError("has addends of width ")
               << own << ", which does not divide the width " << width
               << " of the product that reads them";
    }
  }
  return success();
}
