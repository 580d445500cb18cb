//===- WarpLowering.cpp - Warp operations become calls --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpLowering.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace pigeon::emulated {

/// The words of a value: an i1, i32, f32, a 32-bit vector, or a 64-bit integer
/// as two words, the low one first.
static LogicalResult splitIntoWords(Emulation &e, OpBuilder &b, Location loc,
                                    Value value,
                                    SmallVectorImpl<Value> &words) {
  Type type = value.getType();
  if (type == e.i1) {
    words.push_back(LLVM::ZExtOp::create(b, loc, e.i32, value));
  } else if (type == e.i32) {
    words.push_back(value);
  } else if (type == e.i64) {
    words.push_back(LLVM::TruncOp::create(b, loc, e.i32, value));
    Value high =
        LLVM::LShrOp::create(b, loc, value, e.constant(b, loc, e.i64, 32));
    words.push_back(LLVM::TruncOp::create(b, loc, e.i32, high));
  } else if (type.isF32() || isa<VectorType>(type)) {
    words.push_back(LLVM::BitcastOp::create(b, loc, e.i32, value));
  } else {
    return failure();
  }
  return success();
}

Value fromWord(Emulation &e, OpBuilder &b, Location loc, Type type,
               Value word) {
  if (type == e.i32)
    return word;
  if (type == e.i1)
    return LLVM::TruncOp::create(b, loc, e.i1, word);
  return LLVM::BitcastOp::create(b, loc, type, word);
}

SmallVector<Value> callWarpOp(Emulation &e, OpBuilder &b, Operation *op,
                              const WarpOp &what, Value mask, ValueRange words,
                              unsigned outWords) {
  Location loc = op->getLoc();
  std::uint32_t site = e.addSite(op);
  e.code.sites[site].warp = what;
  Value in = LLVM::ZeroOp::create(b, loc, e.pointer), out = in;
  if (!words.empty())
    in = e.scratch(op, 0, words.size());
  if (outWords)
    out = e.scratch(op, 1, outWords);
  auto wordAddress = [&](Value array, unsigned i) -> Value {
    return LLVM::GEPOp::create(
        b, loc, e.pointer, e.i32, array,
        ArrayRef<LLVM::GEPArg>{static_cast<std::int32_t>(i)});
  };
  for (auto [i, word] : llvm::enumerate(words))
    LLVM::StoreOp::create(b, loc, word, wordAddress(in, i));
  e.callMachine(b, op, site, "warp_op", e.none, {mask, in, out});
  SmallVector<Value> results;
  for (unsigned i = 0; i < outWords; ++i)
    results.push_back(LLVM::LoadOp::create(b, loc, e.i32, wordAddress(out, i)));
  return results;
}

Value fullMask(Emulation &e, OpBuilder &b, Location loc) {
  return e.constant(b, loc, e.i32, -1);
}

/// Replaces `op` by values made of `words`, one for each field of its result.
static LogicalResult replaceByWords(Emulation &e, OpBuilder &b, Operation *op,
                                    ArrayRef<Value> words) {
  Location loc = op->getLoc();
  Type type = op->getResult(0).getType();
  Value result;
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
    if (structure.getBody().size() != words.size())
      return op->emitError("expected a result of ")
             << words.size() << " words, found " << type;
    result = LLVM::UndefOp::create(b, loc, type);
    for (auto [i, field] : llvm::enumerate(structure.getBody()))
      result = LLVM::InsertValueOp::create(
          b, loc, result, fromWord(e, b, loc, field, words[i]),
          ArrayRef<std::int64_t>{static_cast<std::int64_t>(i)});
  } else {
    result = fromWord(e, b, loc, type, words.front());
  }
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
  return success();
}

LogicalResult lowerSyncWarp(Emulation &e, Operation *op) {
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Sync;
  callWarpOp(e, b, op, what, cast<NVVM::SyncWarpOp>(op).getMask(), {}, 0);
  op->erase();
  return success();
}

LogicalResult lowerShuffle(Emulation &e, Operation *op) {
  auto shuffle = cast<NVVM::ShflOp>(op);
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Shuffle;
  switch (shuffle.getKind()) {
  case NVVM::ShflKind::bfly:
    what.mode = static_cast<std::uint8_t>(ShuffleMode::Butterfly);
    break;
  case NVVM::ShflKind::up:
    what.mode = static_cast<std::uint8_t>(ShuffleMode::Up);
    break;
  case NVVM::ShflKind::down:
    what.mode = static_cast<std::uint8_t>(ShuffleMode::Down);
    break;
  case NVVM::ShflKind::idx:
    what.mode = static_cast<std::uint8_t>(ShuffleMode::Index);
    break;
  }
  SmallVector<Value> words;
  if (failed(splitIntoWords(e, b, op->getLoc(), shuffle.getVal(), words)))
    return op->emitError("expected a value of 32 bits");
  words.append({shuffle.getOffset(), shuffle.getMaskAndClamp()});
  SmallVector<Value> results =
      callWarpOp(e, b, op, what, shuffle.getThreadMask(), words, 2);
  if (!isa<LLVM::LLVMStructType>(op->getResult(0).getType()))
    results.pop_back();
  return replaceByWords(e, b, op, results);
}

LogicalResult lowerVote(Emulation &e, Operation *op) {
  auto vote = cast<NVVM::VoteSyncOp>(op);
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Vote;
  switch (vote.getKind()) {
  case NVVM::VoteSyncKind::any:
    what.mode = static_cast<std::uint8_t>(VoteMode::Any);
    break;
  case NVVM::VoteSyncKind::all:
    what.mode = static_cast<std::uint8_t>(VoteMode::All);
    break;
  case NVVM::VoteSyncKind::ballot:
    what.mode = static_cast<std::uint8_t>(VoteMode::Ballot);
    break;
  case NVVM::VoteSyncKind::uni:
    what.mode = static_cast<std::uint8_t>(VoteMode::Uniform);
    break;
  }
  Value predicate =
      LLVM::ZExtOp::create(b, op->getLoc(), e.i32, vote.getPred());
  return replaceByWords(
      e, b, op, callWarpOp(e, b, op, what, vote.getMask(), predicate, 1));
}

