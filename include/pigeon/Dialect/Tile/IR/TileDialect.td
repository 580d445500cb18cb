//===- TileDialect.td - The tile dialect ---------------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD
#define PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD

include "mlir/IR/DialectBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::pigeon::tile";
  let summary = "What one thread block does";
  let description = [{
    A `tile.func` is the program of one thread block; the grid that it is
    launched on is the caller's business. Three kinds of values meet in it:

    - **register tiles**: builtin tensors of static shape, on which `arith` and
      `math` work element by element. A `#layout.layout` encoding says which
      thread keeps which element in which register; `tile-infer-layouts` adds
      it.
    - **scalars** (`i32`, `f32`, `i1`, ...): the same in all threads.
    - **refs** (`!tile.ref`): row-major arrays in global or shared memory.

    Scalars are uniform over the block, so an `scf.if` or `scf.for` on scalars
    is taken by all threads alike and may hold a `tile.barrier`.

    Which thread loads or stores an element is for the layouts to say, and one
    element may be loaded by several. Two ops that touch one place of an array,
    one of them a `tile.store`, are therefore ordered only if a `tile.barrier`
    stands between them; this holds for global memory as for shared, and for a
    load that an update in place follows.
  }];
  let dependentDialects = ["::pigeon::layout::LayoutDialect"];
  let useDefaultTypePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    /// A unit attribute on a function argument: no kernel writes the array
    /// while this one runs, nor one that was launched before it and may
    /// still run.
    static constexpr llvm::StringLiteral kReadonly = "tile.readonly";
    /// A unit attribute on a function argument: this kernel does not write the
    /// array, though others may that have not ended when it begins.
    static constexpr llvm::StringLiteral kUnwritten = "tile.unwritten";
    /// On a kernel, an i32: the bytes of shared memory that a launch must give
    /// it, where they are more than the 48 KiB that need no asking.
    static constexpr llvm::StringLiteral kDynamicShared = "tile.dynamic_shared";
    /// On an scf.for, an i32 from 1 to 8: the tiles that `tile-pipeline-loops`
    /// keeps on their way, this round's included. 1 leaves the loop as it is.
    static constexpr llvm::StringLiteral kStages = "tile.stages";
    /// On a tile.load, a unit attribute: what it loads reaches shared memory
    /// through registers, even where a copy could bring it.
    static constexpr llvm::StringLiteral kThroughRegisters = "tile.through_registers";
    void registerTypes();
    void registerOps();
  }];
}

#endif // PIGEON_DIALECT_TILE_IR_TILEDIALECT_TD
