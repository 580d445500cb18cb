//===- AsyncCopy.cpp - Tiles from global to shared memory ------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One cp.async for each group of elements that lies together on both sides. A
// group that is masked off is copied with no bytes of the source, which fills
// it with zeros, so that no thread takes another way than its neighbours.
//
//===----------------------------------------------------------------------===//

#include "AccessCode.h"
#include "FunctionLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

/// cp.async moves no less.
static constexpr int64_t kMinPieceBytes = 4;

static int64_t widthOf(const Access &access, const Layout &layout) {
  return accessGroups(access, layout).front().locals.size();
}

/// The whole of a shared array.
static Access wholeAccess(Value base, RefType type, int64_t alignment) {
  Access access;
  access.base = base;
  access.element = type.getElementType();
  access.shared = true;
  access.alignment = alignment;
  access.extents.assign(type.getShape().begin(), type.getShape().end());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    access.strides.push_back(type.getStride(dim));
  access.swizzle = type.getSwizzle();
  access.indices.resize(type.getRank());
  return access;
}

/// One piece by cp.async.
static void copyPiece(ThreadCode &code, Value to, Value from, int64_t bytes,
                      Value condition, CachePolicy cache) {
  Value sourceBytes;
  if (condition)
    sourceBytes = arith::SelectOp::create(code.builder, code.loc, condition,
                                          code.i32(bytes), code.i32(0));
  // Only the largest pieces can pass the first-level cache by.
  bool global = cache == CachePolicy::Global && bytes == kMaxAlignment;
  NVVM::CpAsyncOp::create(code.builder, code.loc, to, from, bytes,
                          global ? NVVM::LoadCacheModifierKind::CG
                                 : NVVM::LoadCacheModifierKind::CA,
                          sourceBytes);
}

static void remarkPieces(Operation *op, int64_t pieces, int64_t bytes) {
  bool isAsync = bytes >= kMinPieceBytes;
  auto options =
      remark::RemarkOpts::name("tile-copy").category("tile-to-threads");
  auto remark = isAsync ? remark::passed(op->getLoc(), options)
                        : remark::missed(op->getLoc(), options);
  if (remark)
    remark << llvm::formatv(
                  "{0} copies of {1} bytes in each thread, {2}", pieces, bytes,
                  isAsync ? "asynchronous"
                          : "through registers: cp.async moves no less than 4")
                  .str();
}

LogicalResult FunctionLowering::lowerCopyAsync(CopyAsyncOp op) {
  std::optional<layout::LayoutAttr> given = op.getLayout();
  if (!given || given->getLayout().numThreads() != source.getThreads())
    return op.emitOpError("expected a layout over the ")
           << source.getThreads()
           << " threads of the function; run tile-infer-layouts first";
  const Layout &layout = given->getLayout();
  FailureOr<Access> from =
      accessOf(op, op.getSource(), op.getIndices(), op.getMask(), layout);
  if (failed(from))
    return failure();
  Access to = wholeAccess(scalarOf(op.getTarget()), op.getTarget().getType(),
                          alignmentOf(op.getTarget()));
  int64_t width = std::min(widthOf(*from, layout), widthOf(to, layout));
  int64_t bytes = width * op.getTarget().getType().getElementBytes();
  remarkPieces(op, layout.numLocals() / width, bytes);
  if (bytes < kMinPieceBytes) {
    storeTile(code, to, layout, loadTile(code, *from, layout));
    return success();
  }
  OpBuilder::InsertionGuard guard(code.builder);
  if (Value isFirst = code.isFirst(replicasOf(layout))) {
    auto branch = scf::IfOp::create(code.builder, code.loc, isFirst,
                                    /*withElseRegion=*/false);
    code.builder.setInsertionPointToStart(branch.thenBlock());
  }
  AccessCode fromCode(code, *from, layout, width);
  AccessCode toCode(code, to, layout, width);
  for (auto [read, write] :
       llvm::zip_equal(fromCode.allGroups(), toCode.allGroups()))
    copyPiece(code, toCode.pointer(write), fromCode.pointer(read), bytes,
              fromCode.condition(read), op.getCache());
  return success();
}
