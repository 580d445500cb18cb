//===- Model.h - The model that is run --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_MODEL_H
#define PIGEON_TOOLS_PIGEON_RUN_MODEL_H

#include "pigeon/Runtime/Program.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace pigeon::run {

struct Model {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry;
  /// The graphs that the module names, in its order.
  std::vector<runtime::GraphSpec> graphs;
};

/// Parses and verifies a model. `entryName` may be empty if the module has one
/// public function. Errors are diagnostics of the context, or are printed.
mlir::FailureOr<Model> loadModel(mlir::MLIRContext &context,
                                 const std::string &path,
                                 const std::string &entryName);

/// The same from text that is in memory, which errors call `name`.
mlir::FailureOr<Model> parseModel(mlir::MLIRContext &context,
                                  const std::string &contents,
                                  const std::string &name,
                                  const std::string &entryName);

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_MODEL_H
