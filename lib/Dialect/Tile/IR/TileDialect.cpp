//===- TileDialect.cpp - The tile dialect ------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileDialect.h"

using namespace pigeon::tile;

#include "pigeon/Dialect/Tile/IR/TileDialect.cpp.inc"

void TileDialect::initialize() {}
