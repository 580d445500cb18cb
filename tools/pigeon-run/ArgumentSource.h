//===- ArgumentSource.h - The option --arg ----------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where the values of an argument come from:
//
//   NAME=FILE.npy        an array of the argument's shape
//   NAME=FILE.npz        the array NAME of the file
//   NAME=random[:SEED]   bell-shaped, see below; the default, with seed 0
//   NAME=ones, NAME=zeros
//
// A random element depends on the argument's name, the seed and its position
// alone, and is made by integer arithmetic, so it is the same on every machine:
// the sum of four uniform numbers, scaled to a standard deviation of 1. Weights
// are divided by the square root of their second last dimension, which is the
// one that is contracted, so that activations keep their size. What has at
// least two dimensions per row and does not live on nodes, edges or pairs is a
// weight.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_ARGUMENTSOURCE_H
#define PIGEON_TOOLS_PIGEON_RUN_ARGUMENTSOURCE_H

#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Support/HostTensor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pigeon::run {

struct ArgumentSource {
  enum class Kind { File, Random, Ones, Zeros };
  Kind kind = Kind::Random;
  std::string file;
  std::uint64_t seed = 0;

  /// As it is written after NAME=.
  std::string describe() const;
};

struct NamedSource {
  std::string name;
  ArgumentSource source;
};

/// "NAME=SOURCE".
Result<NamedSource> parseArgument(const std::string &text);

/// One source for each argument, in the order of the arguments.
Result<std::vector<ArgumentSource>>
assignSources(const std::vector<reference::ValueInfo> &arguments,
              const std::vector<std::string> &options, std::uint64_t seed);

/// The values, of the argument's shape and element type.
Result<HostTensor> makeArgument(const reference::ValueInfo &argument,
                                const ArgumentSource &source);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_ARGUMENTSOURCE_H
