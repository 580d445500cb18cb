//===- ReductionPatterns.cpp - Simpler forms of a failing module ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReductionPatterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Reducer/ReductionPatternInterface.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

//===----------------------------------------------------------------------===//
// What may be done to an operation
//===----------------------------------------------------------------------===//

namespace {

/// Changes an operation of a module, or leaves it as it is and fails.
using Change = std::function<LogicalResult(Operation *, RewriterBase &)>;
} // namespace

/// Erases what computed `values`, as far as nobody else reads it. All of it
/// stands before its last reader, where the reducer has been already.
static void eraseUnread(SmallVector<Value> values, RewriterBase &rewriter) {
  while (!values.empty()) {
    Operation *op = values.pop_back_val().getDefiningOp();
    if (!op || !isOpTriviallyDead(op))
      continue;
    // An operation may name one value twice.
    llvm::SmallSetVector<Value, 4> operands(op->operand_begin(),
                                            op->operand_end());
    llvm::erase_if(values, [&](Value v) { return v.getDefiningOp() == op; });
    rewriter.eraseOp(op);
    values.append(operands.begin(), operands.end());
  }
}

static LogicalResult replace(Operation *op, ValueRange values,
                             RewriterBase &rewriter) {
  SmallVector<Value> operands(op->getOperands());
  rewriter.replaceOp(op, values);
  eraseUnread(operands, rewriter);
  return success();
}

/// For what nobody reads: a kernel, a store, a whole function.
static LogicalResult leaveOut(Operation *op, RewriterBase &rewriter) {
  SmallVector<Value> operands(op->getOperands());
  rewriter.eraseOp(op);
  eraseUnread(operands, rewriter);
  return success();
}

/// Each result becomes an operand of its type, starting to look at `first`.
static LogicalResult useOperands(Operation *op, unsigned first,
                                 RewriterBase &rewriter) {
  SmallVector<Value> values;
  auto operand = op->operand_begin() + first;
  for (Type type : op->getResultTypes()) {
    operand = std::find_if(operand, op->operand_end(),
                           [&](Value v) { return v.getType() == type; });
    if (operand == op->operand_end())
      return failure();
    values.push_back(*operand++);
  }
  return replace(op, values, rewriter);
}

static LogicalResult useZeros(Operation *op, RewriterBase &rewriter) {
  rewriter.setInsertionPoint(op);
  SmallVector<TypedAttr> zeros;
  for (Type type : op->getResultTypes()) {
    auto shaped = dyn_cast<ShapedType>(type);
    if (shaped && !shaped.hasStaticShape())
      return failure();
    TypedAttr zero = rewriter.getZeroAttr(type);
    if (!zero)
      return failure();
    zeros.push_back(zero);
  }
  SmallVector<Value> values;
  for (TypedAttr zero : zeros)
    values.push_back(arith::ConstantOp::create(rewriter, op->getLoc(), zero));
  return replace(op, values, rewriter);
}

static LogicalResult useArguments(Operation *op, RewriterBase &rewriter) {
  auto function = dyn_cast<FunctionOpInterface>(op->getParentOp());
  if (!function || op->getNumOperands() == 0)
    return failure();
  SmallVector<Value> values;
  for (Type type : op->getResultTypes()) {
    unsigned index = function.getNumArguments();
    if (failed(function.insertArgument(index, type, {}, op->getLoc())))
      return failure();
    values.push_back(function.getArgument(index));
  }
  return replace(op, values, rewriter);
}

/// Of the terminator of a function: it returns one value less.
static LogicalResult dropResult(Operation *op, unsigned index,
                                RewriterBase &rewriter) {
  auto function = dyn_cast<func::FuncOp>(op->getParentOp());
  if (!function)
    return failure();
  Value value = op->getOperand(index);
  op->eraseOperand(index);
  if (failed(function.eraseResult(index)))
    return failure();
  eraseUnread({value}, rewriter);
  return success();
}

/// Of the terminator of a function: it returns what the value was made of.
static LogicalResult returnOperand(Operation *op, unsigned index,
                                   unsigned operand, RewriterBase &rewriter) {
  auto function = dyn_cast<func::FuncOp>(op->getParentOp());
  if (!function)
    return failure();
  Value value = op->getOperand(index);
  op->setOperand(index, value.getDefiningOp()->getOperand(operand));
  function.setFunctionType(rewriter.getFunctionType(
      function.getArgumentTypes(), llvm::to_vector(op->getOperandTypes())));
  eraseUnread({value}, rewriter);
  return success();
}

