//===- LowPOps.cpp - Operations of the lowp dialect -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/LowP/IR/LowPOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::lowp;

#define GET_OP_CLASSES
#include "pigeon/Dialect/LowP/IR/LowPOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Scales, zero points, code books
//===----------------------------------------------------------------------===//

int64_t pigeon::lowp::getGroupSize(RankedTensorType codes,
                                   RankedTensorType scales) {
  return codes.getShape().back() / scales.getShape().back();
}

static LogicalResult verifyScales(Operation *op, RankedTensorType codes,
                                  RankedTensorType scales) {
  ArrayRef<int64_t> shape = codes.getShape();
  bool isStatic = shape.size() > 0 && !ShapedType::isDynamic(shape.back()) &&
                  shape.back() > 0;
  if (!isStatic)
    return op->emitOpError("expected codes with a static last dimension that "
                           "is not empty, found ")
           << codes;
  if (scales.getRank() != codes.getRank() ||
      scales.getShape().drop_back() != shape.drop_back() ||
      scales.getEncoding() != codes.getEncoding())
    return op->emitOpError("expected scales with the dimensions of the codes ")
           << codes << " but the last, found " << scales;
  int64_t count = scales.getShape().back(), width = shape.back();
  int64_t group = count > 0 && width % count == 0 ? width / count : 0;
  if (group != 16 && group != 32 && group != 64 && group != 128 &&
      group != width)
    return op->emitOpError("expected a scale for each 16, 32, 64, 128 or all ")
           << width << " elements of the last dimension, found " << count
           << " scales";
  return success();
}

static LogicalResult verifyZeros(Operation *op, const NumberFormat &format,
                                 RankedTensorType scales, Value zeros) {
  if (!zeros)
    return success();
  if (format.kind != NumberFormat::Kind::Int &&
      format.kind != NumberFormat::Kind::UInt)
    return op->emitOpError("has zero points, which belong to integers, but "
                           "codes of ")
           << format.name();
  auto type = cast<RankedTensorType>(zeros.getType());
  if (type.getShape() != scales.getShape() ||
      type.getEncoding() != scales.getEncoding())
    return op->emitOpError("expected zero points of the shape of the scales ")
           << scales << ", found " << type;
  return success();
}

static LogicalResult verifyBook(Operation *op, const NumberFormat &format,
                                RankedTensorType scales, Value book) {
  bool isLut = format.kind == NumberFormat::Kind::Lut;
  if (isLut != static_cast<bool>(book)) {
    if (isLut)
      return op->emitOpError("expected a code book for codes of ")
             << format.name();
    return op->emitOpError("has a code book, but codes of ") << format.name();
  }
  if (!book)
    return success();
  auto type = cast<RankedTensorType>(book.getType());
  SmallVector<int64_t> perGroup(scales.getShape());
  perGroup.push_back(format.numCodes());
  if (type.getShape() == ArrayRef<int64_t>(format.numCodes()) ||
      type.getShape() == ArrayRef(perGroup))
    return success();
  return op->emitOpError("expected a code book of ")
         << format.numCodes() << " entries, for all or for each scale of "
         << scales << ", found " << type;
}

static LogicalResult verifyCodes(Operation *op, RankedTensorType codes,
                                 RankedTensorType scales, Value zeros,
                                 Value book) {
  NumberFormat format = *getNumberFormat(codes.getElementType());
  return failure(failed(verifyScales(op, codes, scales)) ||
                 failed(verifyZeros(op, format, scales, zeros)) ||
                 failed(verifyBook(op, format, scales, book)));
}

/// Codes and numbers have one shape.
static LogicalResult verifySameShape(Operation *op, RankedTensorType from,
                                     RankedTensorType to) {
  if (from.getShape() == to.getShape() &&
      from.getEncoding() == to.getEncoding())
    return success();
  return op->emitOpError("expected a result of the shape of the input ")
         << from << ", found " << to;
}

LogicalResult QuantizeOp::verify() {
  return failure(
      failed(verifySameShape(*this, getInput().getType(),
                             getResult().getType())) ||
      failed(verifyCodes(*this, getResult().getType(), getScales().getType(),
                         getZeros(), getBook())));
}

