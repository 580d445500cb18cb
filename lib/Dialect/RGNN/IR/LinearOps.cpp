//===- LinearOps.cpp - Typed products -------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyUtils.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

using namespace mlir;
using namespace pigeon::rgnn;

//===----------------------------------------------------------------------===//
// LinearOp
//===----------------------------------------------------------------------===//

/// The trailing dimensions of a linear map's result, by the table of the op, or
/// an error at `location`.
static FailureOr<SmallVector<int64_t>>
inferLinearShape(std::optional<Location> location, ArrayRef<int64_t> input,
                 ArrayRef<int64_t> weight) {
  if (weight.size() != 2 && weight.size() != 3)
    return emitOptionalError(location,
                             "'rgnn.linear' op expected a weight of "
                             "trailing dimensions [in, out] or [H, "
                             "in, out], found ",
                             describeShape(weight));
  if (input.empty())
    return emitOptionalError(location, "'rgnn.linear' op has nothing to "
                                       "contract, its input has no trailing "
                                       "dimension");
  int64_t in = weight[weight.size() - 2], out = weight.back();
  if (input.back() != in)
    return emitOptionalError(
        location, "'rgnn.linear' op contracts the input's last dimension, ",
        input.back(), ", with the weight's last but one, ", in);
  auto result = llvm::to_vector(input.drop_back());
  if (weight.size() == 3) {
    int64_t heads = weight.front();
    if (result.empty())
      result.push_back(heads);
    else if (result.back() != heads)
      return emitOptionalError(location,
                               "'rgnn.linear' op expected the input's last but "
                               "one dimension to be the weight's ",
                               heads, " heads, found ", result.back());
  }
  result.push_back(out);
  return result;
}

LogicalResult
LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                           Adaptor adaptor,
                           SmallVectorImpl<Type> &inferredReturnTypes) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = dyn_cast<RankedTensorType>(adaptor.getWeight().getType());
  if (!input || !weight)
    return emitOptionalError(
        location, "'rgnn.linear' op expected ranked tensors, found ",
        adaptor.getInput().getType(), " and ", adaptor.getWeight().getType());
  if (input.getElementType() != weight.getElementType())
    return emitOptionalError(
        location, "'rgnn.linear' op must have one element type, found ",
        input.getElementType(), " and ", weight.getElementType());
  if ((adaptor.getKey() == "none") != isOneRow(weight))
    return emitOptionalError(
        location,
        "'rgnn.linear' op has a weight of one row exactly when its key is "
        "none, found key '",
        adaptor.getKey(), "' and a weight on ",
        describeDomain(getDomain(weight)));
  if (isOneRow(input) && adaptor.getKey() != "none")
    return emitOptionalError(location,
                             "'rgnn.linear' op has an input of one row, which "
                             "takes the key none, found '",
                             adaptor.getKey(), "'");
  FailureOr<SmallVector<int64_t>> trailing = inferLinearShape(
      location, getTrailingShape(input), getTrailingShape(weight));
  if (failed(trailing))
    return failure();
  inferredReturnTypes.push_back(withTrailingShape(input, *trailing));
  return success();
}

LogicalResult LinearOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  OnAttr domain = getDomain(getInput().getType());
  if (!domain)
    return success();
  return verifyRole(*this, symbolTable, domain, getKey(),
                    getDomain(getWeight().getType()), "the weight");
}

int64_t LinearOp::getNumHeads() {
  ArrayRef<int64_t> shape = getTrailingShape(getWeight().getType());
  return shape.size() == 3 ? shape.front() : 0;
}

int64_t LinearOp::getInputWidth() {
  return getTrailingShape(getWeight().getType()).drop_back().back();
}

int64_t LinearOp::getOutputWidth() {
  return getTrailingShape(getWeight().getType()).back();
}

//===----------------------------------------------------------------------===//
// OuterOp
//===----------------------------------------------------------------------===//

/// Checks the trailing dimensions: ((H,) in), ((H,) out) -> ((H,) in, out).
static LogicalResult verifyOuterShape(OuterOp op) {
  ArrayRef<int64_t> lhs = getTrailingShape(op.getLhs().getType());
  ArrayRef<int64_t> rhs = getTrailingShape(op.getRhs().getType());
  if (lhs.size() != rhs.size() || lhs.empty() || lhs.size() > 2)
    return op.emitOpError()
           << "expected operands of trailing dimensions [in] "
              "and [out], or [H, in] and [H, out], found "
           << describeShape(lhs) << " and " << describeShape(rhs);
  if (lhs.size() == 2 && lhs.front() != rhs.front())
    return op.emitOpError() << "expected as many heads on both operands, found "
                            << lhs.front() << " and " << rhs.front();
  auto expected = llvm::to_vector(lhs);
  expected.push_back(rhs.back());
  ArrayRef<int64_t> result = getTrailingShape(op.getType());
  if (result != ArrayRef<int64_t>(expected))
    return op.emitOpError()
           << "expected a result of trailing dimensions "
           << describeShape(expected) << ", found " << describeShape(result);
  return success();
}

LogicalResult OuterOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  if (!getDomain(lhs) || getDomain(lhs) != getDomain(rhs))
    return emitOpError() << "expected operands on one domain, found "
                         << describeDomain(getDomain(lhs)) << " and "
                         << describeDomain(getDomain(rhs));
  if ((getKey() == "none") != isOneRow(getType()))
    return emitOpError()
           << "sums into one row exactly when its key is none, found key '"
           << getKey() << "' and a result on "
           << describeDomain(getDomain(getType()));
  if (failed(verifySameElementType(*this, lhs, rhs)) ||
      failed(verifySameElementType(*this, lhs, getType())))
    return failure();
  return verifyOuterShape(*this);
}

LogicalResult OuterOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyRole(*this, symbolTable, getDomain(getLhs().getType()), getKey(),
                    getDomain(getType()), "the result");
}

//===----------------------------------------------------------------------===//
// DotOp and ScaleOp
//===----------------------------------------------------------------------===//

LogicalResult
DotOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                        Adaptor adaptor,
                        SmallVectorImpl<Type> &inferredReturnTypes) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getLhs().getType());
  if (!input || getTrailingShape(input).empty())
    return emitOptionalError(location,
                             "'rgnn.dot' op expected operands with a trailing "
                             "dimension, found ",
                             adaptor.getLhs().getType());
  inferredReturnTypes.push_back(
      withTrailingShape(input, getTrailingShape(input).drop_back()));
  return success();
}

LogicalResult ScaleOp::verify() {
  RankedTensorType input = getInput().getType(), factor = getFactor().getType();
  if (getDomain(input) != getDomain(factor))
    return emitOpError() << "expected the factor on the input's domain, "
                         << describeDomain(getDomain(input)) << ", found "
                         << describeDomain(getDomain(factor));
  ArrayRef<int64_t> dims = getTrailingShape(input);
  ArrayRef<int64_t> factorDims = getTrailingShape(factor);
  if (dims.take_front(factorDims.size()) != factorDims)
    return emitOpError() << "expected the factor's trailing dimensions to be "
                            "the first of the input's, found "
                         << describeShape(factorDims) << " and "
                         << describeShape(dims);
  return verifySameElementType(*this, input, factor);
}
