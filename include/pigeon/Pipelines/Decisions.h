//===- Decisions.h - Telling the user what was decided ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decisions of passes are remarks. Here they become lines of text:
//
//   rgcn.mlir:25: compact-materialization: moves from kg.edge (620232 rows) ...
//
// What was decided alike many times for one line of the model is told once.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_DECISIONS_H
#define PIGEON_PIPELINES_DECISIONS_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

namespace pigeon {

/// From now on writes every decision that is made under `context` to `stream`,
/// which must live as long.
void printDecisions(mlir::MLIRContext &context, llvm::raw_ostream &stream);

} // namespace pigeon

#endif // PIGEON_PIPELINES_DECISIONS_H
