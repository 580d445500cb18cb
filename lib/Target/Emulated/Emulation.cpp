//===- Emulation.cpp - The rewriting of one device module -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace pigeon::emulated {

Emulation::Emulation(Operation *body, ModuleCode &code)
    : code(code), body(body), context(body->getContext()) {
  i1 = IntegerType::get(context, 1);
  i32 = IntegerType::get(context, 32);
  i64 = IntegerType::get(context, 64);
  pointer = LLVM::LLVMPointerType::get(context);
  none = LLVM::LLVMVoidType::get(context);
}

/// "file:line:column" of the first place in a location that has one.
static std::string placeOf(Location loc) {
  std::string text;
  loc->walk([&](Location part) {
    auto place = dyn_cast<FileLineColLoc>(part);
    if (!place)
      return WalkResult::advance();
    llvm::raw_string_ostream(text)
        << place.getFilename().getValue() << ":" << place.getLine() << ":"
        << place.getColumn();
    return WalkResult::interrupt();
  });
  return text.empty() ? "an unknown place" : text;
}

std::uint32_t Emulation::addSite(Operation *op) {
  Site site;
  site.where =
      op->getName().getStringRef().str() + " at " + placeOf(op->getLoc());
  code.sites.push_back(std::move(site));
  return static_cast<std::uint32_t>(code.sites.size() - 1);
}

Value Emulation::thread(Operation *op) const {
  return op->getParentOfType<LLVM::LLVMFuncOp>().getArgument(0);
}

Value Emulation::loadInvariant(OpBuilder &b, Location loc, Type type,
                               Value base, std::size_t offset) const {
  Value address = LLVM::GEPOp::create(
      b, loc, pointer, b.getI8Type(), base,
      ArrayRef<LLVM::GEPArg>{static_cast<std::int32_t>(offset)});
  auto load = LLVM::LoadOp::create(b, loc, type, address);
  load.setInvariant(true);
  return load;
}

Value Emulation::threadField(OpBuilder &b, Operation *op,
                             std::size_t offset) const {
  return loadInvariant(b, op->getLoc(), i32, thread(op), offset);
}

Value Emulation::blockField(OpBuilder &b, Operation *op,
                            std::size_t offset) const {
  Value block = loadInvariant(b, op->getLoc(), pointer, thread(op),
                              offsetof(ThreadContext, block));
  return loadInvariant(b, op->getLoc(), i32, block, offset);
}

Value Emulation::constant(OpBuilder &b, Location loc, Type type,
                          std::int64_t value) const {
  return LLVM::ConstantOp::create(b, loc, type, b.getIntegerAttr(type, value));
}

Value Emulation::call(OpBuilder &b, Location loc, StringRef name, Type result,
                      ValueRange arguments) {
  auto function = SymbolTable::lookupSymbolIn(body, name);
  if (!function) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&body->getRegion(0).front());
    SmallVector<Type> types(arguments.getTypes());
    function = LLVM::LLVMFuncOp::create(
        b, b.getUnknownLoc(), name, LLVM::LLVMFunctionType::get(result, types));
  }
  auto call =
      LLVM::CallOp::create(b, loc, cast<LLVM::LLVMFuncOp>(function), arguments);
  return call.getNumResults() ? call.getResult() : Value();
}

Value Emulation::callMachine(OpBuilder &b, Operation *op, std::uint32_t site,
                             StringRef name, Type result,
                             ValueRange arguments) {
  SmallVector<Value> all = {thread(op), constant(b, op->getLoc(), i32, site)};
  llvm::append_range(all, arguments);
  return call(b, op->getLoc(), ("pigeon_emulated_" + name).str(), result, all);
}

Value Emulation::addressBits(OpBuilder &b, Location loc, Value address) const {
  return LLVM::PtrToIntOp::create(b, loc, i64, address);
}

Value Emulation::scratch(Operation *op, unsigned which, unsigned words) {
  auto function = op->getParentOfType<LLVM::LLVMFuncOp>();
  LLVM::AllocaOp &array = scratches[function][which];
  OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
  Location loc = function.getLoc();
  if (!array)
    array = LLVM::AllocaOp::create(b, loc, pointer, i32,
                                   constant(b, loc, i32, words));
  auto size = array.getArraySize().getDefiningOp<LLVM::ConstantOp>();
  if (cast<IntegerAttr>(size.getValue()).getInt() < words) {
    b.setInsertionPoint(array);
    array.getArraySizeMutable().assign(constant(b, loc, i32, words));
    size.erase();
  }
  return array;
}

/// See SiteCache: one comparison decides bounds, alignment and rights.
LLVM::LLVMFuncOp Emulation::inlineCheck() {
  if (inlineCheckFunction)
    return inlineCheckFunction;
  OpBuilder b = OpBuilder::atBlockBegin(&body->getRegion(0).front());
  Location loc = b.getUnknownLoc();
  // (thread, site, address, log2 of the alignment)
  auto type = LLVM::LLVMFunctionType::get(none, {pointer, i32, i64, i64});
  auto function = LLVM::LLVMFuncOp::create(b, loc, "emulated_check", type,
                                           LLVM::Linkage::Internal);
  function.setAlwaysInline(true);
  Block *entry = function.addEntryBlock(b);
  Block *miss = b.createBlock(&function.getBody());
  Block *right = b.createBlock(&function.getBody());

  b.setInsertionPointToStart(entry);
  Value site = entry->getArgument(1), address = entry->getArgument(2);
  Value caches = loadInvariant(b, loc, pointer, entry->getArgument(0),
                               offsetof(ThreadContext, siteCache));
  Value scale = constant(b, loc, i64, sizeof(SiteCache));
  Value offset = LLVM::MulOp::create(
      b, loc, LLVM::ZExtOp::create(b, loc, i64, site), scale);
  Value cache = LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), caches,
                                    ArrayRef<LLVM::GEPArg>{offset});
  Value base = LLVM::LoadOp::create(b, loc, i64, cache);
  Value positionsAddress =
      LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), cache,
                          ArrayRef<LLVM::GEPArg>{static_cast<std::int32_t>(
                              offsetof(SiteCache, positions))});
  Value positions = LLVM::LoadOp::create(b, loc, i64, positionsAddress);
  Value distance = LLVM::SubOp::create(b, loc, address, base);
  Value position = LLVM::FshrOp::create(b, loc, i64, distance, distance,
                                        entry->getArgument(3));
  Value known = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ult, position,
                                     positions);
  LLVM::CondBrOp::create(b, loc, known, right, ValueRange(), miss, ValueRange(),
                         std::make_pair(4096u, 1u));

  b.setInsertionPointToStart(miss);
  call(b, loc, "pigeon_emulated_access", none,
       entry->getArguments().take_front(3));
  LLVM::BrOp::create(b, loc, right);
  b.setInsertionPointToStart(right);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  inlineCheckFunction = function;
  return function;
}

} // namespace pigeon::emulated
