//===- Access.cpp - Tiles to and from memory ------------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessCode.h"

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

SmallVector<ThreadDigit> tile::replicasOf(const Layout &layout) {
  SmallVector<ThreadDigit> replicas;
  for (const layout::Digit &digit : layout.replicaDigits())
    replicas.push_back({digit.extent, 0, digit.ownerStride});
  return replicas;
}

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
  storeWhere(code, access, layout, tile, code.isFirst(replicasOf(layout)));
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
