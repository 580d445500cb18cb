//===- LowerTraverse.cpp - kernel.traverse as tile functions --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block takes `rows` pieces of rows and block_n columns; each row of its
// tile walks the entries of its piece, in order, `unroll` at a time:
//
//   for j in 0, unroll, ... longest piece of the block:
//     for u in 0 .. unroll:
//       e = entries[min(begin + j + u, end - 1)]
//       value = message(entry inputs[e], row inputs)
//       acc = begin + j + u < end ? combine(acc, value) : acc
//
// A row past its end reads its last entry again and drops the value: so all
// loads of a round are unconditional and in flight together.
//
// Pieces that are whole rows go through the epilogue and are stored. The others
// store their accumulators to a slot of a workspace. A second kernel gives each
// of these rows a block, whose tile has `ways` rows: way w walks the w-th part
// of the row's slots, and the ways are combined by a reduction of the tile. For
// 10 slots and 4 ways the parts are 0-2, 3-5, 6-8 and 9.
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"
#include "Templates.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace pigeon;
using kernel::Reduction;

namespace {

/// What a row of the block's tile works on.
struct Rows {
  BlockProgram::Position position; // rows and columns of the outputs
  Value begin, end;                // tensor<Mxi32>, ranges of entries
};

class TraverseLowering {
public:
  TraverseLowering(kernel::TraverseOp op, gpu::GPUModuleOp kernels,
                   StringRef name)
      : op(op), schedule(*op.getSchedule()), kernels(kernels), name(name) {
    if (ArrayAttr kinds = op.getReductionsAttr())
      for (Attribute attr : kinds)
        reductions.push_back(cast<kernel::ReductionAttr>(attr).getValue());
  }

  void createWorkspace();
  void lowerRowWise();
  void lowerPieces();
  void lowerCombination();

private:
  using Message = function_ref<SmallVector<Value>(Value positions)>;

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
  SmallVector<Value> message(BlockProgram &program, const Rows &rows,
                             Value positions, ArrayRef<Value> rowInputs);
  SmallVector<Value> reduceRound(BlockProgram &program, const Rows &rows,
                                 Value offset, ValueRange accumulators,
                                 Message message);
  SmallVector<Value> reduce(BlockProgram &program, const Rows &rows,
                            Message message);
  Rows startCombination(BlockProgram &program, Value &row);
  Value combine(BlockProgram &program, Reduction kind, Value acc, Value value);
  void storeResults(BlockProgram &program, const Rows &rows, Value mask,
                    ArrayRef<Value> accumulators);
  Value finishReduction(BlockProgram &program, Reduction kind, Value acc,
                        Value entryCount);
  Value entryCount(BlockProgram &program, const Rows &rows);
  void finish(BlockProgram &program, StringRef suffix, Value count,
              Value operations);

  kernel::TraverseOp op;
  kernel::TraverseScheduleAttr schedule;
  gpu::GPUModuleOp kernels;
  StringRef name;
  SmallVector<Reduction> reductions;
  SmallVector<Value> partials; // one workspace per reduction
};

/// The value that changes nothing.
double neutral(Reduction kind) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return 0;
  case Reduction::Max:
    return -infinity;
  case Reduction::Min:
    return infinity;
  }
  llvm_unreachable("all reductions are covered");
}

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

Value TraverseLowering::combine(BlockProgram &program, Reduction kind,
                                Value acc, Value value) {
  OpBuilder &builder = program.body();
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return arith::AddFOp::create(builder, program.loc(), acc, value);
  case Reduction::Max:
    return arith::MaximumFOp::create(builder, program.loc(), acc, value);
  case Reduction::Min:
    return arith::MinimumFOp::create(builder, program.loc(), acc, value);
  }
  llvm_unreachable("all reductions are covered");
}

/// One round of the walk: the entries at `offset` from the beginnings.
SmallVector<Value> TraverseLowering::reduceRound(BlockProgram &program,
                                                 const Rows &rows, Value offset,
                                                 ValueRange accumulators,
                                                 Message message) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  auto indexType = cast<RankedTensorType>(rows.begin.getType());
  Value positions = arith::AddIOp::create(builder, loc, rows.begin,
                                          program.splat(offset, indexType));
  Value mask = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                     positions, rows.end);
  Value last = arith::SubIOp::create(builder, loc, rows.end,
                                     program.splatConstant(indexType, 1));
  Value within = arith::MinSIOp::create(builder, loc, positions, last);
  within = arith::MaxSIOp::create(builder, loc, within,
                                  program.splatConstant(indexType, 0));
  SmallVector<Value> values = message(within);
  auto maskType = RankedTensorType::get(tileType(rows.position).getShape(),
                                        builder.getI1Type());
  Value here = tile::ExpandOp::create(builder, loc, maskType, mask,
                                      builder.getI32IntegerAttr(1));
  SmallVector<Value> next;
  for (auto [kind, acc, value] : llvm::zip(reductions, accumulators, values)) {
    Value combined = combine(program, kind, acc, value);
    next.push_back(arith::SelectOp::create(builder, loc, here, combined, acc));
  }
  return next;
}

