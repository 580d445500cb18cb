//===- TemplateOps.cpp - The two templates --------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pigeon::kernel;

//===----------------------------------------------------------------------===//
// Operands and regions
//===----------------------------------------------------------------------===//

Type pigeon::kernel::getComputeType(Type type) {
  return type.isF16() || type.isBF16() ? Float32Type::get(type.getContext())
                                       : type;
}

LogicalResult pigeon::kernel::verifyAccesses(Operation *op, StringRef what,
                                             OperandRange operands,
                                             ArrayAttr roles, int64_t width) {
  if (operands.size() != roles.size())
    return op->emitOpError("has ") << operands.size() << " " << what << " but "
                                   << roles.size() << " roles for them";
  for (auto [operand, role] : llvm::zip(operands, roles)) {
    StringRef name = cast<StringAttr>(role).getValue();
    auto type = cast<MemRefType>(operand.getType());
    if (failed(verifyData(op, type, name != kNoneRole)))
      return failure();
    if (int64_t own = getRowWidth(type, name); width % own != 0)
      return op->emitOpError("has ")
             << what << " of width " << own
             << ", which does not divide the width " << width << " of a row";
  }
  return success();
}

/// A constant, or an operation that does the same to each element of a tile.
static bool isScalarWork(Operation &op) {
  bool isWork = isa<arith::ConstantOp>(op) ||
                (OpTrait::hasElementwiseMappableTraits(&op) && isPure(&op));
  return isWork && llvm::all_of(op.getResultTypes(),
                                [](Type type) { return type.isIntOrFloat(); });
}

/// A region has one argument per element type of `inputs` and yields `results`.
/// Called from verifyRegions, when the operations in it are known to be sound.
static LogicalResult verifyRegion(Operation *op, StringRef name, Region &region,
                                  ArrayRef<Type> inputs,
                                  ArrayRef<Type> results) {
  Block &block = region.front();
  if (SmallVector<Type> found = llvm::to_vector(block.getArgumentTypes());
      ArrayRef<Type>(found) != inputs)
    return op->emitOpError()
           << name << " takes (" << found << "), expected (" << inputs << ")";
  auto yield =
      dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield)
    return op->emitOpError() << name << " must end with 'kernel.yield'";
  if (SmallVector<Type> found = llvm::to_vector(yield.getOperandTypes());
      ArrayRef<Type>(found) != results)
    return op->emitOpError()
           << name << " yields (" << found << "), expected (" << results << ")";
  for (Operation &inner : block.without_terminator())
    if (!isScalarWork(inner))
      return inner.emitOpError("is not allowed in ")
             << name << ": only scalar operations without side effects are";
  return success();
}

static Type getComputeType(Value data) {
  return getComputeType(cast<MemRefType>(data.getType()).getElementType());
}

static void appendComputeTypes(ValueRange values,
                               SmallVectorImpl<Type> &types) {
  for (Value value : values)
    types.push_back(getComputeType(value));
}

//===----------------------------------------------------------------------===//
// GemmOp
//===----------------------------------------------------------------------===//

int64_t GemmOp::getK() {
  if (std::optional<PackedAttr> packed = getPacked())
    return packed->getDepth();
  ArrayRef<int64_t> shape = cast<MemRefType>(getRhs().getType()).getShape();
  return shape[shape.size() - 2];
}

int64_t GemmOp::getN() {
  if (std::optional<PackedAttr> packed = getPacked())
    return packed->getColumns();
  return cast<MemRefType>(getRhs().getType()).getShape().back();
}

/// The rhs is ([key,] [batch,] K, N).
static LogicalResult verifyRhs(GemmOp op) {
  if (op.getPacked())
    return verifyPackedRhs(op);
  if (!op.getScales().empty())
    return op.emitOpError("has scales, but no packed rhs");
  auto type = cast<MemRefType>(op.getRhs().getType());
  bool keyed = op.getKey() != kNoneRole;
  int64_t rank = 2 + keyed + op.getRhsBatched();
  if (type.getRank() != rank)
    return op.emitOpError("expects an rhs of rank ")
           << rank << " (" << (keyed ? "key, " : "")
           << (op.getRhsBatched() ? "batch, " : "") << "K, N), found " << type;
  if (failed(verifyData(op, type, keyed)))
    return failure();
  if (op.getRhsBatched() &&
      type.getDimSize(keyed) != static_cast<int64_t>(op.getBatch()))
    return op.emitOpError("has batch ")
           << op.getBatch() << " but an rhs of " << type.getDimSize(keyed)
           << " matrices per key";
  return success();
}

