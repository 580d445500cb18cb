//===- TileOps.cpp - Operations of the tile dialect ----------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace pigeon::tile;

//===----------------------------------------------------------------------===//
// Types that are not written where they can be inferred
//===----------------------------------------------------------------------===//

/// `masked(tensor<64xi1, ...>)`: the type of a mask is written only where it
/// has a layout; otherwise its extent is that of the tile's first dimension.
static ParseResult
parseMaskType(OpAsmParser &parser,
              std::optional<OpAsmParser::UnresolvedOperand> mask,
              Type &maskType, Type tileType) {
  if (succeeded(parser.parseOptionalKeyword("masked"))) {
    SMLoc loc = parser.getCurrentLocation();
    if (!mask)
      return parser.emitError(loc, "expected no mask type without a mask");
    return failure(parser.parseLParen() || parser.parseType(maskType) ||
                   parser.parseRParen());
  }
  if (!mask)
    return success();
  ArrayRef<int64_t> shape;
  if (auto tile = dyn_cast<RankedTensorType>(tileType))
    shape = tile.getShape();
  else if (auto ref = dyn_cast<RefType>(tileType))
    shape = ref.getShape();
  if (shape.empty())
    return parser.emitError(parser.getNameLoc(),
                            "expected a tile of positive rank under a mask");
  maskType = RankedTensorType::get({shape[0]}, parser.getBuilder().getI1Type());
  return success();
}

static void printMaskType(OpAsmPrinter &printer, Operation *, Value mask,
                          Type maskType, Type) {
  if (mask && cast<RankedTensorType>(maskType).getEncoding())
    printer << "masked(" << maskType << ')';
}

static ParseResult parseLoadExtras(
    OpAsmParser &parser, std::optional<OpAsmParser::UnresolvedOperand> mask,
    Type &maskType, std::optional<OpAsmParser::UnresolvedOperand> other,
    Type &otherType, Type tileType) {
  if (failed(parseMaskType(parser, mask, maskType, tileType)))
    return failure();
  if (!other)
    return success();
  auto tile = dyn_cast<RankedTensorType>(tileType);
  if (!tile)
    return parser.emitError(parser.getNameLoc(),
                            "expected a tile as the result of a load");
  otherType = tile.getElementType();
  return success();
}

static void printLoadExtras(OpAsmPrinter &printer, Operation *op, Value mask,
                            Type maskType, Value, Type, Type tileType) {
  printMaskType(printer, op, mask, maskType, tileType);
}

#define GET_OP_CLASSES
#include "pigeon/Dialect/Tile/IR/TileOps.cpp.inc"

void TileDialect::registerOps() {
  addOperations<
#define GET_OP_LIST
#include "pigeon/Dialect/Tile/IR/TileOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// FuncOp
//===----------------------------------------------------------------------===//

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                   FunctionType type, int32_t threads) {
  state.addAttribute(getSymNameAttrName(state.name),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name), TypeAttr::get(type));
  state.addAttribute(getThreadsAttrName(state.name),
                     builder.getI32IntegerAttr(threads));
  Block &entry = state.addRegion()->emplaceBlock();
  for (Type input : type.getInputs())
    entry.addArgument(input, state.location);
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> inputs,
                      ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(inputs, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), buildType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

