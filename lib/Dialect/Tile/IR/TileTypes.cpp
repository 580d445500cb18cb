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
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon;
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

static LogicalResult
verifySharedLayout(function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> shape, Type elementType, Space space,
                   const layout::SharedLayout &layout) {
  if (space != Space::Shared)
    return emitError() << "expected a layout on a shared ref only, but the ref "
                          "is in global memory";
  if (layout.shape() != shape)
    return emitError() << "expected a layout of the ref's shape " << shape
                       << ", but found one of " << layout.shape();
  int64_t bytes = elementType.getIntOrFloatBitWidth() / 8;
  const layout::Swizzle &swizzle = layout.swizzle();
  if (!swizzle.isNone() && (int64_t(1) << swizzle.base) < bytes)
    return emitError() << "expected a swizzle that leaves elements of " << bytes
                       << " bytes whole, but its lowest bit is "
                       << swizzle.base;
  return success();
}

LogicalResult RefType::verify(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape, Type elementType,
                              Space space, layout::SharedLayoutAttr layout) {
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
  if (layout)
    return verifySharedLayout(emitError, shape, elementType, space,
                              layout.getLayout());
  return success();
}

bool RefType::hasStaticShape() const {
  return !ShapedType::isDynamic(getShape().front());
}

int64_t RefType::getStride(int64_t dim) const {
  if (getLayout())
    return getLayout().getLayout().strides()[dim];
  int64_t stride = 1;
  for (int64_t extent : getShape().drop_front(dim + 1))
    stride *= extent;
  return stride;
}

int64_t RefType::getElementBytes() const {
  return getElementType().getIntOrFloatBitWidth() / 8;
}

int64_t RefType::getByteSize() const {
  if (getLayout())
    return getLayout().getLayout().sizeInBytes(getElementBytes());
  return getShape().front() * getStride(0) * getElementBytes();
}

layout::Swizzle RefType::getSwizzle() const {
  return getLayout() ? getLayout().getLayout().swizzle() : layout::Swizzle();
}

int64_t RefType::getSharedAlignment() const {
  return std::max(layout::kMaxSharedAccessBytes, getSwizzle().blockBytes());
}

layout::SharedLayout RefType::getSharedLayout() const {
  return getLayout() ? getLayout().getLayout()
                     : layout::SharedLayout::rowMajor(getShape());
}

RefType RefType::getSlice(std::string *whyNot) const {
  ArrayRef<int64_t> shape = getShape().drop_front();
  if (!getLayout())
    return RefType::get(getContext(), shape, getElementType(), getSpace());
  const layout::SharedLayout &whole = getLayout().getLayout();
  int64_t slice = whole.strides().front() * getElementBytes();
  if (slice % whole.swizzle().blockBytes() != 0) {
    if (whyNot)
      *whyNot = llvm::formatv("expected slices at multiples of the {0} bytes "
                              "that the swizzle permutes, but found slices of "
                              "{1} bytes",
                              whole.swizzle().blockBytes(), slice);
    return {};
  }
  auto inner = layout::SharedLayout::get(shape, whole.strides().drop_front(),
                                         whole.swizzle());
  return RefType::get(getContext(), shape, getElementType(), getSpace(),
                      layout::SharedLayoutAttr::get(getContext(), *inner));
}

RefType RefType::withLayout(const layout::SharedLayout &layout) const {
  return RefType::get(getContext(), getShape(), getElementType(), getSpace(),
                      layout::SharedLayoutAttr::get(getContext(), layout));
}
