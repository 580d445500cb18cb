//===- ThreadCode.h - Writing the code of one thread ---------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every part of the lowering needs to write code for one thread: a
// builder, constants, the thread's place in a layout, and shared memory.
//
// What depends only on the thread is written once, in the prologue of the
// kernel, however often it is asked for.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_THREADCODE_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_THREADCODE_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

#include <map>

namespace pigeon::tile {

/// A register tile in one thread: a scalar for each local of its layout.
using Locals = llvm::SmallVector<mlir::Value>;

/// Address spaces of NVPTX.
constexpr unsigned kGlobalSpace = 1;
constexpr unsigned kSharedSpace = 3;
/// Shared memory that a kernel may have without asking the driver for more, and
/// with: what a block has on the largest architecture.
constexpr int64_t kStaticSharedLimit = 48 * 1024;
constexpr int64_t kSharedMemoryLimit = 227 * 1024;
/// What kernel arguments and shared allocations are aligned to, in bytes; the
/// widest access that a thread makes.
constexpr int64_t kMaxAlignment = 16;
constexpr int64_t kWarpSize = 32;

class ThreadCode {
public:
  /// Writes into `target`, which must have no body yet.
  explicit ThreadCode(mlir::LLVM::LLVMFuncOp target);

  mlir::OpBuilder builder;
  mlir::Location loc;

  mlir::Value i32(int32_t value);
  mlir::Value i64(int64_t value);
  mlir::Value zero(mlir::Type type);

  /// The index of the thread in its block.
  mlir::Value threadId();
  /// Sum of (thread / threadStride % extent) * dimStride * scale, as i32, or as
  /// i64 where `wide`. Null if there are no digits.
  mlir::Value threadOffset(llvm::ArrayRef<layout::ThreadDigit> digits,
                           int64_t scale = 1, bool wide = false);
  /// Whether all these digits of the thread index are zero. Null if there are
  /// none, that is, if every thread qualifies.
  mlir::Value isFirst(llvm::ArrayRef<layout::ThreadDigit> digits);

  mlir::Value add(mlir::Value a, mlir::Value b);
  /// a and b, where null stands for true.
  mlir::Value both(mlir::Value a, mlir::Value b);
  /// Scalar i32 times a constant, in i32 or in i64.
  mlir::Value scaled(mlir::Value value, int64_t factor, bool wide);
  /// `pointer` moved by a number of elements. A null index moves nothing.
  mlir::Value advance(mlir::Value pointer, mlir::Type element,
                      mlir::Value index);
  mlir::Value advance(mlir::Value pointer, mlir::Type element, int64_t index);

  void barrier();

  /// Memory for an allocation that lives as long as the block, at a multiple of
  /// `alignment` (a power of two).
  mlir::Value allocateShared(int64_t bytes, int64_t alignment = kMaxAlignment);
  /// Memory that each exchange between threads may use from its first barrier
  /// to its last read.
  mlir::Value scratch(int64_t bytes);

  /// Lays out shared memory and ends the prologue. Fails with a message if the
  /// kernel wants more shared memory than there is.
  mlir::LogicalResult finish();

private:
  mlir::Value sharedBase();

  mlir::LLVM::LLVMFuncOp target;
  /// Where the prologue ends: an op that `finish` erases.
  mlir::Operation *mark;
  /// Writes the prologue, before `mark`.
  mlir::OpBuilder prologue;
  mlir::Value thread, shared, scratchBase;
  int64_t allocatedBytes = 0, scratchBytes = 0;
  int64_t sharedAlignment = kMaxAlignment;
  std::map<std::pair<int64_t, unsigned>, mlir::Value> constants;
  std::map<llvm::SmallVector<int64_t>, mlir::Value> threadOffsets, firsts;
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_THREADCODE_H
