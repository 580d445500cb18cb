//===- Shuffles.cpp - Registers of other lanes ---------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shuffles.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;

static constexpr int64_t kWordBits = 32;

bool tile::canShuffle(Type type) {
  if (!type.isIntOrFloat())
    return false;
  unsigned bits = type.getIntOrFloatBitWidth();
  return bits == 8 || bits == 16 || bits == 32;
}

static Value shuffle(ThreadCode &code, Value word, Value lane,
                     NVVM::ShflKind kind) {
  return NVVM::ShflOp::create(code.builder, code.loc, word.getType(),
                              code.i32(-1), word, lane, code.i32(kWarpSize - 1),
                              kind, UnitAttr());
}

/// Values of a narrow type, as many as fit a word.
static Locals shuffleWord(ThreadCode &code, ArrayRef<Value> values, Value lane,
                          NVVM::ShflKind kind) {
  OpBuilder &builder = code.builder;
  Type type = values.front().getType();
  int64_t perWord = kWordBits / type.getIntOrFloatBitWidth();
  Value vector =
      LLVM::ZeroOp::create(builder, code.loc, VectorType::get({perWord}, type));
  for (auto [i, value] : llvm::enumerate(values))
    vector = LLVM::InsertElementOp::create(builder, code.loc, vector, value,
                                           code.i32(i));
  Value word =
      LLVM::BitcastOp::create(builder, code.loc, builder.getI32Type(), vector);
  Value there = LLVM::BitcastOp::create(builder, code.loc, vector.getType(),
                                        shuffle(code, word, lane, kind));
  Locals result;
  for (size_t i = 0; i < values.size(); ++i)
    result.push_back(
        LLVM::ExtractElementOp::create(builder, code.loc, there, code.i32(i)));
  return result;
}

Locals tile::shuffleAll(ThreadCode &code, ArrayRef<Value> values, Value lane,
                        NVVM::ShflKind kind) {
  Locals result;
  if (values.empty())
    return result;
  int64_t bits = values.front().getType().getIntOrFloatBitWidth();
  if (bits == kWordBits) {
    for (Value value : values)
      result.push_back(shuffle(code, value, lane, kind));
    return result;
  }
  size_t perWord = kWordBits / bits;
  for (; !values.empty();
       values = values.drop_front(std::min(perWord, values.size())))
    llvm::append_range(
        result, shuffleWord(code, values.take_front(perWord), lane, kind));
  return result;
}
