//===- ShapeOps.cpp - Ops on trailing dimensions --------------------------===//
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

/// Checks that an op on trailing dimensions leaves rows and elements alone.
static LogicalResult verifySameRowsAndElements(Operation *op,
                                               RankedTensorType input,
                                               RankedTensorType result) {
  if (getDomain(input) != getDomain(result))
    return op->emitOpError()
           << "cannot change the domain from "
           << describeDomain(getDomain(input)) << " to "
           << describeDomain(getDomain(result)) << "; rgnn.gather can";
  if (getDomain(input) && input.getDimSize(0) != result.getDimSize(0))
    return op->emitOpError() << "cannot change the number of rows, found "
                             << input << " and " << result;
  return verifySameElementType(op, input, result);
}

namespace {
/// An op on trailing dimensions of the same value everywhere is that value.
template <typename OpT> struct ShapeOfFill : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    auto fill = op.getInput().template getDefiningOp<FillOp>();
    if (!fill)
      return rewriter.notifyMatchFailure(op, "the input is no fill");
    rewriter.replaceOpWithNewOp<FillOp>(op, op.getType(), fill.getValue());
    return success();
  }
};

/// Two reshapes, or two broadcasts, in a row are one: the type says all.
template <typename OpT> struct MergeWithInput : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<OpT>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the input is no op of this kind");
    rewriter.replaceOpWithNewOp<OpT>(op, op.getType(), inner.getInput());
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

LogicalResult
ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                           Adaptor adaptor,
                           SmallVectorImpl<Type> &inferredReturnTypes) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  auto dims = static_cast<int64_t>(adaptor.getDims());
  int64_t rank = input ? getTrailingShape(input).size() : 0;
  if (dims < 1 || dims > rank)
    return emitOptionalError(location, "'rgnn.reduce' op reduces ", dims,
                             " trailing dimensions, but its input has ", rank);
  inferredReturnTypes.push_back(
      withTrailingShape(input, getTrailingShape(input).drop_back(dims)));
  return success();
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  RankedTensorType input = getInput().getType();
  if (failed(verifySameRowsAndElements(*this, input, getType())))
    return failure();
  ArrayRef<int64_t> from = getTrailingShape(input);
  ArrayRef<int64_t> to = getTrailingShape(getType());
  if (to.take_front(from.size()) != from)
    return emitOpError()
           << "expected the result's trailing dimensions to start "
              "with the input's, found "
           << describeShape(to) << " and " << describeShape(from);
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<MergeWithInput<BroadcastOp>, ShapeOfFill<BroadcastOp>>(context);
}

//===----------------------------------------------------------------------===//
// FillOp
//===----------------------------------------------------------------------===//

LogicalResult FillOp::verify() {
  if (getValue().getType() != getType().getElementType())
    return emitOpError() << "expected a value of the result's element type, "
                         << getType().getElementType() << ", found "
                         << getValue().getType();
  return success();
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = getInput().getType();
  if (failed(verifySameRowsAndElements(*this, input, getType())))
    return failure();
  if (getRowSize(input) != getRowSize(getType()))
    return emitOpError() << "expected as many elements per row, found "
                         << describeShape(getTrailingShape(input)) << " and "
                         << describeShape(getTrailingShape(getType()));
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeWithInput<ReshapeOp>, ShapeOfFill<ReshapeOp>>(context);
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

LogicalResult
SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                          Adaptor adaptor,
                          SmallVectorImpl<Type> &inferredReturnTypes) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> offsets = adaptor.getOffsets(), sizes = adaptor.getSizes();
  ArrayRef<int64_t> shape;
  if (input)
    shape = getTrailingShape(input);
  if (!input || offsets.size() != shape.size() || sizes.size() != shape.size())
    return emitOptionalError(
        location,
        "'rgnn.slice' op expected one offset and one size for each of ",
        shape.size(), " trailing dimensions, found ", offsets.size(),
        " offsets and ", sizes.size(), " sizes");
  for (auto [offset, size, extent] : llvm::zip(offsets, sizes, shape))
    if (offset < 0 || size < 1 || offset > extent || size > extent - offset)
      return emitOptionalError(location, "'rgnn.slice' op takes ", size,
                               " elements from ", offset,
                               " on of a dimension of ", extent);
  inferredReturnTypes.push_back(withTrailingShape(input, sizes));
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

namespace {
/// A slice of a slice starts at the sum of the offsets.
struct MergeSlices : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<SliceOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the input is no slice");
    SmallVector<int64_t> offsets;
    for (auto [first, second] :
         llvm::zip_equal(inner.getOffsets(), op.getOffsets()))
      offsets.push_back(first + second);
    rewriter.replaceOpWithNewOp<SliceOp>(op, inner.getInput(), offsets,
                                         op.getSizes());
    return success();
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<MergeSlices, ShapeOfFill<SliceOp>>(context);
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

/// Adds the extent of `next` along `dim` to `shape`, if they agree elsewhere.
static LogicalResult appendAlong(int64_t dim, RankedTensorType first,
                                 RankedTensorType next,
                                 SmallVectorImpl<int64_t> &shape) {
  ArrayRef<int64_t> nextShape = getTrailingShape(next);
  if (first.getElementType() != next.getElementType() ||
      getDomain(first) != getDomain(next) || shape.size() != nextShape.size() ||
      (getDomain(first) && first.getDimSize(0) != next.getDimSize(0)))
    return failure();
  for (auto [index, size] : llvm::enumerate(nextShape))
    if (static_cast<int64_t>(index) != dim && shape[index] != size)
      return failure();
  shape[dim] += nextShape[dim];
  return success();
}

LogicalResult
ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                           Adaptor adaptor,
                           SmallVectorImpl<Type> &inferredReturnTypes) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(location,
                             "'rgnn.concat' op expected at least one input");
  auto first =
      dyn_cast<RankedTensorType>(adaptor.getInputs().front().getType());
  auto dim = static_cast<int64_t>(adaptor.getDim());
  int64_t rank = first ? getTrailingShape(first).size() : 0;
  if (dim < 0 || dim >= rank)
    return emitOptionalError(location, "'rgnn.concat' op joins along trailing ",
                             "dimension ", dim, ", but its inputs have ", rank);
  auto shape = llvm::to_vector(getTrailingShape(first));
  for (Value input : adaptor.getInputs().drop_front()) {
    auto next = dyn_cast<RankedTensorType>(input.getType());
    if (!next || failed(appendAlong(dim, first, next, shape)))
      return emitOptionalError(
          location,
          "'rgnn.concat' op expected inputs that agree in all but "
          "trailing dimension ",
          dim, ", found ", first, " and ", input.getType());
  }
  inferredReturnTypes.push_back(withTrailingShape(first, shape));
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  return {};
}
