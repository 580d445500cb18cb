//===- Model.cpp - The model that is run ----------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "pigeon/Reference/Interpreter.h"

#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::run;

static FailureOr<func::FuncOp> findEntry(ModuleOp module,
                                         const std::string &name) {
  if (!name.empty()) {
    if (auto entry = module.lookupSymbol<func::FuncOp>(name))
      return entry;
    return module.emitError("there is no function '") << name << "'";
  }
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      entries.push_back(function);
  if (entries.size() == 1)
    return entries.front();
  InFlightDiagnostic diagnostic =
      module.emitError("expected one public function, found ")
      << entries.size();
  if (!entries.empty())
    diagnostic << "; choose one with --entry";
  return diagnostic;
}

static FailureOr<Model> finishModel(OwningOpRef<ModuleOp> module,
                                    const std::string &entryName) {
  Model model;
  model.module = std::move(module);
  if (!model.module)
    return failure();
  FailureOr<func::FuncOp> entry = findEntry(*model.module, entryName);
  if (failed(entry))
    return failure();
  model.entry = *entry;
  model.graphs = reference::graphSpecs(*model.module);
  return model;
}

FailureOr<Model> pigeon::run::loadModel(MLIRContext &context,
                                        const std::string &path,
                                        const std::string &entryName) {
  return finishModel(parseSourceFile<ModuleOp>(path, &context), entryName);
}

FailureOr<Model> pigeon::run::parseModel(MLIRContext &context,
                                         const std::string &contents,
                                         const std::string &name,
                                         const std::string &entryName) {
  return finishModel(
      parseSourceString<ModuleOp>(contents, ParserConfig(&context), name),
      entryName);
}
