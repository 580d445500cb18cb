//===- LowerTraverse.cpp - kernel.traverse as tile functions --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block takes `rows` pieces of rows and block_n columns; each row of its
// tile walks the entries of its piece (SegmentReduction.h).
//
// Pieces that are whole rows go through the epilogue and are stored. The others
// store their accumulators to a slot of a workspace. A second kernel gives each
// of these rows a block, whose tile has `ways` rows: way w walks the w-th part
// of the row's slots, and the ways are combined by a reduction of the tile.
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"
#include "SegmentReduction.h"
#include "Templates.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;
using kernel::Reduction;

namespace {

/// What a row of the block's tile works on.
struct Rows {
  BlockProgram::Position position; // rows and columns of the outputs
  Ranges ranges;                   // of entries
  Value longest;                   // i32, the length of the longest range
};

class TraverseLowering {
public:
  TraverseLowering(kernel::TraverseOp op, gpu::GPUModuleOp kernels,
                   StringRef name)
      : op(op), schedule(*op.getSchedule()), kernels(kernels), name(name) {
    if (!op.getEntries())
      return;
    segment.entries = *op.getEntries();
    segment.role = *op.getRole();
    segment.inputs = op.getEntryInputs();
    segment.inputRoles = op.getEntryRoles();
    segment.message = &op.getMessage();
    segment.unroll = schedule.getUnroll();
    for (Attribute attr : op.getReductionsAttr())
      segment.reductions.push_back(
          cast<kernel::ReductionAttr>(attr).getValue());
  }

  void createWorkspace();
  void lowerRowWise();
  void lowerPieces();
  void lowerCombination();

private:
  /// One element for each of the rows and columns of `position`.
  RankedTensorType tileType(const BlockProgram::Position &position) {
    auto rows = cast<RankedTensorType>(position.rows.getType());
    return RankedTensorType::get({rows.getDimSize(0), position.columns},
                                 Float32Type::get(op.getContext()));
  }
  Rows startBlock(BlockProgram &program, Value count);
  Value pieces(BlockProgram &program, StringRef array) {
    return program.array("pieces", *op.getEntries(), *op.getRole(),
                         schedule.getChunk(), array);
  }
  Value hostPieces(BlockProgram &program, StringRef array) {
    return program.hostArray("pieces", *op.getEntries(), *op.getRole(),
                             schedule.getChunk(), array);
  }
  SmallVector<Value> loadRowInputs(BlockProgram &program, const Rows &rows);
  Rows startCombination(BlockProgram &program, Value &row);
  void storeResults(BlockProgram &program, const Rows &rows, Value mask,
                    ArrayRef<Value> accumulators);
  Value entryCount(BlockProgram &program, const Rows &rows);
  void finish(BlockProgram &program, StringRef suffix, Value count,
              Value operations);

  kernel::TraverseOp op;
  kernel::TraverseScheduleAttr schedule;
  gpu::GPUModuleOp kernels;
  StringRef name;
  Segment segment;
  SmallVector<Value> partials; // one workspace per reduction
};

} // namespace

/// The block's items start at block_id x * rows.
Rows TraverseLowering::startBlock(BlockProgram &program, Value count) {
  OpBuilder &builder = program.body();
  Value id = tile::BlockIdOp::create(builder, program.loc(), program.i32(),
                                     tile::Axis::X);
  Value first = arith::MulIOp::create(builder, program.loc(), id,
                                      program.constant(schedule.getRows()));
  Value items = program.range(first, schedule.getRows());
  Rows rows;
  rows.position = {op.getRows(),
                   items,
                   program.compare(arith::CmpIPredicate::slt, items, count),
                   program.firstColumn(op.getWidth(), schedule.getBlockN()),
                   schedule.getBlockN(),
                   op.getWidth()};
  return rows;
}

SmallVector<Value> TraverseLowering::loadRowInputs(BlockProgram &program,
                                                   const Rows &rows) {
  SmallVector<Value> tiles;
  for (auto [input, role] : llvm::zip(op.getRowInputs(), op.getRowRoles()))
    tiles.push_back(program.loadElements(
        input, cast<StringAttr>(role).getValue(), rows.position));
  return tiles;
}

/// Entries of each whole row, from the offsets of the csr.
Value TraverseLowering::entryCount(BlockProgram &program, const Rows &rows) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value offsets =
      program.array("csr", *op.getEntries(), *op.getRole(), 0, "offsets");
  Value one = program.splatConstant(
      cast<RankedTensorType>(rows.position.rows.getType()), 1);
  Value following =
      arith::AddIOp::create(builder, loc, rows.position.rows, one);
  Value begin =
      program.loadIndices(offsets, rows.position.rows, rows.position.mask);
  Value end = program.loadIndices(offsets, following, rows.position.mask);
  return arith::SubIOp::create(builder, loc, end, begin);
}

