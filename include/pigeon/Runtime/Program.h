//===- Program.h - The host side of a compiled model, as data ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Program says what the runtime does to run a model: which views of which
// graphs it needs, which buffers of which sizes, and which kernels it launches
// in order with which grids and arguments. It is plain data: the compiler makes
// it from `kernel.program`, a package carries it as JSON, and the runtime,
// which knows no MLIR, executes it.
//
// Sizes are expressions over *symbols*. A symbol is the number of rows of a
// domain, or the length of one array of a view. For a graph with 10 edges and
// 4 (destination, relation) pairs:
//
//   symbols = [rows(kg, dst_pair)]          -> 4
//   expression ceildiv(symbol 0, 3)         -> 2     a grid of 2 blocks
//   expression symbol 0 * 64                -> 256   elements of a buffer
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_PROGRAM_H
#define PIGEON_RUNTIME_PROGRAM_H

#include "pigeon/Support/ElementType.h"
#include "pigeon/Support/Result.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pigeon::runtime {

using pigeon::ElementType;
using pigeon::name;
using pigeon::sizeInBytes;

/// An integer expression over the program's symbols, in postfix order: each
/// operation takes its operands from a stack of 64-bit integers. Overflow and
/// division by zero are errors.
struct SizeExpression {
  enum class Op {
    Constant,
    Symbol,
    Add,
    Mul,
    FloorDiv,
    CeilDiv,
    Mod,
    Max,
    Min
  };
  struct Term {
    Op op;
    /// The value of a Constant, or the index of a Symbol.
    std::int64_t value = 0;
  };
  std::vector<Term> terms;

  static SizeExpression constant(std::int64_t value) {
    return {{{Op::Constant, value}}};
  }
  static SizeExpression symbol(std::int64_t index) {
    return {{{Op::Symbol, index}}};
  }

  Result<std::int64_t> evaluate(const std::vector<std::int64_t> &symbols) const;
};

/// A graph the program runs on, under the model's name for it.
struct GraphSpec {
  std::string name; // "kg"
  /// Graph whose node set and relations this one shares; empty if its own.
  std::string shares;
  /// Numbers fixed by the model (0: any): the graph must have exactly these.
  std::int64_t relations = 0;
  std::int64_t nodeTypes = 0;
  /// User classes of relations, with the number of classes (0: any).
  std::vector<std::pair<std::string, std::int64_t>> classes;
};

/// A derived array set of a graph; see Runtime/Graph.h for the arrays of each
/// kind. Two views with equal fields are one view.
struct ViewSpec {
  std::string graph;
  std::string kind;   // "map", "csr", "path", ...
  std::string domain; // the domain whose rows are indexed
  std::string role;   // the role of `domain` that groups them; may be "none"
  std::int64_t parameter = 0; // a chunk or a tile; else 0
  std::string through = {};   // the second role of the kinds that have one
  std::string into = {};      // the third, of "owner_work"
};

struct Symbol {
  enum class Kind { DomainRows, ArrayLength };
  Kind kind = Kind::DomainRows;
  std::string graph, domain; // DomainRows
  std::int64_t view = 0;     // ArrayLength
  std::string array;         // ArrayLength
};

struct BufferSpec {
  enum class Kind { Input, Output, Workspace };
  std::string name;
  Kind kind = Kind::Workspace;
  ElementType type = ElementType::F32;
  /// All dimensions, outermost first. For data on a domain the first one is
  /// the number of rows.
  std::vector<SizeExpression> shape;
  /// The domain of the data, so that rows can be put into the internal order
  /// and back; both empty where the data has one row.
  std::string graph, domain;
};

struct LaunchArgument {
  enum class Kind { Buffer, ViewArray, SizeI32, SizeI64 };
  Kind kind = Kind::Buffer;
  std::int64_t index = 0; // Buffer: its index; ViewArray: the view's index
  std::string array;      // ViewArray
  SizeExpression size;    // SizeI32, SizeI64
};

struct LaunchSpec {
  std::string kernel;
  /// A grid with a zero is not launched.
  std::array<SizeExpression, 3> grid;
  std::array<std::uint32_t, 3> block = {1, 1, 1};
  std::uint32_t dynamicSharedBytes = 0;
  std::vector<LaunchArgument> arguments;
  /// Bytes moved if every row moves once, and operations, for reports. Without
  /// terms: not known.
  SizeExpression bytes, operations;
  /// What the kernel does, for reports: "aggregate mean over dst_pair".
  std::string label;
};

struct Program {
  std::string name;
  std::vector<GraphSpec> graphs;
  std::vector<ViewSpec> views;
  std::vector<Symbol> symbols;
  std::vector<BufferSpec> buffers;
  std::vector<LaunchSpec> launches;
};

/// JSON text of a program, and back. Reading checks every index, name and
/// number, and names the first field that is wrong.
std::string toJSON(const Program &program);
Result<Program> programFromJSON(const std::string &text);

/// Every index in range, every expression well formed, names unique.
Status verify(const Program &program);

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_PROGRAM_H
