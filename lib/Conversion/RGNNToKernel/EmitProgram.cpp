//===- EmitProgram.cpp - A formation as a kernel program ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitProgram.h"
#include "Expression.h"
#include "ProgramBuffers.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"
#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace pigeon;
using kernel::RowsAttr;
using rgnn::OnAttr;

namespace {

class ProgramEmitter {
public:
  ProgramEmitter(func::FuncOp func, const Formation &formation)
      : func(func), formation(formation), builder(func),
        buffers(func, builder) {}

  LogicalResult run();

private:
  /// The kernel of the plans from `index` on.
  LogicalResult emit(unsigned index, ArrayRef<KernelPlan> plans);
  LogicalResult emitLinears(unsigned index, ArrayRef<KernelPlan> plans,
                            rgnn::LinearOp op, ArrayRef<Value> outs);
  LogicalResult emitAggregates(unsigned index, ArrayRef<KernelPlan> plans,
                               ValueRange outs);
  LogicalResult fillTerms(unsigned index, rgnn::AggregateOp aggregate,
                          kernel::GemmOp gemm);
  void fillOwners(unsigned index, const KernelPlan &plan, kernel::GemmOp gemm);
  kernel::SegmentAttr segmentOf(rgnn::AggregateOp op);
  Value rhsOf(rgnn::LinearOp op);
  std::string labelOf(ArrayRef<KernelPlan> plans, OnAttr domain);
  LogicalResult emitRowWise(unsigned index, const KernelPlan &plan, Value out);

  /// The buffers and roles of an expression's leaves.
  void appendAccesses(const Expression &expression,
                      SmallVectorImpl<Value> &buffers,
                      SmallVectorImpl<StringRef> &roles);
  /// Fills a region whose arguments are `registers` scalars, `skipped` ones,
  /// and one per leaf.
  LogicalResult fillRegion(Region &region, const Expression &expression,
                           ValueRange registers, TypeRange skipped = {});
  std::string label(StringRef what, OnAttr domain) {
    return (what + " on " + rgnn::describeDomain(domain)).str();
  }

  func::FuncOp func;
  const Formation &formation;
  OpBuilder builder;
  ProgramBuffers buffers;
};

} // namespace

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

void ProgramEmitter::appendAccesses(const Expression &expression,
                                    SmallVectorImpl<Value> &values,
                                    SmallVectorImpl<StringRef> &roles) {
  for (Read leaf : expression.getLeaves()) {
    values.push_back(buffers.lookup(leaf.value));
    roles.push_back(leaf.role);
  }
}

LogicalResult ProgramEmitter::fillRegion(Region &region,
                                         const Expression &expression,
                                         ValueRange registers,
                                         TypeRange skipped) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  Location loc = func.getLoc();
  for (Value value : registers)
    block->addArgument(computeTypeOf(value), loc);
  for (Type type : skipped)
    block->addArgument(type, loc);
  for (Read leaf : expression.getLeaves())
    block->addArgument(computeTypeOf(leaf.value), loc);
  auto arguments = ValueRange(block->getArguments());
  FailureOr<SmallVector<Value>> results = expression.build(
      builder, arguments.drop_front(registers.size() + skipped.size()),
      arguments.take_front(registers.size()));
  if (failed(results))
    return failure();
  kernel::YieldOp::create(builder, loc, *results);
  return success();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// How many products lie side by side, and which operands have a part for each.
struct Batch {
  int64_t count = 1;
  bool lhs = false;
  bool rhs = false;
};

static FailureOr<Batch> getBatch(rgnn::LinearOp op) {
  ArrayRef<int64_t> trailing =
      rgnn::getTrailingShape(cast<RankedTensorType>(op.getInput().getType()));
  Batch batch;
  for (int64_t extent : trailing.drop_back())
    batch.count *= extent;
  batch.lhs = batch.count > 1;
  if (int64_t heads = op.getNumHeads()) {
    if (trailing.size() > 2)
      return op.emitOpError("with both heads and batch dimensions ")
             << kNoKernelYet;
    batch.rhs = true;
    batch.count = heads;
    batch.lhs = trailing.size() == 2;
  }
  return batch;
}

