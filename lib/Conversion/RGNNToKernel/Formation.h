//===- Formation.h - Which kernels a function becomes -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernel formation decides, for each value of a function, whether it is stored
// and by which kernel. For RGCN
//
//   %m = gather %h, src                access path of %a
//   %a = aggregate mean %m, dst_pair   kernel 0
//   %t = linear %a, %w, rel            kernel 1
//   %s = aggregate sum %t, node        kernel 2
//   %l = linear %h, %w0, none          kernel 3
//   %y = addf %s, %l                   kernel 3, epilogue
//
// and with segments, by which an aggregate is computed on the way into the
// product that reads it, kernel 1 has kernel 0 in it, and kernel 3 kernel 2. If
// blocks own the sums that they compute, the two are one.
//
// A value that is not stored is an *expression*: it is computed again wherever
// it is read, from stored values (its *leaves*) that are read by a role.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FORMATION_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FORMATION_H

#include "pigeon/Analysis/RewriteMode.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace pigeon {

/// What every error about a missing kernel ends with.
inline constexpr llvm::StringLiteral kNoKernelYet =
    "has no kernel yet; run the model with the reference device";

struct FusionOptions {
  bool gather = true;
  bool epilogue = true;
  bool body = true;
  /// What a product multiplies, and what is added to it, aggregated on the way
  /// in.
  RewriteMode rows = RewriteMode::Auto, terms = RewriteMode::Auto;
  bool traversals = true; // reductions over the same entries of the same rows
  bool products = true;   // products of the same rows
  /// Products whose rows are summed at once, in blocks that own the sums.
  RewriteMode owners = RewriteMode::Auto;
};

/// One kernel, or a part of one that it shares with the plans beside it.
/// Without an anchor it is row-wise: it computes the expression of its result.
struct KernelPlan {
  mlir::Operation *anchor = nullptr; // a linear, an aggregate, or none
  /// What the kernel stores: the anchor's result, or the last value of the
  /// epilogue.
  mlir::Value result;
  /// The function result that it is, or -1.
  int64_t outputIndex = -1;
  /// Aggregates that an anchor that is a linear computes on the way in: what it
  /// multiplies, and what its epilogue adds.
  rgnn::AggregateOp rows = nullptr, terms = nullptr;
  /// True if it is in the kernel of the plan before it.
  bool isMerged = false;
  /// False if only other parts of its kernel read the result.
  bool isStored = true;
  /// The product whose rows a sum adds up, which is the anchor or its terms, if
  /// this kernel computes it too; and what that product aggregates on the way
  /// in.
  rgnn::LinearOp summed = nullptr;
  rgnn::AggregateOp summedRows = nullptr;

  /// The sum of a kernel that has one.
  rgnn::AggregateOp getSum() const {
    return terms ? terms : mlir::dyn_cast_or_null<rgnn::AggregateOp>(anchor);
  }
};

/// An operation that computes each element of a row from elements of the same
/// row: upstream's elementwise operations and `rgnn.scale`.
bool isRowWise(mlir::Operation *op);
/// True if a buffer can hold elements of the type.
bool isStorable(mlir::Type elementType);
/// The value under reshapes, which change no element's place in its row.
mlir::Value stripReshapes(mlir::Value value);
/// True if the products, all of the same rows, have weights that differ in
/// nothing but their columns, and a block has room for all of these.
bool canShareRows(llvm::ArrayRef<rgnn::LinearOp> products);
/// Tell the user that a fusion is done, or why not.
void remarkTaken(mlir::Operation *op, const std::string &what);
void remarkDeclined(mlir::Operation *op, const std::string &why);
/// The role of `domain` that is `first` and then `second`.
std::optional<llvm::StringRef>
followRole(rgnn::OnAttr domain, llvm::StringRef first, llvm::StringRef second);

class KernelGroups;
struct MergeRule;
struct PlanReads;

class Formation {
public:
  Formation(mlir::func::FuncOp func, FusionOptions options)
      : func(func), options(options) {}

  /// Fails with an error on the first operation that has no kernel yet.
  mlir::LogicalResult run();

