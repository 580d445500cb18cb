//===- ModuleCode.h - A compiled module and its sites -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the compiler tells the machine about a module besides its code. A *site*
// is one operation of the source that the machine has to know at run time: an
// access to memory, a barrier, a warp operation, a return.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_MODULECODE_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_MODULECODE_H

#include "ABI.h"

#include <array>
#include <string>
#include <vector>

namespace pigeon::emulated {

enum class Space : std::uint8_t { Generic, Global, Shared, Local };
enum class AccessKind : std::uint8_t { Read, Write, Atomic };

/// An access of constant size; bytes = 0 where there is none.
struct Access {
  std::uint32_t bytes = 0;
  std::uint32_t alignment = 1; // a power of two
  Space space = Space::Generic;
  AccessKind kind = AccessKind::Read;
};

enum class WarpOpKind : std::uint8_t {
  None,
  Sync,        // in: nothing
  Shuffle,     // in: value, offset, clamp; out: value, in range
  Vote,        // in: predicate; out: result
  Match,       // in: value (1 or 2 words); out: lanes, all equal
  Reduce,      // in: value; out: result
  Elect,       // in: nothing; out: leader, is leader
  LoadMatrix,  // in: address (2 words); out: `count` words
  StoreMatrix, // in: address (2 words), `count` words
  Mma,         // in: fragments of A, B, C; out: results that are kept
};

enum class ShuffleMode : std::uint8_t { Butterfly, Up, Down, Index };
enum class VoteMode : std::uint8_t { Any, All, Ballot, Uniform };
enum class MatchMode : std::uint8_t { Any, All };
enum class ReduceMode : std::uint8_t {
  Add,
  And,
  Or,
  Xor,
  MinSigned,
  MaxSigned,
  MinUnsigned,
  MaxUnsigned,
  MinFloat,
  MaxFloat
};
enum class MatrixType : std::uint8_t { F16, BF16, TF32, F32, S8, U8, S32 };

/// One mma.sync of a run: D = A B + C.
struct Product {
  std::uint16_t a = 0, b = 0; // which fragments
  std::uint16_t c = 0;        // which fragment, or which earlier product's D
  bool addsToResult = false;  // c is an earlier product's D
  bool isKept = false;        // D is wanted when the run is over
};

/// Products of one shape that follow each other: the lanes meet once for all.
/// A fragment that several products take is given once.
struct ProductRun {
  std::uint16_t fragmentsA = 0, fragmentsB = 0, fragmentsC = 0;
  std::vector<Product> products;
};

/// What the lanes of a warp do together.
struct WarpOp {
  WarpOpKind kind = WarpOpKind::None;
  std::uint8_t mode = 0;  // the mode of the kind
  std::uint8_t count = 0; // words of a Match value; matrices of Load/Store
  bool transposed = false;
  bool absolute = false, propagateNaN = false; // Reduce of floats
  bool saturate = false;                       // Mma of integers
  std::uint8_t m = 0, n = 0, k = 0;
  MatrixType a = MatrixType::F16, b = MatrixType::F16;
  MatrixType accumulator = MatrixType::F32, result = MatrixType::F32;
  ProductRun run;
};

struct Site {
  /// "llvm.load at gemm.mlir:12:5".
  std::string where;
  Access access;
  WarpOp warp;
};

/// A shared array. A dynamic one has the bytes that the launch gives.
struct SharedArray {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t alignment = 1;
  bool dynamic = false;
};

/// A variable in global or constant memory that the module defines.
struct StaticArray {
  std::string name;
  std::uint64_t bytes = 0;
  bool readOnly = false;
  std::uint64_t address = 0; // known once the module is linked
};

struct KernelCode {
  std::string name;
  KernelEntry entry = nullptr;
  std::vector<std::uint32_t> argumentBytes;
  /// Indices into ModuleCode::sharedArrays, in the order of their addresses.
  std::vector<std::uint32_t> sharedArrays;
  /// The kernel has atomics or fences: its blocks may talk to each other, and
  /// reading what another block wrote is no error.
  bool communicates = false;
  /// The block size that the kernel was compiled for; zeros: any.
  std::array<std::uint32_t, 3> requiredBlock = {0, 0, 0};
  /// The largest number of threads in a block; 0: any.
  std::uint64_t maxThreads = 0;
};

struct ModuleCode {
  std::vector<Site> sites;
  std::vector<SharedArray> sharedArrays;
  std::vector<StaticArray> staticArrays;
  std::vector<KernelCode> kernels;
  /// The smallest access to shared memory in bytes: what the shadow of shared
  /// memory must tell apart.
  std::uint32_t sharedGranule = 4;
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_MODULECODE_H