static kernel::Reduction toReduction(rgnn::AggregateKind kind) {
  switch (kind) {
  case rgnn::AggregateKind::Sum:
    return kernel::Reduction::Sum;
  case rgnn::AggregateKind::Mean:
    return kernel::Reduction::Mean;
  case rgnn::AggregateKind::Max:
    return kernel::Reduction::Max;
  case rgnn::AggregateKind::Min:
    return kernel::Reduction::Min;
  }
  llvm_unreachable("all kinds are covered");
}

/// "mean of kg.edge"
static std::string describe(rgnn::AggregateOp op) {
  return (rgnn::stringifyAggregateKind(op.getKind()) + " of " +
          rgnn::describeDomain(rgnn::getDomain(op.getInput().getType())))
      .str();
}

/// How the product aggregates; null if it does not.
kernel::SegmentAttr ProgramEmitter::segmentOf(rgnn::AggregateOp op) {
  if (!op)
    return {};
  return kernel::SegmentAttr::get(
      builder.getContext(), toReduction(op.getKind()),
      rowsOf(rgnn::getDomain(op.getInput().getType())),
      builder.getStringAttr(op.getRole()));
}

/// The weight of a product, as ([key,] [batch,] K, N).
Value ProgramEmitter::rhsOf(rgnn::LinearOp op) {
  return buffers.lookupAs(stripReshapes(op.getWeight()),
                          op.getWeight().getType());
}

std::string ProgramEmitter::labelOf(ArrayRef<KernelPlan> plans, OnAttr domain) {
  const KernelPlan &plan = plans.front();
  std::string what = "linear";
  for (size_t i = 1; i < plans.size(); ++i)
    what += ", linear";
  if (plan.summed) {
    if (plan.summedRows)
      what += " of " + describe(plan.summedRows);
    what = label(what, domain) + ", summed";
    if (isa<rgnn::LinearOp>(plan.anchor))
      what += ", plus linear";
    return label(what, rgnn::getDomain(plan.result.getType()));
  }
  if (plan.rows)
    what += " of " + describe(plan.rows);
  if (plan.terms)
    what += ", plus " + describe(plan.terms);
  return label(what, domain);
}

/// The values that the epilogue of one or of several products has in registers.
static SmallVector<Value> registersOf(ArrayRef<KernelPlan> plans) {
  const KernelPlan &plan = plans.front();
  if (plans.size() > 1)
    return llvm::map_to_vector(plans, [](const KernelPlan &each) -> Value {
      return each.anchor->getResult(0);
    });
  if (!plan.summed && !plan.terms)
    return {plan.anchor->getResult(0)};
  Value own = plan.anchor->getResult(0), sum = plan.getSum().getResult();
  if (!plan.summed)
    return {own, sum};
  return own == sum ? SmallVector<Value>{sum} : SmallVector<Value>{sum, own};
}

