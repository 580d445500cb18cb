//===- ThreadCode.cpp - Writing the code of one thread -------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::ThreadDigit;

ThreadCode::ThreadCode(LLVM::LLVMFuncOp target)
    : builder(target.getContext()), loc(target.getLoc()), target(target),
      prologue(target.getContext()) {
  Block *entry = target.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  mark = arith::ConstantIntOp::create(builder, loc, 0, 32);
  prologue.setInsertionPoint(mark);
}

Value ThreadCode::i32(int32_t value) {
  Value &constant = constants[{value, 32}];
  if (!constant)
    constant =
        arith::ConstantIntOp::create(prologue, target.getLoc(), value, 32);
  return constant;
}

Value ThreadCode::i64(int64_t value) {
  Value &constant = constants[{value, 64}];
  if (!constant)
    constant =
        arith::ConstantIntOp::create(prologue, target.getLoc(), value, 64);
  return constant;
}

Value ThreadCode::zero(Type type) {
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
}

Value ThreadCode::threadId() {
  if (!thread)
    thread = NVVM::ThreadIdXOp::create(prologue, target.getLoc(),
                                       prologue.getI32Type());
  return thread;
}

/// thread / threadStride % extent
static Value digitOf(OpBuilder &builder, Location loc, ThreadCode &code,
                     const ThreadDigit &digit, int64_t threads) {
  Value value = code.threadId();
  if (digit.threadStride != 1)
    value = arith::DivUIOp::create(builder, loc, value,
                                   code.i32(digit.threadStride));
  if (digit.threadStride * digit.extent != threads)
    value = arith::RemUIOp::create(builder, loc, value, code.i32(digit.extent));
  return value;
}

static int64_t threadsOf(LLVM::LLVMFuncOp function) {
  auto counts = function->getAttrOfType<DenseI32ArrayAttr>(
      NVVM::NVVMDialect::getReqntidAttrName());
  return counts[0];
}

static SmallVector<int64_t> keyOf(ArrayRef<ThreadDigit> digits) {
  SmallVector<int64_t> key;
  for (const ThreadDigit &digit : digits)
    llvm::append_values(key, digit.extent, digit.dimStride, digit.threadStride);
  return key;
}

Value ThreadCode::threadOffset(ArrayRef<ThreadDigit> digits, int64_t scale,
                               bool wide) {
  if (digits.empty() || scale == 0)
    return {};
  SmallVector<int64_t> key = keyOf(digits);
  llvm::append_values(key, scale, wide);
  auto known = threadOffsets.find(key);
  if (known != threadOffsets.end())
    return known->second;
  Location at = target.getLoc();
  Value sum;
  if (wide) {
    // A thread's place is not negative, and its product is taken in 64 bits.
    sum = arith::ExtUIOp::create(prologue, at, prologue.getI64Type(),
                                 threadOffset(digits));
    if (scale != 1)
      sum = arith::MulIOp::create(prologue, at, sum, i64(scale));
  } else if (scale != 1) {
    sum = arith::MulIOp::create(prologue, at, threadOffset(digits), i32(scale));
  } else {
    for (const ThreadDigit &digit : digits) {
      Value part = digitOf(prologue, at, *this, digit, threadsOf(target));
      if (digit.dimStride != 1)
        part = arith::MulIOp::create(prologue, at, part, i32(digit.dimStride));
      sum = sum ? arith::AddIOp::create(prologue, at, sum, part) : part;
    }
  }
  threadOffsets[key] = sum;
  return sum;
}

Value ThreadCode::isFirst(ArrayRef<ThreadDigit> digits) {
  if (digits.empty())
    return {};
  SmallVector<int64_t> key = keyOf(digits);
  auto known = firsts.find(key);
  if (known != firsts.end())
    return known->second;
  Location at = target.getLoc();
  Value all;
  for (const ThreadDigit &digit : digits) {
    Value value = digitOf(prologue, at, *this, digit, threadsOf(target));
    Value here = arith::CmpIOp::create(prologue, at, arith::CmpIPredicate::eq,
                                       value, i32(0));
    all = all ? arith::AndIOp::create(prologue, at, all, here) : here;
  }
  firsts[key] = all;
  return all;
}

