//===- ExpandMath.cpp - Mathematical functions on the device ---------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Conversion/TileToNVVM/TileToNVVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;
using namespace pigeon;

namespace pigeon {
#define GEN_PASS_DEF_TILEEXPANDMATHPASS
#include "pigeon/Conversion/TileToNVVM/Passes.h.inc"
} // namespace pigeon

namespace {

/// e^x = 2^t * (1 + r ln 2), where t = x log2(e) rounded and r is what rounding
/// lost. Without the correction the error would grow with |x|: at x = 80 the
/// rounding of t alone costs 2^-18. Where 2^t is infinite there is nothing to
/// correct, and infinity times r would be NaN.
struct ExpandExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "only f32 is expanded");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto constant = [&](double value) -> Value {
      return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
    };
    // log2(e) = high + low, high with 24 bits.
    constexpr double log2e = 1.4426950408889634074;
    constexpr float high = static_cast<float>(log2e);
    constexpr double low = log2e - static_cast<double>(high);
    Value x = op.getOperand();
    Value t = arith::MulFOp::create(b, x, constant(high));
    Value r =
        math::FmaOp::create(b, x, constant(high), arith::NegFOp::create(b, t));
    r = math::FmaOp::create(b, x, constant(low), r);
    Value power = math::Exp2Op::create(b, t);
    Value slope = arith::MulFOp::create(b, r, constant(0.69314718055994530942));
    Value corrected = math::FmaOp::create(b, power, slope, power);
    // Ordered and unequal: false for infinity, for 0 and for NaN.
    Value positive =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, power, constant(0));
    Value finite =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, power,
                              constant(std::numeric_limits<float>::infinity()));
    Value normal = arith::AndIOp::create(b, positive, finite);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, normal, corrected, power);
    return success();
  }
};

/// The functions that have a polynomial approximation upstream.
bool isApproximated(Operation *op) {
  return isa<math::AcosOp, math::AsinOp, math::Atan2Op, math::AtanOp,
             math::CbrtOp, math::CosOp, math::ErfOp, math::ErfcOp,
             math::ExpM1Op, math::Log1pOp, math::Log2Op, math::LogOp,
             math::SinOp, math::TanhOp>(op);
}

/// What PTX has.
bool isOnDevice(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
             math::CountLeadingZerosOp, math::CtPopOp, math::Exp2Op,
             math::FloorOp, math::FmaOp, math::RoundEvenOp, math::RsqrtOp,
             math::SqrtOp, math::TruncOp>(op);
}

struct TileExpandMathPass
    : pigeon::impl::TileExpandMathPassBase<TileExpandMathPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add<ExpandExp>(context);
    populateMathPolynomialApproximationPatterns(set, [](StringRef name) {
      return name != math::ExpOp::getOperationName();
    });
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    SmallVector<Operation *> expanded;
    getOperation().walk([&](Operation *op) {
      if (isa<math::ExpOp>(op) || isApproximated(op))
        expanded.push_back(op);
    });
    // An approximation may use exp again; the driver follows new ops.
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
    if (!expanded.empty() &&
        failed(applyOpPatternsGreedily(expanded, patterns, config)))
      return signalPassFailure();
    WalkResult result = getOperation().walk([](Operation *op) {
      if (!isa_and_nonnull<math::MathDialect>(op->getDialect()) ||
          isOnDevice(op))
        return WalkResult::advance();
      op->emitOpError("has no code for the device on ")
          << op->getResult(0).getType();
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