/// Runs the epilogue on the rows that `mask` keeps and stores its results.
void TraverseLowering::storeResults(BlockProgram &program, const Rows &rows,
                                    Value mask, ArrayRef<Value> accumulators) {
  Rows kept = rows;
  kept.position.mask = mask;
  bool needsCount = llvm::any_of(segment.reductions, [](Reduction kind) {
    return kind != Reduction::Sum;
  });
  Value count = needsCount ? entryCount(program, kept) : Value();
  SmallVector<Value> arguments;
  for (auto [kind, acc] : llvm::zip(segment.reductions, accumulators))
    arguments.push_back(finishReduction(program, kind, acc, count));
  arguments.append(loadRowInputs(program, kept));
  SmallVector<Value> results = program.inlineRegion(
      op.getEpilogue(), tileType(rows.position).getShape(), arguments);
  for (auto [result, out] : llvm::zip(results, op.getOuts()))
    program.storeElements(result, out, kept.position);
}

void TraverseLowering::finish(BlockProgram &program, StringRef suffix,
                              Value count, Value operations) {
  LaunchNumbers numbers;
  numbers.gridX = program.hostCeilDiv(count, schedule.getRows());
  numbers.gridY = llvm::divideCeil(op.getWidth(), schedule.getBlockN());
  numbers.operations = operations;
  program.finish((op.getLabel() + suffix).str(), numbers);
}

/// Scalar operations that a region does for one element.
static int64_t countOperations(Region &region) {
  if (region.empty())
    return 0;
  return llvm::count_if(region.front().without_terminator(), [](Operation &op) {
    return !op.hasTrait<OpTrait::ConstantLike>();
  });
}

void TraverseLowering::lowerRowWise() {
  BlockProgram program(op, kernels, name, schedule.getThreads());
  Value count = program.hostRows(op.getRows());
  Rows rows = startBlock(program, program.size(count));
  storeResults(program, rows, rows.position.mask, {});
  int64_t work = countOperations(op.getEpilogue()) * op.getWidth();
  finish(program, "", count, program.hostTimes(count, work));
}

void TraverseLowering::lowerPieces() {
  BlockProgram program(op, kernels, name, schedule.getThreads());
  program.leaveRegisters(registersOfWalk(
      segment.reductions.size() *
          llvm::divideCeil(schedule.getRows() * schedule.getBlockN(),
                           schedule.getThreads()),
      segment.unroll));
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value count = program.hostLength(hostPieces(program, "row"));
  Rows rows = startBlock(program, program.size(count));
  Value items = rows.position.rows, exists = rows.position.mask;
  auto read = [&](StringRef array) {
    return program.loadIndices(pieces(program, array), items, exists);
  };
  rows.ranges = {read("begin"), read("end")};
  rows.position.rows = read("row");

  SmallVector<Value> rowInputs;
  if (op.getMessage().getNumArguments() > op.getEntryInputs().size())
    rowInputs = loadRowInputs(program, rows);
  SegmentReduction reduction(program, segment, rows.position);
  SmallVector<Value> accumulators =
      reduction.addEntries(reduction.start(), rows.ranges,
                           reduction.longest(rows.ranges), rowInputs);

  Value slot = read("slot");
  Value whole =
      program.compare(arith::CmpIPredicate::slt, slot, program.constant(0));
  Value cut =
      program.compare(arith::CmpIPredicate::sge, slot, program.constant(0));
  auto also = [&](Value mask) -> Value {
    return arith::AndIOp::create(builder, loc, mask, exists);
  };
  for (auto [workspace, acc] : llvm::zip(partials, accumulators)) {
    Value ref = program.data(workspace, {ShapedType::kDynamic, op.getWidth()},
                             /*readOnly=*/false);
    tile::StoreOp::create(builder, loc, acc, ref,
                          ValueRange{slot, rows.position.col}, also(cut));
  }
  storeResults(program, rows, also(whole), accumulators);

  int64_t perEntry =
      countOperations(op.getMessage()) + segment.reductions.size();
  int64_t perRow = countOperations(op.getEpilogue());
  Value operations =
      program.hostPlus(program.hostTimes(program.hostRows(*op.getEntries()),
                                         perEntry * op.getWidth()),
                       program.hostTimes(program.hostRows(op.getRows()),
                                         perRow * op.getWidth()));
  finish(program, "", count, operations);
}