LogicalResult ProgramEmitter::emitLinears(unsigned index,
                                          ArrayRef<KernelPlan> plans,
                                          rgnn::LinearOp op,
                                          ArrayRef<Value> outs) {
  const KernelPlan &plan = plans.front();
  OnAttr domain = rgnn::getDomain(op.getResult().getType());
  FailureOr<Batch> batch = getBatch(op);
  if (failed(batch))
    return failure();
  rgnn::AggregateOp rows = plan.summed ? plan.summedRows : plan.rows;
  rgnn::AggregateOp terms = plan.summed ? rgnn::AggregateOp() : plan.terms;
  Value input = rows ? rows.getInput() : op.getInput();
  Expression lhs(formation, index, input, rgnn::getDomain(input.getType()));
  SmallVector<Value> registers = registersOf(plans), results, others;
  for (const KernelPlan &each : plans)
    results.push_back(each.result);
  for (const KernelPlan &each : plans.drop_front())
    others.push_back(rhsOf(cast<rgnn::LinearOp>(each.anchor)));
  Expression epilogue(formation, index, results,
                      rgnn::getDomain(plan.result.getType()), registers);
  SmallVector<Value> lhsBuffers, addends;
  SmallVector<StringRef> lhsRoles, addendRoles;
  appendAccesses(lhs, lhsBuffers, lhsRoles);
  appendAccesses(epilogue, addends, addendRoles);
  if (lhsBuffers.empty())
    return op.emitOpError("of constants ") << kNoKernelYet;
  Value rhs = rhsOf(op);
  auto gemm = kernel::GemmOp::create(
      builder, op.getLoc(), labelOf(plans, domain), rowsOf(domain), op.getKey(),
      lhsBuffers, builder.getStrArrayAttr(lhsRoles), segmentOf(rows), rhs,
      others, kernel::PackedAttr(), ValueRange(), RowsAttr(), StringAttr(),
      ValueRange(), builder.getStrArrayAttr({}), ValueRange(), addends,
      builder.getStrArrayAttr(addendRoles), ValueRange(),
      builder.getStrArrayAttr({}), segmentOf(terms), outs.front(),
      outs.drop_front(), batch->count, batch->lhs, batch->rhs,
      kernel::GemmScheduleAttr(), kernel::SegmentScheduleAttr());
  if (!lhs.isAccess() && failed(fillRegion(gemm.getPrologue(), lhs, {})))
    return failure();
  if (terms && failed(fillTerms(index, terms, gemm)))
    return failure();
  if (plan.summed)
    fillOwners(index, plan, gemm);
  if (ArrayRef(results) == ArrayRef(registers))
    return success();
  return fillRegion(gemm.getEpilogue(), epilogue, registers);
}

/// The owners of a product's rows, and their own rows.
void ProgramEmitter::fillOwners(unsigned index, const KernelPlan &plan,
                                kernel::GemmOp gemm) {
  rgnn::AggregateOp sum = plan.getSum();
  gemm.setOwnersAttr(rowsOf(rgnn::getDomain(sum.getType())));
  gemm.setOwnerRole(sum.getRole());
  auto own = dyn_cast<rgnn::LinearOp>(plan.anchor);
  if (!own)
    return;
  Expression row(formation, index, own.getInput(),
                 rgnn::getDomain(own.getInput().getType()));
  SmallVector<Value> values;
  SmallVector<StringRef> roles;
  appendAccesses(row, values, roles);
  gemm.getOwnMutable().assign(values);
  gemm.setOwnRolesAttr(builder.getStrArrayAttr(roles));
  gemm.getOwnRhsMutable().assign(rhsOf(own));
}

/// The terms of a product and their message.
LogicalResult ProgramEmitter::fillTerms(unsigned index,
                                        rgnn::AggregateOp aggregate,
                                        kernel::GemmOp gemm) {
  Value input = aggregate.getInput();
  Expression message(formation, index, input, rgnn::getDomain(input.getType()));
  SmallVector<Value> terms;
  SmallVector<StringRef> roles;
  appendAccesses(message, terms, roles);
  gemm.getTermsMutable().assign(terms);
  gemm.setTermRolesAttr(builder.getStrArrayAttr(roles));
  return message.isAccess() ? success()
                            : fillRegion(gemm.getMessage(), message, {});
}

