//===- TileProgram.h - Tile programs, run in a test ------------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile program is text with $NAMES in it. It is compiled to nvvm and runs on
// the emulated device, whose checks are part of every test.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_TILE_TILEPROGRAM_H
#define PIGEON_TEST_UNIT_TILE_TILEPROGRAM_H

#include "pigeon/Dialect/Layout/IR/Layout.h"
#include "pigeon/Runtime/Device.h"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace pigeon::test {

using Names = std::map<std::string, std::string>;

/// Replaces each $NAME. "$THREADS" is the number of threads of `runTile`.
std::string instantiate(std::string text, const Names &names);

/// The program that loads a tile of i32 from %x as `from`, makes of it %n of
/// `bits` bits, and stores %u, which `move` makes of %n as `to`, to %y. In
/// `move` $S is the shape ("8x16x"), $E the element, $FROM and $TO the layouts.
std::string moveProgram(const layout::Layout &from, const layout::Layout &to,
                        int64_t bits, const std::string &attributes,
                        const std::string &move);

/// Compiles the body of one gpu.module to nvvm; empty if that fails.
std::string compileTile(const std::string &functions);

/// The PTX of a compiled module; empty if that fails.
std::string toPTX(const std::string &compiled, const std::string &chip);

/// An array of floats or integers that a kernel sees, or a scalar.
using TileArgument =
    std::variant<std::vector<float> *, std::vector<int32_t> *, int32_t>;

/// Runs kernel @k of the compiled module with these arguments; arrays are
/// copied in and back. Returns what went wrong, or nothing.
std::string runTile(const std::string &compiled,
                    const std::vector<TileArgument> &arguments,
                    uint32_t threads, runtime::Dim3 grid = {1, 1, 1},
                    uint64_t seed = 0);

/// The same on a GPU, if there is one.
bool hasGPU();
std::string runTileOnGPU(const std::string &compiled,
                         const std::vector<TileArgument> &arguments,
                         uint32_t threads, runtime::Dim3 grid = {1, 1, 1});

/// Numbers between -1 and 1.
std::vector<float> randomFloats(size_t count, unsigned seed);

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_TILE_TILEPROGRAM_H
