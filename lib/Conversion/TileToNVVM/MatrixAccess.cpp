//===- MatrixAccess.cpp - ldmatrix and stmatrix ---------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixAccess.h"
#include "AccessGroups.h"

#include "pigeon/Dialect/Layout/IR/InstructionLayouts.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;
using layout::mma::MatrixMoves;

namespace {
/// One way to move a tile: the rows that each thread points at, by instruction.
struct Rows {
  MatrixMoves moves;
  NVVM::MMALayout order;
  SmallVector<Value> pointers;
};
} // namespace

/// The row addresses in the order of the instructions; empty if some row is not
/// 16 bytes side by side, or may lie outside.
static SmallVector<Value> rowPointers(ThreadCode &code, const Access &access,
                                      const MatrixMoves &moves) {
  SmallVector<AccessGroup> groups = accessGroups(access, moves.addresses);
  if (static_cast<int64_t>(groups.front().locals.size()) != moves.rowElements)
    return {};
  auto pointers = groupPointers(code, access, moves.addresses);
  if (!pointers)
    return {};
  SmallVector<Value> byInstruction(pointers->size());
  for (auto [group, pointer] : llvm::zip_equal(groups, *pointers))
    byInstruction[group.locals.front() / moves.rowElements] = pointer;
  return byInstruction;
}

static std::optional<Rows> findRows(ThreadCode &code, const Access &access,
                                    const Layout &layout) {
  if (!access.shared)
    return std::nullopt;
  int64_t bytes = access.element.getIntOrFloatBitWidth() / 8;
  for (bool transposed : {false, true}) {
    auto moves = layout::mma::matrixMoves(layout, bytes, transposed);
    if (!moves)
      continue;
    SmallVector<Value> pointers = rowPointers(code, access, *moves);
    if (!pointers.empty())
      return Rows{*moves,
                  transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row,
                  std::move(pointers)};
  }
  return std::nullopt;
}

static Value loadRows(ThreadCode &code, const Rows &rows, Value pointer) {
  OpBuilder &builder = code.builder;
  Type word = builder.getI32Type();
  int64_t count = rows.moves.count;
  Type result = count == 1
                    ? word
                    : LLVM::LLVMStructType::getLiteral(
                          builder.getContext(), SmallVector<Type>(count, word));
  return NVVM::LdMatrixOp::create(
      builder, code.loc, result, pointer, static_cast<uint32_t>(count),
      rows.order, NVVM::LdStMatrixShapeAttr::get(builder.getContext(), 8, 8),
      NVVM::LdStMatrixEltType::B16);
}

/// The elements that one 32-bit word of a matrix holds.
static SmallVector<Value> elementsOf(ThreadCode &code, Value word, Type element,
                                     int64_t count) {
  OpBuilder &builder = code.builder;
  if (count == 1)
    return {LLVM::BitcastOp::create(builder, code.loc, element, word)};
  Value vector = LLVM::BitcastOp::create(
      builder, code.loc, VectorType::get({count}, element), word);
  SmallVector<Value> elements;
  for (int64_t i = 0; i < count; ++i)
    elements.push_back(
        LLVM::ExtractElementOp::create(builder, code.loc, vector, code.i32(i)));
  return elements;
}

/// Elements in one 32-bit word.
static Value wordOf(ThreadCode &code, ArrayRef<Value> elements) {
  OpBuilder &builder = code.builder;
  Value whole = elements.front();
  if (elements.size() > 1) {
    auto type = VectorType::get({static_cast<int64_t>(elements.size())},
                                whole.getType());
    whole = LLVM::PoisonOp::create(builder, code.loc, type);
    for (auto [i, element] : llvm::enumerate(elements))
      whole = LLVM::InsertElementOp::create(builder, code.loc, whole, element,
                                            code.i32(i));
  }
  return LLVM::BitcastOp::create(builder, code.loc, builder.getI32Type(),
                                 whole);
}

/// The instructions that store a tile, one for each row pointer.
static void storeRows(ThreadCode &code, const Rows &rows,
                      ArrayRef<Value> tile) {
  MLIRContext *context = code.builder.getContext();
  int64_t count = rows.moves.count, size = rows.moves.matrixLocals;
  for (Value pointer : rows.pointers) {
    SmallVector<Value> words;
    for (int64_t matrix = 0; matrix < count; ++matrix)
      words.push_back(wordOf(code, tile.slice(matrix * size, size)));
    tile = tile.drop_front(count * size);
    NVVM::StMatrixOp::create(code.builder, code.loc, pointer, words, rows.order,
                             NVVM::LdStMatrixShapeAttr::get(context, 8, 8),
                             NVVM::LdStMatrixEltType::B16);
  }
}

bool tile::storeMatrices(ThreadCode &code, const Access &access,
                         const Layout &layout, ArrayRef<Value> tile) {
  std::optional<Rows> rows = findRows(code, access, layout);
  if (!rows)
    return false;
  // The matrices take whole warps, so copies are in other warps, and a warp
  // stores or does not.
  OpBuilder::InsertionGuard guard(code.builder);
  if (Value isFirst = code.isFirst(replicasOf(layout))) {
    auto branch = scf::IfOp::create(code.builder, code.loc, isFirst,
                                    /*withElseRegion=*/false);
    code.builder.setInsertionPointToStart(branch.thenBlock());
  }
  storeRows(code, *rows, tile);
  return true;
}

std::optional<Locals> tile::loadMatrices(ThreadCode &code, const Access &access,
                                         const Layout &layout) {
  std::optional<Rows> rows = findRows(code, access, layout);
  if (!rows)
    return std::nullopt;
  Locals result;
  for (Value pointer : rows->pointers) {
    Value loaded = loadRows(code, *rows, pointer);
    for (int64_t matrix = 0; matrix < rows->moves.count; ++matrix) {
      Value word = loaded;
      if (rows->moves.count > 1)
        word = LLVM::ExtractValueOp::create(code.builder, code.loc, loaded,
                                            ArrayRef<int64_t>{matrix});
      llvm::append_range(result, elementsOf(code, word, access.element,
                                            rows->moves.matrixLocals));
    }
  }
  return result;
}
