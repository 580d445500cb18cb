//===- AccessCode.cpp - Addresses and conditions of one access ------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::Swizzle;

AccessCode::AccessCode(ThreadCode &code, const Access &access,
                       const Layout &layout, int64_t maxWidth)
    : code(code), access(access), layout(layout),
      elementBytes(access.element.getIntOrFloatBitWidth() / 8),
      groups(accessGroups(access, layout, maxWidth)) {
  for (auto [dim, index] : llvm::enumerate(access.indices))
    positionOf.push_back(index.positions
                             ? localsAlong(*index.positions.layout, layout, dim)
                             : SmallVector<int64_t>());
  if (access.mask)
    maskOf = localsAlong(*access.mask.layout, layout, 0);
  inBounds.resize(layout.rank());
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

Value AccessCode::condition(const AccessGroup &group) {
  int64_t local = group.locals.front();
  SmallVector<Value> conditions;
  if (access.mask)
    conditions.push_back(access.mask.locals[maskOf[local]]);
  for (int64_t dim = 0; dim < layout.rank(); ++dim)
    if (needsCheck(access, layout, dim))
      conditions.push_back(boundCheck(dim, group.offset[dim]));
  Value all;
  for (Value condition : conditions) {
    Value &sum = conjunctions[{all, condition}];
    if (!sum)
      sum = code.both(all, condition);
    all = sum;
  }
  return all;
}

/// start + thread part + offset < extent, unsigned so that a negative start is
/// outside too.
Value AccessCode::boundCheck(int64_t dim, int64_t offset) {
  Value &check = inBounds[dim][offset];
  if (check)
    return check;
  Value at = code.add(access.indices[dim].start,
                      code.threadOffset(layout.threadDigits(dim)));
  if (!at)
    at = code.i32(0);
  if (offset != 0)
    at = code.add(at, code.i32(offset));
  check =
      arith::CmpIOp::create(code.builder, code.loc, arith::CmpIPredicate::ult,
                            at, code.i32(access.extents[dim]));
  return check;
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value AccessCode::pointer(const AccessGroup &group) {
  if (!access.swizzle.isNone())
    return swizzledPointer(group);
  return code.advance(rowPointer(rowOf(group)), access.element,
                      constantOf(group));
}

AccessCode::Row AccessCode::rowOf(const AccessGroup &group) const {
  Row row;
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (index.positions)
      row.push_back(
          index.positions.locals[positionOf[dim][group.locals.front()]]);
  return row;
}

int64_t AccessCode::constantOf(const AccessGroup &group) const {
  int64_t constant = 0;
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (!index.positions)
      constant += group.offset[dim] * access.strides[dim];
  return constant;
}

/// The address without local offsets: gathered rows, threads, starts.
Value AccessCode::rowPointer(const Row &row) {
  for (auto &[known, pointer] : rowPointers)
    if (known == row)
      return pointer;
  bool wide = !access.shared;
  Value pointer = commonPointer();
  auto position = row.begin();
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (index.positions)
      pointer =
          code.advance(pointer, access.element,
                       code.scaled(*position++, access.strides[dim], wide));
  rowPointers.push_back({row, pointer});
  return pointer;
}

Value AccessCode::threadPart() {
  Value threads;
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (!index.positions)
      threads = code.add(threads, code.threadOffset(layout.threadDigits(dim),
                                                    access.strides[dim],
                                                    !access.shared));
  return threads;
}

Value AccessCode::startPart() {
  Value starts;
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (!index.positions && index.start)
      starts = code.add(starts, code.scaled(index.start, access.strides[dim],
                                            !access.shared));
  return starts;
}

/// Threads first: that part does not change in a loop over starts.
Value AccessCode::commonPointer() {
  if (common)
    return common;
  common = code.advance(access.base, access.element, threadPart());
  common = code.advance(common, access.element, startPart());
  return common;
}

//===----------------------------------------------------------------------===//
// Swizzled addresses
//===----------------------------------------------------------------------===//

/// swizzle(offset) of an i32 in bytes.
static Value swizzle(ThreadCode &code, const Swizzle &swizzle, Value offset) {
  OpBuilder &builder = code.builder;
  int64_t mask = ((int64_t(1) << swizzle.bits) - 1) << swizzle.base;
  Value part = arith::ShRUIOp::create(builder, code.loc, offset,
                                      code.i32(swizzle.shift));
  part = arith::AndIOp::create(builder, code.loc, part, code.i32(mask));
  return arith::XOrIOp::create(builder, code.loc, offset, part);
}

Value tile::sharedAddress(ThreadCode &code, Value base, const Swizzle &how,
                          Value offset, int64_t constant) {
  Type byte = code.builder.getI8Type();
  if (how.isNone() || !offset)
    return code.advance(code.advance(base, byte, offset), byte,
                        how.apply(constant));
  int64_t inside = constant % how.blockBytes();
  if (inside != 0)
    offset = code.add(offset, code.i32(inside));
  return code.advance(code.advance(base, byte, swizzle(code, how, offset)),
                      byte, constant - inside);
}

Value AccessCode::swizzledPointer(const AccessGroup &group) {
  Row row = rowOf(group);
  int64_t constant = constantOf(group) * elementBytes;
  for (auto &[known, at, pointer] : swizzledPointers)
    if (known == row && at == constant)
      return pointer;
  if (!swizzledCommon)
    swizzledCommon = code.add(threadPart(), startPart());
  Value offset = swizzledCommon;
  auto position = row.begin();
  for (auto [dim, index] : llvm::enumerate(access.indices))
    if (index.positions)
      offset = code.add(offset, code.scaled(*position++, access.strides[dim],
                                            /*wide=*/false));
  if (offset)
    offset = code.scaled(offset, elementBytes, /*wide=*/false);
  Value pointer =
      sharedAddress(code, access.base, access.swizzle, offset, constant);
  swizzledPointers.push_back({row, constant, pointer});
  return pointer;
}

std::optional<SmallVector<Value>> tile::groupPointers(ThreadCode &code,
                                                      const Access &access,
                                                      const Layout &layout) {
  // Masks and positions are held along the tile, not along its addresses.
  bool isGathered = llvm::any_of(access.indices, [](const AccessIndex &index) {
    return bool(index.positions);
  });
  if (access.mask || isGathered)
    return std::nullopt;
  AccessCode accessCode(code, access, layout);
  SmallVector<Value> pointers;
  for (const AccessGroup &group : accessCode.allGroups()) {
    if (accessCode.condition(group))
      return std::nullopt;
    pointers.push_back(accessCode.pointer(group));
  }
  return pointers;
}
