//===- PigeonPlugin.cpp - Dialects and passes for a stock mlir-opt --------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One module with both entry points:
//
//   mlir-opt --load-dialect-plugin=PigeonPlugin.so \
//            --load-pass-plugin=PigeonPlugin.so --pass-pipeline=...
//
// It takes MLIR and LLVM from the host's shared libraries. Passes are reached
// by
// --pass-pipeline: a host has made its flags before it loads a plugin.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Pipelines/Registration.h"

#include "mlir/IR/Dialect.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Pigeon", PIGEON_VERSION,
          [](mlir::DialectRegistry *registry) {
            pigeon::registerAllDialects(*registry);
          }};
}

extern "C" mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Pigeon", PIGEON_VERSION,
          pigeon::registerAllPasses};
}
