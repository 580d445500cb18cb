//===- ProgramBuffers.h - What a program declares ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Graphs, sizes of domains, and a buffer for each argument, each result and
// each value that a kernel stores for another.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PROGRAMBUFFERS_H
#define PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PROGRAMBUFFERS_H

#include "Formation.h"

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "llvm/ADT/StringSet.h"

namespace pigeon {

/// The rows of a domain, as kernels say it.
kernel::RowsAttr rowsOf(rgnn::OnAttr domain);

class ProgramBuffers {
public:
  /// Declarations are written where `builder` is.
  ProgramBuffers(mlir::func::FuncOp func, mlir::OpBuilder &builder)
      : func(func), builder(builder) {}

  mlir::LogicalResult declareGraphs();
  mlir::LogicalResult declareInputs();
  /// The buffer of what plan `index` stores, which kernels may read if
  /// `isRead`.
  mlir::FailureOr<mlir::Value>
  createOutput(unsigned index, const KernelPlan &plan, bool isRead);
  /// The buffer of an argument, or of the result of a kernel.
  mlir::Value lookup(mlir::Value value) const { return buffers.lookup(value); }
  /// The same under the trailing dimensions of `type`.
  mlir::Value lookupAs(mlir::Value value, mlir::Type type);

private:
  mlir::Value sizeOf(rgnn::OnAttr domain);
  mlir::Value createBuffer(kernel::BufferKind kind, llvm::StringRef name,
                           mlir::Type type, mlir::Location loc);
  mlir::Value createOutputBuffer(unsigned index, const KernelPlan &plan);
  /// A name that no argument and no result has.
  std::string workspaceName(unsigned index) const;
  mlir::Value withShape(mlir::Value buffer, mlir::MemRefType type,
                        rgnn::OnAttr domain);

  mlir::func::FuncOp func;
  mlir::OpBuilder &builder;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<rgnn::OnAttr, mlir::Value> sizes;
  llvm::StringSet<> userNames;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_RGNNTOKERNEL_PROGRAMBUFFERS_H
