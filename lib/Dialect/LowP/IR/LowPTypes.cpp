//===- LowPTypes.cpp - Types of few bits and what they mean ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/LowP/IR/LowPTypes.h"
#include "pigeon/Dialect/LowP/IR/LowPDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::lowp;

#define GET_TYPEDEF_CLASSES
#include "pigeon/Dialect/LowP/IR/LowPTypes.cpp.inc"

void LowPDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "pigeon/Dialect/LowP/IR/LowPTypes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

static LogicalResult verifyWidth(function_ref<InFlightDiagnostic()> emitError,
                                 unsigned width) {
  if (width >= 1 && width <= 8)
    return success();
  return emitError() << "expected a width of 1 to 8 bits, found " << width;
}

LogicalResult IntType::verify(function_ref<InFlightDiagnostic()> emitError,
                              unsigned width) {
  return verifyWidth(emitError, width);
}

LogicalResult UIntType::verify(function_ref<InFlightDiagnostic()> emitError,
                               unsigned width) {
  return verifyWidth(emitError, width);
}

LogicalResult LutType::verify(function_ref<InFlightDiagnostic()> emitError,
                              unsigned width) {
  return verifyWidth(emitError, width);
}

LogicalResult
pigeon::lowp::FloatType::verify(function_ref<InFlightDiagnostic()> emitError,
                                unsigned exponent, unsigned mantissa) {
  if (exponent < 1)
    return emitError() << "expected at least one exponent bit, found "
                       << exponent;
  uint64_t bits = uint64_t(1) + exponent + mantissa;
  if (bits < 3 || bits > 8)
    return emitError() << "expected 3 to 8 bits of sign, exponent and mantissa "
                          "in all, found 1 + "
                       << exponent << " + " << mantissa;
  return success();
}

//===----------------------------------------------------------------------===//
// Meaning
//===----------------------------------------------------------------------===//

/// Builtin types that mean the same as a lowp type.
static std::optional<NumberFormat> getBuiltinFormat(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    if (integer.isSignless() || integer.getWidth() < 1 ||
        integer.getWidth() > 8)
      return std::nullopt;
    return integer.isSigned()
               ? NumberFormat::integer(integer.getWidth())
               : NumberFormat::unsignedInteger(integer.getWidth());
  }
  return llvm::TypeSwitch<Type, std::optional<NumberFormat>>(type)
      .Case([](Float4E2M1FNType) { return NumberFormat::floating(2, 1); })
      .Case([](Float6E2M3FNType) { return NumberFormat::floating(2, 3); })
      .Case([](Float6E3M2FNType) { return NumberFormat::floating(3, 2); })
      .Case([](Float8E4M3FNType) { return NumberFormat::floating(4, 3); })
      .Case([](Float8E5M2Type) { return NumberFormat::floating(5, 2); })
      .Case([](Float8E8M0FNUType) { return NumberFormat::e8m0(); })
      .Default([](Type) { return std::nullopt; });
}

std::optional<NumberFormat> pigeon::lowp::getNumberFormat(Type type) {
  return llvm::TypeSwitch<Type, std::optional<NumberFormat>>(type)
      .Case([](IntType t) { return NumberFormat::integer(t.getWidth()); })
      .Case([](UIntType t) {
        return NumberFormat::unsignedInteger(t.getWidth());
      })
      .Case([](pigeon::lowp::FloatType t) {
        return NumberFormat::floating(t.getExponent(), t.getMantissa());
      })
      .Case([](TernaryType) { return NumberFormat::ternary(); })
      .Case([](LutType t) { return NumberFormat::codeBook(t.getWidth()); })
      .Default([](Type t) { return getBuiltinFormat(t); });
}

bool pigeon::lowp::isCode(Type type) {
  auto format = getNumberFormat(type);
  return format && format->kind != NumberFormat::Kind::E8M0;
}

bool pigeon::lowp::isValue(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

bool pigeon::lowp::isScale(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() ||
         isa<Float8E8M0FNUType, Float8E4M3FNType>(type);
}

bool pigeon::lowp::isZeroPoint(Type type) {
  auto format = getNumberFormat(type);
  bool isInteger = format && (format->kind == NumberFormat::Kind::Int ||
                              format->kind == NumberFormat::Kind::UInt);
  return type.isF16() || type.isBF16() || type.isF32() || isInteger;
}

std::optional<layout::Packing>
pigeon::lowp::getPacking(const NumberFormat &format, ArrayRef<int32_t> planes,
                         std::string *whyNot) {
  if (format.kind == NumberFormat::Kind::Ternary) {
    if (planes.empty())
      return layout::Packing::forTernaryWeights();
    if (whyNot)
      *whyNot = "ternary codes are digits of bytes and have no planes";
    return std::nullopt;
  }
  SmallVector<unsigned> widths(planes.begin(), planes.end());
  if (widths.empty())
    widths = layout::Packing::defaultPlanes(format.bits);
  return layout::Packing::forWeights(format.bits, widths, whyNot);
}
