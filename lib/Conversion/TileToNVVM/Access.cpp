//===- Access.cpp - Tiles to and from memory ------------------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Access.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"

#include <numeric>

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
// Vectors
//===----------------------------------------------------------------------===//

namespace {
/// Consecutive elements along the last dimension, accessed at once.
struct Group {
  /// Locals in the order of memory.
  SmallVector<int64_t> locals;
  /// Local offset of the first, per dimension.
  SmallVector<int64_t> offset;
};
} // namespace

/// The locals of a layout, in row-major order of their offsets.
static SmallVector<Group> singleGroups(const Layout &layout) {
  SmallVector<Group> groups(layout.numLocals());
  for (auto [local, group] : llvm::enumerate(groups)) {
    group.locals.push_back(local);
    for (int64_t dim = 0; dim < layout.rank(); ++dim)
      group.offset.push_back(layout.localOffset(local, dim));
  }
  llvm::sort(groups, [](const Group &a, const Group &b) {
    return a.offset < b.offset;
  });
  return groups;
}

/// Joins each `width` neighbours, or returns nothing if they are not all there.
static std::optional<SmallVector<Group>> joinGroups(ArrayRef<Group> singles,
                                                    int64_t width) {
  SmallVector<Group> groups;
  if (static_cast<int64_t>(singles.size()) % width != 0)
    return std::nullopt;
  for (size_t first = 0; first < singles.size(); first += width) {
    Group group = singles[first];
    if (group.offset.back() % width != 0)
      return std::nullopt;
    SmallVector<int64_t> expected = group.offset;
    for (const Group &next : singles.slice(first + 1, width - 1)) {
      ++expected.back();
      if (next.offset != expected)
        return std::nullopt;
      group.locals.push_back(next.locals.front());
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

/// Whether a range may leave its dimension, so that it must be checked.
static bool needsCheck(const Access &access, const Layout &layout,
                       int64_t dim) {
  const AccessIndex &index = access.indices[dim];
  if (index.positions || ShapedType::isDynamic(access.extents[dim]))
    return false;
  return !index.max || *index.max + layout.shape()[dim] > access.extents[dim];
}

/// What alignment alone allows, in elements.
static int64_t alignedWidth(const Access &access, const Layout &layout) {
  int64_t last = layout.rank() - 1;
  if (access.indices[last].positions || access.strides[last] != 1)
    return 1;
  if (access.mask && last == 0)
    return 1;
  int64_t bytes = access.element.getIntOrFloatBitWidth() / 8;
  int64_t width = std::gcd(kMaxAlignment, access.alignment) / bytes;
  width = std::gcd(width, access.indices[last].divisor);
  for (const ThreadDigit &digit : layout.threadDigits(last))
    width = std::gcd(width, digit.dimStride);
  for (int64_t dim = 0; dim < last; ++dim)
    width = std::gcd(width, access.strides[dim]);
  // A vector must lie inside or outside as a whole.
  if (needsCheck(access, layout, last))
    width = std::gcd(width, access.extents[last]);
  return std::max<int64_t>(width, 1);
}

static SmallVector<Group> groupsOf(const Access &access, const Layout &layout) {
  SmallVector<Group> singles = singleGroups(layout);
  // gcds of powers of two: halving visits all that qualify.
  for (int64_t width = alignedWidth(access, layout); width > 1; width /= 2)
    if (auto groups = joinGroups(singles, width))
      return *groups;
  return singles;
}

int64_t tile::vectorWidthOf(const Access &access, const Layout &layout) {
  return groupsOf(access, layout).front().locals.size();
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
        groups(groupsOf(access, layout)) {
    for (auto [dim, index] : llvm::enumerate(access.indices))
      positionOf.push_back(
          index.positions ? localsAlong(*index.positions.layout, layout, dim)
                          : SmallVector<int64_t>());
    if (access.mask)
      maskOf = localsAlong(*access.mask.layout, layout, 0);
    inBounds.resize(layout.rank());
  }

  ArrayRef<Group> allGroups() const { return groups; }

  /// Writes the part of the address that groups share, so that it stands before
  /// any branch.
  void prepare(const Group &group) { (void)rowPointer(group); }

  Value pointer(const Group &group) {
    int64_t constant = 0;
    for (auto [dim, index] : llvm::enumerate(access.indices))
      if (!index.positions)
        constant += group.offset[dim] * access.strides[dim];
    return code.advance(rowPointer(group), access.element, constant);
  }

  /// Whether the group is accessed; null if it always is.
  Value condition(const Group &group) {
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

  LLVM::LoadOp load(const Group &group) {
    return LLVM::LoadOp::create(code.builder, code.loc, vectorType(group),
                                pointer(group), alignment(group));
  }

  void store(const Group &group, Value value) {
    LLVM::StoreOp::create(code.builder, code.loc, value, pointer(group),
                          alignment(group));
  }

  Type vectorType(const Group &group) const {
    if (group.locals.size() == 1)
      return access.element;
    return VectorType::get({static_cast<int64_t>(group.locals.size())},
                           access.element);
  }

private:
  unsigned alignment(const Group &group) const {
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
  Value rowPointer(const Group &group) {
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
  SmallVector<Group> groups;
  SmallVector<SmallVector<int64_t>> positionOf;
  SmallVector<int64_t> maskOf;
  SmallVector<llvm::DenseMap<int64_t, Value>> inBounds;
  llvm::DenseMap<std::pair<Value, Value>, Value> conjunctions;
  SmallVector<std::pair<SmallVector<Value>, Value>> rowPointers;
  Value common;
};
} // namespace

/// Groups by condition, in order of first appearance; null comes as itself.
static llvm::MapVector<Value, SmallVector<const Group *>>
byCondition(AccessCode &accessCode, ThreadCode &code, Value everywhere) {
  llvm::MapVector<Value, SmallVector<const Group *>> buckets;
  llvm::DenseMap<Value, Value> joined;
  for (const Group &group : accessCode.allGroups()) {
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
                                     ArrayRef<const Group *> groups) {
  SmallVector<Value> values;
  for (const Group *group : groups)
    values.push_back(accessCode.load(*group));
  return values;
}

/// What masked-off groups are instead.
static SmallVector<Value> otherGroups(ThreadCode &code, AccessCode &accessCode,
                                      ArrayRef<const Group *> groups,
                                      Value other) {
  SmallVector<Value> values;
  for (const Group *group : groups) {
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
      for (const Group *group : groups)
        accessCode.prepare(*group);
      SmallVector<Type> types;
      for (const Group *group : groups)
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

static Value gatherGroup(ThreadCode &code, const Group &group, Type type,
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
    for (const Group *group : groups) {
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
