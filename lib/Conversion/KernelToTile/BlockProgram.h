//===- BlockProgram.h - A tile function under construction ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the two templates share when they become tile functions: parameters that
// appear as they are needed, accesses by role, and regions over scalars that
// become operations on tiles.
//
// A template's element (row i, column c) is an element of a tile of M rows and
// BN columns, whose first row is the block's and whose first column is `col`.
//
// f16 and bf16 are extended to f32 where they are loaded and rounded where they
// are stored (kernel::getComputeType); between the two, tiles are f32.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_CONVERSION_KERNELTOTILE_BLOCKPROGRAM_H
#define PIGEON_LIB_CONVERSION_KERNELTOTILE_BLOCKPROGRAM_H

#include "pigeon/Dialect/Kernel/IR/Kernel.h"
#include "pigeon/Dialect/Tile/IR/TileOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace pigeon {

/// Numbers of one launch that only the template knows.
struct LaunchNumbers {
  mlir::Value gridX;
  int64_t gridY = 1;
  int64_t gridZ = 1;
  mlir::Value operations;
};

/// Fails with an error at `op` if no device runs a grid so large. `x` counts
/// rows and may be anything that 31 bits hold.
mlir::LogicalResult verifyGrid(mlir::Operation *op, int64_t gridY,
                               int64_t gridZ);

class BlockProgram {
public:
  /// Starts an empty `tile.func` named after `name` in `kernels`; the host side
  /// is built before `op`.
  BlockProgram(mlir::Operation *op, mlir::gpu::GPUModuleOp kernels,
               llvm::StringRef name, int64_t threads);

  //===--------------------------------------------------------------------===//
  // Parameters
  //===--------------------------------------------------------------------===//

  /// The parameter for a buffer, seen as an array of the given shape.
  mlir::Value data(mlir::Value buffer, llvm::ArrayRef<int64_t> shape,
                   bool readOnly);
  /// The parameter for one array of a view.
  mlir::Value array(llvm::StringRef view, kernel::RowsAttr rows,
                    llvm::StringRef role, int64_t parameter,
                    llvm::StringRef name);
  /// The parameter for an array that gives, for each position in the csr of
  /// `rows` by `role`, the row that `through` leads to. "self": the entry.
  mlir::Value path(kernel::RowsAttr rows, llvm::StringRef role,
                   llvm::StringRef through);
  /// The parameter for a size, as i32.
  mlir::Value size(mlir::Value hostSize);

  //===--------------------------------------------------------------------===//
  // Host side
  //===--------------------------------------------------------------------===//

  /// The view's array, and its length, as values of the program.
  mlir::Value hostArray(llvm::StringRef view, kernel::RowsAttr rows,
                        llvm::StringRef role, int64_t parameter,
                        llvm::StringRef name, llvm::StringRef through = "",
                        llvm::StringRef into = "");
  mlir::Value hostLength(mlir::Value array);
  mlir::Value hostRows(kernel::RowsAttr rows);
  /// ceildiv(value, divisor), and value * factor.
  mlir::Value hostCeilDiv(mlir::Value value, int64_t divisor);
  mlir::Value hostTimes(mlir::Value value, int64_t factor);
  mlir::Value hostPlus(mlir::Value a, mlir::Value b);
  mlir::Value hostConstant(int64_t value);

  /// Leaves each thread about so many registers, so that what it loads can be
  /// in flight together: left alone, ptxas takes as few as it can, and one load
  /// waits for the sum of the other.
  void leaveRegisters(int64_t registers);

  /// Closes the function and launches it.
  void finish(llvm::StringRef label, const LaunchNumbers &numbers);

  //===--------------------------------------------------------------------===//
  // Tiles
  //===--------------------------------------------------------------------===//

  mlir::Value constant(int32_t value);
  /// The block's first of `width` columns in tiles of `columns`, along the
  /// grid's y. One tile across is a constant, so that bounds fold away.
  mlir::Value firstColumn(int64_t width, int64_t columns);
  /// start + 0, 1, 2, ... over `extent` elements.
  mlir::Value range(mlir::Value start, int64_t extent);
  mlir::Value splat(mlir::Value scalar, mlir::RankedTensorType type);
  mlir::Value splatConstant(mlir::RankedTensorType type, double value);
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value tile,
                      mlir::Value scalar);
  mlir::Value compareScalars(mlir::arith::CmpIPredicate predicate,
                             mlir::Value a, mlir::Value b) {
    return mlir::arith::CmpIOp::create(bodyBuilder, location, predicate, a, b);
  }
  /// A one-dimensional load by row numbers.
  mlir::Value loadIndices(mlir::Value array, mlir::Value rows,
                          mlir::Value mask);
  /// The rows that `role` reads for `rows` of `domain`.
  mlir::Value readThrough(kernel::RowsAttr domain, llvm::StringRef role,
                          mlir::Value rows, mlir::Value mask);

  /// Where the elements of a tile lie.
  struct Position {
    kernel::RowsAttr domain;
    mlir::Value rows; // tensor<Mxi32>, rows of the domain
    mlir::Value mask; // tensor<Mxi1>
    mlir::Value col;  // i32, the first column
    int64_t columns;  // BN
    int64_t width;    // W, columns of the whole row
  };
  /// One element of `buffer`, read by `role`, for each element of the tile, in
  /// the type that it is computed in or as `element`.
  mlir::Value loadElements(mlir::Value buffer, llvm::StringRef role,
                           const Position &position, mlir::Type element = {});
  /// Stores a tile to rows of `buffer`, of `position`'s width each, rounded to
  /// the type of the buffer.
  void storeElements(mlir::Value tile, mlir::Value buffer,
                     const Position &position);
  /// A float, or a tile of floats, as another type of float.
  mlir::Value convert(mlir::Value value, mlir::Type element);
  /// The region's yielded values over tiles of `shape` in place of its
  /// arguments.
  llvm::SmallVector<mlir::Value> inlineRegion(mlir::Region &region,
                                              llvm::ArrayRef<int64_t> shape,
                                              mlir::ValueRange arguments);
  /// One of them, over tiles for those arguments that it depends on.
  mlir::Value inlineResult(mlir::Region &region, unsigned result,
                           llvm::ArrayRef<int64_t> shape,
                           llvm::function_ref<mlir::Value(unsigned)> argument);

  mlir::OpBuilder &body() { return bodyBuilder; }
  mlir::Location loc() const { return location; }
  mlir::Type f32() { return bodyBuilder.getF32Type(); }
  mlir::Type i32() { return bodyBuilder.getI32Type(); }

private:
  mlir::Value parameter(mlir::Value host, mlir::Type type, bool readOnly);
  mlir::Value hostBytes();
  void inlineScalar(mlir::Operation &op, llvm::ArrayRef<int64_t> shape,
                    mlir::IRMapping &mapping);

  mlir::Location location;
  mlir::OpBuilder hostBuilder;
  mlir::OpBuilder bodyBuilder;
  tile::FuncOp func;
  llvm::SmallVector<mlir::Value> launchOperands;
  llvm::SmallVector<bool> readOnlyFlags;
};

} // namespace pigeon

#endif // PIGEON_LIB_CONVERSION_KERNELTOTILE_BLOCKPROGRAM_H
