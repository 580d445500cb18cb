//===- Access.cpp - Tiles to and from memory ------------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessGroups.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::ThreadDigit;

//===----------------------------------------------------------------------===//
// Layouts of one-dimensional tiles beside the tile they serve
//===----------------------------------------------------------------------===//

bool tile::isAlong(const Layout &along, const Layout &tile, int64_t dim) {
  return along.rank() == 1 && along.numThreads() == tile.numThreads() &&
         along.threadDigits(0) == tile.threadDigits(dim);
}

SmallVector<int64_t> tile::localsAlong(const Layout &along, const Layout &tile,
                                       int64_t dim) {
  llvm::DenseMap<int64_t, int64_t> localAt;
  for (int64_t local = 0; local < along.numLocals(); ++local)
    localAt[along.localOffset(local, 0)] = local;
  SmallVector<int64_t> result;
  for (int64_t local = 0; local < tile.numLocals(); ++local)
    result.push_back(localAt.lookup(tile.localOffset(local, dim)));
  return result;
}

//===----------------------------------------------------------------------===//
// Addresses and conditions
//===----------------------------------------------------------------------===//

namespace {
/// Writes the addresses and conditions of one access.
class AccessCode {
public:
  AccessCode(ThreadCode &code, const Access &access, const Layout &layout)
      : code(code), access(access), layout(layout),
        groups(accessGroups(access, layout)) {
    for (auto [dim, index] : llvm::enumerate(access.indices))
      positionOf.push_back(
          index.positions ? localsAlong(*index.positions.layout, layout, dim)
                          : SmallVector<int64_t>());
    if (access.mask)
      maskOf = localsAlong(*access.mask.layout, layout, 0);
    inBounds.resize(layout.rank());
  }

  ArrayRef<AccessGroup> allGroups() const { return groups; }

  /// Writes the part of the address that groups share, so that it stands before
  /// any branch.
  void prepare(const AccessGroup &group) { (void)rowPointer(group); }

  Value pointer(const AccessGroup &group) {
    int64_t constant = 0;
    for (auto [dim, index] : llvm::enumerate(access.indices))
      if (!index.positions)
        constant += group.offset[dim] * access.strides[dim];
    return code.advance(rowPointer(group), access.element, constant);
  }