/// Walks the ranges of all rows together, up to the longest.
SmallVector<Value> TraverseLowering::reduce(BlockProgram &program,
                                            const Rows &rows, Message message) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value lengths = arith::SubIOp::create(builder, loc, rows.end, rows.begin);
  Value longest = tile::ReduceOp::create(
      builder, loc, program.i32(), tile::ReduceKind::Max, lengths, /*dim=*/0u);
  SmallVector<Value> init;
  for (Reduction kind : reductions)
    init.push_back(
        program.splatConstant(tileType(rows.position), neutral(kind)));
  int64_t unroll = schedule.getUnroll();
  auto loop = scf::ForOp::create(builder, loc, program.constant(0), longest,
                                 program.constant(unroll), init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> accumulators =
      llvm::to_vector_of<Value>(loop.getRegionIterArgs());
  for (int64_t u = 0; u < unroll; ++u) {
    Value offset = arith::AddIOp::create(builder, loc, loop.getInductionVar(),
                                         program.constant(u));
    accumulators = reduceRound(program, rows, offset, accumulators, message);
  }
  builder.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(builder, loc, accumulators);
  return llvm::to_vector_of<Value>(loop.getResults());
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
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  auto type =
      RankedTensorType::get(tileType(rows.position).getShape(), program.i32());
  return tile::ExpandOp::create(builder, loc, type, count,
                                builder.getI32IntegerAttr(1));
}

/// Divides a mean by its count, and gives 0 to rows without entries.
Value TraverseLowering::finishReduction(BlockProgram &program, Reduction kind,
                                        Value acc, Value count) {
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  if (kind == Reduction::Sum)
    return acc;
  auto countType = cast<RankedTensorType>(count.getType());
  if (kind == Reduction::Mean) {
    Value one = program.splatConstant(countType, 1);
    Value divisor = arith::MaxSIOp::create(builder, loc, count, one);
    Value real = arith::SIToFPOp::create(builder, loc, acc.getType(), divisor);
    return arith::DivFOp::create(builder, loc, acc, real);
  }
  Value none =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, count,
                            program.splatConstant(countType, 0));
  Value zero =
      program.splatConstant(cast<RankedTensorType>(acc.getType()), 0.0);
  return arith::SelectOp::create(builder, loc, none, zero, acc);
}