Value ThreadCode::add(Value a, Value b) {
  if (!a || !b)
    return a ? a : b;
  return arith::AddIOp::create(builder, loc, a, b);
}

Value ThreadCode::both(Value a, Value b) {
  if (!a || !b)
    return a ? a : b;
  return arith::AndIOp::create(builder, loc, a, b);
}

Value ThreadCode::scaled(Value value, int64_t factor, bool wide) {
  if (wide)
    value = arith::ExtSIOp::create(builder, loc, builder.getI64Type(), value);
  if (factor == 1)
    return value;
  return arith::MulIOp::create(builder, loc, value,
                               wide ? i64(factor) : i32(factor));
}

Value ThreadCode::advance(Value pointer, Type element, Value index) {
  if (!index)
    return pointer;
  return LLVM::GEPOp::create(builder, loc, pointer.getType(), element, pointer,
                             ValueRange{index});
}

Value ThreadCode::advance(Value pointer, Type element, int64_t index) {
  if (index == 0)
    return pointer;
  // A constant index of a GEP is an i32; larger ones need a value.
  if (!llvm::isInt<31>(index))
    return advance(pointer, element, i64(index));
  return LLVM::GEPOp::create(
      builder, loc, pointer.getType(), element, pointer,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
}

void ThreadCode::barrier() { NVVM::Barrier0Op::create(builder, loc); }

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

static std::string sharedName(LLVM::LLVMFuncOp function) {
  return ("shared_of_" + function.getName()).str();
}

Value ThreadCode::sharedBase() {
  if (!shared)
    shared = LLVM::AddressOfOp::create(
        prologue, target.getLoc(),
        LLVM::LLVMPointerType::get(prologue.getContext(), kSharedSpace),
        sharedName(target));
  return shared;
}

Value ThreadCode::allocateShared(int64_t bytes, int64_t alignment) {
  int64_t offset = llvm::alignTo(allocatedBytes, alignment);
  allocatedBytes = offset + llvm::alignTo(bytes, kMaxAlignment);
  sharedAlignment = std::max(sharedAlignment, alignment);
  Value base = sharedBase();
  if (offset == 0)
    return base;
  // An array that does not fit is reported by `finish`.
  int32_t constant = llvm::isInt<31>(offset) ? offset : 0;
  return LLVM::GEPOp::create(prologue, target.getLoc(), base.getType(),
                             prologue.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{constant});
}

Value ThreadCode::scratch(int64_t bytes) {
  scratchBytes = std::max(scratchBytes, bytes);
  // It comes after the allocations, whose sum only `finish` knows.
  if (!scratchBase)
    scratchBase = LLVM::GEPOp::create(
        prologue, target.getLoc(), sharedBase().getType(), prologue.getI8Type(),
        sharedBase(), ArrayRef<LLVM::GEPArg>{0});
  return scratchBase;
}

LogicalResult ThreadCode::finish() {
  mark->erase();
  if (scratchBase && llvm::isInt<31>(allocatedBytes))
    cast<LLVM::GEPOp>(scratchBase.getDefiningOp())
        .setRawConstantIndices({static_cast<int32_t>(allocatedBytes)});
  int64_t bytes = allocatedBytes + scratchBytes;
  if (bytes > kSharedMemoryLimit)
    return target.emitError("kernel '")
           << target.getName() << "' needs " << bytes
           << " bytes of shared memory (" << scratchBytes
           << " for exchanges between threads), but expected at most "
           << kSharedMemoryLimit;
  if (!shared)
    return success();
  // What is not static comes with the launch: an external array of no length.
  OpBuilder module(target);
  bool isStatic = bytes <= kStaticSharedLimit;
  if (!isStatic)
    target->setAttr(TileDialect::kDynamicShared,
                    module.getI32IntegerAttr(bytes));
  LLVM::GlobalOp::create(
      module, target.getLoc(),
      LLVM::LLVMArrayType::get(module.getI8Type(),
                               isStatic ? std::max<int64_t>(bytes, 1) : 0),
      /*isConstant=*/false,
      isStatic ? LLVM::Linkage::Internal : LLVM::Linkage::External,
      sharedName(target), Attribute(), /*alignment=*/sharedAlignment,
      kSharedSpace);
  return success();
}
