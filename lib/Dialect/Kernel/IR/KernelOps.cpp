//===- KernelOps.cpp - Verifiers of the kernel dialect --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

int64_t kernel::getRowWidth(MemRefType type, StringRef role) {
  ArrayRef<int64_t> shape = type.getShape();
  if (role != kNoneRole)
    shape = shape.drop_front();
  int64_t width = 1;
  for (int64_t extent : shape)
    if (llvm::MulOverflow(width, extent, width))
      return std::numeric_limits<int64_t>::max();
  return width;
}

bool kernel::isSortedBy(StringRef domain, StringRef role) {
  if (role == kSelfRole || role == kNoneRole)
    return true;
  if (domain == "edge")
    return role == "rel" || role == "dst_pair";
  if (domain == "src_pair" || domain == "dst_pair" || domain == "triple")
    return role == "rel";
  return role == "type" && domain.ends_with("node");
}

//===----------------------------------------------------------------------===//
// Accesses: %x["src"], %y["self"] : memref<...>, memref<...>
//===----------------------------------------------------------------------===//

static ParseResult
parseAccesses(OpAsmParser &parser,
              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands,
              SmallVectorImpl<Type> &types, ArrayAttr &roles) {
  SmallVector<Attribute> names;
  auto parseOne = [&]() -> ParseResult {
    StringAttr role;
    if (parser.parseOperand(operands.emplace_back()) || parser.parseLSquare() ||
        parser.parseAttribute(role) || parser.parseRSquare())
      return failure();
    names.push_back(role);
    return success();
  };
  if (parser.parseCommaSeparatedList(parseOne) ||
      parser.parseColonTypeList(types))
    return failure();
  roles = parser.getBuilder().getArrayAttr(names);
  return success();
}

static void printAccesses(OpAsmPrinter &printer, Operation *,
                          OperandRange operands, TypeRange types,
                          ArrayAttr roles) {
  llvm::interleaveComma(llvm::zip(operands, roles), printer, [&](auto access) {
    printer << std::get<0>(access) << '[' << std::get<1>(access) << ']';
  });
  printer << " : " << types;
}

#define GET_OP_CLASSES
#include "pigeon/Dialect/Kernel/IR/KernelOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Rules that several operations share
//===----------------------------------------------------------------------===//

/// Data has static dimensions, but for the rows of a domain.
static LogicalResult verifyData(Operation *op, MemRefType type, bool hasRows) {
  if (!type.getLayout().isIdentity() || type.getMemorySpace())
    return op->emitOpError("expects plain row-major memrefs, found ") << type;
  if (hasRows && type.getRank() == 0)
    return op->emitOpError("expects data with a dimension of rows, found ")
           << type;
  for (int64_t extent : type.getShape().drop_front(hasRows))
    if (ShapedType::isDynamic(extent) || extent < 1)
      return op->emitOpError("expects positive static dimensions after the "
                             "rows, found ")
             << type;
  // Kernels count the elements of a row in 32 bits.
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  if (getRowWidth(type, hasRows ? kSelfRole : kNoneRole) > limit)
    return op->emitOpError("expects rows of at most ")
           << limit << " elements, found " << type;
  return success();
}