/// Of the terminator of a function: it has no arguments that nobody reads.
static LogicalResult dropArguments(Operation *op) {
  auto function = dyn_cast<FunctionOpInterface>(op->getParentOp());
  if (!function)
    return failure();
  BitVector unread(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    unread[argument.getArgNumber()] = argument.use_empty();
  return unread.none() ? failure() : function.eraseArguments(unread);
}

static void appendChangesOfReturn(Operation *op,
                                  SmallVectorImpl<Change> &changes) {
  for (unsigned i = op->getNumOperands(); i-- > 0;)
    changes.push_back([i](Operation *op, RewriterBase &rewriter) {
      return dropResult(op, i, rewriter);
    });
  for (auto [i, value] : llvm::enumerate(op->getOperands()))
    if (Operation *producer = value.getDefiningOp())
      for (unsigned k = 0; k < producer->getNumOperands(); ++k)
        changes.push_back([i = i, k](Operation *op, RewriterBase &rewriter) {
          return returnOperand(op, i, k, rewriter);
        });
  changes.push_back(
      [](Operation *op, RewriterBase &) { return dropArguments(op); });
}

/// The changes that fit an operation, the most promising first. A terminator
/// stays, but what it returns may change.
static SmallVector<Change> changesOf(Operation *op) {
  SmallVector<Change> changes;
  if (op->hasTrait<OpTrait::IsTerminator>()) {
    appendChangesOfReturn(op, changes);
    return changes;
  }
  if (op->use_empty()) {
    changes.push_back(leaveOut);
    return changes;
  }
  if (op->hasTrait<OpTrait::ConstantLike>())
    return changes;
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    changes.push_back([i](Operation *op, RewriterBase &rewriter) {
      return useOperands(op, i, rewriter);
    });
  changes.push_back(useZeros);
  changes.push_back(useArguments);
  return changes;
}

//===----------------------------------------------------------------------===//
// Trying it
//===----------------------------------------------------------------------===//

namespace {

/// Asks the user's test about copies of a module. The reducer comes by with the
/// same module many times, so answers are kept, under the text that was asked.
class Trials {
public:
  explicit Trials(Tester &tester) : tester(tester) {}

  /// Whether the module of `op` is still interesting after `change`.
  bool welcomes(Operation *op, const Change &change) {
    auto module = op->getParentOfType<ModuleOp>();
    while (auto above =
               module ? module->getParentOfType<ModuleOp>() : ModuleOp())
      module = above;
    if (!module)
      return false;
    IRMapping map;
    OwningOpRef<ModuleOp> copy = cast<ModuleOp>(module->clone(map));
    IRRewriter rewriter(op->getContext());
    if (failed(change(map.lookup(op), rewriter)) || failed(verify(*copy)))
      return false;
    return isInteresting(*copy);
  }

private:
  bool isInteresting(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream);
    auto [known, isNew] = answers.try_emplace(text, false);
    if (isNew)
      known->second =
          tester.isInteresting(module).first == Tester::Interestingness::True;
    return known->second;
  }

  Tester &tester;
  llvm::StringMap<bool> answers;
};

/// Makes the first change that leaves the module interesting.
class Simplify : public RewritePattern {
public:
  Simplify(MLIRContext *context, std::shared_ptr<Trials> trials)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        trials(std::move(trials)) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    for (const Change &change : changesOf(op))
      if (trials->welcomes(op, change))
        return change(op, rewriter);
    return rewriter.notifyMatchFailure(op, "no change leaves it interesting");
  }

private:
  std::shared_ptr<Trials> trials;
};

/// From here on errors are about trials that make no valid module, which is no
/// news to the user; a warning says that there is nothing to reduce.
void tellOnlyWarnings(MLIRContext &context) {
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      llvm::errs() << "pigeon-reduce: " << diagnostic.str()
                   << "; the test must end with 1 for it\n";
  });
}

/// Sits on the dialect that is always there: the changes are for all of them.
struct ReductionPatterns : DialectReductionPatternInterface {
  explicit ReductionPatterns(Dialect *dialect)
      : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const override {}

  void populateReductionPatternsWithTester(RewritePatternSet &patterns,
                                           Tester &tester) const override {
    tellOnlyWarnings(*patterns.getContext());
    patterns.add<Simplify>(patterns.getContext(),
                           std::make_shared<Trials>(tester));
  }
};
} // namespace

void pigeon::registerReductionPatterns(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, BuiltinDialect *dialect) {
    dialect->addInterfaces<ReductionPatterns>();
    // Zeros are constants of arith, whatever the module is made of.
    context->getOrLoadDialect<arith::ArithDialect>();
  });
}
