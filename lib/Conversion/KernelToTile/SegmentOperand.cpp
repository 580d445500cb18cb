//===- SegmentOperand.cpp - Aggregation on the way into a product ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SegmentOperand.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

Value SegmentOperand::cuts(BlockProgram &program, StringRef array) {
  return program.array("cuts", segment.entries, segment.role, chunk, array);
}

Value SegmentOperand::hostCuts(BlockProgram &program, StringRef array) {
  return program.hostArray("cuts", segment.entries, segment.role, chunk, array);
}

Value SegmentOperand::hostWorkArray(BlockProgram &program, StringRef name) {
  return program.hostArray("sorted_work", segment.entries, segment.role,
                           op.getSchedule()->getBlockM(), name, op.getKey());
}

Value SegmentOperand::workArray(BlockProgram &program, StringRef name) {
  return program.data(hostWorkArray(program, name), {ShapedType::kDynamic},
                      /*readOnly=*/true);
}

Ranges SegmentOperand::rangesOf(BlockProgram &program,
                                const BlockProgram::Position &place) {
  Value offsets =
      program.array("csr", segment.entries, segment.role, 0, "offsets");
  Value one =
      program.splatConstant(cast<RankedTensorType>(place.rows.getType()), 1);
  Value following =
      arith::AddIOp::create(program.body(), program.loc(), place.rows, one);
  Value begin = program.loadIndices(offsets, place.rows, place.mask);
  return {begin, program.loadIndices(offsets, following, place.mask)};
}

Value SegmentOperand::hostOperations(BlockProgram &program) {
  return program.hostTimes(program.hostRows(segment.entries), width);
}

//===----------------------------------------------------------------------===//
// Kernels for cut rows
//===----------------------------------------------------------------------===//

void SegmentOperand::lowerStep(Step step, gpu::GPUModuleOp kernels,
                               StringRef name, StringRef label) {
  constexpr int64_t ways = kernel::kCutWays;
  int64_t blockN =
      std::min<int64_t>(llvm::PowerOf2Ceil(width), /*largest tile=*/64);
  int64_t threads = std::clamp<int64_t>(ways * blockN / 4, 32, 512);
  BlockProgram program(op, kernels, name, threads);
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  bool isFirst = step == Step::Entries;
  std::string prefix = isFirst ? "" : "group_";
  Value item =
      tile::BlockIdOp::create(builder, loc, program.i32(), tile::Axis::X);
  auto read = [&](StringRef array) -> Value {
    return tile::LoadScalarOp::create(builder, loc, program.i32(),
                                      cuts(program, prefix + array.str()),
                                      ValueRange{item});
  };
  Value begin = read("begin"), end = read("end"), slot = read("slot");
  BlockProgram::Position place = {
      op.getRows(), program.range(program.constant(0), ways),
      Value(),      program.firstColumn(width, blockN),
      blockN,       width};
  SplitRange parts = splitRange(program, begin, end, ways);
  // A block has few entries for each way, so it may as well ask for all at
  // once.
  Segment wide = segment;
  wide.unroll = std::max<int64_t>(segment.unroll, 8);
  program.leaveRegisters(registersOfWalk(ways * blockN / threads, wide.unroll));
  SegmentReduction reduction(program, wide, place);
  SmallVector<Value> sums =
      isFirst
          ? reduction.addEntries(reduction.start(), parts.ranges, parts.longest)
          : reduction.addSlots(reduction.start(), parts.ranges, parts.longest,
                               partials);

  auto columnType = RankedTensorType::get({blockN}, program.f32());
  auto rowType = RankedTensorType::get({1, blockN}, program.f32());
  Value sum = tile::ReduceOp::create(builder, loc, columnType,
                                     toReduceKind(segment.reductions.front()),
                                     sums.front(), /*dim=*/0u);
  Value row = tile::ExpandOp::create(builder, loc, rowType, sum,
                                     builder.getI32IntegerAttr(0));
  Value ref = program.data(partials, {ShapedType::kDynamic, width},
                           /*readOnly=*/false);
  tile::StoreOp::create(builder, loc, row, ref, ValueRange{slot, place.col});

  LaunchNumbers numbers;
  numbers.gridX = program.hostLength(hostCuts(program, prefix + "slot"));
  numbers.gridY = llvm::divideCeil(width, blockN);
  numbers.operations =
      isFirst ? hostOperations(program)
              : program.hostTimes(
                    program.hostLength(hostCuts(program, "slots")), width);
  program.finish(label, numbers);
}