/// Every operand has its role, and a width that divides `width`.
static LogicalResult verifyAccesses(Operation *op, StringRef what,
                                    OperandRange operands, ArrayAttr roles,
                                    int64_t width) {
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
static LogicalResult verifyRegion(Operation *op, StringRef name, Region &region,
                                  ArrayRef<Type> inputs,
                                  ArrayRef<Type> results) {
  Block &block = region.front();
  if (SmallVector<Type> found = llvm::to_vector(block.getArgumentTypes());
      ArrayRef<Type>(found) != inputs)
    return op->emitOpError()
           << name << " takes (" << found << "), expected the element types ("
           << inputs << ")";
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
  for (Operation &inner : block)
    for (Value operand : inner.getOperands())
      if (operand.getParentRegion() != &region)
        return inner.emitOpError("reads a value from outside of ")
               << name << ", which sees only its arguments";
  return success();
}

static void appendElementTypes(ValueRange values,
                               SmallVectorImpl<Type> &types) {
  for (Value value : values)
    types.push_back(cast<MemRefType>(value.getType()).getElementType());
}

/// The domain's graph is declared in the program.
static LogicalResult verifyRows(Operation *op, RowsAttr rows) {
  if (op->getParentOfType<ProgramOp>().lookupGraph(rows.getGraph().getValue()))
    return success();
  return op->emitOpError("names graph '") << rows.getGraph().getValue()
                                          << "', which the program does not "
                                             "declare";
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

GraphOp ProgramOp::lookupGraph(StringRef name) {
  for (GraphOp graph : getBody().getOps<GraphOp>())
    if (graph.getName() == name)
      return graph;
  return nullptr;
}

LogicalResult ProgramOp::verify() {
  llvm::StringMap<BufferOp> buffers;
  for (BufferOp buffer : getBody().getOps<BufferOp>()) {
    auto [first, inserted] = buffers.try_emplace(buffer.getName(), buffer);
    if (!inserted) {
      InFlightDiagnostic error = buffer.emitOpError("repeats the name '")
                                 << buffer.getName() << "'";
      error.attachNote(first->second.getLoc()) << "first buffer of this name";
      return error;
    }
  }
  for (GraphOp graph : getBody().getOps<GraphOp>()) {
    if (lookupGraph(graph.getName()) != graph)
      return graph.emitOpError("repeats the name '") << graph.getName() << "'";
    if (graph.getShares() && !lookupGraph(*graph.getShares()))
      return graph.emitOpError("shares with '")
             << *graph.getShares() << "', which the program does not declare";
  }
  for (SizeOp size : getBody().getOps<SizeOp>())
    if (failed(verifyRows(size, size.getRows())))
      return failure();
  return success();
}

LogicalResult GraphOp::verify() {
  for (int64_t count : {getRelations(), getNodeTypes()})
    if (count < 0)
      return emitOpError("expects counts of at least 0, found ") << count;
  DictionaryAttr classes = getClassesAttr();
  if (!classes)
    return success();
  for (NamedAttribute entry : classes)
    if (auto count = dyn_cast<IntegerAttr>(entry.getValue());
        !count || !count.getType().isInteger(64) || count.getInt() < 0)
      return emitOpError("expects class '")
             << entry.getName().getValue()
             << "' to have a number of values, found " << entry.getValue();
  return success();
}

LogicalResult BufferOp::verify() {
  MemRefType type = getResult().getType();
  if (getSizes().size() != static_cast<size_t>(type.getNumDynamicDims()))
    return emitOpError("has ")
           << getSizes().size() << " sizes for " << type.getNumDynamicDims()
           << " dynamic dimensions";
  if (failed(verifyData(*this, type, /*hasRows=*/type.getNumDynamicDims() ||
                                         getOn().has_value())))
    return failure();
  return getOn() ? verifyRows(*this, *getOn()) : success();
}

LogicalResult ArrayOp::verify() {
  if (failed(verifyRows(*this, getRows())))
    return failure();
  using Names = SmallVector<StringRef, 8>;
  Names arrays =
      llvm::StringSwitch<Names>(getView())
          .Case("map", {"index"})
          .Case("csr", {"offsets", "entries"})
          .Case("path", {"index"})
          .Case("pieces", {"row", "begin", "end", "slot", "combine_row",
                           "combine_begin", "combine_end", "slots"})
          .Case("work", {"key", "begin", "end"})
          .Default(Names());
  if (arrays.empty())
    return emitOpError("expects a view 'map', 'csr', 'path', 'pieces' or "
                       "'work', found '")
           << getView() << "'";
  if (!llvm::is_contained(arrays, getArray()))
    return emitOpError("view '")
           << getView() << "' has no array '" << getArray() << "'";
  bool needsParameter = getView() == "pieces" || getView() == "work";
  if (needsParameter != (getParameter() > 0))
    return emitOpError("view '")
           << getView() << "' takes "
           << (needsParameter ? "a positive parameter" : "parameter 0")
           << ", found " << getParameter();
  bool needsRole = getView() == "path";
  if (needsRole != getThrough().has_value())
    return emitOpError("view '") << getView()
                                 << (needsRole ? "' needs a role to go through"
                                               : "' goes through no role");
  return success();
}

//===----------------------------------------------------------------------===//
// GemmOp
//===----------------------------------------------------------------------===//

int64_t GemmOp::getK() {
  ArrayRef<int64_t> shape = cast<MemRefType>(getRhs().getType()).getShape();
  return shape[shape.size() - 2];
}

int64_t GemmOp::getN() {
  return cast<MemRefType>(getRhs().getType()).getShape().back();
}

/// The rhs is ([key,] [batch,] K, N).
static LogicalResult verifyRhs(GemmOp op) {
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

/// Tiles of one batch, or of a prologue, must not reach past its end.
static LogicalResult verifyGemmSchedule(GemmOp op) {
  GemmScheduleAttr schedule = op.getScheduleAttr();
  if (!schedule)
    return success();
  bool exactK = op.getLhsBatched() || !op.getPrologue().empty();
  if (exactK && op.getK() % schedule.getBlockK() != 0)
    return op.emitOpError("has batches or a prologue, for which block_k = ")
           << schedule.getBlockK() << " must divide K = " << op.getK();
  if (op.getBatch() > 1 && op.getN() % schedule.getBlockN() != 0)
    return op.emitOpError("has batches, for which block_n = ")
           << schedule.getBlockN() << " must divide N = " << op.getN();
  return success();
}

LogicalResult GemmOp::verify() {
  if (failed(verifyRows(*this, getRows())) || failed(verifyRhs(*this)) ||
      failed(verifyGemmSchedule(*this)))
    return failure();
  int64_t batch = getBatch();
  int64_t lhsWidth = getK() * (getLhsBatched() ? batch : 1);
  auto outType = cast<MemRefType>(getOut().getType());
  if (failed(verifyData(*this, outType, /*hasRows=*/true)))
    return failure();
  if (getRowWidth(outType) != getN() * batch)
    return emitOpError("expects an output of width batch x N = ")
           << getN() * batch << ", found " << getRowWidth(outType);
  if (getLhs().empty())
    return emitOpError("expects at least one lhs");
  if (failed(verifyAccesses(*this, "lhs", getLhs(), getLhsRoles(), lhsWidth)) ||
      failed(verifyAccesses(*this, "addends", getAddends(), getAddendRoles(),
                            getN() * batch)))
    return failure();
  int64_t width = getRowWidth(cast<MemRefType>(getLhs().front().getType()),
                              cast<StringAttr>(getLhsRoles()[0]).getValue());
  if (getPrologue().empty() && width != lhsWidth)
    return emitOpError("has no prologue and expects an lhs of width ")
           << lhsWidth << ", found " << width;
  Type element = outType.getElementType();
  SmallVector<Type> lhsTypes, epilogueTypes = {element};
  appendElementTypes(getLhs(), lhsTypes);
  appendElementTypes(getAddends(), epilogueTypes);
  if (getPrologue().empty()
          ? getLhs().size() != 1
          : failed(verifyRegion(*this, "prologue", getPrologue(), lhsTypes,
                                {lhsTypes.front()})))
    return getPrologue().empty() ? emitOpError("has ")
                                       << getLhs().size()
                                       << " lhs, which need a prologue"
                                 : failure();
  if (getEpilogue().empty()) {
    if (!getAddends().empty())
      return emitOpError("has addends, which need an epilogue");
    return success();
  }
  return verifyRegion(*this, "epilogue", getEpilogue(), epilogueTypes,
                      {element});
}

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
  SmallVector<Type> outTypes, rowTypes, messageTypes, epilogueTypes;
  for (Value out : getOuts()) {
    auto type = cast<MemRefType>(out.getType());
    if (failed(verifyData(*this, type, /*hasRows=*/true)))
      return failure();
    if (getRowWidth(type) != getWidth())
      return emitOpError("expects outputs of one width, found ")
             << getWidth() << " and " << getRowWidth(type);
  }
  if (failed(verifyAccesses(*this, "entry inputs", getEntryInputs(),
                            getEntryRoles(), getWidth())) ||
      failed(verifyAccesses(*this, "row inputs", getRowInputs(), getRowRoles(),
                            getWidth())))
    return failure();
  appendElementTypes(getOuts(), outTypes);
  appendElementTypes(getRowInputs(), rowTypes);
  if (getEntries()) {
    appendElementTypes(getEntryInputs(), messageTypes);
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

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (symbols.lookupNearestSymbolFrom((*this)->getParentOp(), getKernelAttr()))
    return success();
  return emitOpError("names kernel ")
         << getKernel() << ", which does not exist";
}