LogicalResult lowerMatch(Emulation &e, Operation *op) {
  auto match = cast<NVVM::MatchSyncOp>(op);
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Match;
  what.mode = static_cast<std::uint8_t>(
      match.getKind() == NVVM::MatchSyncKind::any ? MatchMode::Any
                                                  : MatchMode::All);
  SmallVector<Value> words;
  if (failed(splitIntoWords(e, b, op->getLoc(), match.getVal(), words)))
    return op->emitError("expected a value of 32 or 64 bits");
  what.count = static_cast<std::uint8_t>(words.size());
  SmallVector<Value> results =
      callWarpOp(e, b, op, what, match.getThreadMask(), words, 2);
  if (!isa<LLVM::LLVMStructType>(op->getResult(0).getType()))
    results.pop_back();
  return replaceByWords(e, b, op, results);
}

static std::optional<ReduceMode> reduceMode(NVVM::ReduxKind kind) {
  switch (kind) {
  case NVVM::ReduxKind::ADD:
    return ReduceMode::Add;
  case NVVM::ReduxKind::AND:
    return ReduceMode::And;
  case NVVM::ReduxKind::OR:
    return ReduceMode::Or;
  case NVVM::ReduxKind::XOR:
    return ReduceMode::Xor;
  case NVVM::ReduxKind::MIN:
    return ReduceMode::MinSigned;
  case NVVM::ReduxKind::MAX:
    return ReduceMode::MaxSigned;
  case NVVM::ReduxKind::UMIN:
    return ReduceMode::MinUnsigned;
  case NVVM::ReduxKind::UMAX:
    return ReduceMode::MaxUnsigned;
  case NVVM::ReduxKind::FMIN:
    return ReduceMode::MinFloat;
  case NVVM::ReduxKind::FMAX:
    return ReduceMode::MaxFloat;
  }
  return std::nullopt;
}

LogicalResult lowerReduce(Emulation &e, Operation *op) {
  auto reduce = cast<NVVM::ReduxOp>(op);
  std::optional<ReduceMode> mode = reduceMode(reduce.getKind());
  if (!mode)
    return op->emitError("expected a reduction that is emulated, found ")
           << NVVM::stringifyReduxKind(reduce.getKind());
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Reduce;
  what.mode = static_cast<std::uint8_t>(*mode);
  what.absolute = reduce.getAbs();
  what.propagateNaN = reduce.getNan();
  SmallVector<Value> words;
  if (failed(splitIntoWords(e, b, op->getLoc(), reduce.getVal(), words)))
    return op->emitError("expected a value of 32 bits");
  return replaceByWords(
      e, b, op, callWarpOp(e, b, op, what, reduce.getMaskAndClamp(), words, 1));
}

LogicalResult lowerElect(Emulation &e, Operation *op) {
  auto elect = cast<NVVM::ElectSyncOp>(op);
  OpBuilder b(op);
  WarpOp what;
  what.kind = WarpOpKind::Elect;
  Value mask = elect.getMembermask() ? elect.getMembermask()
                                     : fullMask(e, b, op->getLoc());
  SmallVector<Value> results = callWarpOp(e, b, op, what, mask, {}, 2);
  return replaceByWords(e, b, op, results.back());
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

/// Matrices of 8 x 8 elements of 16 bits are the ones that are emulated.
template <typename OpTy> static LogicalResult checkShape(OpTy op) {
  if (op.getEltType() == NVVM::LdStMatrixEltType::B16 &&
      op.getShape().getM() == 8 && op.getShape().getN() == 8)
    return success();
  return op.emitError("expected matrices of 8 x 8 elements of 16 bits, found "
                      "others, which are not emulated");
}

LogicalResult lowerLoadMatrix(Emulation &e, Operation *op) {
  auto load = cast<NVVM::LdMatrixOp>(op);
  if (failed(checkShape(load)))
    return failure();
  OpBuilder b(op);
  Location loc = op->getLoc();
  WarpOp what;
  what.kind = WarpOpKind::LoadMatrix;
  what.count = static_cast<std::uint8_t>(load.getNum());
  what.transposed = load.getLayout() == NVVM::MMALayout::col;
  SmallVector<Value> words;
  if (failed(splitIntoWords(e, b, loc, e.addressBits(b, loc, load.getPtr()),
                            words)))
    return failure();
  return replaceByWords(
      e, b, op,
      callWarpOp(e, b, op, what, fullMask(e, b, loc), words, what.count));
}

LogicalResult lowerStoreMatrix(Emulation &e, Operation *op) {
  auto store = cast<NVVM::StMatrixOp>(op);
  if (failed(checkShape(store)))
    return failure();
  OpBuilder b(op);
  Location loc = op->getLoc();
  WarpOp what;
  what.kind = WarpOpKind::StoreMatrix;
  what.count = static_cast<std::uint8_t>(store.getSources().size());
  what.transposed = store.getLayout() == NVVM::MMALayout::col;
  SmallVector<Value> words;
  if (failed(splitIntoWords(e, b, loc, e.addressBits(b, loc, store.getPtr()),
                            words)))
    return failure();
  llvm::append_range(words, store.getSources());
  callWarpOp(e, b, op, what, fullMask(e, b, loc), words, 0);
  op->erase();
  return success();
}

} // namespace pigeon::emulated