void SegmentOperand::lowerCuts(gpu::GPUModuleOp kernels, StringRef name,
                               StringRef label) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto arrayType =
      MemRefType::get({ShapedType::kDynamic}, builder.getI32Type());
  Value slots =
      kernel::ArrayOp::create(builder, loc, arrayType, "cuts", segment.entries,
                              segment.role, chunk, "slots");
  Value length = memref::DimOp::create(builder, loc, slots, 0);
  auto type =
      MemRefType::get({ShapedType::kDynamic, width}, builder.getF32Type());
  partials = kernel::BufferOp::create(
      builder, loc, type, kernel::BufferKind::Workspace,
      (name + ".partial").str(), length, kernel::RowsAttr());
  lowerStep(Step::Entries, kernels, (name + "_cut").str(),
            (label + ", pieces of long rows").str());
  lowerStep(Step::Slots, kernels, (name + "_group").str(),
            (label + ", very long rows").str());
}

//===----------------------------------------------------------------------===//
// In the product
//===----------------------------------------------------------------------===//

Value SegmentOperand::addCutRows(SegmentReduction &reduction,
                                 BlockProgram &program, Value acc, Value isCut,
                                 Value longest,
                                 function_ref<Value()> readRows) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value any =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, longest,
                            program.constant(static_cast<int32_t>(chunk)));
  auto branch = scf::IfOp::create(builder, loc, acc.getType(), any,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value offsets = cuts(program, "offsets"), rows = readRows();
  Value one = program.splatConstant(cast<RankedTensorType>(rows.getType()), 1);
  Value following = arith::AddIOp::create(builder, loc, rows, one);
  Ranges slots = {program.loadIndices(offsets, rows, isCut),
                  program.loadIndices(offsets, following, isCut)};
  SmallVector<Value> sums =
      reduction.addSlots(acc, slots, reduction.longest(slots), partials);
  scf::YieldOp::create(builder, loc, sums);
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, acc);
  return branch.getResult(0);
}

Value SegmentOperand::aggregate(BlockProgram &program,
                                const BlockProgram::Position &place,
                                const Ranges &ranges, Value longest,
                                function_ref<Value()> readRows) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  SegmentReduction reduction(program, segment, place);
  Value limit = program.constant(static_cast<int32_t>(chunk));
  Value count = arith::SubIOp::create(builder, loc, ranges.end, ranges.begin);
  Value isCut = program.compare(arith::CmpIPredicate::sgt, count, limit);
  // A cut row has no entries to walk but slots.
  Value end =
      arith::SelectOp::create(builder, loc, isCut, ranges.begin, ranges.end);
  Value length = arith::MinSIOp::create(builder, loc, longest, limit);
  Value acc =
      reduction.addEntries(reduction.start(), {ranges.begin, end}, length)
          .front();
  acc = addCutRows(reduction, program, acc, isCut, longest, readRows);

  return finishReduction(program, segment.reductions.front(), acc, count);
}

//===----------------------------------------------------------------------===//
// Both segments of a product
//===----------------------------------------------------------------------===//

static Segment segmentOf(kernel::GemmOp op, kernel::SegmentAttr attr,
                         ValueRange inputs, ArrayAttr roles, Region &message) {
  Segment segment;
  segment.entries = attr.getEntries();
  segment.role = attr.getRole().getValue();
  segment.inputs = inputs;
  segment.inputRoles = roles;
  segment.message = message.empty() ? nullptr : &message;
  segment.reductions = {attr.getReduction()};
  segment.unroll = op.getSegmentSchedule()->getUnroll();
  return segment;
}