LogicalResult DequantizeOp::verify() {
  return failure(
      failed(verifySameShape(*this, getInput().getType(),
                             getResult().getType())) ||
      failed(verifyCodes(*this, getInput().getType(), getScales().getType(),
                         getZeros(), getBook())));
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

static LogicalResult verifyPacking(Operation *op, RankedTensorType codes,
                                   RankedTensorType words,
                                   std::optional<ArrayRef<int32_t>> planes) {
  if (codes.getRank() != 2 || !codes.hasStaticShape() || codes.getEncoding())
    return op->emitOpError("expected a matrix of codes of static shape, found ")
           << codes;
  constexpr int64_t most = int64_t(1) << 40;
  int64_t rows = codes.getDimSize(0), columns = codes.getDimSize(1);
  if (rows == 0 || columns == 0 || rows > most / columns)
    return op->emitOpError("expected 1 to 2^40 codes, found ") << codes;
  std::string whyNot;
  auto packing = getPacking(*getNumberFormat(codes.getElementType()),
                            planes.value_or(ArrayRef<int32_t>()), &whyNot);
  if (!packing)
    return op->emitOpError() << whyNot;
  int64_t count = packing->numWords(rows, columns);
  if (words.getDimSize(0) != count)
    return op->emitOpError("expected ")
           << count << " words for " << codes << ", found " << words;
  return success();
}

LogicalResult PackOp::verify() {
  return verifyPacking(*this, getCodes().getType(), getWords().getType(),
                       getPlanes());
}

LogicalResult UnpackOp::verify() {
  return verifyPacking(*this, getCodes().getType(), getWords().getType(),
                       getPlanes());
}

/// unpack(pack(x)) is x; pack(unpack(w)) may differ from w in what pads.
OpFoldResult UnpackOp::fold(FoldAdaptor) {
  auto pack = getWords().getDefiningOp<PackOp>();
  bool isInverse = pack && pack.getPlanesAttr() == getPlanesAttr() &&
                   pack.getCodes().getType() == getCodes().getType();
  return isInverse ? OpFoldResult(pack.getCodes()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

static LogicalResult verifyShapes(MatmulOp op) {
  RankedTensorType input = op.getInput().getType(),
                   weight = op.getWeight().getType(),
                   result = op.getResult().getType();
  for (RankedTensorType type : {input, weight, result})
    if (type.getRank() != 2 || !type.hasStaticShape() || type.getEncoding() ||
        type.getNumElements() == 0)
      return op.emitOpError("expected matrices of static shape that are not "
                            "empty, found ")
             << type;
  if (input.getDimSize(1) != weight.getDimSize(1))
    return op.emitOpError("contracts the input's last dimension, ")
           << input.getDimSize(1) << ", with the weight's last dimension, "
           << weight.getDimSize(1);
  std::array<int64_t, 2> expected = {input.getDimSize(0), weight.getDimSize(0)};
  if (result.getShape() != ArrayRef<int64_t>(expected))
    return op.emitOpError("expected a result of shape [")
           << expected[0] << ", " << expected[1] << "], found " << result;
  return success();
}

static LogicalResult verifyAddends(MatmulOp op) {
  ArrayRef<int64_t> result = op.getResult().getType().getShape();
  for (Value addend : op.getAddends()) {
    auto type = cast<RankedTensorType>(addend.getType());
    if (type.getShape() != result && type.getShape() != result.drop_front())
      return op.emitOpError("expected addends of shape [")
             << result[0] << ", " << result[1] << "] or [" << result[1]
             << "], found " << type;
  }
  return success();
}

static LogicalResult verifyEpilogue(MatmulOp op) {
  if (op.getEpilogue().empty()) {
    if (!op.getAddends().empty())
      return op.emitOpError("has addends, but no epilogue that reads them");
    return success();
  }
  Block &block = op.getEpilogue().front();
  SmallVector<Type> expected = {Float32Type::get(op.getContext())};
  for (Value addend : op.getAddends())
    expected.push_back(getElementTypeOrSelf(addend));
  if (block.getArgumentTypes() != TypeRange(expected)) {
    auto diagnostic = op.emitOpError("expected an epilogue of (");
    llvm::interleaveComma(expected, diagnostic);
    diagnostic << "), found (";
    llvm::interleaveComma(block.getArgumentTypes(), diagnostic);
    return diagnostic << ")";
  }
  auto yield = dyn_cast<YieldOp>(block.back());
  Type element = op.getResult().getType().getElementType();
  if (!yield)
    return op.emitOpError("expected an epilogue that ends in lowp.yield");
  if (yield.getValue().getType() != element)
    return op.emitOpError("expected an epilogue that yields ")
           << element << ", found " << yield.getValue().getType();
  return success();
}

LogicalResult MatmulOp::verify() {
  return failure(
      failed(verifyShapes(*this)) ||
      failed(verifyCodes(*this, getWeight().getType(), getScales().getType(),
                         getZeros(), getBook())) ||
      failed(verifyAddends(*this)));
}

/// Here the operations in the region are known to be sound.
LogicalResult MatmulOp::verifyRegions() { return verifyEpilogue(*this); }
