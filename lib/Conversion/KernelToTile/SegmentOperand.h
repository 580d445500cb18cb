//===- SegmentOperand.h - Aggregation on the way into a product -*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product whose rows are made of entries walks the entries of short rows
// itself, all rows of its tile together. Rows of more than `chunk` entries are
// cut (view `cuts`): kernels before the product reduce their pieces to slots of
// a workspace, and the product walks the few slots that are left of a row. Most
// graphs have no row that needs the second of these kernels, small ones none
// that needs the first; a grid of zero is not launched.
//
//   cut kernel     one block per piece of 8 x chunk entries, one slot each
//   group kernel   one block per group of 8 x chunk slots, one slot each
//   product        rows up to chunk entries, or the slots left of longer ones
//
// What is added to what follows from the graph and the chunk alone.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTOPERAND_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTOPERAND_H

#include "SegmentReduction.h"

namespace pigeon {

class SegmentOperand {
public:
  /// `segment` has one reduction; `width` is that of its rows.
  SegmentOperand(kernel::GemmOp op, Segment segment, int64_t width)
      : op(op), segment(std::move(segment)), width(width),
        chunk(op.getSegmentSchedule()->getChunk()) {}

  /// Creates the workspace, and the kernels that reduce cut rows, whose names
  /// and labels begin with `name` and `label`.
  void lowerCuts(mlir::gpu::GPUModuleOp kernels, llvm::StringRef name,
                 llvm::StringRef label);

  /// The rows of a tile, each from the entries that `ranges` are; `longest`
  /// (i32) is the length of the longest. `readRows` reads the numbers of the
  /// rows; it is called where cut rows need them.
  mlir::Value aggregate(BlockProgram &program,
                        const BlockProgram::Position &place,
                        const Ranges &ranges, mlir::Value longest,
                        llvm::function_ref<mlir::Value()> readRows);

  const Segment &getSegment() const { return segment; }
  /// One array of the view that sorts rows by their number of entries.
  mlir::Value workArray(BlockProgram &program, llvm::StringRef name);
  mlir::Value hostWorkArray(BlockProgram &program, llvm::StringRef name);
  /// Where the entries of `place`'s rows begin and end, by the csr.
  Ranges rangesOf(BlockProgram &program, const BlockProgram::Position &place);
  /// Scalar operations that the segment costs.
  mlir::Value hostOperations(BlockProgram &program);

private:
  mlir::Value cuts(BlockProgram &program, llvm::StringRef array);
  mlir::Value hostCuts(BlockProgram &program, llvm::StringRef array);
  enum class Step { Entries, Slots };
  void lowerStep(Step step, mlir::gpu::GPUModuleOp kernels,
                 llvm::StringRef name, llvm::StringRef label);
  /// Adds what is left of the rows that `isCut` (a mask) names.
  mlir::Value addCutRows(SegmentReduction &reduction, BlockProgram &program,
                         mlir::Value acc, mlir::Value isCut,
                         mlir::Value longest,
                         llvm::function_ref<mlir::Value()> readRows);

  kernel::GemmOp op;
  Segment segment;
  int64_t width;
  int64_t chunk;
  mlir::Value partials;
};

/// The rows of a product that are made of entries.
struct Segments {
  std::optional<SegmentOperand> lhs, terms;
};

/// The registers that the walks of `op` want in each thread.
int64_t registersOfSegments(kernel::GemmOp op);

/// The segments of `op`, with their kernels for cut rows before it.
Segments lowerSegments(kernel::GemmOp op, mlir::gpu::GPUModuleOp kernels,
                       llvm::StringRef name);

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_SEGMENTOPERAND_H
