//===- Prefetch.cpp - Rows that are asked for ------------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One instruction for each line of cache that a row begins or goes on in: a row
// of 64 floats takes two. A row that begins within a line may end in one more,
// which is left to the load.
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "FunctionLowering.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

static constexpr int64_t kLineBytes = 128;

/// As text, since LLVM has the instruction for sm_90 and up only, though every
/// device knows it.
static void prefetchLine(ThreadCode &code, Value pointer) {
  LLVM::InlineAsmOp::create(code.builder, code.loc, TypeRange(), pointer,
                            "prefetch.global.L2 [$0];", "l",
                            /*has_side_effects=*/true, /*is_align_stack=*/false,
                            LLVM::tailcallkind::TailCallKind::None,
                            LLVM::AsmDialectAttr(), ArrayAttr());
}

static void prefetchRow(ThreadCode &code, Value row, RefType type) {
  int64_t line = kLineBytes / type.getElementBytes();
  for (int64_t at = 0; at < type.getStride(0); at += line)
    prefetchLine(code, code.advance(row, type.getElementType(), at));
}

LogicalResult FunctionLowering::lowerPrefetch(PrefetchOp op) {
  FailureOr<Layout> layout = layoutOf(op, op.getRows());
  if (failed(layout))
    return failure();
  FailureOr<Layout> masked = op.getMask() ? layoutOf(op, op.getMask()) : layout;
  if (failed(masked))
    return failure();
  if (*masked != *layout)
    return op.emitOpError("expected rows and mask in one layout, but found ")
           << layout->str() << " and " << masked->str();
  RefType type = op.getRef().getType();
  ArrayRef<Value> rows = localsOf(op.getRows());
  Value isFirst = code.isFirst(replicasOf(*layout));
  for (int64_t local = 0; local < layout->numLocals(); ++local) {
    Value condition = code.both(
        isFirst, op.getMask() ? localsOf(op.getMask())[local] : Value());
    OpBuilder::InsertionGuard guard(code.builder);
    if (condition) {
      auto branch = scf::IfOp::create(code.builder, code.loc, condition,
                                      /*withElseRegion=*/false);
      code.builder.setInsertionPointToStart(branch.thenBlock());
    }
    int64_t stride = type.getStride(0);
    prefetchRow(code,
                code.advance(scalarOf(op.getRef()), type.getElementType(),
                             code.scaled(rows[local], stride, /*wide=*/true)),
                type);
  }
  return success();
}
