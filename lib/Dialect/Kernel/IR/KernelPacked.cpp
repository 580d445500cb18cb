//===- KernelPacked.cpp - Weights of few bits in words --------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"
#include "pigeon/Dialect/Kernel/IR/Kernel.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::kernel;

static std::optional<layout::Packing> packingOf(const NumberFormat &format,
                                                ArrayRef<int32_t> planes,
                                                std::string *whyNot) {
  SmallVector<unsigned> widths(planes.begin(), planes.end());
  return layout::Packing::forWeights(format.bits, widths, whyNot);
}

NumberFormat PackedAttr::getNumbers() {
  return *NumberFormat::parse(getFormat().str());
}

layout::Packing PackedAttr::getPacking() {
  return *packingOf(getNumbers(), getPlanes(), nullptr);
}

LogicalResult PackedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringAttr format, ArrayRef<int32_t> planes,
                                 int64_t columns, int64_t depth,
                                 int64_t group) {
  using Kind = NumberFormat::Kind;
  auto numbers = NumberFormat::parse(format.str());
  bool isKnown =
      numbers && (numbers->kind == Kind::Int || numbers->kind == Kind::UInt ||
                  numbers->kind == Kind::Float);
  if (!isKnown)
    return emitError() << "expected int<n>, uint<n> or float<e, m>, found "
                       << format;
  std::string whyNot;
  if (!packingOf(*numbers, planes, &whyNot))
    return emitError() << whyNot;
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (columns < 1 || depth < 1 || columns > most / depth)
    return emitError() << "expected 1 to 2^31 - 1 codes, found " << columns
                       << " x " << depth;
  if (group < 1 || depth % group != 0)
    return emitError() << "expected groups that divide the depth " << depth
                       << ", found " << group;
  return success();
}

/// The words, the scales and perhaps the zero points of a packed rhs.
LogicalResult kernel::verifyPackedRhs(GemmOp op) {
  PackedAttr packed = *op.getPacked();
  if (op.getKey() != kNoneRole || op.getBatch() != 1 || op.hasSegments())
    return op.emitOpError("has a packed rhs, which can have no keys, batches "
                          "or segments yet");
  auto words = cast<MemRefType>(op.getRhs().getType());
  int64_t count =
      packed.getPacking().numWords(packed.getColumns(), packed.getDepth());
  if (!words.getElementType().isInteger(32) ||
      words.getShape() != ArrayRef<int64_t>(count))
    return op.emitOpError("expects a packed rhs of memref<")
           << count << "xi32>, found " << words;
  if (op.getScales().empty() || op.getScales().size() > 2)
    return op.emitOpError("expects scales and perhaps zero points for a packed "
                          "rhs, found ")
           << op.getScales().size() << " arrays";
  int64_t shape[] = {packed.getColumns(), packed.getNumGroups()};
  for (Value scales : op.getScales()) {
    auto type = cast<MemRefType>(scales.getType());
    if (type.getShape() != ArrayRef<int64_t>(shape) ||
        !getComputeType(type.getElementType()).isF32())
      return op.emitOpError("expects scales and zero points of f16, bf16 or "
                            "f32 and of shape ")
             << shape[0] << " x " << shape[1] << ", found " << type;
  }
  return success();
}
