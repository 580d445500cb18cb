//===- AccessCode.h - Addresses and conditions of one access --*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes where the groups of an access lie and when they are touched. Loads,
// stores and asynchronous copies are written on top of it.
//
// Without a swizzle the address of a group is a pointer that groups of one row
// share, plus a constant. A swizzle acts on the sum, so a group needs a pointer
// of its own; but the swizzle moves nothing across its block, so what a
// constant has of whole blocks is added afterwards:
//
//   swizzle(3, 4, 3) permutes 1024 bytes; 2080 = 2 * 1024 + 32, and
//   address = base + swizzle(offset + 32) + 2048.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSCODE_H
#define PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSCODE_H

#include "AccessGroups.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace pigeon::tile {

/// The address of byte `offset` + `constant` of a shared array. `offset` is an
/// i32, null for 0; `base` lies at a multiple of the swizzle's block. Pieces of
/// 16 bytes at multiples of 16 stay whole under any swizzle with base >= 4, so
/// this also serves instructions that take rows of 16 bytes.
mlir::Value sharedAddress(ThreadCode &code, mlir::Value base,
                          const layout::Swizzle &swizzle, mlir::Value offset,
                          int64_t constant);

class AccessCode {
public:
  /// Groups have at most `maxWidth` elements.
  AccessCode(ThreadCode &code, const Access &access,
             const layout::Layout &layout, int64_t maxWidth = kMaxAlignment);

  llvm::ArrayRef<AccessGroup> allGroups() const { return groups; }

  /// Writes the part of the address that groups share, so that it stands before
  /// any branch.
  void prepare(const AccessGroup &group) { (void)pointerOrRow(group); }

  mlir::Value pointer(const AccessGroup &group);

  /// Whether the group is accessed; null if it always is.
  mlir::Value condition(const AccessGroup &group);

  mlir::LLVM::LoadOp load(const AccessGroup &group) {
    return mlir::LLVM::LoadOp::create(code.builder, code.loc, vectorType(group),
                                      pointer(group), bytesOf(group));
  }

  void store(const AccessGroup &group, mlir::Value value) {
    mlir::LLVM::StoreOp::create(code.builder, code.loc, value, pointer(group),
                                bytesOf(group));
  }

  mlir::Type vectorType(const AccessGroup &group) const {
    if (group.locals.size() == 1)
      return access.element;
    return mlir::VectorType::get({static_cast<int64_t>(group.locals.size())},
                                 access.element);
  }

  int64_t bytesOf(const AccessGroup &group) const {
    return group.locals.size() * elementBytes;
  }

private:
  using Row = llvm::SmallVector<mlir::Value>;

  mlir::Value boundCheck(int64_t dim, int64_t offset);
  /// The gathered positions of a group: groups with the same ones are one row.
  Row rowOf(const AccessGroup &group) const;
  /// Local offsets of a group in memory, in elements.
  int64_t constantOf(const AccessGroup &group) const;
  mlir::Value rowPointer(const Row &row);
  mlir::Value commonPointer();
  /// The part of the offset in elements that threads and starts make.
  mlir::Value threadPart();
  mlir::Value startPart();
  mlir::Value swizzledPointer(const AccessGroup &group);
  mlir::Value pointerOrRow(const AccessGroup &group) {
    return access.swizzle.isNone() ? rowPointer(rowOf(group))
                                   : swizzledPointer(group);
  }

  ThreadCode &code;
  const Access &access;
  const layout::Layout &layout;
  int64_t elementBytes;
  llvm::SmallVector<AccessGroup> groups;
  llvm::SmallVector<llvm::SmallVector<int64_t>> positionOf;
  llvm::SmallVector<int64_t> maskOf;
  llvm::SmallVector<llvm::DenseMap<int64_t, mlir::Value>> inBounds;
  llvm::DenseMap<std::pair<mlir::Value, mlir::Value>, mlir::Value> conjunctions;
  llvm::SmallVector<std::pair<Row, mlir::Value>> rowPointers;
  llvm::SmallVector<std::tuple<Row, int64_t, mlir::Value>> swizzledPointers;
  mlir::Value common, swizzledCommon;
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_CONVERSION_TILETONVVM_ACCESSCODE_H
