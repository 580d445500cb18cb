//===- FunctionLowering.h - One tile function to one kernel ---*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Walks a tile function once, in order, and writes the code of one thread. Each
// value of the function is known by its locals: one scalar for each local of a
// tile's layout, one for a scalar, the pointer for a ref.
//
// This is a walk rather than a set of conversion patterns: every tile turns
// into many scalars, and a driver that tracks, rolls back and materialises them
// one by one costs several times what the rest of the compiler does.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_FUNCTIONLOWERING_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_FUNCTIONLOWERING_H

#include "Access.h"

#include "pigeon/Dialect/Tile/IR/MatrixInstructions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace pigeon::tile {

/// Fails with "expected `rule`, but found" and the types of the op.
mlir::LogicalResult unexpectedLayouts(mlir::Operation *op,
                                      llvm::StringRef rule);

class FunctionLowering {
public:
  /// Writes the kernel of `source` into `target`, an llvm.func without a body.
  FunctionLowering(FuncOp source, mlir::LLVM::LLVMFuncOp target);

  mlir::LogicalResult run();

  /// The kernel's type: refs become pointers, scalars stay.
  static mlir::LLVM::LLVMFunctionType kernelType(FuncOp source);

private:
  mlir::LogicalResult lowerBlock(mlir::Block &block);
  mlir::LogicalResult lower(mlir::Operation *op);

  // Computation.
  mlir::LogicalResult lowerConstant(mlir::Operation *op);
  mlir::LogicalResult lowerElementwise(mlir::Operation *op);
  mlir::LogicalResult lowerScalar(mlir::Operation *op);
  mlir::LogicalResult lowerIota(IotaOp op);
  mlir::LogicalResult lowerExpand(ExpandOp op);
  mlir::LogicalResult lowerDot(DotOp op);
  mlir::LogicalResult lowerReduce(ReduceOp op);
  mlir::LogicalResult lowerConvert(ConvertLayoutOp op);
  mlir::LogicalResult lowerView(ViewOp op);

  // Memory.
  mlir::FailureOr<Access> accessOf(mlir::Operation *op, mlir::Value ref,
                                   mlir::ValueRange indices, mlir::Value mask,
                                   const layout::Layout &layout);
  mlir::LogicalResult lowerLoad(LoadOp op);
  mlir::LogicalResult lowerStore(StoreOp op);
  mlir::LogicalResult lowerLoadScalar(LoadScalarOp op);
  mlir::LogicalResult lowerSubview(SubviewOp op);
  mlir::LogicalResult lowerCopyAsync(CopyAsyncOp op);
  mlir::LogicalResult lowerPrefetch(PrefetchOp op);

  // Control flow.
  mlir::LogicalResult lowerFor(mlir::scf::ForOp op);
  mlir::LogicalResult lowerIf(mlir::scf::IfOp op);
  mlir::LogicalResult lowerWhile(mlir::scf::WhileOp op);
  /// Fills a block whose arguments stand for those of `source`.
  mlir::LogicalResult lowerInto(mlir::Block &source, mlir::Block *target);

  /// The layout of a tile; fails with a message if it has none.
  mlir::FailureOr<layout::Layout> layoutOf(mlir::Operation *op,
                                           mlir::Value value);
  llvm::ArrayRef<mlir::Value> localsOf(mlir::Value value) {
    return values[value];
  }
  mlir::Value scalarOf(mlir::Value value) { return values[value].front(); }
  Locals flatten(mlir::ValueRange range);
  llvm::SmallVector<mlir::Type> flattenTypes(mlir::TypeRange types);
  /// Deals scalars out to values, in order.
  void assign(mlir::ValueRange range, mlir::ValueRange scalars);
  /// The alignment of a ref's address in bytes.
  int64_t alignmentOf(mlir::Value ref);

  FuncOp source;
  mlir::LLVM::LLVMFuncOp target;
  ThreadCode code;
  llvm::DenseMap<mlir::Value, Locals> values;
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_FUNCTIONLOWERING_H