/// Tiles of one batch must not reach into the next one's columns.
static LogicalResult verifyGemmSchedule(GemmOp op) {
  GemmScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule)
    return success();
  if (std::optional<PackedAttr> packed = op.getPacked()) {
    pigeon::layout::Packing packing = packed->getPacking();
    if (schedule.getBlockK() != packing.tileColumns() ||
        schedule.getBlockN() % packing.tileRows() != 0)
      return op.emitOpError("has a packed rhs, for which block_k must be ")
             << packing.tileColumns() << " and block_n a multiple of "
             << packing.tileRows();
  }
  if (op.getBatch() > 1 && op.getN() % schedule.getBlockN() != 0)
    return op.emitOpError("has batches, for which block_n = ")
           << schedule.getBlockN() << " must divide N = " << op.getN();
  return success();
}

/// Terms and their segment come together; a segment's graph is declared.
static LogicalResult verifySegments(GemmOp op) {
  if (op.getTerms().empty() == op.getTermSegment().has_value())
    return op.emitOpError("expects terms and their segment together");
  if (op.getTerms().empty() && !op.getMessage().empty())
    return op.emitOpError("has a message but no terms");
  if (op.getTerms().size() > 1 && op.getMessage().empty())
    return op.emitOpError("has ")
           << op.getTerms().size() << " terms, which need a message";
  if (op.getSegmentSchedule() && !op.hasSegments())
    return op.emitOpError("has a schedule for segments but no segment");
  for (std::optional<SegmentAttr> segment :
       {op.getLhsSegment(), op.getTermSegment()}) {
    if (!segment)
      continue;
    if (segment->getEntries().getCount())
      return op.emitOpError("expects entries of a graph, found ")
             << segment->getEntries();
    if (failed(verifyRows(op, segment->getEntries())))
      return failure();
  }
  return success();
}

/// The output and all operands have the widths that the rhs asks for.
static LogicalResult verifyGemmWidths(GemmOp op) {
  int64_t batch = op.getBatch();
  int64_t lhsWidth = op.getK() * (op.getLhsBatched() ? batch : 1);
  int64_t outWidth = op.getN() * batch;
  auto outType = cast<MemRefType>(op.getOut().getType());
  if (failed(verifyData(op, outType, /*hasRows=*/true)))
    return failure();
  if (getRowWidth(outType) != outWidth)
    return op.emitOpError("expects an output of width batch x N = ")
           << outWidth << ", found " << getRowWidth(outType);
  if (op.getLhs().empty())
    return op.emitOpError("expects at least one lhs");
  if (failed(
          verifyAccesses(op, "lhs", op.getLhs(), op.getLhsRoles(), lhsWidth)) ||
      (op.getNumProducts() == 1 &&
       failed(verifyAccesses(op, "addends", op.getAddends(),
                             op.getAddendRoles(), outWidth))) ||
      failed(verifyAccesses(op, "terms", op.getTerms(), op.getTermRoles(),
                            outWidth)))
    return failure();
  if (!op.getPrologue().empty())
    return success();
  auto role = cast<StringAttr>(op.getLhsRoles()[0]).getValue();
  int64_t width =
      getRowWidth(cast<MemRefType>(op.getLhs().front().getType()), role);
  if (width != lhsWidth)
    return op.emitOpError("has no prologue and expects an lhs of width ")
           << lhsWidth << ", found " << width;
  return success();
}

/// Rows of no graph are as many as the data has, and have no maps.
static LogicalResult verifyCountedRows(GemmOp op) {
  std::optional<int64_t> count = op.getRows().getCount();
  if (!count)
    return success();
  if (op.getKey() != kNoneRole)
    return op.emitOpError("has rows of no graph, which have no key '")
           << op.getKey() << "'";
  if (op.hasSegments())
    return op.emitOpError("has rows of no graph, which are not made of "
                          "entries");
  auto verifyRowsOf = [&](Value data, StringRef role) -> LogicalResult {
    if (role == kNoneRole)
      return success();
    if (role != kSelfRole)
      return op.emitOpError("has rows of no graph, which have no role '")
             << role << "'";
    auto type = cast<MemRefType>(data.getType());
    if (type.getDimSize(0) != *count)
      return op.emitOpError("expects data of ")
             << *count << " rows, found " << type;
    return success();
  };
  for (auto [data, role] : llvm::zip(op.getLhs(), op.getLhsRoles()))
    if (failed(verifyRowsOf(data, cast<StringAttr>(role).getValue())))
      return failure();
  for (auto [data, role] : llvm::zip(op.getAddends(), op.getAddendRoles()))
    if (failed(verifyRowsOf(data, cast<StringAttr>(role).getValue())))
      return failure();
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i)
    if (failed(verifyRowsOf(op.getOutOf(i), kSelfRole)))
      return failure();
  return success();
}