  /// Whether the group is accessed; null if it always is.
  Value condition(const AccessGroup &group) {
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

  LLVM::LoadOp load(const AccessGroup &group) {
    return LLVM::LoadOp::create(code.builder, code.loc, vectorType(group),
                                pointer(group), alignment(group));
  }

  void store(const AccessGroup &group, Value value) {
    LLVM::StoreOp::create(code.builder, code.loc, value, pointer(group),
                          alignment(group));
  }

  Type vectorType(const AccessGroup &group) const {
    if (group.locals.size() == 1)
      return access.element;
    return VectorType::get({static_cast<int64_t>(group.locals.size())},
                           access.element);
  }

private:
  unsigned alignment(const AccessGroup &group) const {
    return group.locals.size() * access.element.getIntOrFloatBitWidth() / 8;
  }

  /// start + thread part + offset < extent, unsigned so that a negative start
  /// is outside too.
  Value boundCheck(int64_t dim, int64_t offset) {
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

  /// The address without local offsets: gathered rows, threads, starts. Groups
  /// of one row share it.
  Value rowPointer(const AccessGroup &group) {
    SmallVector<Value> key;
    for (auto [dim, index] : llvm::enumerate(access.indices))
      if (index.positions)
        key.push_back(
            index.positions.locals[positionOf[dim][group.locals.front()]]);
    for (auto &[known, pointer] : rowPointers)
      if (known == key)
        return pointer;
    bool wide = !access.shared;
    Value pointer = commonPointer();
    auto position = key.begin();
    for (auto [dim, index] : llvm::enumerate(access.indices))
      if (index.positions)
        pointer =
            code.advance(pointer, access.element,
                         code.scaled(*position++, access.strides[dim], wide));
    rowPointers.push_back({key, pointer});
    return pointer;
  }

  /// Threads first: that part does not change in a loop over starts.
  Value commonPointer() {
    if (common)
      return common;
    bool wide = !access.shared;
    Value threads, starts;
    for (auto [dim, index] : llvm::enumerate(access.indices)) {
      if (index.positions)
        continue;
      threads = code.add(threads, code.threadOffset(layout.threadDigits(dim),
                                                    access.strides[dim], wide));
      if (index.start)
        starts = code.add(starts,
                          code.scaled(index.start, access.strides[dim], wide));
    }
    common = code.advance(access.base, access.element, threads);
    common = code.advance(common, access.element, starts);
    return common;
  }

  ThreadCode &code;
  const Access &access;
  const Layout &layout;
  SmallVector<AccessGroup> groups;
  SmallVector<SmallVector<int64_t>> positionOf;
  SmallVector<int64_t> maskOf;
  SmallVector<llvm::DenseMap<int64_t, Value>> inBounds;
  llvm::DenseMap<std::pair<Value, Value>, Value> conjunctions;
  SmallVector<std::pair<SmallVector<Value>, Value>> rowPointers;
  Value common;
};
} // namespace

std::optional<SmallVector<Value>>
tile::groupPointers(ThreadCode &code, const Access &access,
                    const Layout &layout) {
  if (access.mask)
    return std::nullopt;
  for (int64_t dim = 0; dim < layout.rank(); ++dim)
    if (needsCheck(access, layout, dim))
      return std::nullopt;
  AccessCode accessCode(code, access, layout);
  SmallVector<Value> pointers;
  for (const AccessGroup &group : accessCode.allGroups())
    pointers.push_back(accessCode.pointer(group));
  return pointers;
}

/// Groups by condition, in order of first appearance; null comes as itself.
static llvm::MapVector<Value, SmallVector<const AccessGroup *>>
byCondition(AccessCode &accessCode, ThreadCode &code, Value everywhere) {
  llvm::MapVector<Value, SmallVector<const AccessGroup *>> buckets;
  llvm::DenseMap<Value, Value> joined;
  for (const AccessGroup &group : accessCode.allGroups()) {
    Value condition = accessCode.condition(group);
    auto [known, isNew] = joined.try_emplace(condition);
    if (isNew)
      known->second = code.both(everywhere, condition);
    buckets[known->second].push_back(&group);
  }
  return buckets;
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

/// Writes the loads of some groups; returns vectors (or scalars), one a group.
static SmallVector<Value> loadGroups(AccessCode &accessCode,
                                     ArrayRef<const AccessGroup *> groups) {
  SmallVector<Value> values;
  for (const AccessGroup *group : groups)
    values.push_back(accessCode.load(*group));
  return values;
}

/// What masked-off groups are instead.
static SmallVector<Value> otherGroups(ThreadCode &code, AccessCode &accessCode,
                                      ArrayRef<const AccessGroup *> groups,
                                      Value other) {
  SmallVector<Value> values;
  for (const AccessGroup *group : groups) {
    Type type = accessCode.vectorType(*group);
    auto vector = dyn_cast<VectorType>(type);
    if (!other) {
      values.push_back(code.zero(type));
      continue;
    }
    if (!vector) {
      values.push_back(other);
      continue;
    }
    Value all = LLVM::PoisonOp::create(code.builder, code.loc, type);
    for (int64_t i = 0; i < vector.getDimSize(0); ++i)
      all = LLVM::InsertElementOp::create(code.builder, code.loc, all, other,
                                          code.i32(i));
    values.push_back(all);
  }
  return values;
}

Locals tile::loadTile(ThreadCode &code, const Access &access,
                      const Layout &layout, Value other) {
  AccessCode accessCode(code, access, layout);
  Locals result(layout.numLocals());
  OpBuilder &builder = code.builder;
  for (auto &[condition, groups] : byCondition(accessCode, code, {})) {
    SmallVector<Value> loaded;
    if (!condition) {
      loaded = loadGroups(accessCode, groups);
    } else {
      // Addresses are written before the branch: they are shared with groups
      // of other conditions, and harmless.
      for (const AccessGroup *group : groups)
        accessCode.prepare(*group);
      SmallVector<Type> types;
      for (const AccessGroup *group : groups)
        types.push_back(accessCode.vectorType(*group));
      auto branch = scf::IfOp::create(builder, code.loc, types, condition,
                                      /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(builder, code.loc, loadGroups(accessCode, groups));
      builder.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(builder, code.loc,
                           otherGroups(code, accessCode, groups, other));
      llvm::append_range(loaded, branch.getResults());
    }
    for (auto [group, value] : llvm::zip_equal(groups, loaded)) {
      if (group->locals.size() == 1) {
        result[group->locals.front()] = value;
        continue;
      }
      for (auto [i, local] : llvm::enumerate(group->locals))
        result[local] = LLVM::ExtractElementOp::create(builder, code.loc, value,
                                                       code.i32(i));
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Stores
//===----------------------------------------------------------------------===//

static Value gatherGroup(ThreadCode &code, const AccessGroup &group, Type type,
                         ArrayRef<Value> tile) {
  if (group.locals.size() == 1)
    return tile[group.locals.front()];
  Value vector = LLVM::PoisonOp::create(code.builder, code.loc, type);
  for (auto [i, local] : llvm::enumerate(group.locals))
    vector = LLVM::InsertElementOp::create(code.builder, code.loc, vector,
                                           tile[local], code.i32(i));
  return vector;
}

void tile::storeTile(ThreadCode &code, const Access &access,
                     const Layout &layout, ArrayRef<Value> tile) {
  SmallVector<ThreadDigit> replicas;
  for (const layout::Digit &digit : layout.replicaDigits())
    replicas.push_back({digit.extent, 0, digit.ownerStride});
  storeWhere(code, access, layout, tile, code.isFirst(replicas));
}

void tile::storeWhere(ThreadCode &code, const Access &access,
                      const Layout &layout, ArrayRef<Value> tile, Value where) {
  AccessCode accessCode(code, access, layout);
  OpBuilder &builder = code.builder;
  for (auto &[condition, groups] : byCondition(accessCode, code, where)) {
    SmallVector<Value> values;
    for (const AccessGroup *group : groups) {
      values.push_back(
          gatherGroup(code, *group, accessCode.vectorType(*group), tile));
      accessCode.prepare(*group);
    }
    OpBuilder::InsertionGuard guard(builder);
    if (condition) {
      auto branch = scf::IfOp::create(builder, code.loc, condition,
                                      /*withElseRegion=*/false);
      builder.setInsertionPointToStart(branch.thenBlock());
    }
    for (auto [group, value] : llvm::zip_equal(groups, values))
      accessCode.store(*group, value);
  }
}

Access tile::exchangeAccess(Value base, Type element, ArrayRef<int64_t> shape) {
  Access access;
  access.base = base;
  access.element = element;
  access.shared = true;
  access.extents.assign(shape.begin(), shape.end());
  access.indices.resize(shape.size());
  int64_t stride = 1;
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    access.strides.insert(access.strides.begin(), stride);
    stride *= shape[dim];
    // Rows that are a vector longer start in another bank than their
    // neighbours.
    if (dim + 1 == static_cast<int64_t>(shape.size()) && shape.size() > 1)
      stride += kMaxAlignment / (element.getIntOrFloatBitWidth() / 8);
  }
  return access;
}
