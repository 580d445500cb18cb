//===- TileTypes.cpp - Types of the tile dialect -------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon::tile;

/// `?x64xf32`
static ParseResult parseRefBody(AsmParser &parser,
                                SmallVectorImpl<int64_t> &shape,
                                Type &elementType) {
  return failure(parser.parseDimensionList(shape) ||
                 parser.parseType(elementType));
}

static void printRefBody(AsmPrinter &printer, ArrayRef<int64_t> shape,
                         Type elementType) {
  for (int64_t extent : shape) {
    if (ShapedType::isDynamic(extent))
      printer << '?';
    else
      printer << extent;
    printer << 'x';
  }
  printer << elementType;
}

#include "pigeon/Dialect/Tile/IR/TileEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "pigeon/Dialect/Tile/IR/TileTypes.cpp.inc"

void TileDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "pigeon/Dialect/Tile/IR/TileTypes.cpp.inc"
      >();
}

/// Elements that memory can hold one by one.
static bool isMemoryElement(Type type) {
  if (!type.isSignlessInteger() && !isa<FloatType>(type))
    return false;
  unsigned bits = type.getIntOrFloatBitWidth();
  return bits == 8 || bits == 16 || bits == 32 || bits == 64;
}

/// One slice of the array must stay addressable: a row-major stride that
/// overflows would make every address below it meaningless.
static constexpr int64_t kMaxSliceElements = int64_t(1) << 40;

LogicalResult RefType::verify(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape, Type elementType,
                              Space space) {
  if (shape.empty())
    return emitError() << "expected a ref of at least one dimension";
  if (!isMemoryElement(elementType))
    return emitError() << "expected elements of 8, 16, 32 or 64 bits (integer "
                          "or float), but found "
                       << elementType;
  int64_t elements = 1;
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    if (ShapedType::isDynamic(extent)) {
      if (dim != 0)
        return emitError() << "only dimension 0 of a ref may be dynamic, but "
                              "dimension "
                           << dim << " is";
      if (space == Space::Shared)
        return emitError() << "a shared ref must be static, but dimension 0 is "
                              "dynamic";
      continue;
    }
    if (extent <= 0)
      return emitError() << "expected positive extents, but dimension " << dim
                         << " has " << extent;
    if (extent > kMaxSliceElements / elements)
      return emitError() << "expected at most " << kMaxSliceElements
                         << " elements in the static dimensions of a ref";
    elements *= extent;
  }
  return success();
}

bool RefType::hasStaticShape() const {
  return !ShapedType::isDynamic(getShape().front());
}

int64_t RefType::getStride(int64_t dim) const {
  int64_t stride = 1;
  for (int64_t extent : getShape().drop_front(dim + 1))
    stride *= extent;
  return stride;
}

int64_t RefType::getElementBytes() const {
  return getElementType().getIntOrFloatBitWidth() / 8;
}

int64_t RefType::getByteSize() const {
  return getShape().front() * getStride(0) * getElementBytes();
}
