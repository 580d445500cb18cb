//===- LowerNVVM.cpp - The closed table of device ops ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every nvvm op that the emulated device knows, and what becomes of it. What is
// neither here nor plain computation in the llvm dialect is an error: an op
// that silently did nothing would let a wrong kernel pass.
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"
#include "WarpLowering.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace pigeon::emulated {

namespace {

/// Replaces one op, or says why it cannot.
using Lowering = LogicalResult (*)(Emulation &, Operation *);

//===----------------------------------------------------------------------===//
// Special registers
//===----------------------------------------------------------------------===//

template <std::size_t offset>
LogicalResult lowerThreadField(Emulation &e, Operation *op) {
  OpBuilder b(op);
  op->replaceAllUsesWith(ValueRange(e.threadField(b, op, offset)));
  op->erase();
  return success();
}

template <std::size_t offset>
LogicalResult lowerBlockField(Emulation &e, Operation *op) {
  OpBuilder b(op);
  op->replaceAllUsesWith(ValueRange(e.blockField(b, op, offset)));
  op->erase();
  return success();
}

LogicalResult lowerWarpSize(Emulation &e, Operation *op) {
  OpBuilder b(op);
  op->replaceAllUsesWith(
      ValueRange(e.constant(b, op->getLoc(), e.i32, warpSize)));
  op->erase();
  return success();
}

/// The lanes equal to, before or after the thread's lane.
enum class LaneMask { Equal, Below, UpTo, Above, From };

template <LaneMask which>
LogicalResult lowerLaneMask(Emulation &e, Operation *op) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value lane = e.threadField(b, op, offsetof(ThreadContext, lane));
  Value one = e.constant(b, loc, e.i32, 1);
  Value all = e.constant(b, loc, e.i32, -1);
  Value mine = LLVM::ShlOp::create(b, loc, one, lane);
  Value below = LLVM::SubOp::create(b, loc, mine, one);
  Value upTo = LLVM::OrOp::create(b, loc, mine, below);
  Value result;
  switch (which) {
  case LaneMask::Equal:
    result = mine;
    break;
  case LaneMask::Below:
    result = below;
    break;
  case LaneMask::UpTo:
    result = upTo;
    break;
  case LaneMask::Above:
    result = LLVM::XOrOp::create(b, loc, upTo, all);
    break;
  case LaneMask::From:
    result = LLVM::XOrOp::create(b, loc, below, all);
    break;
  }
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Barriers and asynchronous copies
//===----------------------------------------------------------------------===//

LogicalResult lowerBarrier0(Emulation &e, Operation *op) {
  OpBuilder b(op);
  Value zero = e.constant(b, op->getLoc(), e.i32, 0);
  e.callMachine(b, op, e.addSite(op), "barrier", e.none, {zero, zero});
  op->erase();
  return success();
}

LogicalResult lowerBarrier(Emulation &e, Operation *op) {
  auto barrier = cast<NVVM::BarrierOp>(op);
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value zero = e.constant(b, loc, e.i32, 0);
  Value id = barrier.getBarrierId() ? barrier.getBarrierId() : zero;
  Value count =
      barrier.getNumberOfThreads() ? barrier.getNumberOfThreads() : zero;
  std::uint32_t site = e.addSite(op);
  if (!barrier.getReductionOp()) {
    e.callMachine(b, op, site, "barrier", e.none, {id, count});
    op->erase();
    return success();
  }
  Value population =
      e.callMachine(b, op, site, "barrier_reduce", e.i32,
                    {id, count, barrier.getReductionPredicate()});
  Value result = population;
  if (*barrier.getReductionOp() != NVVM::BarrierReduction::POPC) {
    bool isAnd = *barrier.getReductionOp() == NVVM::BarrierReduction::AND;
    Value threads = e.blockField(b, op, offsetof(BlockContext, blockDim));
    for (int i = 1; i < 3; ++i)
      threads = LLVM::MulOp::create(
          b, loc, threads,
          e.blockField(b, op, offsetof(BlockContext, blockDim) + 4 * i));
    Value holds = LLVM::ICmpOp::create(
        b, loc, isAnd ? LLVM::ICmpPredicate::eq : LLVM::ICmpPredicate::ne,
        population, isAnd ? threads : zero);
    result = LLVM::ZExtOp::create(b, loc, e.i32, holds);
  }
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
  return success();
}

LogicalResult lowerCopyAsync(Emulation &e, Operation *op) {
  auto copy = cast<NVVM::CpAsyncOp>(op);
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value bytes = e.constant(b, loc, e.i32, copy.getSize());
  Value sourceBytes = copy.getCpSize() ? copy.getCpSize() : bytes;
  e.code.sharedGranule =
      std::min<std::uint32_t>(e.code.sharedGranule, copy.getSize());
  e.callMachine(b, op, e.addSite(op), "copy_async", e.none,
                {e.addressBits(b, loc, copy.getDst()),
                 e.addressBits(b, loc, copy.getSrc()), bytes, sourceBytes});
  op->erase();
  return success();
}

LogicalResult lowerCommitCopies(Emulation &e, Operation *op) {
  OpBuilder b(op);
  e.call(b, op->getLoc(), "pigeon_emulated_commit_copies", e.none,
         e.thread(op));
  op->erase();
  return success();
}

LogicalResult lowerWaitForCopies(Emulation &e, Operation *op) {
  OpBuilder b(op);
  Value pending = e.constant(b, op->getLoc(), e.i32,
                             cast<NVVM::CpAsyncWaitGroupOp>(op).getN());
  e.call(b, op->getLoc(), "pigeon_emulated_wait_for_copies", e.none,
         {e.thread(op), pending});
  op->erase();
  return success();
}

/// Fences and hints: nothing to do where every access is made in order.
LogicalResult eraseOp(Emulation &, Operation *op) {
  op->erase();
  return success();
}

LogicalResult lowerExit(Emulation &e, Operation *op) {
  OpBuilder b(op);
  e.callMachine(b, op, e.addSite(op), "exit", e.none);
  op->erase();
  return success();
}

LogicalResult lowerTrap(Emulation &e, Operation *op) {
  OpBuilder b(op);
  e.callMachine(b, op, e.addSite(op), "trap", e.none);
  op->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

LogicalResult lowerPermute(Emulation &e, Operation *op) {
  auto permute = cast<NVVM::PermuteOp>(op);
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value hi = permute.getHi() ? permute.getHi() : e.constant(b, loc, e.i32, 0);
  Value mode =
      e.constant(b, loc, e.i32, static_cast<std::int64_t>(permute.getMode()));
  Value result = e.call(b, loc, "pigeon_emulated_prmt", e.i32,
                        {permute.getLo(), hi, permute.getSelector(), mode});
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
  return success();
}

LogicalResult lowerToTF32(Emulation &e, Operation *op) {
  auto convert = cast<NVVM::ConvertFloatToTF32Op>(op);
  int mode;
  switch (convert.getRnd()) {
  case NVVM::FPRoundingMode::RNA:
    mode = 0;
    break;
  case NVVM::FPRoundingMode::RN:
    mode = 1;
    break;
  case NVVM::FPRoundingMode::RZ:
    mode = 2;
    break;
  default:
    return op->emitError("expected rounding rna, rn or rz to be emulated, "
                         "found another");
  }
  if (convert.getSat() != NVVM::SaturationMode::NONE)
    return op->emitError("saturation is not emulated");
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value result = e.call(b, loc, "pigeon_emulated_round_to_tf32", e.i32,
                        {convert.getSrc(), e.constant(b, loc, e.i32, mode),
                         e.constant(b, loc, e.i32, convert.getRelu())});
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
  return success();
}

/// Functions of one float, under the names of PTX and of NVVM's intrinsics. The
/// CPU's result is the better rounded one.
struct UnaryFunction {
  llvm::StringLiteral ptx, intrinsic;
  Value (*build)(OpBuilder &, Location, Value);
};

Value one(OpBuilder &b, Location loc, Value like) {
  return LLVM::ConstantOp::create(b, loc, like.getType(),
                                  b.getFloatAttr(like.getType(), 1.0));
}
template <typename OpTy> Value buildUnary(OpBuilder &b, Location loc, Value x) {
  return OpTy::create(b, loc, x.getType(), x);
}
Value buildReciprocal(OpBuilder &b, Location loc, Value x) {
  return LLVM::FDivOp::create(b, loc, one(b, loc, x), x);
}
Value buildReciprocalRoot(OpBuilder &b, Location loc, Value x) {
  return buildReciprocal(b, loc, buildUnary<LLVM::SqrtOp>(b, loc, x));
}

constexpr UnaryFunction unaryFunctions[] = {
    {"ex2.approx.f32", "llvm.nvvm.ex2.approx.f", buildUnary<LLVM::Exp2Op>},
    {"ex2.approx.ftz.f32", "llvm.nvvm.ex2.approx.ftz.f",
     buildUnary<LLVM::Exp2Op>},
    {"lg2.approx.f32", "llvm.nvvm.lg2.approx.f", buildUnary<LLVM::Log2Op>},
    {"lg2.approx.ftz.f32", "llvm.nvvm.lg2.approx.ftz.f",
     buildUnary<LLVM::Log2Op>},
    {"rcp.approx.f32", "llvm.nvvm.rcp.approx.f", buildReciprocal},
    {"rcp.approx.ftz.f32", "llvm.nvvm.rcp.approx.ftz.f", buildReciprocal},
    {"rcp.rn.f32", "llvm.nvvm.rcp.rn.f", buildReciprocal},
    {"sqrt.approx.f32", "llvm.nvvm.sqrt.approx.f", buildUnary<LLVM::SqrtOp>},
    {"sqrt.approx.ftz.f32", "llvm.nvvm.sqrt.approx.ftz.f",
     buildUnary<LLVM::SqrtOp>},
    {"sqrt.rn.f32", "llvm.nvvm.sqrt.rn.f", buildUnary<LLVM::SqrtOp>},
    {"rsqrt.approx.f32", "llvm.nvvm.rsqrt.approx.f", buildReciprocalRoot},
    {"rsqrt.approx.ftz.f32", "llvm.nvvm.rsqrt.approx.ftz.f",
     buildReciprocalRoot},
    {"tanh.approx.f32", "llvm.nvvm.tanh.approx.f", buildUnary<LLVM::TanhOp>},
};

LogicalResult replaceByUnary(Operation *op, const UnaryFunction &function,
                             Value argument) {
  if (!argument.getType().isF32() || op->getNumResults() != 1 ||
      !op->getResult(0).getType().isF32())
    return op->emitError("expected one f32 argument and one f32 result");
  OpBuilder b(op);
  op->replaceAllUsesWith(ValueRange(function.build(b, op->getLoc(), argument)));
  op->erase();
  return success();
}

LogicalResult lowerReciprocal(Emulation &, Operation *op) {
  OpBuilder b(op);
  op->replaceAllUsesWith(
      ValueRange(buildReciprocal(b, op->getLoc(), op->getOperand(0))));
  op->erase();
  return success();
}

LogicalResult lowerCallIntrinsic(Emulation &, Operation *op) {
  auto call = cast<LLVM::CallIntrinsicOp>(op);
  for (const UnaryFunction &function : unaryFunctions)
    if (call.getIntrin() == function.intrinsic && call.getArgs().size() == 1)
      return replaceByUnary(op, function, call.getArgs()[0]);
  return op->emitError("intrinsic '")
         << call.getIntrin() << "' is not emulated";
}

/// The instruction of a snippet "name $0, $1;", or an empty string.
StringRef unarySnippet(StringRef ptx) {
  ptx = ptx.trim();
  auto [name, rest] = ptx.split(' ');
  std::string operands;
  for (char c : rest)
    if (c != ' ' && c != '\t')
      operands += c == '%' ? '$' : c;
  return operands == "$0,$1;" ? name : StringRef();
}

LogicalResult lowerInlinePtx(Emulation &, Operation *op) {
  auto inlinePtx = cast<NVVM::InlinePtxOp>(op);
  StringRef name = unarySnippet(inlinePtx.getPtxCode());
  bool isUnary = !inlinePtx.getPredicate() &&
                 inlinePtx.getReadWriteArgs().empty() &&
                 inlinePtx.getReadOnlyArgs().size() == 1;
  for (const UnaryFunction &function : unaryFunctions)
    if (isUnary && name == function.ptx)
      return replaceByUnary(op, function, inlinePtx.getReadOnlyArgs()[0]);
  return op->emitError("inline PTX '")
         << inlinePtx.getPtxCode() << "' is not emulated";
}

LogicalResult lowerInlineAssembly(Emulation &, Operation *op) {
  auto assembly = cast<LLVM::InlineAsmOp>(op);
  if (!isPrefetch(assembly))
    return op->emitError("inline assembly '")
           << assembly.getAsmString() << "' is not emulated";
  op->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

struct TableEntry {
  llvm::StringLiteral op;
  Lowering lower;
};

constexpr std::size_t threadOffset = offsetof(ThreadContext, threadId);
constexpr std::size_t blockIdOffset = offsetof(BlockContext, blockId);
constexpr std::size_t blockDimOffset = offsetof(BlockContext, blockDim);
constexpr std::size_t gridDimOffset = offsetof(BlockContext, gridDim);

constexpr TableEntry table[] = {
    {"nvvm.read.ptx.sreg.tid.x", lowerThreadField<threadOffset>},
    {"nvvm.read.ptx.sreg.tid.y", lowerThreadField<threadOffset + 4>},
    {"nvvm.read.ptx.sreg.tid.z", lowerThreadField<threadOffset + 8>},
    {"nvvm.read.ptx.sreg.ntid.x", lowerBlockField<blockDimOffset>},
    {"nvvm.read.ptx.sreg.ntid.y", lowerBlockField<blockDimOffset + 4>},
    {"nvvm.read.ptx.sreg.ntid.z", lowerBlockField<blockDimOffset + 8>},
    {"nvvm.read.ptx.sreg.ctaid.x", lowerBlockField<blockIdOffset>},
    {"nvvm.read.ptx.sreg.ctaid.y", lowerBlockField<blockIdOffset + 4>},
    {"nvvm.read.ptx.sreg.ctaid.z", lowerBlockField<blockIdOffset + 8>},
    {"nvvm.read.ptx.sreg.nctaid.x", lowerBlockField<gridDimOffset>},
    {"nvvm.read.ptx.sreg.nctaid.y", lowerBlockField<gridDimOffset + 4>},
    {"nvvm.read.ptx.sreg.nctaid.z", lowerBlockField<gridDimOffset + 8>},
    {"nvvm.read.ptx.sreg.laneid",
     lowerThreadField<offsetof(ThreadContext, lane)>},
    {"nvvm.read.ptx.sreg.warpid",
     lowerThreadField<offsetof(ThreadContext, warp)>},
    {"nvvm.read.ptx.sreg.nwarpid",
     lowerBlockField<offsetof(BlockContext, warps)>},
    {"nvvm.read.ptx.sreg.warpsize", lowerWarpSize},
    {"nvvm.read.ptx.sreg.dynamic.smem.size",
     lowerBlockField<offsetof(BlockContext, dynamicSharedBytes)>},
    {"nvvm.read.ptx.sreg.total.smem.size",
     lowerBlockField<offsetof(BlockContext, totalSharedBytes)>},
    {"nvvm.read.ptx.sreg.lanemask.eq", lowerLaneMask<LaneMask::Equal>},
    {"nvvm.read.ptx.sreg.lanemask.lt", lowerLaneMask<LaneMask::Below>},
    {"nvvm.read.ptx.sreg.lanemask.le", lowerLaneMask<LaneMask::UpTo>},
    {"nvvm.read.ptx.sreg.lanemask.gt", lowerLaneMask<LaneMask::Above>},
    {"nvvm.read.ptx.sreg.lanemask.ge", lowerLaneMask<LaneMask::From>},
    {"nvvm.barrier0", lowerBarrier0},
    {"nvvm.barrier", lowerBarrier},
    {"nvvm.bar.warp.sync", lowerSyncWarp},
    {"nvvm.shfl.sync", lowerShuffle},
    {"nvvm.vote.sync", lowerVote},
    {"nvvm.match.sync", lowerMatch},
    {"nvvm.redux.sync", lowerReduce},
    {"nvvm.elect.sync", lowerElect},
    {"nvvm.ldmatrix", lowerLoadMatrix},
    {"nvvm.stmatrix", lowerStoreMatrix},
    {"nvvm.cp.async.shared.global", lowerCopyAsync},
    {"nvvm.cp.async.commit.group", lowerCommitCopies},
    {"nvvm.cp.async.wait.group", lowerWaitForCopies},
    {"nvvm.memory.barrier", eraseOp},
    {"nvvm.prefetch", eraseOp},
    {"nvvm.exit", lowerExit},
    {"nvvm.prmt", lowerPermute},
    {"nvvm.convert.float.to.tf32", lowerToTF32},
    {"nvvm.rcp.approx.ftz.f", lowerReciprocal},
    {"nvvm.inline_ptx", lowerInlinePtx},
    {"llvm.call_intrinsic", lowerCallIntrinsic},
    {"llvm.inline_asm", lowerInlineAssembly},
    {"llvm.intr.trap", lowerTrap},
    {"llvm.intr.assume", eraseOp},
    {"llvm.intr.prefetch", eraseOp},
    {"llvm.intr.lifetime.start", eraseOp},
    {"llvm.intr.lifetime.end", eraseOp},
    {"llvm.intr.experimental.noalias.scope.decl", eraseOp},
};

/// True for what a CPU does as the op says: computation, control flow, and the
/// accesses that have been given their checks.
bool isPlain(Operation *op) {
  if (!isa<LLVM::LLVMDialect>(op->getDialect()))
    return false;
  if (isa<LLVM::LoadOp, LLVM::StoreOp, LLVM::AtomicRMWOp, LLVM::AtomicCmpXchgOp,
          LLVM::MemcpyOp, LLVM::MemcpyInlineOp, LLVM::MemmoveOp, LLVM::MemsetOp,
          LLVM::MemsetInlineOp, LLVM::AllocaOp, LLVM::FenceOp, LLVM::CallOp,
          LLVM::BrOp, LLVM::CondBrOp, LLVM::SwitchOp, LLVM::ReturnOp,
          LLVM::UnreachableOp>(op))
    return true;
  return isMemoryEffectFree(op) && op->getNumRegions() == 0 &&
         !op->hasTrait<OpTrait::IsTerminator>() &&
         !isa<LLVM::BlockAddressOp, LLVM::DSOLocalEquivalentOp>(op);
}

} // namespace

LogicalResult lowerDeviceOps(Emulation &emulation, LLVM::LLVMFuncOp function) {
  if (failed(lowerProducts(emulation, function)))
    return failure();
  llvm::StringMap<Lowering> lowerings;
  for (const TableEntry &entry : table)
    lowerings[entry.op] = entry.lower;
  SmallVector<Operation *> ops;
  function.getBody().walk([&](Operation *op) { ops.push_back(op); });
  for (Operation *op : ops) {
    auto lowering = lowerings.find(op->getName().getStringRef());
    if (lowering != lowerings.end()) {
      if (failed(lowering->second(emulation, op)))
        return failure();
    } else if (!isPlain(op)) {
      return op->emitError("'") << op->getName() << "' is not emulated";
    }
  }
  return success();
}

} // namespace pigeon::emulated
