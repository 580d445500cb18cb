//===- LayoutAttrs.cpp - Parsing, printing and verifying layouts ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/LayoutAttrs.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon::layout;

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/Layout/IR/LayoutAttrs.cpp.inc"

void LayoutDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "pigeon/Dialect/Layout/IR/LayoutAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Pieces of the syntax
//===----------------------------------------------------------------------===//

/// `[16, 8]`
static ParseResult parseIntegers(AsmParser &parser,
                                 SmallVectorImpl<int64_t> &values) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(values.emplace_back());
  });
}

/// `thread 8:4`
static ParseResult parseDigit(AsmParser &parser, Digit &digit) {
  StringRef owner;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&owner))
    return failure();
  if (owner != "thread" && owner != "local")
    return parser.emitError(loc)
           << "expected 'thread' or 'local', but found '" << owner << "'";
  digit.owner = owner == "thread" ? Digit::Thread : Digit::Local;
  return failure(parser.parseInteger(digit.extent) || parser.parseColon() ||
                 parser.parseInteger(digit.ownerStride));
}

/// `[local 2:2, thread 8:4]`. The stride of a digit in its dimension is what
/// the digits after it multiply up to.
static ParseResult parseDigits(AsmParser &parser, int64_t dim,
                               SmallVectorImpl<PlacedDigit> &digits) {
  SMLoc loc = parser.getCurrentLocation();
  size_t first = digits.size();
  auto parseOne = [&]() {
    return parseDigit(parser, digits.emplace_back(PlacedDigit{dim, {}}).digit);
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  if (dim == PlacedDigit::kNoDim)
    return success();
  int64_t stride = 1;
  for (size_t i = digits.size(); i-- > first;) {
    digits[i].digit.dimStride = stride;
    if (llvm::MulOverflow(stride, digits[i].digit.extent, stride))
      return parser.emitError(loc)
             << "expected digits that multiply up to the extent of dimension "
             << dim << ", but their product does not fit 64 bits";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// LayoutAttr
//===----------------------------------------------------------------------===//

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> shape;
  SmallVector<PlacedDigit> digits;
  int64_t dims = 0;
  auto parseDim = [&] { return parseDigits(parser, dims++, digits); };
  if (parser.parseLess() || parseIntegers(parser, shape) ||
      parser.parseComma() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseDim))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("replicas") || parser.parseEqual() ||
       parseDigits(parser, PlacedDigit::kNoDim, digits)))
    return {};
  if (parser.parseGreater())
    return {};
  if (dims != static_cast<int64_t>(shape.size())) {
    parser.emitError(loc) << "expected digits for " << shape.size()
                          << " dimensions, but found " << dims;
    return {};
  }
  std::string whyNot;
  std::optional<Layout> layout = Layout::get(shape, digits, &whyNot);
  if (!layout) {
    parser.emitError(loc) << whyNot;
    return {};
  }
  return LayoutAttr::get(parser.getContext(), *layout);
}

void LayoutAttr::print(AsmPrinter &printer) const {
  getLayout().print(printer.getStream());
}

LogicalResult
LayoutAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                           function_ref<InFlightDiagnostic()> emitError) const {
  if (shape == getLayout().shape())
    return success();
  auto diag = emitError() << "expected a tensor of the layout's shape [";
  llvm::interleaveComma(getLayout().shape(), diag);
  diag << "], but found [";
  llvm::interleave(
      shape,
      [&](int64_t extent) {
        if (ShapedType::isDynamic(extent))
          diag << "?";
        else
          diag << extent;
      },
      [&] { diag << ", "; });
  return diag << "]";
}

//===----------------------------------------------------------------------===//
// SharedLayoutAttr
//===----------------------------------------------------------------------===//

Attribute SharedLayoutAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> shape, strides;
  Swizzle swizzle;
  if (parser.parseLess() || parseIntegers(parser, shape) ||
      parser.parseComma() || parseIntegers(parser, strides))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("swizzle") || parser.parseLParen() ||
       parser.parseInteger(swizzle.bits) || parser.parseComma() ||
       parser.parseInteger(swizzle.base) || parser.parseComma() ||
       parser.parseInteger(swizzle.shift) || parser.parseRParen()))
    return {};
  if (parser.parseGreater())
    return {};
  std::string whyNot;
  std::optional<SharedLayout> layout =
      SharedLayout::get(shape, strides, swizzle, &whyNot);
  if (!layout) {
    parser.emitError(loc) << whyNot;
    return {};
  }
  return SharedLayoutAttr::get(parser.getContext(), *layout);
}

void SharedLayoutAttr::print(AsmPrinter &printer) const {
  getLayout().print(printer.getStream());
}
