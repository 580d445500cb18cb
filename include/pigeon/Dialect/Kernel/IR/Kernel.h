//===- Kernel.h - Attributes and ops of the kernel dialect ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNEL_H
#define PIGEON_DIALECT_KERNEL_IR_KERNEL_H

#include "pigeon/Dialect/Kernel/IR/KernelDialect.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "pigeon/Dialect/Layout/IR/Packing.h"
#include "pigeon/Support/NumberFormat.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "pigeon/Dialect/Kernel/IR/KernelEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/Kernel/IR/KernelAttrs.h.inc"

namespace pigeon::kernel {

/// The role that reads a row itself, and the one that reads the one row of data
/// without a domain.
inline constexpr llvm::StringLiteral kSelfRole = "self";
inline constexpr llvm::StringLiteral kNoneRole = "none";

/// A row of a segment that is longer than a chunk is cut into pieces of so many
/// chunks, which a block walks in so many ways side by side (view `cuts`).
inline constexpr int64_t kCutWays = 8;

/// Elements in one row of data: the product of the dimensions after the first,
/// or of all of them where `role` says that there is one row. What does not fit
/// 64 bits is the largest number.
int64_t getRowWidth(mlir::MemRefType type, llvm::StringRef role = kSelfRole);

/// The type that regions and accumulators compute in where elements are stored
/// as `type`: f32 for f16 and bf16, which are storage only; else the type
/// itself. Loads extend, stores round once, to nearest even.
mlir::Type getComputeType(mlir::Type type);

/// What one result of a region of scalar work is computed from.
struct RegionSlice {
  llvm::SmallVector<mlir::Operation *> operations; // in order
  llvm::SmallVector<mlir::BlockArgument> arguments;
};
RegionSlice sliceOf(mlir::Region &region, unsigned result);

/// True if the internal order of `domain` puts rows with one image under `role`
/// side by side, in the order of the image: then the rows of image i are a
/// range, and no list of them is needed. Edges are sorted by (relation,
/// destination, source), pairs by (relation, node), nodes by type, triples by
/// relation (see pigeon/Runtime/Graph.h).
bool isSortedBy(llvm::StringRef domain, llvm::StringRef role);

} // namespace pigeon::kernel

#define GET_OP_CLASSES
#include "pigeon/Dialect/Kernel/IR/KernelOps.h.inc"

#endif // PIGEON_DIALECT_KERNEL_IR_KERNEL_H