/// Runs the epilogue on the rows that `mask` keeps and stores its results.
void TraverseLowering::storeResults(BlockProgram &program, const Rows &rows,
                                    Value mask, ArrayRef<Value> accumulators) {
  Rows kept = rows;
  kept.position.mask = mask;
  bool needsCount = llvm::any_of(
      reductions, [](Reduction kind) { return kind != Reduction::Sum; });
  Value count = needsCount ? entryCount(program, kept) : Value();
  SmallVector<Value> arguments;
  for (auto [kind, acc] : llvm::zip(reductions, accumulators))
    arguments.push_back(finishReduction(program, kind, acc, count));
  arguments.append(loadRowInputs(program, kept));
  SmallVector<Value> results = program.inlineRegion(
      op.getEpilogue(), tileType(rows.position).getShape(), arguments);
  for (auto [result, out] : llvm::zip(results, op.getOuts())) {
    Value ref = program.data(out, {ShapedType::kDynamic, op.getWidth()},
                             /*readOnly=*/false);
    tile::StoreOp::create(program.body(), program.loc(), result, ref,
                          ValueRange{rows.position.rows, rows.position.col},
                          mask);
  }
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

/// The message of the entries at `positions` of the view's order.
SmallVector<Value> TraverseLowering::message(BlockProgram &program,
                                             const Rows &rows, Value positions,
                                             ArrayRef<Value> rowInputs) {
  kernel::RowsAttr entries = *op.getEntries();
  bool isSorted =
      kernel::isSortedBy(entries.getDomain().getValue(), *op.getRole());
  SmallVector<Value> arguments;
  for (auto [input, roleAttr] :
       llvm::zip(op.getEntryInputs(), op.getEntryRoles())) {
    StringRef role = cast<StringAttr>(roleAttr).getValue();
    BlockProgram::Position entry = rows.position;
    entry.domain = entries;
    entry.rows = positions;
    entry.mask = Value();
    // Where a list of the entries is needed, it is read through the input's
    // role at once.
    if (!isSorted && role != kernel::kNoneRole) {
      entry.rows = program.loadIndices(
          program.path(entries, *op.getRole(), role), positions,
          /*mask=*/Value());
      role = kernel::kSelfRole;
    }
    arguments.push_back(program.loadElements(input, role, entry));
  }
  llvm::append_range(arguments, rowInputs);
  return program.inlineRegion(op.getMessage(),
                              tileType(rows.position).getShape(), arguments);
}

void TraverseLowering::lowerPieces() {
  BlockProgram program(op, kernels, name, schedule.getThreads());
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value count = program.hostLength(hostPieces(program, "row"));
  Rows rows = startBlock(program, program.size(count));
  Value items = rows.position.rows, exists = rows.position.mask;
  auto read = [&](StringRef array) {
    return program.loadIndices(pieces(program, array), items, exists);
  };
  rows.begin = read("begin");
  rows.end = read("end");
  rows.position.rows = read("row");

  SmallVector<Value> rowInputs;
  if (op.getMessage().getNumArguments() > op.getEntryInputs().size())
    rowInputs = loadRowInputs(program, rows);
  SmallVector<Value> accumulators = reduce(program, rows, [&](Value positions) {
    return message(program, rows, positions, rowInputs);
  });

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

  int64_t perEntry = countOperations(op.getMessage()) + reductions.size();
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
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  Value rounded =
      arith::AddIOp::create(builder, loc, count, program.constant(ways - 1));
  Value part =
      arith::DivUIOp::create(builder, loc, rounded, program.constant(ways));
  Value way = program.range(program.constant(0), ways);
  auto type = cast<RankedTensorType>(way.getType());
  auto startOf = [&](Value number) -> Value {
    Value offset =
        arith::MulIOp::create(builder, loc, number, program.splat(part, type));
    Value start =
        arith::AddIOp::create(builder, loc, offset, program.splat(begin, type));
    return arith::MinSIOp::create(builder, loc, start,
                                  program.splat(end, type));
  };
  Rows rows;
  rows.position = {op.getRows(),
                   way,
                   Value(),
                   program.firstColumn(op.getWidth(), schedule.getBlockN()),
                   schedule.getBlockN(),
                   op.getWidth()};
  rows.begin = startOf(way);
  rows.end = startOf(program.range(program.constant(1), ways));
  return rows;
}

static tile::ReduceKind toReduceKind(Reduction kind) {
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return tile::ReduceKind::Sum;
  case Reduction::Max:
    return tile::ReduceKind::Max;
  case Reduction::Min:
    return tile::ReduceKind::Min;
  }
  llvm_unreachable("all reductions are covered");
}

void TraverseLowering::lowerCombination() {
  int64_t threads = std::clamp<int64_t>(
      ways * static_cast<int64_t>(schedule.getBlockN()) / 4, 32, 512);
  BlockProgram program(op, kernels, (name + "_combine").str(), threads);
  OpBuilder &builder = program.body();
  Location loc = program.loc();
  Value row;
  Rows slots = startCombination(program, row);
  SmallVector<Value> parts = reduce(program, slots, [&](Value positions) {
    SmallVector<Value> tiles;
    for (Value workspace : partials) {
      Value ref =
          program.data(workspace, {ShapedType::kDynamic, op.getWidth()}, true);
      tiles.push_back(
          tile::LoadOp::create(builder, loc, tileType(slots.position), ref,
                               ValueRange{positions, slots.position.col}));
    }
    return tiles;
  });

  Rows result = slots;
  result.position.rows = program.range(row, 1);
  result.position.mask = program.compare(
      arith::CmpIPredicate::sge, result.position.rows, program.constant(0));
  auto columnType = RankedTensorType::get(
      {static_cast<int64_t>(schedule.getBlockN())}, program.f32());
  SmallVector<Value> accumulators;
  for (auto [kind, part] : llvm::zip(reductions, parts)) {
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
                        reductions.size() * op.getWidth());
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
                                        schedule.getChunk(), "slots",
                                        /*through=*/StringAttr());
  Value length = memref::DimOp::create(builder, loc, slots, 0);
  auto type = MemRefType::get({ShapedType::kDynamic, op.getWidth()},
                              builder.getF32Type());
  for (size_t i = 0, e = reductions.size(); i < e; ++i)
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