LogicalResult FuncOp::verify() {
  if (!getResultTypes().empty())
    return emitOpError("expected no results, but found ")
           << getResultTypes().size();
  if (isExternal())
    return emitOpError("expected a body");
  if (getThreads() > 1024 || getThreads() % 32 != 0)
    return emitOpError("expected a multiple of 32 threads up to 1024, but "
                       "found ")
           << getThreads();
  for (auto [index, type] : llvm::enumerate(getArgumentTypes())) {
    if (auto ref = dyn_cast<RefType>(type)) {
      if (ref.isShared())
        return emitOpError("expected arguments in global memory, but argument ")
               << index << " is " << type;
      continue;
    }
    if (!type.isInteger(32) && !type.isInteger(64) && !type.isF32())
      return emitOpError("expected arguments of type ref, i32, i64 or f32, but "
                         "argument ")
             << index << " is " << type;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Tiles from scalars and from smaller tiles
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  RankedTensorType type = getType();
  if (type.getRank() != 1 || !type.getElementType().isInteger(32))
    return emitOpError("expected a one-dimensional tile of i32, but found ")
           << type;
  return success();
}

LogicalResult SplatOp::verify() {
  Type element = getType().getElementType();
  if (element != getScalar().getType())
    return emitOpError("expected elements of the scalar's type ")
           << getScalar().getType() << ", but found " << element;
  return success();
}

LogicalResult ExpandOp::verify() {
  RankedTensorType source = getSource().getType(), result = getType();
  if (source.getElementType() != result.getElementType())
    return emitOpError("expected elements of type ")
           << source.getElementType() << ", but found "
           << result.getElementType();
  if (result.getRank() != source.getRank() + 1)
    return emitOpError("expected a result of rank ")
           << source.getRank() + 1 << ", but found " << result.getRank();
  int64_t dim = getDim();
  if (dim >= result.getRank())
    return emitOpError("expected a dimension below ")
           << result.getRank() << ", but found " << dim;
  SmallVector<int64_t> shape(source.getShape());
  shape.insert(shape.begin() + dim, result.getDimSize(dim));
  if (ArrayRef<int64_t>(shape) != result.getShape())
    return emitOpError("expected a result of shape ")
           << ArrayRef<int64_t>(shape) << ", but found " << result.getShape();
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// The rules that `tile.load`, `tile.store` and `tile.copy_async` share.
/// `shape` is that of the tile.
static LogicalResult verifyAccess(Operation *op, RefType ref,
                                  ArrayRef<int64_t> shape, Type elementType,
                                  ValueRange indices, Value mask) {
  int64_t rank = shape.size();
  if (elementType != ref.getElementType())
    return op->emitOpError("expected elements of the ref's type ")
           << ref.getElementType() << ", but found " << elementType;
  if (rank != ref.getRank())
    return op->emitOpError("expected a tile of the ref's rank ")
           << ref.getRank() << ", but found " << rank;
  if (static_cast<int64_t>(indices.size()) != ref.getRank())
    return op->emitOpError("expected one index for each of ")
           << ref.getRank() << " dimensions, but found " << indices.size();
  for (auto [dim, index] : llvm::enumerate(indices)) {
    auto positions = dyn_cast<RankedTensorType>(index.getType());
    if (positions && positions.getDimSize(0) != shape[dim])
      return op->emitOpError("expected ")
             << shape[dim] << " positions along dimension " << dim
             << ", but found " << positions.getDimSize(0);
  }
  if (!mask)
    return success();
  int64_t extent = cast<RankedTensorType>(mask.getType()).getDimSize(0);
  if (extent != shape[0])
    return op->emitOpError("expected a mask of extent ")
           << shape[0] << " (dimension 0 of the tile), but found " << extent;
  return success();
}

static LogicalResult verifyAccess(Operation *op, RefType ref,
                                  RankedTensorType tile, ValueRange indices,
                                  Value mask) {
  return verifyAccess(op, ref, tile.getShape(), tile.getElementType(), indices,
                      mask);
}

void LoadOp::build(OpBuilder &, OperationState &state, RankedTensorType type,
                   Value ref, ValueRange indices, Value mask, Value other) {
  state.addOperands(ref);
  state.addOperands(indices);
  if (mask)
    state.addOperands(mask);
  if (other)
    state.addOperands(other);
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      1, static_cast<int32_t>(indices.size()), mask ? 1 : 0, other ? 1 : 0};
  state.addTypes(type);
}

LogicalResult LoadOp::verify() {
  if (failed(verifyAccess(*this, getRef().getType(), getType(), getIndices(),
                          getMask())))
    return failure();
  if (getOther() && getOther().getType() != getType().getElementType())
    return emitOpError("expected an else value of type ")
           << getType().getElementType() << ", but found "
           << getOther().getType();
  return success();
}

void StoreOp::build(OpBuilder &, OperationState &state, Value value, Value ref,
                    ValueRange indices, Value mask) {
  state.addOperands({value, ref});
  state.addOperands(indices);
  if (mask)
    state.addOperands(mask);
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      1, 1, static_cast<int32_t>(indices.size()), mask ? 1 : 0};
}

LogicalResult StoreOp::verify() {
  return verifyAccess(*this, getRef().getType(), getValue().getType(),
                      getIndices(), getMask());
}

LogicalResult PrefetchOp::verify() {
  RefType ref = getRef().getType();
  if (ref.isShared())
    return emitOpError("expected an array in global memory, but found ") << ref;
  int64_t rows = getRows().getType().getDimSize(0);
  int64_t masked = getMask() ? getMask().getType().getDimSize(0) : rows;
  if (masked != rows)
    return emitOpError("expected a mask of ")
           << rows << " rows, but found one of " << masked;
  return success();
}

LogicalResult LoadScalarOp::verify() {
  RefType ref = getRef().getType();
  if (getType() != ref.getElementType())
    return emitOpError("expected a result of the ref's element type ")
           << ref.getElementType() << ", but found " << getType();
  if (static_cast<int64_t>(getIndices().size()) != ref.getRank())
    return emitOpError("expected one index for each of ")
           << ref.getRank() << " dimensions, but found " << getIndices().size();
  return success();
}

