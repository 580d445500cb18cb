//===- PlanBuilder.h - From a function to a plan ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_REFERENCE_PLANBUILDER_H
#define PIGEON_LIB_REFERENCE_PLANBUILDER_H

#include "Plan.h"

#include "pigeon/Dialect/LowP/IR/LowPOps.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace pigeon::reference {

/// Appends steps to a plan, one operation at a time.
class PlanBuilder {
public:
  explicit PlanBuilder(Plan &plan) : plan(plan) {}

  /// Checks the graphs that the module of `entry` names against those given.
  mlir::LogicalResult checkGraphs(mlir::func::FuncOp entry);
  mlir::LogicalResult addFunction(mlir::func::FuncOp entry);

private:
  using Result = mlir::LogicalResult;

  // Types, counted on the graphs.
  mlir::FailureOr<ValueInfo> describe(mlir::Type type, mlir::Location location);
  mlir::FailureOr<std::int64_t> countRows(pigeon::rgnn::OnAttr domain,
                                          mlir::Location location);
  mlir::FailureOr<Step> makeStep(mlir::Operation *op, Step::Kind kind);

  // Roles, as index arrays.
  using GraphPtr = std::shared_ptr<pigeon::runtime::Graph>;
  mlir::FailureOr<GraphPtr> findGraph(llvm::StringRef name,
                                      mlir::Location location);
  Result checkImage(pigeon::rgnn::OnAttr domain, llvm::StringRef role,
                    std::int64_t imageRows, mlir::Location location);
  mlir::FailureOr<RowMap> findMap(pigeon::rgnn::OnAttr domain,
                                  llvm::StringRef role, std::int64_t imageRows,
                                  mlir::Location location);
  mlir::FailureOr<Segments> findSegments(pigeon::rgnn::OnAttr domain,
                                         llvm::StringRef role,
                                         std::int64_t imageRows,
                                         mlir::Location location);

  // Operations.
  mlir::FailureOr<llvm::SmallVector<unsigned>>
  addBody(mlir::func::FuncOp function, llvm::ArrayRef<unsigned> arguments);
  Result addOperation(mlir::Operation *op);
  Result add(pigeon::rgnn::GatherOp op);
  Result add(pigeon::rgnn::AggregateOp op);
  Result add(pigeon::rgnn::LinearOp op);
  Result add(pigeon::rgnn::OuterOp op);
  Result add(pigeon::rgnn::ReduceOp op);
  Result add(pigeon::rgnn::BroadcastOp op);
  Result add(pigeon::rgnn::DotOp op);
  Result add(pigeon::rgnn::ScaleOp op);
  Result add(pigeon::rgnn::SoftmaxOp op);
  Result add(pigeon::rgnn::FillOp op);
  Result add(pigeon::rgnn::ReshapeOp op);
  Result add(pigeon::rgnn::SliceOp op);
  Result add(pigeon::rgnn::ConcatOp op);
  Result add(pigeon::lowp::QuantizeOp op);
  Result add(pigeon::lowp::DequantizeOp op);
  Result add(pigeon::lowp::PackOp op);
  Result add(pigeon::lowp::UnpackOp op);
  Result add(pigeon::lowp::MatmulOp op);
  Result addLowPrecision(mlir::Operation *op, Step::Kind kind,
                         LowPrecision numbers, double stages);
  Result add(mlir::arith::ConstantOp op);
  Result add(mlir::func::CallOp op);
  Result addElementwise(mlir::Operation *op);

  const Step &operandStep(mlir::Value value) {
    return plan.steps[values.lookup(value)];
  }
  Result append(mlir::Operation *op, Step step, double stages);
  unsigned append(Step step);

  Plan &plan;
  llvm::DenseMap<mlir::Value, unsigned> values;
  /// Functions that are being added, to refuse recursion.
  llvm::SmallPtrSet<mlir::Operation *, 4> active;
};

} // namespace pigeon::reference

#endif // PIGEON_LIB_REFERENCE_PLANBUILDER_H