LogicalResult ProgramEmitter::emitAggregates(unsigned index,
                                             ArrayRef<KernelPlan> plans,
                                             ValueRange outs) {
  SmallVector<Value> messages, reductions, results;
  SmallVector<Attribute> kinds;
  std::string what;
  for (const KernelPlan &plan : plans) {
    auto op = cast<rgnn::AggregateOp>(plan.anchor);
    messages.push_back(op.getInput());
    reductions.push_back(op.getResult());
    if (plan.isStored)
      results.push_back(plan.result);
    kinds.push_back(kernel::ReductionAttr::get(builder.getContext(),
                                               toReduction(op.getKind())));
    what += (what.empty() ? "" : ", ") + describe(op);
  }
  auto op = cast<rgnn::AggregateOp>(plans.front().anchor);
  OnAttr rows = rgnn::getDomain(op.getResult().getType());
  OnAttr entries = rgnn::getDomain(op.getInput().getType());
  Expression message(formation, index, messages, entries);
  Expression epilogue(formation, index, results, rows, reductions);
  SmallVector<Value> entryInputs, rowInputs;
  SmallVector<StringRef> entryRoles, rowRoles;
  appendAccesses(message, entryInputs, entryRoles);
  appendAccesses(epilogue, rowInputs, rowRoles);
  auto traverse = kernel::TraverseOp::create(
      builder, op.getLoc(), label(what, rows), rowsOf(rows), rowsOf(entries),
      builder.getStringAttr(op.getRole()), entryInputs,
      builder.getStrArrayAttr(entryRoles), rowInputs,
      builder.getStrArrayAttr(rowRoles), builder.getArrayAttr(kinds), outs,
      kernel::TraverseScheduleAttr());
  if (failed(fillRegion(traverse.getMessage(), message, {})))
    return failure();
  // The message sees the row inputs too, after its own.
  for (Value input : rowInputs)
    traverse.getMessage().addArgument(computeTypeOf(input), op.getLoc());
  return fillRegion(traverse.getEpilogue(), epilogue, reductions);
}

LogicalResult ProgramEmitter::emitRowWise(unsigned index,
                                          const KernelPlan &plan, Value out) {
  OnAttr rows = rgnn::getDomain(plan.result.getType());
  Expression epilogue(formation, index, plan.result, rows);
  SmallVector<Value> inputs;
  SmallVector<StringRef> roles;
  appendAccesses(epilogue, inputs, roles);
  auto traverse = kernel::TraverseOp::create(
      builder, plan.result.getLoc(), label("row-wise", rows), rowsOf(rows),
      RowsAttr(), StringAttr(), ValueRange(), builder.getStrArrayAttr({}),
      inputs, builder.getStrArrayAttr(roles), ArrayAttr(), out,
      kernel::TraverseScheduleAttr());
  return fillRegion(traverse.getEpilogue(), epilogue, {});
}

LogicalResult ProgramEmitter::emit(unsigned index, ArrayRef<KernelPlan> plans) {
  SmallVector<Value> outs;
  for (auto [place, plan] : llvm::enumerate(plans)) {
    if (!plan.isStored)
      continue;
    unsigned own = index + place;
    FailureOr<Value> out = buffers.createOutput(
        own, plan, /*isRead=*/formation.producerOf(plan.result) == own);
    if (failed(out))
      return failure();
    outs.push_back(*out);
  }
  const KernelPlan &plan = plans.front();
  if (plan.summed)
    return emitLinears(index, plans, plan.summed, outs);
  if (auto linear = dyn_cast_or_null<rgnn::LinearOp>(plan.anchor))
    return emitLinears(index, plans, linear, outs);
  if (isa_and_nonnull<rgnn::AggregateOp>(plan.anchor))
    return emitAggregates(index, plans, outs);
  return emitRowWise(index, plan, outs.front());
}

LogicalResult ProgramEmitter::run() {
  auto program =
      kernel::ProgramOp::create(builder, func.getLoc(), func.getSymName());
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  if (failed(buffers.declareGraphs()) || failed(buffers.declareInputs()))
    return failure();
  for (unsigned index = 0; index < formation.getPlans().size();) {
    ArrayRef<KernelPlan> plans = formation.getKernel(index);
    if (failed(emit(index, plans)))
      return failure();
    index += plans.size();
  }
  return success();
}

LogicalResult pigeon::emitProgram(func::FuncOp func,
                                  const Formation &formation) {
  return ProgramEmitter(func, formation).run();
}