LogicalResult SubviewOp::verify() {
  RefType ref = getRef().getType(), result = getType();
  if (ref.getRank() < 2)
    return emitOpError("expected a ref of at least two dimensions, but found ")
           << ref;
  std::string whyNot;
  RefType expected = ref.getSlice(&whyNot);
  if (!expected)
    return emitOpError() << whyNot;
  if (result != expected)
    return emitOpError("expected a result of type ")
           << expected << ", but found " << result;
  return success();
}

LogicalResult AllocSharedOp::verify() {
  if (!getType().isShared())
    return emitOpError("expected a shared ref, but found ") << getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Asynchronous copies
//===----------------------------------------------------------------------===//

CachePolicy CopyAsyncOp::cachePolicyOf(LoadOp load) {
  bool isChosen =
      load.getMask() || llvm::any_of(load.getIndices(), [](Value index) {
        return isa<RankedTensorType>(index.getType());
      });
  return isChosen ? CachePolicy::Global : CachePolicy::All;
}

LogicalResult CopyAsyncOp::verify() {
  RefType source = getSource().getType(), target = getTarget().getType();
  if (source.isShared())
    return emitOpError("expected a source in global memory, but found ")
           << source;
  if (!target.isShared())
    return emitOpError("expected a target in shared memory, but found ")
           << target;
  if (auto held = getLayoutAttr();
      held && held.getLayout().shape() != target.getShape())
    return emitOpError("expected a layout of the target's shape ")
           << target.getShape() << ", but found one of "
           << held.getLayout().shape();
  return verifyAccess(*this, source, target.getShape(), target.getElementType(),
                      getIndices(), getMask());
}

//===----------------------------------------------------------------------===//
// Computation
//===----------------------------------------------------------------------===//

LogicalResult DotOp::verify() {
  RankedTensorType a = getA().getType(), b = getB().getType(), acc = getType();
  if (a.getRank() != 2 || b.getRank() != 2 || acc.getRank() != 2)
    return emitOpError("expected matrices, but found ranks ")
           << a.getRank() << ", " << b.getRank() << " and " << acc.getRank();
  if (a.getDimSize(1) != b.getDimSize(0))
    return emitOpError("expected as many columns of a as rows of b, but found ")
           << a.getDimSize(1) << " and " << b.getDimSize(0);
  if (acc.getDimSize(0) != a.getDimSize(0) ||
      acc.getDimSize(1) != b.getDimSize(1))
    return emitOpError("expected an accumulator of shape ")
           << a.getDimSize(0) << "x" << b.getDimSize(1) << ", but found "
           << acc.getDimSize(0) << "x" << acc.getDimSize(1);
  Type element = a.getElementType();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return emitOpError("expected operands of type f32, f16 or bf16, but found ")
           << element;
  if (b.getElementType() != element)
    return emitOpError("expected operands of one type, but found ")
           << element << " and " << b.getElementType();
  if (!acc.getElementType().isF32())
    return emitOpError("expected an accumulator of type f32, but found ")
           << acc.getElementType();
  if (!element.isF32() && getPrecision() != Precision::IEEE)
    return emitOpError("expected a precision for operands of type f32 only, "
                       "but found ")
           << stringifyPrecision(getPrecision()) << " for " << element;
  return success();
}

LogicalResult ReduceOp::verify() {
  RankedTensorType source = getSource().getType();
  int64_t dim = getDim();
  if (dim >= source.getRank())
    return emitOpError("expected a dimension below ")
           << source.getRank() << ", but found " << dim;
  Type element = source.getElementType();
  if (!element.isInteger(32) && !element.isF32())
    return emitOpError("expected elements of type f32 or i32, but found ")
           << element;
  if (source.getRank() == 1) {
    if (getType() != element)
      return emitOpError("expected a result of type ")
             << element << ", but found " << getType();
    return success();
  }
  SmallVector<int64_t> shape(source.getShape());
  shape.erase(shape.begin() + dim);
  auto result = dyn_cast<RankedTensorType>(getType());
  if (!result || result.getShape() != ArrayRef<int64_t>(shape) ||
      result.getElementType() != element)
    return emitOpError("expected a result of type ")
           << RankedTensorType::get(shape, element) << ", but found "
           << getType();
  return success();
}

OpFoldResult ConvertLayoutOp::fold(FoldAdaptor) {
  // Without encodings the op says nothing yet, but it is still a request.
  if (getSource().getType() == getType() && getType().getEncoding())
    return getSource();
  return {};
}

LogicalResult ConvertLayoutOp::verify() {
  RankedTensorType source = getSource().getType(), result = getType();
  if (source.getShape() != result.getShape() ||
      source.getElementType() != result.getElementType())
    return emitOpError("expected types that differ only in layout, but found ")
           << source << " and " << result;
  return success();
}