  llvm::ArrayRef<KernelPlan> getPlans() const { return plans; }
  /// The plans of the kernel whose first plan is `index`.
  llvm::ArrayRef<KernelPlan> getKernel(unsigned index) const;
  /// True if the value is an argument or the result of a kernel.
  bool isStored(mlir::Value value) const;
  /// True if it is an argument or the result of a kernel before plan `index`. A
  /// value that one kernel computes for itself may be stored by a later one.
  bool isStoredBefore(mlir::Value value, unsigned index) const;
  /// The kernel whose result it is; nothing for arguments.
  std::optional<unsigned> producerOf(mlir::Value value) const;

private:
  mlir::LogicalResult checkArguments();
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult visitReturn(mlir::func::ReturnOp op);
  void visitLinear(rgnn::LinearOp op);
  void addAnchor(mlir::Operation *op);
  bool joinEpilogue(mlir::Operation *op);

  // Segments (FuseSegments.cpp), once all kernels are there.
  void fuseSegments();
  bool fuseRows(unsigned index);
  llvm::SmallVector<rgnn::LinearOp> readingProducts(unsigned index) const;
  /// True if what one of the products reads depends on another, so that no
  /// kernel can have both.
  bool needEachOther(llvm::ArrayRef<rgnn::LinearOp> products) const;
  /// True if another product is to aggregate the same rows in the same kernel.
  bool sharesRows(const KernelPlan &plan) const;
  bool fuseTerms(unsigned index);
  bool canBeTerms(rgnn::AggregateOp aggregate, unsigned linearPlan) const;
  bool decideTerms(unsigned index, rgnn::AggregateOp aggregate,
                   rgnn::LinearOp linear) const;
  /// The plan before `index` that the epilogue of plan `index` reads as its own
  /// row, if it is anchored at an operation of that type and nothing else reads
  /// it.
  template <typename AnchorOp>
  std::optional<unsigned> findEpilogueOperand(unsigned index) const;
  void removePlan(unsigned index);

  // Products whose rows are summed at once (FuseOwners.cpp), after segments.
  void fuseOwners();
  bool fuseOwner(unsigned index);
  std::optional<unsigned> findSummedProduct(rgnn::AggregateOp sum) const;
  bool canMultiplyOwn(unsigned index, rgnn::LinearOp own,
                      rgnn::LinearOp product) const;

  // Merges (MergeKernels.cpp), after that.
  void mergeKernels();
  void joinFirst(unsigned index, const MergeRule &rule,
                 KernelGroups &groups) const;
  void mergeTraversal(unsigned index, llvm::ArrayRef<PlanReads> reads,
                      KernelGroups &groups) const;
  void mergeProduct(unsigned index, llvm::ArrayRef<PlanReads> reads,
                    KernelGroups &groups) const;
  void reorder(const KernelGroups &groups, llvm::ArrayRef<PlanReads> reads);

  /// Stores what must be stored before a kernel over rows of `domain` can
  /// compute `root`, and with `mustCompute` not `root` itself.
  void prepare(mlir::Value root, rgnn::OnAttr domain, llvm::StringRef role,
               bool mustCompute = false);
  /// True if that stores nothing.
  bool canInline(mlir::Value root, rgnn::OnAttr domain,
                 llvm::StringRef role) const;
  /// True if row-wise work is computed again where `role` reads it.
  bool isRepeated(mlir::Value value, llvm::StringRef role) const;
  void store(mlir::Value value);
  /// The stored values that are read to compute `root`, each once.
  llvm::SmallVector<mlir::Value> findLeaves(mlir::Value root) const;
  /// The last kernel that must have run before `value` can be computed; -1 for
  /// none.
  int64_t lastProducer(mlir::Value value) const;

  mlir::func::FuncOp func;
  FusionOptions options;
  llvm::SmallVector<KernelPlan> plans;
  llvm::DenseMap<mlir::Value, unsigned> producers;
  /// Values that are computed inside a kernel, before its result.
  llvm::DenseMap<mlir::Value, unsigned> inner;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_FORMATION_H
