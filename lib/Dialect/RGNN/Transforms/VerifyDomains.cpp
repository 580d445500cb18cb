//===- VerifyDomains.cpp - Check that data stays on its domain ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace pigeon::rgnn {
#define GEN_PASS_DEF_RGNNVERIFYDOMAINSPASS
#include "pigeon/Dialect/RGNN/Transforms/Passes.h.inc"
} // namespace pigeon::rgnn

using namespace mlir;
using namespace pigeon::rgnn;

namespace {
/// What to write instead of an op that does not know domains.
struct Advice {
  StringRef op, instead;
};
} // namespace

static constexpr Advice advices[] = {
    {"tensor.cast", "rgnn.gather along a role to change the domain"},
    {"tensor.extract_slice", "rgnn.slice for trailing dimensions"},
    {"tensor.insert_slice", "rgnn.concat for trailing dimensions"},
    {"tensor.concat", "rgnn.concat for trailing dimensions"},
    {"tensor.collapse_shape", "rgnn.reshape for trailing dimensions"},
    {"tensor.expand_shape", "rgnn.reshape for trailing dimensions"},
    {"tensor.reshape", "rgnn.reshape for trailing dimensions"},
    {"tensor.gather", "rgnn.gather along a role"},
    {"tensor.scatter", "rgnn.aggregate along a role"},
    {"tensor.splat", "rgnn.fill"},
    {"tensor.empty", "rgnn.fill"},
    {"tensor.generate", "rgnn.fill"},
    {"linalg.fill", "rgnn.fill"},
    {"linalg.matmul", "rgnn.linear"},
    {"linalg.batch_matmul", "rgnn.linear"},
    {"linalg.reduce", "rgnn.reduce, or rgnn.aggregate over rows"},
    {"linalg.broadcast", "rgnn.broadcast, or rgnn.gather for rows"},
    {"linalg.softmax", "rgnn.softmax"},
    {"linalg.add", "arith.addf"},
    {"linalg.sub", "arith.subf"},
    {"linalg.mul", "arith.mulf"},
    {"linalg.div", "arith.divf"},
    {"linalg.exp", "math.exp"},
};

static StringRef adviceFor(Operation *op) {
  StringRef name = op->getName().getStringRef();
  for (const Advice &advice : advices)
    if (advice.op == name)
      return advice.instead;
  return "the ops of rgnn, or arith and math for elementwise work";
}

static bool isElementwiseDialect(Operation *op) {
  return isa_and_present<arith::ArithDialect, math::MathDialect>(
      op->getDialect());
}

static bool mayUseDomains(Operation *op) {
  return isElementwiseDialect(op) ||
         isa_and_present<RGNNDialect, func::FuncDialect>(op->getDialect());
}

/// The first operand or result on a domain, else null.
static Value findDataOnDomain(Operation *op) {
  for (Value value : op->getOperands())
    if (getDomain(value.getType()))
      return value;
  for (Value value : op->getResults())
    if (getDomain(value.getType()))
      return value;
  return {};
}

static LogicalResult verifyUser(Operation *op) {
  Value data = findDataOnDomain(op);
  if (!data)
    return success();
  OnAttr domain = getDomain(data.getType());
  if (!mayUseDomains(op))
    return op->emitOpError()
           << "does not keep track of domains, but has data on "
           << domain.getFullName() << "; use " << adviceFor(op);
  if (!isElementwiseDialect(op))
    return success();
  auto isElsewhere = [&](Type type) {
    return isa<TensorType>(type) && getDomain(type) != domain;
  };
  for (TypeRange types :
       {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
    for (Type type : types)
      if (isElsewhere(type))
        return op->emitOpError()
               << "mixes data on " << domain.getFullName() << " with " << type
               << "; use rgnn.gather along a role to change the domain";
  return success();
}

/// Checks every domain that the types and attributes of `op` name, inside other
/// types too.
static LogicalResult verifyNames(Operation *op,
                                 SymbolTableCollection &symbolTable) {
  AttrTypeWalker walker;
  walker.addWalk([&](RankedTensorType type) {
    // On success the walk goes on into the type, and finds its domain good.
    LogicalResult good =
        verifyData(symbolTable, op, type, [&] { return op->emitOpError(); });
    return failed(good) ? WalkResult::interrupt() : WalkResult::advance();
  });
  walker.addWalk([&](OnAttr domain) {
    LogicalResult known = verifyDomain(symbolTable, op, domain,
                                       [&] { return op->emitOpError(); });
    return failed(known) ? WalkResult::interrupt() : WalkResult::advance();
  });
  auto isBad = [&](auto typeOrAttribute) {
    return walker.walk(typeOrAttribute).wasInterrupted();
  };
  if (llvm::any_of(op->getResultTypes(), isBad) ||
      isBad(Attribute(op->getAttrDictionary())))
    return failure();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (llvm::any_of(block.getArgumentTypes(), isBad))
        return failure();
  return success();
}

namespace {
struct VerifyDomains
    : pigeon::rgnn::impl::RGNNVerifyDomainsPassBase<VerifyDomains> {
  void runOnOperation() override {
    SymbolTableCollection symbolTable;
    // All of them are told at once; a user mends more than one at a time.
    bool allGood = true;
    getOperation()->walk([&](Operation *op) {
      bool good =
          succeeded(verifyNames(op, symbolTable)) && succeeded(verifyUser(op));
      allGood &= good;
    });
    if (!allGood)
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