/// Blocks of owners walk beside their sums, and multiply beside them. They live
/// long and wait for one item after the other, so no register that is left to
/// them is worth the block that it keeps away. By ptxas, for width 64, all
/// loads of a round are in flight together with 96 in f32 and with 80 in 16
/// bits.
static int64_t registersOfOwners(kernel::GemmOp op) {
  kernel::GemmScheduleAttr schedule = *op.getSchedule();
  auto elements = [&](int64_t columns) {
    return llvm::divideCeil(schedule.getBlockM() * columns,
                            schedule.getThreads());
  };
  int64_t bits =
      cast<MemRefType>(op.getLhs().front().getType()).getElementTypeBitWidth();
  int64_t unroll = op.getSegmentSchedule()->getUnroll();
  int64_t held = elements(schedule.getBlockK()),
          sums = elements(op.getTileColumns(schedule.getBlockN()));
  // A load of 16 bytes has four registers, an address and a row. Rows that no
  // vector divides are loaded one by one.
  bool isNarrow = op.getK() * bits % 64 != 0;
  int64_t loaded = isNarrow ? 6 * held : 2 * llvm::divideCeil(held * bits, 32);
  int64_t walking = held + loaded * unroll + sums;
  // What an item knows of the next one; with less, a row waits for the sum of
  // the one before.
  if (schedule.getStages() > 1)
    walking += loaded / 4;
  // Operands in two parts, and the sum of a step by itself.
  bool isSplit = bits == 32 && op.getPrecision() == kernel::Precision::TF32x3;
  int64_t multiplying = 16 + (isSplit ? 3 : 2) * sums;
  // Rounds keep addresses of the rest of a row.
  bool hasRounds = op.getK() > static_cast<int64_t>(schedule.getBlockK());
  constexpr int64_t others = 32;
  return others + (hasRounds ? 8 : 0) + std::max(walking, multiplying);
}

/// So that a walk has all loads of a round in flight together.
int64_t pigeon::registersOfSegments(kernel::GemmOp op) {
  if (op.hasOwners())
    return registersOfOwners(op);
  kernel::GemmScheduleAttr schedule = *op.getSchedule();
  auto elements = [&](int64_t columns) {
    return llvm::divideCeil(schedule.getBlockM() * columns,
                            schedule.getThreads());
  };
  int64_t unroll = op.getSegmentSchedule()->getUnroll(), registers = 0;
  // Of each row, what the next item and the one after it begin with.
  bool several = schedule.getItems() > 1;
  int64_t state = several ? 5 : 0;
  // An element of a row that no vector divides has an address of its own.
  auto walk = [&](int64_t width, int64_t tileColumns) -> int64_t {
    int64_t held = elements(tileColumns);
    return registersOfWalk(held, unroll) + (width % 4 == 0 ? 0 : held) +
           state * llvm::divideCeil(held, 4);
  };
  // Rounds after the first walk beside the sums of those before, and products
  // of several rounds, items or weights keep addresses of what is on its way.
  constexpr int64_t addresses = 16;
  bool hasRounds = op.getK() > static_cast<int64_t>(schedule.getBlockK());
  bool hasMore = several || op.getNumProducts() > 1;
  int64_t columns = op.getTileColumns(schedule.getBlockN());
  if (op.getLhsSegment())
    registers = walk(op.getK(), schedule.getBlockK()) +
                (hasRounds ? elements(columns) : 0) + (hasMore ? addresses : 0);
  if (op.getTermSegment())
    registers = std::max(registers, walk(op.getN(), schedule.getBlockN()) +
                                        (hasRounds || several ? addresses : 0));
  // What the product needs itself depends on the device; where it is less than
  // this, more blocks fit.
  return registers + registers / 2;
}

Segments pigeon::lowerSegments(kernel::GemmOp op, gpu::GPUModuleOp kernels,
                               StringRef name) {
  Segments segments;
  if (kernel::SegmentAttr attr = op.getLhsSegmentAttr())
    segments.lhs.emplace(
        op,
        segmentOf(op, attr, op.getLhs(), op.getLhsRoles(), op.getPrologue()),
        op.getK() * (op.getLhsBatched() ? op.getBatch() : 1));
  if (kernel::SegmentAttr attr = op.getTermSegmentAttr())
    segments.terms.emplace(
        op,
        segmentOf(op, attr, op.getTerms(), op.getTermRoles(), op.getMessage()),
        op.getN() * op.getBatch());
  if (segments.lhs)
    segments.lhs->lowerCuts(kernels, (name + "_rows").str(), op.getLabel());
  if (segments.terms)
    segments.terms->lowerCuts(kernels, (name + "_terms").str(),
                              (op.getLabel() + ", terms").str());
  return segments;
}
