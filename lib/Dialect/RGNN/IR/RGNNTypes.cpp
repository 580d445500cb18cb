//===- RGNNTypes.cpp - Tensors as data on domains -------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNTypes.h"

using namespace mlir;
using namespace pigeon::rgnn;

bool pigeon::rgnn::fitsRow(ArrayRef<int64_t> trailing) {
  int64_t size = 1;
  for (int64_t extent : trailing) {
    if (extent > maxRowSize / size)
      return false;
    size *= extent;
  }
  return true;
}

/// The parser has asked the encoding already; a reader of bytecode has not.
static bool hasSoundEncoding(RankedTensorType type) {
  auto domain = dyn_cast<OnAttr>(type.getEncoding());
  bool complains = false;
  auto listen = [&] {
    complains = true;
    return InFlightDiagnostic(); // an empty one converts to success
  };
  return domain &&
         succeeded(domain.verifyEncoding(type.getShape(), type.getElementType(),
                                         listen)) &&
         !complains;
}

bool pigeon::rgnn::isData(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.getElementType().isIntOrIndexOrFloat())
    return false;
  if (tensor.getEncoding())
    return hasSoundEncoding(tensor);
  return llvm::all_of(tensor.getShape(),
                      [](int64_t size) { return size > 0; }) &&
         fitsRow(tensor.getShape());
}

bool pigeon::rgnn::isFloatData(Type type) {
  return isData(type) &&
         isa<FloatType>(cast<RankedTensorType>(type).getElementType());
}

OnAttr pigeon::rgnn::getDomain(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast_if_present<OnAttr>(tensor.getEncoding()) : OnAttr();
}

bool pigeon::rgnn::isOneRow(Type type) {
  return isData(type) && !getDomain(type);
}

ArrayRef<int64_t> pigeon::rgnn::getTrailingShape(RankedTensorType type) {
  return type.getShape().drop_front(getDomain(type) ? 1 : 0);
}

int64_t pigeon::rgnn::getRowSize(RankedTensorType type) {
  return ShapedType::getNumElements(getTrailingShape(type));
}

RankedTensorType pigeon::rgnn::getDataType(OnAttr domain,
                                           ArrayRef<int64_t> trailing,
                                           Type elementType) {
  SmallVector<int64_t> shape;
  if (domain)
    shape.push_back(ShapedType::kDynamic);
  llvm::append_range(shape, trailing);
  return RankedTensorType::get(shape, elementType, domain);
}

RankedTensorType pigeon::rgnn::withTrailingShape(RankedTensorType type,
                                                 ArrayRef<int64_t> trailing) {
  SmallVector<int64_t> shape;
  if (getDomain(type))
    shape.push_back(type.getDimSize(0));
  llvm::append_range(shape, trailing);
  return RankedTensorType::get(shape, type.getElementType(),
                               type.getEncoding());
}

RankedTensorType pigeon::rgnn::withDomain(RankedTensorType type,
                                          OnAttr domain) {
  return getDataType(domain, getTrailingShape(type), type.getElementType());
}

std::string pigeon::rgnn::describeDomain(OnAttr domain) {
  return domain ? domain.getFullName() : "one row";
}