/// Ways of the second kernel. Most cut rows have few slots, which asks for
/// small blocks; a row of a million entries has thousands, which asks for many
/// ways.
static constexpr int64_t ways = 8;

/// The block's row, and the part of its slots that each way walks.
Rows TraverseLowering::startCombination(BlockProgram &program, Value &row) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value item =
      tile::BlockIdOp::create(builder, loc, program.i32(), tile::Axis::X);
  auto read = [&](StringRef array) -> Value {
    return tile::LoadScalarOp::create(builder, loc, program.i32(),
                                      pieces(program, array), ValueRange{item});
  };
  row = read("combine_row");
  Value begin = read("combine_begin"), end = read("combine_end");
  Rows rows;
  rows.position = {op.getRows(),
                   program.range(program.constant(0), ways),
                   Value(),
                   program.firstColumn(op.getWidth(), schedule.getBlockN()),
                   schedule.getBlockN(),
                   op.getWidth()};
  SplitRange parts = splitRange(program, begin, end, ways);
  rows.ranges = parts.ranges;
  rows.longest = parts.longest;
  return rows;
}

void TraverseLowering::lowerCombination() {
  int64_t threads = std::clamp<int64_t>(
      ways * static_cast<int64_t>(schedule.getBlockN()) / 4, 32, 512);
  BlockProgram program(op, kernels, (name + "_combine").str(), threads);
  program.leaveRegisters(registersOfWalk(
      segment.reductions.size() *
          llvm::divideCeil(ways * schedule.getBlockN(), threads),
      segment.unroll));
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value row;
  Rows slots = startCombination(program, row);
  SegmentReduction reduction(program, segment, slots.position);
  SmallVector<Value> parts = reduction.addSlots(reduction.start(), slots.ranges,
                                                slots.longest, partials);

  Rows result = slots;
  result.position.rows = program.range(row, 1);
  result.position.mask = program.compare(
      arith::CmpIPredicate::sge, result.position.rows, program.constant(0));
  auto columnType = RankedTensorType::get(
      {static_cast<int64_t>(schedule.getBlockN())}, program.f32());
  SmallVector<Value> accumulators;
  for (auto [kind, part] : llvm::zip(segment.reductions, parts)) {
    Value combined = tile::ReduceOp::create(
        builder, loc, columnType, toReduceKind(kind), part, /*dim=*/0u);
    accumulators.push_back(
        tile::ExpandOp::create(builder, loc, tileType(result.position),
                               combined, builder.getI32IntegerAttr(0)));
  }
  storeResults(program, result, result.position.mask, accumulators);

  LaunchNumbers numbers;
  numbers.gridX = program.hostLength(hostPieces(program, "combine_row"));
  numbers.gridY = llvm::divideCeil(op.getWidth(), schedule.getBlockN());
  numbers.operations =
      program.hostTimes(program.hostLength(hostPieces(program, "slots")),
                        segment.reductions.size() * op.getWidth());
  program.finish((op.getLabel() + ", long rows").str(), numbers);
}

/// Makes room for the accumulators of pieces: one row per slot.
void TraverseLowering::createWorkspace() {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto arrayType =
      MemRefType::get({ShapedType::kDynamic}, builder.getI32Type());
  Value slots = kernel::ArrayOp::create(builder, loc, arrayType, "pieces",
                                        *op.getEntries(), *op.getRole(),
                                        schedule.getChunk(), "slots");
  Value length = memref::DimOp::create(builder, loc, slots, 0);
  auto type = MemRefType::get({ShapedType::kDynamic, op.getWidth()},
                              builder.getF32Type());
  for (size_t i = 0, e = segment.reductions.size(); i < e; ++i)
    partials.push_back(kernel::BufferOp::create(
        builder, loc, type, kernel::BufferKind::Workspace,
        (name + ".partial" + Twine(i)).str(), length, kernel::RowsAttr()));
}

LogicalResult pigeon::lowerTraverse(kernel::TraverseOp op,
                                    gpu::GPUModuleOp kernels, StringRef name) {
  if (!op.getSchedule())
    return op.emitOpError("has no schedule; run kernel-select-schedules first");
  if (failed(verifyGrid(
          op, llvm::divideCeil(op.getWidth(), op.getSchedule()->getBlockN()),
          /*gridZ=*/1)))
    return failure();
  TraverseLowering lowering(op, kernels, name);
  if (!op.getEntries()) {
    lowering.lowerRowWise();
  } else {
    lowering.createWorkspace();
    lowering.lowerPieces();
    lowering.lowerCombination();
  }
  op.erase();
  return success();
}
