//===- TileOps.h - Types and operations of the tile dialect -*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILEOPS_H
#define PIGEON_DIALECT_TILE_IR_TILEOPS_H

#include "pigeon/Dialect/Layout/IR/LayoutAttrs.h"
#include "pigeon/Dialect/Layout/IR/View.h"
#include "pigeon/Dialect/Tile/IR/TileDialect.h"
#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "pigeon/Dialect/Tile/IR/TileEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "pigeon/Dialect/Tile/IR/TileTypes.h.inc"

#define GET_OP_CLASSES
#include "pigeon/Dialect/Tile/IR/TileOps.h.inc"

#endif // PIGEON_DIALECT_TILE_IR_TILEOPS_H
