//===- SmallProgram.h - A program with one of everything --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_SMALLPROGRAM_H
#define PIGEON_TEST_UNIT_RUNTIME_SMALLPROGRAM_H

#include "pigeon/Runtime/Program.h"

namespace pigeon::runtime::test {

/// y[v] = sum of x over the edges into v, and the like: it need not run, it has
/// every kind of thing that a program can have.
inline Program smallProgram() {
  using Op = SizeExpression::Op;
  Program program;
  program.name = "small";
  program.graphs = {{"kg", "", 92, 1, {{"direction", 2}}},
                    {"scored", "kg", 0, 0, {}}};
  program.views = {{"kg", "csr", "edge", "dst", 0},
                   {"kg", "pieces", "dst_pair", "node", 256},
                   {"scored", "map", "edge", "direction", 0},
                   {"kg", "work", "src_pair", "rel", 64},
                   {"kg", "path", "edge", "dst", 0, "src"}};
  program.symbols = {{Symbol::Kind::DomainRows, "kg", "node", 0, ""},
                     {Symbol::Kind::ArrayLength, "", "", 1, "slots"}};
  SizeExpression nodes = SizeExpression::symbol(0);
  program.buffers = {{"x",
                      BufferSpec::Kind::Input,
                      ElementType::F32,
                      {nodes, SizeExpression::constant(64)},
                      "kg",
                      "node"},
                     {"y",
                      BufferSpec::Kind::Output,
                      ElementType::BF16,
                      {nodes, SizeExpression::constant(64)},
                      "kg",
                      "node"},
                     {"partial",
                      BufferSpec::Kind::Workspace,
                      ElementType::F32,
                      {{{{Op::Symbol, 1}, {Op::Constant, 64}, {Op::Mul}}}},
                      "",
                      ""}};
  LaunchSpec launch;
  launch.kernel = "sum";
  launch.grid = {
      SizeExpression{{{Op::Symbol, 0}, {Op::Constant, 4}, {Op::CeilDiv}}},
      SizeExpression::constant(1), SizeExpression::constant(1)};
  launch.block = {128, 2, 1};
  launch.dynamicSharedBytes = 1024;
  launch.arguments = {
      {LaunchArgument::Kind::Buffer, 0, "", {}},
      {LaunchArgument::Kind::ViewArray, 0, "offsets", {}},
      {LaunchArgument::Kind::SizeI32, 0, "", nodes},
      {LaunchArgument::Kind::SizeI64, 0, "", SizeExpression::constant(-3)}};
  launch.bytes =
      SizeExpression{{{Op::Symbol, 0}, {Op::Constant, 256}, {Op::Mul}}};
  launch.label = "aggregate sum over \"node\"";
  program.launches = {launch};
  return program;
}

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_SMALLPROGRAM_H
