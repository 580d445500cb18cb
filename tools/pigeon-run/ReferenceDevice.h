//===- ReferenceDevice.h - Running on the interpreter -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_REFERENCEDEVICE_H
#define PIGEON_TOOLS_PIGEON_RUN_REFERENCEDEVICE_H

#include "GraphArguments.h"
#include "Model.h"

#include "pigeon/Reference/Interpreter.h"

namespace pigeon::run {

/// An interpreter for the model that prints its progress if it takes long, and
/// is refused more memory than this machine has.
mlir::FailureOr<std::unique_ptr<reference::Interpreter>>
createInterpreter(const Model &model, const LoadedGraphs &graphs,
                  unsigned threads);

/// All rows of all results, or of each `sample` random ones if that is not 0.
mlir::FailureOr<std::vector<reference::Data>>
runOnReference(reference::Interpreter &interpreter, std::int64_t sample,
               std::uint64_t seed);

/// `count` distinct random rows below `rows`, sorted; all of them if there are
/// no more.
std::vector<std::int64_t> sampleRows(std::int64_t rows, std::int64_t count,
                                     std::uint64_t seed);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_REFERENCEDEVICE_H
