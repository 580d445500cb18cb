//===- RoleOps.cpp - Ops that follow a role between domains ---------------===//
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

/// Checks what a role op moves from one domain to another without change.
static LogicalResult verifySameRows(Operation *op, RankedTensorType input,
                                    RankedTensorType result) {
  if (getTrailingShape(input) != getTrailingShape(result))
    return op->emitOpError() << "changes the trailing dimensions from "
                             << describeShape(getTrailingShape(input)) << " to "
                             << describeShape(getTrailingShape(result));
  return verifySameElementType(op, input, result);
}

//===----------------------------------------------------------------------===//
// GatherOp
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::verify() {
  if (!getDomain(getType()))
    return emitOpError() << "gathers for the rows of a domain, but its result "
                         << getType() << " is one row";
  if ((getRole() == "none") != isOneRow(getInput().getType()))
    return emitOpError()
           << "gathers from one row exactly when its role is none, found role '"
           << getRole() << "' and an input on "
           << describeDomain(getDomain(getInput().getType()));
  return verifySameRows(*this, getInput().getType(), getType());
}

LogicalResult GatherOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyRole(*this, symbolTable, getDomain(getType()), getRole(),
                    getDomain(getInput().getType()), "the input");
}

OpFoldResult GatherOp::fold(FoldAdaptor) {
  if (getRole() == "self" && getInput().getType() == getType())
    return getInput();
  return {};
}

namespace {
/// gather(gather(x, a), b) is gather(x, b then a).
struct ComposeGathers : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<GatherOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the input is no gather");
    std::optional<StringRef> role = composeRoles(
        getDomain(op.getType()).getDomain(), op.getRole(), inner.getRole());
    if (!role)
      return rewriter.notifyMatchFailure(op, "the roles have no composite");
    rewriter.replaceOpWithNewOp<GatherOp>(op, op.getType(), inner.getInput(),
                                          *role);
    return success();
  }
};

/// The same value in all rows of one domain is the same in those of another.
struct GatherOfFill : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op,
                                PatternRewriter &rewriter) const override {
    auto fill = op.getInput().getDefiningOp<FillOp>();
    if (!fill)
      return rewriter.notifyMatchFailure(op, "the input is no fill");
    rewriter.replaceOpWithNewOp<FillOp>(op, op.getType(), fill.getValue());
    return success();
  }
};
} // namespace

void GatherOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<ComposeGathers, GatherOfFill>(context);
}

//===----------------------------------------------------------------------===//
// AggregateOp
//===----------------------------------------------------------------------===//

LogicalResult AggregateOp::verify() {
  if (!getDomain(getInput().getType()))
    return emitOpError() << "aggregates the rows of a domain, but its input "
                         << getInput().getType() << " is one row";
  if ((getRole() == "none") != isOneRow(getType()))
    return emitOpError()
           << "aggregates into one row exactly when its role is none, found "
              "role '"
           << getRole() << "' and a result on "
           << describeDomain(getDomain(getType()));
  return verifySameRows(*this, getInput().getType(), getType());
}

LogicalResult
AggregateOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyRole(*this, symbolTable, getDomain(getInput().getType()),
                    getRole(), getDomain(getType()), "the result");
}

OpFoldResult AggregateOp::fold(FoldAdaptor) {
  // Each row is alone in its set: all four kinds return it.
  if (getRole() == "self" && getInput().getType() == getType())
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// SoftmaxOp
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::verify() {
  if (!getDomain(getInput().getType()))
    return emitOpError() << "runs over the rows of a domain, but its input "
                         << getInput().getType() << " is one row";
  return success();
}

LogicalResult SoftmaxOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  if (failed(verifyDomains(*this, symbolTable)))
    return failure();
  return resolveImage(symbolTable, *this, getDomain(getInput().getType()),
                      getRole(), [&] { return emitOpError(); });
}
