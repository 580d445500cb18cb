//===- InstrumentAccesses.cpp - Checks before accesses --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kind of check follows from what is known of the address:
//
//   local, fixed offset inside its array    nothing to check
//   local                                   the array's bounds, known here
//   shared                                  the machine: bounds and shadow
//   global or generic, read or atomic       inline; the machine if that fails
//   global or generic, write                the machine: bounds and shadow
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace pigeon::emulated {

/// The address spaces of NVPTX.
enum NVPTXSpace : unsigned {
  nvptxGeneric = 0,
  nvptxGlobal = 1,
  nvptxShared = 3,
  nvptxConstant = 4,
  nvptxLocal = 5
};

/// What an address was computed from.
static Value rootOf(Value address) {
  for (;;) {
    if (auto gep = address.getDefiningOp<LLVM::GEPOp>())
      address = gep.getBase();
    else if (auto castOp = address.getDefiningOp<LLVM::AddrSpaceCastOp>())
      address = castOp.getArg();
    else
      return address;
  }
}

LLVM::AllocaOp localArrayOf(Value address) {
  return rootOf(address).getDefiningOp<LLVM::AllocaOp>();
}

static Space fromNVPTX(unsigned space) {
  switch (space) {
  case nvptxGlobal:
  case nvptxConstant:
    return Space::Global;
  case nvptxShared:
    return Space::Shared;
  default:
    return Space::Generic;
  }
}

static unsigned nvptxSpace(Value address) {
  return cast<LLVM::LLVMPointerType>(address.getType()).getAddressSpace();
}

Space spaceOf(Value address) {
  if (localArrayOf(address))
    return Space::Local;
  if (unsigned space = nvptxSpace(address))
    return fromNVPTX(space);
  return fromNVPTX(nvptxSpace(rootOf(address)));
}

/// Bytes of a value in device memory; 0 if it has no fixed size there.
static std::uint64_t bytesOf(Type type) {
  if (auto vector = dyn_cast<VectorType>(type)) {
    if (vector.isScalable())
      return 0;
    std::uint64_t bits =
        vector.getNumElements() * bytesOf(vector.getElementType()) * 8;
    if (vector.getElementType().isInteger(1))
      bits = vector.getNumElements();
    return llvm::divideCeil(bits, 8);
  }
  if (type.isIntOrFloat())
    return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
  if (auto pointer = dyn_cast<LLVM::LLVMPointerType>(type))
    return 8;
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return array.getNumElements() * bytesOf(array.getElementType());
  return 0;
}

/// What PTX demands of an address where the op does not say: the size of a
/// scalar or of a whole vector, rounded up to a power of two.
static std::uint64_t naturalAlignment(Type type) {
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return naturalAlignment(array.getElementType());
  return llvm::PowerOf2Ceil(bytesOf(type));
}

/// The constant byte offset of `address` in the local array, if it has one.
static std::optional<std::int64_t> constantOffset(Value address) {
  std::int64_t offset = 0;
  for (;;) {
    if (auto castOp = address.getDefiningOp<LLVM::AddrSpaceCastOp>()) {
      address = castOp.getArg();
      continue;
    }
    auto gep = address.getDefiningOp<LLVM::GEPOp>();
    if (!gep)
      return offset;
    if (!gep.getDynamicIndices().empty())
      return std::nullopt;
    Type type = gep.getElemType();
    for (auto [i, index] : llvm::enumerate(gep.getRawConstantIndices())) {
      if (i > 0) {
        auto array = dyn_cast<LLVM::LLVMArrayType>(type);
        if (!array)
          return std::nullopt;
        type = array.getElementType();
      }
      offset += index * static_cast<std::int64_t>(bytesOf(type));
    }
    address = gep.getBase();
  }
}

/// Bytes of a local array, or 0 if they are not constant.
static std::uint64_t localBytes(LLVM::AllocaOp local) {
  auto size = local.getArraySize().getDefiningOp<LLVM::ConstantOp>();
  auto count = size ? dyn_cast<IntegerAttr>(size.getValue()) : IntegerAttr();
  if (!count)
    return 0;
  return bytesOf(local.getElemType()) *
         static_cast<std::uint64_t>(count.getInt());
}

namespace {

/// Puts checks before the accesses of one function.
class Instrumentation {
public:
  explicit Instrumentation(Emulation &emulation) : emulation(emulation) {}

  LogicalResult instrument(Operation *op);

private:
  LogicalResult fixed(Operation *op, Value address, Type type,
                      std::optional<std::uint64_t> alignment, AccessKind kind);
  LogicalResult local(OpBuilder &b, Operation *op, std::uint32_t site,
                      Value address);
  LogicalResult range(Operation *op, Value address, Value bytes,
                      AccessKind kind);
  LogicalResult range(Operation *op, Value address, std::uint64_t bytes,
                      AccessKind kind);

  Emulation &emulation;
};

} // namespace

LogicalResult Instrumentation::local(OpBuilder &b, Operation *op,
                                     std::uint32_t site, Value address) {
  LLVM::AllocaOp array = localArrayOf(address);
  std::uint64_t bytes = localBytes(array);
  if (!bytes)
    return op->emitError("expected a local array of constant size, found one "
                         "of variable size, which is not emulated");
  const Access &access = emulation.code.sites[site].access;
  auto offset = constantOffset(address);
  if (offset && *offset >= 0 &&
      static_cast<std::uint64_t>(*offset) + access.bytes <= bytes &&
      *offset % access.alignment == 0)
    return success();
  Location loc = op->getLoc();
  emulation.callMachine(b, op, site, "local_access", emulation.none,
                        {emulation.addressBits(b, loc, address),
                         emulation.addressBits(b, loc, array),
                         emulation.constant(b, loc, emulation.i64,
                                            static_cast<std::int64_t>(bytes))});
  return success();
}

LogicalResult Instrumentation::fixed(Operation *op, Value address, Type type,
                                     std::optional<std::uint64_t> alignment,
                                     AccessKind kind) {
  std::uint64_t bytes = bytesOf(type);
  if (bytes == 0 || bytes > 1024)
    return op->emitError("expected an access of an integer, a float, a pointer "
                         "or a vector or array of them, found ")
           << type;
  std::uint32_t site = emulation.addSite(op);
  Access &access = emulation.code.sites[site].access;
  access.bytes = static_cast<std::uint32_t>(bytes);
  access.alignment = static_cast<std::uint32_t>(
      alignment && *alignment ? *alignment : naturalAlignment(type));
  access.space = spaceOf(address);
  access.kind = kind;
  if (access.space == Space::Shared || access.space == Space::Generic)
    emulation.code.sharedGranule = std::min<std::uint32_t>(
        emulation.code.sharedGranule, std::min(access.bytes, access.alignment));

  OpBuilder b(op);
  Location loc = op->getLoc();
  if (access.space == Space::Local)
    return local(b, op, site, address);
  Value bits = emulation.addressBits(b, loc, address);
  if (access.space == Space::Shared) {
    emulation.callMachine(b, op, site, "shared_access", emulation.none, bits);
    return success();
  }
  if (kind == AccessKind::Write) {
    emulation.callMachine(b, op, site, "global_store", emulation.none, bits);
    return success();
  }
  LLVM::CallOp::create(
      b, loc, emulation.inlineCheck(),
      ValueRange{emulation.thread(op),
                 emulation.constant(b, loc, emulation.i32, site), bits,
                 emulation.constant(b, loc, emulation.i64,
                                    llvm::Log2_64(access.alignment))});
  return success();
}

LogicalResult Instrumentation::range(Operation *op, Value address, Value bytes,
                                     AccessKind kind) {
  Space space = spaceOf(address);
  if (auto array = localArrayOf(address))
    return op->emitError("copies into, out of or within local arrays are not "
                         "emulated");
  if (space != Space::Global)
    emulation.code.sharedGranule = 1;
  std::uint32_t site = emulation.addSite(op);
  emulation.code.sites[site].access.space = space;
  emulation.code.sites[site].access.kind = kind;
  OpBuilder b(op);
  Location loc = op->getLoc();
  if (bytes.getType() != emulation.i64)
    bytes = LLVM::ZExtOp::create(b, loc, emulation.i64, bytes);
  emulation.callMachine(
      b, op, site, "range_access", emulation.none,
      {emulation.addressBits(b, loc, address), bytes,
       emulation.constant(b, loc, emulation.i32, static_cast<int>(space)),
       emulation.constant(b, loc, emulation.i32, static_cast<int>(kind))});
  return success();
}

LogicalResult Instrumentation::range(Operation *op, Value address,
                                     std::uint64_t bytes, AccessKind kind) {
  OpBuilder b(op);
  return range(op, address,
               emulation.constant(b, op->getLoc(), emulation.i64,
                                  static_cast<std::int64_t>(bytes)),
               kind);
}

/// An ordered load or store takes no part in races.
template <typename OpTy> static AccessKind kindOf(OpTy op, AccessKind kind) {
  return op.getOrdering() == LLVM::AtomicOrdering::not_atomic
             ? kind
             : AccessKind::Atomic;
}

LogicalResult Instrumentation::instrument(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](LLVM::LoadOp load) {
        // An atomic load does not write, but it takes no part in races: as an
        // update it would need the right to write.
        return fixed(op, load.getAddr(), load.getType(), load.getAlignment(),
                     spaceOf(load.getAddr()) == Space::Shared
                         ? kindOf(load, AccessKind::Read)
                         : AccessKind::Read);
      })
      .Case([&](LLVM::StoreOp store) {
        return fixed(op, store.getAddr(), store.getValue().getType(),
                     store.getAlignment(), kindOf(store, AccessKind::Write));
      })
      .Case([&](LLVM::InlineAsmOp assembly) {
        // A device forgives any address; but a wrong one helps nobody.
        if (!isPrefetch(assembly))
          return success();
        return fixed(op, assembly->getOperand(0), OpBuilder(op).getI8Type(),
                     /*alignment=*/1, AccessKind::Read);
      })
      .Case([&](LLVM::AtomicRMWOp update) {
        return fixed(op, update.getPtr(), update.getType(),
                     update.getAlignment(), AccessKind::Atomic);
      })
      .Case([&](LLVM::AtomicCmpXchgOp update) {
        return fixed(op, update.getPtr(), update.getVal().getType(),
                     update.getAlignment(), AccessKind::Atomic);
      })
      .Case<LLVM::MemcpyOp, LLVM::MemmoveOp>([&](auto copy) {
        if (failed(range(op, copy.getSrc(), copy.getLen(), AccessKind::Read)))
          return failure();
        return range(op, copy.getDst(), copy.getLen(), AccessKind::Write);
      })
      .Case([&](LLVM::MemcpyInlineOp copy) {
        std::uint64_t bytes = copy.getLen().getZExtValue();
        if (failed(range(op, copy.getSrc(), bytes, AccessKind::Read)))
          return failure();
        return range(op, copy.getDst(), bytes, AccessKind::Write);
      })
      .Case([&](LLVM::MemsetOp set) {
        return range(op, set.getDst(), set.getLen(), AccessKind::Write);
      })
      .Case([&](LLVM::MemsetInlineOp set) {
        return range(op, set.getDst(), set.getLen().getZExtValue(),
                     AccessKind::Write);
      })
      .Default([](Operation *) { return success(); });
}

LogicalResult instrumentAccesses(Emulation &emulation,
                                 LLVM::LLVMFuncOp function) {
  SmallVector<Operation *> ops;
  function.walk([&](Operation *op) { ops.push_back(op); });
  Instrumentation instrumentation(emulation);
  for (Operation *op : ops)
    if (failed(instrumentation.instrument(op)))
      return failure();
  return success();
}

} // namespace pigeon::emulated
