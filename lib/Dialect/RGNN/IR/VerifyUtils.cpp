//===- VerifyUtils.cpp - What the verifiers have in common ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace pigeon::rgnn;

std::string pigeon::rgnn::describeShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::ListSeparator separator;
  for (int64_t size : shape) {
    text += StringRef(separator);
    text += std::to_string(size);
  }
  return text + "]";
}

LogicalResult pigeon::rgnn::verifySameElementType(Operation *op,
                                                  RankedTensorType first,
                                                  RankedTensorType second) {
  if (first.getElementType() == second.getElementType())
    return success();
  return op->emitOpError() << "must have one element type, found "
                           << first.getElementType() << " and "
                           << second.getElementType();
}

LogicalResult pigeon::rgnn::verifyInferredType(InferTypeOpInterface op) {
  SmallVector<Type> inferred;
  if (failed(op.inferReturnTypes(op->getContext(), op->getLoc(),
                                 op->getOperands(), op->getAttrDictionary(),
                                 op->getPropertiesStorage(), op->getRegions(),
                                 inferred)))
    return failure();
  if (inferred.front() != op->getResult(0).getType())
    return op->emitOpError() << "expected a result of type " << inferred.front()
                             << ", found " << op->getResult(0).getType();
  return success();
}

LogicalResult pigeon::rgnn::verifyRole(Operation *op,
                                       SymbolTableCollection &symbolTable,
                                       OnAttr domain, StringRef role,
                                       OnAttr image, StringRef what) {
  if (failed(verifyDomains(op, symbolTable)))
    return failure();
  FailureOr<OnAttr> expected = resolveImage(symbolTable, op, domain, role,
                                            [&] { return op->emitOpError(); });
  if (failed(expected))
    return failure();
  if (*expected == image)
    return success();
  return op->emitOpError() << "role '" << role << "' leads from "
                           << domain.getFullName() << " to "
                           << describeDomain(*expected) << ", but " << what
                           << " is on " << describeDomain(image);
}