/// Without a region there is nothing that it would combine.
static LogicalResult verifyGemmRegions(GemmOp op) {
  Type product = op.getPacked() ? Float32Type::get(op.getContext())
                                : getComputeType(op.getRhs());
  SmallVector<Type> lhsTypes, termTypes, results;
  SmallVector<Type> epilogueTypes(op.getNumProducts(), product);
  appendComputeTypes(op.getLhs(), lhsTypes);
  appendComputeTypes(op.getTerms(), termTypes);
  if (op.getTermSegment() || !op.getOwn().empty())
    epilogueTypes.push_back(product);
  appendComputeTypes(op.getAddends(), epilogueTypes);
  if (op.getPrologue().empty() && op.getLhs().size() != 1)
    return op.emitOpError("has ")
           << op.getLhs().size() << " lhs, which need a prologue";
  if (op.getEpilogue().empty() && !op.getAddends().empty())
    return op.emitOpError("has addends, which need an epilogue");
  if (op.getEpilogue().empty() && !op.getTerms().empty())
    return op.emitOpError("has terms, which need an epilogue");
  if (op.getEpilogue().empty() && !op.getOwn().empty())
    return op.emitOpError("has a product of own rows, which needs an epilogue");
  if (!op.getMessage().empty() &&
      failed(
          verifyRegion(op, "message", op.getMessage(), termTypes, {product})))
    return failure();
  if (!op.getPrologue().empty() &&
      failed(
          verifyRegion(op, "prologue", op.getPrologue(), lhsTypes, {product})))
    return failure();
  if (op.getEpilogue().empty())
    return success();
  for (unsigned i = 0, e = op.getNumProducts(); i != e; ++i)
    results.push_back(getComputeType(op.getOutOf(i)));
  if (failed(verifyRegion(op, "epilogue", op.getEpilogue(), epilogueTypes,
                          results)))
    return failure();
  return verifyEpilogueOfProducts(op);
}

LogicalResult GemmOp::verify() {
  if (failed(verifyRows(*this, getRows())) || failed(verifyRhs(*this)) ||
      failed(verifySegments(*this)) || failed(verifyOwners(*this)) ||
      failed(verifyGemmSchedule(*this)))
    return failure();
  return failure(failed(verifyGemmWidths(*this)) ||
                 failed(verifyOtherProducts(*this)) ||
                 failed(verifyCountedRows(*this)));
}

LogicalResult GemmOp::verifyRegions() { return verifyGemmRegions(*this); }

//===----------------------------------------------------------------------===//
// TraverseOp
//===----------------------------------------------------------------------===//

int64_t TraverseOp::getWidth() {
  return getRowWidth(cast<MemRefType>(getOuts().front().getType()));
}

/// The parts that only a reduction has are there, or none of them.
static LogicalResult verifyReduction(TraverseOp op) {
  bool reduces = op.getEntries().has_value();
  if (reduces != op.getReductions().has_value() ||
      reduces != op.getRole().has_value() || reduces == op.getMessage().empty())
    return op.emitOpError(
        "expects entries, 'reduce' and a message together, or "
        "none of them");
  if (!reduces && !op.getEntryInputs().empty())
    return op.emitOpError("has entry inputs but no entries");
  if (reduces && op.getReductions()->empty())
    return op.emitOpError("expects at least one reduction");
  return reduces ? verifyRows(op, *op.getEntries()) : success();
}

LogicalResult TraverseOp::verify() {
  if (failed(verifyRows(*this, getRows())) || failed(verifyReduction(*this)))
    return failure();
  if (getOuts().empty())
    return emitOpError("expects at least one output");
  for (Value out : getOuts()) {
    auto type = cast<MemRefType>(out.getType());
    if (failed(verifyData(*this, type, /*hasRows=*/true)))
      return failure();
    if (getRowWidth(type) != getWidth())
      return emitOpError("expects outputs of one width, found ")
             << getWidth() << " and " << getRowWidth(type);
  }
  if (failed(verifyAccesses(*this, "entry inputs", getEntryInputs(),
                            getEntryRoles(), getWidth())))
    return failure();
  return verifyAccesses(*this, "row inputs", getRowInputs(), getRowRoles(),
                        getWidth());
}

LogicalResult TraverseOp::verifyRegions() {
  SmallVector<Type> outTypes, rowTypes, messageTypes, epilogueTypes;
  appendComputeTypes(getOuts(), outTypes);
  appendComputeTypes(getRowInputs(), rowTypes);
  if (getEntries()) {
    appendComputeTypes(getEntryInputs(), messageTypes);
    messageTypes.append(rowTypes);
    epilogueTypes.assign(getReductions()->size(), outTypes.front());
    if (failed(verifyRegion(*this, "message", getMessage(), messageTypes,
                            epilogueTypes)))
      return failure();
  }
  epilogueTypes.append(rowTypes);
  return verifyRegion(*this, "epilogue", getEpilogue(), epilogueTypes,
                      outTypes);
}
