//===- Package.h - A compiled model in one file -----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A package is a zip file with
//
//   manifest.json     what this is: format, version, architecture, checksums
//   program.json      the Program
//   kernels.ptx       PTX text
//   kernels.cubin     machine code for one architecture
//   kernels.mlir      device IR for the emulated device
//   model.mlir        the model before it was compiled, if it is there
//
// At least one form of the kernels is there. docs/package-format.md has the
// fields. A package of another version than this build writes is refused.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_PACKAGE_H
#define PIGEON_RUNTIME_PACKAGE_H

#include "pigeon/Runtime/Device.h"
#include "pigeon/Runtime/Program.h"
#include "pigeon/Support/Tolerance.h"

#include <string>

namespace pigeon::runtime {

/// The version that this build writes, and the only one that it reads.
inline constexpr unsigned packageVersion = 2;

struct Package {
  Program program;
  CodeImage code;
  /// How the kernels multiply f32: IEEE32, TF32 or ThreeTF32. What results are
  /// compared by.
  Arithmetic arithmetic = Arithmetic::IEEE32;
  /// The model as MLIR text, so that results can be checked against the
  /// reference; may be empty.
  std::string model;
  /// What errors in `model` call it, "x.pgn/model.mlir"; set by readPackage, as
  /// `code.deviceIRName` is.
  std::string modelName;
  /// What wrote the package, "pigeon 0.1.0"; set by readPackage.
  std::string generator;
};

/// Writes the file in one step; equal packages give equal files. An error if
/// the program is not well formed or there are no kernels in any form.
Status writePackage(const std::string &path, const Package &package);

/// Reads and checks a package: checksums, version, and the program.
Result<Package> readPackage(const std::string &path);

/// Whether the file is a package, of any version, by what is in it.
bool isPackage(const std::string &path);

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_PACKAGE_H
