//===- KernelOps.cpp - Programs, what they declare, and launches ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionSyntax.h"
#include "VerifyUtils.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "pigeon/Runtime/Domains.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

static_assert(kCutWays == runtime::kCutWays);

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

LogicalResult kernel::verifyData(Operation *op, MemRefType type, bool hasRows) {
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

LogicalResult kernel::verifyRows(Operation *op, RowsAttr rows) {
  if (rows.getCount()) {
    if (isa<GemmOp>(op))
      return success();
    return op->emitOpError("expects the rows of a graph, found ") << rows;
  }
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
  const runtime::ViewKind *kind = runtime::findViewKind(getView().str());
  if (!kind)
    return emitOpError("expects one of the views ")
           << runtime::listViewKinds() << ", found '" << getView() << "'";
  if (!llvm::is_contained(kind->arrays, getArray()))
    return emitOpError("view '")
           << getView() << "' has no array '" << getArray() << "'";
  bool needsParameter = !kind->parameter.empty();
  if (needsParameter != (getParameter() > 0))
    return emitOpError("view '")
           << getView() << "' takes "
           << (needsParameter ? "a positive parameter" : "parameter 0")
           << ", found " << getParameter();
  bool needsRole = kind->through != runtime::ViewKind::Through::Nothing;
  if (needsRole != getThrough().has_value())
    return emitOpError("view '") << getView()
                                 << (needsRole ? "' needs a role to go through"
                                               : "' goes through no role");
  if (kind->hasOwners != getInto().has_value())
    return emitOpError("view '")
           << getView()
           << (kind->hasOwners ? "' needs a role to sum into"
                               : "' sums into no role");
  return success();
}

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

/// True if `kernel` is an entry of a compiled binary, which has no symbols for
/// its kernels but a table in each object.
static bool isInBinary(Operation *from, SymbolRefAttr kernel,
                       SymbolTableCollection &symbols) {
  auto binary = symbols.lookupNearestSymbolFrom<gpu::BinaryOp>(
      from, kernel.getRootReference());
  if (!binary || kernel.getNestedReferences().size() != 1)
    return false;
  return llvm::all_of(binary.getObjects(), [&](Attribute object) {
    gpu::KernelTableAttr table = cast<gpu::ObjectAttr>(object).getKernels();
    return table && table.lookup(kernel.getLeafReference());
  });
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *program = (*this)->getParentOp();
  if (symbols.lookupNearestSymbolFrom(program, getKernelAttr()) ||
      isInBinary(program, getKernelAttr(), symbols))
    return success();
  return emitOpError("names kernel ")
         << getKernel() << ", which does not exist";
}
